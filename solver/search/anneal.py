"""Simulated annealing over pupil and unit moves (Kirkpatrick, Gelatt, Vecchi, Science 1983).

One call runs a given number of moves at given temperatures; the clock stays with the caller.
"""

import numpy as np

from solver.problem import Ints, Longs
from solver.search.board import Board
from solver.search.compiled import compiled
from solver.search.moves import fill_unit, move_pupil, move_unit
from solver.search.state import (
    GROUP_BREACH,
    State,
    forget,
    leave_at,
    objective,
    obstacle,
    undo_to,
)


@compiled
def seed_moves(seed: int) -> None:
    """Seed the generator that the compiled moves draw from."""
    np.random.seed(seed)


@compiled
def construct(board: Board, state: State, order: Ints) -> None:
    """Fill the units one after the other, each at the start where that costs least."""
    for u in order:
        kept = state.start[u]
        best, best_start = 2**60, kept
        leave_at(board, state, u, -1)
        for s in range(board.allowed.shape[1]):
            if not board.allowed[u, s] or obstacle(board, state, u, s) != -1:
                continue
            forget(state)
            leave_at(board, state, u, s)
            fill_unit(board, state, u, best)
            if objective(state) < best:
                best, best_start = objective(state), s
            undo_to(board, state, 0)
        if best_start < 0:
            best_start = kept
        leave_at(board, state, u, best_start)
        fill_unit(board, state, u, 2**60)
        forget(state)


@compiled
def anneal(
    board: Board,
    state: State,
    movable: Ints,
    moves: int,
    pupil_heat: float,
    unit_heat: float,
    unit_share: float,
    best_start: Ints,
    best_option: Ints,
    best: Longs,
    tally: Longs,
) -> None:
    """Run `moves` moves; `best` (points), `best_start` and `best_option` keep the best plan met.

    `movable`: units with more than one possible start. `tally`: tried and kept, by kind.
    """
    parties, weeks = len(board.party), board.allowed.shape[1]
    if parties == 0:
        return
    for _ in range(moves):
        before = objective(state)
        forget(state)
        if len(movable) > 0 and np.random.random() < unit_share:
            kind = 0
            u = movable[np.random.randint(len(movable))]
            s = np.random.randint(weeks)
            if not board.allowed[u, s] or s == state.start[u]:
                continue
            ceiling = before - int(unit_heat * np.log(np.random.random()))
            kept = move_unit(board, state, u, s, ceiling)
        else:
            kind = 1
            if state.total[3] > 0 and np.random.random() < 0.2:
                kind = 2
                q = state.waiting[np.random.randint(state.total[3])]
            else:
                q = np.random.randint(parties)
            ceiling = before - int(pupil_heat * np.log(np.random.random()))
            kept = move_pupil(board, state, q, ceiling)
        tally[kind, 0] += 1
        if not kept:
            undo_to(board, state, 0)
        else:
            tally[kind, 1] += 1
            if objective(state) < best[0] and state.total[GROUP_BREACH] == 0:
                best[0] = objective(state)
                for u in range(len(best_start)):
                    best_start[u] = state.start[u]
                for q in range(parties):
                    best_option[q] = state.option[q]
