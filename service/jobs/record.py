"""One attempt's hold on the row of its run: two beats a second, patience while the base is away.

What is written carries the number of the attempt; once another has taken the run up, nothing is
written any more and the search is to end. Must not know: Dask, child processes.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Lock, Thread

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlmodel import Session

from service.jobs.messages import SUMMING_UP, Better, End, Progress
from service.store import Database, plans, runs, scenarios
from service.store.runs import Point
from service.tables import CheckpointRow, PlanRow, RunRow, RunStatus, ScenarioRow, now

BEAT_SECONDS = 0.5
"""How often a run is heard of, and the wish to stop it heard."""
_AWAY = (OperationalError, InterfaceError)
_MOVED = 0.001
"""Share by which a cost or bound must move to be worth a point of the curve."""
_POINT_SECONDS = 20.0
_log = logging.getLogger("service.jobs")


@dataclass(frozen=True, slots=True)
class Taken:
    """A run taken up: its row, its scenario as received, its best plan so far."""

    run: RunRow
    scenario: ScenarioRow
    kind: str
    received: bytes
    checkpoint: CheckpointRow | None


def take(database: Database, run_id: str, number: int) -> Taken | None:
    """Take a run up after attempt `number`; None where a twin has, or where it is over."""
    with database.session() as session:
        run = runs.waiting(session, run_id, number)
        if run is None:
            return None
        content = scenarios.content(session, run.scenario_id)
        scenario = session.get(ScenarioRow, run.scenario_id)
        assert content is not None
        assert scenario is not None
        run.attempt, run.status, run.phase = number + 1, "started", "mise en route du moteur"
        run.heartbeat_at = now()
        run.started_at = run.started_at or run.heartbeat_at
        kept = runs.checkpoint(session, run_id)
        return Taken(run, scenario, content.kind, content.received, kept)


class Record:
    """Writes what an attempt says, from a thread of its own. A context manager.

    `stop` is set when the run is to stop; `lost` when it is no longer ours.
    """

    def __init__(self, database: Database, taken: Taken) -> None:
        self._database, self._taken = database, taken
        self._number = taken.run.attempt
        self._before = taken.checkpoint.seconds if taken.checkpoint else 0.0
        self.stop, self.lost, self._over = Event(), Event(), Event()
        if taken.run.stop_asked_at is not None:
            self.stop.set()
        self._lock = Lock()
        self._stand: Progress | None = None
        self._better: CheckpointRow | None = None
        self._points: list[Point] = []
        self._drawn: Point | None = None
        self._thread = Thread(target=self._beat, daemon=True)

    def __enter__(self) -> "Record":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._silence()

    def _silence(self) -> None:
        self._over.set()
        self._thread.join()

    def hear(self, message: Progress | Better, content: bytes) -> None:
        """What the child says; written at the next beat."""
        with self._lock:
            if isinstance(message, Progress):
                self._stand = message
                self._draw(message)
            else:
                self._better = CheckpointRow(
                    run_id=self._taken.run.id,
                    attempt=self._number,
                    seconds=self._before + message.seconds,
                    cost=message.cost,
                    bound=message.bound,
                    unplaced=message.unplaced,
                    content=content,
                )

    def _draw(self, m: Progress) -> None:
        """A point where something moved."""
        point = Point(self._before + m.seconds, m.cost, m.bound, m.unplaced, m.phase)
        last = self._drawn
        if (
            last is None
            or last.phase != point.phase
            or point.seconds - last.seconds > _POINT_SECONDS
            or _moved(last.cost, point.cost)
            or _moved(last.bound, point.bound)
        ):
            self._drawn = point
            self._points.append(point)

    def _beat(self) -> None:
        while not self._over.wait(BEAT_SECONDS) and not self.lost.is_set():
            try:
                self.write()
            except _AWAY as error:
                _log.warning("base injoignable, %s : %s", self._taken.run.id, error)

    def write(self) -> None:
        """One beat: all that was heard, in one transaction; kept for the next where it fails."""
        with self._lock:
            stand, better, points = self._stand, self._better, list(self._points)
        with self._database.session() as session:
            run = runs.held(session, self._taken.run.id, self._number)
            if run is None:
                self.lost.set()
                return
            run.heartbeat_at = now()
            if run.stop_asked_at is not None:
                self.stop.set()
            if stand is not None:
                _stands(run, stand)
            if better is not None:
                session.merge(better)
            runs.note(session, run.id, self._number, points)
        with self._lock:
            del self._points[: len(points)]
            if self._better is better:
                self._better = None

    def finish(
        self, status: RunStatus, end: End, plan: tuple[PlanRow, bytes] | None, code: str | None
    ) -> bool:
        """The last word: the run is over, its plan is kept with it. False where it was not ours."""
        self._silence()

        def write(session: Session) -> bool:
            run = runs.held(session, self._taken.run.id, self._number)
            if run is None:
                return False
            runs.note(session, run.id, self._number, self._points)
            runs.forget_checkpoint(session, run.id)
            run.status, run.outcome = status, end.outcome
            run.cost, run.unplaced = end.cost, end.unplaced
            run.bound = _higher(run.bound, end.bound)
            run.phase, run.conflicts = "", [dict(c) for c in end.conflicts]
            run.error_code, run.error_detail = code, end.detail or None
            run.ended_at = now()
            run.completed_at = run.completed_at or run.ended_at
            run.active_at = run.active_at or run.started_at
            if plan is not None:
                plans.add(session, *plan)
            return True

        return self.patiently(lambda: self._in_session(write))

    def _in_session(self, write: Callable[[Session], bool]) -> bool:
        with self._database.session() as session:
            return write(session)

    def patiently(self, act: Callable[[], bool]) -> bool:
        """Do it, again each second while the database is away."""
        while True:
            try:
                return act()
            except _AWAY as error:
                _log.warning("base injoignable, %s attend : %s", self._taken.run.id, error)
                Event().wait(BEAT_SECONDS)


def _stands(run: RunRow, stand: Progress) -> None:
    run.phase = stand.phase
    if stand.cost is not None and (run.cost is None or stand.cost < run.cost):
        run.cost, run.unplaced = stand.cost, stand.unplaced
    run.bound = _higher(run.bound, stand.bound)
    if stand.cost is not None and run.active_at is None:
        run.active_at, run.status = now(), "active"
    elif run.active_at is not None:
        run.status = "active"
    if stand.phase == SUMMING_UP and run.completed_at is None:
        run.completed_at = now()


def _higher(one: int | None, other: int | None) -> int | None:
    return max((b for b in (one, other) if b is not None), default=None)


def _moved(before: int | None, after: int | None) -> bool:
    if before is None or after is None:
        return before != after
    return abs(after - before) > _MOVED * abs(before)
