"""The moves of the search: pupils that push one another out, units that change weeks.

Each move changes the state and says whether the objective ended at or below `ceiling`; the caller
keeps it (`forget`) or takes it back (`undo_to`). A move gives up, half-way, as soon as it cannot
end below. Must not know: temperatures, time.
"""

import numpy as np

from solver.search.board import Board
from solver.search.compiled import compiled
from solver.search.slots import gather, open_slot
from solver.search.state import (
    JOURNAL,
    PUSHED,
    State,
    breach,
    first_tied,
    fits,
    leave_at,
    next_tied,
    objective,
    obstacle,
    place,
    placement_cost,
    saving,
    take_out,
    take_out_tied,
    take_out_unit,
    undo_to,
)
from solver.search.tied import (
    all_placed,
    bring,
    cheapest_at,
    narrowest,
    option_at,
    seeks,
    settle,
    winnable,
)

MOST_PUSHED = 6
"""Parties that one insertion may push out."""
MOST_DISPLACED = 8
"""Units that may have to leave their weeks to one that is moved."""
TRIES_TO_COMPLETE = 8
"""Pupils asked to fill up a slot that takes no fewer than `groupe_min`."""
ANYWHERE = 0.25
"""Part of the tries of a waiting pupil that are at any of its options, not only at the cheapest:
a unit with one start (2de) is never filled anew, so nothing else looks there."""
TRIES_PER_WAITING = 4
"""Attempts to push in each party that a moved unit leaves without a place."""


@compiled
def _in_the_way(board: Board, state: State, q: int, o: int) -> int:
    """A party, picked at random, whose leaving may help q to fit at o; −1 if there is none."""
    p = board.party[q].period
    first = state.start[board.period[p].unit]
    end = first + board.period[p].duration
    found, seen = -1, 0
    r = state.head[board.option[o].host]
    while r >= 0:
        start = state.start[board.period[board.party[r].period].unit]
        if start < end and first < start + board.period[board.party[r].period].duration:
            seen += 1
            if np.random.randint(seen) == 0:
                found = r
        r = state.next[r]
    return found


@compiled
def _oust(board: Board, state: State, q: int) -> None:
    """Take out q and the ranks tied to it, to settle elsewhere."""
    if board.party[q].tied < 0:
        take_out(board, state, q)
        state.pushed[state.total[PUSHED]] = q
        state.total[PUSHED] += 1
        return
    take_out_tied(board, state, q)
    m = first_tied(board, q)
    while m >= 0:
        if seeks(board, state, m) and not _is_pushed(state, m):
            state.pushed[state.total[PUSHED]] = m
            state.total[PUSHED] += 1
        m = next_tied(board, m)


@compiled
def _is_pushed(state: State, q: int) -> bool:
    found = False
    for i in range(state.total[PUSHED]):
        found = found or state.pushed[i] == q
    return found


@compiled
def _push_out(board: Board, state: State, q: int) -> None:
    """Take out q and the ranks tied to it, with whom that would leave in an incomplete slot."""
    h = board.option[state.option[q]].host
    _oust(board, state, q)
    low, high = board.host[h].group_min, board.host[h].group_max
    m = first_tied(board, q) if low > 1 else -1
    while m >= 0:
        p = board.party[m].period
        if breach(int(state.together[p, h]), low, high) > 0:
            r = state.head[h]
            while r >= 0:
                following = state.next[r]
                if board.party[r].period == p and state.option[r] >= 0:
                    _oust(board, state, r)
                r = following
        m = next_tied(board, m)


@compiled
def _complete(board: Board, state: State, q: int) -> None:
    """Bring pupils of the same division to the host of q while its slot is incomplete."""
    p, h = board.party[q].period, board.option[state.option[q]].host
    low, high = board.host[h].group_min, board.host[h].group_max
    if low > 1:
        gather(board, state, p, h)
    for _ in range(TRIES_TO_COMPLETE if low > 1 else 0):
        if breach(int(state.together[p, h]), low, high) == 0:
            return
        r = np.random.randint(board.period[p].first, board.period[p].end)
        back = state.option[r]
        if back < 0 or (
            board.option[back].host != h and _may_leave(board, state, r, board.option[back].host)
        ):
            bring(board, state, r, h)


