"""Plan and Solution: the two directions."""

import numpy as np

from solver.calendar import SchoolCalendar
from solver.domain import Departure, Placement, Plan, Scenario
from solver.problem import Ints, Problem, Solution


def decode(scenario: Scenario, problem: Problem, solution: Solution) -> Plan:
    """The plan that a solution stands for."""
    usable = SchoolCalendar(scenario).usable
    starts = solution.start[problem.departures.unit]
    everyone = scenario.everyone
    options, demands = problem.options, problem.demands
    placements = []
    for demand in np.flatnonzero(solution.option >= 0):
        option = solution.option[demand]
        lodging = options.lodging[option]
        placements.append(
            Placement(
                pupil=everyone[demands.pupil[demand]].id,
                period=scenario.periods[demands.period[demand]].id,
                host=scenario.hosts[options.host[option]].id,
                lodging=scenario.boarding_houses[lodging].id if lodging >= 0 else None,
            )
        )
    return Plan(
        departures=tuple(
            Departure(period=p.id, start=usable[w])
            for p, w in zip(scenario.periods, starts, strict=True)
        ),
        placements=tuple(placements),
    )


def relisted(solution: Solution, problem: Problem, other: Problem) -> Solution:
    """A solution of `problem` in `other`: the same scenario, where lists of options are longer."""
    mine, theirs = problem.options, other.options
    option = solution.option.copy()
    placed = np.flatnonzero(option >= 0)
    seeker = problem.demands.seeker[placed]
    place = solution.option[placed] - mine.start[seeker]
    option[placed] = theirs.start[other.demands.seeker[placed]] + place
    elsewhere = (mine.host[solution.option[placed]] != theirs.host[option[placed]]) | (
        mine.lodging[solution.option[placed]] != theirs.lodging[option[placed]]
    )
    for demand in placed[elsewhere]:
        row, own = other.demands.seeker[demand], solution.option[demand]
        rows = np.arange(theirs.start[row], theirs.start[row + 1])
        same = (theirs.host[rows] == mine.host[own]) & (theirs.lodging[rows] == mine.lodging[own])
        option[demand] = rows[same][0]
    return Solution(solution.start, option)


def encode(scenario: Scenario, problem: Problem, plan: Plan, start: Ints | None = None) -> Solution:
    """The solution nearest to a plan: what the scenario no longer allows is left out (−1).

    A unit whose start is impossible, or whose periods disagree, gets start −1. With `start` (U),
    the units leave then, whatever the plan says, and keep the places that are possible there.
    """
    departures, demands, options = problem.departures, problem.demands, problem.options
    start = _starts(scenario, problem, plan) if start is None else start
    host_index = {h.id: i for i, h in enumerate(scenario.hosts)}
    house_index: dict[str | None, int] = {b.id: i for i, b in enumerate(scenario.boarding_houses)}
    house_index[None] = -1
    option = np.full(len(demands.period), -1, np.int32)
    for demand, (pupil, period) in enumerate(scenario.demands()):
        placement = plan.placement_of.get((pupil.id, period.id))
        week = start[departures.unit[demands.period[demand]]]
        if placement is None or week < 0:
            continue
        low, high = options.start[demands.seeker[demand]], options.start[demands.seeker[demand] + 1]
        end = week + departures.duration[demands.period[demand]] - 1
        same = (options.host[low:high] == host_index.get(placement.host, -1)) & (
            options.last[low:high] >= end
        )
        lodged = same & (options.lodging[low:high] == house_index.get(placement.lodging, -2))
        found = np.flatnonzero(lodged if lodged.any() else same)
        if len(found):
            option[demand] = low + found[0]
    return Solution(start, option)


def _starts(scenario: Scenario, problem: Problem, plan: Plan) -> Ints:
    """(U) the plan's starts, −1 where there is none that is possible. New periods join theirs."""
    index, departures = SchoolCalendar(scenario).index, problem.departures
    start = np.full(len(departures.periods), -1, np.int32)
    for unit in range(len(start)):
        periods = [scenario.periods[p].id for p in departures.periods[unit]]
        weeks = {index.get(plan.start_of[p], -1) for p in periods if p in plan.start_of}
        week = weeks.pop() if len(weeks) == 1 else -1
        if week >= 0 and departures.allowed[unit, week]:
            start[unit] = week
    return start
