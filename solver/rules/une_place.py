"""`une-place`: nobody is in two places."""

from collections.abc import Iterator

from solver.domain import Violation
from solver.facts import Facts
from solver.problem import Problem
from solver.rule import Requirement, Subject
from solver.variables import Constraint, Variables


class OnePlace(Requirement):
    key = "une-place"
    sentence = "Un élève a au plus une structure d’accueil par période."
    source = "Une convention par élève et par période (C. éduc., L. 124-1)"

    def constraints(
        self, problem: Problem, variables: Variables
    ) -> Iterator[tuple[Subject, Constraint]]:
        """Subject: (demand)."""
        for demand in range(len(problem.demands.period)):
            if len(variables.choices(demand)) > 1:
                yield (demand,), variables.placed(demand) <= 1

    def violations(self, facts: Facts) -> Iterator[Violation]:
        for (pupil, period), hosts in facts.hosts_of.items():
            if len(hosts) > 1:
                message = f"{len(hosts)} lignes : {', '.join(hosts)}."
                yield self.violation(f"{pupil} / {period}", message)


RULE = OnePlace()
