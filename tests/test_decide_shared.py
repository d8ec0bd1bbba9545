"""What-if on the two shared bassins, by the hundred: slow, and skipped where they are not."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from scenarios import read
from solver.domain import Closure, Plan, Pupil, Scenario
from solver.explain.parts import changed
from solver.search import solve
from solver.verify import verify
from solver.whatif import Remedies, replan, shifted, shifts, stand
from solver.whatif.standing import Standing

SHARED = Path(__file__).parents[2] / "shared" / "scenarios"
WEEKS, PUPILS = 50, 100
"""Departures whose table is read again by the verifier, and pupils without a place asked about."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the shared scenarios are not here"),
]


def planned(name: str, iterations: int) -> Standing:
    scenario = read(SHARED / f"{name}-2026")
    plan = solve(scenario, iterations=iterations, cores=1).plan
    assert plan is not None
    return stand(scenario, plan)


@pytest.fixture(scope="module", params=["luneville", "nancy"])
def hurried(request: pytest.FixtureRequest) -> Standing:
    """A plan that leaves some hundreds of pupils without a place."""
    return planned(request.param, 1000)


def test_a_random_week_of_fifty_departures_costs_what_the_verifier_finds(hurried: Standing) -> None:
    scenario, draw = hurried.scenario, random.Random(4)
    units = draw.sample(range(len(hurried.problem.departures.periods)), WEEKS)
    for unit in units:
        period = scenario.periods[hurried.problem.departures.periods[unit][0]].id
        row = draw.choice([row for row in shifts(hurried, period) if row.allowed])
        plan = shifted(hurried, period, row.week)
        assert plan is not None
        report = verify(scenario, plan, hurried.calendar, hurried.journeys)
        assert not report.violations
        assert report.cost == row.cost, (period, row.week)
        assert plan.start_of[period] == row.week
        assert row.unplaced == len(hurried.plan.placements) - len(plan.placements)


def test_each_loosening_places_a_hundred_random_pupils(hurried: Standing) -> None:
    demands = hurried.scenario.demands()
    waiting = [(u, p) for u, p in demands if (u.id, p.id) not in hurried.plan.placement_of]
    remedies, told = Remedies(hurried), 0
    for pupil, period in random.Random(4).sample(waiting, PUPILS):
        for applied in remedies.of(pupil, period):
            report = verify(applied.scenario, applied.plan)
            assert not report.violations
            assert (pupil.id, period.id) in applied.plan.placement_of
            assert applied.remedy.change == report.cost - hurried.report.cost
            told += 1
    assert told > PUPILS


# --- a scenario that changed


@pytest.fixture(scope="module")
def nancy() -> Standing:
    return planned("nancy", 100_000)


def _a_hundredth_of_hosts_gone(scenario: Scenario, plan: Plan) -> Scenario:
    signed = {f.host for f in scenario.found_places if f.status == "signee"}
    hosts = [h.id for h in scenario.hosts if h.id not in signed]
    gone = set(random.Random(4).sample(hosts, len(scenario.hosts) // 100))
    return changed(
        scenario,
        hosts=tuple(h for h in scenario.hosts if h.id not in gone),
        capacities=tuple(c for c in scenario.capacities if c.host not in gone),
        closures=tuple(c for c in scenario.closures if c.target not in gone),
        found_places=tuple(f for f in scenario.found_places if f.host not in gone),
    )


def _dates_imposed(scenario: Scenario, plan: Plan) -> Scenario:
    """Three periods of a division leave a week later or earlier."""
    signed = {f.period for f in scenario.found_places}
    free = [
        p
        for p in scenario.periods
        if not (p.departure or p.exclusions or p.imposed) and p.id not in signed
    ]
    imposed = {}
    for period in random.Random(4).sample(free, len(free)):
        for weeks in (1, -1):
            week = plan.start_of[period.id].plus(weeks)
            at = tuple(
                d.model_copy(update={"start": week}) if d.period == period.id else d
                for d in plan.departures
            )
            broken = {
                v.rule for v in verify(scenario, Plan(departures=at, placements=())).violations
            }
            if broken <= {"convention-signee"}:
                imposed[period.id] = week
                break
        if len(imposed) == 3:
            break
    assert len(imposed) == 3
    return changed(
        scenario,
        periods=tuple(
            p.model_copy(update={"imposed": imposed[p.id]}) if p.id in imposed else p
            for p in scenario.periods
        ),
    )


def _ten_new_pupils(scenario: Scenario, plan: Plan) -> Scenario:
    classmates = random.Random(4).sample(scenario.pupils, 10)
    new = tuple(
        Pupil(id=f"nouveau{i}", division=u.division, home=u.home, age=u.age)
        for i, u in enumerate(classmates)
    )
    return changed(scenario, pupils=scenario.pupils + new)


def _seats_closed(scenario: Scenario, plan: Plan) -> Scenario:
    """Twenty hosts in use take nobody in the weeks of one of their periods."""
    signed = {f.host for f in scenario.found_places if f.status == "signee"}
    there = {p.host: p.period for p in plan.placements if p.host not in signed}
    closed = []
    for host in random.Random(4).sample(sorted(there), 20):
        week = plan.start_of[there[host]]
        closed.append(Closure(target=host, first=week, last=week.plus(3), reason="travaux"))
    return changed(scenario, closures=(*scenario.closures, *closed))


CHANGES: dict[str, Callable[[Scenario, Plan], Scenario]] = {
    "accueils retirés": _a_hundredth_of_hosts_gone,
    "dates imposées": _dates_imposed,
    "dix élèves": _ten_new_pupils,
    "places fermées": _seats_closed,
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_nancy_keeps_what_it_does_not_touch(nancy: Standing, change: str) -> None:
    after = CHANGES[change](nancy.scenario, nancy.plan)
    demands = nancy.scenario.demands()
    waiting = [(u.id, p.id) for u, p in demands if (u.id, p.id) not in nancy.plan.placement_of]
    done = replan(after, nancy.plan, seconds=20, waiting=waiting)
    assert done.result.plan is not None
    assert not verify(after, done.result.plan).violations
    assert done.kept_share is not None
    assert done.kept_share >= 0.97
    assert all(moved.cause in ("impossible", "place") for moved in done.redated)
    forced = {moved.period for moved in done.redated if moved.cause == "impossible"}
    own = {p.id for p, q in zip(after.periods, nancy.scenario.periods, strict=True) if p != q}
    assert forced == own
