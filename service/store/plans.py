"""Plans kept, and which one is the calendar in force of a bassin. Must not know: formats."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, func, or_, update
from sqlmodel import Session, col, select

from service.store.lists import Page, has_tag, page
from service.store.reach import Reach
from service.tables import EventRow, PlanContentRow, PlanRow, ProposalRow

PUBLISHED = "plan.publie"
"""What the journal calls it."""
IN_FORCE = and_(col(PlanRow.published_at).is_not(None), col(PlanRow.superseded_at).is_(None))
"""`PlanRow.in_force`, for queries."""


def add(session: Session, row: PlanRow, content: bytes) -> None:
    """Keep a plan."""
    session.add(row)
    session.flush()
    session.add(PlanContentRow(plan_id=row.id, content=content))


def find(session: Session, reach: Reach, plan_id: str) -> PlanRow | None:
    """The plan, where it lies within reach."""
    query = select(PlanRow).where(col(PlanRow.id) == plan_id, reach.plans())
    return session.exec(query).first()


def content(session: Session, plan_id: str) -> bytes | None:
    """The zip of its folder."""
    row = session.get(PlanContentRow, plan_id)
    return None if row is None else row.content


def latest(session: Session, reach: Reach) -> Sequence[PlanRow]:
    """The plan to look at in each bassin: the calendar in force, or else the newest one."""
    pole = (col(PlanRow.academy), col(PlanRow.bassin))
    newest = select(func.max(PlanRow.id)).where(reach.plans()).group_by(*pole)
    newest_in_force = newest.where(IN_FORCE)
    rows = session.exec(
        select(PlanRow).where(
            or_(col(PlanRow.id).in_(newest), col(PlanRow.id).in_(newest_in_force))
        )
    ).all()
    chosen = {(r.academy, r.bassin): r for r in rows}
    chosen |= {(r.academy, r.bassin): r for r in rows if r.in_force}
    return list(chosen.values())


def of_run(session: Session, run_id: str) -> PlanRow | None:
    return session.exec(select(PlanRow).where(PlanRow.run_id == run_id)).first()


def listed(
    session: Session,
    reach: Reach,
    *,
    bassin: str | None = None,
    scenario_id: str | None = None,
    tag: str | None = None,
    in_force: bool = False,
    published: bool = False,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[PlanRow]:
    """Newest first; `in_force`: only the calendar in force of each bassin and year."""
    query = select(PlanRow).where(reach.plans())
    if bassin is not None:
        query = query.where(col(PlanRow.bassin) == bassin)
    if scenario_id is not None:
        query = query.where(col(PlanRow.scenario_id) == scenario_id)
    if tag is not None:
        query = query.where(has_tag(PlanRow.tags, tag))
    if published:
        query = query.where(col(PlanRow.published_at).is_not(None))
    if in_force:
        query = query.where(IN_FORCE)
    return page(session, query, PlanRow.id, cursor=cursor, limit=limit)


def supersede(session: Session, plan: PlanRow, at: datetime) -> Sequence[str]:
    """End the plan in force of the same bassin and year; the ids of those that were."""
    same = (
        col(PlanRow.academy) == plan.academy,
        col(PlanRow.bassin) == plan.bassin,
        col(PlanRow.year) == plan.year,
        col(PlanRow.id) != plan.id,
        IN_FORCE,
    )
    earlier = session.exec(select(PlanRow.id).where(*same)).all()
    session.execute(update(PlanRow).where(*same).values(superseded_at=at))
    return earlier


def published_before(session: Session, plan: PlanRow) -> Sequence[tuple[PlanRow, datetime]]:
    """The calendars of its bassin and year, each time one was published; before it if it was.

    As the journal tells: a plan that was published twice is there twice.
    """
    query = (
        select(PlanRow, EventRow.at)
        .join(EventRow, col(EventRow.subject_id) == col(PlanRow.id))
        .where(
            col(EventRow.action) == PUBLISHED,
            col(PlanRow.academy) == plan.academy,
            col(PlanRow.bassin) == plan.bassin,
            col(PlanRow.year) == plan.year,
        )
        .order_by(col(EventRow.id))
    )
    told = [(row, at) for row, at in session.exec(query)]
    own = [i for i, (row, _) in enumerate(told) if row.id == plan.id]
    return told[: own[-1]] if own else told


def has_proposals(session: Session, plan_id: str) -> bool:
    query = select(ProposalRow.id).where(ProposalRow.plan_id == plan_id)
    return session.exec(query.limit(1)).first() is not None
