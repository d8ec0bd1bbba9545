"""Where the pupils of one unit go if it starts in a given week and all else stays: exactly.

A transport that knows hosts one by one (slots, publics, tutors, quotas of the scarcest week), with
branches for groups and shared slots, mostly keeps every rule, and is then the best there is. Where
it does not, its prices tell the few options that can still matter, and the rules themselves settle
the rest. Must not know: names, calendars of other units.
"""

from typing import NamedTuple

import numpy as np

from solver.model import Model, build
from solver.problem import DIFFERENT, NO_LIMIT, SAME, Flags, Ints, Longs, Problem, Solution
from solver.whatif.alone import improved
from solver.whatif.branching import Branching, Table, reduced, relaxed, root
from solver.whatif.narrow import Rows, can_be_narrowed, narrowed
from solver.whatif.occupation import Occupation, least_left

_MOST_NODES = 400
"""Transports solved before the model of the rules takes over."""
_MOST_DIVES = 100
"""Transports of a dive for a first solution."""
_FIRST_SLACK = 4
"""Points above the transport within which options are first looked at."""
_ROWS_PER_NODE, _EFFORT_PER_NODE = 60, 1 / 300
"""Options that the model of the rules looks at, and deterministic seconds that it takes, for each
transport that a question may take."""
_HOPE = 4
"""Times more of both where another pupil might be placed."""


class _Priced(NamedTuple):
    """Rows by pupil then cost; hosts from H on stand for having no place, at rising prices."""

    rows: Rows
    """Option −1 where the host stands for no place."""
    host: Ints
    floor: Longs
    cost: Longs
    house: Ints
    """Boarding house whose bed is used, or −1."""
    together: Ints
    """Pupils who go there together (`binome`)."""


class Matched(NamedTuple):
    """A solution, and the points by which the best one could still be cheaper (0: proven best)."""

    solution: Solution
    slack: int


