"""Which neighbours would gain most by pooling their seats, before anything is planned.

By duality: the proven bound of two bassins planned as one lies below the sum of their own bounds by
about what pooling saves; its seat prices say which hosts are fought for. What is found here is to
be confirmed by planning. Must not know: how plans are searched.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from scenarios.maps import pooled, united
from solver.bound import Bound, options_enough
from solver.domain import Plan, Scenario
from solver.prepare import encode, prepare

NEAR_KM = 20.0
"""A pupil reaches hosts about that far."""
_LEAST_SHARE = 0.05
_ROUNDS = 60
_EARTH_KM = 6371.0088


@dataclass(frozen=True, slots=True)
class Promise:
    """What pooling two bassins promises, in points, and what they would fight for."""

    bassins: tuple[str, str]
    points: int
    """By how much the proven bound falls."""
    cost: int
    """Of the separate plans."""
    fought_for: tuple[str, ...]
    """Sectors (or publics) whose seats are worth most once pooled, dearest first."""


def neighbours(scenarios: Mapping[str, Scenario]) -> Iterator[tuple[str, str, float]]:
    """Pairs of which one has pupils near hosts of the other, and the larger share of these."""
    homes = {name: _homes(s) for name, s in scenarios.items()}
    hosts = {name: _spots(s, {h.place for h in s.hosts}) for name, s in scenarios.items()}
    for one, other in combinations(scenarios, 2):
        share = max(_near(homes[one], hosts[other]), _near(homes[other], hosts[one]))
        if share >= _LEAST_SHARE:
            yield one, other, share


def promises(scenarios: Mapping[str, Scenario], plans: Mapping[str, Plan]) -> Iterator[Promise]:
    """One for each pair of neighbours, as each is known; plans say where prices begin."""
    alone = {name: _bound(s, plans[name]) for name, s in scenarios.items()}
    for one, other, _ in neighbours(scenarios):
        pair = {name: scenarios[name] for name in (one, other)}
        together = pooled(pair, f"{one} + {other}")
        bound = _bound(together, united(plans[name] for name in pair))
        below = alone[one].value + alone[other].value - bound.value
        cost = sum(plan_cost(scenarios[name], plans[name]) for name in pair)
        yield Promise((one, other), max(0, below), cost, _fought_for(together, bound))


def plan_cost(scenario: Scenario, plan: Plan) -> int:
    """What a plan costs."""
    from solver.verify import verify

    return verify(scenario, plan).cost


def _bound(scenario: Scenario, plan: Plan) -> Bound:
    problem = prepare(scenario, keep=options_enough(len(scenario.demands())))
    bound = Bound(problem)
    for _ in bound.improve(rounds=_ROUNDS, incumbent=encode(scenario, problem, plan)):
        pass
    return bound


def _fought_for(scenario: Scenario, bound: Bound) -> tuple[str, ...]:
    """Sectors by the points that one more slot in all their hosts may save in its best week."""
    worth: dict[str, int] = defaultdict(int)
    best = bound.seat_prices.max(axis=1, initial=0)
    for host, points in zip(scenario.hosts, best.tolist(), strict=True):
        named = [t.removeprefix("secteur:") for t in host.diplomas if t.startswith("secteur:")]
        for name in named or [" ".join(host.publics)]:
            worth[name] += points
    dearest = sorted(worth, key=lambda name: -worth[name])
    return tuple(name for name in dearest[:4] if worth[name])


def _homes(scenario: Scenario) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Places of the pupils as unit vectors, and the share of pupils at each."""
    count: dict[str, int] = defaultdict(int)
    for pupil in scenario.everyone:
        count[pupil.home] += 1
    heads = np.array(list(count.values()), np.float64)
    return _vectors(scenario, list(count)), heads / max(1.0, heads.sum())


def _spots(scenario: Scenario, places: set[str]) -> NDArray[np.float64]:
    return _vectors(scenario, sorted(places))


def _vectors(scenario: Scenario, places: list[str]) -> NDArray[np.float64]:
    at = {p.id: (p.latitude, p.longitude) for p in scenario.places}
    latitude, longitude = np.radians(np.array([at[p] for p in places]).reshape(-1, 2)).T
    return np.stack(
        [
            np.cos(latitude) * np.cos(longitude),
            np.cos(latitude) * np.sin(longitude),
            np.sin(latitude),
        ],
        axis=1,
    )


def _near(
    homes: tuple[NDArray[np.float64], NDArray[np.float64]], hosts: NDArray[np.float64]
) -> float:
    """Share of pupils with a host place within reach."""
    vectors, heads = homes
    if not len(hosts) or not len(vectors):
        return 0.0
    closest = (vectors @ hosts.T).max(axis=1)
    return float(heads[closest >= np.cos(NEAR_KM / _EARTH_KM)].sum())
