"""The shift table: every week of a departure, against the verifier and against the whole model."""

import pytest

from scenarios import example, read
from scenarios.generate import generate, tiny
from solver.calendar import SchoolCalendar
from solver.domain import Departure, Plan, Scenario
from solver.errors import InvalidPlan, UnknownSubject
from solver.model import build
from solver.prepare import decode, prepare
from solver.problem import Solution
from solver.verify import verify
from solver.week import Week
from solver.whatif import Shift, shifted, shifts, stand
from solver.whatif.standing import Standing


def best_plan(scenario: Scenario) -> Plan | None:
    problem = prepare(scenario)
    answer = build(problem).solve(seconds=30)
    return None if answer.solution is None else decode(scenario, problem, answer.solution)


def standing(seed: int) -> Standing | None:
    """A tiny scenario with its best plan, if it has one."""
    scenario = tiny(seed)
    plan = best_plan(scenario)
    return None if plan is None else stand(scenario, plan)


def least_cost(of: Standing, unit: int, start: int) -> int | None:
    """By the model of all rules: everything fixed but the unit's pupils, its start given."""
    starts, options = of.solution.start.copy(), of.solution.option.copy()
    starts[unit] = start
    free = [
        d
        for p in of.problem.departures.periods[unit]
        for d in range(of.problem.demands.first[p], of.problem.demands.first[p + 1])
    ]
    options[free] = -1
    answer = build(of.problem, fixed=Solution(starts, options), free_demands=free).solve()
    return answer.cost


def check_every_week(of: Standing) -> tuple[int, int]:
    """Compare with the model and the verifier; gives the weeks allowed and forbidden."""
    allowed = forbidden = 0
    for unit in range(len(of.problem.departures.periods)):
        subject = of.scenario.periods[of.problem.departures.periods[unit][0]].id
        for start, row in enumerate(shifts(of, subject, exact=True)):
            plan = shifted(of, subject, row.week, exact=True)
            assert row.cost == least_cost(of, unit, start), (subject, row.week)
            assert row.current == (of.plan.start_of[subject] == row.week)
            if not row.allowed:
                assert plan is None
                assert row.obstacles[0].sentence.endswith(".")
                forbidden += 1
                continue
            assert plan is not None
            report = verify(of.scenario, plan)
            assert not report.violations
            assert report.cost == row.cost
            assert row.change == row.cost - of.report.cost
            assert row.saturation == report.costs["saturation"] - of.report.costs["saturation"]
            assert row.unplaced == len(of.plan.placements) - len(plan.placements)
            allowed += 1
    return allowed, forbidden


@pytest.mark.parametrize("seeds", [range(10)])
def test_every_week_costs_what_the_whole_model_and_the_verifier_find(seeds: range) -> None:
    found = [check_every_week(of) for seed in seeds if (of := standing(seed)) is not None]
    assert sum(allowed for allowed, _ in found) > 30
    assert sum(forbidden for _, forbidden in found) > 30


@pytest.mark.slow
@pytest.mark.parametrize("first", range(10, 610, 60))
def test_every_week_is_exact_on_hundreds_of_tiny_scenarios(first: int) -> None:
    for seed in range(first, first + 60):
        of = standing(seed)
        if of is not None:
            check_every_week(of)


@pytest.fixture(scope="module")
def small() -> Standing:
    scenario = read(example("small/base"))
    plan = best_plan(scenario)
    assert plan is not None
    return stand(scenario, plan)


def test_the_table_has_one_row_per_usable_week_in_order(small: Standing) -> None:
    rows = list(shifts(small, small.scenario.periods[0].id))
    assert tuple(r.week for r in rows) == SchoolCalendar(small.scenario).usable
    assert [r for r in rows if r.current]


def test_the_table_streams(small: Standing) -> None:
    first = next(shifts(small, small.scenario.periods[0].id))
    assert isinstance(first, Shift)


def test_a_forbidden_week_names_its_rule_and_the_rows(small: Standing) -> None:
    period = small.scenario.periods[0]
    told = [o for row in shifts(small, period.id) for o in row.obstacles]
    assert "fenetre" in {o.rule for o in told}
    assert all(o.sentence and o.messages for o in told)


def test_a_bounded_table_tells_what_it_has_not_proven() -> None:
    scenario = generate(3, 150, "haute")
    of = stand(scenario, _some_plan(scenario))
    units = of.problem.departures.periods
    largest = max(range(len(units)), key=lambda u: sum(of.problem.size[p] for p in units[u]))
    subject = scenario.periods[units[largest][0]].id
    quick, exact = shifts(of, subject), shifts(of, subject, exact=True)
    for soon, best in zip(quick, exact, strict=True):
        assert soon.allowed == best.allowed
        if soon.cost is not None and best.cost is not None:
            assert best.slack == 0
            assert best.cost <= soon.cost <= best.cost + soon.slack


def _some_plan(scenario: Scenario) -> Plan:
    """A plan with a calendar that holds and nobody placed but who must be."""
    problem = prepare(scenario)
    keep = problem.demands.must.nonzero()[0].tolist()
    nobody = Solution(problem.departures.allowed.argmax(axis=1).astype("int32"),
                      (problem.demands.must * 0 - 1).astype("int32"))  # fmt: skip
    units = range(len(problem.departures.periods))
    answer = build(problem, fixed=nobody, free_units=units, free_demands=keep).solve(seconds=20)
    assert answer.solution is not None
    return decode(scenario, problem, answer.solution)


def test_a_common_departure_may_be_named_instead_of_a_period() -> None:
    scenario = next(s for s in map(tiny, range(200)) if any(p.departure for p in s.periods)
                    and best_plan(s) is not None)  # fmt: skip
    plan = best_plan(scenario)
    assert plan is not None
    of = stand(scenario, plan)
    period = next(p for p in scenario.periods if p.departure)
    assert period.departure is not None
    assert list(shifts(of, period.departure)) == list(shifts(of, period.id))


def test_an_unknown_period_is_told_with_the_nearest(small: Standing) -> None:
    name = small.scenario.periods[0].id
    with pytest.raises(UnknownSubject, match=f"Vouliez-vous dire « {name} »"):
        next(shifts(small, name + "x"))


def test_a_plan_that_breaks_a_rule_is_refused(small: Standing) -> None:
    week = Week.parse("2027-W27")
    late = Plan(
        departures=tuple(Departure(period=d.period, start=week) for d in small.plan.departures),
        placements=small.plan.placements,
    )
    with pytest.raises(InvalidPlan, match=small.scenario.periods[0].id):
        stand(small.scenario, late)
