"""A plan in the making, with every count kept by difference, and a journal to take moves back.

All functions are compiled and trust their arguments: they know the rules in their own way, for
speed, and only the verifier says whether a plan stands. Must not know: why a move is made.
"""

from typing import NamedTuple

import numpy as np

from solver.problem import DIFFERENT, SAME, Longs
from solver.search.board import HOST_STABILITY, SATURATION, Board
from solver.search.compiled import compiled, hold

COST, GROUP_BREACH, UNPLACED, WAITING, JOURNAL, PUSHED = range(6)
"""Cells of `total`: points, pupils missing to `groupe_min`, unplaced demands; then how many entries
`waiting`, `journal` and `pushed` hold."""
GROUP_BREACH_COST = 20_000
"""Points that the search puts on each pupil missing in a slot; none is left in what it delivers."""


class State(NamedTuple):
    """The decisions (`start`, `option`) and all that follows from them."""

    start: Longs  # (U) usable week, −1 while undecided
    option: Longs  # (Q) row of the board's options, −1 unplaced
    together: Longs  # (P × H) demands of a period at a host
    free: Longs  # (H × W) slots left
    public_free: Longs  # (R × W)
    slot_weeks_free: Longs  # (H)
    trainees: Longs  # (H × W)
    quota_free: Longs  # (L × W)
    in_bed: Longs  # (B × 3 × W)
    unplaced: Longs  # (E) demands
    load: Longs  # (2 × W) pupils out
    away: Longs  # (A × W) divisions out
    head: Longs  # (H) first party placed at the host, −1 none
    next: Longs  # (Q) next party at the same host
    prior: Longs  # (Q)
    waiting: Longs  # (Q) unplaced parties, the first total[WAITING]
    waiting_at: Longs  # (Q) position in `waiting`, −1 if placed
    total: Longs  # COST, GROUP_BREACH, …
    journal: Longs  # (J × 2) party and its option before, or −1 − unit and its start before
    pushed: Longs  # (Q) parties pushed out by an insertion
    order: Longs  # (Q) parties of the unit being filled
    displaced: Longs  # (U) units that a move takes away from their weeks


def empty_state(board: Board) -> State:
    """Nothing decided: no start, nobody placed."""
    units, weeks = board.allowed.shape
    hosts, parties = len(board.host), len(board.party)
    party = board.party
    unplaced = np.zeros(len(board.allowance), np.int64)
    np.add.at(unplaced, board.period["establishment"][party["period"]], party["size"])
    excess = np.maximum(0, unplaced[:, None] - board.allowance)
    total = np.zeros(6, np.int64)
    total[COST] = int(party["unplaced_cost"].sum() + (excess * board.surcharge[None, :]).sum())
    total[UNPLACED] = party["size"].sum()
    total[WAITING] = parties
    state = State(
        start=np.full(units, -1, np.int64),
        option=np.full(parties, -1, np.int64),
        together=np.zeros((len(board.period), hosts), np.int16),
        free=board.slots.astype(np.int64),
        public_free=board.public_slots.astype(np.int64),
        slot_weeks_free=board.host["slot_weeks"].copy(),
        trainees=np.zeros((hosts, weeks), np.int64),
        quota_free=np.repeat(board.quota[:, None], weeks, axis=1).astype(np.int64),
        in_bed=np.zeros((len(board.beds), 3, weeks), np.int64),
        unplaced=unplaced,
        load=np.zeros((2, weeks), np.int64),
        away=np.zeros((len(board.absence_max), weeks), np.int64),
        head=np.full(hosts, -1, np.int64),
        next=np.full(parties, -1, np.int64),
        prior=np.full(parties, -1, np.int64),
        waiting=np.arange(parties, dtype=np.int64),
        waiting_at=np.arange(parties, dtype=np.int64),
        total=total,
        journal=np.zeros((8 * parties + 64, 2), np.int64),
        pushed=np.zeros(parties, np.int64),
        order=np.zeros(parties, np.int64),
        displaced=np.zeros(units, np.int64),
    )
    return hold(state)


@compiled
def objective(state: State) -> int:
    """What the search minimises: points, and the price put on incomplete slots."""
    return state.total[COST] + GROUP_BREACH_COST * state.total[GROUP_BREACH]


@compiled
def slots_for(pupils: int, group_max: int) -> int:
    return (pupils + group_max - 1) // group_max


@compiled
def breach(pupils: int, group_min: int, group_max: int) -> int:
    """Pupils missing for every slot to hold `group_min`."""
    return max(0, slots_for(pupils, group_max) * group_min - pupils)


@compiled
def equity_cost(board: Board, establishment: int, unplaced: int) -> int:
    cost = 0
    for s in range(len(board.surcharge)):
        beyond = unplaced - board.allowance[establishment, s]
        if beyond > 0:
            cost += board.surcharge[s] * beyond
    return cost


