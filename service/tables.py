"""What the database keeps: a class per table, columns only for what is searched or listed.

Large contents stand in tables of their own, so that a list never loads them. Rows do not validate
(SQLModel): they are written by `store`, never filled from what a client sends.
Must not know: queries, rights.
"""

import secrets
import time
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import JSON, DateTime, Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

Role = Literal["coordonnateur", "ddf", "rectorat", "admin"]
RunStatus = Literal["submitted", "started", "active", "completed", "stopped", "failed"]
FINAL: tuple[RunStatus, ...] = ("completed", "stopped", "failed")
"""A run in one of these never changes again."""
ProposalStatus = Literal["open", "accepted", "declined", "withdrawn"]


def new_id() -> str:
    """32 hexadecimal digits that sort by time of birth (milliseconds), then by chance."""
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"


def now() -> datetime:
    return datetime.now(UTC)


class Instant(TypeDecorator[datetime]):
    """A moment in UTC, aware in Python whatever the database keeps."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def _instant(**options: Any) -> Any:
    return Field(sa_type=Instant, **options)


def _json(default: type) -> Any:
    return Field(default_factory=default, sa_type=JSON)


class AccountRow(SQLModel, table=True):
    """Somebody who may sign in; once erased, only the id is left, for the journal."""

    __tablename__ = "account"

    id: str = Field(default_factory=new_id, primary_key=True)
    login: str = Field(unique=True)
    name: str = ""
    role: str
    academy: str = ""
    bassins: list[str] = _json(list)
    establishments: list[str] = _json(list)
    password_hash: str | None = None
    oidc_subject: str | None = Field(default=None, unique=True)
    invitation_hash: str | None = Field(default=None, index=True)
    invitation_until: datetime | None = _instant(default=None)
    failures: int = 0
    locked_until: datetime | None = _instant(default=None)
    created_at: datetime = _instant(default_factory=now)
    disabled_at: datetime | None = _instant(default=None)
    erased_at: datetime | None = _instant(default=None)


class SignInRow(SQLModel, table=True):
    """A session of the browser: the hash of its cookie, never the cookie."""

    __tablename__ = "sign_in"

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", ondelete="CASCADE", index=True)
    csrf: str
    created_at: datetime = _instant(default_factory=now)
    expires_at: datetime = _instant()


class TokenRow(SQLModel, table=True):
    """A key for programs: its hash and what it opens."""

    __tablename__ = "token"

    id: str = Field(default_factory=new_id, primary_key=True)
    account_id: str = Field(foreign_key="account.id", ondelete="CASCADE", index=True)
    name: str
    hash: str = Field(unique=True)
    scopes: list[str] = _json(list)
    created_at: datetime = _instant(default_factory=now)
    expires_at: datetime = _instant()
    revoked_at: datetime | None = _instant(default=None)
    last_used_at: datetime | None = _instant(default=None)


class ScenarioRow(SQLModel, table=True):
    """A scenario that was accepted: what is searched, and what was measured without solving."""

    __tablename__ = "scenario"

    id: str = Field(default_factory=new_id, primary_key=True)
    digest: str = Field(index=True)
    title: str
    bassin: str = Field(index=True)
    academy: str = Field(index=True)
    year: str
    owner_id: str = Field(foreign_key="account.id")
    parent_id: str | None = Field(default=None, foreign_key="scenario.id")
    origin: str = "upload"
    created_at: datetime = _instant(default_factory=now)
    tags: list[str] = _json(list)
    sizes: dict[str, int] = _json(dict)
    measures: dict[str, Any] = _json(dict)
    warnings: list[dict[str, Any]] = _json(list)
    patch: list[dict[str, Any]] = _json(list)


class ScenarioContentRow(SQLModel, table=True):
    """The scenario as received, byte for byte; `kind` is zip, xlsx or json."""

    __tablename__ = "scenario_content"

    scenario_id: str = Field(primary_key=True, foreign_key="scenario.id", ondelete="CASCADE")
    kind: str
    received: bytes = Field(sa_type=LargeBinary)


class ScenarioSchoolRow(SQLModel, table=True):
    """Which establishments a scenario holds: what a DDF may reach."""

    __tablename__ = "scenario_school"

    scenario_id: str = Field(primary_key=True, foreign_key="scenario.id", ondelete="CASCADE")
    uai: str = Field(primary_key=True, index=True)


class RunRow(SQLModel, table=True):
    """A computation that was accepted. This row is the record; workers only lend their muscle."""

    __tablename__ = "run"

    id: str = Field(default_factory=new_id, primary_key=True)
    scenario_id: str = Field(foreign_key="scenario.id", index=True)
    digest: str
    bassin: str = Field(index=True)
    academy: str = Field(index=True)
    owner_id: str = Field(foreign_key="account.id", index=True)
    status: str = Field(default="submitted", index=True)
    outcome: str | None = None
    """Of the search once ended: optimal, feasible, infeasible or out_of_time."""
    attempt: int = 0
    """Raised each time the run is taken up; writes that carry an older number are refused."""
    priority: int = 0
    title: str = ""
    tags: list[str] = _json(list)

    seed: int = 0
    seconds: float
    stop_gap: float | None = None
    """Stop once (cost − bound) / cost is no more than this."""
    stop_stalled_seconds: float | None = None
    """Stop once so long has passed without a better plan."""
    stop_asked_at: datetime | None = _instant(default=None)

    submitted_at: datetime = _instant(default_factory=now)
    started_at: datetime | None = _instant(default=None)
    active_at: datetime | None = _instant(default=None)
    completed_at: datetime | None = _instant(default=None)
    ended_at: datetime | None = _instant(default=None)
    heartbeat_at: datetime | None = _instant(default=None)

    cost: int | None = None
    bound: int | None = None
    unplaced: int | None = None
    phase: str = ""
    error_code: str | None = None
    error_detail: str | None = None
    conflicts: list[dict[str, Any]] = _json(list)


class CheckpointRow(SQLModel, table=True):
    """The best plan of a run so far, as the zip of its folder."""

    __tablename__ = "checkpoint"

    run_id: str = Field(primary_key=True, foreign_key="run.id", ondelete="CASCADE")
    attempt: int
    at: datetime = _instant(default_factory=now)
    seconds: float
    cost: int
    bound: int | None = None
    unplaced: int | None = None
    content: bytes = Field(sa_type=LargeBinary)


class ProgressRow(SQLModel, table=True):
    """A point of the curves of a run: cost and bound closing on each other."""

    __tablename__ = "progress"

    run_id: str = Field(primary_key=True, foreign_key="run.id", ondelete="CASCADE")
    number: int = Field(primary_key=True)
    attempt: int
    seconds: float
    cost: int | None = None
    bound: int | None = None
    unplaced: int | None = None
    phase: str = ""


class PlanRow(SQLModel, table=True):
    """A plan: made by a run, posted by hand, or kept from a shift."""

    __tablename__ = "plan"

    id: str = Field(default_factory=new_id, primary_key=True)
    scenario_id: str = Field(foreign_key="scenario.id", index=True)
    digest: str
    bassin: str = Field(index=True)
    academy: str = Field(index=True)
    year: str
    run_id: str | None = Field(default=None, foreign_key="run.id", unique=True)
    origin: str
    owner_id: str = Field(foreign_key="account.id")
    title: str = ""
    tags: list[str] = _json(list)
    created_at: datetime = _instant(default_factory=now)
    cost: int
    bound: int | None = None
    unplaced: int
    violations: int
    costs: dict[str, int] = _json(dict)
    causes: dict[str, int] = _json(dict)
    """Points of the gap by cause, largest first."""
    indicators: dict[str, Any] = _json(dict)
    published_at: datetime | None = _instant(default=None, index=True)
    published_by: str | None = Field(default=None, foreign_key="account.id")
    superseded_at: datetime | None = _instant(default=None)

    @property
    def in_force(self) -> bool:
        """The calendar that its bassin follows: published, and no later one took its place."""
        return self.published_at is not None and self.superseded_at is None


class PlanContentRow(SQLModel, table=True):
    """The plan folder (format.md), zipped."""

    __tablename__ = "plan_content"

    plan_id: str = Field(primary_key=True, foreign_key="plan.id", ondelete="CASCADE")
    content: bytes = Field(sa_type=LargeBinary)


class ProposalRow(SQLModel, table=True):
    """A shift that a DDF proposes, with the table that was shown, and what became of it."""

    __tablename__ = "proposal"

    id: str = Field(default_factory=new_id, primary_key=True)
    plan_id: str = Field(foreign_key="plan.id", index=True)
    bassin: str = Field(index=True)
    academy: str = Field(index=True)
    uai: str = Field(index=True)
    proposer_id: str = Field(foreign_key="account.id", index=True)
    subject: str
    week: str
    message: str = ""
    shifts: list[dict[str, Any]] = _json(list)
    status: str = Field(default="open", index=True)
    created_at: datetime = _instant(default_factory=now)
    decided_at: datetime | None = _instant(default=None)
    decided_by: str | None = Field(default=None, foreign_key="account.id")
    reason: str = ""
    variant_id: str | None = Field(default=None, foreign_key="scenario.id")
    run_id: str | None = Field(default=None, foreign_key="run.id")


class EventRow(SQLModel, table=True):
    """The journal: who did what, when, to which content. Never changed (the database refuses)."""

    __tablename__ = "event"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = _instant(default_factory=now, index=True)
    account_id: str | None = Field(default=None, index=True)
    action: str = Field(index=True)
    subject_kind: str = ""
    subject_id: str = Field(default="", index=True)
    bassin: str = ""
    academy: str = ""
    digest: str = ""
    detail: dict[str, Any] = _json(dict)


class RetentionRow(SQLModel, table=True):
    """A purge: the journal gives up what is older than the last of these, and nothing else."""

    __tablename__ = "retention"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = _instant(default_factory=now)
    before: datetime = _instant()


class IdempotencyRow(SQLModel, table=True):
    """What was answered to a request that may come again."""

    __tablename__ = "idempotency"

    account_id: str = Field(primary_key=True, foreign_key="account.id", ondelete="CASCADE")
    key: str = Field(primary_key=True)
    fingerprint: str
    created_at: datetime = _instant(default_factory=now, index=True)
    status: int | None = None
    """None while the first request is still at work."""
    headers: dict[str, str] = _json(dict)
    body: bytes = Field(default=b"", sa_type=LargeBinary)
