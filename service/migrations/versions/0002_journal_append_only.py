"""The journal is append-only, whoever writes to the database.

An event is never changed; it goes only where a purge older than it was noted in `retention`.
"""

from alembic import op

revision = "0002"
down_revision: str | None = "0001"

_REFUSAL = "le journal ne se modifie pas"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER event_kept BEFORE UPDATE ON event "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        )
        op.execute(
            "CREATE TRIGGER event_retained BEFORE DELETE ON event "
            "WHEN NOT EXISTS (SELECT 1 FROM retention WHERE retention.before > OLD.at) "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION event_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF TG_OP = 'DELETE' AND "
        "EXISTS (SELECT 1 FROM retention WHERE retention.before > OLD.at) "
        f"THEN RETURN OLD; END IF; RAISE EXCEPTION '{_REFUSAL}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER event_kept BEFORE UPDATE OR DELETE ON event "
        "FOR EACH ROW EXECUTE FUNCTION event_guard()"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER event_retained")
        op.execute("DROP TRIGGER event_kept")
        return
    op.execute("DROP TRIGGER event_kept ON event")
    op.execute("DROP FUNCTION event_guard()")
