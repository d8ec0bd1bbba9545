"""The calendar nearest to one that no longer stands: few units move, signed agreements keep seats.

Must not know: pupils without an agreement.
"""

from dataclasses import replace
from time import monotonic

import numpy as np

from solver.domain import Status
from solver.problem import Ints, Problem, Solution
from solver.search.board import lay_out
from solver.search.opening import opening
from solver.search.state import empty_state, forget, leave_at, obstacle
from solver.whatif.holding import sticky

_NEVER = 10**6
"""Points that each unit pays for moving: as few as possible do."""


def reopened(
    problem: Problem, start: Ints, seed: int, deadline: float
) -> tuple[Status, Solution | None]:
    """Starts for all units, near `start` (−1: any), and the places of signed agreements.

    First only the units in the way of others may move, then all. No calendar: « infeasible » is
    proven, « out_of_time » where none was found before `deadline` (of `monotonic`).
    """
    prices = problem.prices.model_copy(update={"saturation": 0})
    near = sticky(replace(problem, prices=prices), start, _NEVER)
    for kept in (_clear(problem, start), None):
        status, found = opening(near, seed, max(0.1, deadline - monotonic()), kept)
        if found is not None:
            return status, found
    return status, None


def _clear(problem: Problem, start: Ints) -> Ints:
    """(U) the starts that stand together, units without a choice first; −1 for the others."""
    board = lay_out(problem)
    state = empty_state(board)
    for u in np.argsort(problem.departures.allowed.sum(axis=1), kind="stable"):
        if start[u] >= 0 and obstacle(board, state, u, start[u]) == -1:
            leave_at(board, state, u, start[u])
            forget(state)
    return state.start.astype(np.int32)
