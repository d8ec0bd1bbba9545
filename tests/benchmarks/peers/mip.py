"""A CP-SAT model read as a mixed-integer program, for the linear engines of OR-Tools.

Our model holds linear constraints only, so it is the same model to the coefficient. Must not know:
what the variables stand for.
"""

from dataclasses import dataclass
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt
from ortools.sat.python import cp_model

_UNBOUNDED = 2**60


@dataclass(frozen=True, slots=True)
class Program:
    """Columns and rows; `low` and `high` bound the rows."""

    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    cost: NDArray[np.float64]
    offset: float
    row: NDArray[np.int64]
    column: NDArray[np.int64]
    coefficient: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


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


def solve(
    made: Program,
    engine: mathopt.SolverType,
    seconds: float,
    *,
    integer: bool = True,
    seed: int = 0,
    hint: NDArray[np.float64] | None = None,
) -> mathopt.SolveResult:
    """Minimise; `integer=False` is the linear relaxation, whose result carries duals.

    HiGHS takes its number of threads from the machine: MathOpt cannot set it.
    """
    n, m = len(made.cost), len(made.low)
    proto = model_pb2.ModelProto()
    proto.variables.ids.extend(range(n))
    proto.variables.lower_bounds.extend(made.lower)
    proto.variables.upper_bounds.extend(made.upper)
    proto.variables.integers.extend([integer] * n)
    priced = np.flatnonzero(made.cost)
    proto.objective.offset = made.offset
    proto.objective.linear_coefficients.ids.extend(priced)
    proto.objective.linear_coefficients.values.extend(made.cost[priced])
    proto.linear_constraints.ids.extend(range(m))
    proto.linear_constraints.lower_bounds.extend(made.low)
    proto.linear_constraints.upper_bounds.extend(made.high)
    order = np.lexsort((made.column, made.row))
    proto.linear_constraint_matrix.row_ids.extend(made.row[order])
    proto.linear_constraint_matrix.column_ids.extend(made.column[order])
    proto.linear_constraint_matrix.coefficients.extend(made.coefficient[order])
    model = mathopt.Model.from_model_proto(proto)
    hints = []
    if hint is not None:
        values = {model.get_variable(i): float(hint[i]) for i in range(n)}
        hints = [mathopt.SolutionHint(variable_values=values)]
    return mathopt.solve(
        model,
        engine,
        params=mathopt.SolveParameters(
            time_limit=timedelta(seconds=max(0.1, seconds)), random_seed=seed
        ),
        model_params=mathopt.ModelSolveParameters(solution_hints=hints),
    )


def values(result: mathopt.SolveResult, columns: int) -> NDArray[np.float64] | None:
    """(columns) the best solution found, or None."""
    if not result.has_primal_feasible_solution():
        return None
    found = np.zeros(columns)
    for variable, value in result.variable_values().items():
        found[variable.id] = value
    return found


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
