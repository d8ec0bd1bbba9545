"""`stabilite_accueil`: pupils stay at the host that the reference plan gave them."""

from solver.facts import Facts
from solver.problem import Problem
from solver.rule import Preference
from solver.variables import Expression, Variables, weighted


class HostStability(Preference):
    key = "stabilite_accueil"
    sentence = (
        "Un élève placé dans les deux plans coûte s’il change de structure par rapport à la "
        "référence."
    )
    source = "Re-planifier en changeant peu (« reference »)"

    def price(self, problem: Problem, variables: Variables) -> Expression:
        """A reference host that is no longer there (−2) is another host than any."""
        price = problem.prices.host_stability
        return weighted(
            (price, variables.placed(demand) - variables.at(demand, host))
            for demand, host in enumerate(problem.demands.reference_host.tolist())
            if host != -1
        )

    def cost(self, facts: Facts) -> int:
        reference = facts.scenario.reference
        if reference is None:
            return 0
        before = reference.placement_of
        moved = sum(
            (demand := (stay.pupil.id, stay.period.id)) in before
            and before[demand].host != stay.host.id
            for stay in facts.stays
        )
        return facts.scenario.prices.host_stability * moved


RULE = HostStability()
