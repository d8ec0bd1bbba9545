"""`convention-signee`: a signed agreement is honoured."""

from collections.abc import Iterator

from solver.domain import Violation
from solver.facts import Facts
from solver.problem import Problem
from solver.rule import Requirement, Subject
from solver.variables import Constraint, Variables


class SignedAgreement(Requirement):
    key = "convention-signee"
    sentence = "Un élève dont la convention est signée est placé."
    source = "C. éduc., D. 124-4 ; conventions signées (« placements.csv »)"

    def constraints(
        self, problem: Problem, variables: Variables
    ) -> Iterator[tuple[Subject, Constraint]]:
        """Subject: (demand)."""
        for demand in problem.demands.must.nonzero()[0].tolist():
            yield (demand,), variables.placed(demand) >= 1

    def violations(self, facts: Facts) -> Iterator[Violation]:
        for found in facts.scenario.found_places:
            if found.status == "signee" and (found.pupil, found.period) not in facts.hosts_of:
                message = f"Convention signée avec {found.host}, mais l’élève n’est pas placé."
                yield self.violation(f"{found.pupil} / {found.period}", message)


RULE = SignedAgreement()
