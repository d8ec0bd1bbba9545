"""`trajet_inconfort`: minutes beyond a comfortable journey."""

from solver.facts import Facts
from solver.problem import Problem
from solver.rule import Preference
from solver.variables import Expression, Variables, weighted


class JourneyDiscomfort(Preference):
    key = "trajet_inconfort"
    sentence = "Chaque minute au-delà d’un trajet confortable coûte en plus."
    source = "Accords de bassin : éviter les longs trajets"

    def price(self, problem: Problem, variables: Variables) -> Expression:
        price, comfort = problem.prices.journey_discomfort, problem.prices.journey_comfort_minutes
        minutes = problem.options.minutes.tolist()
        return weighted(
            (price * max(0, minutes[option] - comfort), chosen)
            for demand in range(len(problem.demands.period))
            for option, chosen in variables.choices(demand).items()
        )

    def cost(self, facts: Facts) -> int:
        prices = facts.scenario.prices
        return prices.journey_discomfort * sum(
            stay.minutes - prices.journey_comfort_minutes
            for stay in facts.stays
            if stay.minutes > prices.journey_comfort_minutes
        )


RULE = JourneyDiscomfort()
