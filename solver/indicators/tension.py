"""The national priority indicator: offers ÷ pupils, by week × sector × public.

A course that names several sectors counts in each of them, and so does a host: the cells tell how
tight each trade is, they do not add up. Must not know: who is placed where.
"""

from collections import defaultdict

import numpy as np

from solver.domain import TRAINING, Division, Public
from solver.facts import Facts
from solver.funnel import Funnel
from solver.indicators.models import Tension
from solver.prepare.capacities import slots_per_week
from solver.problem import Flags, Longs


def tension(facts: Facts) -> tuple[Tension, ...]:
    """Every (week, public, sector) in which pupils are out, in order of week."""
    scenario, usable = facts.scenario, facts.calendar.usable
    funnel = Funnel(scenario, facts.calendar)
    slots = slots_per_week(scenario, facts.calendar)
    suitable: dict[tuple[Public, str], Flags] = defaultdict(
        lambda: np.zeros(len(scenario.hosts), np.bool_)
    )
    pupils: dict[tuple[Public, str], Longs] = defaultdict(lambda: np.zeros(len(usable), np.int64))
    for division in scenario.divisions:
        for sector in _sectors(division):
            narrowed = division.model_copy(update={"sectors": (sector,) if sector else ()})
            suitable[division.public, sector] |= funnel.suits(narrowed)
    for period in scenario.periods:
        division = scenario.division_of[period.division]
        for sector in _sectors(division):
            out = pupils[division.public, sector]
            for week in facts.weeks_of[period.id]:
                out[facts.calendar.index[week]] += len(scenario.pupils_of[division.id])
    offers = {cell: slots[hosts].sum(axis=0) for cell, hosts in suitable.items()}
    return tuple(
        Tension(
            week=week,
            public=public,
            sector=sector,
            offers=int(offers[public, sector][w]),
            pupils=int(out[w]),
            ratio=round(float(offers[public, sector][w] / out[w]), 3),
        )
        for w, week in enumerate(usable)
        for (public, sector), out in sorted(pupils.items())
        if out[w]
    )


def _sectors(division: Division) -> tuple[str, ...]:
    """The sectors a division counts in; one without a name for observation, or none written."""
    return division.sectors or ("",) if division.public in TRAINING else ("",)
