"""How long a pupil travels: measured journeys where there are any, an estimate elsewhere.

Great-circle distance (mean Earth radius, IUGG) × 1.3, a fixed time, then each stretch at its speed;
see « Journey estimate » in `rules.md`. Must not know: capacities, weeks.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from solver.domain import Mode, Pupil, Scenario

EARTH_RADIUS_KM = 6371.0088
DETOUR = 1.3
WITHIN_PLACE_KM = 1.5


@dataclass(frozen=True, slots=True)
class Speed:
    """`fixed_minutes`, then stretches of (up to this distance in km, speed in km/h)."""

    fixed_minutes: float
    stretches: tuple[tuple[float, float], ...]


SPEEDS: Mapping[Mode, Speed] = MappingProxyType(
    {
        "pied": Speed(0, ((math.inf, 4.5),)),
        "velo": Speed(2, ((math.inf, 15),)),
        "deux_roues": Speed(3, ((5, 30), (math.inf, 40))),
        "voiture": Speed(3, ((5, 30), (15, 50), (40, 70), (math.inf, 90))),
        "tc": Speed(12, ((5, 18), (15, 35), (math.inf, 50))),
    }
)


def estimate(distance_km: NDArray[np.float64], mode: Mode) -> NDArray[np.int32]:
    """Whole minutes over road distances in km (any shape), rounded to 6 decimals then half up."""
    speed = SPEEDS[mode]
    minutes = np.full(distance_km.shape, float(speed.fixed_minutes))
    begin = 0.0
    for end, km_per_hour in speed.stretches:
        minutes += np.clip(distance_km - begin, 0, end - begin) * 60 / km_per_hour
        begin = end
    return np.floor(np.round(minutes, 6) + 0.5).astype(np.int32)


class Journeys:
    """Minutes between any two places of a scenario, by mode: int32 matrices (places × places)."""

    def __init__(self, scenario: Scenario) -> None:
        self.index: Mapping[str, int] = {p.id: i for i, p in enumerate(scenario.places)}
        """Row and column of each place."""
        road = _road_km(scenario)
        self._by_mode = {mode: estimate(road, mode) for mode in SPEEDS}
        self._measured = {mode: np.zeros(road.shape, dtype=bool) for mode in SPEEDS}
        for journey in scenario.journeys:
            pair = self.index[journey.origin], self.index[journey.destination]
            self._by_mode[journey.mode][pair] = journey.minutes
            self._measured[journey.mode][pair] = True
        self._best: dict[tuple[Mode, ...], NDArray[np.int32]] = {}
        self._homes = {b.id: b.place for b in scenario.boarding_houses}
        self._hosts = {h.id: h.place for h in scenario.hosts}

    def matrix(self, modes: tuple[Mode, ...]) -> NDArray[np.int32]:
        """Minutes by the best of `modes`, origin × destination."""
        key: tuple[Mode, ...] = tuple(sorted(set(modes)))
        if key not in self._best:
            self._best[key] = np.minimum.reduce([self._by_mode[m] for m in key])
        return self._best[key]

    def minutes(self, pupil: Pupil, host: str, lodging: str | None = None) -> int:
        """One-way minutes of `pupil` to `host` from home, or from the boarding house `lodging`."""
        origin, destination = self._pair(pupil, host, lodging)
        return int(self.matrix(pupil.modes)[origin, destination])

    def is_estimated(self, pupil: Pupil, host: str, lodging: str | None = None) -> bool:
        """Whether those minutes rest on the estimate (shown as such wherever they are used)."""
        pair = self._pair(pupil, host, lodging)
        best = self.minutes(pupil, host, lodging)
        return not any(
            self._measured[m][pair] and self._by_mode[m][pair] == best for m in pupil.modes
        )

    def _pair(self, pupil: Pupil, host: str, lodging: str | None) -> tuple[int, int]:
        origin = pupil.home if lodging is None else self._homes[lodging]
        return self.index[origin], self.index[self._hosts[host]]


def _road_km(scenario: Scenario) -> NDArray[np.float64]:
    """Road distances in km between all places: great circle × 1.3, 1.5 km crow-fly within one."""
    latitude = np.radians([p.latitude for p in scenario.places])
    longitude = np.radians([p.longitude for p in scenario.places])
    half = (
        np.sin((latitude[:, None] - latitude[None, :]) / 2) ** 2
        + np.cos(latitude)[:, None]
        * np.cos(latitude)[None, :]
        * np.sin((longitude[:, None] - longitude[None, :]) / 2) ** 2
    )
    crow = 2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(1.0, np.sqrt(half)))
    np.fill_diagonal(crow, WITHIN_PLACE_KM)
    road: NDArray[np.float64] = crow * DETOUR
    return road
