"""When periods may start and what binds their calendars: scenario to `Departures`."""

from collections import defaultdict

import numpy as np

from solver.calendar import SchoolCalendar
from solver.domain import TRAINING, Period, Scenario
from solver.prepare.arrays import ints, ragged
from solver.problem import NO_LIMIT, Departures, Flags, Ints


def _units(scenario: Scenario) -> tuple[list[list[int]], Ints]:
    """Periods that leave together, in order of first appearance, and the unit of each period."""
    by_departure: dict[tuple[str, str], list[int]] = {}
    for i, period in enumerate(scenario.periods):
        key = ("depart", period.departure) if period.departure else ("periode", period.id)
        by_departure.setdefault(key, []).append(i)
    members = list(by_departure.values())
    unit_of = np.empty(len(scenario.periods), np.int32)
    for u, periods in enumerate(members):
        unit_of[periods] = u
    return members, unit_of


def may_start(scenario: Scenario, calendar: SchoolCalendar, period: Period) -> Flags:
    """(W) `fenetre`: the weeks in which a period may start, other periods aside."""
    allowed = np.zeros(len(calendar.usable), np.bool_)
    closed = calendar.closed_weeks(period.division) | calendar.closed_weeks(
        scenario.division_of[period.division].establishment
    )
    for w, start in enumerate(calendar.usable):
        weeks = calendar.occupied(period, start)
        allowed[w] = (
            bool(weeks)
            and (period.earliest is None or start >= period.earliest)
            and (period.latest is None or weeks[-1] <= period.latest)
            and (period.imposed is None or start == period.imposed)
            and closed.isdisjoint(weeks)
        )
    return allowed


def departures(scenario: Scenario, calendar: SchoolCalendar) -> Departures:
    """Units, their possible starts and costs, and the rules between them."""
    units, unit_of = _units(scenario)
    usable, periods = calendar.usable, scenario.periods
    allowed = np.ones((len(units), len(usable)), np.bool_)
    cost = np.zeros((len(units), len(usable)), np.int64)
    reference = scenario.reference.start_of if scenario.reference else {}
    for u, members in enumerate(units):
        for p in members:
            period = periods[p]
            allowed[u] &= may_start(scenario, calendar, period)
            pupils = len(scenario.pupils_of[period.division])
            if period.wished is not None and period.imposed is None:
                apart = np.array([abs(w.since(period.wished)) for w in usable], np.int64)
                cost[u] += pupils * scenario.prices.week_shift * apart
            if period.id in reference:
                apart = np.array([abs(w.since(reference[period.id])) for w in usable], np.int64)
                cost[u] += pupils * scenario.prices.date_stability * apart
    index = {p.id: i for i, p in enumerate(periods)}
    gaps = [
        (index[before.id], index[after], periods[index[after]].min_gap_weeks)
        for after, before in scenario.previous_period.items()
    ]
    exclusions: dict[str, list[int]] = defaultdict(list)
    for i, period in enumerate(periods):
        for name in dict.fromkeys(period.exclusions):
            exclusions[name].append(i)
    away: dict[str, list[int]] = {
        e.uai: [] for e in scenario.establishments if e.max_divisions_away is not None
    }
    for i, period in enumerate(periods):
        division = scenario.division_of[period.division]
        if division.establishment in away and division.public in TRAINING:
            away[division.establishment].append(i)
    limit = {e.uai: e.max_divisions_away or 0 for e in scenario.establishments}
    return Departures(
        ordinal=ints(w.since(usable[0]) for w in usable),
        duration=ints(p.duration_weeks for p in periods),
        unit=unit_of,
        periods=ragged(units),
        allowed=allowed,
        wished=ints(
            p.wished.since(usable[0]) if p.wished is not None and p.imposed is None else NO_LIMIT
            for p in periods
        ),
        reference=ints(
            reference[p.id].since(usable[0]) if p.id in reference else NO_LIMIT for p in periods
        ),
        cost=cost,
        gaps=np.array(gaps, np.int32).reshape(-1, 3),
        exclusions=ragged([g for g in exclusions.values() if len(g) > 1]),
        absences=ragged(list(away.values())),
        absences_max=ints(limit[uai] for uai in away),
    )
