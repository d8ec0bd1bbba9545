"""Answers kept for requests that may come again. Must not know: what was asked."""

from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from service.store.database import Database
from service.tables import IdempotencyRow


def claim(
    database: Database, account_id: str, key: str, fingerprint: str, stale_before: datetime
) -> IdempotencyRow | None:
    """None where the request is new, and now ours to answer; else what is known of the first.

    A first request that began before `stale_before` without an answer is taken for dead.
    """
    try:
        with database.session() as session:
            session.execute(
                delete(IdempotencyRow).where(
                    col(IdempotencyRow.account_id) == account_id,
                    col(IdempotencyRow.key) == key,
                    col(IdempotencyRow.status).is_(None),
                    col(IdempotencyRow.created_at) < stale_before,
                )
            )
            session.add(IdempotencyRow(account_id=account_id, key=key, fingerprint=fingerprint))
    except IntegrityError:
        with database.reading() as session:
            return session.get(IdempotencyRow, (account_id, key))
    return None


def answered(
    session: Session, account_id: str, key: str, status: int, headers: dict[str, str], body: bytes
) -> None:
    """Keep the answer."""
    session.execute(
        update(IdempotencyRow)
        .where(col(IdempotencyRow.account_id) == account_id, col(IdempotencyRow.key) == key)
        .values(status=status, headers=headers, body=body)
    )


def release(session: Session, account_id: str, key: str) -> None:
    """The request failed: it may come again as if it never had."""
    session.execute(
        delete(IdempotencyRow).where(
            col(IdempotencyRow.account_id) == account_id, col(IdempotencyRow.key) == key
        )
    )
