"""The first password: a link that is good once, for a while. Must not know: how it is delivered."""

from datetime import timedelta

from sqlmodel import Session

from service.accounts.passwords import hashed, key_digest, new_key
from service.refusals import Refusal
from service.settings import Settings
from service.store import Database, accounts, journal
from service.tables import AccountRow, now


def invite(session: Session, settings: Settings, row: AccountRow) -> str:
    """The code of a fresh invitation; an earlier one is no longer good."""
    code = new_key()
    row.invitation_hash = key_digest(code)
    row.invitation_until = now() + timedelta(hours=settings.invitation_hours)
    session.add(row)
    return code


def accept(database: Database, code: str, password: str) -> str:
    """Set the password of whoever was invited; gives the login. Ends all their sessions."""
    with database.session() as session:
        row = accounts.by_invitation(session, key_digest(code))
        if row is None or row.invitation_until is None or row.invitation_until <= now():
            raise Refusal(
                "invitation-perimee",
                "Cette invitation n’est plus valable : en demander une autre à l’administrateur.",
            )
        row.password_hash = hashed(password, row.login)
        row.invitation_hash = row.invitation_until = None
        row.failures, row.locked_until = 0, None
        session.add(row)
        accounts.sign_out_everywhere(session, row.id)
        journal.write(session, row.id, "compte.mot-de-passe", "account", row.id)
        return row.login


def first_administrator(database: Database, settings: Settings) -> str | None:
    """At first start, an `admin` account: its invitation code; None where accounts exist."""
    with database.session() as session:
        if accounts.count(session):
            return None
        row = AccountRow(login="admin", name="Administrateur", role="admin")
        session.add(row)
        code = invite(session, settings, row)
        session.flush()
        journal.write(session, None, "compte.cree", "account", row.id, role="admin")
        return code
