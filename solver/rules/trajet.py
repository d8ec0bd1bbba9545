"""`trajet`: nobody travels longer than they may."""

from collections.abc import Iterator

from solver.domain import Division, Pupil, Scenario, Violation
from solver.facts import Facts
from solver.rule import HardRule


def limit_minutes(scenario: Scenario, pupil: Pupil, division: Division) -> int:
    """One-way minutes this pupil may travel: their own limit, or their family's."""
    if pupil.max_journey_minutes is not None:
        return pupil.max_journey_minutes
    if division.family == "observation":
        return scenario.regulation.max_journey_observation_minutes
    return scenario.regulation.max_journey_training_minutes


class JourneyLimit(HardRule):
    key = "trajet"
    sentence = "Le trajet entre le logement et la structure ne dépasse pas la durée permise."
    source = "Fiche de l’élève (« trajet_max ») ; à défaut, règle du bassin selon le public"
    waived_by_found_place = True

    def violations(self, facts: Facts) -> Iterator[Violation]:
        for stay in facts.stays:
            if stay.at_found_place:
                continue
            limit = limit_minutes(facts.scenario, stay.pupil, stay.division)
            if stay.minutes > limit:
                message = f"{stay.minutes} min jusqu’à {stay.host.id}, pour {limit} min au plus."
                yield self.violation(stay.subject, message)


RULE = JourneyLimit()
