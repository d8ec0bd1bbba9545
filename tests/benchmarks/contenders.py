"""Who takes part: our engine and its peers, each as « scenario in, plan out » within a time.

Every plan goes through `solver.verify`; costs are the verifier's. Must not know: how runs are
measured from outside, files of results.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import numpy as np
from peers import matching, practice, timefold, whole

from scenarios.generate import generate
from solver.domain import Plan, Scenario
from solver.prepare import decode, encode, prepare
from solver.problem import Problem, Solution
from solver.search import Progress, solve

Point = tuple[float, int | None, int | None]
"""(seconds, cost, bound)."""


@dataclass(slots=True)
class Outcome:
    """What a contender hands in."""

    plan: Plan | None
    bound: int | None = None
    note: str = ""
    curve: list[Point] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Task:
    """What a contender is asked: `ours` is the file of our plan where one is to be improved."""

    scenario: Scenario
    seconds: float
    seed: int
    cores: int
    ours: Path | None = None


def engine(task: Task) -> Outcome:
    """Our own search, as people call it."""
    curve: list[Point] = []

    def note(progress: Progress) -> None:
        point = progress.cost, progress.bound
        if progress.cost is not None and (not curve or curve[-1][1:] != point):
            curve.append((progress.seconds, *point))

    result = solve(
        task.scenario, seconds=task.seconds, seed=task.seed, cores=task.cores, progress=note
    )
    return Outcome(result.plan, result.bound, result.status, curve)


def engine_alone(task: Task) -> Outcome:
    """Our own search where all its processes have one core between them (Linux)."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    return engine(Task(task.scenario, task.seconds, task.seed, 1))


def today(task: Task) -> Outcome:
    """Today's practice; it takes the time it takes."""
    problem = prepare(task.scenario)
    return _decoded(task.scenario, problem, practice.practice(problem))


def today_found_first(task: Task) -> Outcome:
    """Today's practice where pupils with a place of their own are written down first."""
    scenario, problem = task.scenario, prepare(task.scenario)
    found = [(u.id, p.id) in scenario.found_place_of for u, p in scenario.demands()]
    solution = practice.practice(problem, np.array(found, np.bool_))
    return _decoded(scenario, problem, solution)


def monolith(task: Task) -> Outcome:
    """One CP-SAT model of everything."""
    return _whole(task, whole.monolith)


def highs(task: Task) -> Outcome:
    """The same model as a mixed-integer program, by HiGHS."""
    return _whole(task, whole.highs)


def timefold_java(task: Task) -> Outcome:
    """Timefold Community 1.24, a Java model; the time is that of its solver alone."""
    problem = prepare(task.scenario)
    solution, told, status = timefold.solve(problem, task.seconds, task.seed)
    curve: list[Point] = [(seconds, cost, None) for seconds, cost in told]
    made = _decoded(task.scenario, problem, solution)
    made.note, made.curve = status, curve
    return made


def exact_matching(task: Task) -> Outcome:
    """The best placement at the calendar of our plan; the bound is that of the calendar."""
    if task.ours is None or not task.ours.is_file():
        return Outcome(None, note="pas de plan de départ")
    scenario, problem = task.scenario, prepare(task.scenario)
    plan = Plan.model_validate_json(task.ours.read_text())
    answer = matching.matching(problem, encode(scenario, problem, plan), task.seconds, task.seed)
    made = _decoded(scenario, problem, answer.solution)
    made.bound, made.note = answer.bound, answer.status
    return made


CONTENDERS: dict[str, Callable[[Task], Outcome]] = {
    "bassin": engine,
    "bassin-1-coeur": engine_alone,
    "pratique": today,
    "pratique-places-trouvees": today_found_first,
    "cp-sat": monolith,
    "highs": highs,
    "timefold": timefold_java,
    "appariement": exact_matching,
}
TIMELESS: Sequence[str] = ("pratique", "pratique-places-trouvees")
"""Deterministic and without a budget: one run says all."""
AFTERWARDS: Sequence[str] = ("appariement",)
"""They start from the plan of « bassin » with the same budget and seed."""


def warm_up() -> None:
    """Compile once: no run pays for it, and none of its time counts."""
    solve(generate(1, 60), iterations=2000)


def _whole(
    task: Task, way: Callable[[Problem, float, int, int], tuple[Solution | None, int, str]]
) -> Outcome:
    begin = monotonic()
    problem = prepare(task.scenario)
    left = task.seconds - (monotonic() - begin)
    solution, bound, status = way(problem, left, task.seed, task.cores)
    made = _decoded(task.scenario, problem, solution)
    made.bound, made.note = bound, status
    return made


def _decoded(scenario: Scenario, problem: Problem, solution: Solution | None) -> Outcome:
    return Outcome(None if solution is None else decode(scenario, problem, solution))
