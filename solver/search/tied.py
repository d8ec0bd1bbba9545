"""Ranks of a pupil tied to one host by `hote = meme`: they settle, move and leave as one.

A pupil alone, that is nearly everybody, is tied to nobody: each question is then about itself.
Must not know: which move asks.
"""

from solver.search.board import Board
from solver.search.compiled import compiled
from solver.search.state import (
    JOURNAL,
    State,
    cheapest_fit,
    first_tied,
    fits,
    next_tied,
    place,
    placement_cost,
    saving,
    slots_for,
    take_out_tied,
    undo_to,
)


@compiled
def least_cost(board: Board, q: int) -> int:
    """The cost of q's cheapest option, were every seat free; what it costs unplaced without any."""
    first = board.party[q].first
    if first == board.party[q].end:
        return board.party[q].unplaced_cost
    return board.option[first].cost


@compiled
def seeks(board: Board, state: State, q: int) -> bool:
    """Whether q waits for a place and knows when."""
    return state.option[q] < 0 and state.start[board.period[board.party[q].period].unit] >= 0


@compiled
def _winnable_alone(board: Board, state: State, q: int) -> int:
    return max(0, saving(board, state, q) - least_cost(board, q))


@compiled
def winnable(board: Board, state: State, q: int) -> int:
    """Points that placing the waiting q, and the waiting ranks tied to it, can win at most."""
    if board.party[q].tied < 0:
        return _winnable_alone(board, state, q)
    points = 0
    m = first_tied(board, q)
    while m >= 0:
        if seeks(board, state, m):
            points += _winnable_alone(board, state, m)
        m = next_tied(board, m)
    return points


@compiled
def narrowest(board: Board, q: int) -> int:
    """Of q and the ranks tied to it, the one with the fewest options; q where none has fewer."""
    if board.party[q].tied < 0:
        return q
    found = q
    m = first_tied(board, q)
    while m >= 0:
        if (
            board.party[m].end - board.party[m].first
            < board.party[found].end - board.party[found].first
        ):
            found = m
        m = next_tied(board, m)
    return found


@compiled
def all_placed(board: Board, state: State, q: int) -> bool:
    """Whether q and the ranks tied to it all have a place."""
    m = first_tied(board, q)
    while m >= 0:
        if state.option[m] < 0:
            return False
        m = next_tied(board, m)
    return True


@compiled
def option_at(board: Board, q: int, h: int) -> int:
    """The cheapest option of q at host h, whether it fits or not; or −1."""
    for o in range(board.party[q].first, board.party[q].end):
        if board.option[o].host == h:
            return o
    return -1


@compiled
def cheapest_at(board: Board, state: State, q: int, h: int, ceiling: int) -> int:
    """The cheapest option at host h that fits q and costs less than `ceiling`; or −1."""
    for o in range(board.party[q].first, board.party[q].end):
        if board.option[o].cost >= ceiling:
            return -1
        if (
            board.option[o].host == h
            and placement_cost(board, state, q, o) < ceiling
            and fits(board, state, q, o)
        ):
            return o
    return -1


@compiled
def settle(board: Board, state: State, q: int, slack: int) -> None:
    """Place the waiting q where it costs least, if that leaves at most `slack` above full saving.

    The ranks tied to it that wait too go where all of them together cost least.
    """
    if board.party[q].tied < 0:
        worth = saving(board, state, q)
        o = cheapest_fit(board, state, q, min(worth, worth + slack + 1))
        if o >= 0:
            place(board, state, q, o)
        return
    leading = narrowest(board, q)
    if not seeks(board, state, leading):
        leading = q
    if not _settle_together(board, state, leading, slack):
        m = first_tied(board, q)
        while m >= 0:
            if seeks(board, state, m):
                o = cheapest_fit(board, state, m, saving(board, state, m))
                if o >= 0:
                    place(board, state, m, o)
            m = next_tied(board, m)


@compiled
def _settle_together(board: Board, state: State, q: int, slack: int) -> bool:
    """Place q and all tied to it at the cheapest host that takes them; False where none does."""
    worth, others = 0, 0
    m = first_tied(board, q)
    while m >= 0:
        if state.option[m] >= 0:
            return False
        if seeks(board, state, m):
            worth += saving(board, state, m)
            others += least_cost(board, m) if m != q else 0
        m = next_tied(board, m)
    best, best_cost = -1, min(worth, worth + slack + 1)
    for o in range(board.party[q].first, board.party[q].end):
        if board.option[o].cost + others >= best_cost:
            break
        own = placement_cost(board, state, q, o)
        if own + others < best_cost and fits(board, state, q, o):
            cost = own + _cost_of_others(board, state, q, o, best_cost - own)
            if cost < best_cost:
                best, best_cost = o, cost
    if best < 0:
        return False
    place(board, state, q, best)
    m = first_tied(board, q)
    while m >= 0:
        if seeks(board, state, m):
            o = cheapest_at(board, state, m, board.option[best].host, 2**60)
            if o >= 0:
                place(board, state, m, o)
        m = next_tied(board, m)
    return True


@compiled
def _cost_of_others(board: Board, state: State, q: int, o: int, ceiling: int) -> int:
    """What the ranks tied to q cost with it at the host of o; `ceiling` once it is no less."""
    h = board.option[o].host
    weeks = _slot_weeks(board, state, q, h)
    state.slot_weeks_free[h] -= weeks
    cost = 0
    m = first_tied(board, q)
    while m >= 0 and cost < ceiling:
        if m != q and seeks(board, state, m):
            at = cheapest_at(board, state, m, h, ceiling - cost)
            cost = ceiling if at < 0 else cost + placement_cost(board, state, m, at)
        m = next_tied(board, m)
    state.slot_weeks_free[h] += weeks
    return cost


@compiled
def _slot_weeks(board: Board, state: State, q: int, h: int) -> int:
    """Slot-weeks that q takes at host h beyond those that its classmates have there."""
    p, high = board.party[q].period, board.host[h].group_max
    k = int(state.together[p, h])
    return (slots_for(k + board.party[q].size, high) - slots_for(k, high)) * board.period[
        p
    ].duration


@compiled
def bring(board: Board, state: State, q: int, h: int) -> bool:
    """Take q and the ranks tied to it to host h, all of them; False, and nothing done, if full."""
    mark = state.total[JOURNAL]
    take_out_tied(board, state, q)
    m = first_tied(board, q)
    while m >= 0:
        if seeks(board, state, m):
            o = cheapest_at(board, state, m, h, 2**60)
            if o < 0:
                undo_to(board, state, mark)
                return False
            place(board, state, m, o)
        m = next_tied(board, m)
    return True
