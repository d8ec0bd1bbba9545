"""A problem in which some decisions may not change, or only at a price.

Must not know: why they are held.
"""

from collections.abc import Iterable
from dataclasses import fields, replace

import numpy as np

from solver.problem import NO_LIMIT, Flags, Ints, Options, Problem, Solution


def dated(problem: Problem, start: Ints, units: Flags) -> Problem:
    """The units of the mask (U) keep their start, one that is allowed."""
    allowed = problem.departures.allowed.copy()
    allowed[units] = False
    allowed[units, start[units]] = True
    return replace(problem, departures=replace(problem.departures, allowed=allowed))


def sticky(problem: Problem, start: Ints, points: int) -> Problem:
    """Each unit that has a start (≥ 0) pays so many points more for another one."""
    cost = problem.departures.cost.copy()
    units = np.flatnonzero(start >= 0)
    cost[units] += points
    cost[units, start[units]] -= points
    return replace(problem, departures=replace(problem.departures, cost=cost))


def rooted(problem: Problem, demands: Flags, points: int) -> Problem:
    """These demands (D) pay so many points more for being left without a place."""
    cost = problem.demands.unplaced_cost + points * demands
    return replace(problem, demands=replace(problem.demands, unplaced_cost=cost))


def housed(problem: Problem, solution: Solution, demands: Iterable[int]) -> Problem:
    """These demands, placed in the solution, have to be placed there: their only option."""
    held = np.array(sorted(demands), np.int32)
    options, rows = problem.options, solution.option[held]
    seeker, must = problem.demands.seeker.copy(), problem.demands.must.copy()
    seeker[held] = len(options.start) - 1 + np.arange(len(held))
    must[held] = True
    rowwise = {f.name: getattr(options, f.name) for f in fields(Options)}
    del rowwise["start"], rowwise["tail"]
    ends = len(options.host) + 1 + np.arange(len(held))
    return replace(
        problem,
        demands=replace(problem.demands, seeker=seeker, must=must),
        options=Options(
            start=np.concatenate([options.start, ends]).astype(np.int32),
            tail=np.concatenate([options.tail, np.full(len(held), NO_LIMIT, np.int64)]),
            **{name: np.concatenate([column, column[rows]]) for name, column in rowwise.items()},
        ),
    )


def unbound(problem: Problem) -> Problem:
    """The problem without its reference: its bounds hold for plans that may stay close or not."""
    departures, demands, prices = problem.departures, problem.demands, problem.prices
    cost = departures.cost.copy()
    for p in np.flatnonzero(departures.reference != NO_LIMIT):
        apart = np.abs(departures.ordinal - departures.reference[p]).astype(np.int64)
        cost[departures.unit[p]] -= prices.date_stability * int(problem.size[p]) * apart
    return replace(
        problem,
        departures=replace(
            departures, cost=cost, reference=np.full_like(departures.reference, NO_LIMIT)
        ),
        demands=replace(demands, reference_host=np.full_like(demands.reference_host, -1)),
    )