@compiled
def _may_leave(board: Board, state: State, r: int, h: int) -> bool:
    """Whether the slots of host h stay complete without r."""
    left = int(state.together[board.party[r].period, h]) - board.party[r].size
    return breach(left, board.host[h].group_min, board.host[h].group_max) == 0


@compiled
def _settle(board: Board, state: State, q: int, slack: int) -> None:
    """Place the waiting q as `settle` does, or else with classmates in a slot of several."""
    settle(board, state, q, slack)
    if state.option[q] < 0:
        open_slot(board, state, q)


@compiled
def _make_way(board: Board, state: State, q: int, o: int) -> bool:
    """Push out whoever is in the way of the waiting q at o; False where that does not help."""
    while not fits(board, state, q, o):
        r = _in_the_way(board, state, q, o)
        if r < 0 or state.total[PUSHED] >= MOST_PUSHED:
            return False
        _push_out(board, state, r)
    return True


@compiled
def _insert(board: Board, state: State, q: int, o: int, ceiling: int) -> bool:
    """Place the waiting q at o, pushing out whoever is in the way; the pushed settle elsewhere."""
    if not _make_way(board, state, q, o):
        return False
    place(board, state, q, o)
    _complete(board, state, q)
    return _settle_pushed(board, state, ceiling)


@compiled
def _insert_tied(board: Board, state: State, q: int, o: int, ceiling: int) -> bool:
    """Take q, tied to other ranks, and these to the host of o, as `_insert` does for one alone."""
    h = board.option[o].host
    if state.option[q] >= 0:
        _push_out(board, state, q)
    else:
        _oust(board, state, q)
    gain = 0
    m = first_tied(board, q)
    while m >= 0:
        if seeks(board, state, m):
            at = option_at(board, m, h)
            if at < 0:
                return False
            gain += saving(board, state, m) - placement_cost(board, state, m, at)
        m = next_tied(board, m)
    if objective(state) - gain > ceiling and board.host[h].group_min == 1:
        return False
    m = first_tied(board, q)
    while m >= 0:
        if seeks(board, state, m):
            at = cheapest_at(board, state, m, h, 2**60)
            if at < 0:
                at = o if m == q else option_at(board, m, h)
                if not _make_way(board, state, m, at):
                    return False
            place(board, state, m, at)
        m = next_tied(board, m)
    m = first_tied(board, q)
    while m >= 0:
        if state.option[m] >= 0:
            _complete(board, state, m)
        m = next_tied(board, m)
    return _settle_pushed(board, state, ceiling)


@compiled
def _settle_pushed(board: Board, state: State, ceiling: int) -> bool:
    """Settle those pushed out, in turn; False once the objective surely ends above `ceiling`."""
    pushed = state.total[PUSHED]
    left = 0
    for i in range(pushed):
        if _in_turn(board, state, i):
            left += winnable(board, state, state.pushed[i])
    for i in range(pushed):
        if not _in_turn(board, state, i):
            continue
        if objective(state) - left > ceiling:
            return False
        r = state.pushed[i]
        left -= winnable(board, state, r)
        _settle(board, state, r, ceiling - objective(state) + max(0, left))
    return objective(state) <= ceiling


@compiled
def _in_turn(board: Board, state: State, i: int) -> bool:
    """Whether the i-th pushed waits, and is the first of those tied to it that were pushed."""
    r = state.pushed[i]
    if state.option[r] >= 0:
        return False
    if board.party[r].tied >= 0:
        for j in range(i):
            if board.party[state.pushed[j]].tied == board.party[r].tied:
                return False
    return True


@compiled
def move_pupil(board: Board, state: State, q: int, ceiling: int) -> bool:
    """Give q, and the ranks tied to it, an option near its cheapest, pushing others out."""
    q = narrowest(board, q)
    first, end = board.party[q].first, board.party[q].end
    now = state.option[q] if all_placed(board, state, q) else -1
    if first == end:
        return False
    reach = 16 if now < 0 else now - first + 6
    if now < 0 and np.random.random() < ANYWHERE:
        reach = end - first
    o = first + np.random.randint(min(end - first, reach))
    if o == now:
        return False
    state.total[PUSHED] = 0
    if board.party[q].tied >= 0:
        return _insert_tied(board, state, q, o, ceiling)
    if now >= 0:
        _push_out(board, state, q)
        state.total[PUSHED] -= 1
        state.pushed[0] = state.pushed[state.total[PUSHED]]
    gain = saving(board, state, q) - placement_cost(board, state, q, o)
    if objective(state) - gain > ceiling and board.host[board.option[o].host].group_min == 1:
        return False
    return _insert(board, state, q, o, ceiling)


