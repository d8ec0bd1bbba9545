"""Scenarios through the API: sent, kept as received, measured; refused with every fault at once."""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from town import BACKENDS, Town, packed, town, village

from scenarios import digest, example


@pytest.fixture(params=BACKENDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Town]:
    with town(tmp_path, request.param) as built:
        yield built


def test_a_scenario_is_kept_as_received_and_measured(place: Town) -> None:
    client = place.client(place.coordinator())
    content = packed(village())
    answer = client.post("/api/v1/scenarios?tag=essai", content=content)
    assert answer.status_code == 201, answer.text
    record = answer.json()
    assert record["digest"] == digest(village())
    assert record["sizes"]["eleves"] == len(village().everyone)
    assert record["loads"]
    assert record["tags"] == ["essai"]
    again = client.get(answer.headers["Location"])
    assert again.json() == record
    kept = client.get(answer.headers["Location"] + "/content").content
    assert hashlib.sha256(kept).digest() == hashlib.sha256(content).digest()


def test_every_fault_is_told_and_nothing_is_kept(place: Town) -> None:
    client = place.client(place.coordinator())
    broken = io.BytesIO()
    with zipfile.ZipFile(broken, "w") as archive:
        for file in example("broken/trente-fautes").iterdir():
            archive.write(file, file.name)
    answer = client.post("/api/v1/scenarios", content=broken.getvalue())
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "scenario-invalide"
    assert len(answer.json()["fautes"]) >= 30
    assert client.get("/api/v1/scenarios").json() == {"lignes": [], "suite": None}


def test_health_and_readiness(place: Town) -> None:
    assert place.stranger().get("/health").json() == {"status": "ok"}
    assert place.stranger().get("/ready").json() == {"status": "ok"}


def test_the_document_describes_problems(place: Town) -> None:
    document = place.stranger().get("/api/v1/openapi.json").json()
    assert "Problem" in document["components"]["schemas"]
