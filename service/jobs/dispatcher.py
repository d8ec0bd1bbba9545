"""Brings the runs on record to the cluster, and again where they were lost. One thread.

The database says what there is to do; nothing is remembered that could not be forgotten. A run is
held as long as its heartbeat moves, by this process's own clock: no other clock is compared.
Must not know: the web, how a run is searched.
"""

import logging
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Event, Thread
from time import monotonic
from typing import Any

from distributed import Future
from sqlalchemy.exc import InterfaceError, OperationalError

from service.jobs import birth
from service.jobs.attempt import MOST_ATTEMPTS, Means, attempt
from service.jobs.cluster import CORES, MEGABYTES, Room, opened
from service.jobs.queue import in_turn
from service.settings import Settings
from service.store import Database, runs
from service.tables import RunRow, now

LOOK_SECONDS = 1.0
SILENT_SECONDS = 15.0
"""Without a heartbeat for so long, whoever held a run is taken for dead."""
_log = logging.getLogger("service.jobs")


@dataclass(slots=True)
class _Heard:
    """A heartbeat, and when it was first seen here."""

    beat: tuple[int, Any]
    at: float


class Dispatcher:
    """Started with the service, closed with it."""

    def __init__(self, settings: Settings, database: Database, *, early: bool = False) -> None:
        """`early`: local workers load the engine at once, not when the first run comes."""
        self._settings, self._database, self._early = settings, database, early
        self._wake, self._over = Event(), Event()
        self._stack = ExitStack()
        self._room: Room | None = None
        self._sent: dict[str, tuple[int, Future[str]]] = {}
        """By run: the attempt that it follows, and its future."""
        self._heard: dict[str, _Heard] = {}
        self._thread = Thread(target=self._work, name="dispatcher", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Something was accepted: look now."""
        self._wake.set()

    def close(self) -> None:
        """End the local workers; their runs wait for the next start, and lose nothing."""
        self._over.set()
        self._wake.set()
        self._thread.join()
        local = not self._settings.scheduler
        self._stack.close()
        if local:
            self._release_sent()

    @property
    def is_ready(self) -> bool:
        """Whether there is a cluster to run on."""
        return self._room is not None and self._room.is_open

    def workers(self) -> int:
        """How many workers the cluster has."""
        room = self._room
        return len(room.resources()) if room is not None and room.is_open else 0

    # --- the thread

    def _work(self) -> None:
        while not self._over.is_set():
            try:
                self._look()
            except (OperationalError, InterfaceError) as error:
                self._heard.clear()
                _log.warning("base injoignable : %s", error)
            except Exception:
                _log.exception("répartition des calculs")
            self._wake.wait(LOOK_SECONDS)
            self._wake.clear()

    def _look(self) -> None:
        """Once: what was lost waits again, what waits is sent as there is room."""
        room = self._connected()
        with self._database.reading() as session:
            rows = runs.unfinished(session)
        held = [row for row in rows if row.heartbeat_at is not None]
        for row in held:
            if self._is_dead(row):
                self._release(row)
        known = {row.id for row in rows}
        self._heard = {key: heard for key, heard in self._heard.items() if key in known}
        for key, (_, future) in self._sent.items():
            if future.status == "error":
                _log.error("calcul %s : %s", key, future.exception(), extra={"run": key})
            if future.done():
                future.release()  # or it would be computed once more if its worker dies
        self._sent = {
            key: (number, future)
            for key, (number, future) in self._sent.items()
            if key in known and not future.done()
        }
        if room is not None:
            self._send(room, rows)

    def _connected(self) -> Room | None:
        """The cluster; opened, or opened anew where its scheduler is gone."""
        if self._room is not None and self._room.is_open:
            return self._room
        self._stack.close()
        self._room = None
        self._sent.clear()
        s = self._settings
        if not s.scheduler and s.workers == 0:
            return None
        try:
            self._room = self._stack.enter_context(
                opened(s.scheduler, workers=s.workers, cores=s.run_cores, megabytes=s.run_megabytes)
            )
            if self._early and not s.scheduler:
                self._room.client.run(birth.get_ready, on_error="ignore")
        except OSError as error:
            _log.warning("ordonnanceur injoignable (%s) : %s", s.scheduler, error)
        return self._room

    def _is_dead(self, row: RunRow) -> bool:
        """Whether whoever holds a run is gone: silent for long, or Dask says so."""
        beat = (row.attempt, row.heartbeat_at)
        heard = self._heard.get(row.id)
        if heard is None or heard.beat != beat:
            self._heard[row.id] = heard = _Heard(beat, monotonic())
        number, future = self._sent.get(row.id, (None, None))
        gone = future is not None and number == row.attempt - 1 and future.done()
        return gone or monotonic() - heard.at > SILENT_SECONDS

    def _release(self, row: RunRow) -> None:
        """Let a run wait again, or give it up where too many attempts died with it."""
        with self._database.session() as session:
            run = runs.held(session, row.id, row.attempt)
            if run is None or run.heartbeat_at != row.heartbeat_at:
                return
            run.heartbeat_at = None
            run.status, run.phase = "submitted", "reprise"
            if run.attempt > MOST_ATTEMPTS:
                run.status, run.phase, run.ended_at = "failed", "", now()
                run.error_code = "machine-perdue"
                run.error_detail = f"{run.attempt} essais ont été perdus avec leur machine."
        self._heard.pop(row.id, None)
        self._sent.pop(row.id, None)
        _log.warning("calcul %s, essai %s perdu", row.id, row.attempt, extra={"run": row.id})

    def _send(self, room: Room, rows: "Any") -> None:
        """Submit no more than the workers can start: the order of what waits stays ours."""
        means = Means(
            self._settings.run_cores,
            self._settings.run_megabytes,
            None if self._settings.scheduler else self._settings.database_url,
        )
        slots = sum(
            int(min(has.get(CORES, 0) / means.cores, has.get(MEGABYTES, 0) / means.megabytes))
            for has in room.resources()
        )
        working = [r for r in rows if r.heartbeat_at is not None or r.id in self._sent]
        waiting = [r for r in rows if r.heartbeat_at is None and r.id not in self._sent]
        for row in in_turn(waiting, working)[: max(0, slots - len(working))]:
            future = room.submit(
                attempt,
                row.id,
                row.attempt,
                means,
                key=f"run-{row.id}-{row.attempt}-{monotonic():.0f}",
                order=means,
                priority=row.priority,
            )
            future.add_done_callback(lambda _: self.wake())
            self._sent[row.id] = (row.attempt, future)

    def _release_sent(self) -> None:
        """Our own workers are gone: no need to wait until they are silent."""
        try:
            with self._database.reading() as session:
                rows = runs.unfinished(session)
            for row in rows:
                if row.heartbeat_at is not None and row.id in self._sent:
                    self._release(row)
        except (OperationalError, InterfaceError) as error:
            _log.warning("base injoignable à l’arrêt : %s", error)
