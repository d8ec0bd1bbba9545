"""`stabilite_date`: departures stay where the reference plan had them."""

from solver.facts import Facts
from solver.problem import NO_LIMIT, Problem
from solver.rule import Preference
from solver.variables import Expression, Variables, weighted


class DateStability(Preference):
    key = "stabilite_date"
    sentence = "Chaque semaine d’écart avec le plan de référence coûte, pour chaque élève."
    source = "Re-planifier en changeant peu (« reference »)"

    def price(self, problem: Problem, variables: Variables) -> Expression:
        departures, price, size = problem.departures, problem.prices.date_stability, problem.size
        return weighted(
            (price * int(size[period]) * abs(int(departures.ordinal[week]) - before), starts)
            for period, before in enumerate(departures.reference.tolist())
            if before != NO_LIMIT
            for week, starts in variables.starts(period).items()
        )

    def cost(self, facts: Facts) -> int:
        reference = facts.scenario.reference
        if reference is None:
            return 0
        return sum(
            facts.scenario.prices.date_stability
            * facts.size(period)
            * abs(facts.start_of[period.id].since(reference.start_of[period.id]))
            for period in facts.scenario.periods
            if period.id in reference.start_of and period.id in facts.start_of
        )


RULE = DateStability()
