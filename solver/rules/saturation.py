"""`saturation`: no more pupils out in a week than the bassin's hosts bear, family by family."""

from collections import Counter

from solver.domain import FAMILIES, Public, family
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
            over += sum(max(0, n - _threshold(facts, publics, week)) for week, n in pupils.items())
        return facts.scenario.prices.saturation * over


def _threshold(facts: Facts, publics: tuple[Public, ...], week: Week) -> int:
    """Pupils of a family who may be out that week free of charge."""
    scenario = facts.scenario
    hosts = [h for h in scenario.hosts if not set(publics).isdisjoint(h.publics)]
    if hosts:
        slots = sum(facts.slots_offered(host, week) for host in hosts)
        return scenario.prices.saturation_threshold_percent * slots // 100
    load = sum(
        facts.size(period) * period.duration_weeks
        for period in scenario.periods
        if family(facts.division(period).public) == family(publics[0])
    )
    percent = scenario.prices.smoothing_threshold_percent
    return percent * load // (100 * len(facts.calendar.usable))


RULE = Saturation()
