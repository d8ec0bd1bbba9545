"""`/runs`: accepted, watched, stopped. Must not know: how they are searched, where."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Path, Query, Request, Response
from pydantic import BaseModel, Field
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from service.accounts import rights
from service.accounts.rights import Action, User
from service.acts import runs as acts
from service.acts.masks import small
from service.acts.runs import Known
from service.api.bodies import Archive, Body, Label, Labels, Listing, archive, require_match, tagged
from service.api.dependencies import CurrentUser, HouseDep, SliceDep, route
from service.api.idempotency import IdempotentRoute
from service.api.scenarios import Operations, Reference
from service.house import House
from service.jobs.orders import StopRules
from service.jobs.queue import BATCH, PRESSING, USUAL
from service.tables import FINAL, ProgressRow, RunRow, RunStatus

router = APIRouter(prefix="/runs", tags=["runs"], route_class=IdempotentRoute)
Id = Annotated[str, Path(max_length=64, description="Identifiant")]
Urgency = Literal["pressant", "courant", "lot"]
_PRIORITIES: dict[Urgency, int] = {"pressant": PRESSING, "courant": USUAL, "lot": BATCH}
_LOOK_SECONDS = 1.0
_PING_SECONDS = 15
_MOST_SEED = 2**31 - 1


class Asked(Body):
    """A run to do."""

    scenario: Annotated[str, Field(max_length=64, description="Scénario déposé")]
    stop: Annotated[StopRules, Field(description="Règles d’arrêt")] = StopRules()
    seed: Annotated[int, Field(ge=0, le=_MOST_SEED, description="Graine du hasard")] = 0
    urgency: Annotated[
        Urgency, Field(description="pressant : quelqu’un attend ; lot : un parmi beaucoup")
    ] = "courant"
    title: Annotated[Label | None, Field(description="À défaut, celui du scénario")] = None
    tags: Labels = ()


class Changed(Body):
    """The same run on a variant of its scenario."""

    operations: Operations
    reference: Reference = None
    tags: Labels = ()


class Words(Body):
    title: Label
    tags: Labels = ()


class RunMetadata(BaseModel):
    """How a run stands, in a few lines."""

    id: str
    scenario: str
    digest: str = Field(description="Empreinte du scénario")
    title: str
    bassin: str
    academy: str
    owner: str
    tags: list[str]
    status: RunStatus
    outcome: str | None = Field(
        description="optimal, feasible, infeasible ou out_of_time, à la fin"
    )
    phase: str = Field(description="Ce que fait le moteur")
    attempt: int = Field(description="Fois où il a été pris en charge")
    cost: int | None = Field(description="Points du meilleur plan")
    bound: int | None = Field(description="Borne inférieure prouvée")
    gap: float | None = Field(description="(coût − borne) / coût")
    unplaced: int | None = Field(description="Sans place ; null aussi s’ils sont moins de cinq")
    submitted_at: datetime
    started_at: datetime | None = Field(description="Pris en charge")
    active_at: datetime | None = Field(description="Premier plan")
    completed_at: datetime | None = Field(description="Fin de la recherche")
    ended_at: datetime | None = Field(description="Tout est écrit")
    stop_asked_at: datetime | None


class Point(BaseModel):
    """Where the search stood."""

    number: int
    attempt: int
    seconds: float = Field(description="Secondes de recherche")
    cost: int | None
    bound: int | None
    phase: str


class Trouble(BaseModel):
    """Why a run failed."""

    code: str = Field(description="Identifiant stable")
    detail: str


class RunRecord(RunMetadata):
    """The run with all there is to know."""

    plan: str | None = Field(description="Plan gardé")
    stop: StopRules
    seed: int
    priority: int
    error: Trouble | None
    conflicts: list[dict[str, Any]] = Field(
        description="Pourquoi aucun plan n’est possible ; pour qui voit tous les élèves"
    )
    curve: list[Point] = Field(description="Coût et borne au fil de la recherche")


class Said(BaseModel):
    """One event: the state, the points since the last event, the plan once there is one."""

    run: RunMetadata
    points: list[Point]
    plan: str | None


def metadata_of(row: RunRow, user: User) -> RunMetadata:
    every = rights.sight(user).every_pupil
    gap = (row.cost - row.bound) / row.cost if row.cost and row.bound is not None else None
    return RunMetadata(
        id=row.id, scenario=row.scenario_id, digest=row.digest, title=row.title,
        bassin=row.bassin, academy=row.academy, owner=row.owner_id, tags=row.tags,
        status=_status(row), outcome=row.outcome, phase=row.phase, attempt=row.attempt,
        cost=row.cost, bound=row.bound, gap=0.0 if row.cost == 0 else gap,
        unplaced=None if small(row.unplaced) and not every else row.unplaced,
        submitted_at=row.submitted_at, started_at=row.started_at, active_at=row.active_at,
        completed_at=row.completed_at, ended_at=row.ended_at, stop_asked_at=row.stop_asked_at,
    )  # fmt: skip


def _status(row: RunRow) -> RunStatus:
    statuses: tuple[RunStatus, ...] = ("submitted", "started", "active", *FINAL)
    return next(status for status in statuses if status == row.status)


def record_of(known: Known, curve: list[Point], user: User) -> RunRecord:
    row = known.run
    every = rights.sight(user).every_pupil
    trouble = (
        Trouble(code=row.error_code, detail=row.error_detail or "") if row.error_code else None
    )
    return RunRecord(
        **metadata_of(row, user).model_dump(),
        plan=known.plan_id,
        stop=StopRules(
            seconds=row.seconds, gap=row.stop_gap, stalled_seconds=row.stop_stalled_seconds
        ),
        seed=row.seed,
        priority=row.priority,
        error=trouble,
        conflicts=row.conflicts if every else [],
        curve=curve,
    )


def _point(row: ProgressRow) -> Point:
    return Point(
        number=row.number, attempt=row.attempt, seconds=round(row.seconds, 1), cost=row.cost,
        bound=row.bound, phase=row.phase,
    )  # fmt: skip


@router.post(
    "",
    status_code=202,
    **route(Action.START_RUN, "introuvable", "trop-de-calculs", changes=True),
)
def submit(
    asked: Asked, request: Request, response: Response, user: CurrentUser, house: HouseDep
) -> RunMetadata:
    """Demande un calcul : accepté, il est au registre et sera fait quoi qu’il arrive."""
    row = acts.start(
        house, user, asked.scenario, seconds=asked.stop.seconds, seed=asked.seed,
        priority=_PRIORITIES[asked.urgency], stop_gap=asked.stop.gap,
        stop_stalled_seconds=asked.stop.stalled_seconds, title=asked.title or "", tags=asked.tags,
    )  # fmt: skip
    response.headers["Location"] = f"{request.url.path}/{row.id}"
    return tagged(response, metadata_of(row, user))


@router.get("", **route(Action.READ_RUN))
def listed(
    user: CurrentUser,
    house: HouseDep,
    part: SliceDep,
    bassin: Annotated[str | None, Query(max_length=100)] = None,
    scenario: Annotated[str | None, Query(max_length=64)] = None,
    status: RunStatus | None = None,
    tag: Annotated[str | None, Query(max_length=60)] = None,
) -> Listing[RunMetadata]:
    """Les calculs à portée, du plus récent au plus ancien."""
    found = acts.listed(
        house, user, bassin=bassin, scenario_id=scenario, status=status, tag=tag,
        cursor=part.cursor, limit=part.limit,
    )  # fmt: skip
    return Listing(lignes=[metadata_of(row, user) for row in found.rows], suite=found.next)


@router.get("/{run}", **route(Action.READ_RUN, "introuvable"))
def one(run: Id, user: CurrentUser, house: HouseDep, response: Response) -> RunRecord:
    """Un calcul : où il en est, comment il y est venu, ce qu’il a donné."""
    return tagged(response, _record(house, user, acts.one(house, user, run)))


def _record(house: House, user: User, known: Known) -> RunRecord:
    curve = [_point(point) for point in acts.curve(house, known.run.id)]
    return record_of(known, curve, user)


@router.get("/{run}/metadata", **route(Action.READ_RUN, "introuvable"))
def metadata(run: Id, user: CurrentUser, house: HouseDep, response: Response) -> RunMetadata:
    """Un calcul en quelques lignes."""
    return tagged(response, metadata_of(acts.one(house, user, run).run, user))


@router.get("/{run}/best", response_class=Archive, **route(Action.READ_PLAN_CONTENT, "introuvable"))
def best(run: Id, user: CurrentUser, house: HouseDep) -> Response:
    """Le meilleur plan trouvé jusqu’ici, vérifié : le zip de son dossier."""
    return archive(acts.best(house, user, run), "plan.zip")


_STREAM = route(Action.READ_RUN, "introuvable", "deja-final")
_STREAM["responses"][200] = {
    "description": "Événements « progress » (RunMetadata et points nouveaux), puis « end »",
    "content": {"text/event-stream": {"schema": {"type": "string"}}},
}


@router.get("/{run}/progress", response_class=EventSourceResponse, **_STREAM)
async def progress(
    run: Id,
    user: CurrentUser,
    house: HouseDep,
    last_event_id: Annotated[
        str | None, Header(max_length=20, description="Dernier point reçu, pour reprendre")
    ] = None,
) -> EventSourceResponse:
    """Suit un calcul en direct ; 410 s’il est déjà terminé."""
    known = await run_in_threadpool(acts.one, house, user, run)
    if known.run.status in FINAL:
        raise acts.over(known.run)
    seen = int(last_event_id) if last_event_id and last_event_id.isdecimal() else 0
    return EventSourceResponse(_follow(house, user, run, seen), ping=_PING_SECONDS)


async def _follow(
    house: House, user: User, run_id: str, seen: int
) -> AsyncIterator[ServerSentEvent]:
    """An event whenever something changed, the last one « end »."""
    told = ""
    while True:
        known = await run_in_threadpool(acts.one, house, user, run_id)
        over = known.run.status in FINAL
        state = metadata_of(known.run, user).model_dump_json()
        if state != told or over:
            told = state
            points = await run_in_threadpool(acts.curve, house, run_id, seen)
            seen = points[-1].number if points else seen
            said = Said(run=metadata_of(known.run, user), points=[_point(p) for p in points],
                        plan=known.plan_id)  # fmt: skip
            yield ServerSentEvent(
                said.model_dump_json(), event="end" if over else "progress", id=str(seen)
            )
        if over:
            return
        await asyncio.sleep(_LOOK_SECONDS)


@router.patch("/{run}", **route(Action.START_RUN, "introuvable", "etat-change", changes=True))
def relabel(
    run: Id, words: Words, request: Request, response: Response, user: CurrentUser, house: HouseDep
) -> RunRecord:
    """Change le titre et les étiquettes."""
    require_match(request, _record(house, user, acts.one(house, user, run)))
    known = acts.relabel(house, user, run, words.title, words.tags)
    return tagged(response, _record(house, user, known))


@router.delete(
    "/{run}",
    status_code=202,
    **route(Action.START_RUN, "introuvable", "deja-final", changes=True),
)
def stop(run: Id, user: CurrentUser, house: HouseDep) -> RunMetadata:
    """Arrête un calcul et garde son meilleur plan."""
    return metadata_of(acts.stop(house, user, run), user)


@router.post(
    "/{run}/from-patch",
    status_code=202,
    **route(
        Action.START_RUN, "introuvable", "scenario-invalide", "modification-impossible",
        "annee-inconnue", "bassin-etranger", "trop-de-calculs", changes=True,
    ),
)  # fmt: skip
def from_patch(
    run: Id,
    changed: Changed,
    request: Request,
    response: Response,
    user: CurrentUser,
    house: HouseDep,
) -> RunMetadata:
    """Le même calcul sur une variante de son scénario."""
    row = acts.vary(
        house, user, run, changed.operations, reference=changed.reference, tags=changed.tags
    )
    response.headers["Location"] = request.url.path.rsplit("/", 2)[0] + f"/{row.id}"
    return tagged(response, metadata_of(row, user))
