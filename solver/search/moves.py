"""The moves of the search: pupils that push one another out, units that change weeks.

Each move changes the state and says whether the objective ended at or below `ceiling`; the caller
keeps it (`forget`) or takes it back (`undo_to`). A move gives up, half-way, as soon as it cannot
end below. Must not know: temperatures, time.
"""

import numpy as np

from solver.search.board import Board
from solver.search.compiled import compiled
from solver.search.state import (
    State,
    cheapest_fit,
    fits,
    leave_at,
    objective,
    obstacle,
    place,
    placement_cost,
    saving,
    take_out,
    take_out_unit,
    undo_to,
)

MOST_PUSHED = 6
"""Parties that one insertion may push out."""
MOST_DISPLACED = 8
"""Units that may have to leave their weeks to one that is moved."""
TRIES_PER_WAITING = 4
"""Attempts to push in each party that a moved unit leaves without a place."""


@compiled
def least_cost(board: Board, q: int) -> int:
    """The cost of q's cheapest option, were every seat free; what it costs unplaced without any."""
    first = board.party[q].first
    if first == board.party[q].end:
        return board.party[q].unplaced_cost
    return board.option[first].cost


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
def _settle(board: Board, state: State, q: int, room: int) -> None:
    """Place the waiting q where it costs least, if that leaves at most `room` above full saving."""
    worth = saving(board, state, q)
    o = cheapest_fit(board, state, q, min(worth, room + 1))
    if o >= 0:
        place(board, state, q, o)


@compiled
def insert_pushing(board: Board, state: State, q: int, o: int, ceiling: int) -> bool:
    """Place the waiting q at o, pushing out whoever is in the way; the pushed settle elsewhere."""
    pushed = 0
    while not fits(board, state, q, o):
        r = _in_the_way(board, state, q, o)
        if r < 0 or pushed == MOST_PUSHED:
            return False
        take_out(board, state, r)
        state.scratch[pushed] = r
        pushed += 1
    place(board, state, q, o)
    winnable = 0
    for i in range(pushed):
        r = state.scratch[i]
        winnable += max(0, saving(board, state, r) - least_cost(board, r))
    for i in range(pushed):
        r = state.scratch[i]
        if objective(state) - winnable > ceiling:
            return False
        worth = saving(board, state, r)
        winnable -= max(0, worth - least_cost(board, r))
        _settle(board, state, r, ceiling - objective(state) + worth + max(0, winnable))
    return objective(state) <= ceiling


@compiled
def move_pupil(board: Board, state: State, q: int, ceiling: int) -> bool:
    """Give party q another option, picked near its cheapest, pushing others out if need be."""
    first, end = board.party[q].first, board.party[q].end
    now = state.option[q]
    if first == end:
        return False
    reach = 16 if now < 0 else now - first + 6
    o = first + np.random.randint(min(end - first, reach))
    if o == now:
        return False
    if now >= 0:
        take_out(board, state, q)
    gain = saving(board, state, q) - placement_cost(board, state, q, o)
    if objective(state) - gain > ceiling:
        return False
    return insert_pushing(board, state, q, o, ceiling)


@compiled
def push_in(board: Board, state: State, q: int) -> None:
    """Try a few times to place the waiting q at a net gain, pushing others to other places."""
    first, end = board.party[q].first, board.party[q].end
    for _ in range(TRIES_PER_WAITING if end > first else 0):
        mark = state.total[4]
        base = objective(state)
        o = first + np.random.randint(min(end - first, 24))
        if placement_cost(board, state, q, o) < saving(board, state, q) and insert_pushing(
            board, state, q, o, base - 1
        ):
            return
        undo_to(board, state, mark)


@compiled
def fill_unit(board: Board, state: State, u: int, ceiling: int) -> bool:
    """Place the waiting parties of unit u, in random order; False once surely above `ceiling`."""
    count, winnable = 0, 0
    for i in range(board.unit[u].first, board.unit[u].end):
        p = board.unit_period[i]
        for q in range(board.period[p].first, board.period[p].end):
            if state.option[q] < 0:
                state.order[count] = q
                count += 1
                winnable += max(0, saving(board, state, q) - least_cost(board, q))
    for i in range(count - 1, 0, -1):
        j = np.random.randint(i + 1)
        state.order[i], state.order[j] = state.order[j], state.order[i]
    for i in range(count):
        if objective(state) - winnable > ceiling:
            return False
        q = state.order[i]
        worth = saving(board, state, q)
        winnable -= max(0, worth - least_cost(board, q))
        _settle(board, state, q, worth)
    for i in range(count):
        if state.option[state.order[i]] < 0:
            push_in(board, state, state.order[i])
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
    winnable = 0
    for i in range(count):
        winnable += _winnable(board, state, displaced[i])
    if not fill_unit(board, state, u, ceiling + winnable):
        return False
    for i in range(count):
        winnable -= _winnable(board, state, displaced[i])
        if not fill_unit(board, state, displaced[i], ceiling + max(0, winnable)):
            return False
    return objective(state) <= ceiling


@compiled
def _winnable(board: Board, state: State, u: int) -> int:
    """Points that placing the waiting parties of unit u can win at most."""
    points = 0
    for i in range(board.unit[u].first, board.unit[u].end):
        p = board.unit_period[i]
        for q in range(board.period[p].first, board.period[p].end):
            if state.option[q] < 0:
                points += max(0, saving(board, state, q) - least_cost(board, q))
    return points
