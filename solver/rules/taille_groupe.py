"""`taille-groupe`: a slot is used by neither too few nor too many pupils of a division."""

from collections.abc import Iterator

from solver.domain import Violation
from solver.facts import Facts
from solver.problem import Problem
from solver.rule import Requirement, Subject
from solver.variables import Constraint, Variables


class GroupSize(Requirement):
    key = "taille-groupe"
    sentence = (
        "Chaque place utilisée reçoit de « groupe_min » à « groupe_max » élèves d’une même "
        "division."
    )
    source = "Déclaration de la structure (« groupe_min », « groupe_max »)"

    def constraints(
        self, problem: Problem, variables: Variables
    ) -> Iterator[tuple[Subject, Constraint]]:
        """Subject: (host, period)."""
        group_min = problem.capacities.group_min.tolist()
        for host, periods in variables.visitors.items():
            if group_min[host] == 1:
                continue
            for period in periods:
                slots, heads = variables.slots(period, host), variables.heads(period, host)
                yield (host, period), group_min[host] * slots.total <= heads.total

    def violations(self, facts: Facts) -> Iterator[Violation]:
        for host_id, periods in facts.heads.items():
            host = facts.scenario.host_of[host_id]
            for period, heads in periods.items():
                slots = facts.slots(host, period)
                if slots * host.group_min > heads:
                    yield self.violation(
                        f"{host_id} / {period}",
                        f"{heads} élève(s) pour {slots} place(s) de {host.group_min} à "
                        f"{host.group_max} élèves.",
                    )


RULE = GroupSize()
