"""`absences-simultanees`: how many divisions an establishment can do without at a time."""

from collections import defaultdict
from collections.abc import Iterator

from solver.domain import TRAINING, Violation
from solver.facts import Facts
from solver.problem import Problem
from solver.rule import Requirement, Subject
from solver.variables import Constraint, Variables, total
from solver.week import Week


class SimultaneousAbsences(Requirement):
    key = "absences-simultanees"
    sentence = (
        "Chaque semaine, un établissement a au plus « divisions_absentes_max » divisions "
        "professionnelles (CAP, BACPRO, CS, BTS) absentes."
    )
    source = "Organisation de l’établissement (service des enseignants)"

    def constraints(
        self, problem: Problem, variables: Variables
    ) -> Iterator[tuple[Subject, Constraint]]:
        """Subject: (group of absences, week). A division is out once at most (`ordre`)."""
        for group, most in enumerate(problem.departures.absences_max.tolist()):
            periods = problem.departures.absences[group].tolist()
            for week in range(problem.weeks):
                out = [p for p in periods if variables.may_be_out(p, week)]
                if len({int(problem.division[p]) for p in out}) > most:
                    yield (group, week), total(variables.out(p, week) for p in out) <= most

    def violations(self, facts: Facts) -> Iterator[Violation]:
        most = {e.uai: e.max_divisions_away for e in facts.scenario.establishments}
        away: dict[tuple[str, Week], set[str]] = defaultdict(set)
        for period in facts.scenario.periods:
            division = facts.division(period)
            if division.public in TRAINING:
                for week in facts.weeks_of[period.id]:
                    away[division.establishment, week].add(division.id)
        for (uai, week), divisions in sorted(away.items()):
            limit = most[uai]
            if limit is not None and len(divisions) > limit:
                yield self.violation(
                    f"{uai} / {week}", f"{len(divisions)} divisions absentes, {limit} au plus."
                )


RULE = SimultaneousAbsences()
