"""Dask, the muscle: a cluster inside this process by default, or the scheduler that is set.

Cores and memory are resources that each worker declares and each task takes; Dask starts no more
than fits. Must not know: runs, databases, how a plan is searched.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

import dask
from distributed import Client, Future, LocalCluster

CORES, MEGABYTES = "cores", "megabytes"
"""Names of the resources."""
_CONNECT_SECONDS = 10

dask.config.set(
    {
        "distributed.worker.daemon": False,
        "distributed.admin.tick.limit": "30s",
        "distributed.comm.timeouts.connect": f"{_CONNECT_SECONDS}s",
        "distributed.scheduler.worker-saturation": 1.0,
    }
)


class Needs(Protocol):
    """What a task takes of its worker."""

    @property
    def cores(self) -> int: ...
    @property
    def megabytes(self) -> int: ...


class Room:
    """A cluster one is connected to."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def submit(
        self,
        function: Callable[..., Any],
        *arguments: Any,
        key: str,
        order: Needs,
        priority: int = 0,
    ) -> "Future[Any]":
        """Run a function in a worker that has the cores and memory of the order to spare."""
        return self.client.submit(
            function,
            *arguments,
            key=key,
            priority=priority,
            pure=False,
            resources={CORES: order.cores, MEGABYTES: order.megabytes},
        )

    def resources(self) -> list[Mapping[str, float]]:
        """What each worker has in all."""
        workers = self.client.scheduler_info(n_workers=-1)["workers"].values()
        return [worker["resources"] for worker in workers]

    @property
    def is_open(self) -> bool:
        """Whether the scheduler answers."""
        return bool(self.client.status == "running")


@contextmanager
def opened(
    scheduler: str = "", *, workers: int = 1, cores: int = 2, megabytes: int = 4096
) -> Iterator[Room]:
    """The cluster of the scheduler at `tcp://…`; without one, `workers` processes started here.

    `cores`, `megabytes`: what each of these workers has to give.
    """
    if scheduler:
        with Client(scheduler, timeout=_CONNECT_SECONDS, set_as_default=False) as client:
            yield Room(client)
        return
    with (
        LocalCluster(
            n_workers=workers,
            threads_per_worker=cores,
            processes=True,
            resources={CORES: cores, MEGABYTES: megabytes},
            memory_limit=0,
            dashboard_address="127.0.0.1:0",
            host="127.0.0.1",
        ) as local,
        Client(local, set_as_default=False) as client,
    ):
        yield Room(client)


def machine_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0))
