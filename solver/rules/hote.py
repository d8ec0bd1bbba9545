"""`hote`: the host against the previous rank's."""

from collections.abc import Iterator

from solver.domain import Violation
from solver.facts import Facts
from solver.problem import FREE, SAME, Problem
from solver.rule import Requirement, Subject
from solver.variables import Constraint, Variables


class HostLink(Requirement):
    key = "hote"
    sentence = (
        "Si la division le demande, un élève retrouve la structure de la période précédente "
        "(« meme ») ou en change (« different »)."
    )
    source = "Référentiel du diplôme ; choix de l’équipe pédagogique (« hote »)"

    def constraints(
        self, problem: Problem, variables: Variables
    ) -> Iterator[tuple[Subject, Constraint]]:
        """Subject: (demand, host)."""
        demands = problem.demands
        for demand in (demands.link != FREE).nonzero()[0].tolist():
            previous = int(demands.previous[demand])
            before = set(variables.hosts(previous))
            for host in variables.hosts(demand):
                here, same = variables.at(demand, host), variables.at(previous, host)
                if demands.link[demand] == SAME:
                    yield (demand, host), here + variables.placed(previous) - same <= 1
                elif host in before:
                    yield (demand, host), here + same <= 1

    def violations(self, facts: Facts) -> Iterator[Violation]:
        for stay in facts.stays:
            previous = facts.scenario.previous_period.get(stay.period.id)
            if previous is None:
                continue
            for host in facts.hosts_of.get((stay.pupil.id, previous.id), ()):
                if stay.period.host_link == "meme" and host != stay.host.id:
                    message = f"{stay.host.id} au lieu de la même structure, {host}."
                    yield self.violation(stay.subject, message)
                elif stay.period.host_link == "different" and host == stay.host.id:
                    message = f"{host} de nouveau, alors qu’une autre structure est demandée."
                    yield self.violation(stay.subject, message)


RULE = HostLink()
