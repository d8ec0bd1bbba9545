"""`decalage_semaine`: a division leaves when it wished to."""

from solver.facts import Facts
from solver.problem import NO_LIMIT, Problem
from solver.rule import Preference
from solver.variables import Expression, Variables, weighted


class WeekShift(Preference):
    key = "decalage_semaine"
    sentence = (
        "Chaque semaine d’écart avec le départ souhaité coûte, pour chaque élève de la division."
    )
    source = "Vœux des équipes pédagogiques (« debut_souhaite »)"

    def price(self, problem: Problem, variables: Variables) -> Expression:
        departures, price, size = problem.departures, problem.prices.week_shift, problem.size
        return weighted(
            (price * int(size[period]) * abs(int(departures.ordinal[week]) - wished), starts)
            for period, wished in enumerate(departures.wished.tolist())
            if wished != NO_LIMIT
            for week, starts in variables.starts(period).items()
        )

    def cost(self, facts: Facts) -> int:
        return sum(
            facts.scenario.prices.week_shift
            * facts.size(period)
            * abs(facts.start_of[period.id].since(period.wished))
            for period in facts.scenario.periods
            if period.wished is not None and period.imposed is None and period.id in facts.start_of
        )


RULE = WeekShift()
