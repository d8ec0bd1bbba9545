"""`exclusion`: divisions that must never be away together."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from solver.domain import Period, Violation
from solver.facts import Facts
from solver.problem import Problem
from solver.rule import Requirement, Subject
from solver.variables import Constraint, Variables, total


class Exclusion(Requirement):
    key = "exclusion"
    sentence = (
        "Les périodes de divisions différentes d’un même groupe d’exclusion n’ont aucune semaine "
        "en commun."
    )
    source = "Organisation de l’établissement : plateaux et enseignants partagés (« exclusion »)"

    def constraints(
        self, problem: Problem, variables: Variables
    ) -> Iterator[tuple[Subject, Constraint]]:
        """Subject: (group, week). Periods of one division never overlap anyway (`ordre`)."""
        for group in range(len(problem.departures.exclusions)):
            periods = problem.departures.exclusions[group].tolist()
            for week in range(problem.weeks):
                out = [p for p in periods if variables.may_be_out(p, week)]
                if len({int(problem.division[p]) for p in out}) > 1:
                    yield (group, week), total(variables.out(p, week) for p in out) <= 1

    def violations(self, facts: Facts) -> Iterator[Violation]:
        groups: dict[str, list[Period]] = defaultdict(list)
        for period in facts.scenario.periods:
            for group in set(period.exclusions):
                groups[group].append(period)
        for group, periods in sorted(groups.items()):
            for a, b in combinations(periods, 2):
                shared = sorted(set(facts.weeks_of[a.id]) & set(facts.weeks_of[b.id]))
                if a.division != b.division and shared:
                    weeks = ", ".join(map(str, shared))
                    yield self.violation(group, f"{a.id} et {b.id} se chevauchent ({weeks}).")


RULE = Exclusion()
