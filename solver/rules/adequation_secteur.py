"""`adequation_secteur`: a host that suits by its sector only."""

from solver.facts import Facts
from solver.problem import Problem
from solver.rule import Preference
from solver.rules.diplome import SECTOR, tier_of
from solver.variables import Expression, Variables, weighted


class SectorFit(Preference):
    key = "adequation_secteur"
    sentence = "Un accueil au titre du secteur, ou sans lien avec la formation, coûte."
    source = "Référentiels des diplômes ; trois degrés d’adéquation"

    def price(self, problem: Problem, variables: Variables) -> Expression:
        price, tier = problem.prices.fit_sector, problem.options.tier.tolist()
        return weighted(
            (price if tier[option] == SECTOR else 0, chosen)
            for demand in range(len(problem.demands.period))
            for option, chosen in variables.choices(demand).items()
        )

    def cost(self, facts: Facts) -> int:
        return facts.scenario.prices.fit_sector * sum(
            not stay.at_found_place and tier_of(stay.pupil, stay.division, stay.host) == SECTOR
            for stay in facts.stays
        )


RULE = SectorFit()
