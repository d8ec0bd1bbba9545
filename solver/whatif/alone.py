"""A short search among the pupils of one unit, all else as it is: few points from the best.

A fixed number of moves at no heat, on the small Problem of `narrow`. Must not know: what is proven.
"""

import numpy as np

from solver.problem import Ints, Problem, Solution
from solver.search.anneal import seed_moves
from solver.search.board import lay_out
from solver.search.climb import loaded, unloaded
from solver.whatif.polish import descend

_MOVES = 20_000


def improved(small: Problem, option: Ints) -> Ints:
    """(n) the options of a unit alone after so many moves, each kept where it costs no more."""
    board = lay_out(small)
    state = loaded(board, Solution(np.zeros(1, np.int32), option))
    seed_moves(0)
    everybody = np.arange(len(board.party), dtype=np.int64)
    descend(board, state, everybody, np.empty(0, np.int64), _MOVES, 0)
    return unloaded(board, state.start, state.option).option
