"""`/journal`: who did what, when, to which content. Must not know: what actions mean."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from service.accounts.rights import Action
from service.acts import history
from service.api.bodies import Listing
from service.api.dependencies import CurrentUser, HouseDep, SliceDep, route
from service.tables import EventRow

router = APIRouter(tags=["journal"])


class Event(BaseModel):
    """One change."""

    id: int
    at: datetime
    account: str | None = Field(description="Compte ; null : le service lui-même")
    action: str
    subject_kind: str
    subject: str
    bassin: str
    digest: str = Field(description="Empreinte du contenu, s’il y en a un")
    detail: dict[str, Any]


def _event(row: EventRow) -> Event:
    return Event(
        id=row.id or 0, at=row.at, account=row.account_id, action=row.action,
        subject_kind=row.subject_kind, subject=row.subject_id, bassin=row.bassin,
        digest=row.digest, detail=row.detail,
    )  # fmt: skip


@router.get("/journal", **route(Action.READ_JOURNAL))
def listed(
    user: CurrentUser,
    house: HouseDep,
    part: SliceDep,
    action: Annotated[str | None, Query(max_length=60)] = None,
    subject: Annotated[str | None, Query(max_length=64)] = None,
    since: Annotated[AwareDatetime | None, Query(description="Depuis ce moment")] = None,
) -> Listing[Event]:
    """Ce qui a changé, du plus récent au plus ancien."""
    found = history.listed(
        house, user, action=action, subject_id=subject, since=since, cursor=part.cursor,
        limit=part.limit,
    )  # fmt: skip
    return Listing(lignes=[_event(row) for row in found.rows], suite=found.next)
