"""The database: migrated up, on rows, and down; the journal kept; what is old given up."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel, col, select
from town import BACKENDS, database_url

from service.store import Database, journal, plans, retention, runs, scenarios
from service.store.reach import Reach
from service.tables import (
    AccountRow,
    EventRow,
    PlanRow,
    ProposalRow,
    RunRow,
    ScenarioRow,
    now,
)

EVERYTHING = Reach(everything=True)
LONG_AGO = now() - timedelta(days=800)


@pytest.fixture(params=BACKENDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    opened = Database(database_url(request.param, tmp_path))
    yield opened
    opened.close()


def owner(database: Database) -> str:
    with database.session() as session:
        row = AccountRow(login="a", role="coordonnateur")
        session.add(row)
    return row.id


def scenario(owner_id: str, **fields: object) -> ScenarioRow:
    base = {"digest": "d", "title": "t", "bassin": "B", "academy": "A", "year": "2026-2027"}
    return ScenarioRow(**{**base, "owner_id": owner_id, **fields})


def plan(owner_id: str, of: ScenarioRow, **fields: object) -> PlanRow:
    base = {"digest": "d", "bassin": "B", "academy": "A", "year": "2026-2027", "origin": "calcul"}
    figures = {"cost": 1, "unplaced": 0, "violations": 0, "scenario_id": of.id}
    return PlanRow(**{**base, **figures, "owner_id": owner_id, **fields})


def test_the_migrations_make_the_tables_that_the_code_knows(database: Database) -> None:
    database.migrate()
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_migrations_go_down_and_up_again(database: Database) -> None:
    database.migrate()
    database.migrate("base")
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}
    database.migrate()
    database.migrate()
    assert "event" in inspect(database.engine).get_table_names()


def test_a_migration_keeps_the_rows_that_are_there(database: Database) -> None:
    database.migrate("0001")
    owner_id = owner(database)
    with database.session() as session:
        row = scenario(owner_id, tags=["été"], measures={"risques": [1.5]})
        scenarios.add(session, row, "zip", b"\x00\xff" * 1000, ["0540037X"])
        journal.write(session, owner_id, "scenario.depose", "scenario", row.id)
    database.migrate()
    with database.reading() as session:
        kept = scenarios.find(session, EVERYTHING, row.id)
        content = scenarios.content(session, row.id)
        events = journal.listed(session, EVERYTHING).rows
    assert kept == row
    assert content is not None
    assert content.received == b"\x00\xff" * 1000
    assert [e.subject_id for e in events] == [row.id]


def test_a_transaction_is_whole_or_nothing(database: Database) -> None:
    database.migrate()
    owner_id = owner(database)

    def half() -> None:
        with database.session() as session:
            scenarios.add(session, scenario(owner_id), "zip", b"x", [])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    with database.reading() as session:
        assert scenarios.listed(session, EVERYTHING).rows == []


def test_the_journal_is_never_changed_and_only_a_purge_shortens_it(database: Database) -> None:
    database.migrate()
    with database.session() as session:
        journal.write(session, None, "ancien", "x", "1")
        session.flush()
        session.add(EventRow(action="vieux", at=LONG_AGO))
    for order in ("UPDATE event SET action = 'faux'", "DELETE FROM event"):
        with pytest.raises(DBAPIError, match="le journal"), database.session() as session:
            session.execute(text(order))
    with database.session() as session:
        assert retention.purge(session, LONG_AGO + timedelta(days=1))["evenements"] == 1
    with database.reading() as session:
        assert [e.action for e in session.exec(select(EventRow)).all()] == ["ancien"]
    with pytest.raises(DBAPIError, match="le journal"), database.session() as session:
        session.execute(text("DELETE FROM event"))


def test_lists_come_by_pages_newest_first(database: Database) -> None:
    database.migrate()
    owner_id = owner(database)
    made = []
    for number in range(5):
        with database.session() as session:
            row = scenario(owner_id, title=str(number), tags=["été", f"n{number}"])
            scenarios.add(session, row, "zip", b"x", [])
            made.append(row.id)
    seen, cursor = [], None
    with database.reading() as session:
        while True:
            part = scenarios.listed(session, EVERYTHING, cursor=cursor, limit=2)
            seen += [row.id for row in part.rows]
            if (cursor := part.next) is None:
                break
        tagged = scenarios.listed(session, EVERYTHING, tag="été").rows
        one = scenarios.listed(session, EVERYTHING, tag="n3").rows
        none = scenarios.listed(session, EVERYTHING, tag="n%").rows
    assert seen == sorted(made, reverse=True)
    assert (len(tagged), len(one), len(none)) == (5, 1, 0)


def test_a_purge_leaves_what_is_in_force_and_what_it_stands_on(database: Database) -> None:
    database.migrate()
    owner_id = owner(database)
    old = {"created_at": LONG_AGO}
    with database.session() as session:
        base = scenario(owner_id, title="base", **old)
        scenarios.add(session, base, "zip", b"x", ["0540037X"])
        variant = scenario(owner_id, title="variante", parent_id=base.id, **old)
        scenarios.add(session, variant, "zip", b"x", [])
        lone = scenario(owner_id, title="seul", **old)
        scenarios.add(session, lone, "zip", b"x", [])
        recent = scenario(owner_id, title="neuf")
        scenarios.add(session, recent, "zip", b"x", [])
        kept_run = RunRow(
            scenario_id=variant.id, digest="d", bassin="B", academy="A", owner_id=owner_id,
            seconds=1, status="completed", submitted_at=LONG_AGO,
        )  # fmt: skip
        runs.add(session, kept_run)
        lost_run = RunRow(
            scenario_id=lone.id, digest="d", bassin="B", academy="A", owner_id=owner_id,
            seconds=1, status="failed", submitted_at=LONG_AGO,
        )  # fmt: skip
        runs.add(session, lost_run)
        in_force = plan(owner_id, variant, run_id=kept_run.id, published_at=LONG_AGO, **old)
        plans.add(session, in_force, b"x")
        over = {"published_at": LONG_AGO, "superseded_at": LONG_AGO, "year": "2020-2021"}
        former = plan(owner_id, lone, **over, **old)
        plans.add(session, former, b"x")
        asked = ProposalRow(
            plan_id=former.id, bassin="B", academy="A", uai="0540037X", proposer_id=owner_id,
            subject="p", week="2027-W04", status="declined", **old,
        )  # fmt: skip
        session.add(asked)
    with database.session() as session:
        gone = retention.purge(session, now() - timedelta(days=365))
    assert {k: n for k, n in gone.items() if n} == {
        "propositions": 1, "plans": 1, "calculs": 1, "scenarios": 1,
    }  # fmt: skip
    with database.reading() as session:
        left = set(session.exec(select(col(ScenarioRow.title))).all())
        assert left == {"base", "variante", "neuf"}
        assert plans.find(session, EVERYTHING, in_force.id) is not None
        assert runs.find(session, EVERYTHING, kept_run.id) is not None


def test_a_purge_leaves_what_was_published_for_a_school_year_that_goes_on(
    database: Database,
) -> None:
    """Agendas tell by it how often an appointment changed: forgotten, SEQUENCE would fall."""
    database.migrate()
    owner_id = owner(database)
    made = datetime(2026, 6, 1, tzinfo=UTC)
    with database.session() as session:
        base = scenario(owner_id, title="base", created_at=made)
        scenarios.add(session, base, "zip", b"x", [])
        first = plan(
            owner_id, base, created_at=made, published_at=made, superseded_at=made + timedelta(1)
        )
        plans.add(session, first, b"x")
        last = plan(owner_id, base, created_at=made, published_at=made + timedelta(1))
        plans.add(session, last, b"x")
        for row, at in ((first, made), (last, made + timedelta(1))):
            session.add(EventRow(action=plans.PUBLISHED, subject_id=row.id, at=at))
        session.add(EventRow(action="plan.etiquettes", subject_id=first.id, at=made))
    with database.session() as session:
        gone = retention.purge(session, datetime(2027, 7, 31, tzinfo=UTC))
        assert {k: n for k, n in gone.items() if n} == {"evenements": 1}
        assert [row.id for row, _ in plans.published_before(session, last)] == [first.id]
    with database.session() as session:
        gone = retention.purge(session, datetime(2027, 8, 1, tzinfo=UTC))
        assert {k: n for k, n in gone.items() if n} == {"plans": 1, "evenements": 1}
        assert plans.find(session, EVERYTHING, last.id) is not None
