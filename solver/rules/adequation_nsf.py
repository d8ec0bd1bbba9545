"""`adequation_nsf`: a host that suits by the NSF group only."""

from solver.facts import Facts
from solver.problem import Problem
from solver.rule import Preference
from solver.rules.diplome import SPECIALITY, tier_of
from solver.variables import Expression, Variables, weighted


class SpecialityFit(Preference):
    key = "adequation_nsf"
    sentence = "Un accueil au titre du groupe NSF, et non du diplôme même, coûte."
    source = "Référentiels des diplômes ; trois degrés d’adéquation"

    def price(self, problem: Problem, variables: Variables) -> Expression:
        price, tier = problem.prices.fit_speciality, problem.options.tier.tolist()
        return weighted(
            (price if tier[option] == SPECIALITY else 0, chosen)
            for demand in range(len(problem.demands.period))
            for option, chosen in variables.choices(demand).items()
        )

    def cost(self, facts: Facts) -> int:
        return facts.scenario.prices.fit_speciality * sum(
            not stay.at_found_place and tier_of(stay.pupil, stay.division, stay.host) == SPECIALITY
            for stay in facts.stays
        )


RULE = SpecialityFit()
