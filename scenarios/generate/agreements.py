"""Places that pupils have found, or signed for, before any plan is made.

Signed ones can always be kept, all together, whatever the calendar: over the whole year a host
signs no more pupils than it could take in one week.
Must not know: how the other rows were made.
"""

import math
import random
from collections import Counter
from collections.abc import Mapping
from itertools import accumulate

from scenarios.generate.recipe import Recipe
from scenarios.generate.territory import Territory
from solver.domain import Division, Family, FoundPlace, Host, Pupil, Scenario

_FOUND: Mapping[Family, float] = {"observation": 0.28, "formation": 0.10}
"""Share of pupil-periods for which a place is found, where a slot is left to find."""
_TURNS: Mapping[Family, int] = {"observation": 3, "formation": 2}
"""How many pupils may find the same slot over the year, one after the other."""
_REACH_KM: Mapping[Family, float] = {"observation": 3.0, "formation": 7.0}
_OUTSIDE = 0.04
"""Share found at a host that had not announced that public or that diploma."""
_SIGNED = 0.04
_QUOTA_OF_THE_SMALLEST = 3
"""Trainees that any legal person may take in a week (C. éduc., R. 124-10)."""


def found_places(recipe: Recipe, land: Territory, draft: Scenario) -> tuple[FoundPlace, ...]:
    """Found and signed places of the pupils described in `draft`, by period then pupil."""
    if not draft.hosts:
        return ()
    dice, signing = recipe.dice("places trouvées"), recipe.dice("conventions")
    choice = _Choice(dice, land, draft)
    desk = _Desk(draft)
    rows: list[FoundPlace] = []
    for period in draft.periods:
        division = draft.division_of[period.division]
        with_group: dict[str, Host | None] = {}
        for pupil in draft.pupils_of[division.id]:
            if pupil.group is not None and pupil.group in with_group:
                host = with_group[pupil.group]
            else:
                found = dice.random() < _FOUND[division.family]
                host = choice.host(pupil, division) if found else None
                if pupil.group is not None:
                    with_group[pupil.group] = host
            if host is None or "#" in pupil.id:
                continue
            wants = recipe.has("conventions_signees") and signing.random() < _SIGNED
            signed = wants and desk.sign(pupil, division, host)
            rows.append(
                FoundPlace(
                    pupil=pupil.id,
                    period=period.id,
                    host=host.id,
                    status="signee" if signed else "trouve",
                )
            )
    return tuple(rows)


class _Choice:
    """Draws the host that a pupil finds: near home, of the right kind most of the time."""

    def __init__(self, dice: random.Random, land: Territory, draft: Scenario) -> None:
        self._dice = dice
        self._sites = {s.place.id: s for s in land.home + land.abroad}
        everyone = [h for h in draft.hosts if h.country == "FR" and not h.reserved_for]
        self._hosts_of: dict[str, list[Host]] = {"": everyone}
        self._cumulated: dict[tuple[str, Family, str], list[float]] = {}
        self._taken: Counter[tuple[str, str]] = Counter()

    def host(self, pupil: Pupil, division: Division) -> Host | None:
        """None where others found it before, or where the school may not agree."""
        kind = "" if self._dice.random() < _OUTSIDE else _kind(division)
        hosts = self._fitting(kind, division)
        if not hosts:
            return None
        host = self._dice.choices(hosts, cum_weights=self._nearness(kind, pupil, division))[0]
        key = host.id, "2GT" if division.public == "2GT" else division.family
        turns = 1 if division.public == "2GT" else _TURNS[division.family]
        if self._taken[key] >= turns * host.slots:
            return None
        self._taken[key] += 1
        return host if _may_go(pupil, division, host) else None

    def _fitting(self, kind: str, division: Division) -> list[Host]:
        if kind not in self._hosts_of:
            self._hosts_of[kind] = [h for h in self._hosts_of[""] if _announced(h, division)]
        return self._hosts_of[kind]

    def _nearness(self, kind: str, pupil: Pupil, division: Division) -> list[float]:
        """Cumulated slots × exp(−distance / reach) of the hosts of this kind, seen from home."""
        key = kind, division.family, pupil.home
        if key not in self._cumulated:
            home, reach = self._sites[pupil.home], _REACH_KM[division.family]
            self._cumulated[key] = list(
                accumulate(
                    h.slots * math.exp(-home.km_to(self._sites[h.place]) / reach)
                    for h in self._fitting(kind, division)
                )
            )
        return self._cumulated[key]


def _kind(division: Division) -> str:
    """What divisions that the same hosts take have in common."""
    return f"{division.public} {division.diploma} {' '.join(division.sectors)}"


def _announced(host: Host, division: Division) -> bool:
    tokens = {
        "*",
        division.diploma,
        f"nsf:{division.speciality_group}",
        *(f"secteur:{s}" for s in division.sectors),
    }
    return division.public in host.publics and (
        division.diploma is None or not tokens.isdisjoint(host.diplomas)
    )


def _may_go(pupil: Pupil, division: Division, host: Host) -> bool:
    """What a school checks before it agrees: age, waiver, equipment; one pupil is enough."""
    minor = pupil.age is None or pupil.age < 18
    return (
        (host.age_min == 0 or (pupil.age or 0) >= host.age_min)
        and set(pupil.needs) <= set(host.equipment)
        and (not division.regulated or not minor or host.waiver_until is not None)
        and host.group_min == 1
    )


class _Desk:
    """Signs what can be kept in any calendar, and counts what was signed."""

    def __init__(self, draft: Scenario) -> None:
        limited = {c.host for c in draft.capacities} | {c.target for c in draft.closures}
        self._free = {h.id for h in draft.hosts} - limited
        self._last_friday = max(p.latest.friday for p in draft.periods if p.latest)
        self._pupils: Counter[str] = Counter()
        self._trainees: Counter[str] = Counter()
        self._signed: set[str] = set()

    def sign(self, pupil: Pupil, division: Division, host: Host) -> bool:
        """Signs once a pupil at most, alone, at a host that stays free and fit all year.

        Tutors and `semaines_max` of generated hosts bear all their slots at once.
        """
        minor = pupil.age is None or pupil.age < 18
        waived = host.waiver_until is not None and host.waiver_until >= self._last_friday
        slots = self._pupils[host.id] + 1
        person = host.legal_person or host.id
        trains = division.family == "formation"
        trainees = self._trainees[person] + trains
        keeps = (
            pupil.id not in self._signed
            and pupil.group is None
            and host.id in self._free
            and (not division.regulated or not minor or waived)
            and slots <= host.slots
            and trainees <= _QUOTA_OF_THE_SMALLEST
        )
        if keeps:
            self._signed.add(pupil.id)
            self._pupils[host.id] = slots
            self._trainees[person] = trainees
        return keeps
