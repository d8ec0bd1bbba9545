"""Accounts, browser sessions and tokens. Must not know: how passwords and keys are hashed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from service.store.lists import Page, page
from service.tables import AccountRow, IdempotencyRow, SignInRow, TokenRow


def count(session: Session) -> int:
    return session.exec(select(func.count()).select_from(AccountRow)).one()


def find(session: Session, account_id: str) -> AccountRow | None:
    return session.get(AccountRow, account_id)


def by_login(session: Session, login: str) -> AccountRow | None:
    return session.exec(select(AccountRow).where(AccountRow.login == login.casefold())).first()


def by_subject(session: Session, subject: str) -> AccountRow | None:
    return session.exec(select(AccountRow).where(AccountRow.oidc_subject == subject)).first()


def by_invitation(session: Session, digest: str) -> AccountRow | None:
    return session.exec(select(AccountRow).where(AccountRow.invitation_hash == digest)).first()


def listed(session: Session, *, cursor: str | None = None, limit: int = 50) -> Page[AccountRow]:
    query = select(AccountRow).where(col(AccountRow.erased_at).is_(None))
    return page(session, query, AccountRow.id, cursor=cursor, limit=limit)


def admins(session: Session) -> int:
    """Administrators who can still sign in."""
    query = (
        select(func.count())
        .select_from(AccountRow)
        .where(col(AccountRow.role) == "admin", col(AccountRow.disabled_at).is_(None))
    )
    return session.exec(query).one()


def names(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """Shown name by account id."""
    query = select(AccountRow.id, AccountRow.name).where(col(AccountRow.id).in_(set(ids)))
    return dict(session.exec(query).all())


# --- browser sessions ----------------------------------------------------------------------------


def signed_in(session: Session, digest: str, at: datetime) -> tuple[SignInRow, AccountRow] | None:
    """The session of that hash and its account, while both are good."""
    query = (
        select(SignInRow, AccountRow)
        .where(SignInRow.account_id == AccountRow.id)
        .where(SignInRow.id == digest, col(SignInRow.expires_at) > at)
        .where(col(AccountRow.disabled_at).is_(None))
    )
    return session.exec(query).first()


def sign_out(session: Session, digest: str) -> None:
    session.execute(delete(SignInRow).where(col(SignInRow.id) == digest))


def sign_out_everywhere(session: Session, account_id: str) -> None:
    session.execute(delete(SignInRow).where(col(SignInRow.account_id) == account_id))


def forget_expired(session: Session, at: datetime, answered_before: datetime) -> None:
    """Sessions that are over, and answers kept for requests that will not come again."""
    session.execute(delete(SignInRow).where(col(SignInRow.expires_at) <= at))
    session.execute(delete(IdempotencyRow).where(col(IdempotencyRow.created_at) < answered_before))


# --- tokens --------------------------------------------------------------------------------------


def by_token(session: Session, digest: str, at: datetime) -> tuple[TokenRow, AccountRow] | None:
    """The token of that hash and its account, while both are good."""
    query = (
        select(TokenRow, AccountRow)
        .where(TokenRow.account_id == AccountRow.id)
        .where(TokenRow.hash == digest, col(TokenRow.expires_at) > at)
        .where(col(TokenRow.revoked_at).is_(None), col(AccountRow.disabled_at).is_(None))
    )
    return session.exec(query).first()


def tokens(session: Session, account_id: str) -> Sequence[TokenRow]:
    query = select(TokenRow).where(TokenRow.account_id == account_id)
    return session.exec(query.order_by(col(TokenRow.id).desc())).all()


def token(session: Session, account_id: str, token_id: str) -> TokenRow | None:
    query = select(TokenRow).where(TokenRow.account_id == account_id, TokenRow.id == token_id)
    return session.exec(query).first()


def token_used(session: Session, token_id: str, at: datetime) -> None:
    session.execute(update(TokenRow).where(col(TokenRow.id) == token_id).values(last_used_at=at))


def revoke_tokens(session: Session, account_id: str, at: datetime) -> None:
    """All those of an account."""
    session.execute(
        update(TokenRow)
        .where(col(TokenRow.account_id) == account_id, col(TokenRow.revoked_at).is_(None))
        .values(revoked_at=at)
    )
