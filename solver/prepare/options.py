"""Where each class of pupils may go, and at what cost: the eligibility rules spread over arrays."""

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any

import numpy as np

from solver.calendar import SchoolCalendar
from solver.domain import Division, Host, Pupil, Scenario
from solver.problem import Flags, Ints, Options
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


class _Crossing:
    """A verdict on pairs of distinct (seeker, offer) values, computed once and spread over hosts."""

    def __init__(
        self,
        hosts: Sequence[Host],
        offer: Callable[[Host], Hashable],
        verdict: Callable[[Any, Any], int],
    ) -> None:
        offers: dict[Hashable, int] = {}
        self._column = np.fromiter((offers.setdefault(offer(h), len(offers)) for h in hosts), int)
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
        self._allowed = {
            rule.key: (rule, _Crossing(hosts, rule.offer, rule.allows)) for rule in _RULES
        }
        fridays = [week.friday for week in calendar.usable]
        self._tier = _Crossing(hosts, diplome.RULE.offer, _tier)
        self._last = _Crossing(
            hosts,
            derogation.RULE.offer,
            lambda s, o: bisect_right(fridays, derogation.RULE.until(s, o)) - 1,
        )
        self._position = {h.id: i for i, h in enumerate(hosts)}

    def __call__(
        self, pupil: Pupil, division: Division, found: str | None
    ) -> tuple[Ints, Ints, Ints]:
        """Positions of the hosts, diploma tier and last week of each."""
        allowed: Flags = np.ones(len(self._position), np.bool_)
        for rule, crossing in self._allowed.values():
            if found is None or not rule.waived_by_found_place:
                allowed &= crossing[rule.seeker(pupil, division)].astype(np.bool_)
        last = self._last[derogation.RULE.seeker(pupil, division)]
        allowed &= last >= 0
        if found is not None:
            only = np.zeros_like(allowed)
            only[self._position[found]] = True
            allowed &= only
        hosts = np.flatnonzero(allowed).astype(np.int32)
        tier = self._tier[diplome.RULE.seeker(pupil, division)][hosts]
        return hosts, tier if found is None else np.zeros_like(tier), last[hosts]


def _tier(seeker: Any, offer: Any) -> int:
    tier = diplome.RULE.tier(seeker, offer)
    return -1 if tier is None else tier


def options(
    scenario: Scenario, calendar: SchoolCalendar, seekers: Sequence[tuple[Pupil, str | None]]
) -> Options:
    """The options of each class, cheapest first; `seekers` are one (pupil, found host) per class.

    Of two lodgings for the same host, one that uses no bed and costs no more makes the other
    useless: it is left out.
    """
    eligible = _Eligible(scenario, calendar)
    journeys = Journeys(scenario)
    place = np.array([journeys.index[h.place] for h in scenario.hosts], np.int32)
    start, columns = [0], []
    for pupil, found in seekers:
        division = scenario.division_of[pupil.division]
        hosts, tier, last = eligible(pupil, division, found)
        limit = trajet.limit_minutes(scenario, pupil, division) if found is None else None
        rows = _cheapest_first(
            np.vstack(
                [
                    _lodged(scenario, journeys, pupil, lodging, hosts, place, tier, last, limit)
                    for lodging in _lodgings(scenario, pupil)
                ]
            )
        )
        columns.append(rows)
        start.append(start[-1] + len(rows))
    table = np.vstack(columns) if columns else np.empty((0, 7), np.int32)
    host, bed, lodging, minutes, tier, cost, last = np.ascontiguousarray(table.T)
    return Options(np.array(start, np.int32), host, bed, lodging, minutes, tier, cost, last)


def _lodgings(scenario: Scenario, pupil: Pupil) -> Iterator[tuple[int, bool]]:
    """(boarding house or −1 for home, whether a bed for pupils from elsewhere is used)."""
    yield -1, False
    for i, house in enumerate(scenario.boarding_houses):
        if internat_ouvert.allows(pupil, house):
            yield i, internat_ouvert.uses_bed(pupil, house)


def _lodged(
    scenario: Scenario,
    journeys: Journeys,
    pupil: Pupil,
    lodging: tuple[int, bool],
    hosts: Ints,
    place: Ints,
    tier: Ints,
    last: Ints,
    limit: int | None,
) -> Ints:
    """(n × 7) host, bed, lodging, minutes, tier, cost, last: the hosts in reach of one lodging."""
    house, uses_bed = lodging
    prices = scenario.prices
    origin = pupil.home if house < 0 else scenario.boarding_houses[house].place
    minutes = journeys.matrix(pupil.modes)[journeys.index[origin], place[hosts]]
    cost = (
        minutes * prices.journey_minute
        + np.maximum(0, minutes - prices.journey_comfort_minutes) * prices.journey_discomfort
        + uses_bed * prices.boarding
        + np.array([0, prices.fit_speciality, prices.fit_sector], np.int32)[tier]
    )
    bed = np.full_like(hosts, house if uses_bed else -1)
    rows = np.column_stack([hosts, bed, np.full_like(hosts, house), minutes, tier, cost, last])
    return rows if limit is None else rows[minutes <= limit]


def _cheapest_first(rows: Ints) -> Ints:
    """By cost, without the lodgings that a cheaper one without a bed makes useless."""
    host, bed, cost = rows[:, 0], rows[:, 1], rows[:, 5]
    order = np.lexsort((bed, cost, host))
    rows = rows[order]
    host, bed = rows[:, 0], rows[:, 1]
    # Within a host, what follows its first option without a bed is never better than it.
    bedless_before = np.zeros(len(rows), np.int32)
    np.cumsum(bed[:-1] < 0, out=bedless_before[1:])
    first_of_host = np.searchsorted(host, host)
    useless = bedless_before > bedless_before[first_of_host]
    kept = rows[~useless]
    cheapest: Ints = kept[np.lexsort((kept[:, 0], kept[:, 5]))]
    return cheapest