@compiled
def push_in(board: Board, state: State, q: int) -> None:
    """Try a few times to place the waiting q at a net gain, pushing others to other places."""
    q = narrowest(board, q)
    first, end = board.party[q].first, board.party[q].end
    for _ in range(TRIES_PER_WAITING if end > first else 0):
        mark = state.total[JOURNAL]
        base = objective(state)
        state.total[PUSHED] = 0
        o = first + np.random.randint(min(end - first, 24))
        if board.party[q].tied >= 0:
            if _insert_tied(board, state, q, o, base - 1):
                return
        elif placement_cost(board, state, q, o) < saving(board, state, q) and _insert(
            board, state, q, o, base - 1
        ):
            return
        undo_to(board, state, mark)


@compiled
def fill_unit(board: Board, state: State, u: int, ceiling: int) -> bool:
    """Place the waiting parties of unit u, in random order; False once surely above `ceiling`."""
    count, left = 0, 0
    for i in range(board.unit[u].first, board.unit[u].end):
        p = board.unit_period[i]
        for q in range(board.period[p].first, board.period[p].end):
            if state.option[q] < 0:
                state.order[count] = q
                count += 1
                left += winnable(board, state, q)
    for i in range(count - 1, 0, -1):
        j = np.random.randint(i + 1)
        state.order[i], state.order[j] = state.order[j], state.order[i]
    for i in range(count):
        if objective(state) - left > ceiling:
            return False
        q = state.order[i]
        left -= winnable(board, state, q)
        if state.option[q] < 0:
            _settle(board, state, q, 0)
    return objective(state) <= ceiling


@compiled
def push_in_unit(board: Board, state: State, u: int) -> None:
    """Try to push in whoever of unit u is still waiting."""
    for i in range(board.unit[u].first, board.unit[u].end):
        p = board.unit_period[i]
        for q in range(board.period[p].first, board.period[p].end):
            if state.option[q] < 0:
                push_in(board, state, q)


@compiled
def settle_unit(board: Board, state: State, u: int, blink: float) -> bool:
    """Let unit u, without a start, leave when that costs least; weeks are overlooked at times.

    `blink`: the chance that a week is overlooked (Christiaens, Vanden Berghe, Transportation
    Science 2020), larger where the week has little appeal. False where no week is possible.
    """
    mark = state.total[JOURNAL]
    best, best_start = 2**60, -1
    for s in range(board.allowed.shape[1]):
        if not board.allowed[u, s] or np.random.random() >= (1.0 - blink) * board.appeal[u, s]:
            continue
        if obstacle(board, state, u, s) != -1:
            continue
        leave_at(board, state, u, s)
        if fill_unit(board, state, u, best - 1):
            best, best_start = objective(state), s
        undo_to(board, state, mark)
    if best_start < 0:
        best_start = free_start(board, state, u)
        if best_start < 0:
            return False
    leave_at(board, state, u, best_start)
    fill_unit(board, state, u, objective(state))
    push_in_unit(board, state, u)
    return True


@compiled
def related_unit(board: Board, state: State, u: int) -> int:
    """A unit, picked at random, some of whose pupils sit where one of u's would like to; or −1."""
    p = board.unit_period[
        board.unit[u].first + np.random.randint(board.unit[u].end - board.unit[u].first)
    ]
    parties = board.period[p].end - board.period[p].first
    if parties == 0:
        return -1
    q = board.period[p].first + np.random.randint(parties)
    options = board.party[q].end - board.party[q].first
    if options == 0:
        return -1
    h = board.option[board.party[q].first + np.random.randint(min(options, 24))].host
    found, seen = -1, 0
    r = state.head[h]
    while r >= 0:
        v = board.period[board.party[r].period].unit
        if v != u:
            seen += 1
            if np.random.randint(seen) == 0:
                found = v
        r = state.next[r]
    return found


