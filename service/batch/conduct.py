"""Tasks onto a cluster, results into the store: nothing twice, nothing lost, nothing for ever.

Only so many tasks are with the cluster at a time that no worker waits for the next one, so that
memory does not grow with the batch. What a worker had begun when it died is begun again elsewhere.
Must not know: how a task is done, how progress is shown.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any, Literal

from distributed import Future, get_worker, wait

from service.batch.budget import beside
from service.batch.gather import Task
from service.batch.store import Store
from service.batch.work import Outcome, work
from service.jobs import task as jobs
from service.jobs.cluster import CORES, MEGABYTES, Room
from service.jobs.messages import Better, Progress
from service.jobs.orders import StopRules
from service.packing import packed_folder
from solver.errors import InvalidScenario

ATTEMPTS = 3
MEMORY = 3072
"""MB that a search may take: 17,000 pupil-periods take a third of it."""
_TOPIC = "bassin-lot"
_LISTEN_SECONDS = 0.2
_TELL_SECONDS = 1.0
_OVERDUE_FACTOR, _OVERDUE_SECONDS = 3.0, 120.0
"""A task that takes so many times its time, and so many seconds more, is lost."""

State = Literal["attente", "en cours", "fait", "déjà là", "écarté"]


@dataclass(frozen=True, slots=True)
class Planned:
    """A task and the seconds of search it was given."""

    task: Task
    seconds: float


@dataclass(slots=True)
class Standing:
    """Where a task stands, for those who watch."""

    planned: Planned
    state: State = "attente"
    worker: str = ""
    since: float = 0.0
    """Moment of `monotonic` at which it began on its worker."""
    cost: int | None = None
    unplaced: int | None = None
    reasons: tuple[str, ...] = ()
    """Why it was set aside."""


Listener = Callable[[Mapping[str, Standing]], None]


def standing(planned: Planned, store: Store, attempts: int = ATTEMPTS) -> Standing:
    """Where a task stands before anything runs: done, set aside, or waiting."""
    key = planned.task.key
    kept = store.figures(key)
    if kept is not None:
        reasons = tuple(kept.get("raisons", ()))
        return Standing(
            planned,
            "écarté" if reasons else "déjà là",
            cost=kept.get("cout"),
            unplaced=kept.get("sans_place"),
            reasons=reasons,
        )
    failures = store.failures(key)
    if len(failures) >= attempts:
        return Standing(planned, "écarté", reasons=tuple(failures))
    return Standing(planned)


@dataclass(slots=True)
class Conductor:
    """Runs the tasks of one batch; `listener` is called several times a second."""

    room: Room
    store: Store
    attempts: int = ATTEMPTS
    cores: int = 1
    megabytes: int = MEMORY
    listener: Listener = lambda standings: None
    stop: Callable[[], bool] = lambda: False
    standings: Mapping[str, Standing] = field(default_factory=dict)
    _heard: SimpleQueue[Mapping[str, Any]] = field(default_factory=SimpleQueue)
    _running: dict["Future[Outcome]", Standing] = field(default_factory=dict)

    def run(self, standings: Mapping[str, Standing]) -> None:
        """All tasks that wait to their end, the longest first; each standing says how it ended."""
        self.standings = standings
        waiting = deque(
            sorted(
                (s for s in self.standings.values() if s.state == "attente"),
                key=lambda s: -s.planned.seconds,
            )
        )
        self.room.client.subscribe_topic(_TOPIC, lambda event: self._heard.put(event[1]))
        try:
            while (waiting or self._running) and not self.stop():
                self._feed(waiting)
                for standing in self._settle():
                    waiting.appendleft(standing)
                self._hear()
                waiting.extendleft(self._overdue())
                self.listener(self.standings)
        finally:
            self.room.client.unsubscribe_topic(_TOPIC)
            self.room.client.cancel(list(self._running))
        self.listener(self.standings)

    def _feed(self, waiting: deque[Standing]) -> None:
        """One task in hand and one at the door for each place of the cluster."""
        free = 2 * places(self.room, self.cores, self.megabytes) - len(self._running)
        while waiting and free > 0:
            standing = waiting.popleft()
            task = standing.planned.task
            scenario = task.scenario()
            if scenario is None:
                self._aside(standing, ("le scénario a changé depuis le début du lot",))
                continue
            attempt = len(self.store.failures(task.key))
            order = jobs.Task.of(
                task.key,
                scenario,
                stop=StopRules(seconds=standing.planned.seconds * (1 + attempt)),
                seed=task.seed,
                cores=self.cores,
                megabytes=self.megabytes,
                start=None if task.start is None else packed_folder(task.start),
            )
            key = f"{task.key}-{attempt}-{monotonic()}"
            future = self.room.submit(_on_a_worker, order, key=key, order=order.order)
            self._running[future] = standing
            free -= 1

    def _settle(self) -> Iterable[Standing]:
        """Takes in what has ended; returns the tasks that deserve another attempt."""
        if not self._running:
            return []
        try:
            with self.room.client.as_current():
                running = list(self._running)
                ended = wait(running, _LISTEN_SECONDS, return_when="FIRST_COMPLETED").done
        except TimeoutError:
            return []
        again = []
        for future in ended:
            standing = self._running.pop(future)
            error = future.exception()
            if error is None:
                self._keep(standing, future.result())
            elif isinstance(error, InvalidScenario):
                self._aside(standing, tuple(map(str, error.faults)))
            elif self._may_try_again(standing, f"{type(error).__name__} : {error}"):
                again.append(standing)
            future.release()  # or what died with its worker would be computed once more
        return again

    def _keep(self, standing: Standing, outcome: Outcome) -> None:
        """Stores an answer: a plan, or that there is none."""
        task = standing.planned.task
        figures = {
            "nom": task.name,
            "bareme": task.prices,
            "graine": task.seed,
            "secondes_accordees": round(standing.planned.seconds, 2),
            "essais": 1 + len(self.store.failures(task.key)),
            **outcome.figures,
        }
        if outcome.reasons:
            figures["raisons"] = list(outcome.reasons)
        self.store.keep(task.key, outcome.files, figures)
        standing.state = "écarté" if outcome.reasons else "fait"
        standing.reasons = outcome.reasons
        standing.worker = outcome.figures["ouvrier"]
        standing.cost = outcome.figures.get("cout")
        standing.unplaced = outcome.figures.get("sans_place")

    def _may_try_again(self, standing: Standing, reason: str) -> bool:
        """Notes a failure; True while the limit of attempts is not reached."""
        key = standing.planned.task.key
        if self.store.fail(key, reason) < self.attempts:
            standing.state = "attente"
            return True
        self._aside(standing, tuple(self.store.failures(key)))
        return False

    def _aside(self, standing: Standing, reasons: tuple[str, ...]) -> None:
        standing.state, standing.reasons = "écarté", reasons

    def _hear(self) -> None:
        """What the workers have told since the last time."""
        while True:
            try:
                told = self._heard.get_nowait()
            except Empty:
                return
            standing = self.standings.get(told["cle"])
            if standing is None or standing.state not in ("attente", "en cours"):
                continue
            standing.state, standing.worker = "en cours", told["ouvrier"]
            standing.since = monotonic() - told["secondes"]
            standing.cost, standing.unplaced = told["cout"], told["sans_place"]

    def _overdue(self) -> Sequence[Standing]:
        """Ends the workers of tasks that will not end; returns those that deserve another try.

        A task whose worker died meanwhile is not late: Dask begins it again elsewhere.
        """
        again = []
        for future, standing in list(self._running.items()):
            planned = standing.planned
            limit = _OVERDUE_SECONDS + _OVERDUE_FACTOR * (
                planned.seconds + beside(planned.task.demands)
            )
            if standing.state != "en cours" or monotonic() - standing.since < limit:
                continue
            if standing.worker not in self.room.addresses():
                standing.state = "attente"
                continue
            del self._running[future]
            self.room.client.cancel([future])
            self.room.restart(standing.worker)
            if self._may_try_again(standing, f"sans réponse après {limit:.0f} s"):
                again.append(standing)
        return again


def places(room: Room, cores: int, megabytes: int) -> int:
    """Searches that the cluster can hold at a time."""
    return sum(
        int(min(worker.get(CORES, 0) // cores, worker.get(MEGABYTES, 0) // megabytes))
        for worker in room.resources()
    )


def _on_a_worker(task: jobs.Task) -> Outcome:
    """`work`, telling from time to time how far it is."""
    worker = get_worker()
    told_at = -_TELL_SECONDS

    def tell(message: Progress | Better, content: bytes) -> None:
        nonlocal told_at
        if monotonic() - told_at >= _TELL_SECONDS:
            told_at = monotonic()
            worker.log_event(
                _TOPIC,
                {
                    "cle": task.key,
                    "ouvrier": worker.address,
                    "secondes": message.seconds,
                    "cout": message.cost,
                    "sans_place": message.unplaced,
                },
            )

    outcome = work(task, tell)
    return replace(outcome, figures={**outcome.figures, "ouvrier": worker.address})
