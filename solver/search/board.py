"""The problem laid out for compiled loops: parties, their options, and all limits, read-only.

A party is what moves as one: a pupil in a period, or a whole `binome`. Its options are hosts that
can take all of it. Must not know: the plan being made.
"""

from typing import NamedTuple

import numpy as np

from solver.problem import Flags, Ints, Longs, Problem

MUST_COST = 10**7
"""Points put on leaving a signed agreement unplaced, so that the search never prefers it."""


class Board(NamedTuple):
    """Read-only arrays; indices as in `Problem`, and q parties (Q, sorted by period)."""

    ordinal: Ints  # (W)
    unit_start: Ints  # (U + 1) rows of unit_period
    unit_period: Ints
    allowed: Flags  # (U × W)
    unit_cost: Longs  # (U × W)
    duration: Ints  # (P)
    unit: Ints  # (P)
    division: Ints  # (P)
    family: Ints  # (P)
    public: Ints  # (P)
    establishment: Ints  # (P)
    size: Ints  # (P) demands
    party_first: Ints  # (P + 1)
    before: Ints  # (P) period of the rank before, or −1
    after: Ints  # (P)
    gap: Ints  # (P) calendar weeks at least since `before`
    exclusion_start: Ints  # (P + 1) rows of exclusion
    exclusion: Ints  # periods that may not overlap with this one
    absence: Ints  # (P) row of absence_max, or −1
    absence_max: Ints
    period: Ints  # (Q)
    member_first: Ints  # (Q + 1) demands of each party, rows of member
    member: Ints  # demands
    seeker: Ints  # (Q) class of options
    unplaced_cost: Longs  # (Q)
    previous: Ints  # (Q)
    following: Ints  # (Q)
    link: Ints  # (Q) FREE, SAME, DIFFERENT against previous
    sex: Ints  # (D)
    reference_host: Ints  # (D)
    option_start: Ints  # (C + 1)
    host: Ints  # (O)
    cost: Longs  # (O)
    last: Ints  # (O)
    bed: Ints  # (O) for parties of one; −1 none
    choice: Ints  # (O) for larger parties: where their members' options begin in member_option; −1
    member_option: Ints  # options of Problem
    problem_bed: Ints  # options of Problem: bed
    slots: Ints  # (H × W)
    public_row: Ints  # (H × publics)
    public_slots: Ints  # (R × W)
    group_min: Ints
    group_max: Ints
    slot_weeks: Ints
    trainees: Ints
    legal_person: Ints
    quota: Ints
    beds: Ints  # (B × 3)
    allowance: Ints  # (E × S)
    surcharge: Longs  # (S)
    threshold: Longs  # (2 × W)
    saturation_price: int
    host_stability_price: int


def lay_out(problem: Problem) -> Board:
    """The board of a problem."""
    departures, demands, options = problem.departures, problem.demands, problem.options
    capacities = problem.capacities
    members, party_of = _parties(problem)
    first_member = np.array([m[0] for m in members], np.int64)
    sizes = np.array([len(m) for m in members], np.int64)
    period = demands.period[first_member]
    option_table = _party_options(problem, members)
    unplaced = np.where(demands.must, MUST_COST, 0) + demands.unplaced_cost
    previous = demands.previous[first_member]
    previous = np.where(previous >= 0, party_of[previous], -1).astype(np.int32)
    following = np.full(len(members), -1, np.int32)
    following[previous[previous >= 0]] = np.flatnonzero(previous >= 0)
    periods = len(departures.duration)
    before, after = np.full(periods, -1, np.int32), np.full(periods, -1, np.int32)
    gap = np.zeros(periods, np.int32)
    for earlier, later, weeks in departures.gaps:
        before[later], after[earlier], gap[later] = earlier, later, weeks
    exclusion_start, exclusion = _exclusions(problem)
    absence = np.full(periods, -1, np.int32)
    for row in range(len(departures.absences)):
        absence[departures.absences[row]] = row
    return Board(
        ordinal=departures.ordinal,
        unit_start=departures.periods.start,
        unit_period=departures.periods.values,
        allowed=departures.allowed,
        unit_cost=departures.cost,
        duration=departures.duration,
        unit=departures.unit,
        division=problem.division,
        family=problem.family,
        public=problem.public,
        establishment=problem.establishment,
        size=problem.size.astype(np.int32),
        party_first=np.searchsorted(period, np.arange(periods + 1)).astype(np.int32),
        before=before,
        after=after,
        gap=gap,
        exclusion_start=exclusion_start,
        exclusion=exclusion,
        absence=absence,
        absence_max=departures.absences_max,
        period=period,
        member_first=np.concatenate(([0], np.cumsum(sizes))).astype(np.int32),
        member=np.concatenate(members).astype(np.int32) if members else np.empty(0, np.int32),
        seeker=option_table.seeker,
        unplaced_cost=np.array([unplaced[m].sum() for m in members], np.int64),
        previous=previous,
        following=following,
        link=demands.link[first_member],
        sex=demands.sex,
        reference_host=demands.reference_host,
        option_start=option_table.start,
        host=option_table.host,
        cost=option_table.cost,
        last=option_table.last,
        bed=option_table.bed,
        choice=option_table.choice,
        member_option=option_table.member_option,
        problem_bed=options.bed,
        slots=capacities.slots,
        public_row=capacities.public_row,
        public_slots=capacities.public_slots,
        group_min=capacities.group_min,
        group_max=capacities.group_max,
        slot_weeks=capacities.slot_weeks,
        trainees=capacities.trainees,
        legal_person=capacities.legal_person,
        quota=capacities.quota,
        beds=capacities.beds,
        allowance=problem.equity.allowance,
        surcharge=problem.equity.surcharge,
        threshold=problem.saturation_threshold,
        saturation_price=problem.prices.saturation,
        host_stability_price=problem.prices.host_stability,
    )


