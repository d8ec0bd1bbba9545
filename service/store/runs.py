"""Runs accepted and how they stand. Must not know: how a plan is searched, who may ask."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from service.store.lists import Page, has_tag, page
from service.store.reach import Reach
from service.tables import FINAL, CheckpointRow, ProgressRow, RunRow, RunStatus


def add(session: Session, row: RunRow) -> None:
    """Accept a run: from here on it is on record."""
    session.add(row)
    session.flush()


def find(session: Session, reach: Reach, run_id: str) -> RunRow | None:
    """The run, where it lies within reach."""
    query = select(RunRow).where(col(RunRow.id) == run_id, reach.runs())
    return session.exec(query).first()


def listed(
    session: Session,
    reach: Reach,
    *,
    bassin: str | None = None,
    scenario_id: str | None = None,
    status: RunStatus | None = None,
    tag: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[RunRow]:
    """Newest first."""
    query = select(RunRow).where(reach.runs())
    if bassin is not None:
        query = query.where(col(RunRow.bassin) == bassin)
    if scenario_id is not None:
        query = query.where(col(RunRow.scenario_id) == scenario_id)
    if status is not None:
        query = query.where(col(RunRow.status) == status)
    if tag is not None:
        query = query.where(has_tag(RunRow.tags, tag))
    return page(session, query, RunRow.id, cursor=cursor, limit=limit)


def unfinished_of(session: Session, account_id: str) -> int:
    """How many runs of an account wait or work."""
    query = select(func.count()).where(
        col(RunRow.owner_id) == account_id, col(RunRow.status).not_in(FINAL)
    )
    return session.exec(query).one()


def unfinished(session: Session) -> Sequence[RunRow]:
    """All that wait or work, the first accepted first."""
    query = select(RunRow).where(col(RunRow.status).not_in(FINAL)).order_by(col(RunRow.id))
    return session.exec(query).all()


def by_status(session: Session) -> dict[str, int]:
    """How many runs have each status."""
    query = select(RunRow.status, func.count()).group_by(col(RunRow.status))
    return dict(session.exec(query).all())


def held(session: Session, run_id: str, attempt: int) -> RunRow | None:
    """The run, kept from all others to the end of the transaction, where this attempt holds it.

    None where it is over, or where somebody else has taken it up: a late twin writes nothing.
    """
    query = select(RunRow).where(
        col(RunRow.id) == run_id,
        col(RunRow.attempt) == attempt,
        col(RunRow.heartbeat_at).is_not(None),
        col(RunRow.status).not_in(FINAL),
    )
    return session.exec(query.with_for_update()).first()


def waiting(session: Session, run_id: str, attempt: int) -> RunRow | None:
    """The run, kept likewise, where nobody holds it and `attempt` is the last that did."""
    query = select(RunRow).where(
        col(RunRow.id) == run_id,
        col(RunRow.attempt) == attempt,
        col(RunRow.heartbeat_at).is_(None),
        col(RunRow.status).not_in(FINAL),
    )
    return session.exec(query.with_for_update()).first()


def checkpoint(session: Session, run_id: str) -> CheckpointRow | None:
    """The best plan so far."""
    return session.get(CheckpointRow, run_id)


def forget_checkpoint(session: Session, run_id: str) -> None:
    """Once its plan is kept."""
    row = session.get(CheckpointRow, run_id)
    if row is not None:
        session.delete(row)


@dataclass(frozen=True, slots=True)
class Point:
    """Where a search stood; seconds of search over all attempts."""

    seconds: float
    cost: int | None
    bound: int | None
    unplaced: int | None
    phase: str


def note(session: Session, run_id: str, attempt: int, points: Sequence[Point]) -> None:
    """Add points to the curves of a run."""
    if not points:
        return
    query = select(func.max(ProgressRow.number)).where(col(ProgressRow.run_id) == run_id)
    last = session.exec(query).one() or 0
    session.add_all(
        ProgressRow(
            run_id=run_id,
            number=last + i,
            attempt=attempt,
            seconds=point.seconds,
            cost=point.cost,
            bound=point.bound,
            unplaced=point.unplaced,
            phase=point.phase,
        )
        for i, point in enumerate(points, 1)
    )


def curve(session: Session, run_id: str, after: int = 0) -> Sequence[ProgressRow]:
    """The points of a run that follow this number."""
    query = select(ProgressRow).where(
        col(ProgressRow.run_id) == run_id, col(ProgressRow.number) > after
    )
    return session.exec(query.order_by(col(ProgressRow.number))).all()
