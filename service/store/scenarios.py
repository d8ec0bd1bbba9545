"""Scenarios kept: the row, the content as received, its establishments. Must not know: formats."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func
from sqlmodel import Session, col, select

from service.store.lists import Page, has_tag, page
from service.store.reach import Reach
from service.tables import (
    PlanRow,
    RunRow,
    ScenarioContentRow,
    ScenarioRow,
    ScenarioSchoolRow,
)


def add(
    session: Session, row: ScenarioRow, kind: str, received: bytes, schools: Iterable[str]
) -> None:
    """Keep a scenario."""
    session.add(row)
    session.flush()
    session.add(ScenarioContentRow(scenario_id=row.id, kind=kind, received=received))
    session.add_all(ScenarioSchoolRow(scenario_id=row.id, uai=uai) for uai in schools)


def find(session: Session, reach: Reach, scenario_id: str) -> ScenarioRow | None:
    """The scenario, where it lies within reach."""
    query = select(ScenarioRow).where(col(ScenarioRow.id) == scenario_id, reach.scenarios())
    return session.exec(query).first()


def of_plan(session: Session, plan: PlanRow) -> ScenarioRow:
    """The scenario of a plan within reach."""
    row = session.get(ScenarioRow, plan.scenario_id)
    assert row is not None
    return row


def content(session: Session, scenario_id: str) -> ScenarioContentRow | None:
    return session.get(ScenarioContentRow, scenario_id)


def listed(
    session: Session,
    reach: Reach,
    *,
    bassin: str | None = None,
    tag: str | None = None,
    digest: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[ScenarioRow]:
    """Newest first."""
    query = select(ScenarioRow).where(reach.scenarios())
    if bassin is not None:
        query = query.where(col(ScenarioRow.bassin) == bassin)
    if digest is not None:
        query = query.where(col(ScenarioRow.digest) == digest)
    if tag is not None:
        query = query.where(has_tag(ScenarioRow.tags, tag))
    return page(session, query, ScenarioRow.id, cursor=cursor, limit=limit)


def latest(session: Session, reach: Reach) -> Sequence[ScenarioRow]:
    """The newest scenario of each bassin, bassins in order."""
    newest = (
        select(func.max(ScenarioRow.id))
        .where(reach.scenarios())
        .group_by(col(ScenarioRow.academy), col(ScenarioRow.bassin))
    )
    query = select(ScenarioRow).where(col(ScenarioRow.id).in_(newest))
    return session.exec(query.order_by(col(ScenarioRow.academy), col(ScenarioRow.bassin))).all()


def in_use(session: Session, scenario_id: str) -> bool:
    """Whether a run, a plan or a variant stands on it."""
    queries = (
        select(RunRow.id).where(col(RunRow.scenario_id) == scenario_id),
        select(PlanRow.id).where(col(PlanRow.scenario_id) == scenario_id),
        select(ScenarioRow.id).where(col(ScenarioRow.parent_id) == scenario_id),
    )
    return any(session.exec(query.limit(1)).first() is not None for query in queries)


def stands_on(session: Session, scenario_id: str | None, origin: str) -> bool:
    """Whether it, or a scenario it is a variant of, came in this way."""
    while scenario_id is not None:
        row = session.get(ScenarioRow, scenario_id)
        if row is None or row.origin == origin:
            return row is not None
        scenario_id = row.parent_id
    return False