def _parties(problem: Problem) -> tuple[list[Ints], Ints]:
    """Demands of each party, by period then first demand, and the party of each demand."""
    demands = problem.demands
    members: list[Ints] = []
    party_of = np.full(len(demands.period), -1, np.int32)
    for demand in range(len(demands.period)):
        if party_of[demand] >= 0:
            continue
        group = demands.group[demand]
        together = np.array([demand], np.int32) if group < 0 else demands.groups[group]
        party_of[together] = len(members)
        members.append(together)
    return members, party_of


class _PartyOptions(NamedTuple):
    seeker: Ints
    start: Ints
    host: Ints
    cost: Longs
    last: Ints
    bed: Ints
    choice: Ints
    member_option: Ints


def _party_options(problem: Problem, members: list[Ints]) -> _PartyOptions:
    """The options of Problem for parties of one; for larger ones, hosts open to all members."""
    options, demands = problem.options, problem.demands
    seeker = np.empty(len(members), np.int32)
    start = list(options.start)
    rows: list[tuple[int, int, int, int]] = []
    member_option: list[int] = []
    for q, together in enumerate(members):
        if len(together) == 1:
            seeker[q] = demands.seeker[together[0]]
            continue
        found = [_cheapest_by_host(problem, demands.seeker[d]) for d in together]
        shared = set(found[0]).intersection(*found[1:])
        ranked = sorted((sum(int(options.cost[f[h]]) for f in found), h) for h in shared)
        for cost, host in ranked:
            chosen = [f[host] for f in found]
            rows.append((host, cost, min(int(options.last[o]) for o in chosen), len(member_option)))
            member_option.extend(chosen)
        seeker[q] = len(start) - 1
        start.append(len(options.host) + len(rows))
    extra = np.array(rows, np.int64).reshape(-1, 4)
    none = np.full(len(rows), -1, np.int32)
    return _PartyOptions(
        seeker=seeker,
        start=np.array(start, np.int32),
        host=np.concatenate([options.host, extra[:, 0]]).astype(np.int32),
        cost=np.concatenate([options.cost, extra[:, 1]]).astype(np.int64),
        last=np.concatenate([options.last, extra[:, 2]]).astype(np.int32),
        bed=np.concatenate([options.bed, none]).astype(np.int32),
        choice=np.concatenate([np.full(len(options.host), -1), extra[:, 3]]).astype(np.int32),
        member_option=np.array(member_option, np.int32),
    )


def _cheapest_by_host(problem: Problem, seeker: int) -> dict[int, int]:
    """A class's cheapest option at each host; the latest possible end where costs are equal."""
    options = problem.options
    cheapest: dict[int, int] = {}
    for option in range(options.start[seeker], options.start[seeker + 1]):
        cheapest.setdefault(int(options.host[option]), option)
    return cheapest


def _exclusions(problem: Problem) -> tuple[Ints, Ints]:
    """For each period, those of other divisions that may not overlap with it."""
    groups = problem.departures.exclusions
    apart: list[set[int]] = [set() for _ in problem.departures.duration]
    for row in range(len(groups)):
        for p in groups[row]:
            apart[p].update(
                int(other)
                for other in groups[row]
                if problem.division[other] != problem.division[p]
            )
    start = np.zeros(len(apart) + 1, np.int32)
    np.cumsum([len(a) for a in apart], out=start[1:])
    return start, np.fromiter((o for a in apart for o in sorted(a)), np.int32)
