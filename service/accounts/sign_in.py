"""Signing in with a password, and out. Must not know: cookies as the web sends them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from service.accounts.passwords import agrees, key_digest, new_key
from service.accounts.people import user_of
from service.accounts.rights import User
from service.refusals import Refusal
from service.settings import Settings
from service.store import Database, accounts, journal
from service.tables import AccountRow, SignInRow, now

_ANSWERS_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session just opened: the key for the cookie, and what forms must repeat."""

    user: User
    key: str
    csrf: str
    expires_at: datetime


def sign_in(database: Database, settings: Settings, login: str, password: str) -> SignedIn:
    """Open a session. After too many failures the account is locked for a while.

    The same `Refusal` whether the login, the password or the moment is wrong: nothing is told to
    whoever tries names.
    """
    with database.session() as session:
        row = accounts.by_login(session, login)
        right = agrees(password, row.password_hash if row else None)
        if row is not None and row.disabled_at is None and not _locked(row):
            if right:
                return opened(session, settings, row)
            _failed(session, settings, row)
    raise Refusal(
        "identifiants-refuses",
        "Identifiant ou mot de passe refusé. Après "
        f"{settings.failures_allowed} échecs, un compte est verrouillé "
        f"{settings.lock_minutes} minutes.",
    )


def opened(session: Session, settings: Settings, row: AccountRow) -> SignedIn:
    """A session for an account whose holder has proved who they are."""
    at = now()
    accounts.forget_expired(session, at, at - _ANSWERS_KEPT)
    row.failures, row.locked_until = 0, None
    key, csrf = new_key(), new_key()
    expires_at = at + timedelta(hours=settings.session_hours)
    session.add(SignInRow(id=key_digest(key), account_id=row.id, csrf=csrf, expires_at=expires_at))
    session.add(row)
    journal.write(session, row.id, "session.ouverte", "account", row.id)
    return SignedIn(user_of(row), key, csrf, expires_at)


def sign_out(database: Database, key: str) -> None:
    """Close a session."""
    with database.session() as session:
        accounts.sign_out(session, key_digest(key))


def _locked(row: AccountRow) -> bool:
    return row.locked_until is not None and row.locked_until > now()


def _failed(session: Session, settings: Settings, row: AccountRow) -> None:
    row.failures += 1
    if row.failures >= settings.failures_allowed:
        row.failures, row.locked_until = 0, now() + timedelta(minutes=settings.lock_minutes)
        journal.write(session, row.id, "compte.verrouille", "account", row.id)
    session.add(row)
