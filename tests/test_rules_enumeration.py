"""What the model accepts and prices is exactly what the verifier accepts and prices.

Tiny scenarios are drawn with every column at a high dose; their plans are enumerated (or, where
there are too many, drawn), legal or not, and both readings of every rule are compared, key by key.
Tied to `RULES`: a rule that was never kept, never broken, or never paid for fails the run.
"""

import itertools
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod

import numpy as np
import pytest
from ortools.sat.python import cp_model

from scenarios.generate.tiny import tiny
from solver.calendar import SchoolCalendar
from solver.domain import Departure, Placement, Plan, Report, Scenario, Violation
from solver.facts import Facts
from solver.model import Model, build
from solver.prepare import decode, prepare
from solver.problem import Problem, Solution
from solver.rule import HardRule, Preference, Requirement, Subject
from solver.rules import HARD_RULES, PREFERENCES, RULES
from solver.rules.capacite import HostCapacity
from solver.rules.ordre import Order
from solver.rules.trajet_inconfort import JourneyDiscomfort
from solver.travel import Journeys
from solver.variables import Constraint, Variables, within
from solver.verify import verify

REQUIREMENTS = [rule for rule in HARD_RULES if isinstance(rule, Requirement)]
ELIGIBILITY = {
    "public", "diplome", "age", "derogation", "accessibilite", "pays", "reserve", "trajet",
    "internat-ouvert", "place-trouvee",
}  # fmt: skip
"""Rules on one stay alone: `Problem` keeps them by leaving options out."""
UNSAYABLE = {"depart-commun", "une-place"}
"""Rules that no `Solution` can break: one start per unit, one option per demand."""
LEANS_ON = {"exclusion": "ordre", "absences-simultanees": "ordre"}
"""These count periods in the model and divisions in the plan: the same unless `ordre` is broken."""


@dataclass
class Comparison:
    """What both readings said, and where they differ."""

    differences: list[str] = field(default_factory=list)
    kept: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    free: set[str] = field(default_factory=set)
    paid: set[str] = field(default_factory=set)

    def note(self, key: str, holds: bool) -> None:
        (self.kept if holds else self.broken).add(key)

    def differ(self, what: str, *values: object) -> None:
        self.differences.append(" ".join(map(str, (what, *values))))


