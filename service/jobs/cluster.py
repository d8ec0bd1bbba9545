"""Dask, the muscle: a cluster inside this process by default, or the scheduler that is set.

Cores and memory are resources that each worker declares and each task takes; Dask starts no more
than fits. Must not know: runs, databases, how a plan is searched.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import Any, Protocol

import dask
from distributed import Client, Future, LocalCluster, Status

CORES, MEGABYTES = "cores", "megabytes"
"""Names of the resources."""
_CONNECT_SECONDS = 10
_MEND_SECONDS = 20.0
"""Dask gives a worker up for good that dies at birth, or is long in coming back: on a busy machine,
any."""
_START_SECONDS = 120.0
"""Past it the work begins with the workers that there are."""

dask.config.set(
    {
        "distributed.worker.daemon": False,
        "distributed.admin.tick.limit": "30s",
        "distributed.comm.timeouts.connect": f"{_CONNECT_SECONDS}s",
        "distributed.scheduler.worker-saturation": 1.0,
        "distributed.deploy.lost-worker-timeout": "2 minutes",
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

    def addresses(self) -> set[str]:
        """Workers that are there."""
        return set(self.client.scheduler_info(n_workers=-1)["workers"])

    def restart(self, worker: str) -> None:
        """End the process of a worker and what it does; it comes back, unless it is gone by now."""
        with suppress(KeyError):
            self.client.restart_workers([worker], raise_for_error=False)

    @property
    def is_open(self) -> bool:
        """Whether the scheduler answers."""
        return bool(self.client.status == "running")


@contextmanager
def opened(
    scheduler: str = "", *, workers: int = 1, cores: int = 2, megabytes: int = 4096
) -> Iterator[Room]:
    """The cluster of the scheduler at `tcp://…`; without one, `workers` processes started here.

    `cores`, `megabytes`: what each of these workers has to give. Those that die are replaced.
    """
    if scheduler:
        with Client(scheduler, timeout=_CONNECT_SECONDS, set_as_default=False) as client:
            yield Room(client)
        return
    with (
        LocalCluster(
            n_workers=0,
            threads_per_worker=cores,
            processes=True,
            resources={CORES: cores, MEGABYTES: megabytes},
            memory_limit=0,
            dashboard_address="127.0.0.1:0",
            host="127.0.0.1",
        ) as local,
        Client(local, set_as_default=False) as client,
    ):
        over = Event()
        mender = Thread(target=_mend, args=(local, workers, over), daemon=True)
        mender.start()
        try:
            with suppress(TimeoutError):
                client.wait_for_workers(workers, _START_SECONDS)
            yield Room(client)
        finally:
            over.set()
            mender.join()


def _mend(local: LocalCluster, workers: int, over: Event) -> None:
    """Ask for so many workers again and again: Dask starts those that are missing."""

    def mended() -> None:
        for name, nanny in list(local.workers.items()):
            if nanny.status in (Status.closed, Status.failed):
                del local.workers[name]
        local.scale(workers)

    assert local.loop is not None
    while True:
        local.loop.add_callback(mended)
        if over.wait(_MEND_SECONDS):
            return


def machine_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0))
