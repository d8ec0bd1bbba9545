"""`/runs`: accepted and on record, read in short and in full, followed live, stopped, varied."""

import json
from collections.abc import Iterator
from threading import Thread
from time import sleep
from typing import Any

import pytest
from town import BACKENDS, Town, packed, town, village, village_solved

from service.acts import scenarios
from service.jobs.messages import Better, End, Progress
from service.jobs.record import Record, take
from service.packing import pack_plan, unpack_plan
from service.store import runs as rows
from service.tables import CheckpointRow


@pytest.fixture(scope="module", params=BACKENDS)
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    with town(tmp_path_factory.mktemp("runs"), request.param, runs_per_account=50) as built:
        built.coordinator()
        built.rectorat()
        yield built


@pytest.fixture(scope="module")
def scenario_id(place: Town) -> str:
    return scenarios.submit(place.house, place.user("coordonnateur"), packed(village())).id


def asked(place: Town, scenario_id: str, **more: Any) -> dict[str, Any]:
    answer = place.signed_in("coordonnateur").post(
        "/api/v1/runs", json={"scenario": scenario_id, **more}
    )
    assert answer.status_code == 202, answer.text
    body = answer.json()
    assert answer.headers["Location"] == f"/api/v1/runs/{body['id']}"
    return dict(body)


def worked(place: Town, run_id: str) -> Record:
    """The run taken up by a worker."""
    taken = take(place.house.database, run_id, 0)
    assert taken is not None
    return Record(place.house.database, taken)


STAND = Progress(seconds=1, cost=90_000, unplaced=3, bound=40_000, phase="recherche")
END = End(ending="done", outcome="feasible", seconds=2, cost=80_000, bound=50_000, unplaced=2)


def test_a_run_is_accepted_then_read_in_short_and_in_full(place: Town, scenario_id: str) -> None:
    run = asked(
        place, scenario_id, title="Un essai", tags=["a"], seed=3, urgency="pressant",
        stop={"seconds": 9, "gap": 0.05, "stalled_seconds": 4},
    )  # fmt: skip
    client = place.signed_in("coordonnateur")
    short = client.get(f"/api/v1/runs/{run['id']}/metadata").json()
    assert short == run
    assert (short["status"], short["title"], short["tags"]) == ("submitted", "Un essai", ["a"])
    full = client.get(f"/api/v1/runs/{run['id']}").json()
    assert {key: full[key] for key in short} == short
    assert full["stop"] == {"seconds": 9, "gap": 0.05, "stalled_seconds": 4}
    assert (full["seed"], full["plan"], full["error"], full["curve"]) == (3, None, None, [])
    listed = client.get("/api/v1/runs", params={"status": "submitted", "tag": "a"}).json()
    assert run["id"] in [line["id"] for line in listed["lignes"]]


def test_the_five_moments_of_a_run(place: Town, scenario_id: str) -> None:
    run = asked(place, scenario_id)
    record = worked(place, run["id"])
    record.hear(STAND, b"")
    record.write()
    record.hear(Progress(**{**STAND.model_dump(), "phase": "indicateurs"}), b"")
    record.write()
    with record:
        assert record.finish("completed", END, None, None)
    client = place.signed_in("coordonnateur")
    full = client.get(f"/api/v1/runs/{run['id']}").json()
    names = ("submitted_at", "started_at", "active_at", "completed_at", "ended_at")
    moments = [full[name] for name in names]
    assert None not in moments
    assert moments == sorted(moments)
    assert (full["status"], full["cost"], full["gap"]) == ("completed", 80_000, 0.375)
    assert [(p["cost"], p["phase"]) for p in full["curve"]] == [
        (90_000, "recherche"), (90_000, "indicateurs"),
    ]  # fmt: skip


def test_a_run_is_followed_to_its_end_then_has_nothing_more_to_tell(
    place: Town, scenario_id: str
) -> None:
    run = asked(place, scenario_id)
    client = place.signed_in("coordonnateur")

    def work() -> None:
        sleep(0.5)
        record = worked(place, run["id"])
        record.hear(STAND, b"")
        record.write()
        sleep(1.5)
        with record:
            record.finish("completed", END, None, None)

    thread = Thread(target=work)
    thread.start()
    answer = client.get(f"/api/v1/runs/{run['id']}/progress")
    thread.join()
    assert answer.headers["content-type"].startswith("text/event-stream")
    blocks = [dict(line.split(": ", 1) for line in block.splitlines())
              for block in answer.text.replace("\r", "").strip().split("\n\n")]  # fmt: skip
    said = [(block["event"], json.loads(block["data"])) for block in blocks]
    assert [event for event, _ in said[:-1]] == ["progress"] * (len(said) - 1)
    assert said[-1][0] == "end"
    assert said[-1][1]["run"]["status"] == "completed"
    assert [p["cost"] for _, body in said for p in body["points"]] == [90_000]
    after = client.get(f"/api/v1/runs/{run['id']}/progress")
    assert (after.status_code, after.json()["code"]) == (410, "deja-final")


