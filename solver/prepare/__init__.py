"""Scenario to Problem and back: the one place where dates and names become integers.

`prepare` makes the Problem; `decode` and `encode` turn solutions into plans and back. Everything
between them reads arrays only. Must not know: how plans are searched.
"""

import numpy as np

from solver.calendar import SchoolCalendar
from solver.domain import TRAINING, Scenario
from solver.prepare.arrays import ints, positions, ragged
from solver.prepare.capacities import capacities, saturation_threshold
from solver.prepare.demands import demands
from solver.prepare.departures import departures, may_start
from solver.prepare.equity import equity
from solver.prepare.options import options
from solver.prepare.plans import decode, encode, relisted
from solver.problem import NO_LIMIT, PUBLICS, SAME, Demands, Flags, Problem, Ragged

__all__ = ["decode", "encode", "may_start", "prepare", "relisted"]

_MEETING = 8_000_000
"""Options that the classes that have to meet may have together: all of theirs where some pupils do
(L 250,000, nancy 300,000, XL a million), memory where all of them do."""


def prepare(scenario: Scenario, keep: int | None = None) -> Problem:
    """The scenario in integers. Raises `UnknownSchoolYear`.

    `keep`: options per class of pupils, the cheapest first, besides those of the reference; all
    where None, and more for classes that may board or have to meet at a host. What is left out is
    told by `Options.tail`: a search may ignore it, a proof may not.
    """
    calendar = SchoolCalendar(scenario)
    divisions = [scenario.division_of[p.division] for p in scenario.periods]
    demand_table, seekers = demands(scenario)
    most = np.full(len(seekers), NO_LIMIT if keep is None else keep, np.int64)
    meeting = _meeting(demand_table, len(seekers))
    most[meeting] = np.maximum(most[meeting], _MEETING // max(1, int(meeting.sum())))
    return Problem(
        departures=departures(scenario, calendar),
        demands=demand_table,
        options=options(
            scenario, calendar, seekers, most, wanted=_reference_hosts(demand_table, len(seekers))
        ),
        capacities=capacities(scenario, calendar),
        equity=equity(scenario),
        family=ints(d.public in TRAINING for d in divisions),
        public=ints(PUBLICS.index(d.public) for d in divisions),
        division=positions((d.id for d in scenario.divisions), (d.id for d in divisions)),
        establishment=positions(
            (e.uai for e in scenario.establishments), (d.establishment for d in divisions)
        ),
        saturation_threshold=saturation_threshold(scenario, calendar),
        prices=scenario.prices,
    )


def _meeting(demands: Demands, classes: int) -> Flags:
    """(C) those whose pupils have to be where pupils of another class are (`groupe`, `hote`).

    Who live far from one another need not have one host in common among their cheapest.
    """
    meeting = np.zeros(classes, np.bool_)
    groups = (demands.groups[g] for g in range(len(demands.groups)))
    for together in (*groups, *demands.linked(SAME)):
        found = np.unique(demands.seeker[together])
        meeting[found] |= len(found) > 1
    return meeting


def _reference_hosts(demands: Demands, classes: int) -> Ragged:
    """For each class, the hosts where the reference plan puts its pupils."""
    hosts: list[list[int]] = [[] for _ in range(classes)]
    for demand in (demands.reference_host >= 0).nonzero()[0]:
        hosts[demands.seeker[demand]].append(int(demands.reference_host[demand]))
    return ragged(hosts)
