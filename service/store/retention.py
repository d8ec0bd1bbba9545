"""Giving up what is old: nothing in force, and nothing that something kept still stands on.

Must not know: who decides of the date.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, not_, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, SQLModel, col, select

from service.store.plans import IN_FORCE, PUBLISHED
from service.tables import (
    FINAL,
    EventRow,
    IdempotencyRow,
    PlanRow,
    ProposalRow,
    RetentionRow,
    RunRow,
    ScenarioRow,
    SignInRow,
    TokenRow,
)

_NEW_YEAR = 8
"""Month: placements of the year that ends are over by its first day."""


def purge(session: Session, before: datetime) -> dict[str, int]:
    """Remove what was made before a moment; how many of each went.

    Calendars in force stay with their scenario and their run; so does what a younger row needs,
    and, until its school year has ended, whatever was published: agendas follow it. The journal
    gives up its old events because the purge itself is noted first.
    """
    session.add(RetentionRow(before=before))
    session.flush()
    current = col(PlanRow.year) >= _school_year(before)
    is_followed = or_(IN_FORCE, and_(col(PlanRow.published_at).is_not(None), current))
    tells_of_it = and_(
        col(EventRow.action) == PUBLISHED,
        exists().where(col(PlanRow.id) == col(EventRow.subject_id), is_followed),
    )
    gone = {
        "propositions": _gone(
            session,
            ProposalRow,
            col(ProposalRow.created_at) < before,
            col(ProposalRow.status) != "open",
        ),
        "plans": _gone(
            session,
            PlanRow,
            col(PlanRow.created_at) < before,
            not_(is_followed),
            not_(exists().where(col(ProposalRow.plan_id) == col(PlanRow.id))),
        ),
        "calculs": _gone(
            session,
            RunRow,
            col(RunRow.submitted_at) < before,
            col(RunRow.status).in_(FINAL),
            not_(exists().where(col(PlanRow.run_id) == col(RunRow.id))),
            not_(exists().where(col(ProposalRow.run_id) == col(RunRow.id))),
        ),
        "scenarios": _scenarios(session, before),
        "evenements": _gone(session, EventRow, col(EventRow.at) < before, not_(tells_of_it)),
        "jetons": _gone(session, TokenRow, col(TokenRow.expires_at) < before),
        "sessions": _gone(session, SignInRow, col(SignInRow.expires_at) < before),
    }
    session.execute(delete(IdempotencyRow).where(col(IdempotencyRow.created_at) < before))
    return gone


def _school_year(moment: datetime) -> str:
    """The school year (`2026-2027`) that the moment lies in; the next one from August on."""
    first = moment.year if moment.month >= _NEW_YEAR else moment.year - 1
    return f"{first}-{first + 1}"


def _scenarios(session: Session, before: datetime) -> int:
    """Variants first, then what they were cut from."""
    variant = aliased(ScenarioRow)
    free = and_(
        not_(exists().where(col(variant.parent_id) == col(ScenarioRow.id))),
        not_(exists().where(col(PlanRow.scenario_id) == col(ScenarioRow.id))),
        not_(exists().where(col(RunRow.scenario_id) == col(ScenarioRow.id))),
        not_(exists().where(col(ProposalRow.variant_id) == col(ScenarioRow.id))),
    )
    total = 0
    while gone := _gone(session, ScenarioRow, col(ScenarioRow.created_at) < before, free):
        total += gone
    return total


def _gone(session: Session, table: type[SQLModel], *conditions: ColumnElement[bool]) -> int:
    key = col(table.id)  # type: ignore[attr-defined]
    ids: Sequence[str] = session.exec(select(key).where(*conditions)).all()
    for start in range(0, len(ids), 500):
        session.execute(delete(table).where(key.in_(ids[start : start + 500])))
    return len(ids)