class Rematch:
    """The pupils of a unit, taken out of their places in `solution`; ask `at` for each week."""

    def __init__(
        self, problem: Problem, solution: Solution, occupation: Occupation, unit: int
    ) -> None:
        self._problem, self._solution, self.unit = problem, solution, unit
        self.others = occupation.copy()
        self.others.count(problem, solution, unit, -1)
        periods = problem.departures.periods[unit]
        first = problem.demands.first
        self._periods = periods
        self._duration: Ints = problem.departures.duration[periods]
        self.demand: Ints = np.concatenate(
            [np.arange(first[p], first[p + 1], dtype=np.int32) for p in periods]
        )
        """(n) the demands of the unit, in the order of its periods."""
        sizes = first[periods + 1] - first[periods]
        self._period: Ints = np.repeat(np.arange(len(periods), dtype=np.int32), sizes)
        self.nodes = 0
        """Transports solved so far."""
        self._room_unplaced, surcharge, tier_of = self._tiers()
        self._priced = self._price(surcharge, tier_of)

    def at(self, start: int, *, nodes: int | None = None) -> Matched | None:
        """The best solution with this start; None where a signed agreement cannot be kept.

        `nodes`: transports to solve at most; then a good solution, with what is left to prove.
        None: until the best is proven.
        """
        rows, table = self._open(start)
        branching = Branching(table)
        answer, settled = branching.search(_MOST_NODES if nodes is None else nodes)
        self.nodes += branching.nodes
        if answer is None:
            return None
        if settled:
            solution = self._with(start, rows.option[answer.taken])
            if self.keeps_rules(solution):
                return Matched(solution, 0)
        known = self._soon(start, rows, table)
        if start == self._solution.start[self.unit]:
            standing = [self._solution] if known is None else [known, self._solution]
            known = min(standing, key=self._cost)
        if known is not None and self._cost(known) == answer.cost:
            return Matched(known, 0)
        if nodes is not None and known is not None:
            return self._closer(start, rows, table, answer.cost, known, nodes)
        return self._settle(start, rows, table, answer.cost, known)

    def _soon(self, start: int, rows: Rows, table: Table) -> Solution | None:
        """A good solution: a dive where one keeps every rule, or nobody; then a short search."""
        diving = Branching(table, deepest_first=True)
        answer, settled = diving.search(_MOST_DIVES)
        self.nodes += diving.nodes
        begin = self._with(start, np.full(len(self.demand), -1, np.int32))
        if answer is not None and settled:
            dived = self._with(start, rows.option[answer.taken])
            begin = dived if self.keeps_rules(dived) else begin
        places = rows[rows.option >= 0]
        found = improved(self._alone(start, places), _rows_of(begin.option[self.demand], places))
        better = self._with(start, _named(places, found))
        must = self._problem.demands.must[self.demand]
        kept = [
            one
            for one in (begin, better)
            if (one.option[self.demand][must] >= 0).all() and self.keeps_rules(one)
        ]
        return min(kept, key=self._cost, default=None)

    def _alone(self, start: int, rows: Rows) -> Problem:
        """The unit with these rows, and what the others leave it."""
        return narrowed(self._problem, self.others, self.unit, start, self.demand, rows)

    def _with(self, start: int, option: Ints) -> Solution:
        starts, options = self._solution.start.copy(), self._solution.option.copy()
        starts[self.unit] = start
        options[self.demand] = option
        return Solution(starts, options)

    def occupation(self, solution: Solution) -> Occupation:
        """All counts of a solution that differs by this unit only."""
        whole = self.others.copy()
        whole.count(self._problem, solution, self.unit, 1)
        return whole

    def keeps_rules(self, solution: Solution) -> bool:
        """Whether capacities, groups and sizes of groups hold; the rest holds row by row."""
        problem = self._problem
        taken = solution.option[self.demand]
        host = np.full(len(taken), -1, np.int32)
        host[taken >= 0] = problem.options.host[taken[taken >= 0]]
        group = problem.demands.group[self.demand]
        for g in np.unique(group[group >= 0]):
            if len(set(host[group == g].tolist())) > 1:
                return False
        key = self._period[host >= 0] * len(problem.capacities.group_min) + host[host >= 0]
        places, heads = np.unique(key, return_counts=True)
        at = places % len(problem.capacities.group_min)
        slots = -(-heads // problem.capacities.group_max[at])
        if (slots * problem.capacities.group_min[at] > heads).any():
            return False
        return self.occupation(solution).is_within(problem)

    # --- the transport

    def _tiers(self) -> tuple[Ints, Longs, Ints]:
        """Room and surcharge of each tier of « no place », and the first tier of each pupil.

        `equite` is convex in the number of pupils without a place, so cheap tiers fill up first.
        """
        problem = self._problem
        school = problem.establishment[self._periods][self._period]
        room: list[int] = []
        surcharge: list[int] = []
        first = np.zeros(len(self.demand), np.int32)
        for e in np.unique(school):
            first[school == e] = len(room)
            already, due = int(self.others.unplaced[e]), 0
            steps = sorted(
                zip(problem.equity.allowance[e].tolist(), problem.equity.surcharge.tolist(),
                    strict=True)
            )  # fmt: skip
            for allowance, extra in steps:
                room.append(max(0, allowance - already))
                surcharge.append(due)
                already, due = max(already, allowance), due + extra
            room.append(NO_LIMIT)
            surcharge.append(due)
        return np.array(room, np.int32), np.array(surcharge, np.int64), first

    def _price(self, surcharge: Longs, first_tier: Ints) -> _Priced:
        """Every row of every pupil, cheapest first."""
        problem, n = self._problem, len(self.demand)
        demands, options = problem.demands, problem.options
        hosts = len(problem.capacities.group_min)
        seeker = demands.seeker[self.demand]
        low, count = options.start[seeker], options.start[seeker + 1] - options.start[seeker]
        pupil = np.repeat(np.arange(n, dtype=np.int32), count)
        within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        option = (np.repeat(low, count) + within).astype(np.int32)
        linked = self._linked(pupil, option)
        rows = Rows(pupil[linked], option[linked])
        kept = demands.reference_host[self.demand][rows.pupil]
        floor = options.cost[rows.option].astype(np.int64)
        moved = (kept != -1) & (kept != options.host[rows.option])
        together = self._group_sizes()[rows.pupil]
        tiers = problem.equity.allowance.shape[1] + 1
        optional = np.flatnonzero(~demands.must[self.demand]).astype(np.int32)
        waiting = np.repeat(optional, tiers)
        tier = (first_tier[waiting] + np.tile(np.arange(tiers), len(optional))).astype(np.int32)
        price = demands.unplaced_cost[self.demand][waiting] + surcharge[tier]
        none = np.full(len(waiting), -1, np.int32)
        all_rows = Rows(np.concatenate([rows.pupil, waiting]), np.concatenate([rows.option, none]))
        all_floor = np.concatenate([floor, price])
        order = np.lexsort((all_floor, all_rows.pupil))
        cost = np.concatenate([floor + moved * problem.prices.host_stability, price])
        host = np.concatenate([options.host[rows.option], hosts + tier]).astype(np.int32)
        return _Priced(
            Rows(all_rows.pupil[order], all_rows.option[order]),
            host[order],
            all_floor[order],
            cost[order],
            np.concatenate([options.bed[rows.option], none])[order],
            np.concatenate([together, np.ones_like(none)])[order],
        )

    def _linked(self, pupil: Ints, option: Ints) -> Flags:
        """`hote`: which rows agree with the other ranks, as they are; `binome`: with classmates."""
        demands, options = self._problem.demands, self._problem.options
        host = options.host[option]
        agrees = np.ones(len(option), np.bool_)
        following = np.full(len(demands.previous), -1, np.int32)
        linked = np.flatnonzero(demands.previous >= 0)
        following[demands.previous[linked]] = linked
        after = following[self.demand]
        for neighbour, link in (
            (demands.previous[self.demand], demands.link[self.demand]),
            (after, np.where(after >= 0, demands.link[after], 0)),
        ):
            there = np.where(neighbour >= 0, self._solution.option[neighbour], -1)
            theirs = np.full(len(there), -1, np.int32)
            theirs[there >= 0] = options.host[there[there >= 0]]
            theirs = theirs[pupil]
            same = theirs == host
            wanted = np.where(theirs >= 0, link[pupil], 0)
            agrees &= ~((wanted == SAME) & ~same) & ~((wanted == DIFFERENT) & same)
        group = demands.group[self.demand]
        for g in np.unique(group[group >= 0]):
            mine = np.flatnonzero(group[pupil] == g)
            member_hosts = np.unique(np.column_stack([pupil[mine], host[mine]]), axis=0)[:, 1]
            hosts, members = np.unique(member_hosts, return_counts=True)
            shared = hosts[members == (group == g).sum()]
            agrees[mine] &= np.isin(host[mine], shared)
        return agrees

    def _group_sizes(self) -> Ints:
        group = self._problem.demands.group[self.demand]
        sizes: Ints = (group[:, None] == group[None, :]).sum(axis=1).astype(np.int32)
        sizes[group < 0] = 1
        return sizes

    def _open(self, start: int) -> tuple[Rows, Table]:
        """The rows that fit by themselves, and what the hosts can take of the unit."""
        problem, priced = self._problem, self._priced
        limits = problem.capacities
        hosts, weeks = len(limits.group_min), int(self._duration.min())
        by_period = np.array([self._room(p, start) for p in range(len(self._periods))])
        slots = least_left(limits.slots, self.others.slots, start, weeks)
        slots = np.minimum(slots, (limits.slot_weeks - self.others.slot_weeks) // weeks)
        if len(set(problem.public[self._periods].tolist())) == 1 and len(limits.public_slots):
            row = limits.public_row[:, problem.public[self._periods[0]]]
            capped = least_left(limits.public_slots, self.others.public_slots, start, weeks)
            slots = np.where(row >= 0, np.minimum(slots, capped[row]), slots)
        slots = np.clip(slots, 0, len(self.demand)).astype(np.int32)
        room = np.minimum(by_period.sum(axis=0), slots * limits.group_max)
        if len(set(problem.public[self._periods].tolist())) == 1:
            room = np.minimum(room, by_period[self._duration.argmin()])
        has_place = priced.rows.option >= 0
        option, pupil = priced.rows.option[has_place], priced.rows.pupil[has_place]
        period = self._period[pupil]
        end = start + self._duration[period]
        fits = by_period[period, priced.host[has_place]] >= priced.together[has_place]
        fits &= problem.options.last[option] >= end - 1
        house = priced.house[has_place]
        lodged = house >= 0
        if lodged.any():
            beds = np.array([self._beds(int(d), start) for d in self._duration])
            sex = problem.demands.sex[self.demand][pupil]
            fits[lodged] &= beds[period[lodged], house[lodged], sex[lodged]]
        kept = np.ones(len(has_place), np.bool_)
        kept[has_place] = fits
        rows = priced.rows[kept]
        begin = np.searchsorted(rows.pupil, np.arange(len(self.demand) + 1)).astype(np.int32)
        return rows, Table(
            begin=begin,
            pupil=rows.pupil,
            host=priced.host[kept],
            floor=priced.floor[kept],
            cost=priced.cost[kept],
            room=np.concatenate([room[:hosts], self._room_unplaced]).astype(np.int32),
            slots=slots,
            group_min=limits.group_min,
            group_max=limits.group_max,
            period=self._period,
            group=problem.demands.group[self.demand],
        )

    def _room(self, period: int, start: int) -> Ints:
        """(H) pupils of one period of the unit that each host could take, were it alone."""
        problem, others = self._problem, self.others
        limits, weeks = problem.capacities, int(self._duration[period])
        p = self._periods[period]
        slots = least_left(limits.slots, others.slots, start, weeks)
        slots = np.minimum(slots, (limits.slot_weeks - others.slot_weeks) // weeks)
        row = limits.public_row[:, problem.public[p]]
        if len(limits.public_slots):
            capped = least_left(limits.public_slots, others.public_slots, start, weeks)
            slots = np.where(row >= 0, np.minimum(slots, capped[row]), slots)
        pupils = np.minimum(slots, NO_LIMIT // limits.group_max) * limits.group_max
        if problem.family[p] == 1:
            tutored = least_left(limits.trainees, others.trainees, start, weeks)
            pupils = np.minimum(pupils, tutored)
            if len(limits.quota):
                quota = least_left(limits.quota, others.persons, start, weeks)
                person = limits.legal_person
                pupils = np.where(person >= 0, np.minimum(pupils, quota[person]), pupils)
        pupils = np.where(pupils < limits.group_min, 0, pupils)
        return np.maximum(0, np.minimum(pupils, len(self.demand))).astype(np.int32)

    def _beds(self, weeks: int, start: int) -> Flags:
        """(B × 3) whether one more pupil of each sex finds a bed in all weeks."""
        limits = self._problem.capacities.beds
        lodged = self.others.beds[:, :, start : start + weeks]
        found = np.zeros((len(limits), 3), np.bool_)
        for sex in range(3):
            more = lodged.copy()
            more[:, sex] += 1
            over = np.maximum(0, more[:, :2] - limits[:, :2, None]).sum(axis=1) + more[:, 2]
            found[:, sex] = (over <= limits[:, 2, None]).all(axis=1)
        return found

    # --- where the transport does not keep every rule

    def _closer(
        self, start: int, rows: Rows, table: Table, least: int, known: Solution, nodes: int
    ) -> Matched:
        """`known` or better, from as many of the rows that can still matter as `nodes` allow.

        Where they do not allow all, only if one more pupil might be placed: then they are more.
        `least`: what is proven so far.
        """
        best = self._cost(known)
        transport = relaxed(table, root(table))
        beyond = reduced(table, root(table), transport.dual)
        places = rows.option >= 0
        told = (beyond <= best - transport.cost) & places
        hopeful = best - least >= self._problem.demands.unplaced_cost[self.demand].min()
        nodes *= _HOPE if hopeful else 1
        most = _ROWS_PER_NODE * nodes
        whole = told.sum() <= most
        if not (whole or hopeful):
            return Matched(known, best - least)
        if not whole:
            told &= beyond <= np.partition(beyond[told], most)[most]
            told |= places & (known.option[self.demand][rows.pupil] == rows.option)
        solution, proven = self._by_rules(start, rows[told], known, _EFFORT_PER_NODE * nodes)
        if solution is not None and self._cost(solution) < best:
            known, best = solution, self._cost(solution)
        return Matched(known, 0 if whole and proven else best - least)

    def _settle(
        self, start: int, rows: Rows, table: Table, least: int, known: Solution | None
    ) -> Matched | None:
        """The best solution by the rules, among options that the prices do not rule out.

        A row costs at least the transport's bound plus its reduced cost: rows beyond what the
        best known solution leaves are of no use. `least`: what is proven so far.
        """
        transport = relaxed(table, root(table))
        beyond = reduced(table, root(table), transport.dual)
        slack = least - transport.cost + _FIRST_SLACK
        if known is not None:
            slack = self._cost(known) - transport.cost
        while True:
            told = beyond <= slack
            solution, _ = self._by_rules(start, rows[told & (rows.option >= 0)])
            if told.all():
                return None if solution is None else Matched(solution, 0)
            if solution is None:
                slack *= 4
                continue
            best = self._cost(solution) - transport.cost
            if best <= slack:
                return Matched(solution, 0)
            slack = min(best, 4 * slack)

    def _cost(self, solution: Solution) -> int:
        """What the unit's placements cost, as the transport counts them."""
        problem = self._problem
        taken = solution.option[self.demand]
        placed = taken >= 0
        kept = problem.demands.reference_host[self.demand][placed]
        moved = (kept != -1) & (kept != problem.options.host[taken[placed]])
        school = problem.establishment[self._periods][self._period]
        more = np.bincount(school[~placed], minlength=len(self.others.unplaced))

        def equity(unplaced: Ints) -> int:
            beyond = np.maximum(0, unplaced[:, None] - problem.equity.allowance)
            return int((beyond * problem.equity.surcharge).sum())

        return (
            int(problem.options.cost[taken[placed]].sum())
            + int(moved.sum()) * problem.prices.host_stability
            + int(problem.demands.unplaced_cost[self.demand][~placed].sum())
            + equity(self.others.unplaced + more.astype(np.int32))
            - equity(self.others.unplaced)
        )

    def _by_rules(
        self, start: int, rows: Rows, known: Solution | None = None, effort: float | None = None
    ) -> tuple[Solution | None, bool]:
        """What the model of the rules finds best among `rows`, and whether nothing is better.

        From `known`, with so much `effort` (deterministic seconds); without, to the proof.
        """
        problem = self._problem
        bed = problem.options.bed[rows.option]
        houses = np.unique(bed[bed >= 0])
        alone = can_be_narrowed(problem, self.others, self.unit, start, houses)
        nobody = np.full(len(self.demand), -1, np.int32)
        hint = known
        if alone:
            empty = Solution(np.zeros(1, np.int32), nobody)
            model = build(self._alone(start, rows), empty, free_demands=range(len(self.demand)))
            _tighten(model)
            if known is not None:
                hint = Solution(empty.start, _rows_of(known.option[self.demand], rows))
        else:
            model = build(problem, self._with(start, nobody), free_demands=self.demand.tolist())
        answer = model.solve(hint=hint, deterministic_limit=effort)
        found = answer.solution
        if found is not None and alone:
            found = self._with(start, _named(rows, found.option))
        return found, answer.status in ("optimal", "infeasible")


def _named(rows: Rows, row: Ints) -> Ints:
    """(n) the options behind rows; −1 stays."""
    named = np.full(len(row), -1, np.int32)
    named[row >= 0] = rows.option[row[row >= 0]]
    return named


def _rows_of(option: Ints, rows: Rows) -> Ints:
    """(n) the rows of options, −1 where there is none."""
    found = np.full(len(option), -1, np.int32)
    there = np.flatnonzero(option[rows.pupil] == rows.option)
    found[rows.pupil[there]] = there
    return found


def _tighten(model: Model) -> None:
    """Say that one pupil needs a whole slot: implied, and what makes the relaxation tight."""
    problem, variables = model.problem, model.variables
    shared = problem.capacities.group_max > 1
    for demand, period in enumerate(problem.demands.period.tolist()):
        for option, chosen in variables.choices(demand).items():
            host = int(problem.options.host[option])
            if shared[host]:
                model.cp.add(chosen <= variables.slots(period, host).total)
