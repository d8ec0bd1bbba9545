"""`/proposals`: a DDF asks, the coordinator answers. Must not know: how shifts are priced."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from service.accounts.rights import Action
from service.acts import proposals as acts
from service.api.bodies import Body, Listing, tagged
from service.api.dependencies import CurrentUser, HouseDep, SliceDep, route
from service.api.idempotency import IdempotentRoute
from service.tables import ProposalRow, ProposalStatus
from solver.week import Week

router = APIRouter(prefix="/proposals", tags=["propositions"], route_class=IdempotentRoute)
Id = Annotated[str, Path(max_length=64, description="Identifiant")]


class Asked(Body):
    plan: Annotated[str, Field(max_length=64, description="Plan publié")]
    subject: Annotated[str, Field(max_length=200, description="Période, ou départ commun")]
    week: Annotated[Week, Field(description="Semaine proposée")]
    message: Annotated[str, Field(max_length=2000, description="Pourquoi")] = ""


class Accepted(Body):
    seconds: Annotated[float, Field(gt=0, le=36_000, description="Durée du calcul")] = 120.0
    reason: Annotated[str, Field(max_length=2000, description="Mot au DDF")] = ""


class Declined(Body):
    reason: Annotated[str, Field(min_length=1, max_length=2000, description="Pourquoi, au DDF")]


class Proposal(BaseModel):
    """A proposal and what became of it."""

    id: str
    plan: str
    bassin: str
    uai: str = Field(description="Établissement au nom duquel elle est faite")
    proposer: str
    subject: str = Field(description="Période, ou départ commun")
    week: str = Field(description="Semaine proposée")
    message: str
    status: Literal["open", "accepted", "declined", "withdrawn"]
    created_at: datetime
    decided_at: datetime | None
    reason: str = Field(description="Réponse du coordonnateur")
    variant: str | None = Field(description="Variante créée en acceptant")
    run: str | None = Field(description="Calcul lancé en acceptant")


class ProposalRecord(Proposal):
    shifts: list[dict[str, Any]] = Field(description="Le tableau des semaines, tel que montré")


def _fields(row: ProposalRow) -> dict[str, Any]:
    return {
        "id": row.id, "plan": row.plan_id, "bassin": row.bassin, "uai": row.uai,
        "proposer": row.proposer_id, "subject": row.subject, "week": row.week,
        "message": row.message, "status": row.status, "created_at": row.created_at,
        "decided_at": row.decided_at, "reason": row.reason, "variant": row.variant_id,
        "run": row.run_id,
    }  # fmt: skip


def record_of(row: ProposalRow) -> ProposalRecord:
    return ProposalRecord(**_fields(row), shifts=row.shifts)


@router.post(
    "",
    status_code=201,
    **route(
        Action.PROPOSE, "introuvable", "sujet-inconnu", "semaine-interdite", "plan-invalide",
        changes=True,
    ),
)  # fmt: skip
def propose(
    asked: Asked, request: Request, response: Response, user: CurrentUser, house: HouseDep
) -> ProposalRecord:
    """Propose une autre semaine pour un départ de son établissement."""
    row = acts.propose(house, user, asked.plan, asked.subject, asked.week, asked.message)
    response.headers["Location"] = f"{request.url.path}/{row.id}"
    return tagged(response, record_of(row))


@router.get("", **route(Action.READ_PROPOSAL))
def listed(
    user: CurrentUser,
    house: HouseDep,
    part: SliceDep,
    status: Annotated[ProposalStatus | None, Query()] = None,
    plan: Annotated[str | None, Query(max_length=64)] = None,
) -> Listing[Proposal]:
    """Les propositions à portée, de la plus récente à la plus ancienne."""
    found = acts.listed(
        house, user, status=status, plan_id=plan, cursor=part.cursor, limit=part.limit
    )
    return Listing(lignes=[Proposal(**_fields(row)) for row in found.rows], suite=found.next)


@router.get("/{proposal}", **route(Action.READ_PROPOSAL, "introuvable"))
def one(proposal: Id, user: CurrentUser, house: HouseDep, response: Response) -> ProposalRecord:
    """Une proposition et son tableau."""
    return tagged(response, record_of(acts.one(house, user, proposal)))


@router.post(
    "/{proposal}/acceptance",
    **route(
        Action.DECIDE, "introuvable", "etat-contraire", "scenario-invalide",
        "modification-impossible", "trop-de-calculs", changes=True,
    ),
)  # fmt: skip
def accept(proposal: Id, said: Accepted, user: CurrentUser, house: HouseDep) -> ProposalRecord:
    """Accepte : une variante où la semaine est imposée, et son calcul."""
    row = acts.accept(house, user, proposal, seconds=said.seconds, reason=said.reason)
    return record_of(row)


@router.post(
    "/{proposal}/refusal", **route(Action.DECIDE, "introuvable", "etat-contraire", changes=True)
)
def decline(proposal: Id, said: Declined, user: CurrentUser, house: HouseDep) -> ProposalRecord:
    """Décline, avec la raison que le DDF lira."""
    return record_of(acts.decline(house, user, proposal, said.reason))


@router.post(
    "/{proposal}/withdrawal",
    **route(Action.PROPOSE, "introuvable", "etat-contraire", changes=True),
)
def withdraw(proposal: Id, user: CurrentUser, house: HouseDep) -> ProposalRecord:
    """Retire sa proposition."""
    return record_of(acts.withdraw(house, user, proposal))
