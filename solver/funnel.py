"""Where one pupil could go in one period, rule after rule: the funnel behind every "why".

Reads the eligibility rules, the scenario and a plan's occupation; answers with masks over the hosts
(H, order of the scenario). Must not know: how plans are searched, sentences.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from solver.calendar import SchoolCalendar
from solver.domain import Division, FoundPlace, Host, Mode, Period, Pupil, Scenario
from solver.problem import Flags, Ints
from solver.rules import (
    accessibilite,
    age,
    derogation,
    diplome,
    internat_ouvert,
    pays,
    public,
    reserve,
    trajet,
)
from solver.travel import Journeys
from solver.week import Week

WELCOME = (public.RULE, diplome.RULE, pays.RULE, reserve.RULE, accessibilite.RULE)
"""What makes a host compatible, in the order in which people think of it."""


class _Spread:
    """A verdict on (seeker, offer) computed once per distinct pair and spread over the hosts."""

    def __init__(
        self,
        hosts: Sequence[Host],
        offer: Callable[[Host], Hashable],
        verdict: Callable[[Any, Any], Any],
    ) -> None:
        distinct: dict[Hashable, int] = {}
        self._column = np.array([distinct.setdefault(offer(h), len(distinct)) for h in hosts], int)
        self._offers = tuple(distinct)
        self._verdict = verdict
        self._rows: dict[Hashable, Any] = {}

    def __getitem__(self, seeker: Hashable) -> Any:
        if seeker not in self._rows:
            values = np.array([self._verdict(seeker, offer) for offer in self._offers])
            self._rows[seeker] = values[self._column] if len(values) else np.zeros(0, np.bool_)
        return self._rows[seeker]


@dataclass(frozen=True, slots=True)
class Reach:
    """The hosts that remain for a pupil in a period, step by step; seats are not looked at."""

    kept: dict[str, Flags]
    """(H) by key of the `WELCOME` rules: the hosts that pass this rule and those before it."""
    compatible: Flags
    """(H) after the last of them; only the found place where there is one."""
    of_age: Flags
    """(H) compatible, and neither `age` nor `derogation` forbids the stay."""
    minutes: Ints
    """(H) the shortest journey from any lodging that the pupil may use."""
    from_home: Flags
    """(H) of age, and near enough from home or from the pupil's own boarding house."""
    from_house: dict[str, Flags]
    """(H) of age, and near enough from a boarding house where a bed would be used, by its id."""

    @property
    def reachable(self) -> Flags:
        """(H) of age and near enough from some lodging."""
        reachable: Flags = np.logical_or.reduce([self.from_home, *self.from_house.values()])
        return reachable


class Funnel:
    """The eligibility rules of one scenario, ready to be asked pupil by pupil."""

    def __init__(
        self,
        scenario: Scenario,
        calendar: SchoolCalendar | None = None,
        journeys: Journeys | None = None,
    ) -> None:
        hosts = scenario.hosts
        self.scenario = scenario
        self.calendar = calendar or SchoolCalendar(scenario)
        self.journeys = journeys or Journeys(scenario)
        self.position = {host.id: i for i, host in enumerate(hosts)}
        self._welcome = {rule.key: _Spread(hosts, rule.offer, rule.allows) for rule in WELCOME}
        self._age = _Spread(hosts, age.RULE.offer, age.RULE.allows)
        self._waiver = _Spread(
            hosts, derogation.RULE.offer, lambda s, o: derogation.RULE.until(s, o).toordinal()
        )
        self._alike: dict[Hashable, Flags] = {}
        self._from: dict[tuple[tuple[Mode, ...], str], Ints] = {}
        self._place = np.array([self.journeys.index[h.place] for h in hosts], int)

    def suits(self, division: Division) -> Flags:
        """(H) the hosts that take this division's public and suit its training."""
        suits: Flags = (
            self._welcome["public"][public.RULE.seeker(_ANYBODY, division)]
            & self._welcome["diplome"][diplome.RULE.seeker(_ANYBODY, division)]
        )
        return suits

    def reach(self, pupil: Pupil, period: Period, weeks: Sequence[Week]) -> Reach:
        """The hosts that remain; `weeks`: those of the stay, for `derogation`."""
        division = self.scenario.division_of[period.division]
        found = self.scenario.found_place_of.get((pupil.id, period.id))
        kept = self._kept(pupil, division, found)
        compatible = next(reversed(kept.values()))
        of_age = self._of_age(pupil, division, compatible, weeks)
        limit = (
            np.iinfo(np.int32).max
            if found
            else trajet.limit_minutes(self.scenario, pupil, division)
        )
        minutes = self._minutes(pupil, pupil.home)
        near = minutes <= limit
        from_house = {}
        for house in self.scenario.boarding_houses:
            if internat_ouvert.allows(pupil, house):
                from_there = self._minutes(pupil, house.place)
                if internat_ouvert.uses_bed(pupil, house):
                    from_house[house.id] = of_age & (from_there <= limit)
                else:
                    near = near | (from_there <= limit)
                minutes = np.minimum(minutes, from_there)
        return Reach(kept, compatible, of_age, minutes, of_age & near, from_house)

    def can_go_somewhere(self, pupil: Pupil, period: Period) -> bool:
        """Whether any host remains at all, whatever the weeks (a waiver may have expired)."""
        division = self.scenario.division_of[period.division]
        found = self.scenario.found_place_of.get((pupil.id, period.id))
        if found is None:
            alike = division.id, pupil.age, pupil.needs, pupil.countries
            if alike not in self._alike:
                kept = self._kept(pupil, division, None)
                self._alike[alike] = self._of_age(pupil, division, kept["accessibilite"], ())
            limit = trajet.limit_minutes(self.scenario, pupil, division)
            if (self._minutes(pupil, pupil.home)[self._alike[alike]] <= limit).any():
                return True
        return bool(self.reach(pupil, period, ()).reachable.any())

    def _kept(self, pupil: Pupil, division: Division, found: FoundPlace | None) -> dict[str, Flags]:
        mask = np.ones(len(self.scenario.hosts), np.bool_)
        if found:
            mask[:] = False
            mask[self.position[found.host]] = True
        kept = {}
        for rule in WELCOME:
            if not (found and rule.waived_by_found_place):
                mask = mask & self._welcome[rule.key][rule.seeker(pupil, division)]
            kept[rule.key] = mask
        return kept

    def _of_age(
        self, pupil: Pupil, division: Division, compatible: Flags, weeks: Sequence[Week]
    ) -> Flags:
        """What `age` and `derogation` leave; without weeks any waiver will do."""
        last_day = weeks[-1].friday if weeks else _ANY_DAY
        waived = self._waiver[derogation.RULE.seeker(pupil, division)] >= last_day.toordinal()
        of_age: Flags = compatible & self._age[age.RULE.seeker(pupil, division)] & waived
        return of_age

    def _minutes(self, pupil: Pupil, place: str) -> Ints:
        key = pupil.modes, place
        if key not in self._from:
            row = self.journeys.matrix(pupil.modes)[self.journeys.index[place]]
            self._from[key] = row[self._place]
        return self._from[key]


_ANY_DAY = date.min + timedelta(days=1)
"""Later than `date.min`, the end of a waiver that does not exist."""
_ANYBODY = Pupil(id="", division="", home="")
"""For rules that look at the division only."""
