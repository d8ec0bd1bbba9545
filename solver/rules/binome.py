"""`binome`: pupils placed together or not at all."""

from collections import defaultdict
from collections.abc import Iterator

from solver.domain import Violation
from solver.facts import Facts
from solver.problem import Problem
from solver.rule import Requirement, Subject
from solver.variables import Constraint, Variables


class Together(Requirement):
    key = "binome"
    sentence = (
        "À chaque période, les élèves d’un même groupe sont tous dans la même structure, ou tous "
        "sans place."
    )
    source = "Choix de l’équipe pédagogique (« groupe »)"

    def constraints(
        self, problem: Problem, variables: Variables
    ) -> Iterator[tuple[Subject, Constraint]]:
        """Subject: (group, host)."""
        for group in range(len(problem.demands.groups)):
            first, *others = problem.demands.groups[group].tolist()
            hosts = {h for d in (first, *others) for h in variables.hosts(d)}
            for host in sorted(hosts):
                for other in others:
                    yield (group, host), variables.at(first, host) == variables.at(other, host)

    def violations(self, facts: Facts) -> Iterator[Violation]:
        groups: dict[tuple[str, str], list[tuple[str, ...]]] = defaultdict(list)
        for pupil, period in facts.scenario.demands():
            if pupil.group:
                hosts = facts.hosts_of.get((pupil.id, period.id), ())
                groups[period.id, pupil.group].append(hosts)
        for (period_id, group), hosts_of in groups.items():
            if len(set(hosts_of)) > 1:
                told = ", ".join("+".join(hosts) or "sans place" for hosts in hosts_of)
                yield self.violation(f"{group} / {period_id}", f"Groupe séparé : {told}.")


RULE = Together()
