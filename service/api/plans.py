"""`/plans`: read, verified, questioned, published. Must not know: how answers are found."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from scenarios.tables import CalendarRow, PlacementRow
from service.accounts.rights import Action
from service.acts import plans as acts
from service.acts import questions
from service.api.bodies import Archive, Body, Label, Labels, Listing, archive, require_match, tagged
from service.api.dependencies import CurrentUser, HouseDep, SliceDep, route
from service.api.idempotency import IdempotentRoute
from service.tables import PlanRow
from solver.domain import Unplaced, Violation
from solver.whatif import Adapted, Prospect, Recommendation, Shift, Shortage, Why

router = APIRouter(prefix="/plans", tags=["plans"], route_class=IdempotentRoute)
Id = Annotated[str, Path(max_length=64, description="Identifiant")]
Name = Annotated[str, Query(min_length=1, max_length=200)]
Subject = Annotated[Name, Query(description="Une période, ou un départ commun")]
Uai = Annotated[str | None, Query(pattern=r"^\d{7}[A-Z]$", description="Un seul établissement")]
_QUESTION = ("introuvable", "sujet-inconnu", "plan-invalide")


class PlanMetadata(BaseModel):
    """What a list shows of a plan."""

    id: str
    scenario: str
    digest: str = Field(description="Empreinte du scénario")
    title: str
    bassin: str
    academy: str
    year: str
    run: str | None = Field(description="Calcul qui l’a trouvé ; null pour un plan déposé")
    origin: str = Field(description="calcul, main ou decalage")
    owner: str
    created_at: datetime
    tags: list[str]
    cost: int = Field(description="Points")
    bound: int | None = Field(description="Borne inférieure prouvée")
    violations: int = Field(description="Règles dures enfreintes")
    published_at: datetime | None
    superseded_at: datetime | None = Field(description="Remplacé depuis par un autre plan")


class PlanRecord(PlanMetadata):
    """The plan with its cost by preference."""

    costs: dict[str, int] = Field(description="Points par préférence")
    causes: dict[str, int] = Field(description="Points de l’écart à la borne, par cause")


class Labelled(Body):
    title: Label
    tags: Labels = ()


class Verification(BaseModel):
    """What the verifier says of a plan."""

    cost: int
    costs: dict[str, int]
    broken: dict[str, int | None] = Field(description="Infractions par règle ; null : moins de 5")
    violations: list[Violation] = Field(
        description="Pour qui voit tous les élèves ; vide pour les autres"
    )


def metadata_of(row: PlanRow) -> PlanMetadata:
    return PlanMetadata(
        id=row.id, scenario=row.scenario_id, digest=row.digest, title=row.title,
        bassin=row.bassin, academy=row.academy, year=row.year, run=row.run_id, origin=row.origin,
        owner=row.owner_id, created_at=row.created_at, tags=row.tags, cost=row.cost,
        bound=row.bound, violations=row.violations, published_at=row.published_at,
        superseded_at=row.superseded_at,
    )  # fmt: skip


def record_of(row: PlanRow) -> PlanRecord:
    return PlanRecord(**metadata_of(row).model_dump(), costs=row.costs, causes=row.causes)


@router.get("", **route(Action.READ_PLAN))
def listed(
    user: CurrentUser,
    house: HouseDep,
    part: SliceDep,
    bassin: Annotated[str | None, Query(max_length=100)] = None,
    scenario: Annotated[str | None, Query(max_length=64)] = None,
    tag: Annotated[str | None, Query(max_length=60)] = None,
    published: Annotated[bool, Query(description="Publiés, aujourd’hui ou naguère")] = False,
    in_force: Annotated[bool, Query(description="Calendriers en vigueur")] = False,
) -> Listing[PlanMetadata]:
    """Les plans à portée, du plus récent au plus ancien."""
    found = acts.listed(
        house, user, bassin=bassin, scenario_id=scenario, tag=tag, published=published,
        in_force=in_force, cursor=part.cursor, limit=part.limit,
    )  # fmt: skip
    return Listing(lignes=[metadata_of(row) for row in found.rows], suite=found.next)


_POST = route(
    Action.WRITE_PLAN, "introuvable", "plan-invalide", "format-inconnu", "archive-illisible",
    "trop-compresse", "trop-de-cellules", changes=True,
)  # fmt: skip
_POST["openapi_extra"] |= {
    "requestBody": {
        "required": True,
        "description": "Le dossier du plan, en zip : calendrier.csv et affectations.csv.",
        "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post("", status_code=201, **_POST)
async def post(
    request: Request,
    response: Response,
    user: CurrentUser,
    house: HouseDep,
    scenario: Annotated[str, Query(max_length=64, description="Scénario du plan")],
    title: Annotated[str, Query(max_length=60)] = "",
    tag: Annotated[Labels, Query(description="Étiquettes")] = (),
) -> PlanRecord:
    """Dépose un plan fait à la main ; il est vérifié et mesuré comme les autres."""
    content = await request.body()
    row = await run_in_threadpool(acts.post, house, user, scenario, content, title=title, tags=tag)
    response.headers["Location"] = f"{request.url.path}/{row.id}"
    return tagged(response, record_of(row))


@router.get("/{plan}", **route(Action.READ_PLAN, "introuvable"))
def one(plan: Id, user: CurrentUser, house: HouseDep, response: Response) -> PlanRecord:
    """Un plan et son coût, préférence par préférence."""
    return tagged(response, record_of(acts.one(house, user, plan)))


@router.get("/{plan}/metadata", **route(Action.READ_PLAN, "introuvable"))
def metadata(plan: Id, user: CurrentUser, house: HouseDep, response: Response) -> PlanMetadata:
    """Un plan en quelques lignes."""
    return tagged(response, metadata_of(acts.one(house, user, plan)))


@router.patch("/{plan}", **route(Action.WRITE_PLAN, "introuvable", "etat-change", changes=True))
def relabel(
    plan: Id,
    labelled: Labelled,
    request: Request,
    response: Response,
    user: CurrentUser,
    house: HouseDep,
) -> PlanRecord:
    """Change le titre et les étiquettes."""
    require_match(request, record_of(acts.one(house, user, plan)))
    row = acts.relabel(house, user, plan, labelled.title, labelled.tags)
    return tagged(response, record_of(row))


@router.delete(
    "/{plan}",
    status_code=204,
    **route(Action.WRITE_PLAN, "introuvable", "encore-utilise", changes=True),
)
def remove(plan: Id, user: CurrentUser, house: HouseDep) -> None:
    """Supprime un plan jamais publié."""
    acts.remove(house, user, plan)


@router.get(
    "/{plan}/content", response_class=Archive, **route(Action.READ_PLAN_CONTENT, "introuvable")
)
def content(plan: Id, user: CurrentUser, house: HouseDep) -> Response:
    """Le dossier du plan, en zip."""
    return archive(acts.folder(house, user, plan), "plan.zip")


@router.get("/{plan}/calendar", **route(Action.READ_PLAN, "introuvable"))
def calendar(plan: Id, user: CurrentUser, house: HouseDep) -> list[CalendarRow]:
    """Qui est absent quand : chaque période du bassin."""
    return acts.calendar(house, user, plan)


@router.get("/{plan}/placements", **route(Action.READ_PUPILS, "introuvable"))
def placements(
    plan: Id,
    user: CurrentUser,
    house: HouseDep,
    uai: Uai = None,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=5000)] = 1000,
) -> list[PlacementRow]:
    """Où va chaque élève que l’on peut voir."""
    return acts.placements(house, user, plan, uai=uai)[offset : offset + limit]


@router.get("/{plan}/unplaced", **route(Action.READ_PUPILS, "introuvable"))
def unplaced(
    plan: Id,
    user: CurrentUser,
    house: HouseDep,
    uai: Uai = None,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=5000)] = 1000,
) -> list[Unplaced]:
    """Qui n’a pas de place et pourquoi, parmi les élèves que l’on peut voir."""
    return acts.unplaced(house, user, plan, uai=uai)[offset : offset + limit]


@router.get("/{plan}/indicators", **route(Action.READ_PLAN, "introuvable"))
def indicators(plan: Id, user: CurrentUser, house: HouseDep) -> dict[str, Any]:
    """Le plan en chiffres ; null : un effectif de moins de 5, hors de votre établissement."""
    return acts.figures(house, user, plan)


@router.get("/{plan}/verification", **route(Action.READ_PLAN, "introuvable"))
def verification(plan: Id, user: CurrentUser, house: HouseDep) -> Verification:
    """Le plan relu par le vérificateur."""
    verdict = acts.verification(house, user, plan)
    return Verification(
        cost=verdict.cost,
        costs=verdict.costs,
        broken=verdict.broken,
        violations=list(verdict.violations),
    )


@router.get("/{plan}/shifts", **route(Action.TRY_SHIFT, *_QUESTION))
def shifts(
    plan: Id,
    user: CurrentUser,
    house: HouseDep,
    subject: Subject,
) -> list[Shift]:
    """Et si ce départ avait lieu une autre semaine ? Chaque semaine, et ce qu’elle changerait."""
    return questions.shift_table(house, user, plan, subject)


@router.get("/{plan}/shifts/adapted", **route(Action.TRY_SHIFT, *_QUESTION))
def adapted(
    plan: Id,
    user: CurrentUser,
    house: HouseDep,
    subject: Subject,
) -> list[Adapted]:
    """Les trois semaines les plus prometteuses, une fois les départs voisins adaptés."""
    return questions.adaptations(house, user, plan, subject)


@router.get("/{plan}/why", **route(Action.READ_PUPILS, *_QUESTION))
def why(
    plan: Id,
    user: CurrentUser,
    house: HouseDep,
    pupil: Annotated[Name, Query(description="Un élève")],
    period: Annotated[str | None, Query(max_length=200, description="Une seule période")] = None,
) -> list[Why]:
    """Pourquoi un élève n’a pas de place, et ce qui la lui donnerait."""
    return list(questions.reasons_of(house, user, plan, pupil, period))


@router.get("/{plan}/recommendations", **route(Action.READ_PUPILS, *_QUESTION))
def recommendations(
    plan: Id,
    user: CurrentUser,
    house: HouseDep,
    pupil: Annotated[Name, Query(description="Un élève")],
    period: Annotated[Name, Query(description="Une de ses périodes")],
) -> list[Recommendation]:
    """Les dix meilleures structures pour un élève, et ce que chacune changerait au coût."""
    return list(questions.other_hosts(house, user, plan, pupil, period))


@router.get("/{plan}/shortage", **route(Action.READ_PUPILS, *_QUESTION))
def shortage(plan: Id, user: CurrentUser, house: HouseDep, uai: Uai = None) -> Shortage:
    """Ce qui placerait le plus d’élèves, dans le bassin ou un établissement."""
    return questions.shortage_of(house, user, plan, uai)


@router.get("/{plan}/prospect", **route(Action.READ_PLAN, *_QUESTION))
def prospect(plan: Id, user: CurrentUser, house: HouseDep) -> Prospect:
    """Où une place de plus serait le plus utile, et les places dont personne n’a besoin."""
    return questions.leads(house, user, plan)


@router.post(
    "/{plan}/publication",
    **route(Action.PUBLISH, "introuvable", "etat-contraire", changes=True),
)
def publish(plan: Id, user: CurrentUser, house: HouseDep, response: Response) -> PlanRecord:
    """Publie le plan : il devient le calendrier en vigueur de son bassin."""
    return tagged(response, record_of(acts.publish(house, user, plan)))
