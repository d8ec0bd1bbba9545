"""Linear and integer programs in arrays, and HiGHS (through MathOpt) to solve them.

Must not know: what columns and rows stand for.
"""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt

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


def solve(
    made: Program,
    engine: mathopt.SolverType,
    seconds: float,
    *,
    integer: bool = True,
    seed: int = 0,
    hint: Floats | None = None,
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


def values(result: mathopt.SolveResult, columns: int) -> Floats | None:
    """(columns) the best solution found, or None."""
    if not result.has_primal_feasible_solution():
        return None
    found = np.zeros(columns)
    for variable, value in result.variable_values().items():
        found[variable.id] = value
    return found
