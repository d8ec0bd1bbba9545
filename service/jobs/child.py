"""The keeper of a child: starts the engine apart, listens, stops it, ends it with all it started.

The child leads a process group of its own; whatever happens to it, nothing of it stays behind.
Must not know: databases, Dask, how a plan is searched.
"""

import contextlib
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from time import monotonic

import psutil
from pydantic import ValidationError

from service.jobs.birth import Born
from service.jobs.messages import MESSAGE, SUMMING_UP, Better, End, Progress
from service.jobs.orders import Order

STOP_SECONDS, TERM_SECONDS = 3.0, 0.5
"""From the wish to stop to SIGTERM, from there to SIGKILL: together well below five seconds."""
LAST_PLAN_SECONDS = 15.0
"""Instead of `STOP_SECONDS` where more patience saves what would be lost: the search has a plan and
none was handed over yet, or the last one was and is being summed up, which would have to be done
here again. Nancy's takes 2.3 s of CPU from the wish to the last word: only a crowded machine is
slower than `STOP_SECONDS`."""
_LISTEN_SECONDS = 0.1
_WATCH_SECONDS = 0.5
_TAIL = 2000
"""Characters of the child's last words kept for the log."""

Tell = Callable[[Progress | Better, bytes], None]
"""What hears the child: a message, and the zipped plan where it is `Better` (else nothing)."""


def search(
    order: Order,
    scenario: bytes,
    *,
    tell: Tell = lambda message, content: None,
    stop: Callable[[], bool] = lambda: False,
    start: bytes | None = None,
) -> tuple[End, bytes | None]:
    """Run the engine apart until it ends; how it ended, and the zip of its last plan, if any.

    `stop` is asked ten times a second: True ends the search within five seconds, wherever it is,
    and keeps the best plan. `start`: a zipped plan to go on from. A child that dies or takes more
    memory than it may is an ending (`lost`, `memory`), not an exception; a plan found is kept.
    """
    with tempfile.TemporaryDirectory(prefix="bassin-run-") as folder:
        return _Child(Path(folder), order, scenario, start, tell, stop).follow()


