"""What the API holds to: sizes, repeated requests, states, rates, headers, and what never stays."""

import io
import json
import logging
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from town import Town, packed, town, village

from scenarios.writing import files, zipped
from service.api.limits import Limiter
from service.refusals import Refusal


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Town]:
    with town(tmp_path) as built:
        built.coordinator()
        yield built


def test_what_is_too_large_is_not_read(tmp_path: Path) -> None:
    with town(tmp_path, upload_bytes=5_000) as place:
        place.coordinator()
        client = place.signed_in("coordonnateur")
        for content in (b"x" * 6_000, b"x" * 900_000):
            answer = client.post("/api/v1/scenarios", content=b"PK\x03\x04" + content)
            assert answer.status_code in (413, 422)
        announced = client.post("/api/v1/scenarios", content=b"{" + b" " * 900_000)
        assert (announced.status_code, announced.json()["code"]) == (413, "trop-gros")
        held = client.post("/api/v1/scenarios", content=b"{" + b" " * 6_000)
        assert (held.status_code, held.json()["code"]) == (413, "trop-gros")


def test_a_bomb_is_not_unpacked(place: Town) -> None:
    client = place.signed_in("coordonnateur")
    bomb = zipped({"eleves.csv": b"0" * 30_000_000})
    assert len(bomb) < 100_000
    answer = client.post("/api/v1/scenarios", content=bomb)
    assert (answer.status_code, answer.json()["code"]) == (413, "trop-compresse")


def test_too_many_cells_are_not_read(tmp_path: Path) -> None:
    with town(tmp_path, upload_cells=1000) as place:
        place.coordinator()
        answer = place.signed_in("coordonnateur").post(
            "/api/v1/scenarios", content=packed(village())
        )
        assert (answer.status_code, answer.json()["code"]) == (413, "trop-de-cellules")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "format-inconnu"),
        (b"bonjour", "format-inconnu"),
        (b"PK\x03\x04abime", "archive-illisible"),
        (b"[]", "scenario-invalide"),
        (b"{}", "scenario-invalide"),
    ],
)
def test_what_is_no_scenario_is_said_to_be_none(place: Town, content: bytes, code: str) -> None:
    answer = place.signed_in("coordonnateur").post("/api/v1/scenarios", content=content)
    assert answer.json()["code"] == code


def test_refused_columns_and_stray_files_are_never_kept(place: Town, tmp_path: Path) -> None:
    client = place.signed_in("coordonnateur")
    tables = {name: text.encode() for name, text in files(village()).items()}
    head, rest = tables["eleves.csv"].decode().split("\n", 1)
    named = head + ";nom_eleve\n" + rest.replace("\n", ";Durand\n")
    with_names = tables | {"eleves.csv": named.encode()}
    refused = client.post("/api/v1/scenarios", content=zipped(with_names))
    assert refused.status_code == 422
    assert "Durand" not in refused.text
    stray = tables | {"liste-des-noms.txt": b"Durand Marie", "notes/ine.docx": b"Durand"}
    kept = client.post("/api/v1/scenarios", content=zipped(stray))
    assert kept.status_code == 201, kept.text
    held = client.get(kept.headers["Location"] + "/content").content
    with zipfile.ZipFile(io.BytesIO(held)) as archive:
        assert set(archive.namelist()) == set(tables)
    connection = sqlite3.connect(tmp_path / "bassin.sqlite")
    contents = [
        bytes(row[0]) for row in connection.execute("SELECT received FROM scenario_content")
    ]
    dump = "\n".join(connection.iterdump())
    connection.close()
    assert contents == [held]
    assert "Durand" not in dump


