"""The journal: one event per change, never changed. Must not know: what the actions mean."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from service.store.lists import Page, page
from service.store.reach import Reach
from service.tables import EventRow


def write(
    session: Session,
    account_id: str | None,
    action: str,
    subject_kind: str,
    subject_id: str,
    *,
    bassin: str = "",
    academy: str = "",
    digest: str = "",
    **detail: Any,
) -> None:
    """Note who did what, in the transaction that does it: both happen or neither."""
    session.add(
        EventRow(
            account_id=account_id,
            action=action,
            subject_kind=subject_kind,
            subject_id=subject_id,
            bassin=bassin,
            academy=academy,
            digest=digest,
            detail=detail,
        )
    )


def listed(
    session: Session,
    reach: Reach,
    *,
    action: str | None = None,
    subject_id: str | None = None,
    since: datetime | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[EventRow]:
    """Newest first."""
    query = select(EventRow).where(reach.events())
    if action is not None:
        query = query.where(col(EventRow.action) == action)
    if subject_id is not None:
        query = query.where(col(EventRow.subject_id) == subject_id)
    if since is not None:
        query = query.where(col(EventRow.at) >= since)
    return page(session, query, EventRow.id, cursor=cursor, limit=limit)


def of_account(session: Session, account_id: str) -> list[EventRow]:
    """Everything somebody did, oldest first."""
    query = select(EventRow).where(EventRow.account_id == account_id)
    return list(session.exec(query.order_by(col(EventRow.id))).all())
