"""Workplaces of a fictional bassin: who they take, for which trades, how many, and when.

Slots follow the tension asked for; their kinds follow what people do for a living more than what
the lycées teach, so that some trades are short of places and others have plenty.
Must not know: periods, pupils one by one.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from scenarios.generate import names
from scenarios.generate.identifiers import siren, siret
from scenarios.generate.recipe import SLOTS_PER_PUPIL, Recipe
from scenarios.generate.schools import School
from scenarios.generate.territory import Site, Territory
from scenarios.generate.trades import SECTORS, Sector
from solver.domain import OBSERVATION, TRAINING, Capacity, Host, Public
from solver.week import Week

_W = Week.parse
_YEAR_WEEKS = 44
_TRADES: tuple[Public, ...] = ("CAP", "BACPRO", "CS")
_SOME: tuple[Public, ...] = ("4E", "3PM", "SEGPA")
_PUBLICS: dict[tuple[Public, ...], int] = {
    _TRADES: 34, ("3E", "2GT", *_TRADES): 23, ("3E", "2GT"): 21, ("3E", *_TRADES): 10,
    ("2GT", *_TRADES): 5, ("3E",): 5, ("2GT",): 2,
}  # fmt: skip
_SLOTS = {1: 65, 2: 16, 3: 7, 4: 4, 5: 3, 6: 1, 8: 1, 10: 1, 12: 2}
_STAFF = {1: (1, 14), 2: (6, 30), 3: (9, 45)}
"""Staff from … to by slots, small ones more often; above three slots, about 12 to 30 a slot."""
_LONG_WAIVER, _SHORT_WAIVER = date(2027, 12, 31), date(2027, 3, 31)


def hosts(recipe: Recipe, land: Territory, schools: Sequence[School]) -> tuple[Host, ...]:
    """Hosts until their slots make the tension; none with the feature `sans_accueil`."""
    if recipe.has("sans_accueil"):
        return ()
    pupils = sum(d.headcount for s in schools for d in s.divisions)
    wanted = SLOTS_PER_PUPIL[recipe.tension] * pupils
    dice = recipe.dice("accueils")
    market = _Market(dice, schools)
    weights = [site.weight for site in land.home]
    before = recipe.ground.hosts_before
    rows: list[Host] = []
    slots = 0
    while slots < wanted:
        site = dice.choices(land.home, weights=weights)[0]
        rows.append(_host(dice, before + len(rows), site, market))
        slots += rows[-1].slots
    return tuple(_with_features(recipe, land, schools, rows))


def capacities(recipe: Recipe, hosts: Sequence[Host]) -> tuple[Capacity, ...]:
    """Weeks without room for anyone, weeks before Christmas without 3e, years with few 3e."""
    dice = recipe.dice("capacités")
    rows: list[Capacity] = []
    for host in hosts:
        draw, first, length = dice.random(), dice.randrange(_YEAR_WEEKS), dice.randint(1, 6)
        begin = _W("2026-W36").plus(min(first, _YEAR_WEEKS - length))
        if draw < 0.12:
            left = dice.choice((0, 0, 0, host.slots // 2))
            end = begin.plus(length - 1)
            rows.append(Capacity(host=host.id, public="*", first=begin, last=end, slots=left))
        elif draw < 0.165 and "3E" in host.publics:
            fair = _W("2026-W49"), _W("2026-W51")
            rows.append(Capacity(host=host.id, public="3E", first=fair[0], last=fair[1], slots=0))
        elif draw < 0.5 and host.slots >= 3 and "3E" in host.publics and len(host.publics) > 1:
            year = _W("2026-W36"), _W("2027-W26")
            third = max(1, host.slots // 3)
            rows.append(
                Capacity(host=host.id, public="3E", first=year[0], last=year[1], slots=third)
            )
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class _Kind:
    """A sector and what it asks of pupils."""

    sector: Sector
    diplomas: tuple[str, ...]
    """Diplomas taught in the bassin that name this sector."""


class _Market:
    """How often each sector is met, for training hosts and for those who only let look."""

    def __init__(self, dice: random.Random, schools: Sequence[School]) -> None:
        taught: dict[str, set[str]] = {s.id: set() for s in SECTORS}
        need: dict[str, float] = dict.fromkeys(taught, 0.0)
        for division in (d for s in schools for d in s.divisions if d.diploma):
            for sector in division.sectors:
                taught[sector].add(division.diploma or "")
                need[sector] += division.headcount / len(division.sectors)
        self.kinds = [_Kind(s, tuple(sorted(taught[s.id]))) for s in SECTORS]
        self.seen = [float(s.weight) for s in SECTORS]
        all_need, all_seen = sum(need.values()) or 1.0, sum(self.seen)
        self.training = [
            (0.65 * s.weight / all_seen + 0.35 * need[s.id] / all_need)
            * math.exp(dice.uniform(-0.9, 0.9))
            for s in SECTORS
        ]


def _host(dice: random.Random, index: int, site: Site, market: _Market) -> Host:
    publics = dice.choices(list(_PUBLICS), weights=list(_PUBLICS.values()))[0]
    trains = "CAP" in publics
    kind = dice.choices(market.kinds, weights=market.training if trains else market.seen)[0]
    slots = dice.choices(list(_SLOTS), weights=list(_SLOTS.values()))[0]
    group_max = dice.choices((1, 2, 3), weights=(79, 17, 4))[0]
    return Host(
        id=siret(siren(index), 1),
        name=names.host(dice, dice.choice(kind.sector.labels), site.place.name),
        place=site.place.id,
        activity=kind.sector.activity,
        staff=_staff(dice, slots),
        publics=publics,
        diplomas=_diplomas(dice, kind) if trains else (),
        slots=slots,
        tutors=max(1, (slots + dice.choice((0, 1))) // 2),
        group_max=group_max,
        age_min=0 if "3E" in publics else dice.choices((0, 15, 16, 18), weights=(67, 11, 16, 6))[0],
        waiver_until=_waiver(dice, kind.sector),
        equipment=("pmr",) if dice.random() < 0.35 else (),
        max_slot_weeks=slots * dice.randint(10, 28) if dice.random() < 0.24 else None,
    )


def _staff(dice: random.Random, slots: int) -> int:
    low, high = _STAFF.get(slots, (12 * slots, 30 * slots))
    return low + int((high - low) * dice.random() ** 2)


def _diplomas(dice: random.Random, kind: _Kind) -> tuple[str, ...]:
    """Most take their sector; some name an NSF group or the very diplomas; a few take anyone."""
    draw, sector = dice.random(), f"secteur:{kind.sector.id}"
    if kind.diplomas and draw < 0.14:
        exact = dice.sample(kind.diplomas, min(len(kind.diplomas), dice.choice((1, 2))))
        return (*sorted(exact), sector)
    if kind.diplomas and draw < 0.38:
        return (f"nsf:{dice.choice(kind.diplomas)[3:6]}", sector)
    return (sector, "*") if draw > 0.985 else (sector,)


def _waiver(dice: random.Random, sector: Sector) -> date | None:
    draw = dice.random()
    if not sector.regulated:
        return _LONG_WAIVER if draw < 0.14 else None
    return _LONG_WAIVER if draw < 0.6 else _SHORT_WAIVER if draw < 0.74 else None


def _with_features(
    recipe: Recipe, land: Territory, schools: Sequence[School], rows: Sequence[Host]
) -> list[Host]:
    """The same hosts, with what the features add to some of them, each from its own dice."""
    result = list(rows)
    if recipe.has("autres_publics"):
        result = _with_other_publics(recipe.dice("publics"), result)
    if recipe.has("groupe_min"):
        result = _with_smallest_groups(recipe.dice("groupe_min"), result)
    if recipe.has("uai_reserves"):
        result = _with_reserved(recipe.dice("réserves"), result, schools)
    if recipe.has("inconnus"):
        result = _with_unknowns(recipe.dice("inconnus"), result)
    if recipe.has("siren_partages"):
        result = _with_chains(recipe.dice("siren"), result)
    if land.abroad:
        result = _with_abroad(recipe, result, land)
    return result


def _with_other_publics(dice: random.Random, rows: Sequence[Host]) -> list[Host]:
    def wider(host: Host) -> Host:
        looked = {p for p in _SOME if "3E" in host.publics and dice.random() < 0.3}
        trained = {"BTS"} if "BACPRO" in host.publics and dice.random() < 0.4 else set()
        taken = set(host.publics) | looked | trained
        ordered = tuple(p for p in (*OBSERVATION, *TRAINING) if p in taken)
        return host.model_copy(update={"publics": ordered})

    return [wider(host) for host in rows]


def _with_smallest_groups(dice: random.Random, rows: Sequence[Host]) -> list[Host]:
    return [
        h.model_copy(update={"group_min": 2}) if h.group_max > 1 and dice.random() < 0.15 else h
        for h in rows
    ]


def _with_reserved(
    dice: random.Random, rows: Sequence[Host], schools: Sequence[School]
) -> list[Host]:
    """Two hosts in a hundred keep their places for one or two schools they know."""
    by_family = {
        trains: [s.row.uai for s in schools if _trains(s) == trains] for trains in (True, False)
    }

    def reserved(host: Host) -> Host:
        known = by_family["CAP" in host.publics]
        if not known or dice.random() > 0.02:
            return host
        chosen = dice.sample(known, min(len(known), dice.choice((1, 1, 2))))
        return host.model_copy(update={"reserved_for": tuple(sorted(chosen))})

    return [reserved(host) for host in rows]


def _trains(school: School) -> bool:
    return any(d.family == "formation" for d in school.divisions)


def _with_unknowns(dice: random.Random, rows: Sequence[Host]) -> list[Host]:
    """Hosts that a coordinator knows from one telephone call: no staff, no tutors said."""
    return [
        h.model_copy(update={"staff": None, "tutors": None}) if dice.random() < 0.04 else h
        for h in rows
    ]


def _with_chains(dice: random.Random, rows: Sequence[Host]) -> list[Host]:
    """One host in fourteen is another site of an earlier one of its trade: one legal person."""
    sites: dict[str, int] = {}
    by_activity: dict[str, list[str]] = {}
    result: list[Host] = []
    for host in rows:
        known = by_activity.setdefault(host.activity, [])
        if known and dice.random() < 0.07:
            person = dice.choice(known)
            sites[person] = sites.get(person, 1) + 1
            host = host.model_copy(update={"id": siret(person, sites[person])})
        elif len(known) < 3:
            known.append(host.id[:9])
        result.append(host)
    return result


def _with_abroad(recipe: Recipe, rows: Sequence[Host], land: Territory) -> list[Host]:
    """One host in forty lies beyond the border, without a SIRET."""
    dice = recipe.dice("étranger")
    result: list[Host] = []
    for number, host in enumerate(rows, 1):
        if dice.random() < 1 / 40:
            site = dice.choice(land.abroad)
            update = {
                "id": f"X-{site.country}-{recipe.ground.prefix}{number:04d}",
                "place": site.place.id,
                "country": site.country,
            }
            host = host.model_copy(update=update)
        result.append(host)
    return result
