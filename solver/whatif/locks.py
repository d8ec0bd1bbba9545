"""What people lock before a re-planning: dates of periods, dates and places of pupils.

Must not know: how plans are found.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from difflib import get_close_matches

import numpy as np

from solver.domain import Period, Plan, Scenario
from solver.errors import Fault, InvalidPlan, UnknownSubject
from solver.problem import Problem, Solution
from solver.whatif.holding import dated, housed


def locked(
    scenario: Scenario, before: Plan, problem: Problem, known: Solution, locks: Collection[str]
) -> Problem:
    """The problem in which all that is locked stays as in `known`, the solution of `before`.

    `locks`: a period, a common departure or a division keeps its dates; a pupil keeps dates and
    places. Raises `UnknownSubject`, and `InvalidPlan` with all that cannot stay.
    """
    periods = _periods_of(scenario)
    pupils = scenario.pupil_of
    for lock in locks:
        if lock not in periods and lock not in pupils:
            near = get_close_matches(lock, [*periods, *pupils], n=1)
            raise UnknownSubject(lock, "une période, un départ, une division ou un élève", near)
    subjects = [lock if lock in periods else pupils[lock].division for lock in locks]
    units = np.zeros(len(known.start), np.bool_)
    units[problem.departures.unit[[p for subject in subjects for p in periods[subject]]]] = True
    mine = {
        d: (pupil.id, period.id)
        for d, (pupil, period) in enumerate(scenario.demands())
        if pupil.id in locks and (pupil.id, period.id) in before.placement_of
    }
    faults = [*_dates(scenario, problem, np.flatnonzero(units & (known.start < 0)))]
    for d, key in mine.items():
        if known.option[d] < 0:
            host = before.placement_of[key].host
            faults.append(_fault(f"{key[0]} ne peut plus aller chez {host} pour {key[1]}"))
    if faults:
        raise InvalidPlan(faults)
    return housed(dated(problem, known.start, units), known, mine)


def imposed(scenario: Scenario, before: Plan, locks: Collection[str]) -> tuple[Period, ...]:
    """The periods of the scenario, those whose dates are locked imposed where they were."""
    positions = _periods_of(scenario)
    subjects = [lock if lock in positions else scenario.pupil_of[lock].division for lock in locks]
    held = {p for subject in subjects for p in positions[subject]}
    return tuple(
        period.model_copy(update={"imposed": before.start_of.get(period.id)})
        if p in held
        else period
        for p, period in enumerate(scenario.periods)
    )


def _periods_of(scenario: Scenario) -> dict[str, list[int]]:
    """Positions of the periods of each period, common departure or division."""
    positions: dict[str, list[int]] = defaultdict(list)
    for p, period in enumerate(scenario.periods):
        for subject in {period.id, period.division, period.departure or period.id}:
            positions[subject].append(p)
    return dict(positions)


def _dates(scenario: Scenario, problem: Problem, units: Collection[int]) -> Iterator[Fault]:
    for u in units:
        period = scenario.periods[problem.departures.periods[u][0]]
        yield _fault(f"{period.departure or period.id} ne peut plus partir la même semaine")


def _fault(message: str) -> Fault:
    return Fault("verrou-impossible", message, hint="retirer ce verrou")