class Bench:
    """A scenario with all that is needed to read many of its plans."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.problem: Problem = prepare(scenario)
        self.calendar = SchoolCalendar(scenario)
        self.journeys = Journeys(scenario)
        self.houses = [house.id for house in scenario.boarding_houses]

    def report(self, plan: Plan) -> Report:
        return verify(self.scenario, plan, self.calendar, self.journeys)

    def read(self, solution: Solution) -> Report:
        """As `decode`, which works its calendar out each time, then `verify`."""
        scenario, options = self.scenario, self.problem.options
        starts = solution.start[self.problem.departures.unit].tolist()
        taken = zip(scenario.demands(), solution.option.tolist(), strict=True)
        plan = Plan(
            departures=[
                Departure(period=period.id, start=self.calendar.usable[start])
                for period, start in zip(scenario.periods, starts, strict=True)
            ],
            placements=[
                Placement(
                    pupil=pupil.id,
                    period=period.id,
                    host=scenario.hosts[options.host[option]].id,
                    lodging=[*self.houses, None][options.lodging[option]],
                )
                for (pupil, period), option in taken
                if option >= 0
            ],
        )
        return self.report(plan)


def enumerated(problem: Problem, dice: random.Random, most: int) -> tuple[bool, Iterable[Solution]]:
    """(whether these are all, solutions): every allowed start and one that is not, every option."""
    starts = []
    for allowed in problem.departures.allowed:
        others = (~allowed).nonzero()[0].tolist()
        starts.append(allowed.nonzero()[0].tolist() + dice.sample(others, min(1, len(others))))
    options = [
        [-1, *range(problem.options.start[seeker], problem.options.start[seeker + 1])]
        for seeker in problem.demands.seeker
    ]
    if prod(map(len, starts)) * prod(map(len, options)) <= most:
        return True, (_solution(problem, choice) for choice in product(*starts, *options))
    drawn = ([dice.choice(choice) for choice in (*starts, *options)] for _ in range(most))
    return False, (_solution(problem, choice) for choice in drawn)


def _solution(problem: Problem, choice: Iterable[int]) -> Solution:
    values = np.array([*choice], np.int32)
    return Solution(*np.split(values, [len(problem.departures.periods)]))


def compare_plan(bench: Bench, solution: Solution, into: Comparison) -> int | None:
    """Both readings of one plan, rule by rule; its cost where it is legal."""
    problem, report = bench.problem, bench.read(solution)
    settled = Variables(problem, fixed=solution)
    broken = {violation.rule for violation in report.violations}
    refused = {
        rule.key
        for rule in REQUIREMENTS
        if any(constraint is not True for _, constraint in rule.constraints(problem, settled))
    }
    for rule in HARD_RULES:
        leans_on = {"fenetre"} - {rule.key} | {LEANS_ON.get(rule.key, "fenetre")} - {rule.key}
        if leans_on & broken:
            continue
        into.note(rule.key, rule.key not in broken)
        if (rule.key in broken) != (rule.key in refused):
            into.differ(rule.key, "plan:", rule.key in broken, "model:", rule.key in refused)
    if "fenetre" not in broken:
        for preference in PREFERENCES:
            price = preference.price(problem, settled)
            cost = report.costs[preference.key]
            (into.paid if cost else into.free).add(preference.key)
            if price != cost:
                into.differ(preference.key, "plan:", cost, "model:", price)
    if bool(broken) != bool(refused):
        into.differ("verdict", "plan:", sorted(broken), "model:", sorted(refused))
    return None if broken else report.cost


def compare_options(bench: Bench, into: Comparison) -> None:
    """Every pupil-period at every host from every lodging: an option exists where rules allow."""
    scenario, problem = bench.scenario, bench.problem
    lodgings = [None, *(house.id for house in scenario.boarding_houses)]
    for demand, (pupil, period) in enumerate(scenario.demands()):
        unit = problem.departures.unit[problem.demands.period[demand]]
        starts = problem.departures.allowed[unit].nonzero()[0].tolist()
        for (h, host), (b, lodging) in product(
            enumerate(scenario.hosts), enumerate(lodgings, start=-1)
        ):
            placement = Placement(pupil=pupil.id, period=period.id, host=host.id, lodging=lodging)
            for start in starts[:1] + starts[-1:]:
                plan = Plan(
                    departures=[Departure(period=period.id, start=bench.calendar.usable[start])],
                    placements=[placement],
                )
                report = bench.report(plan)
                broken = {v.rule for v in report.violations} & ELIGIBILITY
                for key in ELIGIBILITY:
                    into.note(key, key not in broken)
                offered = _offered(problem, demand, start, h)
                is_offered = (b, -1) in offered or (b, b) in offered
                may_be_left_out = bool(broken) or _useless(offered, report)
                if is_offered and broken:
                    into.differ("option", demand, start, host.id, lodging, sorted(broken))
                if not is_offered and not may_be_left_out:
                    into.differ("option missing", demand, start, host.id, lodging)


def _offered(problem: Problem, demand: int, start: int, host: int) -> dict[tuple[int, int], int]:
    """(lodging, bed) → cost of the options at a host that a stay from `start` on may take."""
    options, seeker = problem.options, problem.demands.seeker[demand]
    end = start + problem.departures.duration[problem.demands.period[demand]] - 1
    return {
        (int(options.lodging[o]), int(options.bed[o])): int(options.cost[o])
        for o in range(options.start[seeker], options.start[seeker + 1])
        if options.host[o] == host and end <= options.last[o]
    }


STAY_PRICES = (
    "trajet_minute", "trajet_inconfort", "internat", "adequation_nsf", "adequation_secteur",
)  # fmt: skip


def _useless(offered: dict[tuple[int, int], int], report: Report) -> bool:
    """Whether another lodging at the same host costs no more and takes no bed."""
    cost = sum(report.costs[key] for key in STAY_PRICES)
    return any(bed == -1 and other <= cost for (_, bed), other in offered.items())


def compare_unsayable(bench: Bench, into: Comparison) -> None:
    """Two starts in one unit, two hosts for one demand: only a plan can say it, and is refused."""
    scenario, problem, usable = bench.scenario, bench.problem, bench.calendar.usable
    together = [
        u for u in range(len(problem.departures.periods)) if problem.departures.periods[u].size > 1
    ]
    for unit in together:
        first, second = problem.departures.periods[unit][:2].tolist()
        for week in (0, 1):
            starts = {first: usable[0], second: usable[week]}
            departures = [
                Departure(period=scenario.periods[p].id, start=w) for p, w in starts.items()
            ]
            broken = {
                v.rule for v in bench.report(Plan(departures=departures, placements=[])).violations
            }
            into.note("depart-commun", "depart-commun" not in broken)
            if ("depart-commun" in broken) != (week == 1):
                into.differ("depart-commun", unit, week)
    for (pupil, period), host in product(scenario.demands()[:1], scenario.hosts[:1]):
        row = Placement(pupil=pupil.id, period=period.id, host=host.id)
        for times in (1, 2):
            plan = Plan(departures=[], placements=[row] * times)
            broken = {v.rule for v in bench.report(plan).violations}
            into.note("une-place", "une-place" not in broken)
            if ("une-place" in broken) != (times == 2):
                into.differ("une-place", pupil.id, times)


def settle(model: Model, solution: Solution) -> tuple[cp_model.CpSolverStatus, int | None]:
    """Status and cost of the whole open model with every decision fixed from outside."""
    cp = model.cp.clone()
    for unit, week in enumerate(solution.start.tolist()):
        starts = model.variables.unit_starts(unit)
        for start, literal in starts.items():
            cp.add(literal == (start == week))
        if week not in starts:
            cp.add_bool_or([])
    for demand, taken in enumerate(solution.option.tolist()):
        for option, literal in model.variables.choices(demand).items():
            cp.add(literal == (option == taken))
    engine = cp_model.CpSolver()
    engine.parameters.num_workers = 1
    status = engine.solve(cp)
    return status, round(engine.objective_value) if status == cp_model.OPTIMAL else None


def compare(
    scenario: Scenario, into: Comparison, *, plans: int, settled: int, seed: int = 0
) -> None:
    """All comparisons on one scenario: `plans` enumerated at most, `settled` in the open model."""
    bench, dice = Bench(scenario), random.Random(seed)
    complete, solutions = enumerated(bench.problem, dice, plans)
    legal: list[tuple[int, Solution]] = []
    others: list[Solution] = []
    for solution in solutions:
        cost = compare_plan(bench, solution, into)
        if cost is None:
            others.append(solution)
        else:
            legal.append((cost, solution))
    compare_options(bench, into)
    compare_unsayable(bench, into)

    model = build(bench.problem)
    answer = model.solve(seconds=60)
    best = min((cost for cost, _ in legal), default=None)
    if answer.status not in ("optimal", "infeasible"):
        into.differ("status", answer.status)
    elif complete and answer.cost != best:
        into.differ("optimum", "plans:", best, "model:", answer.cost)
    elif best is not None and (answer.cost is None or answer.cost > best):
        into.differ("optimum beaten", "plans:", best, "model:", answer.cost)
    if answer.solution is not None:
        report = bench.report(decode(scenario, bench.problem, answer.solution))
        if report.violations or report.cost != answer.cost:
            into.differ("own plan", report.violations, report.cost, answer.cost)
    for cost, solution in dice.sample(legal, min(settled, len(legal))):
        if settle(model, solution) != (cp_model.OPTIMAL, cost):
            into.differ("open model refuses or misprices", solution, cost)
    for solution in dice.sample(others, min(settled, len(others))):
        if settle(model, solution) != (cp_model.INFEASIBLE, None):
            into.differ("open model accepts", solution)


def run(
    seeds: Iterable[int],
    *,
    plans: int,
    settled: int,
    enough: int | None = None,
    until_different: bool = False,
) -> Comparison:
    """Compare on `seeds`, or on the first `enough` of them and then until every rule is tested."""
    into = Comparison()
    for done, seed in enumerate(seeds):
        if enough is not None and done >= enough and not [*uncovered(into)]:
            break
        if until_different and into.differences:
            break
        before = len(into.differences)
        compare(tiny(seed), into, plans=plans, settled=settled, seed=seed)
        into.differences[before:] = [f"tiny({seed}): {d}" for d in into.differences[before:]]
    return into


def uncovered(comparison: Comparison) -> Iterator[str]:
    """The rules of `RULES` that the run did not put to the test."""
    for rule in RULES:
        if isinstance(rule, Preference):
            seen = (comparison.free, comparison.paid)
        else:
            seen = (comparison.kept, comparison.broken)
        if not all(rule.key in keys for keys in seen):
            yield rule.key


def test_model_and_verifier_say_the_same_of_every_plan_rule_by_rule() -> None:
    comparison = run(range(400), plans=30, settled=3, enough=60)
    assert comparison.differences == []
    assert list(uncovered(comparison)) == []


@pytest.mark.slow
def test_model_and_verifier_say_the_same_on_thousands_of_scenarios() -> None:
    comparison = run(range(10_000, 12_000), plans=40, settled=2)
    assert comparison.differences == []
    assert list(uncovered(comparison)) == []


# --- the comparison itself can fail: mutants ---------------------------------------------------


def first_difference(seeds: Sequence[int] = range(400)) -> list[str]:
    return run(seeds, plans=30, settled=0, until_different=True).differences


def test_a_verifier_that_forgets_a_week_between_periods_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    honest = Order.violations

    def lenient(self: Order, facts: Facts) -> Iterator[Violation]:
        return itertools.islice(honest(self, facts), 1, None)

    monkeypatch.setattr(Order, "violations", lenient)
    assert any("ordre" in difference for difference in first_difference())


def test_a_model_that_counts_one_slot_too_many_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def lenient(
        self: HostCapacity, problem: Problem, variables: Variables
    ) -> Iterator[tuple[Subject, Constraint]]:
        for host, periods in variables.visitors.items():
            flows = [variables.slots(period, host) for period in periods]
            for week, fits in within(flows, (problem.capacities.slots[host] + 1).tolist()):
                yield (host, week), fits

    monkeypatch.setattr(HostCapacity, "constraints", lenient)
    assert any("capacite" in difference for difference in first_difference())


def test_a_price_that_is_one_point_off_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = JourneyDiscomfort.cost
    monkeypatch.setattr(JourneyDiscomfort, "cost", lambda self, facts: honest(self, facts) + 1)
    assert any("trajet_inconfort" in difference for difference in first_difference())


def _nothing(*_: object) -> Iterator[object]:
    return iter(())


@pytest.mark.slow
@pytest.mark.parametrize("rule", HARD_RULES, ids=lambda rule: rule.key)
def test_a_verifier_without_a_rule_is_caught(
    rule: HardRule, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(rule), "violations", _nothing)
    assert first_difference(range(2000))


@pytest.mark.slow
@pytest.mark.parametrize("rule", REQUIREMENTS, ids=lambda rule: rule.key)
def test_a_model_without_a_rule_is_caught(
    rule: Requirement, monkeypatch: pytest.MonkeyPatch
) -> None:
    if rule.key in UNSAYABLE:
        pytest.skip("a Solution cannot break it")
    monkeypatch.setattr(type(rule), "constraints", _nothing)
    assert any(rule.key in difference for difference in first_difference(range(2000)))


@pytest.mark.slow
@pytest.mark.parametrize("preference", PREFERENCES, ids=lambda rule: rule.key)
def test_a_model_without_a_price_is_caught(
    preference: Preference, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(preference), "price", lambda *_: 0)
    assert any(preference.key in difference for difference in first_difference(range(2000)))
