"""A worker for the scheduler that is set: it takes runs until told to end, and comes back to a
scheduler that was restarted. Must not know: which runs, the web.
"""

import asyncio
import logging
import signal
from collections.abc import Coroutine
from typing import Any

from distributed import Nanny

from service.jobs.cluster import CORES, MEGABYTES
from service.settings import Settings

_AGAIN_SECONDS = 3.0
_log = logging.getLogger("service.jobs")


def work(settings: Settings) -> None:
    """Serve `settings.scheduler` with the cores and memory of `settings.workers` runs.

    The worker reads its own settings: the database must be the service's.
    """
    asyncio.run(_work(settings))


async def _work(settings: Settings) -> None:
    over = asyncio.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signum, over.set)
    runs = max(1, settings.workers)
    while not over.is_set():
        nanny = Nanny(
            settings.scheduler,
            nthreads=runs,
            memory_limit=0,
            resources={CORES: runs * settings.run_cores, MEGABYTES: runs * settings.run_megabytes},
            death_timeout=30,
        )
        try:
            await nanny
            _log.info("au service de %s : %s", settings.scheduler, nanny.worker_address)
            await _either(over.wait(), nanny.finished())
        except (OSError, RuntimeError) as error:
            _log.warning("ordonnanceur injoignable (%s) : %s", settings.scheduler, error)
        finally:
            await nanny.close()
        if not over.is_set():
            await _either(over.wait(), asyncio.sleep(_AGAIN_SECONDS))


async def _either(*waits: Coroutine[Any, Any, Any]) -> None:
    """Until the first of these is over."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
