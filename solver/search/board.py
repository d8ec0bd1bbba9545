"""The problem laid out for compiled loops: parties, their options, and all limits.

A party is what moves as one: a pupil in a period, or a whole `binome`. Its options are hosts that
can take all of it. Must not know: the plan being made.
"""

from functools import reduce
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from solver.problem import SAME, Flags, Floats, Ints, Longs, Problem
from solver.search.compiled import hold

MUST_COST = 10**7
"""Points put on leaving a signed agreement unplaced, so that the search never prefers it."""

SATURATION, HOST_STABILITY = 0, 1
"""Cells of `price`."""

LEAST_APPEAL = 0.1
"""Of a start that the relaxation of the bound never chooses: that may be wrong."""

Records = NDArray[np.void]

_UNIT = np.dtype([("first", "i8"), ("end", "i8")])
"""Rows of `unit_period`."""
_PERIOD = np.dtype(
    [
        ("unit", "i8"),
        ("duration", "i8"),
        ("family", "i8"),
        ("public", "i8"),
        ("establishment", "i8"),
        ("size", "i8"),  # demands
        ("first", "i8"),  # its parties are first … end − 1
        ("end", "i8"),
        ("before", "i8"),  # period of the rank before, or −1
        ("after", "i8"),
        ("gap", "i8"),  # calendar weeks at least since `before`
        ("excluded_first", "i8"),  # rows of `excluded`
        ("excluded_end", "i8"),
        ("absence", "i8"),  # row of absence_max, or −1
    ]
)
_PARTY = np.dtype(
    [
        ("period", "i8"),
        ("size", "i8"),  # demands
        ("member", "i8"),  # its first row of `member`
        ("first", "i8"),  # its options are first … end − 1
        ("end", "i8"),
        ("previous", "i8"),  # party of the rank before, or −1
        ("following", "i8"),
        ("link", "i8"),  # FREE, SAME, DIFFERENT against `previous`
        ("tied", "i8"),  # first of those that share one host by SAME, itself included; −1 if alone
        ("unplaced_cost", "i8"),
    ]
)
_MEMBER = np.dtype([("demand", "i8"), ("sex", "i8"), ("reference_host", "i8")])
_OPTION = np.dtype(
    [
        ("host", "i4"),
        ("cost", "i4"),
        ("last", "i4"),
        ("bed", "i4"),  # for a party of one, boarding house or −1
        ("choice", "i4"),  # for a larger one, where its rows of member_option begin; else −1
    ]
)
_HOST = np.dtype(
    [
        ("group_min", "i8"),
        ("group_max", "i8"),
        ("slot_weeks", "i8"),
        ("trainees", "i8"),
        ("legal_person", "i8"),
    ]
)


class Board(NamedTuple):
    """Arrays of records; indices as in `Problem`, and q parties (sorted by period).

    Read-only but for `appeal`, which says where to look and nothing about what is allowed.
    """

    ordinal: Ints  # (W)
    unit: Records  # (U)
    unit_period: Ints
    allowed: Flags  # (U × W)
    unit_cost: Longs  # (U × W)
    appeal: Floats  # (U × W) how readily a start is tried, above 0 and up to 1
    period: Records  # (P)
    excluded: Ints  # periods that may not overlap
    absence_max: Ints
    party: Records  # (Q)
    member: Records
    option: Records
    member_option: Ints  # rows of Problem's options, for each member of a larger party
    member_bed: Ints  # their boarding houses, or −1
    host: Records  # (H)
    slots: Ints  # (H × W)
    public_row: Ints  # (H × publics)
    public_slots: Ints  # (R × W)
    quota: Ints
    beds: Ints  # (B × 3)
    allowance: Ints  # (E × S)
    surcharge: Longs  # (S)
    threshold: Longs  # (2 × W)
    price: Longs  # SATURATION and HOST_STABILITY


def lay_out(problem: Problem) -> Board:
    """The board of a problem."""
    departures, options, capacities = problem.departures, problem.options, problem.capacities
    members, party_of = _parties(problem)
    found = _party_options(problem, members)
    party, member = _party_records(problem, members, party_of, found)
    period, excluded = _period_records(problem, party)
    board = Board(
        ordinal=departures.ordinal,
        unit=_records(_UNIT, first=departures.periods.start[:-1], end=departures.periods.start[1:]),
        unit_period=departures.periods.values,
        allowed=departures.allowed,
        unit_cost=departures.cost,
        appeal=np.ones(departures.allowed.shape),
        period=period,
        excluded=excluded,
        absence_max=departures.absences_max,
        party=party,
        member=member,
        option=found.option,
        member_option=found.member_option,
        member_bed=options.bed[found.member_option],
        host=_records(
            _HOST,
            group_min=capacities.group_min,
            group_max=capacities.group_max,
            slot_weeks=capacities.slot_weeks,
            trainees=capacities.trainees,
            legal_person=capacities.legal_person,
        ),
        slots=capacities.slots,
        public_row=capacities.public_row,
        public_slots=capacities.public_slots,
        quota=capacities.quota,
        beds=capacities.beds,
        allowance=problem.equity.allowance,
        surcharge=problem.equity.surcharge,
        threshold=problem.saturation_threshold,
        price=np.array([problem.prices.saturation, problem.prices.host_stability], np.int64),
    )
    return hold(board)


def attract(board: Board, usual: Floats) -> None:
    """Units try the starts (U × W) that the relaxation chose lately, `usual`, more readily.

    How often each was chosen, against the most usual one; what the choices lack to 1 is shared by
    all possible starts, so that the first few say little and a unit without any tries all alike.
    """
    possible = board.allowed / np.maximum(1, board.allowed.sum(axis=1, keepdims=True))
    known = usual + (1.0 - usual.sum(axis=1, keepdims=True)) * possible
    most = np.maximum(known.max(axis=1, initial=0, keepdims=True), 1e-9)
    np.maximum(known / most, LEAST_APPEAL, out=board.appeal)


