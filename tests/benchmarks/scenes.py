"""The scenarios of the benchmark, by name: generated ones, and the shared ones where present.

`S-normale` is a size and a tension of `scenarios.generate`; `60-haute` has 60 pupils; `tiny-7` is
an enumerable one. Must not know: how they are planned.
"""

from pathlib import Path

from scenarios import read
from scenarios.generate import generate, tiny
from scenarios.generate.recipe import PUPILS, SLOTS_PER_PUPIL
from solver.domain import Scenario

SHARED = Path(__file__).parents[3] / "shared" / "scenarios"
GENERATED = tuple(f"{size}-{tension}" for size in PUPILS for tension in SLOTS_PER_PUPIL)
SMALL = ("30-normale", "60-normale", "200-normale")
"""Where whole models can be compared at all."""
FIRST_SEED = 2026
"""Seed of the generator; the seeds of the benchmark are those of the search."""


def shared() -> tuple[str, ...]:
    """Names of the shared scenarios on this machine."""
    return tuple(sorted(p.parent.name for p in SHARED.glob("*/scenario.toml")))


def scene(name: str) -> Scenario:
    """The scenario of that name. Raises `ValueError` where there is none."""
    if name in shared():
        return read(SHARED / name)
    size, _, tension = name.partition("-")
    if size == "tiny":
        return tiny(int(tension))
    if size in PUPILS and tension in SLOTS_PER_PUPIL:
        return generate(FIRST_SEED, size, tension)  # type: ignore[arg-type]
    if size.isdigit() and tension in SLOTS_PER_PUPIL:
        return generate(FIRST_SEED, int(size), tension)  # type: ignore[arg-type]
    raise ValueError(f"scénario inconnu : {name}")