def test_a_run_stopped_before_it_began_has_ended(place: Town, scenario_id: str) -> None:
    run = asked(place, scenario_id)
    client = place.signed_in("coordonnateur")
    answer = client.delete(f"/api/v1/runs/{run['id']}")
    assert (answer.status_code, answer.json()["status"]) == (202, "stopped")
    again = client.delete(f"/api/v1/runs/{run['id']}")
    assert (again.status_code, again.json()["code"]) == (410, "deja-final")


def test_the_best_plan_so_far_can_be_had(place: Town, scenario_id: str) -> None:
    run = asked(place, scenario_id)
    client = place.signed_in("coordonnateur")
    none = client.get(f"/api/v1/runs/{run['id']}/best")
    assert (none.status_code, none.json()["code"]) == (404, "introuvable")
    record = worked(place, run["id"])
    plan = village_solved().plan
    assert plan is not None
    better = Better(file="x", seconds=1, cost=1, unplaced=1)
    record.hear(better, pack_plan(village(), plan))
    record.write()
    content = client.get(f"/api/v1/runs/{run['id']}/best").content
    assert set(unpack_plan(content, village()).plan.placements) == set(plan.placements)


def test_a_run_is_varied_by_a_patch(place: Town, scenario_id: str) -> None:
    run = asked(place, scenario_id, stop={"seconds": 7}, seed=5)
    client = place.signed_in("coordonnateur")
    change = {"op": "replace", "path": "/bareme/non_place", "value": 2000}
    answer = client.post(f"/api/v1/runs/{run['id']}/from-patch", json={"operations": [change]})
    assert answer.status_code == 202, answer.text
    other = client.get(answer.headers["Location"]).json()
    assert (other["stop"]["seconds"], other["seed"]) == (7, 5)
    assert other["scenario"] != scenario_id
    of = client.get(f"/api/v1/scenarios/{other['scenario']}").json()
    assert (of["parent"], of["patch"][0]["value"]) == (scenario_id, 2000)


def test_words_on_a_run_change_where_nobody_else_changed_them(
    place: Town, scenario_id: str
) -> None:
    run = asked(place, scenario_id)
    client, address = place.signed_in("coordonnateur"), f"/api/v1/runs/{run['id']}"
    tag = client.get(address).headers["ETag"]
    changed = client.patch(address, json={"title": "B", "tags": ["x"]}, headers={"If-Match": tag})
    assert (changed.json()["title"], changed.json()["tags"]) == ("B", ["x"])
    late = client.patch(address, json={"title": "C"}, headers={"If-Match": tag})
    assert (late.status_code, late.json()["code"]) == (412, "etat-change")


def test_a_request_sent_twice_is_one_run(place: Town, scenario_id: str) -> None:
    client = place.signed_in("coordonnateur")
    twice = [
        client.post(
            "/api/v1/runs", json={"scenario": scenario_id}, headers={"Idempotency-Key": "une-fois"}
        )
        for _ in range(2)
    ]
    assert twice[0].json()["id"] == twice[1].json()["id"]


def test_too_many_runs_are_told_when_to_come_back(place: Town, scenario_id: str) -> None:
    place.coordinator(login="presse")
    client = place.signed_in("presse")
    answers = [client.post("/api/v1/runs", json={"scenario": scenario_id}) for _ in range(51)]
    assert {a.status_code for a in answers[:50]} == {202}
    last = answers[50]
    assert (last.status_code, last.json()["code"]) == (429, "trop-de-calculs")
    assert int(last.headers["Retry-After"]) > 0


def test_the_rectorat_reads_figures_but_no_small_count(place: Town, scenario_id: str) -> None:
    run = asked(place, scenario_id)
    with worked(place, run["id"]) as record:
        record.finish("completed", END, None, None)
    seen = {
        login: place.signed_in(login).get(f"/api/v1/runs/{run['id']}").json()["unplaced"]
        for login in ("coordonnateur", "rectorat")
    }
    assert seen == {"coordonnateur": 2, "rectorat": None}


def test_the_metrics_count_what_is_on_record(place: Town, scenario_id: str) -> None:
    asked(place, scenario_id)
    text = place.stranger().get("/metrics").text
    figures = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    with place.house.database.reading() as session:
        counts = rows.by_status(session)
    assert float(figures['bassin_runs{status="submitted"}']) == counts["submitted"] > 0
    assert float(figures["bassin_run_longest_wait_seconds"]) > 0
    assert float(figures["process_resident_memory_bytes"]) > 0


def test_a_kept_plan_takes_the_place_of_the_checkpoint(place: Town, scenario_id: str) -> None:
    run = asked(place, scenario_id)
    record = worked(place, run["id"])
    record.hear(Better(file="x", seconds=1, cost=1, unplaced=1), b"plan")
    record.write()
    with record:
        record.finish("completed", END, None, None)
    with place.house.database.reading() as session:
        assert session.get(CheckpointRow, run["id"]) is None
