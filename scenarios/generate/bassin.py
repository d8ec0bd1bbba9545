"""A fictional bassin from a seed: the rooms of this package, one after the other.

Must not know: how any one table is made.
"""

from collections.abc import Collection
from typing import Any

from scenarios.generate import names
from scenarios.generate.agreements import found_places
from scenarios.generate.hosts import capacities, hosts
from scenarios.generate.journeys import journeys
from scenarios.generate.periods import YEAR, ZONE, closures, periods, school_year
from scenarios.generate.pupils import boarding_houses, pupils
from scenarios.generate.recipe import Feature, Recipe, Size, Tension, recipe
from scenarios.generate.schools import schools
from scenarios.generate.territory import territory
from solver.domain import Scenario


def generate(
    seed: int,
    size: Size | int = "S",
    tension: Tension = "normale",
    features: Collection[Feature] | None = None,
) -> Scenario:
    """A believable, valid and fictional scenario; the same arguments give the same rows.

    `size`: `"S"` (about 2,500 pupil-periods), `"M"` (6,700), `"L"` (17,000), `"XL"` (51,000), or a
    number of pupils. `tension`: how scarce places are; `"normale"` is what bassins simulated from
    public statistics show. `features`: exactly those named; None for `DEFAULT_FEATURES`.
    Raises `ValueError` for a word it does not know.
    """
    return bassin(recipe(seed, size, tension, features))


def bassin(made: Recipe, name: str = "", academy: str = "Académie fictive") -> Scenario:
    """The scenario of a recipe; a bassin without a name takes that of its river."""
    land = territory(made)
    opened = schools(made, land)
    houses = boarding_houses(made, opened)
    taken = hosts(made, land, opened)
    title = name or f"Val {names.of_place(land.river)}"
    rows: dict[str, Any] = dict(
        title=f"{title} {YEAR}",
        bassin=title.replace(" ", "-").upper(),
        academy=academy,
        year=YEAR,
        zone=ZONE,
        school_year=school_year(made),
        places=tuple(s.place for s in land.home + land.abroad),
        journeys=journeys(made, land),
        establishments=tuple(s.row for s in opened),
        divisions=tuple(d for s in opened for d in s.divisions),
        periods=periods(made, opened),
        pupils=pupils(made, land, opened, houses),
        hosts=taken,
        capacities=capacities(made, taken),
        boarding_houses=houses,
        closures=closures(made, opened),
    )
    draft = Scenario(**rows)
    return Scenario(**rows, found_places=found_places(made, land, draft))


def demo() -> Scenario:
    """The bassin of `examples/demo`: 8 schools, 44 divisions, a few trades short of places."""
    return generate(66, 780, "basse")
