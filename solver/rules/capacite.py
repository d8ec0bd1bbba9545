"""`capacite`: the slots of a host in a week."""

from collections.abc import Iterator

from solver.domain import Violation
from solver.facts import Facts
from solver.problem import Problem
from solver.rule import Requirement, Subject
from solver.variables import Constraint, Variables, within


class HostCapacity(Requirement):
    key = "capacite"
    sentence = "Chaque semaine, une structure n’utilise pas plus de places qu’elle n’en offre."
    source = "Déclaration de la structure (« places », « capacites.csv », « blocages.csv »)"

    def constraints(
        self, problem: Problem, variables: Variables
    ) -> Iterator[tuple[Subject, Constraint]]:
        """Subject: (host, week or −1)."""
        for host, periods in variables.visitors.items():
            flows = [variables.slots(period, host) for period in periods]
            offered = problem.capacities.slots[host].tolist()
            variables.note_fit(host, offered)
            for week, fits in within(flows, offered):
                yield (host, week), fits

    def violations(self, facts: Facts) -> Iterator[Violation]:
        for host_id in facts.heads:
            host = facts.scenario.host_of[host_id]
            for week, periods in facts.present(host_id).items():
                used = sum(facts.slots(host, period) for period in periods)
                slots = facts.slots_offered(host, week)
                if used > slots:
                    message = f"{used} place(s) utilisée(s) pour {slots} offerte(s)."
                    yield self.violation(f"{host_id} / {week}", message)


RULE = HostCapacity()
