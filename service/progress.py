"""The search as people see it: elapsed time, cost, unplaced pupils, bound, gap; and Ctrl-C.

Must not know: how plans are found.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Protocol

from rich.console import Console
from rich.live import Live
from rich.text import Text

from service.cli.output import number, percent

_PLAIN_EVERY_SECONDS = 10.0


class Progress(Protocol):
    """What the search tells while it runs."""

    @property
    def seconds(self) -> float: ...
    @property
    def cost(self) -> int | None: ...
    @property
    def unplaced(self) -> int | None: ...
    @property
    def bound(self) -> int | None: ...
    @property
    def phase(self) -> str: ...


class Stop:
    """Whether somebody asked to stop: the first Ctrl-C ends the search and keeps its best plan."""

    def __init__(self) -> None:
        self.asked = False

    def __call__(self) -> bool:
        return self.asked


@contextmanager
def interruptible() -> Iterator[Stop]:
    """While inside, the first Ctrl-C (or SIGTERM) asks to stop; a second one interrupts.

    A process forked meanwhile leaves Ctrl-C to its parent, and ends at once when terminated.
    """
    stop = Stop()
    owner = os.getpid()

    def handle(signum: int, frame: FrameType | None) -> None:
        if os.getpid() != owner:
            if signum == signal.SIGTERM:
                os._exit(128 + signum)
            return
        if stop.asked:
            raise KeyboardInterrupt
        stop.asked = True

    before = {s: signal.signal(s, handle) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)


class Monitor:
    """Shows progress on standard error: one living line in a terminal, a line now and then else."""

    def __init__(self, seconds: float, console: Console) -> None:
        self._budget = seconds
        self._console = console
        self._live = Live(console=console, transient=True, refresh_per_second=4)
        self._plain_at = -_PLAIN_EVERY_SECONDS

    def __enter__(self) -> "Monitor":
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *reason: object) -> None:
        self._live.stop()

    def __call__(self, progress: Progress) -> None:
        if self._console.is_terminal:
            self._live.update(Text(self._line(progress)))
        elif progress.seconds - self._plain_at >= _PLAIN_EVERY_SECONDS:
            self._plain_at = progress.seconds
            self._console.print(self._line(progress), markup=False, soft_wrap=True)

    def _line(self, progress: Progress) -> str:
        cost, bound = progress.cost, progress.bound
        parts = [f"{number(progress.seconds)} s sur {number(self._budget)}", progress.phase]
        if cost is not None:
            parts.append(f"coût {number(cost)}")
        if progress.unplaced is not None:
            parts.append(f"sans place {number(progress.unplaced)}")
        if bound is not None:
            parts.append(f"borne {number(bound)}")
        if cost and bound is not None:
            parts.append(f"écart {percent((cost - bound) / cost)}")
        return " · ".join(part for part in parts if part)
