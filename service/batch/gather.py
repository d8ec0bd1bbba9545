"""From files to tasks: every scenario read once, faulty ones set aside with all their faults.

Must not know: clusters, where results are kept.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from scenarios import digest, inspect
from service.batch.manifest import Batch, repriced
from solver.domain import Scenario
from solver.explain.parts import changed


@dataclass(frozen=True, slots=True)
class Task:
    """One scenario under one price list with one seed, and the digest of what it says."""

    key: str
    """What is computed: the scenario's content, prices included, and the seed."""
    name: str
    path: Path
    prices: str
    seed: int
    digest: str
    demands: int
    changes: Mapping[str, Any]
    start: Path | None = None
    """A plan folder to go on from."""

    @property
    def label(self) -> str:
        """The name people know it by: `pole-01`, `pole-01 · equite-forte · graine 2`."""
        parts = [self.name, self.prices, f"graine {self.seed}" if self.seed else ""]
        return " · ".join(part for part in parts if part)

    def scenario(self) -> Scenario | None:
        """Read again; None where it no longer says what it did."""
        scenario = inspect(self.path).scenario
        if scenario is None:
            return None
        scenario = _priced(scenario, self.changes)
        return scenario if digest(scenario) == self.digest else None


@dataclass(frozen=True, slots=True)
class Aside:
    """A scenario that cannot be planned as it is written, and everything wrong with it."""

    name: str
    faults: tuple[str, ...]


def gather(batch: Batch, told: Callable[[str], None] = lambda name: None) -> Iterator[Task | Aside]:
    """The tasks of a batch in order; a scenario with faults gives one `Aside` instead.

    `told` hears the name of each scenario before it is read. One is in memory at a time.
    """
    for name, path in batch.paths.items():
        told(name)
        try:
            reading = inspect(path)
        except OSError as error:
            yield Aside(name, (f"lecture impossible : {error.strerror or error}",))
            continue
        if reading.scenario is None:
            yield Aside(name, tuple(map(str, reading.faults)))
            continue
        yield from _tasks(name, path, reading.scenario, batch)


def _tasks(name: str, path: Path, scenario: Scenario, batch: Batch) -> Iterator[Task | Aside]:
    demands = len(scenario.demands())
    for prices, changes in batch.prices.items():
        try:
            content = digest(_priced(scenario, changes))
        except ValidationError as error:
            yield Aside(f"{name} · {prices}", tuple(e["msg"] for e in error.errors()))
            continue
        for seed in batch.seeds:
            key = hashlib.sha256(f"{content}/{seed}".encode()).hexdigest()[:24]
            yield Task(key, name, path, prices, seed, content, demands, changes)


def _priced(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    if not changes:
        return scenario
    return changed(scenario, prices=repriced(scenario.prices, changes))
