"""`non_place`: every pupil-period without a place."""

from solver.facts import Facts
from solver.problem import Problem
from solver.rule import Preference
from solver.variables import Expression, Variables, weighted


class Unplaced(Preference):
    key = "non_place"
    sentence = (
        "Chaque élève-période sans place coûte, selon la priorité de l’élève, et davantage s’il "
        "avait trouvé une place."
    )
    source = "L’établissement doit trouver un lieu à chaque élève (circ. 2016-053)"

    def price(self, problem: Problem, variables: Variables) -> Expression:
        return weighted(
            (cost, 1 - variables.placed(demand))
            for demand, cost in enumerate(problem.demands.unplaced_cost.tolist())
        )

    def cost(self, facts: Facts) -> int:
        prices, found = facts.scenario.prices, facts.scenario.found_place_of
        return sum(
            prices.unplaced
            * pupil.priority
            * (prices.found_place_factor if (pupil.id, period.id) in found else 1)
            for pupil, period in facts.unplaced
        )


RULE = Unplaced()
