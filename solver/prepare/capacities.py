"""What hosts, legal persons and boarding houses can take, and from when a week is saturated."""

from bisect import bisect_left, bisect_right

import numpy as np

from solver.calendar import SchoolCalendar
from solver.domain import FAMILIES, Scenario
from solver.prepare.arrays import ints
from solver.problem import NO_LIMIT, PUBLICS, Capacities, Ints, Longs
from solver.rules import quota_legal
from solver.week import Week


def saturation_threshold(scenario: Scenario, calendar: SchoolCalendar) -> Longs:
    """(2 × W) pupils out per family and week that cost nothing; see `saturation` in the rules."""
    threshold = np.zeros((2, len(calendar.usable)), np.int64)
    slots = slots_per_week(scenario, calendar)
    for f, publics in enumerate(FAMILIES.values()):
        takers = [i for i, h in enumerate(scenario.hosts) if set(h.publics) & set(publics)]
        if takers:
            percent = scenario.prices.saturation_threshold_percent
            threshold[f] = percent * slots[takers].sum(axis=0, dtype=np.int64) // 100
        elif len(calendar.usable):
            load = sum(
                p.duration_weeks * len(scenario.pupils_of[p.division])
                for p in scenario.periods
                if scenario.division_of[p.division].public in publics
            )
            percent = scenario.prices.smoothing_threshold_percent
            threshold[f] = percent * load // (100 * len(calendar.usable))
    return threshold


def slots_per_week(scenario: Scenario, calendar: SchoolCalendar) -> Ints:
    """(H × W) slots of each host: the default, else the `*` row of `capacites.csv`; 0 if closed."""
    slots = np.empty((len(scenario.hosts), len(calendar.usable)), np.int32)
    index = {h.id: i for i, h in enumerate(scenario.hosts)}
    for i, host in enumerate(scenario.hosts):
        slots[i] = host.slots
    for row in scenario.capacities:
        if row.public == "*":
            slots[index[row.host], _span(calendar, row.first, row.last)] = row.slots
    for i, host in enumerate(scenario.hosts):
        for week in calendar.closed_weeks(host.id):
            if calendar.is_usable(week):
                slots[i, calendar.index[week]] = 0
    return slots


def capacities(scenario: Scenario, calendar: SchoolCalendar) -> Capacities:
    """All limits of hosts, legal persons and boarding houses."""
    hosts, regulation = scenario.hosts, scenario.regulation
    public_row, public_slots = _public_slots(scenario, calendar)
    legal_person, quota = _legal_persons(scenario)
    return Capacities(
        slots=slots_per_week(scenario, calendar),
        public_row=public_row,
        public_slots=public_slots,
        group_min=ints(h.group_min for h in hosts),
        group_max=ints(h.group_max for h in hosts),
        slot_weeks=ints(NO_LIMIT if h.max_slot_weeks is None else h.max_slot_weeks for h in hosts),
        trainees=ints(
            NO_LIMIT if h.tutors is None else h.tutors * regulation.trainees_per_tutor
            for h in hosts
        ),
        legal_person=legal_person,
        quota=quota,
        beds=np.array(
            [(b.beds_girls, b.beds_boys, b.beds_mixed) for b in scenario.boarding_houses],
            np.int32,
        ).reshape(-1, 3),
    )


def _span(calendar: SchoolCalendar, first: Week, last: Week) -> slice:
    """The usable weeks from `first` to `last`, inclusive, as positions."""
    return slice(bisect_left(calendar.usable, first), bisect_right(calendar.usable, last))


def _public_slots(scenario: Scenario, calendar: SchoolCalendar) -> tuple[Ints, Ints]:
    index = {h.id: i for i, h in enumerate(scenario.hosts)}
    row_of = np.full((len(scenario.hosts), len(PUBLICS)), -1, np.int32)
    rows: list[Ints] = []
    for row in scenario.capacities:
        if row.public == "*":
            continue
        place = index[row.host], PUBLICS.index(row.public)
        if row_of[place] < 0:
            row_of[place] = len(rows)
            rows.append(np.full(len(calendar.usable), NO_LIMIT, np.int32))
        rows[row_of[place]][_span(calendar, row.first, row.last)] = row.slots
    return row_of, np.array(rows, np.int32).reshape(-1, len(calendar.usable))


def _legal_persons(scenario: Scenario) -> tuple[Ints, Ints]:
    """Counted legal person of each host (−1: not counted), and the quota of each."""
    quotas = quota_legal.quotas(scenario)
    index: dict[str | None, int] = {siren: i for i, siren in enumerate(quotas)}
    counted = ints(index.get(quota_legal.counted_legal_person(h), -1) for h in scenario.hosts)
    return counted, ints(quotas.values())