@compiled
def saving(board: Board, state: State, q: int) -> int:
    """Points saved by placing q at no cost, were it unplaced now."""
    e = board.period[board.party[q].period].establishment
    n = board.party[q].size
    now = state.unplaced[e]
    return (
        board.party[q].unplaced_cost + equity_cost(board, e, now) - equity_cost(board, e, now - n)
    )


@compiled
def placement_cost(board: Board, state: State, q: int, o: int) -> int:
    """Points of q at o, with what `stabilite_accueil` and an incomplete slot add."""
    cost = board.option[o].cost
    h = board.option[o].host
    if board.price[HOST_STABILITY] > 0:
        for m in range(board.party[q].member, board.party[q].member + board.party[q].size):
            kept = board.member[m].reference_host
            if kept != -1 and kept != h:
                cost += board.price[HOST_STABILITY]
    if board.host[h].group_min > 1:
        k = int(state.together[board.party[q].period, h])
        n = board.party[q].size
        low, high = board.host[h].group_min, board.host[h].group_max
        cost += GROUP_BREACH_COST * (breach(k + n, low, high) - breach(k, low, high))
    return cost


@compiled
def _beds_left(board: Board, state: State, house: int, sex: int, w: int) -> bool:
    """Whether one more pupil of that sex finds a bed in the house that week."""
    mixed = 0
    for s in range(2):
        taken = state.in_bed[house, s, w] + (1 if s == sex else 0)
        if taken > board.beds[house, s]:
            mixed += taken - board.beds[house, s]
    mixed += state.in_bed[house, 2, w] + (1 if sex == 2 else 0)
    return mixed <= board.beds[house, 2]


@compiled
def _occupy_bed(state: State, house: int, sex: int, first: int, end: int, step: int) -> None:
    for w in range(first, end):
        state.in_bed[house, sex, w] += step


@compiled
def _beds_for_all(board: Board, state: State, q: int, o: int, first: int, end: int) -> bool:
    """Beds for a larger party: members are put to bed one by one, then taken out again."""
    done = 0
    fits_all = True
    low = board.party[q].member
    for m in range(low, low + board.party[q].size):
        house = board.member_bed[board.option[o].choice + m - low]
        if house < 0:
            done += 1
            continue
        sex = board.member[m].sex
        for w in range(first, end):
            if not _beds_left(board, state, house, sex, w):
                fits_all = False
                break
        if not fits_all:
            break
        _occupy_bed(state, house, sex, first, end, 1)
        done += 1
    for m in range(low, low + done):
        house = board.member_bed[board.option[o].choice + m - low]
        if house >= 0:
            _occupy_bed(state, house, board.member[m].sex, first, end, -1)
    return fits_all


@compiled
def linked(board: Board, state: State, q: int, h: int) -> bool:
    """`hote`: whether q at h agrees with the ranks before and after."""
    before = board.party[q].previous
    if before >= 0 and board.party[q].link != 0 and state.option[before] >= 0:
        same = board.option[state.option[before]].host == h
        if (board.party[q].link == SAME and not same) or (
            board.party[q].link == DIFFERENT and same
        ):
            return False
    after = board.party[q].following
    if after >= 0 and board.party[after].link != 0 and state.option[after] >= 0:
        same = board.option[state.option[after]].host == h
        if (board.party[after].link == SAME and not same) or (
            board.party[after].link == DIFFERENT and same
        ):
            return False
    return True


@compiled
def fits(board: Board, state: State, q: int, o: int) -> bool:
    """Whether the unplaced party q may take option o, everything else as it is."""
    p = board.party[q].period
    first = state.start[board.period[p].unit]
    end = first + board.period[p].duration
    if board.option[o].last < end - 1:
        return False
    h = board.option[o].host
    n = board.party[q].size
    k = int(state.together[p, h])
    more = slots_for(k + n, board.host[h].group_max) - slots_for(k, board.host[h].group_max)
    if more > 0:
        for w in range(first, end):
            if state.free[h, w] < more:
                return False
        row = board.public_row[h, board.period[p].public]
        if row >= 0:
            for w in range(first, end):
                if state.public_free[row, w] < more:
                    return False
        if state.slot_weeks_free[h] < more * board.period[p].duration:
            return False
    if board.period[p].family == 1:
        person = board.host[h].legal_person
        for w in range(first, end):
            if state.trainees[h, w] + n > board.host[h].trainees:
                return False
            if person >= 0 and state.quota_free[person, w] < n:
                return False
    if board.option[o].choice >= 0:
        if not _beds_for_all(board, state, q, o, first, end):
            return False
    elif board.option[o].bed >= 0:
        sex = board.member[board.party[q].member].sex
        for w in range(first, end):
            if not _beds_left(board, state, board.option[o].bed, sex, w):
                return False
    return linked(board, state, q, h)


