"""Simulated annealing over pupil and unit moves (Kirkpatrick, Gelatt, Vecchi, Science 1983).

Units whose moves made the plan cheaper lately are visited more often (after Ropke, Pisinger,
Transportation Science 2006), by tournaments of two, which need no scale of success. One call runs
a given number of moves at given temperatures; the clock stays with the caller.
"""

import numpy as np

from solver.problem import Flags, Floats, Longs
from solver.search.board import Board
from solver.search.compiled import compiled
from solver.search.moves import (
    exchange_units,
    fill_unit,
    move_pupil,
    move_unit,
    other_start,
    rebuild_units,
    settle_unit,
)
from solver.search.state import (
    GROUP_BREACH,
    JOURNAL,
    WAITING,
    State,
    forget,
    leave_at,
    objective,
    take_out_unit,
    undo_to,
)

_LATELY = 0.03
"""Weight of the newest move in a unit's success. One climber with a bound that stands, 8 s on an
M: seven seeds of seven end between 333,483 and 334,435; where units are drawn evenly, two of four
end above 336,000. In whole runs on five bassins, with tournaments of 3 and 5, and with 0.1: no
difference beyond that of seeds."""


@compiled
def seed_moves(seed: int) -> None:
    """Seed the generator that the compiled moves draw from."""
    np.random.seed(seed)


@compiled
def construct(board: Board, state: State, order: Longs, held: Flags) -> None:
    """Fill the units one after the other, each at the start where that costs least.

    The units `held` stay where they are: the opening has places for them.
    """
    for i in range(len(order)):
        u = order[i]
        if board.allowed[u].sum() > 1 and not held[u]:
            forget(state)
            take_out_unit(board, state, u)
            leave_at(board, state, u, -1)
            settle_unit(board, state, u, 0.0)
        else:
            fill_unit(board, state, u, objective(state))
        forget(state)


@compiled
def shake(board: Board, state: State, movable: Longs, most: int, rises: Longs) -> None:
    """What it costs to rebuild up to `most` units, measured len(rises) times and taken back."""
    if len(movable) == 0:
        return
    for i in range(len(rises)):
        before = objective(state)
        forget(state)
        mark = state.total[JOURNAL]
        u = movable[np.random.randint(len(movable))]
        if rebuild_units(board, state, u, 1 + np.random.randint(most), 0.1, 2**60):
            rises[i] = objective(state) - before
        undo_to(board, state, mark)


@compiled
def anneal(
    board: Board,
    state: State,
    movable: Longs,
    moves: int,
    pupil_heat: float,
    unit_heat: float,
    unit_share: float,
    rebuild_share: float,
    exchange_share: float,
    most: int,
    best_start: Longs,
    best_option: Longs,
    best: Longs,
    tally: Longs,
    success: Floats,
) -> None:
    """Run `moves` moves; `best` (points), `best_start` and `best_option` keep the best plan met.

    `movable`: units with more than one possible start. `unit_share` of all moves give one of them
    another start, `rebuild_share` of these by building it anew with related ones;
    `exchange_share` of all moves exchange the starts of two. `tally`: tried and kept, by kind.
    `success` (U): how often the moves of each unit made the plan cheaper lately.
    """
    parties = len(board.party)
    if parties == 0:
        return
    for _ in range(moves):
        before = objective(state)
        forget(state)
        mark = state.total[JOURNAL]
        draw = np.random.random() if len(movable) > 0 else 1.0
        if draw < unit_share:
            kind = 0
            u = promising(movable, success)
            ceiling = before - int(unit_heat * np.log(np.random.random()))
            if np.random.random() < rebuild_share:
                kind = 3
                kept = rebuild_units(board, state, u, 1 + np.random.randint(most), 0.1, ceiling)
            else:
                s = other_start(board, state, u)
                kept = s >= 0 and move_unit(board, state, u, s, ceiling)
            won = 1.0 if kept and objective(state) < before else 0.0
            success[u] += _LATELY * (won - success[u])
        elif draw < unit_share + exchange_share:
            kind = 4
            u = movable[np.random.randint(len(movable))]
            ceiling = before - int(unit_heat * np.log(np.random.random()))
            kept = exchange_units(board, state, u, ceiling)
        else:
            kind = 1
            if state.total[WAITING] > 0 and np.random.random() < 0.2:
                kind = 2
                q = state.waiting[np.random.randint(state.total[WAITING])]
            else:
                q = np.random.randint(parties)
            ceiling = before - int(pupil_heat * np.log(np.random.random()))
            kept = move_pupil(board, state, q, ceiling)
        tally[kind, 0] += 1
        if not kept:
            undo_to(board, state, mark)
        else:
            tally[kind, 1] += 1
            if objective(state) < best[0] and state.total[GROUP_BREACH] == 0:
                best[0] = objective(state)
                for u in range(len(best_start)):
                    best_start[u] = state.start[u]
                for q in range(parties):
                    best_option[q] = state.option[q]


@compiled
def promising(movable: Longs, success: Floats) -> int:
    """A unit picked at random: of two, the one with more success."""
    u = movable[np.random.randint(len(movable))]
    v = movable[np.random.randint(len(movable))]
    return int(v if success[v] > success[u] else u)