class _Child:
    """One child, from its birth to the last of its group."""

    def __init__(
        self,
        folder: Path,
        order: Order,
        scenario: bytes,
        start: bytes | None,
        tell: Tell,
        stop: Callable[[], bool],
    ) -> None:
        self._folder, self._order, self._tell, self._stop = folder, order, tell, stop
        (folder / "order.json").write_text(order.model_dump_json(), encoding="utf-8")
        (folder / f"scenario.{order.kind}").write_bytes(scenario)
        if start is not None:
            (folder / "start.zip").write_bytes(start)
        self._lines: Queue[str] = Queue()
        self._end: End | None = None
        self._better: Better | None = None
        self._stand: Progress | None = None
        self._plan: bytes | None = None
        self._asked_at: float | None = None
        self._over_memory = False

    def follow(self) -> tuple[End, bytes | None]:
        """Listen until the child is gone, then bury its group."""
        with (self._folder / "stderr").open("wb") as errors:
            child = Born(self._folder, errors)
        reader = Thread(target=self._read, args=(child,), daemon=True)
        reader.start()
        try:
            self._attend(child)
        finally:
            child.send(signal.SIGKILL)
            if child.pid is not None:
                child.wait()
                reader.join()
            child.close()
        self._hear()
        return self._verdict(child.returncode)

    def _read(self, child: Born) -> None:
        with child.stdout as said:
            for line in said:
                self._lines.put(line)

    def _attend(self, child: Born) -> None:
        watched_at = monotonic()
        while child.poll() is None and self._end is None:
            self._hear(_LISTEN_SECONDS)
            if self._ask(child):
                return
            if child.pid is not None and monotonic() - watched_at >= _WATCH_SECONDS:
                watched_at = monotonic()
                if group_megabytes(child.pid) > self._order.megabytes:
                    self._over_memory = True
                    return

    def _ask(self, child: Born) -> bool:
        """Pass the wish to stop on; a child that does not follow is terminated, then killed.

        True where that is all that can be done: it is not born yet, and will find nobody.
        """
        if self._asked_at is None:
            if self._stop():
                self._asked_at = monotonic()
                with contextlib.suppress(BrokenPipeError):
                    child.stdin.write("stop\n")
                    child.stdin.flush()
            return False
        patience = LAST_PLAN_SECONDS if self._is_worth_waiting else STOP_SECONDS
        waited = monotonic() - self._asked_at
        if waited > patience + TERM_SECONDS:
            child.send(signal.SIGKILL)
        elif waited > patience:
            child.send(signal.SIGTERM)
        return child.pid is None and waited > patience

    @property
    def _is_worth_waiting(self) -> bool:
        """Whether the only plan, or the last one whole, is about to come."""
        stand = self._stand
        if stand is None or stand.cost is None:
            return False
        return self._better is None or stand.phase == SUMMING_UP

    def _hear(self, seconds: float = 0.0) -> None:
        """All that was said; waits so long for the first word."""
        with contextlib.suppress(Empty):
            while True:
                line = self._lines.get(timeout=seconds) if seconds else self._lines.get_nowait()
                seconds = 0.0
                with contextlib.suppress(ValidationError):
                    self._take(MESSAGE.validate_json(line))

    def _take(self, message: Progress | Better | End) -> None:
        if isinstance(message, End):
            self._end = message
            if message.plan is not None:
                self._plan = (self._folder / message.plan).read_bytes()
            return
        content = b""
        if isinstance(message, Better):
            file = self._folder / message.file
            content = self._plan = file.read_bytes()
            self._better = message
            file.unlink()
        else:
            self._stand = message
        self._tell(message, content)

    def _verdict(self, code: int | None) -> tuple[End, bytes | None]:
        """How it ended: in its own words, or in ours where it could not speak."""
        if self._end is not None:
            return self._completed(self._end), self._plan
        words = (self._folder / "stderr").read_text(encoding="utf-8", errors="replace")[-_TAIL:]
        if self._over_memory or "bad_alloc" in words:
            limit = self._order.megabytes
            said = f"Le calcul demandait plus de mémoire que permis ({limit} Mo)."
            return self._completed(End(ending="memory", detail=said)), self._plan
        if self._asked_at is not None:
            said = "Arrêté sans attendre la fin de l’étape en cours."
            return self._completed(End(ending="stopped", detail=said)), self._plan
        return self._completed(
            End(ending="lost", detail=f"code {code} {words}".strip())
        ), self._plan

    def _completed(self, end: End) -> End:
        """With what was last known, where the child could not sum up."""
        seconds = end.seconds or (self._stand.seconds if self._stand else 0.0)
        if end.cost is not None or self._better is None:
            bound = end.bound or (self._stand.bound if self._stand else None)
            return end.model_copy(update={"seconds": seconds, "bound": bound})
        better, stand = self._better, self._stand
        bounds = [b for b in (better.bound, stand.bound if stand else None) if b is not None]
        return end.model_copy(
            update={
                "outcome": "feasible",
                "seconds": seconds,
                "cost": better.cost,
                "bound": max(bounds, default=None),
                "unplaced": better.unplaced,
            }
        )


def group_megabytes(leader: int) -> float:
    """Memory of a process and all it started, pages that they share counted once, in MB."""
    resident = proportional = 0
    for process in _family(leader):
        with contextlib.suppress(psutil.Error):
            resident += process.memory_info().rss
            proportional += process.memory_full_info().pss
    return min(resident, proportional) / 2**20


def _family(leader: int) -> list[psutil.Process]:
    with contextlib.suppress(psutil.Error):
        first = psutil.Process(leader)
        return [first, *first.children(recursive=True)]
    return []
