"""A CP-SAT model read as a mixed-integer program, for the linear engines of OR-Tools.

Our model holds linear constraints only, so it is the same model to the coefficient. Must not know:
what the variables stand for.
"""

from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt.python import mathopt
from ortools.sat.python import cp_model

from solver.search.linear import Program, solve, values

_UNBOUNDED = 2**60


def program(cp: cp_model.CpModel) -> Program:
    """The rows and columns of a model. Raises `ValueError` where it is not linear."""
    variables, constraints = cp.proto.variables, cp.proto.constraints
    bounds = np.array([tuple(v.domain) for v in variables], np.float64).reshape(-1, 2)
    cost = np.zeros(len(bounds))
    cost[list(cp.proto.objective.vars)] = list(cp.proto.objective.coeffs)
    columns: list[int] = []
    coefficients: list[int] = []
    lengths: list[int] = []
    sides: list[tuple[float, float]] = []
    for c in constraints:
        if not c.has_linear() or len(c.enforcement_literal) or len(c.linear.domain) != 2:
            raise ValueError("the model is not linear")
        columns.extend(c.linear.vars)
        coefficients.extend(c.linear.coeffs)
        lengths.append(len(c.linear.vars))
        sides.append((c.linear.domain[0], c.linear.domain[1]))
    low, high = np.array(sides, np.float64).reshape(-1, 2).T
    return Program(
        lower=bounds[:, 0],
        upper=bounds[:, 1],
        cost=cost,
        offset=cp.proto.objective.offset,
        row=np.repeat(np.arange(len(lengths)), lengths),
        column=np.array(columns, np.int64),
        coefficient=np.array(coefficients, np.float64),
        low=np.where(low < -_UNBOUNDED, -np.inf, low),
        high=np.where(high > _UNBOUNDED, np.inf, high),
    )


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
