"""`trajet_minute`: every minute of a journey."""

from solver.facts import Facts
from solver.problem import Problem
from solver.rule import Preference
from solver.variables import Expression, Variables, weighted


class JourneyMinutes(Preference):
    key = "trajet_minute"
    sentence = "Chaque minute de trajet (aller) d’un élève placé coûte."
    source = "Une minute de trajet d’un élève est l’unité du barème"

    def price(self, problem: Problem, variables: Variables) -> Expression:
        price, minutes = problem.prices.journey_minute, problem.options.minutes.tolist()
        return weighted(
            (price * minutes[option], chosen)
            for demand in range(len(problem.demands.period))
            for option, chosen in variables.choices(demand).items()
        )

    def cost(self, facts: Facts) -> int:
        return facts.scenario.prices.journey_minute * sum(stay.minutes for stay in facts.stays)


RULE = JourneyMinutes()
