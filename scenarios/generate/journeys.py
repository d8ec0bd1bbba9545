"""Measured journeys: the bus lines of a fictional bassin, to its towns and market towns.

Must not know: pupils, hosts.
"""

from scenarios.generate.recipe import Recipe
from scenarios.generate.territory import Site, Territory
from solver.domain import Journey

_SERVED = 0.3
"""Share of villages with a bus line to the nearest town or market town."""


def journeys(recipe: Recipe, land: Territory) -> tuple[Journey, ...]:
    """Both directions of each line by bus, with the minutes of a timetable."""
    if not recipe.has("trajets"):
        return ()
    dice = recipe.dice("trajets")
    centers = land.towns + land.market_towns
    rows: list[Journey] = []
    for village in land.villages:
        if dice.random() >= _SERVED:
            continue
        center = min(centers, key=village.km_to)
        there = round(8 + village.km_to(center) * dice.uniform(1.5, 3.2))
        rows.append(_bus(village, center, there))
        rows.append(_bus(center, village, there + dice.randint(0, 6)))
    return tuple(rows)


def _bus(origin: Site, destination: Site, minutes: int) -> Journey:
    return Journey(
        origin=origin.place.id, destination=destination.place.id, mode="tc", minutes=minutes
    )
