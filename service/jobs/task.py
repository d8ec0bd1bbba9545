"""One scenario solved in a worker of the cluster, without any database: what a batch is made of.

    with cluster.opened("", workers=2) as room:
        for solved in solve_all(room, tasks): …

Dask runs a task again by itself where its worker is killed. Must not know: databases, accounts.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from scenarios import digest, write
from service.jobs.child import search
from service.jobs.messages import End
from service.jobs.orders import Order, StopRules
from solver.domain import Scenario

if TYPE_CHECKING:
    from service.jobs.cluster import Room


@dataclass(frozen=True, slots=True)
class Task:
    """A scenario in bytes and what is asked of the engine; `key` tells tasks apart."""

    key: str
    order: Order
    scenario: bytes
    start: bytes | None = None

    @classmethod
    def of(
        cls,
        key: str,
        scenario: Scenario,
        *,
        stop: StopRules,
        seed: int = 0,
        cores: int = 2,
        megabytes: int = 4096,
        start: bytes | None = None,
    ) -> "Task":
        """The task of a scenario at hand."""
        order = Order(
            kind="zip",
            digest=digest(scenario),
            stop=stop,
            seed=seed,
            cores=cores,
            megabytes=megabytes,
        )
        return cls(key, order, packed(scenario), start)


@dataclass(frozen=True, slots=True)
class Solved:
    """What came of a task: figures, indicators, and the zip of the plan folder, if any."""

    key: str
    end: End
    plan: bytes | None


def packed(scenario: Scenario) -> bytes:
    """The canonical zip of a scenario."""
    with TemporaryDirectory(prefix="bassin-") as folder:
        path = Path(folder) / "scenario.zip"
        write(scenario, path)
        return path.read_bytes()


def solve_task(task: Task) -> Solved:
    """In a worker: one task, through a child of its own."""
    end, plan = search(task.order, task.scenario, start=task.start)
    return Solved(task.key, end, plan)


def solve_all(room: "Room", tasks: Iterable[Task]) -> Iterator[Solved]:
    """The tasks solved side by side, as the cluster has cores and memory, in order of arrival.

    A task that no worker survives comes back as lost.
    """
    futures = {
        room.submit(solve_task, task, key=task.key, order=task.order): task.key for task in tasks
    }
    for future in room.completed(list(futures)):
        error = future.exception()
        if error is None:
            yield future.result()
        else:
            yield Solved(futures[future], End(ending="lost", detail=str(error)), None)
        future.release()
