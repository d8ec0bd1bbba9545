"""The current user: from the cookie of a session or from a token. Must not know: HTTP headers."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from service.accounts.passwords import key_digest
from service.accounts.rights import User
from service.refusals import Refusal
from service.store import Database, accounts
from service.tables import AccountRow, Role, now

TOKEN_PREFIX = "bassin_"
_NOTED_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody signed in; `csrf` is what a form must repeat, None for a token."""

    user: User
    csrf: str | None


def user_of(row: AccountRow, scopes: tuple[str, ...] | None = None) -> User:
    """The user that an account stands for."""
    return User(
        id=row.id,
        login=row.login,
        name=row.name or row.login,
        role=cast("Role", row.role),
        academy=row.academy,
        bassins=tuple(row.bassins),
        establishments=tuple(row.establishments),
        scopes=scopes,
    )


def by_cookie(database: Database, cookie: str) -> Present | None:
    """Whose session this is; None where it is over."""
    with database.reading() as session:
        found = accounts.signed_in(session, key_digest(cookie), now())
    return None if found is None else Present(user_of(found[1]), found[0].csrf)


def by_key(database: Database, key: str) -> Present | None:
    """Whose token this is; None where it is unknown, over or revoked."""
    at = now()
    with database.reading() as session:
        found = accounts.by_token(session, key_digest(key), at)
    if found is None:
        return None
    token, row = found
    if token.last_used_at is None or at - token.last_used_at > _NOTED_EVERY:
        with database.session() as session:
            accounts.token_used(session, token.id, at)
    return Present(user_of(row, tuple(token.scopes)), None)


def require_csrf(present: Present, told: str | None) -> None:
    """Raises `Refusal` where a change asked with a cookie does not repeat its `csrf`."""
    if present.csrf is not None and not secrets.compare_digest(
        present.csrf.encode(), (told or "").encode("utf-8", "surrogatepass")
    ):
        raise Refusal(
            "csrf-absent",
            "Avec un cookie de session, une modification répète son « csrf » dans X-CSRF-Token.",
        )
