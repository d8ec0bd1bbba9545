"""`equite`: pupils without a place weigh more where an establishment already has many."""

from collections import Counter, defaultdict

from solver.facts import Facts
from solver.problem import Problem
from solver.rule import Preference
from solver.variables import Expression, Variables, total, weighted


class Equity(Preference):
    key = "equite"
    sentence = (
        "Au-delà de chaque seuil d’élèves sans place dans un établissement, chacun coûte plus cher."
    )
    source = "Demande d’équité entre établissements (Sénat, 8 mai 2025 ; accords de bassin)"

    def price(self, problem: Problem, variables: Variables) -> Expression:
        demands_of: dict[int, list[int]] = defaultdict(list)
        for demand, period in enumerate(problem.demands.period):
            demands_of[int(problem.establishment[period])].append(demand)
        terms = []
        for establishment, demands in demands_of.items():
            unplaced = total(1 - variables.placed(d) for d in demands)
            for step, allowance in enumerate(problem.equity.allowance[establishment].tolist()):
                key = ("equite", establishment, step)
                over = variables.excess(key, unplaced, allowance, len(demands))
                terms.append((int(problem.equity.surcharge[step]), over))
        return weighted(terms)

    def cost(self, facts: Facts) -> int:
        prices = facts.scenario.prices
        everyone, unplaced = Counter[str](), Counter[str]()
        for _, period in facts.scenario.demands():
            everyone[facts.division(period).establishment] += 1
        for _, period in facts.unplaced:
            unplaced[facts.division(period).establishment] += 1
        return sum(
            (prices.unplaced * step.surcharge_percent // 100)
            * max(0, n - step.threshold_percent * everyone[uai] // 100)
            for uai, n in unplaced.items()
            for step in prices.equity
        )


RULE = Equity()
