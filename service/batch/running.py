"""A batch from its tasks to their ends: time shared, cluster opened if need be, all conducted.

Must not know: where tasks come from, how progress is shown.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from service.batch.budget import shares
from service.batch.conduct import (
    ATTEMPTS,
    MEMORY,
    Conductor,
    Listener,
    Planned,
    Standing,
    places,
    standing,
)
from service.batch.gather import Task
from service.batch.store import Store
from service.jobs.cluster import machine_cores, opened


@dataclass(frozen=True, slots=True)
class Means:
    """On what a batch runs, and how hard it tries."""

    address: str = ""
    """A scheduler that runs already, `tcp://machine:8786`; none: processes of this machine."""
    workers: int | None = None
    """Processes of this machine; as many as its cores bear where None."""
    cores: int = 1
    """Of each search."""
    megabytes: int = MEMORY
    """Of each search."""
    attempts: int = ATTEMPTS


def run_all(
    tasks: Sequence[Task],
    store: Store,
    seconds: float,
    means: Means,
    watch: Callable[[int], AbstractContextManager[Listener]],
    stop: Callable[[], bool] = lambda: False,
) -> Mapping[str, Standing]:
    """Every task to its end within `seconds` or so; how each ended, by key.

    `watch`: what listens, given how many searches run at a time. No cluster is opened where
    everything is known already. Raises `OSError` where no scheduler answers.
    """
    workers = means.workers or max(1, machine_cores() // means.cores)
    standings = _standings(tasks, store, seconds, workers, means.attempts)
    if not any(s.state == "attente" for s in standings.values()):
        return standings
    with opened(
        means.address, workers=workers, cores=means.cores, megabytes=means.megabytes
    ) as room:
        slots = max(1, places(room, means.cores, means.megabytes))
        standings = _standings(tasks, store, seconds, slots, means.attempts)
        with watch(slots) as listener:
            Conductor(
                room, store, means.attempts, means.cores, means.megabytes, listener, stop
            ).run(standings)
    return standings


def _standings(
    tasks: Sequence[Task], store: Store, seconds: float, slots: int, attempts: int
) -> dict[str, Standing]:
    given = shares([t.demands for t in tasks], seconds, slots)
    return {
        t.key: standing(Planned(t, s), store, attempts) for t, s in zip(tasks, given, strict=True)
    }
