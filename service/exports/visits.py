"""Who comes to a host: the pupils of one division in one period, counted.

Must not know: the files that tell it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from solver.domain import Division, Establishment, Host, Period
from solver.facts import Facts
from solver.week import Week


@dataclass(frozen=True, slots=True)
class Visit:
    """Pupils of one division at one host for one period."""

    host: Host
    establishment: Establishment
    division: Division
    period: Period
    weeks: tuple[Week, ...]
    pupils: int

    @property
    def first(self) -> date:
        return self.weeks[0].monday

    @property
    def last(self) -> date:
        return self.weeks[-1].friday


def visits(facts: Facts) -> tuple[Visit, ...]:
    """Every visit with weeks: hosts in the order of the scenario, then by first day."""
    scenario = facts.scenario
    school = {e.uai: e for e in scenario.establishments}
    found = []
    for host in scenario.hosts:
        here = [
            Visit(host, school[division.establishment], division, period, weeks, pupils)
            for key, pupils in (facts.heads[host.id].items() if host.id in facts.heads else ())
            if (weeks := facts.weeks_of[key])
            for period in (scenario.period_of[key],)
            for division in (scenario.division_of[period.division],)
        ]
        found += sorted(here, key=lambda v: (v.weeks[0], v.period.id))
    return tuple(found)


def runs(weeks: Iterable[Week]) -> list[tuple[Week, Week]]:
    """First and last week of each stretch without a gap: holidays cut a period in two."""
    stretches = groupby(enumerate(weeks), key=lambda pair: pair[1].plus(-pair[0]))
    cut = [[week for _, week in stretch] for _, stretch in stretches]
    return [(stretch[0], stretch[-1]) for stretch in cut]
