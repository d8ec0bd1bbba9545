"""The bound is a promise: never above the optimum, and equal to it where that is easy."""

from collections.abc import Iterator

import numpy as np
import pytest

from scenarios.generate import tiny
from solver.bound import Bound, unplaced_bound
from solver.model import build
from solver.prepare import prepare
from solver.problem import Problem


def last(values: Iterator[int]) -> int:
    """The last value, each better than the one before."""
    best = -1
    for value in values:
        assert value > best
        best = value
    return best


def optimum(problem: Problem) -> int | None:
    """The proven least cost, or None where no calendar is feasible."""
    answer = build(problem).solve()
    assert answer.status in ("optimal", "infeasible")
    return answer.cost


def keeps_its_promise(seed: int) -> tuple[int, int] | None:
    """Bound and optimum of a tiny scenario, or None where it is infeasible."""
    problem = prepare(tiny(seed))
    bound = Bound(problem)
    last(bound.improve(rounds=60))
    best = optimum(problem)
    if best is None:
        return None
    assert bound.value <= best, f"seed {seed}: bound {bound.value} above the optimum {best}"
    return bound.value, best


def test_no_bound_is_above_the_optimum_of_a_tiny_scenario() -> None:
    checked = [pair for seed in range(100) if (pair := keeps_its_promise(seed))]
    assert len(checked) > 50
    assert sum(bound == best for bound, best in checked) > len(checked) / 3


@pytest.mark.slow
def test_no_bound_is_above_the_optimum_of_thousands_of_tiny_scenarios() -> None:
    checked = [pair for seed in range(100, 3100) if (pair := keeps_its_promise(seed))]
    assert len(checked) > 2000


def test_no_plan_leaves_fewer_pupils_out_than_the_bound_on_unplaced() -> None:
    for seed in range(100):
        problem = prepare(tiny(seed))
        answer = build(problem).solve()
        if answer.solution is None:
            continue
        assert unplaced_bound(problem, rounds=20) <= np.sum(answer.solution.option < 0)


def test_the_same_rounds_give_the_same_bounds() -> None:
    problem = prepare(tiny(7))
    assert list(Bound(problem).improve(rounds=30)) == list(Bound(problem).improve(rounds=30))
