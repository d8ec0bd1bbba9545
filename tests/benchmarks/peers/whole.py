"""The whole problem as one model, by two engines: what a competent engineer writes first.

The model is our own (`solver.model`), every rule in it. Must not know: how runs are measured.
"""

from math import ceil, isfinite
from time import monotonic

from peers import mip

from solver.model import build
from solver.problem import Problem, Solution
from solver.search.linear import at, program

TOLERANCE = 1e-6
"""Relative: HiGHS computes in floating point, its bound is taken with that much mistrust."""


def monolith(
    problem: Problem, seconds: float, seed: int, cores: int
) -> tuple[Solution | None, int, str]:
    """CP-SAT on the whole model: solution, proven bound, status. Building counts in the time."""
    began = monotonic()
    model = build(problem)
    built = monotonic() - began
    left = max(1.0, seconds - built)
    answer = model.solve(seconds=left, seed=seed, workers=cores)
    size = f"{len(model.cp.proto.variables)} variables, construit en {built:.0f} s"
    return answer.solution, answer.bound, f"{answer.status}, {size}"


def highs(
    problem: Problem, seconds: float, seed: int, cores: int
) -> tuple[Solution | None, int, str]:
    """HiGHS on the same model as a mixed-integer program: solution, proven bound, status."""
    began = monotonic()
    model = build(problem)
    made = program(model.cp)
    left = max(1.0, seconds - (monotonic() - began))
    answer = mip.solve_apart(made, left, seed)
    bound = answer.bound
    proven = max(0, ceil(bound - TOLERANCE * max(1.0, abs(bound)))) if isfinite(bound) else 0
    found = None if answer.values is None else model.read(at(answer.values))
    return found, proven, f"{answer.reason}, {len(made.cost)} variables"
