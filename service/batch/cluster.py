"""The machines of a batch: processes of this machine by default, a running scheduler by address.

Must not know: what is run there.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import dask
from distributed import Client, LocalCluster

_SETTINGS = {
    # The search forks a process that proves the bound beside it.
    "distributed.worker.daemon": False,
    # Deaths of a worker that a task may be near before it is told to have failed.
    "distributed.scheduler.allowed-failures": 3,
    # A compiled loop may keep a worker silent for a while.
    "distributed.scheduler.worker-ttl": "10 minutes",
    "distributed.admin.log-length": 100,
    "distributed.admin.low-level-log-length": 100,
}


@contextmanager
def cluster(address: str | None = None, workers: int = 1) -> Iterator[Client]:
    """A client of the scheduler at `address` (`tcp://machine:8786`), which is left running after.

    None: an embedded cluster of so many processes, heard by this machine only, that share its
    memory equally and end with the context. Raises `OSError` where no scheduler answers.
    """
    with dask.config.set(_SETTINGS):
        if address is not None:
            with Client(address, timeout="10s", set_as_default=False) as client:
                yield client
            return
        with (
            LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",
                silence_logs="ERROR",
            ) as local,
            Client(local, set_as_default=False) as client,
        ):
            yield client
