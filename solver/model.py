"""The one CP-SAT model of a Problem: whole, or a neighbourhood with the rest fixed.

The rules say what holds and what it costs; redundant cuts, hints and solver settings live here.
Must not know: names, dates, which rules there are in particular.
"""

import math
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from threading import Event, Thread
from typing import NamedTuple

import numpy as np
from ortools.sat.python import cp_model

from solver.domain import Status
from solver.errors import ModelRefused
from solver.problem import Problem, Solution
from solver.rule import Requirement
from solver.rules import HARD_RULES, PREFERENCES
from solver.variables import Variables, total


class Answer(NamedTuple):
    """What a solve found: `bound` is proven, on the cost of any solution of the model (points).

    An infeasible model has no meaningful bound.
    """

    status: Status
    solution: Solution | None
    cost: int | None
    bound: int


@dataclass(frozen=True)
class Model:
    """A built model; `build` makes it."""

    problem: Problem
    variables: Variables
    cp: cp_model.CpModel

    def solve(
        self,
        *,
        seconds: float | None = None,
        deterministic_limit: float | None = None,
        seed: int = 0,
        workers: int = 1,
        hint: Solution | None = None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> Answer:
        """Solve within `seconds` of wall clock, or a deterministic limit (reproducible with one
        worker), from `hint` if there is one; `should_stop` is asked now and then.

        « infeasible » is told only once a second configuration agrees. Raises `ModelRefused`
        where OR-Tools calls the model invalid.
        """
        cp = self.cp.clone() if hint is not None else self.cp
        for variable, value in self.hint(hint) if hint is not None else ():
            cp.add_hint(variable, value)
        engine = _engine(seconds, deterministic_limit, seed, workers)
        status = _solve(engine, cp, should_stop)
        if status == cp_model.INFEASIBLE:
            engine = _engine(seconds, deterministic_limit, seed + 1, workers)
            engine.parameters.cp_model_presolve = False
            engine.parameters.linearization_level = 0
            status = _solve(engine, self.cp, should_stop)
        if status == cp_model.MODEL_INVALID:
            raise ModelRefused(cp.validate() or "MODEL_INVALID")
        if status == cp_model.INFEASIBLE:
            return Answer("infeasible", None, None, 0)
        bound = max(0, math.ceil(engine.best_objective_bound - 1e-6))
        if status == cp_model.UNKNOWN:
            return Answer("out_of_time", None, None, bound)
        cost = round(engine.objective_value)
        proven = status == cp_model.OPTIMAL
        return Answer(
            "optimal" if proven else "feasible",
            self.read(engine.value),
            cost,
            cost if proven else min(bound, cost),
        )

    def read(self, value: Callable[[cp_model.LinearExpr | int], float]) -> Solution:
        """The solution in which the literals have these values."""
        units = range(len(self.problem.departures.periods))
        demands = range(len(self.problem.demands.period))
        start = np.full(len(units), -1, np.int32)
        option = np.full(len(demands), -1, np.int32)
        for unit in units:
            for week, starts in self.variables.unit_starts(unit).items():
                if value(starts) > 0.5:
                    start[unit] = week
        for demand in demands:
            for chosen_option, chosen in self.variables.choices(demand).items():
                if value(chosen) > 0.5:
                    option[demand] = chosen_option
        return Solution(start, option)

    def hint(self, solution: Solution) -> Iterator[tuple[cp_model.IntVar, int]]:
        """A value for every variable, auxiliary ones included: OR-Tools completes hints badly."""
        for unit, week in enumerate(solution.start.tolist()):
            for start, literal in self.variables.unit_starts(unit).items():
                if isinstance(literal, cp_model.IntVar):
                    yield literal, int(start == week)
        for demand, taken in enumerate(solution.option.tolist()):
            for option, literal in self.variables.choices(demand).items():
                if isinstance(literal, cp_model.IntVar):
                    yield literal, int(option == taken)
        settled = Variables(self.problem, fixed=solution)
        for preference in PREFERENCES:
            preference.price(self.problem, settled)
        for key, variable in self.variables.auxiliary.items():
            yield variable, settled.value(key)


def literals(problem: Problem) -> int:
    """How many the whole model has about: starts, and options of each demand."""
    options = np.diff(problem.options.start)[problem.demands.seeker].sum()
    return int(problem.departures.allowed.sum() + options)


def build(
    problem: Problem,
    fixed: Solution | None = None,
    free_units: Collection[int] = (),
    free_demands: Collection[int] = (),
    cuts: bool = True,
) -> Model:
    """The model of every rule in force.

    Without `fixed` every decision is open; with it only those of `free_units` and `free_demands`
    are, and the rest is constant. `cuts` adds what the rules already imply, for speed.
    """
    cp = cp_model.CpModel()
    variables = Variables(problem, cp, fixed, free_units, free_demands)
    for rule in HARD_RULES:
        if isinstance(rule, Requirement):
            for _, constraint in rule.constraints(problem, variables):
                if constraint is False:
                    cp.add_bool_or([])
                elif constraint is not True:
                    cp.add(constraint)
    cp.minimize(total(preference.price(problem, variables) for preference in PREFERENCES))
    for cut in variables.cuts if cuts else ():
        cp.add(cut)
    return Model(problem, variables, cp)


def _solve(
    engine: cp_model.CpSolver, cp: cp_model.CpModel, should_stop: Callable[[], bool]
) -> cp_model.CpSolverStatus:
    """Solve, and end early when asked to: a stop before the search has begun is not heard, so it
    is repeated until the search returns.
    """
    returned = Event()

    def watch() -> None:
        while not returned.wait(0.1):
            if should_stop():
                engine.stop_search()

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    try:
        return engine.solve(cp)
    finally:
        returned.set()
        watcher.join()


def _engine(
    seconds: float | None, deterministic_limit: float | None, seed: int, workers: int
) -> cp_model.CpSolver:
    """Measured on neighbourhoods of luneville-2026: 2 to 4 times less deterministic time than the
    default, because the relaxation is tight and probing or symmetries find little more.
    """
    engine = cp_model.CpSolver()
    engine.parameters.num_workers = workers
    engine.parameters.random_seed = seed
    engine.parameters.linearization_level = 2
    engine.parameters.cp_model_probing_level = 0
    engine.parameters.symmetry_level = 0
    if seconds is not None:
        engine.parameters.max_time_in_seconds = seconds
    if deterministic_limit is not None:
        engine.parameters.max_deterministic_time = deterministic_limit
    return engine
