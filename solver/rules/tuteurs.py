"""`tuteurs`: how many trainees a host's tutors can follow."""

from collections.abc import Iterator

from solver.domain import TRAINING, Violation
from solver.facts import Facts
from solver.problem import NO_LIMIT, Problem
from solver.rule import Requirement, Subject
from solver.variables import Constraint, Variables, within


class Tutors(Requirement):
    key = "tuteurs"
    sentence = (
        "Chaque semaine, les élèves de CAP, BACPRO, CS et BTS présents ne dépassent pas "
        "« stagiaires_par_tuteur » par tuteur."
    )
    source = "C. éduc., L. 124-10 et R. 124-13"

    def constraints(
        self, problem: Problem, variables: Variables
    ) -> Iterator[tuple[Subject, Constraint]]:
        """Subject: (host, week or −1)."""
        for host, periods in variables.visitors.items():
            most = int(problem.capacities.trainees[host])
            if most >= NO_LIMIT:
                continue
            flows = [variables.heads(p, host) for p in periods if problem.family[p] == 1]
            for week, fits in within(flows, [most] * problem.weeks):
                yield (host, week), fits

    def violations(self, facts: Facts) -> Iterator[Violation]:
        per_tutor = facts.scenario.regulation.trainees_per_tutor
        for host_id in facts.heads:
            tutors = facts.scenario.host_of[host_id].tutors
            if tutors is None:
                continue
            for week, heads in facts.present(host_id).items():
                trainees = sum(
                    n for period, n in heads.items() if facts.division(period).public in TRAINING
                )
                if trainees > per_tutor * tutors:
                    message = f"{trainees} stagiaires pour {tutors} tuteur(s)."
                    yield self.violation(f"{host_id} / {week}", message)


RULE = Tutors()
