"""The smallest Problem that says where the pupils of one unit may go, all else as it is.

The rules then read it as they read any other. Must not know: which pupils are hard to place.
"""

from dataclasses import dataclass

import numpy as np

from solver.prepare.arrays import ints, ragged
from solver.problem import (
    NO_LIMIT,
    Capacities,
    Demands,
    Departures,
    Equity,
    Flags,
    Ints,
    Options,
    Problem,
)
from solver.whatif.occupation import Occupation, least_left, overflow


@dataclass(frozen=True, slots=True)
class Rows:
    """The options of some demands: row r says that pupil `pupil[r]` may take option `option[r]`."""

    pupil: Ints
    """Position among the demands of the unit, ascending."""
    option: Ints

    def __getitem__(self, kept: Flags) -> "Rows":
        return Rows(self.pupil[kept], self.option[kept])


def can_be_narrowed(
    problem: Problem, others: Occupation, unit: int, start: int, houses: Ints
) -> bool:
    """Whether one number says what each legal person, tutor and house has left for the unit.

    Not so where trainees leave for different times, or where the beds that are left differ from
    week to week and girls and boys share some of them.
    """
    periods = problem.departures.periods[unit]
    weeks = problem.departures.duration[periods]
    if len(set(weeks.tolist())) > 1 and (problem.family[periods] == 1).any():
        return False
    span = slice(start, start + int(weeks.max()))
    shared = houses[problem.capacities.beds[houses, 2] > 0]
    lodged = others.beds[shared][:, :, span]
    return bool((lodged == lodged[:, :, :1]).all())


def narrowed(
    problem: Problem, others: Occupation, unit: int, start: int, demand: Ints, rows: Rows
) -> Problem:
    """The unit alone, starting in week 0, with what the others leave it.

    `demand` (n): its demands, sorted by period; the options of demand i become class i. Links to
    other ranks (`hote`) are for the caller to respect in `rows`.
    """
    periods = problem.departures.periods[unit]
    duration = problem.departures.duration[periods]
    span = slice(start, start + int(duration.max()))
    hosts, host = np.unique(problem.options.host[rows.option], return_inverse=True)
    weeks = span.stop - span.start
    return Problem(
        departures=_departures(duration, weeks),
        demands=_demands(problem, demand, periods, hosts),
        options=_options(problem, len(demand), rows, host.astype(np.int32), weeks),
        capacities=_capacities(problem, others, hosts, span),
        equity=Equity(
            allowance=problem.equity.allowance - others.unplaced[:, None],
            surcharge=problem.equity.surcharge,
        ),
        family=problem.family[periods],
        public=problem.public[periods],
        division=problem.division[periods],
        establishment=problem.establishment[periods],
        saturation_threshold=np.full((2, weeks), NO_LIMIT, np.int64),
        prices=problem.prices,
    )


def _departures(duration: Ints, weeks: int) -> Departures:
    periods = len(duration)
    none = np.full(periods, NO_LIMIT, np.int32)
    allowed = np.zeros((1, weeks), np.bool_)
    allowed[0, 0] = True
    return Departures(
        ordinal=np.arange(weeks, dtype=np.int32),
        duration=duration,
        unit=np.zeros(periods, np.int32),
        periods=ragged([range(periods)]),
        allowed=allowed,
        wished=none,
        reference=none,
        cost=np.zeros((1, weeks), np.int64),
        gaps=np.zeros((0, 3), np.int32),
        exclusions=ragged([]),
        absences=ragged([]),
        absences_max=ints(()),
    )


def _demands(problem: Problem, demand: Ints, periods: Ints, hosts: Ints) -> Demands:
    whole = problem.demands
    place = {int(d): i for i, d in enumerate(demand)}
    names, group = np.unique(whole.group[demand], return_inverse=True)
    group = group - int(len(names) > 0 and names[0] < 0)
    groups = [[place[int(d)] for d in whole.groups[g]] for g in names if g >= 0]
    kept = whole.reference_host[demand]
    at = np.searchsorted(hosts, kept)
    known = (at < len(hosts)) & (hosts[np.minimum(at, len(hosts) - 1)] == kept)
    sizes = [int(whole.first[p + 1] - whole.first[p]) for p in periods]
    return Demands(
        period=np.repeat(np.arange(len(periods)), sizes).astype(np.int32),
        first=ints(np.cumsum([0, *sizes])),
        pupil=whole.pupil[demand],
        seeker=np.arange(len(demand), dtype=np.int32),
        sex=whole.sex[demand],
        unplaced_cost=whole.unplaced_cost[demand],
        must=whole.must[demand],
        group=group.astype(np.int32),
        groups=ragged(groups),
        previous=np.full(len(demand), -1, np.int32),
        link=np.zeros(len(demand), np.int32),
        reference_host=np.where(known, at, np.where(kept == -1, -1, -2)).astype(np.int32),
    )


def _options(problem: Problem, demands: int, rows: Rows, host: Ints, weeks: int) -> Options:
    whole, option = problem.options, rows.option
    return Options(
        start=np.searchsorted(rows.pupil, np.arange(demands + 1)).astype(np.int32),
        host=host,
        bed=whole.bed[option],
        lodging=whole.lodging[option],
        minutes=whole.minutes[option],
        tier=whole.tier[option],
        cost=whole.cost[option],
        last=np.full(len(option), weeks - 1, np.int32),
        tail=np.full(demands, NO_LIMIT, np.int64),
    )


def _capacities(problem: Problem, others: Occupation, hosts: Ints, span: slice) -> Capacities:
    limits = problem.capacities
    weeks = span.stop - span.start
    sexed = limits.beds[:, :2] - others.beds[:, :2, span].max(axis=2, initial=0)
    mixed = limits.beds[:, 2] - overflow(others.beds[:, :, span], limits.beds).max(
        axis=1, initial=0
    )
    return Capacities(
        slots=(limits.slots - others.slots)[hosts, span],
        public_row=limits.public_row[hosts],
        public_slots=(limits.public_slots - others.public_slots)[:, span],
        group_min=limits.group_min[hosts],
        group_max=limits.group_max[hosts],
        slot_weeks=(limits.slot_weeks - others.slot_weeks)[hosts],
        trainees=least_left(limits.trainees, others.trainees, span.start, weeks)[hosts],
        legal_person=limits.legal_person[hosts],
        quota=least_left(limits.quota, others.persons, span.start, weeks),
        beds=np.column_stack([np.maximum(0, sexed), mixed]).astype(np.int32),
    )
