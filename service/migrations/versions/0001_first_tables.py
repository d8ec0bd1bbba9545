"""The first tables: accounts, scenarios, runs, plans, proposals, the journal.

Source: issue 5. Must not know `service.tables`, which goes on changing.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None

_TABLES: Sequence[tuple[str, Sequence[sa.Column[Any] | sa.Constraint], Sequence[str]]]
"""Name, columns and constraints, indexed columns; in the order of their references."""


def _text(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=null)


def _whole(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=null)


def _decimal(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Float(), nullable=null)


def _moment(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(), nullable=null)


def _json(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.JSON(), nullable=False)


def _bytes(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def _to(column: str, target: str, *, cascade: bool = False) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], ondelete="CASCADE" if cascade else None)


_TABLES = (
    (
        "account",
        (
            _text("id"),
            _text("login"),
            _text("name"),
            _text("role"),
            _text("academy"),
            _json("bassins"),
            _json("establishments"),
            _text("password_hash", null=True),
            _text("oidc_subject", null=True),
            _text("invitation_hash", null=True),
            _moment("invitation_until", null=True),
            _whole("failures"),
            _moment("locked_until", null=True),
            _moment("created_at"),
            _moment("disabled_at", null=True),
            _moment("erased_at", null=True),
            sa.PrimaryKeyConstraint("id"),
            sa.UniqueConstraint("login"),
            sa.UniqueConstraint("oidc_subject"),
        ),
        ("invitation_hash",),
    ),
    (
        "event",
        (
            _whole("id"),
            _moment("at"),
            _text("account_id", null=True),
            _text("action"),
            _text("subject_kind"),
            _text("subject_id"),
            _text("bassin"),
            _text("academy"),
            _text("digest"),
            _json("detail"),
            sa.PrimaryKeyConstraint("id"),
        ),
        (
            "account_id",
            "action",
            "at",
            "subject_id",
        ),
    ),
    (
        "retention",
        (
            _whole("id"),
            _moment("at"),
            _moment("before"),
            sa.PrimaryKeyConstraint("id"),
        ),
        (),
    ),
    (
        "idempotency",
        (
            _text("account_id"),
            _text("key"),
            _text("fingerprint"),
            _moment("created_at"),
            _whole("status", null=True),
            _json("headers"),
            _bytes("body"),
            sa.PrimaryKeyConstraint("account_id", "key"),
            _to("account_id", "account.id", cascade=True),
        ),
        ("created_at",),
    ),
    (
        "scenario",
        (
            _text("id"),
            _text("digest"),
            _text("title"),
            _text("bassin"),
            _text("academy"),
            _text("year"),
            _text("owner_id"),
            _text("parent_id", null=True),
            _text("origin"),
            _moment("created_at"),
            _json("tags"),
            _json("sizes"),
            _json("measures"),
            _json("warnings"),
            _json("patch"),
            sa.PrimaryKeyConstraint("id"),
            _to("owner_id", "account.id"),
            _to("parent_id", "scenario.id"),
        ),
        (
            "academy",
            "bassin",
            "digest",
        ),
    ),
    (
        "sign_in",
        (
            _text("id"),
            _text("account_id"),
            _text("csrf"),
            _moment("created_at"),
            _moment("expires_at"),
            sa.PrimaryKeyConstraint("id"),
            _to("account_id", "account.id", cascade=True),
        ),
        ("account_id",),
    ),
    (
        "token",
        (
            _text("id"),
            _text("account_id"),
            _text("name"),
            _text("hash"),
            _json("scopes"),
            _moment("created_at"),
            _moment("expires_at"),
            _moment("revoked_at", null=True),
            _moment("last_used_at", null=True),
            sa.PrimaryKeyConstraint("id"),
            sa.UniqueConstraint("hash"),
            _to("account_id", "account.id", cascade=True),
        ),
        ("account_id",),
    ),
    (
        "run",
        (
            _text("id"),
            _text("scenario_id"),
            _text("digest"),
            _text("bassin"),
            _text("academy"),
            _text("owner_id"),
            _text("status"),
            _text("outcome", null=True),
            _whole("attempt"),
            _whole("priority"),
            _text("title"),
            _json("tags"),
            _whole("seed"),
            _decimal("seconds"),
            _decimal("stop_gap", null=True),
            _decimal("stop_stalled_seconds", null=True),
            _moment("stop_asked_at", null=True),
            _moment("submitted_at"),
            _moment("started_at", null=True),
            _moment("active_at", null=True),
            _moment("completed_at", null=True),
            _moment("ended_at", null=True),
            _moment("heartbeat_at", null=True),
            _whole("cost", null=True),
            _whole("bound", null=True),
            _whole("unplaced", null=True),
            _text("phase"),
            _text("error_code", null=True),
            _text("error_detail", null=True),
            _json("conflicts"),
            sa.PrimaryKeyConstraint("id"),
            _to("owner_id", "account.id"),
            _to("scenario_id", "scenario.id"),
        ),
        (
            "academy",
            "bassin",
            "owner_id",
            "scenario_id",
            "status",
        ),
    ),
    (
        "scenario_content",
        (
            _text("scenario_id"),
            _text("kind"),
            _bytes("received"),
            sa.PrimaryKeyConstraint("scenario_id"),
            _to("scenario_id", "scenario.id", cascade=True),
        ),
        (),
    ),
    (
        "scenario_school",
        (
            _text("scenario_id"),
            _text("uai"),
            sa.PrimaryKeyConstraint("scenario_id", "uai"),
            _to("scenario_id", "scenario.id", cascade=True),
        ),
        ("uai",),
    ),
    (
        "checkpoint",
        (
            _text("run_id"),
            _whole("attempt"),
            _moment("at"),
            _decimal("seconds"),
            _whole("cost"),
            _whole("bound", null=True),
            _whole("unplaced", null=True),
            _bytes("content"),
            sa.PrimaryKeyConstraint("run_id"),
            _to("run_id", "run.id", cascade=True),
        ),
        (),
    ),
    (
        "plan",
        (
            _text("id"),
            _text("scenario_id"),
            _text("digest"),
            _text("bassin"),
            _text("academy"),
            _text("year"),
            _text("run_id", null=True),
            _text("origin"),
            _text("owner_id"),
            _text("title"),
            _json("tags"),
            _moment("created_at"),
            _whole("cost"),
            _whole("bound", null=True),
            _whole("unplaced"),
            _whole("violations"),
            _json("costs"),
            _json("indicators"),
            _moment("published_at", null=True),
            _text("published_by", null=True),
            _moment("superseded_at", null=True),
            sa.PrimaryKeyConstraint("id"),
            sa.UniqueConstraint("run_id"),
            _to("owner_id", "account.id"),
            _to("published_by", "account.id"),
            _to("run_id", "run.id"),
            _to("scenario_id", "scenario.id"),
        ),
        (
            "academy",
            "bassin",
            "published_at",
            "scenario_id",
        ),
    ),
    (
        "progress",
        (
            _text("run_id"),
            _whole("number"),
            _whole("attempt"),
            _decimal("seconds"),
            _whole("cost", null=True),
            _whole("bound", null=True),
            _whole("unplaced", null=True),
            _text("phase"),
            sa.PrimaryKeyConstraint("run_id", "number"),
            _to("run_id", "run.id", cascade=True),
        ),
        (),
    ),
    (
        "plan_content",
        (
            _text("plan_id"),
            _bytes("content"),
            sa.PrimaryKeyConstraint("plan_id"),
            _to("plan_id", "plan.id", cascade=True),
        ),
        (),
    ),
    (
        "proposal",
        (
            _text("id"),
            _text("plan_id"),
            _text("bassin"),
            _text("academy"),
            _text("uai"),
            _text("proposer_id"),
            _text("subject"),
            _text("week"),
            _text("message"),
            _json("shifts"),
            _text("status"),
            _moment("created_at"),
            _moment("decided_at", null=True),
            _text("decided_by", null=True),
            _text("reason"),
            _text("variant_id", null=True),
            _text("run_id", null=True),
            sa.PrimaryKeyConstraint("id"),
            _to("decided_by", "account.id"),
            _to("plan_id", "plan.id"),
            _to("proposer_id", "account.id"),
            _to("run_id", "run.id"),
            _to("variant_id", "scenario.id"),
        ),
        (
            "academy",
            "bassin",
            "plan_id",
            "proposer_id",
            "status",
            "uai",
        ),
    ),
)


def upgrade() -> None:
    for name, parts, indexed in _TABLES:
        op.create_table(name, *parts)
        for column in indexed:
            op.create_index(f"ix_{name}_{column}", name, [column])


def downgrade() -> None:
    for name, _, _ in reversed(_TABLES):
        op.drop_table(name)
