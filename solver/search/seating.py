"""The placement at a given calendar as an integer program, laid out in arrays.

Every rule on who goes where, with the cheapest options of each class and those of the plan. A whole
bassin takes a second where the model of `solver.model` takes half a minute; who checks it is the
verifier, and the tests against that model. Must not know: engines, how the plan was found.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solver.problem import (
    BOY,
    DIFFERENT,
    GIRL,
    NO_LIMIT,
    SAME,
    UNKNOWN_SEX,
    Flags,
    Floats,
    Ints,
    Longs,
    Problem,
    Solution,
)
from solver.search.linear import Program


@dataclass(frozen=True, slots=True)
class Seating:
    """The program, and what its columns stand for.

    The first say that a demand takes an option; then come the slots of each (period, host) whose
    slots hold several pupils; then what is beyond each step of `equite`.
    """

    program: Program
    demand: Longs
    option: Longs
    host: Longs
    """(choices)"""
    slot: Longs
    """(choices) the column of the slots that it shares, −1 where it has one to itself."""
    plan: Floats
    """(columns) the plan that it was made for."""

    def options(self, values: Floats, demands: int) -> Ints:
        """(D) the options that a vector of values stands for."""
        taken = np.flatnonzero(values[: len(self.demand)] > 0.5)
        option = np.full(demands, -1, np.int32)
        option[self.demand[taken]] = self.option[taken]
        return option


def seating(problem: Problem, plan: Solution, keep: int) -> Seating:
    """The program of all placements at the calendar of `plan` with `keep` options a class."""
    return _Layout(problem, plan, keep).seating()


class _Layout:
    """Columns first, then row by row of each rule."""

    def __init__(self, problem: Problem, plan: Solution, keep: int) -> None:
        self.problem, self.plan = problem, plan
        demands, departures = problem.demands, problem.departures
        self.hosts = len(problem.capacities.group_min)
        self.first = plan.start[departures.unit].astype(np.int64)
        self.end = self.first + departures.duration
        self.demand, self.option = self._choices(keep)
        self.host = problem.options.host[self.option].astype(np.int64)
        self.period = demands.period[self.demand].astype(np.int64)
        self.at, self.at_of = np.unique(self.demand * self.hosts + self.host, return_inverse=True)
        """(demand, host) met, and the one of each choice."""
        self.pair, self.pair_of = np.unique(
            self.period * self.hosts + self.host, return_inverse=True
        )
        """(period, host) met, and the one of each choice."""
        self.choices = len(self.demand)
        self.pair_period, self.pair_host = np.divmod(self.pair, self.hosts)
        self.pair_size = np.bincount(self.pair_of, minlength=len(self.pair))
        self.group_max = problem.capacities.group_max[self.pair_host].astype(np.int64)
        shared = self.group_max > 1
        self.slot_of = np.where(shared, self.choices + np.cumsum(shared) - 1, -1)
        """(pairs) the column that counts the slots used, −1 where they are the pupils."""
        establishments, steps = problem.equity.allowance.shape
        self.over = self.choices + int(shared.sum())
        self.columns = self.over + establishments * steps
        self.rows = 0
        self.row: list[Longs] = []
        self.column: list[Longs] = []
        self.coefficient: list[Floats] = []
        self.low: list[Floats] = []
        self.high: list[Floats] = []

    def seating(self) -> Seating:
        problem, demands = self.problem, self.problem.demands
        self._one_place_each()
        self._groups_together()
        self._host_links()
        self._slots()
        self._heads()
        self._beds()
        self._equity()
        reference = demands.reference_host[self.demand]
        moved = (reference != -1) & (reference != self.host)
        cost = np.zeros(self.columns)
        cost[: self.choices] = (
            problem.options.cost[self.option]
            + problem.prices.host_stability * moved
            - demands.unplaced_cost[self.demand]
        )
        cost[self.over :] = np.tile(problem.equity.surcharge, len(problem.equity.allowance))
        plan = self._values(self.plan.option)
        upper = np.concatenate(
            [
                self._wide_enough().astype(np.float64),
                -(-self.pair_size // self.group_max)[self.slot_of >= 0].astype(np.float64),
                np.full(self.columns - self.over, float(len(demands.period))),
            ]
        )
        program = Program(
            lower=np.zeros(self.columns),
            upper=np.maximum(upper, plan),
            cost=cost,
            offset=float(demands.unplaced_cost.sum()),
            row=np.concatenate(self.row),
            column=np.concatenate(self.column),
            coefficient=np.concatenate(self.coefficient),
            low=np.concatenate(self.low),
            high=np.concatenate(self.high),
        )
        return Seating(
            program, self.demand, self.option, self.host, self.slot_of[self.pair_of], plan
        )

    # --- columns

    def _choices(self, keep: int) -> tuple[Longs, Longs]:
        """Every demand with the cheapest options of its class that are open, and the plan's."""
        options, demands = self.problem.options, self.problem.demands
        begin = options.start[demands.seeker].astype(np.int64)
        wanted = np.minimum(options.start[demands.seeker + 1] - begin, keep)
        demand = np.repeat(np.arange(len(wanted)), wanted)
        option = np.repeat(begin, wanted) + _ramp(wanted)
        placed = np.flatnonzero(self.plan.option >= 0)
        taken = self.plan.option[placed].astype(np.int64)
        beyond = taken >= (begin + wanted)[placed]
        demand = np.concatenate([demand, placed[beyond]])
        option = np.concatenate([option, taken[beyond]])
        is_open = options.last[option] >= self.end[demands.period[demand]] - 1
        order = np.lexsort((option[is_open], demand[is_open]))
        return demand[is_open][order], option[is_open][order]

    def _wide_enough(self) -> Flags:
        """(choices) whether the host has the slots for all of the demand's group."""
        needed = self._needed(self.demand, self.host)
        slots = self.problem.capacities.slots
        room = np.array(
            [
                slots[h, self.first[p] : self.end[p]].min()
                for p, h in zip(self.pair_period.tolist(), self.pair_host.tolist(), strict=True)
            ]
        )
        wide: Flags = needed <= room[self.pair_of]
        return wide

    def _needed(self, demand: Longs, host: Longs) -> Longs:
        """Slots that the group of each demand takes at that host."""
        demands = self.problem.demands
        together = np.append(np.diff(demands.groups.start), 1)[demands.group[demand]]
        needed: Longs = -(-together // self.problem.capacities.group_max[host].astype(np.int64))
        return needed

    def _values(self, option: Ints) -> Floats:
        """(columns) a placement as values."""
        values = np.zeros(self.columns)
        values[: self.choices] = option[self.demand] == self.option
        heads = np.bincount(self.pair_of, values[: self.choices], len(self.pair)).astype(np.int64)
        shared = self.slot_of >= 0
        values[self.slot_of[shared]] = -(-heads // self.group_max)[shared]
        equity, period = self.problem.equity, self.problem.demands.period
        establishment = self.problem.establishment[period[option < 0]]
        unplaced = np.bincount(establishment, minlength=len(equity.allowance))
        values[self.over :] = np.maximum(0, unplaced[:, None] - equity.allowance).ravel()
        return values

    # --- rows

    def _add(
        self,
        row: Longs,
        column: Longs,
        coefficient: Floats | float,
        low: Floats | float,
        high: Floats | float,
    ) -> None:
        """Rows numbered from 0 in `row`; their bounds, one for all or one each."""
        count = int(row.max(initial=-1)) + 1
        self.row.append(row + self.rows)
        self.column.append(column)
        self.coefficient.append(np.broadcast_to(np.asarray(coefficient, np.float64), row.shape))
        self.low.append(np.broadcast_to(np.asarray(low, np.float64), (count,)))
        self.high.append(np.broadcast_to(np.asarray(high, np.float64), (count,)))
        self.rows += count

    def _one_place_each(self) -> None:
        """`une-place`, and `convention-signee`."""
        must = self.problem.demands.must
        found, row = np.unique(self.demand, return_inverse=True)
        self._add(row, np.arange(self.choices), 1, must[found].astype(np.float64), 1)

    def _groups_together(self) -> None:
        """`binome`: at each host, the others of a group as many times as the first."""
        groups = self.problem.demands.groups
        group = self.problem.demands.group
        leader = np.zeros(self.choices, np.bool_)
        mine = np.flatnonzero(group[self.demand] >= 0)
        first_of = groups.values[groups.start[:-1]]
        leader[mine] = first_of[group[self.demand[mine]]] == self.demand[mine]
        followers = mine[~leader[mine]]
        led = mine[leader[mine]]
        others = np.diff(groups.start)[group[self.demand[led]]] - 1
        other = groups.values[
            np.repeat(groups.start[group[self.demand[led]]] + 1, others) + _ramp(others)
        ]
        key = np.concatenate(
            [
                self.demand[followers] * self.hosts + self.host[followers],
                other * self.hosts + np.repeat(self.host[led], others),
            ]
        )
        _, row = np.unique(key, return_inverse=True)
        coefficient = np.concatenate([np.ones(len(followers)), -np.ones(int(others.sum()))])
        self._add(row, np.concatenate([followers, np.repeat(led, others)]), coefficient, 0, 0)

    def _host_links(self) -> None:
        """`hote`: « different », no host in common; « meme », none but the one before."""
        demands = self.problem.demands
        bounds = np.searchsorted(self.demand, np.arange(len(demands.period) + 1))
        rows: list[Longs] = []
        columns: list[Longs] = []
        count = 0
        for demand in np.flatnonzero(demands.link == DIFFERENT).tolist():
            here = np.arange(bounds[demand], bounds[demand + 1])
            before = int(demands.previous[demand])
            there = np.arange(bounds[before], bounds[before + 1])
            both = np.intersect1d(self.host[here], self.host[there])
            mine = np.concatenate([here, there])
            mine = mine[np.isin(self.host[mine], both)]
            rows.append(count + np.searchsorted(both, self.host[mine]))
            columns.append(mine)
            count += len(both)
        for demand in np.flatnonzero(demands.link == SAME).tolist():
            here = np.arange(bounds[demand], bounds[demand + 1])
            before = int(demands.previous[demand])
            there = np.arange(bounds[before], bounds[before + 1])
            for host in np.unique(self.host[here]):
                mine = np.concatenate(
                    [here[self.host[here] == host], there[self.host[there] != host]]
                )
                rows.append(np.full(len(mine), count))
                columns.append(mine)
                count += 1
        if rows:
            self._add(np.concatenate(rows), np.concatenate(columns), 1, -np.inf, 1)

    def _slots(self) -> None:
        """`taille-groupe`, `capacite`, `capacite-public`, `semaines-max`."""
        capacities = self.problem.capacities
        shared = self.slot_of >= 0
        in_shared = np.flatnonzero(shared[self.pair_of])
        # Whoever sits in a slot holds all of it: much tighter than heads ≤ size × slots alone.
        at, row = np.unique(self.at_of[in_shared], return_inverse=True)
        needed = self._needed(self.demand[in_shared], self.host[in_shared])
        host = self.at[at] % self.hosts
        period = self.problem.demands.period[self.at[at] // self.hosts]
        slot = self.slot_of[np.searchsorted(self.pair, period * self.hosts + host)]
        self._add(
            np.concatenate([row, np.arange(len(at))]),
            np.concatenate([in_shared, slot]),
            np.concatenate([needed, -np.ones(len(at))]),
            -np.inf,
            0,
        )
        self._held(np.flatnonzero(shared & (self.pair_size > self.group_max)), self.group_max, 1)
        least = capacities.group_min[self.pair_host].astype(np.int64)
        self._held(np.flatnonzero(shared & (least > 1)), least, -1)
        flows = self._flows(np.ones(len(self.pair), np.bool_), slots=True)
        self._within(flows, self.pair_host, capacities.slots)
        public = self.problem.public[self.pair_period]
        row_of = capacities.public_row[self.pair_host, public].astype(np.int64)
        self._within(self._flows(row_of >= 0, slots=True), row_of, capacities.public_slots)
        limited = capacities.slot_weeks[self.pair_host] < NO_LIMIT
        flow, column = self._flows(limited, slots=True)
        hosts, row = np.unique(self.pair_host[flow], return_inverse=True)
        duration = (self.end - self.first)[self.pair_period[flow]].astype(np.float64)
        self._add(row, column, duration, -np.inf, capacities.slot_weeks[hosts].astype(np.float64))

    def _held(self, pairs: Longs, size: Longs, sign: int) -> None:
        """At most (`sign` 1) or at least (−1) `size` pupils for each slot of these pairs."""
        position = np.full(len(self.pair), -1)
        position[pairs] = np.arange(len(pairs))
        mine = np.flatnonzero(position[self.pair_of] >= 0)
        self._add(
            np.concatenate([position[self.pair_of[mine]], np.arange(len(pairs))]),
            np.concatenate([mine, self.slot_of[pairs]]),
            sign * np.concatenate([np.ones(len(mine)), -size[pairs]]),
            -np.inf,
            0,
        )

    def _heads(self) -> None:
        """`tuteurs`, `quota-legal`: trainees at a host, and at all hosts of a legal person."""
        capacities = self.problem.capacities
        training = self.problem.family[self.pair_period] == 1
        weeks = np.ones(self.problem.weeks, np.int64)
        limited = training & (capacities.trainees[self.pair_host] < NO_LIMIT)
        most = capacities.trainees[:, None] * weeks
        self._within(self._flows(limited, slots=False), self.pair_host, most)
        person = capacities.legal_person[self.pair_host].astype(np.int64)
        counted = training & (person >= 0)
        self._within(self._flows(counted, slots=False), person, capacities.quota[:, None] * weeks)

    def _flows(self, wanted: Flags, *, slots: bool) -> tuple[Longs, Longs]:
        """(pair, column) of what the wanted pairs send: slots, or pupils."""
        alone = wanted & (self.slot_of < 0) if slots else wanted
        by_pupil = np.flatnonzero(alone[self.pair_of])
        by_slot = np.flatnonzero(wanted & (self.slot_of >= 0)) if slots else np.empty(0, np.int64)
        pair = np.concatenate([self.pair_of[by_pupil], by_slot])
        return pair, np.concatenate([by_pupil, self.slot_of[by_slot]])

    def _within(
        self, flows: tuple[Longs, Longs], place_of: Longs, room: NDArray[np.integer]
    ) -> None:
        """Each place within its `room` each week; `place_of` by pair."""
        pair, column = flows
        self._crowd(self.pair_period[pair], place_of[pair], column, room)

    def _beds(self) -> None:
        """`internat-places`, each choice of the sexes that overflow into mixed beds (see there)."""
        beds, sex = self.problem.capacities.beds, self.problem.demands.sex[self.demand]
        house = self.problem.options.bed[self.option].astype(np.int64)
        weeks = np.ones(self.problem.weeks, np.int64)
        for overflowing in ((), (GIRL,), (BOY,), (GIRL, BOY)):
            mine = np.flatnonzero((house >= 0) & np.isin(sex, (UNKNOWN_SEX, *overflowing)))
            limit = beds[:, 2] + beds[:, list(overflowing)].sum(axis=1)
            self._crowd(self.period[mine], house[mine], mine, limit[:, None] * weeks)

    def _crowd(self, period: Longs, place: Longs, column: Longs, room: NDArray[np.integer]) -> None:
        """Rows « the columns there that week ≤ room », one for weeks with the same periods out."""
        weeks = self.problem.weeks
        length = (self.end - self.first)[period]
        entry = np.repeat(np.arange(len(period)), length)
        week = self.first[period[entry]] + _ramp(length)
        cell, cell_of = np.unique(place[entry] * weeks + week, return_inverse=True)
        mark = np.random.default_rng(0).integers(0, 2**50, len(self.first))
        who = np.zeros(len(cell), np.int64)
        np.add.at(who, cell_of, mark[period[entry]])
        bound = np.zeros(self.columns)
        bound[: self.choices] = 1
        shared = self.slot_of >= 0
        bound[self.slot_of[shared]] = -(-self.pair_size // self.group_max)[shared]
        most = np.bincount(cell_of, bound[column[entry]], len(cell))
        place_of, week_of = np.divmod(cell, weeks)
        left = room[place_of, week_of]
        order = np.lexsort((left, who, place_of))
        fresh = np.ones(len(order), np.bool_)
        fresh[1:] = (np.diff(place_of[order]) != 0) | (np.diff(who[order]) != 0)
        kept = order[fresh]
        kept = kept[most[kept] > left[kept]]
        number = np.full(len(cell), -1)
        number[kept] = np.arange(len(kept))
        mine = number[cell_of] >= 0
        self._add(
            number[cell_of][mine], column[entry[mine]], 1, -np.inf, left[kept].astype(np.float64)
        )

    def _equity(self) -> None:
        """`equite`: unplaced demands beyond each step's allowance."""
        allowance = self.problem.equity.allowance
        establishments, steps = allowance.shape
        everyone = np.bincount(
            self.problem.establishment[self.problem.demands.period], minlength=establishments
        )
        establishment = self.problem.establishment[self.period].astype(np.int64)
        over = np.arange(establishments * steps)
        row = [establishment * steps + step for step in range(steps)]
        self._add(
            np.concatenate([*row, over]),
            np.concatenate([*[np.arange(self.choices)] * steps, self.over + over]),
            1,
            (everyone[:, None] - allowance).ravel().astype(np.float64),
            np.inf,
        )


def _ramp(lengths: NDArray[np.integer]) -> Longs:
    """0, 1, … for each length, one after the other."""
    total = int(lengths.sum())
    starts = np.cumsum(lengths) - lengths
    ramp: Longs = np.arange(total) - np.repeat(starts, lengths)
    return ramp
