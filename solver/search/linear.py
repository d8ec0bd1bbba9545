"""Linear and integer programs in arrays, and HiGHS (through MathOpt) to solve them.

Must not know: what columns and rows stand for.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

import numpy as np
from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt
from ortools.sat.python import cp_model

from solver.problem import Flags, Floats, Longs


@dataclass(frozen=True, slots=True)
class Program:
    """Columns and rows; `low` and `high` bound the rows."""

    lower: Floats
    upper: Floats
    cost: Floats
    offset: float
    row: Longs
    column: Longs
    coefficient: Floats
    low: Floats
    high: Floats

    def restricted(self, free: Flags, values: Floats) -> "Program":
        """The program of the free columns, the others settled at their `values`."""
        settled = np.where(free, 0, values)
        entry = free[self.column]
        used = np.bincount(
            self.row, self.coefficient * settled[self.column], minlength=len(self.low)
        )
        rows, row = np.unique(self.row[entry], return_inverse=True)
        number = np.cumsum(free) - 1
        return Program(
            lower=self.lower[free],
            upper=self.upper[free],
            cost=self.cost[free],
            offset=self.offset + float(self.cost @ settled),
            row=row,
            column=number[self.column[entry]],
            coefficient=self.coefficient[entry],
            low=(self.low - used)[rows],
            high=(self.high - used)[rows],
        )


_UNBOUNDED = 2**60


def program(cp: cp_model.CpModel) -> Program:
    """A CP-SAT model as a mixed-integer program, the same to the coefficient.

    Raises `ValueError` where it is not linear; ours is.
    """
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
    hint: Floats | None = None,
    gap: float | None = None,
) -> mathopt.SolveResult:
    """Minimise; `integer=False` is the linear relaxation, whose result carries duals.

    `gap`: the relative distance to the bound at which to stop, the engine's own where None.

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
            time_limit=timedelta(seconds=max(0.1, seconds)),
            random_seed=seed,
            relative_gap_tolerance=gap,
        ),
        model_params=mathopt.ModelSolveParameters(solution_hints=hints),
    )


def values(result: mathopt.SolveResult, columns: int) -> Floats | None:
    """(columns) the best solution found, or None."""
    if not result.has_primal_feasible_solution():
        return None
    found = np.zeros(columns)
    for variable, value in result.variable_values().items():
        found[variable.id] = value
    return found


def hinted(made: Program, hint: Iterable[tuple[cp_model.IntVar, int]]) -> Floats:
    """(columns) what a hint says of the model that the program was read from; 0 where nothing."""
    found = np.zeros(len(made.cost))
    for variable, value in hint:
        found[variable.index] = value
    return found


def at(found: Floats) -> Callable[[cp_model.LinearExpr | int], float]:
    """The value of each variable or constant of that model."""

    def value(literal: cp_model.LinearExpr | int) -> float:
        if isinstance(literal, int):
            return literal
        return float(found[cast("cp_model.IntVar", literal).index])

    return value
