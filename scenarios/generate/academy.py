"""A fictional académie, or a whole country, from a seed: bassins that touch one another.

No two bassins share an identifier; all share one calendar and one ground, so that neighbours can
be put together (`bases`) and their pupils meet hosts on the other side. One bassin is made at a
time. Must not know: how a bassin is made.
"""

import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from scenarios.generate import names
from scenarios.generate.bassin import bassin
from scenarios.generate.recipe import DEFAULT_FEATURES, Ground, Shares, Tension, recipe
from scenarios.generate.territory import radius_km
from solver.domain import Scenario

THIRD_YEAR, GENERAL, TRAINING = 26_000, 13_300, 24_000
"""Pupils in 3e, in 2de GT and in CAP, bac pro and CS of an académie of thirteen bassins (Nancy-Metz
has as many; head counts of 2021 and 2020, data.education.gouv.fr)."""
BASSINS = 13
_LARGEST_ACADEMY = 20
_TOUCH, _APART = 0.85, 0.78
"""Neighbours stand this part of the sum of their radii apart; others no nearer than that part."""


def academy(
    seed: int,
    bassins: int = BASSINS,
    pupils: int | None = None,
    tension: Tension = "normale",
) -> Iterator[tuple[str, Scenario]]:
    """Bassins under the path each would be written at: `pole-01`, or `academie-01/pole-01`.

    `pupils`: in all; those of a real académie where None. More than twenty bassins are shared out
    over several académies of about thirteen. The largest bassin has about six times the smallest.
    """
    total = THIRD_YEAR + GENERAL + TRAINING
    scale = (pupils or total) / total
    academies = 1 if bassins <= _LARGEST_ACADEMY else round(bassins / BASSINS)
    counts = [bassins // academies + (i < bassins % academies) for i in range(academies)]
    tally: Counter[str] = Counter()
    for number, size in enumerate(counts, 1):
        name = "Académie fictive" + (f" {number:02d}" if academies > 1 else "")
        prefix = f"A{number:02d}" if academies > 1 else ""
        parent = f"academie-{number:02d}/" if academies > 1 else ""
        dice = random.Random(f"académie/{seed}/{number}")
        weights = [math.exp(dice.uniform(-0.9, 0.9)) for _ in range(size)]
        share = scale * size / bassins
        for rank, scenario in _bassins(
            dice, seed * 1000 + number, prefix, name, weights, share, tension, tally
        ):
            yield f"{parent}pole-{rank:02d}", scenario


def _bassins(
    dice: random.Random,
    seed: int,
    prefix: str,
    name: str,
    weights: Sequence[float],
    scale: float,
    tension: Tension,
    tally: Counter[str],
) -> Iterator[tuple[int, Scenario]]:
    """One académie; what a bassin has too many or too few of, the next ones make up for."""
    left = {"3E": THIRD_YEAR * scale, "2GT": GENERAL * scale, "formation": TRAINING * scale}
    sizes = [sum(left.values()) * w / sum(weights) for w in weights]
    spots = layout(dice, [radius_km(round(size)) for size in sizes])
    town = names.places(dice)
    for i, (weight, (x_km, y_km)) in enumerate(zip(weights, spots, strict=True)):
        part = weight / sum(weights[i:])
        heads = {kind: max(1.0, number * part) for kind, number in left.items()}
        total = sum(heads.values())
        shares = Shares(*(heads[kind] / total for kind in ("3E", "2GT", "formation")))
        ground = Ground(x_km, y_km, f"{prefix}B{i + 1:02d}", tally["schools"], tally["hosts"])
        on_the_border = all(y_km >= y for x, y in spots if abs(x - x_km) < 20)
        made = recipe(
            seed * 1000 + i,
            max(1, round(total)),
            tension,
            DEFAULT_FEATURES if on_the_border else DEFAULT_FEATURES - {"frontaliers"},
        )
        scenario = bassin(
            replace(made, shares=shares, ground=ground), f"Pôle {names.of_place(next(town))}", name
        )
        tally["schools"] += len(scenario.establishments)
        tally["hosts"] += len(scenario.hosts)
        for kind, number in headcounts(scenario).items():
            left[kind] -= number
        yield i + 1, scenario


def headcounts(scenario: Scenario) -> dict[str, int]:
    """Pupils in 3e (SEGPA and prépa-métiers with them), in 2de GT, in CAP, bac pro and CS."""
    kinds = {"3E": "3E", "SEGPA": "3E", "3PM": "3E", "2GT": "2GT"}
    kinds |= dict.fromkeys(("CAP", "BACPRO", "CS"), "formation")
    heads = Counter({"3E": 0, "2GT": 0, "formation": 0})
    for division in scenario.divisions:
        if division.public in kinds:
            heads[kinds[division.public]] += division.headcount
    return dict(heads)


def layout(dice: random.Random, radii: Sequence[float]) -> list[tuple[float, float]]:
    """A spot in kilometres for each disk, beside an earlier one, near the middle."""
    spots: list[tuple[float, float]] = [(0.0, 0.0)]
    for radius in radii[1:]:
        around = []
        for (x, y), other in zip(spots, radii, strict=False):
            reach = _TOUCH * (radius + other)
            turn = dice.uniform(0, math.tau)
            for step in range(24):
                angle = turn + step * math.tau / 24
                around.append((x + reach * math.cos(angle), y + reach * math.sin(angle)))
        free = [
            (x, y)
            for x, y in around
            if all(
                math.hypot(x - a, y - b) >= _APART * (radius + other)
                for (a, b), other in zip(spots, radii, strict=False)
            )
        ]
        spots.append(min(free, key=lambda spot: math.hypot(*spot)))
    return spots
