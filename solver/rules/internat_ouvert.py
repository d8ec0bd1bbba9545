"""`internat-ouvert`: where a pupil may lodge during a period."""

from collections.abc import Iterator

from solver.domain import BoardingHouse, Pupil, Violation
from solver.facts import Facts
from solver.rule import HardRule


def allows(pupil: Pupil, house: BoardingHouse) -> bool:
    """Whether the pupil may lodge there: their own house, or an open one if they accept."""
    return house.id == pupil.boarding_house or (pupil.accepts_boarding and house.open)


def uses_bed(pupil: Pupil, house: BoardingHouse) -> bool:
    """Whether the stay takes a bed kept for pupils from elsewhere (and `internat` is due)."""
    return house.id != pupil.boarding_house


class OpenBoardingHouse(HardRule):
    key = "internat-ouvert"
    sentence = (
        "L’élève loge chez lui, dans son propre internat ou, s’il l’accepte, dans un internat "
        "ouvert, pendant toute la période."
    )
    source = "Accord de l’élève (« internat_accepte ») ; internats du bassin (« ouvert »)"

    def violations(self, facts: Facts) -> Iterator[Violation]:
        for stay in facts.stays:
            house = stay.lodging
            if house is None or allows(stay.pupil, house):
                continue
            if house.open:
                message = f"L’élève n’accepte pas de loger à l’internat {house.id}."
            else:
                message = f"L’internat {house.id} n’accueille pas d’élèves d’ailleurs."
            yield self.violation(stay.subject, message)


RULE = OpenBoardingHouse()
