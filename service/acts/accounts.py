"""Accounts and tokens: made, changed, exported, erased. Must not know: HTTP, passwords."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlmodel import Session

from service.accounts import invitations, rights
from service.accounts.passwords import key_digest, new_key
from service.accounts.people import TOKEN_PREFIX
from service.accounts.rights import SCOPES, Action, User
from service.house import House
from service.refusals import Refusal
from service.store import accounts, journal
from service.store.lists import Page
from service.tables import AccountRow, Role, TokenRow, now

_MOST_TOKENS = 50


def create(
    house: House,
    user: User,
    login: str,
    *,
    name: str,
    role: Role,
    academy: str = "",
    bassins: Sequence[str] = (),
    establishments: Sequence[str] = (),
) -> tuple[AccountRow, str]:
    """An account and the code of its invitation."""
    rights.require(user, Action.MANAGE_ACCOUNTS)
    row = AccountRow(login=login.casefold(), name=name, role=role)
    with house.database.session() as session:
        if accounts.by_login(session, login) is not None:
            raise Refusal("deja-pris", f"Un compte porte déjà l’identifiant « {login} ».")
        _placed(row, academy, bassins, establishments)
        code = invitations.invite(session, house.settings, row)
        session.flush()
        _noted(session, user, "compte.cree", row, role=role)
    return row, code


def change(
    house: House,
    user: User,
    account_id: str,
    *,
    name: str,
    role: Role,
    academy: str,
    bassins: Sequence[str],
    establishments: Sequence[str],
    disabled: bool,
) -> AccountRow:
    """Change who somebody is here; their sessions end, so that rights hold at once."""
    rights.require(user, Action.MANAGE_ACCOUNTS)
    with house.database.session() as session:
        row = _found(session, account_id)
        leaves = row.role == "admin" and row.disabled_at is None and (disabled or role != "admin")
        if leaves and accounts.admins(session) == 1:
            raise Refusal("etat-contraire", "Il faut garder au moins un administrateur.")
        row.name, row.role = name, role
        _placed(row, academy, bassins, establishments)
        row.disabled_at = (row.disabled_at or now()) if disabled else None
        session.add(row)
        accounts.sign_out_everywhere(session, row.id)
        _noted(session, user, "compte.change", row, role=role, desactive=disabled)
        return row


def _placed(
    row: AccountRow, academy: str, bassins: Sequence[str], establishments: Sequence[str]
) -> None:
    """Give an account its territory, which its role must need and nothing more."""
    needed = {
        "coordonnateur": (True, True, False),
        "ddf": (True, False, True),
        "rectorat": (True, False, False),
        "admin": (False, False, False),
    }[row.role]
    given = (bool(academy), bool(bassins), bool(establishments))
    if given != needed:
        words = ("académie", "bassins", "établissements")
        wanted = ", ".join(w for w, n in zip(words, needed, strict=True) if n) or "rien"
        raise Refusal(
            "etat-contraire", f"Le territoire du rôle « {row.role} » se dit par : {wanted}."
        )
    row.academy, row.bassins, row.establishments = academy, list(bassins), list(establishments)


def listed(house: House, user: User, *, cursor: str | None, limit: int) -> Page[AccountRow]:
    """All accounts, newest first."""
    rights.require(user, Action.MANAGE_ACCOUNTS)
    with house.database.reading() as session:
        return accounts.listed(session, cursor=cursor, limit=limit)


def one(house: House, user: User, account_id: str) -> AccountRow:
    rights.require(user, Action.MANAGE_ACCOUNTS)
    with house.database.reading() as session:
        return _found(session, account_id)


def invite(house: House, user: User, account_id: str) -> str:
    """A fresh invitation: the password can be chosen again."""
    rights.require(user, Action.MANAGE_ACCOUNTS)
    with house.database.session() as session:
        row = _found(session, account_id)
        code = invitations.invite(session, house.settings, row)
        _noted(session, user, "compte.invite", row)
        return code


def export(house: House, user: User, account_id: str) -> dict[str, Any]:
    """Everything that is kept about somebody: for themselves, or asked through an administrator."""
    _self_or_admin(user, account_id)
    with house.database.reading() as session:
        row = _found(session, account_id)
        tokens = accounts.tokens(session, row.id)
        events = journal.of_account(session, row.id)
        secret = {"password_hash", "invitation_hash"}
        return {
            "compte": row.model_dump(mode="json", exclude=secret),
            "jetons": [t.model_dump(mode="json", exclude={"hash"}) for t in tokens],
            "journal": [e.model_dump(mode="json") for e in events],
        }


def erase(house: House, user: User, account_id: str) -> None:
    """Forget who somebody is; what they did stays in the journal, under a bare number."""
    _self_or_admin(user, account_id)
    with house.database.session() as session:
        row = _found(session, account_id)
        if row.role == "admin" and row.disabled_at is None and accounts.admins(session) == 1:
            raise Refusal("etat-contraire", "Il faut garder au moins un administrateur.")
        at = now()
        accounts.sign_out_everywhere(session, row.id)
        accounts.revoke_tokens(session, row.id, at)
        for token in accounts.tokens(session, row.id):
            token.name = ""
            session.add(token)
        row.login, row.name = f"efface-{secrets.token_hex(8)}", ""
        row.password_hash = row.oidc_subject = row.invitation_hash = None
        row.academy, row.bassins, row.establishments = "", [], []
        row.disabled_at = row.erased_at = at
        session.add(row)
        _noted(session, user, "compte.efface", row)


def tokens(house: House, user: User) -> Sequence[TokenRow]:
    """One's own tokens, newest first."""
    rights.require(user, Action.OWN_ACCOUNT)
    with house.database.reading() as session:
        return accounts.tokens(session, user.id)


