"""`semaines-max`: how many slot-weeks a host gives in a year."""

from collections.abc import Iterator

from solver.domain import Violation
from solver.facts import Facts
from solver.problem import NO_LIMIT, Problem
from solver.rule import Requirement, Subject
from solver.variables import Constraint, Variables, weighted


class SlotWeeks(Requirement):
    key = "semaines-max"
    sentence = "Sur l’année, une structure ne donne pas plus de semaines-places qu’elle n’en offre."
    source = "Déclaration de la structure (« semaines_max »)"

    def constraints(
        self, problem: Problem, variables: Variables
    ) -> Iterator[tuple[Subject, Constraint]]:
        """Subject: (host)."""
        duration = problem.departures.duration.tolist()
        for host, periods in variables.visitors.items():
            most = int(problem.capacities.slot_weeks[host])
            flows = [variables.slots(period, host) for period in periods if most < NO_LIMIT]
            if sum(duration[f.period] * f.most for f in flows) > most:
                yield (host,), weighted((duration[f.period], f.total) for f in flows) <= most

    def violations(self, facts: Facts) -> Iterator[Violation]:
        for host_id, periods in facts.heads.items():
            host = facts.scenario.host_of[host_id]
            used = sum(
                facts.slots(host, period) * facts.scenario.period_of[period].duration_weeks
                for period in periods
            )
            if host.max_slot_weeks is not None and used > host.max_slot_weeks:
                message = f"{used} semaines-places dans l’année, {host.max_slot_weeks} au plus."
                yield self.violation(host_id, message)


RULE = SlotWeeks()