def _records(dtype: np.dtype[np.void], **columns: NDArray[Any]) -> Records:
    """An array of records from its columns, all of one length."""
    records = np.zeros(len(next(iter(columns.values()))), dtype)
    for name, values in columns.items():
        records[name] = values
    return records


def _party_records(
    problem: Problem, members: list[Ints], party_of: Ints, found: "_PartyOptions"
) -> tuple[Records, Records]:
    demands = problem.demands
    first = np.array([m[0] for m in members], np.int64)
    size = np.array([len(m) for m in members], np.int64)
    unplaced = np.where(demands.must, MUST_COST, 0) + demands.unplaced_cost
    previous = demands.previous[first]
    previous = np.where(previous >= 0, party_of[previous], -1)
    following = np.full(len(members), -1, np.int32)
    following[previous[previous >= 0]] = np.flatnonzero(previous >= 0)
    link = demands.link[first]
    party = _records(
        _PARTY,
        period=demands.period[first],
        size=size,
        member=np.cumsum(size) - size,
        first=found.first,
        end=found.end,
        previous=previous,
        following=following,
        link=link,
        tied=_first_tied(previous, (link == SAME) & (previous >= 0)),
        unplaced_cost=np.array([unplaced[m].sum() for m in members], np.int64),
    )
    demand = np.concatenate(members) if members else np.empty(0, np.int32)
    member = _records(
        _MEMBER,
        demand=demand,
        sex=demands.sex[demand],
        reference_host=demands.reference_host[demand],
    )
    return party, member


def _first_tied(previous: Ints, same: Flags) -> Ints:
    """For each party, the earliest rank whose host it has to find again, rank by rank, or −1."""
    alone = ~same
    alone[previous[same]] = False
    tied = np.where(same, previous, np.arange(len(same)))
    while same[tied].any():
        tied = tied[tied]
    return np.where(alone, -1, tied).astype(np.int32)


def _period_records(problem: Problem, party: Records) -> tuple[Records, Ints]:
    departures = problem.departures
    periods = len(departures.duration)
    before, after = np.full(periods, -1), np.full(periods, -1)
    gap, absence = np.zeros(periods), np.full(periods, -1)
    for earlier, later, weeks in departures.gaps:
        before[later], after[earlier], gap[later] = earlier, later, weeks
    for row in range(len(departures.absences)):
        absence[departures.absences[row]] = row
    excluded_start, excluded = _exclusions(problem)
    records = _records(
        _PERIOD,
        unit=departures.unit,
        duration=departures.duration,
        family=problem.family,
        public=problem.public,
        establishment=problem.establishment,
        size=problem.size,
        first=np.searchsorted(party["period"], np.arange(periods)),
        end=np.searchsorted(party["period"], np.arange(periods), side="right"),
        before=before,
        after=after,
        gap=gap,
        excluded_first=excluded_start[:-1],
        excluded_end=excluded_start[1:],
        absence=absence,
    )
    return records, excluded


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
    first: Ints  # (Q)
    end: Ints  # (Q)
    option: Records
    member_option: Ints


def _party_options(problem: Problem, members: list[Ints]) -> _PartyOptions:
    """The options of Problem for parties of one; for larger ones, hosts open to all members."""
    options, demands = problem.options, problem.demands
    first, end = np.empty(len(members), np.int32), np.empty(len(members), np.int32)
    alone = len(options.host)
    extra: list[Records] = []
    member_option: list[Ints] = []
    rows, chosen = 0, 0
    for q, together in enumerate(members):
        seekers = demands.seeker[together]
        if len(together) == 1:
            first[q], end[q] = options.start[seekers[0]], options.start[seekers[0] + 1]
            continue
        host, choice = _shared_hosts(problem, seekers)
        cost = options.cost[choice].sum(axis=1)
        order = np.lexsort((host, cost))
        extra.append(
            _records(
                _OPTION,
                host=host[order],
                cost=cost[order],
                last=options.last[choice].min(axis=1)[order],
                bed=np.full(len(host), -1),
                choice=chosen + len(seekers) * np.arange(len(host)),
            )
        )
        member_option.append(choice[order].ravel())
        first[q], end[q] = alone + rows, alone + rows + len(host)
        rows, chosen = rows + len(host), chosen + choice.size
    own = _records(
        _OPTION,
        host=options.host,
        cost=options.cost,
        last=options.last,
        bed=options.bed,
        choice=np.full(alone, -1),
    )
    nothing = np.empty(0, np.int32)
    return _PartyOptions(
        first, end, np.concatenate([own, *extra]), np.concatenate([nothing, *member_option])
    )


def _shared_hosts(problem: Problem, seekers: Ints) -> tuple[Ints, Ints]:
    """(n) the hosts open to all these classes, (n × classes) the cheapest option of each there."""
    options = problem.options
    hosts: list[Ints] = []
    cheapest: list[Ints] = []
    for seeker in seekers:
        low, high = options.start[seeker], options.start[seeker + 1]
        host, at = np.unique(options.host[low:high], return_index=True)
        hosts.append(host)
        cheapest.append((low + at).astype(np.int32))
    shared = reduce(np.intersect1d, hosts)
    at_shared = [c[np.searchsorted(h, shared)] for h, c in zip(hosts, cheapest, strict=True)]
    return shared, np.column_stack(at_shared)


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
