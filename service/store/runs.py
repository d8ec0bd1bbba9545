"""Runs accepted and how they stand. Must not know: how a plan is searched, who may ask."""

from sqlmodel import Session, col, select

from service.store.reach import Reach
from service.tables import FINAL, RunRow


def add(session: Session, row: RunRow) -> None:
    """Accept a run: from here on it is on record."""
    session.add(row)
    session.flush()


def find(session: Session, reach: Reach, run_id: str) -> RunRow | None:
    """The run, where it lies within reach."""
    query = select(RunRow).where(col(RunRow.id) == run_id, reach.runs())
    return session.exec(query).first()


def unfinished_of(session: Session, account_id: str) -> int:
    """How many runs of an account wait or work."""
    query = select(RunRow.id).where(
        col(RunRow.owner_id) == account_id, col(RunRow.status).not_in(FINAL)
    )
    return len(session.exec(query).all())
