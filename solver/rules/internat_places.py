"""`internat-places`: the beds of a boarding house for pupils from elsewhere."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from solver.domain import Violation
from solver.facts import Facts
from solver.problem import BOY, GIRL, UNKNOWN_SEX, Problem
from solver.rule import Requirement, Subject
from solver.variables import Constraint, Variables, within
from solver.week import Week

_MAY_OVERFLOW = ((), (GIRL,), (BOY,), (GIRL, BOY))


class Beds(Requirement):
    key = "internat-places"
    sentence = (
        "Chaque semaine, les élèves d’ailleurs qui ne trouvent pas de lit de filles ou de garçons "
        "tiennent dans les lits mixtes de l’internat."
    )
    source = "Internats du bassin (« internats.csv »)"

    def constraints(
        self, problem: Problem, variables: Variables
    ) -> Iterator[tuple[Subject, Constraint]]:
        """Subject: (boarding house, week or −1).

        Unknown + max(0, girls − beds) + max(0, boys − beds) ≤ mixed holds exactly where it does
        for every choice of the terms that may be positive.
        """
        for house, (*beds, mixed) in enumerate(problem.capacities.beds.tolist()):
            for overflowing in _MAY_OVERFLOW:
                sexes = (UNKNOWN_SEX, *overflowing)
                flows = [f for sex in sexes for f in variables.beds.get((house, sex), ())]
                limit = mixed + sum(beds[sex] for sex in overflowing)
                for week, fits in within(flows, [limit] * problem.weeks):
                    yield (house, week), fits

    def violations(self, facts: Facts) -> Iterator[Violation]:
        guests: dict[tuple[str, Week], Counter[str | None]] = defaultdict(Counter)
        for stay in facts.stays:
            if stay.lodging is not None and stay.uses_bed:
                for week in stay.weeks:
                    guests[stay.lodging.id, week][stay.pupil.sex] += 1
        for (house_id, week), by_sex in sorted(guests.items()):
            house = facts.scenario.boarding_house_of[house_id]
            girls_over = max(0, by_sex["f"] - house.beds_girls)
            boys_over = max(0, by_sex["g"] - house.beds_boys)
            over = girls_over + boys_over + by_sex[None]
            if over > house.beds_mixed:
                message = f"{over} élève(s) pour {house.beds_mixed} lit(s) mixte(s)."
                yield self.violation(f"{house_id} / {week}", message)


RULE = Beds()