@compiled
def rebuild_units(
    board: Board, state: State, u: int, most: int, blink: float, ceiling: int
) -> bool:
    """Take unit u and up to `most` − 1 related ones out of their weeks, then settle each anew."""
    count = 1
    state.displaced[0] = u
    for _ in range(2 * most):
        if count == most:
            break
        v = related_unit(board, state, state.displaced[np.random.randint(count)])
        known = v < 0 or board.allowed[v].sum() < 2
        for i in range(count):
            known = known or state.displaced[i] == v
        if not known:
            state.displaced[count] = v
            count += 1
    for i in range(count):
        take_out_unit(board, state, state.displaced[i])
        leave_at(board, state, state.displaced[i], -1)
    for i in range(count):
        j = np.random.randint(i, count)
        state.displaced[i], state.displaced[j] = state.displaced[j], state.displaced[i]
        if not settle_unit(board, state, state.displaced[i], blink):
            return False
    return objective(state) <= ceiling


@compiled
def exchange_units(board: Board, state: State, u: int, ceiling: int) -> bool:
    """Let unit u and a related one leave each when the other did; both are refilled."""
    v = related_unit(board, state, u)
    if v < 0:
        return False
    s, t = int(state.start[u]), int(state.start[v])
    if s == t or not board.allowed[u, t] or not board.allowed[v, s]:
        return False
    for w in (u, v):
        take_out_unit(board, state, w)
        leave_at(board, state, w, -1)
    if obstacle(board, state, u, t) != -1:
        return False
    leave_at(board, state, u, t)
    if obstacle(board, state, v, s) != -1:
        return False
    leave_at(board, state, v, s)
    first, second = (u, v) if np.random.random() < 0.5 else (v, u)
    if not fill_unit(board, state, first, ceiling + _waiting_worth(board, state, second)):
        return False
    push_in_unit(board, state, first)
    fill_unit(board, state, second, objective(state))
    push_in_unit(board, state, second)
    return objective(state) <= ceiling


@compiled
def free_start(board: Board, state: State, u: int) -> int:
    """A start, picked at random, at which nothing stands in the way of unit u; −1 if none."""
    found, seen = -1, 0
    for s in range(board.allowed.shape[1]):
        if board.allowed[u, s] and obstacle(board, state, u, s) == -1:
            seen += 1
            if np.random.randint(seen) == 0:
                found = s
    return found


@compiled
def other_start(board: Board, state: State, u: int) -> int:
    """Another start that unit u may have, picked at random by appeal; −1 if there is none."""
    found, total = -1, 0.0
    for s in range(board.allowed.shape[1]):
        if board.allowed[u, s] and s != state.start[u]:
            total += board.appeal[u, s]
            if np.random.random() * total < board.appeal[u, s]:
                found = s
    return found


@compiled
def move_unit(board: Board, state: State, u: int, s: int, ceiling: int) -> bool:
    """Let unit u leave at s; units in the way leave at another possible week; all are refilled."""
    take_out_unit(board, state, u)
    leave_at(board, state, u, -1)
    displaced = state.displaced
    count = 0
    while True:
        v = obstacle(board, state, u, s)
        if v == -1:
            break
        if v < 0 or count == MOST_DISPLACED:
            return False
        take_out_unit(board, state, v)
        leave_at(board, state, v, -1)
        displaced[count] = v
        count += 1
    leave_at(board, state, u, s)
    for i in range(count):
        t = free_start(board, state, displaced[i])
        if t < 0:
            return False
        leave_at(board, state, displaced[i], t)
    left = _waiting_worth(board, state, u)
    for i in range(count):
        left += _waiting_worth(board, state, displaced[i])
    if objective(state) - left > ceiling:
        return False
    fill_unit(board, state, u, objective(state))
    push_in_unit(board, state, u)
    for i in range(count):
        fill_unit(board, state, displaced[i], objective(state))
        push_in_unit(board, state, displaced[i])
    return objective(state) <= ceiling


@compiled
def _waiting_worth(board: Board, state: State, u: int) -> int:
    """Points that placing the waiting parties of unit u can win at most."""
    points = 0
    for i in range(board.unit[u].first, board.unit[u].end):
        p = board.unit_period[i]
        for q in range(board.period[p].first, board.period[p].end):
            if state.option[q] < 0:
                points += winnable(board, state, q)
    return points
