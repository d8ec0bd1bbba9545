"""Where each class of pupils may go, and at what cost: the eligibility rules spread over arrays."""

from bisect import bisect_right
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np

from solver.calendar import SchoolCalendar
from solver.domain import Division, Host, Pupil, Scenario
from solver.prepare.arrays import ints, ragged
from solver.prepare.cheapest import cheapest
from solver.problem import NO_LIMIT, Flags, Ints, Longs, Options, Ragged
from solver.rule import Eligibility
from solver.rules import accessibilite, age, derogation, diplome, internat_ouvert, pays, trajet
from solver.rules import public as public_rule
from solver.rules import reserve as reserve_rule
from solver.travel import Journeys

_RULES: tuple[Eligibility[Any, Any], ...] = (
    public_rule.RULE,
    diplome.RULE,
    age.RULE,
    accessibilite.RULE,
    pays.RULE,
    reserve_rule.RULE,
)


def options(
    scenario: Scenario,
    calendar: SchoolCalendar,
    seekers: Sequence[tuple[Pupil, str | None]],
    most: Longs,
    *,
    wanted: Ragged,
) -> Options:
    """The options of each class, cheapest first; `seekers` are one (pupil, found host) per class.

    Of two lodgings for the same host, one that uses no bed and costs no more makes the other
    useless: it is left out. Of each class only the `most` cheapest stay, with as many that use no
    bed, a share of each boarding house and those at the hosts `wanted` for it; `tail` tells what
    the next of all would cost at least.
    """
    eligible = _Eligible(scenario, calendar)
    journeys = Journeys(scenario)
    modes: dict[frozenset[str], int] = {}
    matrices: list[Ints] = []
    rows: dict[Hashable, int] = {}
    hosts: list[tuple[Ints, Ints, Ints]] = []
    lodgings: list[list[tuple[int, int, bool]]] = []
    eligible_row, mode_row, limit = [], [], []
    for pupil, found in seekers:
        division = scenario.division_of[pupil.division]
        key = eligible.key(pupil, division, found)
        if key not in rows:
            rows[key] = len(hosts)
            hosts.append(eligible(pupil, division, found))
        eligible_row.append(rows[key])
        mode_set = frozenset[str](pupil.modes)
        if mode_set not in modes:
            modes[mode_set] = len(matrices)
            matrices.append(journeys.matrix(pupil.modes))
        mode_row.append(modes[mode_set])
        limit.append(trajet.limit_minutes(scenario, pupil, division) if found is None else NO_LIMIT)
        lodgings.append(_lodgings(scenario, journeys, pupil))
    lodging_start = ragged([[house for house, _, _ in each] for each in lodgings])
    flat = np.array([row for each in lodgings for row in each], np.int32).reshape(-1, 3)
    eligible_start = np.concatenate(([0], np.cumsum([len(h) for h, _, _ in hosts]))).astype(
        np.int32
    )
    prices = scenario.prices
    start, tail, table = cheapest(
        ints(eligible_row),
        eligible_start,
        np.concatenate([h for h, _, _ in hosts] or [ints(())]),
        np.concatenate([t for _, t, _ in hosts] or [ints(())]),
        np.concatenate([w for _, _, w in hosts] or [ints(())]),
        ints(journeys.index[h.place] for h in scenario.hosts),
        ints(mode_row),
        np.array(matrices, np.int32).reshape(len(matrices), len(scenario.places), -1),
        ints(limit),
        lodging_start.start,
        flat,
        np.array(
            [
                prices.journey_minute,
                prices.journey_comfort_minutes,
                prices.journey_discomfort,
                prices.boarding,
                0,
                prices.fit_speciality,
                prices.fit_sector,
            ],
            np.int64,
        ),
        most,
        wanted.start,
        wanted.values,
        len(scenario.hosts),
    )
    host, bed, lodging, minutes, tier, cost, last = np.ascontiguousarray(table.T)
    return Options(start, host, bed, lodging, minutes, tier, cost, last, tail)


class _Crossing:
    """A verdict on pairs of distinct (seeker, offer), computed once and spread over hosts."""

    def __init__(
        self,
        hosts: Sequence[Host],
        offer: Callable[[Host], Hashable],
        verdict: Callable[[Any, Any], int],
    ) -> None:
        offers: dict[Hashable, int] = {}
        self._column = ints(offers.setdefault(offer(h), len(offers)) for h in hosts)
        self._offers = tuple(offers)
        self._verdict = verdict
        self._rows: dict[Hashable, Ints] = {}

    def __getitem__(self, seeker: Hashable) -> Ints:
        """(H) the verdict for every host."""
        if seeker not in self._rows:
            distinct = [self._verdict(seeker, offer) for offer in self._offers]
            self._rows[seeker] = np.array(distinct, np.int32)[self._column]
        return self._rows[seeker]


class _Eligible:
    """The hosts that may take a pupil, journeys aside, each with its fit and last week."""

    def __init__(self, scenario: Scenario, calendar: SchoolCalendar) -> None:
        hosts = scenario.hosts
        self._allowed = [(rule, _Crossing(hosts, rule.offer, rule.allows)) for rule in _RULES]
        fridays = [week.friday for week in calendar.usable]
        self._tier = _Crossing(hosts, diplome.RULE.offer, _tier)
        self._last = _Crossing(
            hosts,
            derogation.RULE.offer,
            lambda s, o: bisect_right(fridays, derogation.RULE.until(s, o)) - 1,
        )
        self._position = {h.id: i for i, h in enumerate(hosts)}

    def key(self, pupil: Pupil, division: Division, found: str | None) -> Hashable:
        """All that decides the answer."""
        seen = [rule.seeker(pupil, division) for rule, _ in self._allowed]
        return (*seen, derogation.RULE.seeker(pupil, division), found)

    def __call__(
        self, pupil: Pupil, division: Division, found: str | None
    ) -> tuple[Ints, Ints, Ints]:
        """Positions of the hosts, diploma tier and last week of each."""
        allowed: Flags = np.ones(len(self._position), np.bool_)
        for rule, crossing in self._allowed:
            if found is None or not rule.waived_by_found_place:
                allowed &= crossing[rule.seeker(pupil, division)].astype(np.bool_)
        last = self._last[derogation.RULE.seeker(pupil, division)]
        allowed &= last >= 0
        if found is not None:
            allowed &= np.arange(len(allowed)) == self._position[found]
        hosts = np.flatnonzero(allowed).astype(np.int32)
        tier = self._tier[diplome.RULE.seeker(pupil, division)][hosts]
        return hosts, tier if found is None else np.zeros_like(tier), last[hosts]


def _tier(seeker: Any, offer: Any) -> int:
    tier = diplome.RULE.tier(seeker, offer)
    return -1 if tier is None else tier


def _lodgings(scenario: Scenario, journeys: Journeys, pupil: Pupil) -> list[tuple[int, int, bool]]:
    """(boarding house or −1 for home, its place, whether a bed for others is used)."""
    return [
        (-1, journeys.index[pupil.home], False),
        *(
            (i, journeys.index[house.place], internat_ouvert.uses_bed(pupil, house))
            for i, house in enumerate(scenario.boarding_houses)
            if internat_ouvert.allows(pupil, house)
        ),
    ]
