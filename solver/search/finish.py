"""The exact finish: the best plan, or the best placement at the calendar found, in the time left.

What a small school asks is one program, its calendar included: HiGHS ends it, where CP-SAT does
not (30 pupils, 3,500 variables: 1 s, against a bound of a quarter of the optimum after 10 s).

For a bassin the calendar stays. The linear relaxation of the placement is nearly integral. Ties in
it are broken in favour of the plan, so the two differ in few pupils: these, and those who share
their hosts, are placed anew by HiGHS from the plan on, so that nothing found is worse than the
plan. It works in a process of its own, after the search, and is ended where it does not keep the
time. Must not know: how the plan was found, names, dates.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from multiprocessing import get_context
from time import monotonic

import numpy as np
from ortools.math_opt.python import mathopt

from solver.model import Model, build, literals
from solver.problem import FREE, Flags, Floats, Problem, Solution
from solver.search.linear import Program, at, hinted, program, solve, values
from solver.search.seating import Seating, seating

LOYALTY = 1.0
"""Points in favour of what the plan has, to break the ties of the relaxation."""
WHOLE, WHOLE_A_SECOND, WHOLE_SHARE = 8000, 480, 0.75
"""Literals of a problem solved whole at most, in all and for each second that this may take; part
of a search that it takes at most, for climbers are soon done with such a problem. HiGHS alone on
two cores: 1,423 in 1 s, 3,523 in 5.4 s, 7,002 not in 10 s. Beside the bound it takes longer, so
that the bound rests then, but for what CP-SAT may prove afterwards."""
SECONDS_A_CHOICE = 1e-4
"""Of relaxation and what follows, measured on 37,000 to 290,000 choices."""
FEWEST, MOST = 10, 40
"""Options of each class laid out, the cheapest first: fewer do not pay, more win little."""
SHARE = 0.06
"""Part of a search that it takes at most."""
TOGETHER = 20
"""Demands freed with all who share their hosts: with more, one program takes the time of many."""
_IN_TIME = 0.9
"""Part of the time that HiGHS is told of: it overruns what it is told."""
_WHOLE_GAP = 1e-6
_INTEGRAL = 1e-6
_LISTEN_SECONDS = 0.05


def seconds_for(problem: Problem, budget: float) -> tuple[float, int]:
    """How long the finish takes in a search of `budget` seconds, and the options of each class.

    WHOLE for all options and starts; (0, 0) where it cannot pay.
    """
    if literals(problem) <= min(WHOLE, WHOLE_A_SECOND * WHOLE_SHARE * budget):
        return WHOLE_SHARE * budget, WHOLE
    laid_out = np.diff(problem.options.start)[problem.demands.seeker]
    for keep in range(MOST, FEWEST - 1, -2):
        seconds = 0.5 + SECONDS_A_CHOICE * float(np.minimum(laid_out, keep).sum())
        if seconds <= SHARE * budget:
            return seconds, keep
    return 0.0, 0


def finished(
    problem: Problem, plan: Solution, keep: int, seconds: float
) -> Iterator[tuple[int, Solution]]:
    """(points won, solution), better and better placements at the calendar of `plan`."""
    deadline = monotonic() + seconds
    seats = seating(problem, plan, keep)
    relaxed = _relaxed(seats, seconds)
    if relaxed is None:
        return
    best, cost = seats.plan, seats.program.cost
    differing = _differing(seats, relaxed, best, len(plan.option))
    for free in _neighbourhoods(problem, seats, relaxed, best, differing):
        left = deadline - monotonic()
        found = _placed_anew(seats, free, best, left) if left > 0 else None
        if found is not None and cost @ found < cost @ best - 0.5:
            best = found
            option = seats.options(best, len(plan.option))
            yield round(float(cost @ (seats.plan - best))), Solution(plan.start, option)


def solved_whole(model: Model, plan: Solution, seconds: float) -> Iterator[tuple[int, Solution]]:
    """(points won, solution), the best plan of all that is found, where `plan` is not it."""
    made = program(model.cp)
    hint = hinted(made, model.hint(plan))
    within = _IN_TIME * seconds
    result = solve(made, mathopt.SolverType.HIGHS, within, hint=hint, gap=_WHOLE_GAP)
    found = values(result, len(hint))
    if found is not None and made.cost @ found < made.cost @ hint - 0.5:
        yield round(float(made.cost @ (hint - found))), model.read(at(found))


def _relaxed(seats: Seating, seconds: float) -> Floats | None:
    """The linear relaxation, ties broken in favour of the plan."""
    made, choices = seats.program, len(seats.demand)
    cost = made.cost.copy()
    cost[:choices] -= LOYALTY * seats.plan[:choices]
    result = solve(replace(made, cost=cost), mathopt.SolverType.HIGHS, seconds, integer=False)
    return values(result, len(cost))


def _differing(seats: Seating, relaxed: Floats, plan: Floats, demands: int) -> Flags:
    """(D) demands that the relaxation places elsewhere, or by halves."""
    choices = len(seats.demand)
    slots = relaxed[seats.slot]
    halved = (seats.slot >= 0) & (np.abs(slots - np.round(slots)) > _INTEGRAL)
    differs = np.abs(relaxed[:choices] - plan[:choices]) > _INTEGRAL
    differs |= halved & (relaxed[:choices] > _INTEGRAL)
    free = np.zeros(demands, np.bool_)
    free[seats.demand[differs]] = True
    return free


def _neighbourhoods(
    problem: Problem, seats: Seating, relaxed: Floats, plan: Floats, differing: Flags
) -> Iterator[Flags]:
    """(D) what to free together: all who differ; then some of them with all who share their hosts.

    Those come first whose unit the relaxation would have cheaper by most.
    """
    free = differing.copy()
    _with_bound(problem, free)
    yield free
    choices, units = len(seats.demand), len(problem.departures.periods)
    unit = problem.departures.unit[problem.demands.period]
    dearer = seats.program.cost[:choices] * (plan[:choices] - relaxed[:choices])
    by_unit = np.bincount(unit[seats.demand], dearer, units)
    seeds = np.flatnonzero(differing)
    seeds = seeds[np.lexsort((unit[seeds], -by_unit[unit[seeds]]))]
    present = (plan[:choices] > 0.5) | (relaxed[:choices] > _INTEGRAL)
    for first in range(0, len(seeds), TOGETHER):
        free = np.zeros(len(differing), np.bool_)
        free[seeds[first : first + TOGETHER]] = True
        shared = np.zeros(len(problem.capacities.group_min), np.bool_)
        shared[seats.host[present & free[seats.demand]]] = True
        free[seats.demand[present & shared[seats.host]]] = True
        _with_bound(problem, free)
        yield free


def _with_bound(problem: Problem, free: Flags) -> None:
    """Free besides: the rest of each group, and the same pupil where hosts are linked."""
    demands = problem.demands
    grouped, linked = np.flatnonzero(demands.group >= 0), np.flatnonzero(demands.link != FREE)
    previous = demands.previous[linked]
    either = free[linked] | free[previous]
    free[linked[either]] = True
    free[previous[either]] = True
    some = np.bincount(demands.group[grouped], free[grouped], len(demands.groups)) > 0
    free[grouped] = some[demands.group[grouped]]


def _placed_anew(seats: Seating, free: Flags, plan: Floats, seconds: float) -> Floats | None:
    """The best placement of the free demands, everybody else as in `plan`."""
    made, choices = seats.program, len(seats.demand)
    columns = np.zeros(len(made.cost), np.bool_)
    columns[:choices] = free[seats.demand]
    shared = seats.slot[columns[:choices]]
    columns[shared[shared >= 0]] = True
    columns[max(choices, int(seats.slot.max(initial=-1)) + 1) :] = True
    core: Program = made.restricted(columns, plan)
    result = solve(core, mathopt.SolverType.HIGHS, seconds, hint=plan[columns])
    found = values(result, len(core.cost))
    if found is None:
        return None
    whole = plan.copy()
    whole[columns] = np.round(found)
    return whole


class Finish:
    """A child process that finishes the plan it is given. Use as a context manager.

    It is forked before the search has threads, and waits; none is where it cannot pay.
    """

    def __init__(self, problem: Problem, budget: float) -> None:
        """`budget`: seconds of the whole search."""
        context = get_context("fork")
        self.seconds, self._keep = seconds_for(problem, budget)
        """How long it takes at most; 0 where it cannot pay."""
        self.is_whole = self._keep == WHOLE
        """Whether the calendar may change too: HiGHS then has use for every core."""
        self._problem = problem
        self._here, self._there = context.Pipe()
        self._process = context.Process(target=self._work, daemon=True)

    def __enter__(self) -> "Finish":
        if self.seconds > 0:
            self._process.start()
        self._there.close()
        return self

    def __exit__(self, *_: object) -> None:
        if self.seconds > 0:
            self._process.kill()
            self._process.join()
        self._here.close()

    def better(
        self, plan: Solution, should_stop: Callable[[], bool] = lambda: False
    ) -> Iterator[tuple[int, Solution]]:
        """(points won, solution), cheaper and cheaper than the plan, as long as the time lasts."""
        deadline = monotonic() + self.seconds
        self._here.send(plan)
        while monotonic() < deadline and not should_stop():
            try:
                if self._here.poll(_LISTEN_SECONDS):
                    yield self._here.recv()
            except EOFError:
                return

    def _work(self) -> None:
        self._here.close()
        try:
            model = build(self._problem) if self.is_whole else None
            plan = self._there.recv()
            if model is None:
                answers = finished(self._problem, plan, self._keep, self.seconds)
            else:
                answers = solved_whole(model, plan, self.seconds)
            for answer in answers:
                self._there.send(answer)
        except (EOFError, BrokenPipeError):
            return