@compiled
def _note(state: State, what: int, before: int) -> None:
    at = state.total[JOURNAL]
    state.journal[at, 0] = what
    state.journal[at, 1] = before
    state.total[JOURNAL] = at + 1


@compiled
def _occupy(board: Board, state: State, q: int, o: int, step: int) -> None:
    """Count the party q in (`step` 1) or out (−1) at option o, capacities and costs alike."""
    p = board.party[q].period
    h = board.option[o].host
    first = state.start[board.period[p].unit]
    end = first + board.period[p].duration
    n = board.party[q].size * step
    k = int(state.together[p, h])
    low, high = board.host[h].group_min, board.host[h].group_max
    more = slots_for(k + n, high) - slots_for(k, high)
    if more != 0:
        for w in range(first, end):
            state.free[h, w] -= more
        row = board.public_row[h, board.period[p].public]
        if row >= 0:
            for w in range(first, end):
                state.public_free[row, w] -= more
        state.slot_weeks_free[h] -= more * board.period[p].duration
    if board.period[p].family == 1:
        person = board.host[h].legal_person
        for w in range(first, end):
            state.trainees[h, w] += n
            if person >= 0:
                state.quota_free[person, w] -= n
    if board.option[o].choice >= 0:
        at = board.option[o].choice
        for m in range(board.party[q].member, board.party[q].member + board.party[q].size):
            house = board.member_bed[at + m - board.party[q].member]
            if house >= 0:
                _occupy_bed(state, house, board.member[m].sex, first, end, step)
    elif board.option[o].bed >= 0:
        sex = board.member[board.party[q].member].sex
        _occupy_bed(state, board.option[o].bed, sex, first, end, step)
    state.together[p, h] = k + n
    cost = board.option[o].cost
    if board.price[HOST_STABILITY] > 0:
        for m in range(board.party[q].member, board.party[q].member + board.party[q].size):
            kept = board.member[m].reference_host
            if kept != -1 and kept != h:
                cost += board.price[HOST_STABILITY]
    e = board.period[p].establishment
    now = state.unplaced[e]
    state.total[COST] += step * (cost - board.party[q].unplaced_cost)
    state.total[COST] += equity_cost(board, e, now - n) - equity_cost(board, e, now)
    state.unplaced[e] = now - n
    state.total[UNPLACED] -= n
    if low > 1:
        state.total[GROUP_BREACH] += breach(k + n, low, high) - breach(k, low, high)


@compiled
def place(board: Board, state: State, q: int, o: int) -> None:
    """Put the unplaced party q at option o; the caller has checked that it fits."""
    _note(state, q, -1)
    _occupy(board, state, q, o, 1)
    state.option[q] = o
    h = board.option[o].host
    state.next[q] = state.head[h]
    state.prior[q] = -1
    if state.head[h] >= 0:
        state.prior[state.head[h]] = q
    state.head[h] = q
    at, end = state.waiting_at[q], state.total[WAITING] - 1
    moved = state.waiting[end]
    state.waiting[at] = moved
    state.waiting_at[moved] = at
    state.waiting_at[q] = -1
    state.total[WAITING] = end


@compiled
def take_out(board: Board, state: State, q: int) -> None:
    """Leave the placed party q without a place."""
    o = state.option[q]
    _note(state, q, o)
    _occupy(board, state, q, o, -1)
    state.option[q] = -1
    if state.prior[q] >= 0:
        state.next[state.prior[q]] = state.next[q]
    else:
        state.head[board.option[o].host] = state.next[q]
    if state.next[q] >= 0:
        state.prior[state.next[q]] = state.prior[q]
    state.waiting[state.total[WAITING]] = q
    state.waiting_at[q] = state.total[WAITING]
    state.total[WAITING] += 1


@compiled
def _be_out(board: Board, state: State, u: int, s: int, step: int) -> None:
    """Count the unit out in its weeks, with what its dates and the saturation cost."""
    state.total[COST] += step * board.unit_cost[u, s]
    for i in range(board.unit[u].first, board.unit[u].end):
        p = board.unit_period[i]
        f = board.period[p].family
        size = board.period[p].size * step
        for w in range(s, s + board.period[p].duration):
            before = max(0, state.load[f, w] - board.threshold[f, w])
            state.load[f, w] += size
            after = max(0, state.load[f, w] - board.threshold[f, w])
            state.total[COST] += board.price[SATURATION] * (after - before)
            if board.period[p].absence >= 0:
                state.away[board.period[p].absence, w] += step


