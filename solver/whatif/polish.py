"""A short search around a departure that was moved: its week stays, its neighbours adapt.

A fixed number of moves at no heat, so that the same question has the same answer. Must not know:
which week is wanted, or why.
"""

from typing import NamedTuple

import numpy as np

from solver.problem import Longs, Problem, Solution
from solver.search.anneal import seed_moves
from solver.search.board import Board, lay_out
from solver.search.climb import loaded, unloaded
from solver.search.compiled import compiled
from solver.search.moves import move_pupil, rebuild_units
from solver.search.state import (
    JOURNAL,
    State,
    forget,
    objective,
    undo_to,
)

NEIGHBOURS = 24
"""Units that may adapt: those with most pupils where the moved ones would like to be."""
_NEAR = 24
"""Options of each moved pupil that make a unit a neighbour."""
_REBUILT_SHARE = 0.05
_REBUILT_TOGETHER = 3


class Polished(NamedTuple):
    """The solution found, and its points."""

    solution: Solution
    cost: int


class Polish:
    """The board of a problem, laid out once; ask `around` for each moved unit."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._board = lay_out(problem)

    def around(self, solution: Solution, unit: int, moves: int) -> Polished | None:
        """The solution after `moves` moves of the unit's pupils and its neighbours.

        None where the search cannot hold it (classmates in beds of their own choice).
        """
        problem, board = self._problem, self._board
        free = board.allowed[unit].copy()
        board.allowed[unit] = False
        board.allowed[unit, solution.start[unit]] = True
        try:
            state = loaded(board, solution)
            near = neighbours(problem, solution, unit)
            movable = near[(board.allowed[near].sum(axis=1) > 1)]
            units = problem.departures.unit[board.party["period"]]
            parties = np.flatnonzero(np.isin(units, np.append(near, unit)))
            if not np.array_equal(
                unloaded(board, state.start, state.option).option, solution.option
            ):
                return None
            seed_moves(0)
            descend(board, state, parties, movable, moves, 1)
        finally:
            board.allowed[unit] = free
        return Polished(unloaded(board, state.start, state.option), int(objective(state)))


def neighbours(problem: Problem, solution: Solution, unit: int) -> Longs:
    """The units, most concerned first, with pupils where this one's would like to be, and when."""
    departures, demands, options = problem.departures, problem.demands, problem.options
    periods = departures.periods[unit]
    wanted = np.zeros(len(problem.capacities.group_min), np.bool_)
    for p in periods:
        for seeker in np.unique(demands.seeker[demands.first[p] : demands.first[p + 1]]):
            low = options.start[seeker]
            wanted[options.host[low : min(low + _NEAR, options.start[seeker + 1])]] = True
    start = solution.start[departures.unit]
    first = int(solution.start[unit])
    last = first + int(departures.duration[periods].max())
    meets = (start < last) & (first < start + departures.duration)
    placed = np.flatnonzero(solution.option >= 0)
    there = wanted[options.host[solution.option[placed]]] & meets[demands.period[placed]]
    pupils = np.bincount(
        departures.unit[demands.period[placed[there]]], minlength=len(departures.periods)
    )
    pupils[unit] = 0
    order: Longs = np.argsort(-pupils, kind="stable")[:NEIGHBOURS]
    return order[pupils[order] > 0]


@compiled
def descend(
    board: Board, state: State, parties: Longs, movable: Longs, moves: int, gain: int
) -> None:
    """So many moves; each is kept where it wins `gain` points: 0 roams, 1 moves few pupils."""
    for _ in range(moves if len(parties) > 0 else 0):
        before = objective(state)
        forget(state)
        mark = state.total[JOURNAL]
        if len(movable) > 0 and np.random.random() < _REBUILT_SHARE:
            u = movable[np.random.randint(len(movable))]
            most = 1 + np.random.randint(_REBUILT_TOGETHER)
            kept = rebuild_units(board, state, u, most, 0.1, before - gain)
        else:
            q = parties[np.random.randint(len(parties))]
            kept = move_pupil(board, state, q, before - gain)
        if not kept:
            undo_to(board, state, mark)
