"""Pupils without a place, put one after the other on the seats that a plan leaves.

Cheapest host first, all rules kept; used to try a change of the tables. Must not know: what was
changed, or why.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from solver.calendar import SchoolCalendar
from solver.domain import BoardingHouse, Host, Period, Placement, Plan, Pupil, Scenario
from solver.facts import Facts
from solver.funnel import Funnel, Reach
from solver.indicators.seats import Seats
from solver.problem import Flags
from solver.rules import diplome, internat_ouvert, trajet
from solver.travel import Journeys
from solver.week import Week

_TIERS = ("", "fit_speciality", "fit_sector")


@dataclass(frozen=True, slots=True)
class Party:
    """Pupils of one division who go together in one period: one, or a whole `groupe`."""

    pupils: tuple[Pupil, ...]
    period: Period


class Filling:
    """A plan being filled up; `plan` is what has become of it."""

    def __init__(
        self, scenario: Scenario, plan: Plan, calendar: SchoolCalendar, journeys: Journeys
    ) -> None:
        self.scenario = scenario
        self._journeys = journeys
        self.facts = Facts(scenario, plan, calendar, journeys)
        self.seats = Seats(self.facts)
        self.funnel = Funnel(scenario, calendar, journeys)
        self._hosts_of = dict(self.facts.hosts_of)
        self._added: list[Placement] = []
        self._mates: dict[tuple[str, str], list[Pupil]] = defaultdict(list)
        for pupil in scenario.everyone:
            if pupil.group:
                self._mates[pupil.division, pupil.group].append(pupil)
        self._next = {
            before.id: scenario.period_of[after]
            for after, before in scenario.previous_period.items()
        }

    @property
    def plan(self) -> Plan:
        before = self.facts.plan
        return Plan(departures=before.departures, placements=before.placements + tuple(self._added))

    def party(self, pupil: Pupil, period: Period) -> Party:
        """The pupil with the classmates of the same group."""
        if pupil.group is None:
            return Party((pupil,), period)
        return Party(tuple(self._mates[pupil.division, pupil.group]), period)

    def waiting(self) -> tuple[Party, ...]:
        """Who has no place, groups once, in the order of the scenario."""
        found: dict[tuple[str, ...], Party] = {}
        for pupil, period in self.facts.unplaced:
            party = self.party(pupil, period)
            found.setdefault((period.id, *(p.id for p in party.pupils)), party)
        return tuple(found.values())

    def weeks(self, party: Party) -> tuple[Week, ...]:
        return self.facts.weeks_of[party.period.id]

    def reaches(self, party: Party) -> list[Reach]:
        """The funnel of each pupil, for the weeks of the plan."""
        return [self.funnel.reach(p, party.period, self.weeks(party)) for p in party.pupils]

    def linked(self, party: Party) -> Flags:
        """(H) the hosts that `hote` allows to all, given their places at the ranks beside."""
        allowed = np.ones(len(self.scenario.hosts), np.bool_)
        before = self.scenario.previous_period.get(party.period.id)
        after = self._next.get(party.period.id)
        for other, link in (
            (before, party.period.host_link),
            (after, after.host_link if after else "libre"),
        ):
            if other is None or link == "libre":
                continue
            for pupil in party.pupils:
                for host in self._hosts_of.get((pupil.id, other.id), ()):
                    there = np.zeros_like(allowed)
                    there[self.funnel.position[host]] = True
                    allowed &= there if link == "meme" else ~there
        return allowed

    def _houses(self, pupil: Pupil, period: Period) -> list[BoardingHouse]:
        """Where the pupil may lodge and finds a bed; beds are looked at one pupil at a time."""
        return [
            house
            for house in self.scenario.boarding_houses
            if internat_ouvert.allows(pupil, house)
            and (
                not internat_ouvert.uses_bed(pupil, house)
                or self.seats.has_bed(house, [pupil], period)
            )
        ]

    def _lodgings(
        self, pupil: Pupil, houses: Sequence[BoardingHouse], period: Period, host: Host
    ) -> Iterator[BoardingHouse | None]:
        """Home and those houses that are near enough to the host."""
        division = self.scenario.division_of[period.division]
        found = (pupil.id, period.id) in self.scenario.found_place_of
        limit = None if found else trajet.limit_minutes(self.scenario, pupil, division)
        for house in (None, *houses):
            minutes = self._journeys.minutes(pupil, host.id, house.id if house else None)
            if limit is None or minutes <= limit:
                yield house

    def cost(self, party: Party, host: Host, lodgings: Sequence[BoardingHouse | None]) -> int:
        """Points of the party at that host, all placements' preferences together."""
        prices, total = self.scenario.prices, 0
        division = self.scenario.division_of[party.period.division]
        reference = self.scenario.reference.placement_of if self.scenario.reference else {}
        for pupil, house in zip(party.pupils, lodgings, strict=True):
            minutes = self._journeys.minutes(pupil, host.id, house.id if house else None)
            total += minutes * prices.journey_minute
            beyond = max(0, minutes - prices.journey_comfort_minutes)
            total += beyond * prices.journey_discomfort
            if house is not None and internat_ouvert.uses_bed(pupil, house):
                total += prices.boarding
            key = pupil.id, party.period.id
            tier = diplome.tier_of(pupil, division, host) or 0
            if tier and key not in self.scenario.found_place_of:
                total += int(getattr(prices, _TIERS[tier]))
            if key in reference and reference[key].host != host.id:
                total += prices.host_stability
        return total

    def choices(
        self, party: Party, hosts: Flags
    ) -> list[tuple[int, int, tuple[BoardingHouse | None, ...]]]:
        """(points, host, lodgings), cheapest first, of the hosts named; seats are not looked at."""
        found = []
        houses = [self._houses(p, party.period) for p in party.pupils]
        for h in np.flatnonzero(hosts):
            host = self.scenario.hosts[h]
            per_pupil = [
                tuple(self._lodgings(p, near, party.period, host))
                for p, near in zip(party.pupils, houses, strict=True)
            ]
            for lodgings in product(*per_pupil):
                if len(party.pupils) == 1 or self._all_have_beds(party, lodgings):
                    found.append((self.cost(party, host, lodgings), int(h), lodgings))
        return sorted(found, key=lambda choice: choice[:2])

    def best(
        self, party: Party, only: int | None = None
    ) -> tuple[int, tuple[BoardingHouse | None, ...]] | None:
        """The cheapest host with room and the lodgings there (or at host `only`), if any."""
        if not self.weeks(party):
            return None
        hosts = self.seats.room(party.period, len(party.pupils)) & self.linked(party)
        for reach in self.reaches(party):
            hosts = hosts & reach.reachable
        if only is not None:
            hosts = hosts & (np.arange(len(hosts)) == only)
        choices = self.choices(party, hosts)
        return (choices[0][1], choices[0][2]) if choices else None

    def placements(
        self, party: Party, host: int, lodgings: Sequence[BoardingHouse | None]
    ) -> list[Placement]:
        """The rows of a plan that put the party there."""
        return [
            Placement(
                pupil=pupil.id,
                period=party.period.id,
                host=self.scenario.hosts[host].id,
                lodging=house.id if house else None,
            )
            for pupil, house in zip(party.pupils, lodgings, strict=True)
        ]

    def place(self, party: Party, only: int | None = None) -> bool:
        """Put the party at its cheapest host with room (or at host `only`); False where none is."""
        best = self.best(party, only)
        if best is None:
            return False
        h, lodgings = best
        self.seats.take(party.period, h, party.pupils, lodgings)
        for placement in self.placements(party, h, lodgings):
            self._hosts_of[placement.pupil, placement.period] = (placement.host,)
            self._added.append(placement)
        return True

    def place_all(self, parties: Iterable[Party]) -> int:
        """Put as many as possible, in this order; the pupils placed."""
        return sum(len(party.pupils) for party in parties if self.place(party))

    def _all_have_beds(self, party: Party, lodgings: Sequence[BoardingHouse | None]) -> bool:
        houses = {h.id: h for h in lodgings if h is not None}
        return all(
            self.seats.has_bed(
                house,
                [
                    p
                    for p, h in zip(party.pupils, lodgings, strict=True)
                    if h is not None and h.id == house.id and internat_ouvert.uses_bed(p, h)
                ],
                party.period,
            )
            for house in houses.values()
        )
