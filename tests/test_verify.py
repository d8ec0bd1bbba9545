"""The verdict on any plan, hand-made and wrong ones included."""

import random
from functools import lru_cache
from pathlib import Path

import pytest

from scenarios import read
from scenarios.generate.tiny import tiny
from solver.domain import Departure, Placement, Plan, Scenario
from solver.facts import UNREADABLE
from solver.model import build
from solver.prepare import decode, prepare
from solver.rules import HARD_RULES, PREFERENCES
from solver.verify import verify
from solver.week import Week

SEEDS = range(0, 60, 10)
LUNEVILLE = Path("/work/shared/scenarios/luneville-2026")


@lru_cache
def best(seed: int) -> tuple[Scenario, Plan, int]:
    """The first tiny scenario from `seed` on with a plan that places someone: it, plan, cost."""
    for number in range(seed, seed + 1000):
        scenario = tiny(number)
        problem = prepare(scenario)
        answer = build(problem).solve(seconds=30)
        if answer.solution is not None and (answer.solution.option >= 0).any():
            assert answer.cost is not None
            return scenario, decode(scenario, problem, answer.solution), answer.cost
    raise AssertionError("no tiny scenario places anyone")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_best_plan_breaks_nothing_and_costs_what_was_said(seed: int) -> None:
    scenario, plan, cost = best(seed)
    report = verify(scenario, plan)
    assert report.violations == ()
    assert report.cost == cost == sum(report.costs.values())
    assert list(report.costs) == [preference.key for preference in PREFERENCES]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    scenario, plan, cost = best(seed)
    upside_down = Plan(departures=plan.departures[::-1], placements=plan.placements[::-1])
    assert verify(scenario, upside_down).cost == cost


def test_every_fault_of_a_hand_made_plan_is_told_at_once() -> None:
    scenario, plan, _ = best(0)
    stay, first = plan.placements[0], plan.departures[0]
    wrong = Plan(
        departures=(*plan.departures, first, Departure(period="P-inconnue", start=first.start)),
        placements=(
            *plan.placements,
            stay,
            stay.model_copy(update={"pupil": "inconnu"}),
            stay.model_copy(update={"host": "X-inconnu", "lodging": "INT-inconnu"}),
            stay.model_copy(update={"period": "P-inconnue"}),
        ),
    )
    told = verify(scenario, wrong).violations
    unreadable = [violation for violation in told if violation.rule == UNREADABLE]
    assert len(unreadable) == 6
    for name in ("inconnu", "X-inconnu", "INT-inconnu", "P-inconnue"):
        assert any(name in v.subject + v.message for v in unreadable)
    assert "une-place" in {violation.rule for violation in told}


def test_a_pupil_cannot_take_another_divisions_period() -> None:
    scenario, plan, _ = next(
        found for seed in range(50) if len((found := best(seed))[0].divisions) > 1
    )
    stay = plan.placements[0]
    division = scenario.pupil_of[stay.pupil].division
    foreign = next(p for p in scenario.periods if p.division != division)
    wrong = Plan(
        departures=plan.departures,
        placements=(*plan.placements, stay.model_copy(update={"period": foreign.id})),
    )
    assert [v.rule for v in verify(scenario, wrong).violations] == [UNREADABLE]


def test_an_empty_plan_leaves_every_period_without_a_departure() -> None:
    scenario, _, _ = best(0)
    report = verify(scenario, Plan(departures=(), placements=()))
    late = [violation.subject for violation in report.violations if violation.rule == "fenetre"]
    assert late == [period.id for period in scenario.periods]


@pytest.mark.parametrize("seed", range(40))
def test_no_plan_is_too_strange_to_be_read(seed: int) -> None:
    """Ids that exist, put together in any way, weeks of any year: a report, never an exception."""
    scenario, dice = tiny(seed), random.Random(seed)
    pupils = [pupil.id for pupil in scenario.everyone]
    periods = [period.id for period in scenario.periods]
    houses = [None, "", *(house.id for house in scenario.boarding_houses)]
    plan = Plan(
        departures=tuple(
            Departure(period=dice.choice(periods), start=Week(dice.randint(2020, 2030), 20))
            for _ in range(5)
        ),
        placements=tuple(
            Placement(
                pupil=dice.choice(pupils),
                period=dice.choice(periods),
                host=dice.choice(scenario.hosts).id,
                lodging=dice.choice(houses),
            )
            for _ in range(8)
            if pupils and scenario.hosts
        ),
    )
    report = verify(scenario, plan)
    known = {UNREADABLE} | {rule.key for rule in HARD_RULES}
    assert report.violations
    assert {violation.rule for violation in report.violations} <= known
    assert all(v.message.endswith(".") for v in report.violations)
    assert all(cost >= 0 for cost in report.costs.values())


@pytest.mark.skipif(not LUNEVILLE.exists(), reason="shared scenarios are not here")
def test_a_real_bassin_left_at_its_wished_weeks_is_read() -> None:
    scenario = read(LUNEVILLE)
    departures = tuple(
        Departure(period=p.id, start=p.imposed or p.wished)
        for p in scenario.periods
        if p.imposed or p.wished
    )
    report = verify(scenario, Plan(departures=departures, placements=()))
    assert report.costs["decalage_semaine"] == 0
    assert report.costs["non_place"] >= 1000 * len(scenario.demands())