def test_a_request_sent_twice_is_done_once(place: Town) -> None:
    client = place.signed_in("coordonnateur")
    key = {"Idempotency-Key": "envoi-1"}
    first = client.post("/api/v1/scenarios", content=packed(village()), headers=key)
    again = client.post("/api/v1/scenarios", content=packed(village()), headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(client.get("/api/v1/scenarios").json()["lignes"]) == 1
    other = client.post("/api/v1/scenarios?tag=x", content=packed(village()), headers=key)
    assert (other.status_code, other.json()["code"]) == (409, "cle-reutilisee")


def test_a_failed_request_may_come_again(place: Town) -> None:
    client = place.signed_in("coordonnateur")
    key = {"Idempotency-Key": "envoi-2"}
    assert client.post("/api/v1/scenarios", content=b"{}", headers=key).status_code == 422
    good = client.post("/api/v1/scenarios", content=packed(village()), headers=key)
    assert good.status_code == 201


def test_states_are_tagged_and_stale_changes_refused(place: Town) -> None:
    client = place.signed_in("coordonnateur")
    sent = client.post("/api/v1/scenarios", content=packed(village()))
    url, tag = sent.headers["Location"], sent.headers["ETag"]
    same = client.get(url, headers={"If-None-Match": tag})
    assert (same.status_code, same.content) == (304, b"")
    body = {"tags": ["vu"]}
    assert client.patch(url, json=body, headers={"If-Match": tag}).status_code == 200
    stale = client.patch(url, json={"tags": []}, headers={"If-Match": tag})
    assert (stale.status_code, stale.json()["code"]) == (412, "etat-change")
    assert client.get(url, headers={"If-None-Match": tag}).status_code == 200


def test_who_asks_too_often_is_told_when_to_come_back(tmp_path: Path) -> None:
    with town(tmp_path, requests_per_minute=3) as place:
        place.coordinator()
        client = place.signed_in("coordonnateur")
        codes = [client.get("/api/v1/session").status_code for _ in range(4)]
        assert codes == [200, 200, 200, 429]
        refused = client.get("/api/v1/session")
        assert int(refused.headers["Retry-After"]) == refused.json()["secondes"] > 0


def test_a_bucket_fills_again() -> None:
    moment = [0.0]
    limiter = Limiter(60, clock=lambda: moment[0])
    for _ in range(60):
        limiter.take("a")
    with pytest.raises(Refusal):
        limiter.take("a")
    limiter.take("b")
    moment[0] = 1.0
    limiter.take("a")
    with pytest.raises(Refusal):
        limiter.take("a")


def test_every_answer_carries_the_security_headers(tmp_path: Path) -> None:
    with town(tmp_path, public_url="https://bassin.example") as place:
        place.coordinator()
        for url in ("/health", "/api/v1/session", "/api/v1/rien", "/api/v1/openapi.json"):
            headers = place.stranger().get(url).headers
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["X-Frame-Options"] == "DENY"
            assert "max-age" in headers["Strict-Transport-Security"]
            assert headers["X-Request-Id"]
        assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_a_defect_is_told_without_its_entrails(
    place: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from service.acts import history

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("entrailles")

    monkeypatch.setattr(history, "listed", broken)
    answer = place.signed_in("coordonnateur").get("/api/v1/journal")
    assert (answer.status_code, answer.json()["code"]) == (500, "defaut")
    assert "entrailles" not in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    said = [r for r in caplog.records if r.exc_info]
    assert [getattr(r, "requete", None) for r in said] == [answer.headers["X-Request-Id"]]


def test_the_log_tells_requests_and_no_secret(
    place: Town, caplog: pytest.LogCaptureFixture
) -> None:
    from service.logs import JsonLines

    caplog.set_level(logging.INFO)
    place.stranger().post("/api/v1/invitations/un-code-secret", json={"password": "x" * 20})
    client = place.signed_in("coordonnateur")
    client.get("/api/v1/session")
    ours = [record for record in caplog.records if record.name.startswith("service.")]
    lines = [JsonLines().format(record) for record in ours]
    assert "un-code-secret" not in "".join(lines)
    assert client.cookies["bassin_session"] not in "".join(lines)
    told = [json.loads(line) for line in lines]
    last = next(line for line in told if line["message"] == "GET /api/v1/session")
    assert (last["statut"], last["compte"]) == (200, place.user("coordonnateur").id)
