"""`capacite-public`: the slots of a host that one public may use in a week."""

from collections import defaultdict
from collections.abc import Iterator

from solver.domain import Violation
from solver.facts import Facts
from solver.problem import Problem
from solver.rule import Requirement, Subject
from solver.variables import Constraint, Flow, Variables, within


class PublicCapacity(Requirement):
    key = "capacite-public"
    sentence = (
        "Chaque semaine, un public n’utilise pas plus de places que la structure ne lui en ouvre."
    )
    source = "Déclaration de la structure (« capacites.csv »)"

    def constraints(
        self, problem: Problem, variables: Variables
    ) -> Iterator[tuple[Subject, Constraint]]:
        """Subject: (host, public, week or −1)."""
        capacities = problem.capacities
        for host, periods in variables.visitors.items():
            flows_of: dict[int, list[Flow]] = defaultdict(list)
            for period in periods:
                if capacities.public_row[host, problem.public[period]] >= 0:
                    flows_of[int(problem.public[period])].append(variables.slots(period, host))
            for public, flows in flows_of.items():
                row = capacities.public_row[host, public]
                for week, fits in within(flows, capacities.public_slots[row].tolist()):
                    yield (host, public, week), fits

    def violations(self, facts: Facts) -> Iterator[Violation]:
        for row in facts.scenario.capacities:
            host = facts.scenario.host_of[row.host]
            for week, periods in facts.present(host.id).items():
                if row.public == "*" or not row.first <= week <= row.last:
                    continue
                used = sum(
                    facts.slots(host, period)
                    for period in periods
                    if facts.division(period).public == row.public
                )
                if used > row.slots:
                    message = f"{used} place(s) utilisée(s) par des {row.public}, pour {row.slots}."
                    yield self.violation(f"{host.id} / {week}", message)


RULE = PublicCapacity()
