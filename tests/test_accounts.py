"""Accounts: passwords, lock, invitations, sessions, tokens, export and erasure."""

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from town import ACADEMY, BASSIN, SCHOOL, Town, town

from service.accounts import invitations
from service.store import accounts
from service.tables import now

PASSWORD = "quatre mots tirés au sort"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Town]:
    with town(tmp_path, failures_allowed=3) as built:
        yield built


def with_password(place: Town) -> None:
    code = invitations.first_administrator(place.house.database, place.settings)
    assert code is not None
    answer = place.stranger().post(f"/api/v1/invitations/{code}", json={"password": PASSWORD})
    assert answer.json() == {"login": "admin"}


def test_the_first_administrator_chooses_a_password_once(place: Town) -> None:
    code = invitations.first_administrator(place.house.database, place.settings)
    assert code is not None
    stranger = place.stranger()
    url = f"/api/v1/invitations/{code}"
    assert stranger.post(url, json={"password": "court"}).json()["code"] == "mot-de-passe-faible"
    assert stranger.post(url, json={"password": PASSWORD}).status_code == 200
    assert stranger.post(url, json={"password": PASSWORD}).json()["code"] == "invitation-perimee"
    assert invitations.first_administrator(place.house.database, place.settings) is None


def test_a_session_opens_closes_and_protects_its_forms(place: Town) -> None:
    with_password(place)
    browser = place.stranger()
    opened = browser.post("/api/v1/session", json={"login": "ADMIN", "password": PASSWORD})
    assert opened.status_code == 201
    cookie = opened.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert browser.get("/api/v1/session").json()["role"] == "admin"
    body = {"name": "essai", "scopes": ["lecture"]}
    assert browser.post("/api/v1/tokens", json=body).json()["code"] == "csrf-absent"
    browser.headers["X-CSRF-Token"] = opened.json()["csrf"]
    assert browser.post("/api/v1/tokens", json=body).status_code == 201
    key = browser.cookies["bassin_session"]
    assert browser.delete("/api/v1/session").status_code == 204
    browser.cookies.set("bassin_session", key)
    assert browser.get("/api/v1/session").status_code == 401


def test_failures_lock_the_account_for_a_while_and_tell_nothing(place: Town) -> None:
    with_password(place)
    browser = place.stranger()
    wrong = {"login": "admin", "password": "x" * 20}
    unknown = browser.post("/api/v1/session", json={"login": "nul", "password": "x"}).json()
    for _ in range(3):
        assert browser.post("/api/v1/session", json=wrong).json() == unknown
    right = {"login": "admin", "password": PASSWORD}
    assert browser.post("/api/v1/session", json=right).json() == unknown
    with place.house.database.session() as session:
        row = accounts.by_login(session, "admin")
        assert row is not None
        assert row.locked_until is not None
        row.locked_until = now() - timedelta(seconds=1)
        session.add(row)
    assert browser.post("/api/v1/session", json=right).status_code == 201


def test_tokens_do_what_they_were_made_for_until_revoked(place: Town) -> None:
    client = place.client(place.coordinator())
    made = client.post("/api/v1/tokens", json={"name": "tableur", "scopes": ["lecture"]}).json()
    program = place.stranger()
    program.headers["Authorization"] = f"Bearer {made['key']}"
    assert program.get("/api/v1/scenarios").status_code == 200
    refused = program.post("/api/v1/scenarios", content=b"{}")
    assert (refused.status_code, refused.json()["code"]) == (403, "portee-absente")
    assert program.get("/api/v1/tokens").json()["code"] == "portee-absente"
    assert "key" not in client.get("/api/v1/tokens").json()[0]
    assert client.delete(f"/api/v1/tokens/{made['id']}").status_code == 204
    assert program.get("/api/v1/scenarios").status_code == 401


def test_nothing_kept_opens_a_door(place: Town, tmp_path: Path) -> None:
    with_password(place)
    client = place.signed_in("admin")
    key = client.post("/api/v1/tokens", json={"name": "t", "scopes": ["lecture"]}).json()["key"]
    secrets = [PASSWORD, key, client.cookies["bassin_session"]]
    connection = sqlite3.connect(tmp_path / "bassin.sqlite")
    dump = "\n".join(connection.iterdump())
    connection.close()
    assert not any(secret in dump for secret in secrets)
    assert "$argon2id$" in dump


def test_a_territory_fits_its_role(place: Town) -> None:
    client = place.client(place.person("admin"))
    base = {"login": "anne@ac-x.fr", "role": "coordonnateur", "academy": ACADEMY}
    refused = client.post("/api/v1/accounts", json=base)
    assert (refused.status_code, refused.json()["code"]) == (409, "etat-contraire")
    made = client.post("/api/v1/accounts", json=base | {"bassins": [BASSIN]})
    assert made.status_code == 201, made.text
    again = client.post("/api/v1/accounts", json=base | {"bassins": [BASSIN]})
    assert again.json()["code"] == "deja-pris"
    code = made.json()["invitation"]
    place.stranger().post(f"/api/v1/invitations/{code}", json={"password": PASSWORD})
    signed = place.stranger().post(
        "/api/v1/session", json={"login": "anne@ac-x.fr", "password": PASSWORD}
    )
    assert signed.json()["bassins"] == [BASSIN]


def test_a_change_of_role_holds_at_once(place: Town) -> None:
    admin, user = place.client(place.person("admin")), place.coordinator()
    client = place.client(user)
    assert client.get("/api/v1/journal").status_code == 200
    body = {"role": "ddf", "academy": ACADEMY, "establishments": [SCHOOL]}
    assert admin.put(f"/api/v1/accounts/{user.id}", json=body).status_code == 200
    assert client.get("/api/v1/journal").status_code == 401
    assert place.client(user).get("/api/v1/journal").status_code == 403


def test_the_last_administrator_stays(place: Town) -> None:
    user = place.person("admin")
    client = place.client(user)
    body = {"role": "admin", "disabled": True}
    assert client.put(f"/api/v1/accounts/{user.id}", json=body).status_code == 409
    assert client.delete(f"/api/v1/accounts/{user.id}").status_code == 409


def test_an_account_is_exported_then_erased(place: Town, tmp_path: Path) -> None:
    user = place.coordinator(login="marie.durand@ac-x.fr")
    client = place.client(user)
    client.post("/api/v1/tokens", json={"name": "poste de Marie", "scopes": ["lecture"]})
    told = client.get(f"/api/v1/accounts/{user.id}/export").json()
    assert told["compte"]["login"] == "marie.durand@ac-x.fr"
    assert [e["action"] for e in told["journal"]] == ["session.ouverte", "jeton.cree"]
    assert "hash" not in str(told)
    other = place.ddf()
    assert client.get(f"/api/v1/accounts/{other.id}/export").status_code == 403
    assert client.delete(f"/api/v1/accounts/{user.id}").status_code == 204
    assert client.get("/api/v1/session").status_code == 401
    connection = sqlite3.connect(tmp_path / "bassin.sqlite")
    dump = "\n".join(connection.iterdump())
    connection.close()
    assert "durand" not in dump.lower()
    assert "Marie" not in dump
    assert user.id in dump
