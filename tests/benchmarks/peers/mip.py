"""HiGHS in a process of its own, which is ended where it does not keep the time.

Must not know: what the variables stand for.
"""

from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt.python import mathopt

from solver.search.linear import Program, solve, values


class Answer(NamedTuple):
    """What an integer program came to."""

    values: NDArray[np.float64] | None
    """(columns) the best solution, or None."""
    bound: float
    reason: str
    """Why the engine stopped."""


GRACE = 1.2
"""HiGHS may overrun its time limit by minutes: it is ended after this many times the limit."""


def solve_apart(
    made: Program, seconds: float, seed: int = 0, hint: NDArray[np.float64] | None = None
) -> Answer:
    """Minimise with HiGHS, in a process that is ended where it does not keep the time."""
    here, there = get_context("fork").Pipe()
    process = get_context("fork").Process(target=_answer, args=(there, made, seconds, seed, hint))
    process.start()
    there.close()
    try:
        if here.poll(GRACE * seconds + 5):
            answer: Answer = here.recv()
            return answer
        return Answer(None, -np.inf, "arrêté hors délai")
    except EOFError:
        return Answer(None, -np.inf, "mort en route")
    finally:
        process.kill()
        process.join()


def _answer(
    there: Connection,
    made: Program,
    seconds: float,
    seed: int,
    hint: NDArray[np.float64] | None,
) -> None:
    result = solve(made, mathopt.SolverType.HIGHS, seconds, seed=seed, hint=hint)
    found, reason = values(result, len(made.cost)), result.termination.reason.name.lower()
    there.send(Answer(found, result.dual_bound(), reason))
