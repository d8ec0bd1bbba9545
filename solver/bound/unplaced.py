"""The fewest pupil-periods that any plan leaves without a place: the same relaxation, other costs.

Must not know: prices in points.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from solver.bound.ascent import Ascent
from solver.bound.relaxation import Relaxation
from solver.bound.seekers import in_points
from solver.problem import NO_LIMIT, Problem


def unplaced_bound(
    problem: Problem, rounds: int = 300, should_stop: Callable[[], bool] = lambda: False
) -> int:
    """A proven lower bound on the unplaced pupil-periods of any plan."""
    ascent = Ascent(Relaxation(head_count(problem)))
    for _ in range(rounds):
        if should_stop() or not ascent.step():
            break
    return max(0, in_points(ascent.value))


def head_count(problem: Problem) -> Problem:
    """The same problem where a plan costs one point per unplaced demand, and nothing else."""
    demands, options, prices = problem.demands, problem.options, problem.prices
    return replace(
        problem,
        departures=replace(problem.departures, cost=np.zeros_like(problem.departures.cost)),
        demands=replace(demands, unplaced_cost=np.ones_like(demands.unplaced_cost)),
        options=replace(
            options,
            cost=np.zeros_like(options.cost),
            tail=np.where(options.tail < NO_LIMIT, 0, options.tail),
        ),
        equity=replace(problem.equity, surcharge=np.zeros_like(problem.equity.surcharge)),
        prices=prices.model_copy(update={"saturation": 0, "host_stability": 0}),
    )
