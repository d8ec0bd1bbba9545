"""The journal, read by whoever is in charge of its territory. Must not know: HTTP."""

from datetime import datetime

from service.accounts import rights
from service.accounts.rights import Action, User
from service.house import House
from service.store import journal
from service.store.lists import Page
from service.tables import EventRow


def listed(
    house: House,
    user: User,
    *,
    action: str | None = None,
    subject_id: str | None = None,
    since: datetime | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[EventRow]:
    """Events within reach, newest first."""
    rights.require(user, Action.READ_JOURNAL)
    with house.database.reading() as session:
        return journal.listed(
            session,
            rights.reach(user),
            action=action,
            subject_id=subject_id,
            since=since,
            cursor=cursor,
            limit=limit,
        )
