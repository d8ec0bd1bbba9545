"""`saturation`: no more pupils out in a week than the bassin's hosts bear, family by family."""

from collections import Counter
from collections.abc import Iterable, Mapping

from solver.domain import FAMILIES, Public
from solver.facts import Facts
from solver.problem import Problem
from solver.rule import Preference
from solver.variables import Expression, Variables, weighted
from solver.week import Week


class Saturation(Preference):
    key = "saturation"
    sentence = (
        "Chaque élève absent au-delà du seuil de la semaine coûte, en observation comme en "
        "formation."
    )
    source = "Étaler les départs : accords de bassin de l’académie de Nancy-Metz"

    def price(self, problem: Problem, variables: Variables) -> Expression:
        price, size = problem.prices.saturation, problem.size.tolist()
        terms = []
        for kind, thresholds in enumerate(problem.saturation_threshold.tolist()):
            periods = (problem.family == kind).nonzero()[0].tolist()
            for week, threshold in enumerate(thresholds if price else ()):
                out = [p for p in periods if variables.may_be_out(p, week)]
                pupils = weighted((size[p], variables.out(p, week)) for p in out)
                most = sum(size[p] for p in out)
                key = ("saturation", kind, week)
                terms.append((price, variables.excess(key, pupils, threshold, most)))
        return weighted(terms)

    def cost(self, facts: Facts) -> int:
        over = 0
        for publics in FAMILIES.values():
            pupils: Counter[Week] = Counter()
            for period in facts.scenario.periods:
                if facts.division(period).public in publics:
                    for week in facts.weeks_of[period.id]:
                        pupils[week] += facts.size(period)
            thresholds = _thresholds(facts, publics, pupils)
            over += sum(max(0, n - thresholds[week]) for week, n in pupils.items())
        return facts.scenario.prices.saturation * over


def _thresholds(
    facts: Facts, publics: tuple[Public, ...], weeks: Iterable[Week]
) -> Mapping[Week, int]:
    """Pupils of a family who may be out each week free of charge."""
    scenario = facts.scenario
    hosts = [h for h in scenario.hosts if not set(publics).isdisjoint(h.publics)]
    if hosts:
        percent = scenario.prices.saturation_threshold_percent
        usual = sum(h.slots for h in hosts)
        varying = [h for h in hosts if facts.slots_vary(h)]
        return {
            week: percent
            * (usual + sum(facts.slots_offered(h, week) - h.slots for h in varying))
            // 100
            for week in weeks
        }
    load = sum(
        facts.size(period) * period.duration_weeks
        for period in scenario.periods
        if facts.division(period).public in publics
    )
    percent = scenario.prices.smoothing_threshold_percent
    return {week: percent * load // (100 * len(facts.calendar.usable)) for week in weeks}


RULE = Saturation()
