"""Slots that take no fewer than `groupe_min` classmates: nobody opens one alone.

Must not know: which move asks.
"""

from solver.search.board import Board
from solver.search.compiled import compiled
from solver.search.state import (
    JOURNAL,
    State,
    breach,
    first_tied,
    fits,
    next_tied,
    objective,
    saving,
    undo_to,
)
from solver.search.tied import bring, cheapest_at


@compiled
def open_slot(board: Board, state: State, q: int) -> None:
    """Place the waiting q with classmates who wait too, at the host where that wins most."""
    mark = state.total[JOURNAL]
    best_host, best = -1, objective(state)
    worth = saving(board, state, q)
    for o in range(board.party[q].first, board.party[q].end):
        if board.option[o].cost >= worth:
            break
        h = board.option[o].host
        if board.host[h].group_min > 1 and fits(board, state, q, o):
            if _open_at(board, state, q, h) and objective(state) < best:
                best_host, best = h, objective(state)
            undo_to(board, state, mark)
    if best_host >= 0:
        _open_at(board, state, q, best_host)


@compiled
def _open_at(board: Board, state: State, q: int, h: int) -> bool:
    """Take q, the ranks tied to it and enough waiting classmates to host h; False where q fails."""
    if not bring(board, state, q, h):
        return False
    m = first_tied(board, q)
    while m >= 0:
        gather(board, state, board.party[m].period, h)
        m = next_tied(board, m)
    return True


@compiled
def gather(board: Board, state: State, p: int, h: int) -> None:
    """Bring waiting pupils of period p to host h, cheapest first, until its slots are complete."""
    low, high = board.host[h].group_min, board.host[h].group_max
    while breach(int(state.together[p, h]), low, high) > 0:
        found, least = -1, 2**60
        for r in range(board.period[p].first, board.period[p].end):
            if state.option[r] < 0:
                o = cheapest_at(board, state, r, h, least)
                if o >= 0:
                    found, least = r, board.option[o].cost
        if found < 0 or not bring(board, state, found, h):
            return
