"""A service on an empty database, and people of every role, for the tests of `service`.

SQLite by default; PostgreSQL where `Town` is given its URL.
"""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from scenarios import example, read
from scenarios.writing import files
from service.accounts import sign_in
from service.accounts.people import user_of
from service.accounts.rights import User
from service.api import create_app
from service.house import House
from service.settings import Settings
from service.store import accounts
from service.tables import AccountRow
from solver.domain import Scenario
from solver.explain.parts import changed

ACADEMY, BASSIN, SCHOOL = "Nancy-Metz", "LUNEVILLE", "0990001N"


def demo(**fields: Any) -> Scenario:
    """The demonstration bassin, in a real académie."""
    return changed(read(example("demo")), **{"academy": ACADEMY, "bassin": BASSIN, **fields})


def packed(scenario: Scenario) -> bytes:
    """A scenario as a zip to send."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files(scenario).items():
            archive.writestr(name, text)
    return content.getvalue()


class Town:
    """The service and its people."""

    def __init__(self, home: Path, **settings: Any) -> None:
        self.settings = Settings(home=home, _env_file=None, **settings)
        self.house = House(self.settings)
        self.house.database.migrate()
        self.app = create_app(self.settings, self.house)

    def person(self, role: str, login: str = "", **territory: Any) -> User:
        """An account of that role."""
        with self.house.database.session() as session:
            row = AccountRow(login=login or role, name=role, role=role, **territory)
            session.add(row)
            session.flush()
            return user_of(row)

    def user(self, login: str) -> User:
        """The user of that login."""
        with self.house.database.reading() as session:
            row = accounts.by_login(session, login)
        assert row is not None
        return user_of(row)

    def signed_in(self, login: str) -> TestClient:
        """A browser in which the user of that login has signed in."""
        return self.client(self.user(login))

    def coordinator(self, *bassins: str, login: str = "") -> User:
        return self.person(
            "coordonnateur", login, academy=ACADEMY, bassins=list(bassins or (BASSIN,))
        )

    def ddf(self, *schools: str, login: str = "") -> User:
        return self.person("ddf", login, academy=ACADEMY, establishments=list(schools or (SCHOOL,)))

    def rectorat(self, academy: str = ACADEMY, login: str = "") -> User:
        return self.person("rectorat", login, academy=academy)

    def stranger(self) -> TestClient:
        """A browser in which nobody has signed in."""
        return TestClient(self.app, raise_server_exceptions=False)

    def client(self, user: User) -> TestClient:
        """A browser in which this user has signed in (without the slowness of passwords)."""
        with self.house.database.session() as session:
            row = accounts.find(session, user.id)
            assert row is not None
            signed = sign_in.opened(session, self.settings, row)
        client = self.stranger()
        client.cookies.set("bassin_session", signed.key)
        client.headers["X-CSRF-Token"] = signed.csrf
        return client


@contextmanager
def town(home: Path, **settings: Any) -> Iterator[Town]:
    """A town, closed at the end."""
    built = Town(home, **settings)
    try:
        yield built
    finally:
        built.house.close()