@compiled
def leave_at(board: Board, state: State, u: int, s: int) -> None:
    """Give unit u the start s (−1: none). None of its parties may be placed."""
    _note(state, -1 - u, state.start[u])
    if state.start[u] >= 0:
        _be_out(board, state, u, state.start[u], -1)
    state.start[u] = s
    if s >= 0:
        _be_out(board, state, u, s, 1)


@compiled
def forget(state: State) -> None:
    """Start a new journal: what was done stays."""
    state.total[JOURNAL] = 0


@compiled
def undo_to(board: Board, state: State, mark: int) -> None:
    """Take back what the journal holds beyond its first `mark` entries."""
    for i in range(state.total[JOURNAL] - 1, mark - 1, -1):
        what, before = state.journal[i, 0], state.journal[i, 1]
        if what < 0:
            leave_at(board, state, -1 - what, before)
        elif before < 0:
            take_out(board, state, what)
        else:
            place(board, state, what, before)
    state.total[JOURNAL] = mark


@compiled
def first_tied(board: Board, q: int) -> int:
    """The earliest rank of q's pupil that shares its host by `hote = meme`; q itself if alone."""
    return q if board.party[q].tied < 0 else board.party[q].tied


@compiled
def next_tied(board: Board, q: int) -> int:
    """The rank after q, if it has to find q's host again; or −1."""
    r = board.party[q].following
    return r if r >= 0 and board.party[r].link == SAME else -1


@compiled
def take_out_tied(board: Board, state: State, q: int) -> None:
    """Leave q, and the ranks tied to it, without a place."""
    m = first_tied(board, q)
    while m >= 0:
        if state.option[m] >= 0:
            take_out(board, state, m)
        m = next_tied(board, m)


@compiled
def take_out_unit(board: Board, state: State, u: int) -> None:
    """Leave everybody of unit u without a place, and the ranks of other units tied to them."""
    for i in range(board.unit[u].first, board.unit[u].end):
        p = board.unit_period[i]
        for q in range(board.period[p].first, board.period[p].end):
            if state.option[q] >= 0:
                take_out_tied(board, state, q)


@compiled
def obstacle(board: Board, state: State, u: int, s: int) -> int:
    """A unit whose weeks forbid unit u, now without a start, to leave at s.

    −1 where nothing does; −2 where no other unit's leaving would help.
    """
    if not board.allowed[u, s]:
        return -2
    for i in range(board.unit[u].first, board.unit[u].end):
        p = board.unit_period[i]
        end = s + board.period[p].duration
        before, after = board.period[p].before, board.period[p].after
        if before >= 0:
            v = board.period[before].unit
            t = s if v == u else state.start[v]
            if t >= 0:
                done = t + board.period[before].duration - 1
                if board.ordinal[s] - board.ordinal[done] - 1 < board.period[p].gap:
                    return -2 if v == u else v
        if after >= 0 and board.period[after].unit != u:
            t = state.start[board.period[after].unit]
            if t >= 0 and board.ordinal[t] - board.ordinal[end - 1] - 1 < board.period[after].gap:
                return board.period[after].unit
        for x in range(board.period[p].excluded_first, board.period[p].excluded_end):
            other = board.excluded[x]
            v = board.period[other].unit
            t = s if v == u else state.start[v]
            if t >= 0 and s < t + board.period[other].duration and t < end:
                return -2 if v == u else v
        row = board.period[p].absence
        if row >= 0:
            for w in range(s, end):
                if _away_with(board, state, u, s, row, w) > board.absence_max[row]:
                    return _one_away(board, state, row, w)
    return -1


@compiled
def _away_with(board: Board, state: State, u: int, s: int, row: int, w: int) -> int:
    """Divisions of the establishment `row` out in week w, were unit u to leave at s."""
    out = state.away[row, w]
    for i in range(board.unit[u].first, board.unit[u].end):
        p = board.unit_period[i]
        if board.period[p].absence == row and s <= w < s + board.period[p].duration:
            out += 1
    return out


@compiled
def _one_away(board: Board, state: State, row: int, w: int) -> int:
    """A unit of the establishment `row` out in week w, picked at random; −2 if there is none."""
    found, seen = -2, 0
    for p in range(len(board.period)):
        if board.period[p].absence == row:
            t = state.start[board.period[p].unit]
            if t >= 0 and t <= w < t + board.period[p].duration:
                seen += 1
                if np.random.randint(seen) == 0:
                    found = board.period[p].unit
    return found


@compiled
def cheapest_fit(board: Board, state: State, q: int, ceiling: int) -> int:
    """The cheapest option that fits the unplaced party q and costs less than `ceiling`, or −1."""
    best, best_cost = -1, ceiling
    for o in range(board.party[q].first, board.party[q].end):
        if board.option[o].cost >= best_cost:
            break
        cost = placement_cost(board, state, q, o)
        if cost < best_cost and fits(board, state, q, o):
            best, best_cost = o, cost
    return best