def create_token(
    house: House, user: User, name: str, scopes: Sequence[str], days: int
) -> tuple[TokenRow, str]:
    """A token and its key, which is shown this once."""
    rights.require(user, Action.OWN_ACCOUNT)
    key = new_key(TOKEN_PREFIX)
    with house.database.session() as session:
        good = [t for t in accounts.tokens(session, user.id) if t.revoked_at is None]
        if len(good) >= _MOST_TOKENS:
            raise Refusal("etat-contraire", f"{_MOST_TOKENS} jetons au plus : en révoquer un.")
        row = TokenRow(
            account_id=user.id,
            name=name,
            hash=key_digest(key),
            scopes=[scope for scope in SCOPES if scope in scopes],
            expires_at=now() + timedelta(days=days),
        )
        session.add(row)
        session.flush()
        journal.write(session, user.id, "jeton.cree", "token", row.id, portees=row.scopes)
    return row, key


def revoke_token(house: House, user: User, token_id: str) -> None:
    """End a token of one's own."""
    rights.require(user, Action.OWN_ACCOUNT)
    with house.database.session() as session:
        row = accounts.token(session, user.id, token_id)
        if row is None:
            raise Refusal("introuvable", "Aucun jeton de ce numéro parmi les vôtres.")
        row.revoked_at = row.revoked_at or now()
        session.add(row)
        journal.write(session, user.id, "jeton.revoque", "token", row.id)


def _self_or_admin(user: User, account_id: str) -> None:
    rights.require(user, Action.OWN_ACCOUNT)
    if account_id != user.id:
        rights.require(user, Action.MANAGE_ACCOUNTS)


def _found(session: Session, account_id: str) -> AccountRow:
    row = accounts.find(session, account_id)
    if row is None or row.erased_at is not None:
        raise Refusal("introuvable", "Aucun compte de ce numéro.")
    return row


def _noted(session: Session, user: User, action: str, row: AccountRow, **detail: Any) -> None:
    journal.write(session, user.id, action, "account", row.id, **detail)
