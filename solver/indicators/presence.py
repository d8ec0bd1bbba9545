"""Who is out, week by week and family by family, against what the hosts offer.

Must not know: how it is drawn.
"""

from dataclasses import dataclass

import numpy as np

from solver.domain import FAMILIES, Family, Public
from solver.facts import Facts
from solver.prepare.capacities import saturation_threshold, slots_per_week
from solver.problem import Longs
from solver.week import Week


@dataclass(frozen=True, slots=True)
class Presence:
    """One family over the usable weeks (W) of the year."""

    family: Family
    weeks: tuple[Week, ...]
    pupils: dict[Public, Longs]
    """(W) pupils of all divisions out, placed or not, by public; only publics that go out."""
    seats: Longs
    """(W) slots of the hosts that take the family."""
    threshold: Longs
    """(W) pupils out that cost nothing; see `saturation` in the rules."""
    has_hosts: bool
    """False: the threshold smooths the load (`seuil_lissage`), it does not measure seats."""

    @property
    def out(self) -> Longs:
        """(W) pupils out, all publics."""
        return sum(self.pupils.values(), np.zeros(len(self.weeks), np.int64))


def presence(facts: Facts, family: Family) -> Presence:
    """Pupils out, seats and saturation threshold of a family in every usable week."""
    scenario, calendar = facts.scenario, facts.calendar
    publics = FAMILIES[family]
    pupils: dict[Public, Longs] = {}
    for period in scenario.periods:
        public = facts.division(period).public
        if public in publics:
            weeks = pupils.setdefault(public, np.zeros(len(calendar.usable), np.int64))
            for week in facts.weeks_of[period.id]:
                weeks[calendar.index[week]] += facts.size(period)
    takers = [i for i, h in enumerate(scenario.hosts) if not set(publics).isdisjoint(h.publics)]
    return Presence(
        family=family,
        weeks=calendar.usable,
        pupils={public: pupils[public] for public in publics if public in pupils},
        seats=slots_per_week(scenario, calendar)[takers].sum(axis=0, dtype=np.int64),
        threshold=saturation_threshold(scenario, calendar)[list(FAMILIES).index(family)],
        has_hosts=bool(takers),
    )
