"""The ground of a fictional bassin: a town, its suburbs, market towns, villages, a border.

Places lie on a plane in kilometres around a point of eastern France.
Must not know: schools, pupils.
"""

import math
import random
from dataclasses import dataclass, replace
from itertools import accumulate

from scenarios.generate import names
from scenarios.generate.recipe import Ground, Recipe
from solver.domain import Place

_LATITUDE, _LONGITUDE = 48.55, 6.45
_KM_PER_DEGREE = 111.195
_PUPILS_PER_TOWN = 16_000
_TOWN_WEIGHT = 1.1
"""Weight of all towns per place; a village weighs 1.5 on average: one third lives in towns."""


@dataclass(frozen=True, slots=True)
class Site:
    """A place and what draws people to it."""

    place: Place
    x_km: float
    y_km: float
    weight: float
    """Inhabitants, in any unit."""
    country: str = "FR"

    def km_to(self, other: "Site") -> float:
        return math.hypot(self.x_km - other.x_km, self.y_km - other.y_km)


@dataclass(frozen=True, slots=True)
class Territory:
    """Towns, market towns, villages (suburbs of the towns first); sites abroad apart."""

    river: str
    towns: tuple[Site, ...]
    market_towns: tuple[Site, ...]
    villages: tuple[Site, ...]
    abroad: tuple[Site, ...]

    @property
    def home(self) -> tuple[Site, ...]:
        """All sites on this side of the border."""
        return self.towns + self.market_towns + self.villages


class Nearness:
    """Draws sites near another one: weight × exp(−distance / reach)."""

    def __init__(self, sites: tuple[Site, ...], reach_km: float) -> None:
        self._sites = sites
        self._reach_km = reach_km
        self._cumulated: dict[str, list[float]] = {}

    def draw(self, dice: random.Random, center: Site) -> Site:
        key = center.place.id
        if key not in self._cumulated:
            weights = (s.weight * math.exp(-s.km_to(center) / self._reach_km) for s in self._sites)
            self._cumulated[key] = list(accumulate(weights))
        return dice.choices(self._sites, cum_weights=self._cumulated[key])[0]


def territory(recipe: Recipe) -> Territory:
    """About 30 places for 800 pupils, 50 for 2,000, 180 for 12,000, on a disk that grows too."""
    dice = recipe.dice("lieux")
    count = max(4, round(0.3 * recipe.pupils**0.68))
    town_count = 1 + recipe.pupils // _PUPILS_PER_TOWN
    market_count = max(1, round(count / 9))
    radius = radius_km(recipe.pupils)
    town_weight = _TOWN_WEIGHT * count / town_count
    river = dice.choice(names.RIVERS)
    named = names.places(dice)
    towns = tuple(
        _site(1 + i, f"{next(named)}-sur-{river}", _ring(dice, town_ring_km), town_weight)
        for i, town_ring_km in enumerate([0.0] + [radius * 0.75] * (town_count - 1))
    )
    market_towns = tuple(
        _site(
            1 + town_count + i,
            next(named),
            _ring(dice, radius * dice.uniform(0.3, 1)),
            dice.uniform(5, 11),
        )
        for i in range(market_count)
    )
    suburb_count = (count - town_count - market_count) // 3
    suburbs = tuple(
        _site(1 + i, next(named), _near(dice, dice.choice(towns)), dice.uniform(1, 5))
        for i in range(town_count + market_count, town_count + market_count + suburb_count)
    )
    hamlets = tuple(
        _site(1 + i, next(named), _in_the_country(dice, market_towns, radius), dice.uniform(0.3, 2))
        for i in range(town_count + market_count + suburb_count, count)
    )
    return Territory(
        river=river,
        towns=_laid(towns, recipe.ground),
        market_towns=_laid(market_towns, recipe.ground),
        villages=_laid(suburbs + hamlets, recipe.ground),
        abroad=_laid(_abroad(recipe, count, radius), recipe.ground),
    )


def radius_km(pupils: int) -> float:
    """How far from its middle a bassin of so many pupils reaches."""
    return 8 + 0.9 * math.pow(pupils, 0.35)


def _laid(sites: tuple[Site, ...], ground: Ground) -> tuple[Site, ...]:
    """The same sites where the bassin lies."""
    moved = []
    for site in sites:
        x_km, y_km = site.x_km + ground.x_km, site.y_km + ground.y_km
        place = _place(ground.prefix + site.place.id, site.place.name, x_km, y_km)
        moved.append(replace(site, place=place, x_km=x_km, y_km=y_km))
    return tuple(moved)


def _site(
    number: int, name: str, spot: tuple[float, float], weight: float, country: str = "FR"
) -> Site:
    return Site(_place(f"V{number:03d}", name, *spot), *spot, weight, country)


def _place(id_: str, name: str, x_km: float, y_km: float) -> Place:
    longitude_km = _KM_PER_DEGREE * math.cos(math.radians(_LATITUDE))
    return Place(
        id=id_,
        name=name,
        latitude=round(_LATITUDE + y_km / _KM_PER_DEGREE, 5),
        longitude=round(_LONGITUDE + x_km / longitude_km, 5),
    )


def _ring(dice: random.Random, distance_km: float) -> tuple[float, float]:
    """A point that far from the middle, in any direction."""
    angle = dice.uniform(0, 2 * math.pi)
    return distance_km * math.cos(angle), distance_km * math.sin(angle)


def _near(dice: random.Random, center: Site) -> tuple[float, float]:
    """A point in the suburbs of a town, or around a market town."""
    x_km, y_km = _ring(dice, dice.uniform(2, 7))
    return center.x_km + x_km, center.y_km + y_km


def _in_the_country(
    dice: random.Random, market_towns: tuple[Site, ...], radius_km: float
) -> tuple[float, float]:
    """Two in three around a market town, the others anywhere."""
    if dice.random() < 2 / 3:
        return _near(dice, dice.choice(market_towns))
    return _ring(dice, radius_km * math.sqrt(dice.random()))


def _abroad(recipe: Recipe, count: int, radius_km: float) -> tuple[Site, ...]:
    """Two places just beyond a border in the north-east, of one neighbouring country."""
    if not recipe.has("frontaliers"):
        return ()
    dice = recipe.dice("frontière")
    country = dice.choice(("LU", "DE"))
    return tuple(
        _site(
            count + 1 + i,
            name,
            (radius_km * 0.6 + 3 * i, radius_km * 0.85 + dice.uniform(0, 3)),
            5,
            country,
        )
        for i, name in enumerate(names.places_abroad(country)[:2])
    )
