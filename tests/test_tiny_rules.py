"""Every rule and price decides in a fair share of the tiny scenarios, seen through `verify`.

A walk from a plan without violation: each step changes one departure or one placement. A rule
decides where some step breaks that rule and no other.
"""

import random
from collections import Counter

import pytest

from scenarios.generate import tiny
from solver.calendar import SchoolCalendar
from solver.domain import Departure, Placement, Plan, Scenario
from solver.rules import HARD_RULES, PREFERENCES
from solver.travel import Journeys
from solver.verify import verify

SEEDS = range(300)
STEPS = 50

pytestmark = pytest.mark.slow


class Walk:
    """Plans of one scenario, each one step from a plan without violation."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self.scenario = scenario
        self.dice = random.Random(seed)
        self.calendar = SchoolCalendar(scenario)
        self.journeys = Journeys(scenario)
        self.alone: set[str] = set()
        self.priced: set[str] = set()

    def accepts(self, plan: Plan) -> bool:
        report = verify(self.scenario, plan, self.calendar, self.journeys)
        broken = {v.rule for v in report.violations}
        if len(broken) == 1:
            self.alone |= broken
        if not broken:
            self.priced |= {key for key, points in report.costs.items() if points}
        return not broken

    def start(self) -> Plan | None:
        """Random departures in their windows and the signed places; None after 50 failures."""
        signed = tuple(
            Placement(pupil=f.pupil, period=f.period, host=f.host)
            for f in self.scenario.found_places
            if f.status == "signee"
        )
        for _ in range(50):
            together: dict[str, Departure] = {}
            departures = []
            for period in self.scenario.periods:
                start = self.dice.choice(
                    [w for w in self.calendar.usable if self.near(period.id, w)]
                )
                if period.departure in together and self.dice.random() < 0.8:
                    start = together[period.departure].start
                departures.append(Departure(period=period.id, start=period.imposed or start))
                together.setdefault(period.departure or period.id, departures[-1])
            plan = Plan(departures=tuple(departures), placements=signed)
            if self.accepts(plan):
                return plan
        return None

    def near(self, period_id: str, week: object) -> bool:
        period = self.scenario.period_of[period_id]
        first, last = self.calendar.usable[0], self.calendar.usable[-1]
        return (period.earliest or first) <= week <= (period.latest or last)  # type: ignore[operator]

    def step(self, plan: Plan) -> Plan:
        dice, scenario = self.dice, self.scenario
        departures = {d.period: d for d in plan.departures}
        placements = {(p.pupil, p.period): p for p in plan.placements}
        if not scenario.hosts or dice.random() < 0.2:
            period = dice.choice(scenario.periods)
            week = dice.choice([w for w in self.calendar.usable if self.near(period.id, w)])
            departures[period.id] = Departure(period=period.id, start=week)
            return Plan(departures=tuple(departures.values()), placements=plan.placements)
        pupil, period = dice.choice(scenario.demands())
        mates = [
            m
            for m in scenario.pupils_of[pupil.division]
            if m == pupil or (pupil.group and m.group == pupil.group and dice.random() < 0.9)
        ]
        found = scenario.found_place_of.get((pupil.id, period.id))
        host = found.host if found and dice.random() < 0.8 else dice.choice(scenario.hosts).id
        houses = [b.id for b in scenario.boarding_houses]
        twice = []
        for mate in mates:
            key = mate.id, period.id
            if key in placements and dice.random() < 0.3:
                del placements[key]
                continue
            lodging = dice.choice([None, None, None, *houses])
            row = Placement(pupil=mate.id, period=period.id, host=host, lodging=lodging)
            if key in placements and dice.random() < 0.3:
                twice.append(row)
            else:
                placements[key] = row
        return Plan(departures=plan.departures, placements=(*placements.values(), *twice))


@pytest.fixture(scope="module")
def decided() -> tuple[Counter[str], Counter[str], int]:
    """In how many scenarios each rule decided alone, each price was paid; how many had a plan."""
    alone: Counter[str] = Counter()
    priced: Counter[str] = Counter()
    feasible = 0
    for seed in SEEDS:
        walk = Walk(tiny(seed), seed)
        plan = walk.start()
        if plan is not None:
            feasible += 1
            for _ in range(STEPS):
                following = walk.step(plan)
                if walk.accepts(following):
                    plan = following
        alone.update(walk.alone)
        priced.update(walk.priced)
    return alone, priced, feasible


@pytest.mark.parametrize("key", [rule.key for rule in HARD_RULES])
def test_each_hard_rule_decides_alone_in_some_tiny_scenarios(
    key: str, decided: tuple[Counter[str], Counter[str], int]
) -> None:
    assert decided[0][key] >= 2, decided[0]


@pytest.mark.parametrize("key", [rule.key for rule in PREFERENCES])
def test_each_price_is_paid_in_some_tiny_scenarios(
    key: str, decided: tuple[Counter[str], Counter[str], int]
) -> None:
    assert decided[1][key] >= 6, decided[1]


def test_most_tiny_scenarios_have_a_plan_and_some_have_none(
    decided: tuple[Counter[str], Counter[str], int],
) -> None:
    assert 0.6 * len(SEEDS) < decided[2] < 0.95 * len(SEEDS)
