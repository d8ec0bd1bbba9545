"""`internat`: a stay in a boarding house that is not the pupil's own."""

from solver.facts import Facts
from solver.problem import Problem
from solver.rule import Preference
from solver.variables import Expression, Variables, weighted


class Boarding(Preference):
    key = "internat"
    sentence = "Loger un élève dans un internat qui n’est pas le sien coûte, à chaque période."
    source = "Accords de bassin sur l’accueil en internat"

    def price(self, problem: Problem, variables: Variables) -> Expression:
        price, bed = problem.prices.boarding, problem.options.bed.tolist()
        return weighted(
            (price if bed[option] >= 0 else 0, chosen)
            for demand in range(len(problem.demands.period))
            for option, chosen in variables.choices(demand).items()
        )

    def cost(self, facts: Facts) -> int:
        return facts.scenario.prices.boarding * sum(stay.uses_bed for stay in facts.stays)


RULE = Boarding()
