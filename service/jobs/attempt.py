"""One attempt at a run on record, in a worker: taken up, searched by a child, written down.

Must not know: Dask, which run goes next.
"""

import logging
from dataclasses import dataclass

from service.jobs.child import search
from service.jobs.messages import End, Ending
from service.jobs.orders import Order, StopRules
from service.jobs.record import Record, Taken, take
from service.logs import install
from service.packing import Kind, read_scenario, unpack_plan
from service.settings import Settings
from service.store import Database
from service.tables import PlanRow, RunRow, RunStatus

MOST_ATTEMPTS = 5
"""Attempts lost with their worker, after which a run is written down as it stands."""
MOST_CHILDREN = 3
"""Children that an attempt starts, where they die of themselves."""
_LEAST_SECONDS = 5.0
"""Of search, for a run that goes on."""
_CODES: dict[Ending, str] = {
    "memory": "memoire-depassee",
    "scenario": "scenario-illisible",
    "lost": "moteur-perdu",
    "failed": "defaut-moteur",
}
_log = logging.getLogger("service.jobs")


@dataclass(frozen=True, slots=True)
class Means:
    """What a run is given; `database`: None where the worker's own settings say."""

    cores: int
    megabytes: int
    database: str | None = None


def attempt(run_id: str, number: int, means: Means) -> str:
    """Take the run up after attempt `number` and bring it to its end: the status, or « taken »."""
    settings = Settings()
    if not logging.getLogger().hasHandlers():
        install(settings.log_level)
    database = Database(means.database or settings.database_url)
    try:
        taken = take(database, run_id, number)
        if taken is None:
            return "taken"
        _log.info("calcul %s, essai %s", run_id, taken.run.attempt, extra={"run": run_id})
        with Record(database, taken) as record:
            end, plan = _searched(record, taken, means)
            if record.lost.is_set():
                return "taken"
            status = _status(end)
            kept = None if plan is None else _kept(taken, end, plan)
            record.finish(status, end, kept, _CODES.get(end.ending))
        _log.info("calcul %s : %s", run_id, status, extra={"run": run_id, "ending": end.ending})
        return status
    finally:
        database.close()


def _searched(record: Record, taken: Taken, means: Means) -> tuple[End, bytes | None]:
    """The search, begun again from its best plan where the child dies of itself."""
    run, kept = taken.run, taken.checkpoint
    start = kept.content if kept else None
    before = kept.seconds if kept else 0.0
    end = _known(taken)
    if run.attempt > MOST_ATTEMPTS:
        said = f"{MOST_ATTEMPTS} essais ont été perdus avec leur machine."
        return end.model_copy(update={"ending": "lost", "detail": said}), start
    for _ in range(MOST_CHILDREN):
        if record.stop.is_set() or record.lost.is_set():
            break
        end, plan = search(
            _order(taken, means, before),
            taken.received,
            tell=record.hear,
            stop=lambda: record.stop.is_set() or record.lost.is_set(),
            start=start,
        )
        start = plan or start
        if end.ending != "lost":
            break
        before += end.seconds
        _log.warning("moteur perdu, %s : %s", run.id, end.detail, extra={"run": run.id})
    if end.cost is None and kept is not None:
        known = _known(taken)
        end = end.model_copy(
            update={
                "outcome": known.outcome,
                "cost": known.cost,
                "bound": end.bound or known.bound,
                "unplaced": known.unplaced,
            }
        )
    return end, start


def _known(taken: Taken) -> End:
    """What a run asked to stop is worth before it is searched again."""
    kept = taken.checkpoint
    if kept is None:
        return End(ending="stopped")
    return End(
        ending="stopped",
        outcome="feasible",
        seconds=kept.seconds,
        cost=kept.cost,
        bound=kept.bound,
        unplaced=kept.unplaced,
    )


def _order(taken: Taken, means: Means, before: float) -> Order:
    run = taken.run
    kind: Kind = "xlsx" if taken.kind == "xlsx" else "json" if taken.kind == "json" else "zip"
    left = run.seconds - before if before else run.seconds
    return Order(
        kind=kind,
        digest=run.digest,
        stop=StopRules(
            seconds=max(left, min(run.seconds, _LEAST_SECONDS)),
            gap=run.stop_gap,
            stalled_seconds=run.stop_stalled_seconds,
        ),
        seed=run.seed,
        cores=means.cores,
        megabytes=means.megabytes,
    )


def _status(end: End) -> RunStatus:
    match end.ending:
        case "done":
            return "completed"
        case "stopped":
            return "stopped"
        case _:
            return "failed"


def _kept(taken: Taken, end: End, content: bytes) -> tuple[PlanRow, bytes]:
    """The row of the plan; measured here where the child could not."""
    run, of = taken.run, taken.scenario
    if not end.indicators:
        from service.acts.plans import made  # the engine's loops: seconds that are rarely needed

        scenario = read_scenario(taken.received, _order(taken, Means(1, 64), 0).kind).scenario
        assert scenario is not None
        plan = unpack_plan(content, scenario).plan
        measured = made(
            of, scenario, plan, owner_id=run.owner_id, origin="calcul", run=run,
            title=run.title, tags=run.tags,
        )  # fmt: skip
        measured.row.bound = _bound(run, end)
        return measured.row, measured.content
    assert end.cost is not None
    assert end.unplaced is not None
    row = PlanRow(
        scenario_id=of.id,
        digest=of.digest,
        bassin=of.bassin,
        academy=of.academy,
        year=of.year,
        run_id=run.id,
        origin="calcul",
        owner_id=run.owner_id,
        title=run.title or of.title,
        tags=list(run.tags),
        cost=end.cost,
        bound=_bound(run, end),
        unplaced=end.unplaced,
        violations=0,
        costs=dict(end.costs),
        causes=dict(end.causes),
        indicators=dict(end.indicators),
    )
    return row, content


def _bound(run: RunRow, end: End) -> int | None:
    """What was proven by this attempt or by those before."""
    return max((b for b in (run.bound, end.bound) if b is not None), default=None)
