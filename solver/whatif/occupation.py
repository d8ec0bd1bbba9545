"""What a solution takes of every host, legal person and boarding house, week by week.

Units can be added and taken away, so that one may ask what the others leave. Must not know: names,
why anything is moved.
"""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from solver.problem import NO_LIMIT, Ints, Longs, Problem, Solution


@dataclass(frozen=True, slots=True)
class Occupation:
    """Arrays as in `Capacities`; all counts of one solution, or of a part of it."""

    slots: Ints
    """(H × W)"""
    public_slots: Ints
    """(R × W)"""
    slot_weeks: Ints
    """(H)"""
    trainees: Ints
    """(H × W) pupils in training publics."""
    persons: Ints
    """(L × W) the same, by counted legal person."""
    beds: Ints
    """(B × 3 × W) pupils from elsewhere, by sex."""
    unplaced: Ints
    """(E) demands."""
    load: Longs
    """(2 × W) pupils out, by family, placed or not."""

    @classmethod
    def of(cls, problem: Problem, solution: Solution) -> Self:
        """The occupation of a whole solution."""
        limits, weeks = problem.capacities, problem.weeks
        hosts = len(limits.group_min)
        occupation = cls(
            slots=np.zeros((hosts, weeks), np.int32),
            public_slots=np.zeros_like(limits.public_slots),
            slot_weeks=np.zeros(hosts, np.int32),
            trainees=np.zeros((hosts, weeks), np.int32),
            persons=np.zeros((len(limits.quota), weeks), np.int32),
            beds=np.zeros((len(limits.beds), 3, weeks), np.int32),
            unplaced=np.zeros(len(problem.equity.allowance), np.int32),
            load=np.zeros((2, weeks), np.int64),
        )
        for unit in range(len(problem.departures.periods)):
            occupation.count(problem, solution, unit, 1)
        return occupation

    def copy(self) -> Self:
        return type(self)(**{f.name: getattr(self, f.name).copy() for f in fields(self)})

    def count(self, problem: Problem, solution: Solution, unit: int, sign: int) -> None:
        """Add (1) or take away (−1) all that the periods of a unit use."""
        start = int(solution.start[unit])
        for period in problem.departures.periods[unit]:
            self._count_period(problem, solution, int(period), start, sign)

    def _count_period(
        self, problem: Problem, solution: Solution, period: int, start: int, sign: int
    ) -> None:
        demands, options, limits = problem.demands, problem.options, problem.capacities
        mine = slice(demands.first[period], demands.first[period + 1])
        span = slice(start, start + int(problem.departures.duration[period]))
        taken, sex = solution.option[mine], demands.sex[mine]
        placed = taken >= 0
        self.load[problem.family[period], span] += sign * len(taken)
        self.unplaced[problem.establishment[period]] += sign * int((~placed).sum())
        hosts, heads = np.unique(options.host[taken[placed]], return_counts=True)
        slots = sign * -(-heads // limits.group_max[hosts])
        self.slots[hosts, span] += slots[:, None]
        self.slot_weeks[hosts] += slots * (span.stop - span.start)
        rows = limits.public_row[hosts, problem.public[period]]
        self.public_slots[rows[rows >= 0], span] += slots[rows >= 0, None]
        if problem.family[period] == 1:
            self.trainees[hosts, span] += sign * heads[:, None]
            person = limits.legal_person[hosts]
            counted = person >= 0
            weekly = np.zeros(len(limits.quota), np.int32)
            np.add.at(weekly, person[counted], heads[counted])
            self.persons[:, span] += sign * weekly[:, None]
        beds = options.bed[taken[placed]]
        lodged = beds >= 0
        if lodged.any():
            weekly_beds = np.zeros(self.beds.shape[:2], np.int32)
            np.add.at(weekly_beds, (beds[lodged], sex[placed][lodged]), 1)
            self.beds[:, :, span] += sign * weekly_beds[:, :, None]

    def is_within(self, problem: Problem) -> bool:
        """Whether all limits of hosts, legal persons and boarding houses hold."""
        limits = problem.capacities
        return bool(
            (self.slots <= limits.slots).all()
            and (self.public_slots <= limits.public_slots).all()
            and (self.slot_weeks <= limits.slot_weeks).all()
            and (self.trainees <= limits.trainees[:, None]).all()
            and (self.persons <= limits.quota[:, None]).all()
            and (overflow(self.beds, limits.beds) <= limits.beds[:, 2, None]).all()
        )


def overflow(lodged: Ints, beds: Ints) -> Ints:
    """(B × W) pupils who need a mixed bed; `lodged` (B × 3 × W), `beds` (B × 3)."""
    sexed: Ints = np.maximum(0, lodged[:, :2] - beds[:, :2, None]).sum(axis=1) + lodged[:, 2]
    return sexed


@dataclass(frozen=True, slots=True)
class Bill:
    """What a whole solution costs, and the figures people look at first."""

    cost: int
    """Points, all preferences."""
    unplaced: int
    minutes: int
    """Sum of the one-way journeys of the placed pupils."""
    saturation: int
    """Points of `saturation`, within the cost."""


def bill(problem: Problem, solution: Solution, occupation: Occupation) -> Bill:
    """The cost of a solution, from its own counts."""
    demands, options, equity = problem.demands, problem.options, problem.equity
    placed = solution.option >= 0
    taken = solution.option[placed]
    kept = demands.reference_host[placed]
    moved = int(((kept != -1) & (kept != options.host[taken])).sum())
    beyond = np.maximum(0, occupation.unplaced[:, None] - equity.allowance)
    over = np.maximum(0, occupation.load - problem.saturation_threshold)
    saturation = int(over.sum()) * problem.prices.saturation
    units = np.arange(len(solution.start))
    cost = (
        int(options.cost[taken].sum(dtype=np.int64))
        + moved * problem.prices.host_stability
        + int(demands.unplaced_cost[~placed].sum())
        + int((beyond * equity.surcharge).sum())
        + int(problem.departures.cost[units, solution.start].sum())
        + saturation
    )
    minutes = int(options.minutes[taken].sum(dtype=np.int64))
    return Bill(cost, int((~placed).sum()), minutes, saturation)


def least_left(limits: Ints, used: Ints, start: int, weeks: int) -> Ints:
    """(rows) the room of the scarcest of `weeks` weeks; `limits` by week, or one for all."""
    left = (limits if limits.ndim == 2 else limits[:, None]) - used
    least: Ints = left[:, start : start + weeks].min(axis=1, initial=NO_LIMIT)
    return least
