"""Files people have, sent to the service: shown, then kept; nothing of who pupils are comes in."""

import itertools
import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient
from test_importers_damaged import CLEAN, COMMUNES, DAMAGES, ENGLISH, SECTORS
from town import ACADEMY, Town, town

from service.acts import scenarios
from service.packing import read_scenario
from solver.domain import Scenario

SOURCES = sorted(set(CLEAN) - {"eleves"})
"""Pupils come in otherwise here: see below."""
LIST = (
    "SIRET;Raison sociale;Code Insee;Publics;Places;Contact;Téléphone\n"
    "55200000100013;Café d’été;{place};3e 2de;2;Mme Zorglubov;0600000001\n"
    "55200000100013;Café de l’été;{place};3e;1;;\n"
    "5520000010001;L’auto;{place};3e;1;;\n"
)
SCHOOLS = (
    "uai;nom;type;code_commune;bassin\n0540037X;Lycée d’été;LP;54329;LUNEVILLE\n"
    "0540001H;Collège;CLG;54039;LUNEVILLE\n0540022F;Collège;CLG;54329;LUNEVILLE\n"
    "0540030P;Lycée;LGT;54395;NANCY\n"
)
NEW = {"bassin": "LUNEVILLE", "academy": ACADEMY, "year": "2026-2027"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town(tmp_path_factory.mktemp("imports")) as built:
        built.coordinator()
        yield built


@pytest.fixture
def client(place: Town) -> TestClient:
    return place.signed_in("coordonnateur")


def named(*parts: tuple[str, str, str | bytes]) -> dict[str, tuple[str, bytes]]:
    """Files of a form: (field, name, content)."""
    return {
        field: (name, content.encode() if isinstance(content, str) else content)
        for field, name, content in parts
    }


def sent(
    client: TestClient, path: str, params: dict[str, Any], *parts: tuple[str, str, str | bytes]
) -> httpx2.Response:
    return client.post(f"/api/v1/imports/{path}", params=params, files=named(*parts))


def begun(client: TestClient, **more: Any) -> str:
    """A new scenario of three establishments; its id."""
    answer = sent(client, "etablissements", NEW | more, ("file", "annuaire.csv", SCHOOLS),
                  ("communes", "communes.csv", COMMUNES))  # fmt: skip
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def kept(place: Town, scenario_id: str) -> Scenario:
    """What is stored, read anew."""
    content = scenarios.received(place.house, place.user("coordonnateur"), scenario_id)
    reading = read_scenario(content.received, "zip")
    assert reading.scenario is not None
    return reading.scenario


def stored(place: Town) -> int:
    return len(scenarios.listed(place.house, place.user("coordonnateur"), limit=200).rows)


def test_a_list_is_shown_row_by_row_and_nothing_is_kept(place: Town, client: TestClient) -> None:
    first = begun(client)
    before = stored(place)
    content = LIST.format(place="54329")
    answer = sent(client, "entreprises/preview", {"scenario": first}, ("file", "l.csv", content))
    told = answer.json()
    assert answer.status_code == 200, answer.text
    assert (told["read"], told["taken"], told["changed"], told["refused"]) == (3, 2, 1, 1)
    reasons = {(r["outcome"], tuple(r["lines"])): r["why"] for r in told["reasons"]}
    assert "réunie avec la ligne 2" in reasons["changee", (3,)]
    assert "14 chiffres" in reasons["refusee", (4,)]
    assert any("Contact" in note and "laissées à la porte" in note for note in told["notes"])
    tables = {row["table"]: row for row in told["tables"]}
    assert tables["accueils"] == {"table": "accueils", "added": 1, "changed": 0, "same": 0}
    assert stored(place) == before
    assert "Zorglubov" not in answer.text


def test_what_is_accepted_becomes_a_variant_that_says_so(place: Town, client: TestClient) -> None:
    first = begun(client)
    part = ("file", "l.csv", LIST.format(place="54329"))
    answer = sent(client, "entreprises", {"scenario": first, "tag": ["pôle"]}, part)
    record = answer.json()
    assert answer.status_code == 201, answer.text
    assert (record["parent"], record["origin"], record["tags"]) == (first, "import", ["pôle"])
    assert answer.headers["Location"] == f"/api/v1/scenarios/{record['id']}"
    (host,) = kept(place, record["id"]).hosts
    assert (host.id, host.slots, host.publics) == ("55200000100013", 2, ("3E", "2GT"))
    again = sent(client, "entreprises", {"scenario": record["id"]}, part)
    assert (again.status_code, again.json()["code"]) == (409, "etat-contraire")
    kept_before = kept(place, first)
    assert kept_before.hosts == ()


def test_from_nothing_to_a_scenario_by_requests_alone(place: Town, client: TestClient) -> None:
    first = begun(client, title="Lunéville d’essai")
    counts = "uai;n3\n0540001H;40\n0540022F;30\n"
    second = sent(client, "effectifs", {"scenario": first}, ("file", "c.csv", counts)).json()["id"]
    answer = client.post("/api/v1/imports/simulation", params={"scenario": second, "seed": 3})
    assert answer.status_code == 201, answer.text
    made = kept(place, answer.json()["id"])
    assert made.title == "Lunéville d’essai"
    assert sum(d.headcount for d in made.divisions) == 70
    assert made.periods
    assert all(h.id.startswith("990") for h in made.hosts)


SECRETS = ("ZORGLUBOV", "Anastasie", "123456789AB", "14/03/2010", "0600000001")
SIECLE = (
    "INE;Nom de famille;Prénom;Date naissance;Code MEF;Division;Téléphone\n"
    "123456789AB;ZORGLUBOV;Anastasie;14/03/2010;24733007311;2ASSP1;0600000001\n"
)


def test_a_file_that_names_pupils_is_refused_and_leaves_no_trace(
    place: Town, client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    first = begun(client)
    answers = [
        sent(client, path, {"scenario": first, "school": "0540037X"}, ("file", "s.csv", SIECLE))
        for path in ("eleves/preview", "eleves")
    ]
    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (422, "fichier-refuse")
        (fault,) = answer.json()["fautes"]
        assert fault["code"] == "identite"
        assert "importer pseudonymes" in fault["hint"]
    on_disk = b"".join(f.read_bytes() for f in place.settings.home.rglob("*") if f.is_file())
    said = caplog.text + "".join(a.text for a in answers) + on_disk.decode("latin-1")
    assert not [secret for secret in SECRETS if secret.casefold() in said.casefold()]


def test_pupils_come_with_their_pseudonyms(place: Town, client: TestClient) -> None:
    first = begun(client)
    content = (
        "pseudonyme;age;uai;division;mef;code_commune\n"
        "e0123456789ab;15;0540037X;2ASSP1;24733007311;54039\n"
        "Zorglubov Anna;15;0540037X;2ASSP1;24733007311;54039\n"
    )
    told = sent(client, "eleves/preview", {"scenario": first}, ("file", "e.csv", content))
    assert (told.json()["taken"], told.json()["refused"]) == (1, 1)
    assert "Zorglubov" not in told.text
    made = sent(client, "eleves", {"scenario": first}, ("file", "e.csv", content))
    (pupil,) = kept(place, made.json()["id"]).pupils
    assert (pupil.id, pupil.age, pupil.home) == ("e0123456789ab", 15, "54039")


def test_a_large_file_is_never_put_on_a_disk(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = begun(client)

    def refused(*_: object, **__: object) -> None:
        raise AssertionError("a file sent was written to a disk")

    monkeypatch.setattr(tempfile, "TemporaryFile", refused)
    rows = LIST.format(place="54329") + f"55200000100021;B;54329;3e;1;{'x' * 500};\n" * 4_000
    assert len(rows) > 2_000_000
    answer = sent(client, "entreprises/preview", {"scenario": first}, ("file", "l.csv", rows))
    assert answer.json()["read"] == 4_003


@pytest.mark.parametrize(
    ("params", "parts", "status", "code"),
    [
        ({}, [("file", "l.csv", "x")], 422, "requete-invalide"),
        ({"scenario": "inconnu"}, [("file", "l.csv", "x")], 404, "introuvable"),
        (NEW | {"bassin": "AILLEURS"}, [("file", "l.csv", "x")], 403, "bassin-etranger"),
        (NEW, [("autre", "l.csv", "x")], 422, "requete-invalide"),
        (NEW, [("file", "l.pdf", "x")], 422, "fichier-refuse"),
        (NEW, [("file", "l.csv", "nom;x\n" * 1_000_002)], 413, "trop-de-cellules"),
        (NEW, [("file", "l.csv", "nom;publics\na;3e"), ("communes", "c.csv", "x")], 422,
         "fichier-refuse"),
        (NEW | {"publics": "astronautes"}, [("file", "l.csv", "x")], 422, "requete-invalide"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_as_a_problem(
    client: TestClient, params: dict[str, str], parts: list[Any], status: int, code: str
) -> None:
    answer = sent(client, "entreprises/preview", params, *parts)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert not ENGLISH.search(answer.json()["detail"])


def test_a_form_is_asked_for(client: TestClient) -> None:
    first = begun(client)
    answer = client.post("/api/v1/imports/entreprises", params={"scenario": first}, content=b"x")
    assert (answer.status_code, answer.json()["code"]) == (415, "format-inconnu")


@pytest.mark.parametrize(
    ("damage", "source"),
    [
        (damage, source)
        for damage, source in zip(sorted(DAMAGES), itertools.cycle(SOURCES))
        if damage not in ("trop-gros", "classeur-enorme", "absent", "dossier")
    ],
)
def test_a_damaged_file_gets_an_answer_or_a_problem(
    client: TestClient, damage: str, source: str, tmp_path: Path
) -> None:
    expected, spoil = DAMAGES[damage]
    file = spoil(tmp_path, CLEAN[source])
    answer = sent(
        client, f"{source}/preview", {"scenario": begun(client), "school": "0540037X"},
        ("file", file.name, file.read_bytes()), ("communes", "c.csv", COMMUNES),
        ("activities", "s.csv", SECTORS),
    )  # fmt: skip
    told = answer.json()
    if answer.status_code == 200:
        assert told["taken"] + told["refused"] == told["read"]
        refused = sum(r["rows"] for r in told["reasons"] if r["outcome"] == "refusee")
        assert refused == told["refused"], "every row refused has its reason"
        assert expected != "file" or not told["tables"]
    else:
        assert told["code"] in (
            "fichier-refuse", "archive-illisible", "trop-compresse", "format-inconnu",
        ), told  # fmt: skip
        assert expected != "same"
        for sentence in (told["detail"], *(f["message"] for f in told.get("fautes", ()))):
            assert not ENGLISH.search(sentence)


def test_the_sources_and_their_columns_are_listed(client: TestClient) -> None:
    told = {row["source"]: row for row in client.get("/api/v1/imports").json()}
    assert {"etablissements", "eleves", "entreprises"} <= set(told)
    headers = [h for c in told["eleves"]["columns"] for h in c["headers"]]
    assert "pseudonyme" in headers
    assert "ine" not in headers
