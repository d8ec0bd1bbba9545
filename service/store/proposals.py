"""Proposals of a DDF and what became of them. Must not know: how a shift is priced."""

from sqlmodel import Session, col, select

from service.store.lists import Page, page
from service.store.reach import Reach
from service.tables import ProposalRow


def add(session: Session, row: ProposalRow) -> None:
    session.add(row)
    session.flush()


def find(session: Session, reach: Reach, proposal_id: str) -> ProposalRow | None:
    """The proposal, where it lies within reach."""
    query = select(ProposalRow).where(col(ProposalRow.id) == proposal_id, reach.proposals())
    return session.exec(query).first()


def listed(
    session: Session,
    reach: Reach,
    *,
    status: str | None = None,
    plan_id: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[ProposalRow]:
    """Newest first."""
    query = select(ProposalRow).where(reach.proposals())
    if status is not None:
        query = query.where(col(ProposalRow.status) == status)
    if plan_id is not None:
        query = query.where(col(ProposalRow.plan_id) == plan_id)
    return page(session, query, ProposalRow.id, cursor=cursor, limit=limit)
