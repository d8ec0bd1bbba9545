"""The row is the record: one attempt holds it, a late twin writes nothing, the lost waits again."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from time import sleep

import psutil
import pytest
from sqlalchemy.exc import OperationalError
from town import BACKENDS, Town, packed, town, village, village_solved

from service.acts import runs, scenarios
from service.jobs.attempt import MOST_ATTEMPTS, Means, attempt
from service.jobs.dispatcher import Dispatcher
from service.jobs.messages import Better, End, Progress
from service.jobs.queue import BATCH, PRESSING, USUAL, in_turn
from service.jobs.record import Record, Taken, take
from service.logs import JsonLines
from service.packing import pack_plan
from service.refusals import Refusal
from service.settings import Settings
from service.store import Database
from service.store import runs as rows
from service.tables import RunRow


@pytest.fixture(scope="module", params=BACKENDS)
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    home = tmp_path_factory.mktemp("runs")
    with town(home, request.param, runs_per_account=1000) as built:
        built.coordinator()
        yield built


@pytest.fixture(scope="module")
def scenario_id(place: Town) -> str:
    return scenarios.submit(place.house, place.user("coordonnateur"), packed(village())).id


@pytest.fixture
def run(place: Town, scenario_id: str) -> RunRow:
    return runs.start(place.house, place.user("coordonnateur"), scenario_id, seconds=30)


def row(place: Town, run_id: str) -> RunRow:
    with place.house.database.reading() as session:
        found = session.get(RunRow, run_id)
        assert found is not None
        return found


def taken_up(place: Town, run: RunRow) -> Taken:
    taken = take(place.house.database, run.id, row(place, run.id).attempt)
    assert taken is not None
    return taken


def release(place: Town, run: RunRow) -> None:
    """As when whoever held the run has died."""
    Dispatcher(place.settings, place.house.database)._release(row(place, run.id))


STAND = Progress(seconds=2, cost=120_000, unplaced=40, bound=50_000, phase="recherche")
END = End(ending="stopped", outcome="feasible", seconds=3, cost=110_000, bound=60_000, unplaced=30)


def better(content: bytes = b"plan", cost: int = 119_000) -> tuple[Better, bytes]:
    return Better(file="x", seconds=2.5, cost=cost, unplaced=39, bound=51_000), content


def test_of_two_workers_one_takes_the_run_up(place: Town, run: RunRow) -> None:
    assert take(place.house.database, run.id, 0) is not None
    assert take(place.house.database, run.id, 0) is None
    held = row(place, run.id)
    assert (held.status, held.attempt) == ("started", 1)
    assert held.started_at is not None


def test_what_the_child_says_is_on_record(place: Town, run: RunRow) -> None:
    record = Record(place.house.database, taken_up(place, run))
    record.hear(STAND, b"")
    record.hear(*better())
    record.write()
    held = row(place, run.id)
    assert (held.status, held.cost, held.bound) == ("active", 120_000, 50_000)
    assert held.active_at is not None
    with place.house.database.reading() as session:
        kept = rows.checkpoint(session, run.id)
        assert kept is not None
        assert (kept.cost, kept.content, kept.attempt) == (119_000, b"plan", 1)
        assert [p.cost for p in rows.curve(session, run.id)] == [120_000]


def test_a_late_twin_overwrites_nothing(place: Town, run: RunRow) -> None:
    late = Record(place.house.database, taken_up(place, run))
    late.hear(*better(b"ancien"))
    late.write()
    release(place, run)
    late.hear(*better(b"en retard", cost=1))
    late.write()
    assert late.lost.is_set()
    second = Record(place.house.database, taken_up(place, run))
    second.hear(*better(b"nouveau", cost=118_000))
    second.write()
    with late:
        assert not late.finish("completed", END, None, None)
    held = row(place, run.id)
    assert (held.status, held.attempt) == ("started", 2)
    with place.house.database.reading() as session:
        kept = rows.checkpoint(session, run.id)
    assert kept is not None
    assert (kept.content, kept.attempt) == (b"nouveau", 2)


def test_an_attempt_goes_on_from_the_plan_of_the_one_before(place: Town, run: RunRow) -> None:
    first = Record(place.house.database, taken_up(place, run))
    first.hear(*better())
    first.write()
    release(place, run)
    second = taken_up(place, run)
    assert second.checkpoint is not None
    assert second.checkpoint.content == b"plan"
    record = Record(place.house.database, second)
    record.hear(*better(b"suite", cost=1000))
    record.write()
    with place.house.database.reading() as session:
        kept = rows.checkpoint(session, run.id)
    assert kept is not None
    assert kept.seconds == 5.0


def test_the_wish_to_stop_is_heard_at_the_next_beat(place: Town, run: RunRow) -> None:
    record = Record(place.house.database, taken_up(place, run))
    asked = runs.stop(place.house, place.user("coordonnateur"), run.id)
    assert asked.status == "started"
    record.write()
    assert record.stop.is_set()
    with record:
        assert record.finish("stopped", END, None, None)
    ended = row(place, run.id)
    assert (ended.status, ended.cost) == ("stopped", 110_000)
    assert None not in (ended.started_at, ended.active_at, ended.completed_at, ended.ended_at)
    with pytest.raises(Refusal) as refused:
        runs.stop(place.house, place.user("coordonnateur"), run.id)
    assert refused.value.code == "deja-final"


def test_a_run_that_nobody_works_at_stops_at_once(place: Town, run: RunRow) -> None:
    assert runs.stop(place.house, place.user("coordonnateur"), run.id).status == "stopped"
    assert take(place.house.database, run.id, 0) is None


def test_what_is_said_while_the_database_is_away_is_written_when_it_is_back(
    place: Town, run: RunRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = Record(place.house.database, taken_up(place, run))
    record.hear(STAND, b"")
    record.hear(*better())
    tries = []
    session = Database.session

    def away(database: Database) -> object:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("SELECT 1", {}, Exception("connection refused"))
        return session(database)

    monkeypatch.setattr(Database, "session", away)
    monkeypatch.setattr("service.jobs.record.BEAT_SECONDS", 0.01)
    with pytest.raises(OperationalError):
        record.write()
    with record:
        assert record.finish("completed", END, None, None)
    assert row(place, run.id).status == "completed"
    with place.house.database.reading() as opened:
        assert [p.cost for p in rows.curve(opened, run.id)] == [120_000]


def test_a_run_whose_workers_keep_dying_is_written_down_as_it_stands(
    place: Town, run: RunRow, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "service.jobs")
    scenario, result = village(), village_solved()
    assert result.plan is not None
    assert result.report is not None
    for _ in range(MOST_ATTEMPTS):
        record = Record(place.house.database, taken_up(place, run))
        record.hear(*better(pack_plan(scenario, result.plan), cost=result.report.cost))
        record.write()
        release(place, run)
    means = Means(1, 4096, place.settings.database)
    assert attempt(run.id, row(place, run.id).attempt, means) == "failed"
    ended = row(place, run.id)
    assert (ended.status, ended.error_code) == ("failed", "moteur-perdu")
    kept = runs.one(place.house, place.user("coordonnateur"), run.id)
    assert kept.plan_id is not None
    assert ended.cost == result.report.cost
    lines = [JsonLines().format(said) for said in caplog.records if said.name == "service.jobs"]
    assert len(lines) == MOST_ATTEMPTS + 2, "each lost attempt, the last one, and its end"
    assert {json.loads(line)["run"] for line in lines} == {run.id}


def test_the_pressing_go_first_then_each_bassin_in_turn() -> None:
    def asked(name: str, bassin: str, priority: int = USUAL) -> RunRow:
        return RunRow(
            id=name, scenario_id="", digest="", bassin=bassin, academy="", owner_id="",
            seconds=1, priority=priority,
        )  # fmt: skip

    waiting = [asked(f"a{i}", "A") for i in range(4)]
    waiting += [asked("b0", "B"), asked("b1", "B"), asked("lot", "C", BATCH)]
    waiting += [asked("vite", "A", PRESSING)]
    order = [r.id for r in in_turn(waiting, [asked("a-", "A")])]
    assert order == ["vite", "b0", "b1", "a0", "a1", "a2", "a3", "lot"]
    assert [r.id for r in in_turn(waiting[:6], [])] == ["a0", "b0", "a1", "b1", "a2", "a3"]


def test_an_account_with_too_many_runs_is_told_to_wait(place: Town, scenario_id: str) -> None:
    narrow = place.settings.model_copy(update={"runs_per_account": 1})
    place.house.settings, wide = narrow, place.house.settings
    try:
        user = place.person("coordonnateur", "autre", academy="Nancy-Metz", bassins=["LUNEVILLE"])
        runs.start(place.house, user, scenario_id, seconds=1)
        with pytest.raises(Refusal) as refused:
            runs.start(place.house, user, scenario_id, seconds=1)
        assert refused.value.code == "trop-de-calculs"
    finally:
        place.house.settings = wide


def nurseries() -> set[int]:
    """Processes below this one that load the engine; other tests may have left theirs."""
    below = psutil.Process().children(recursive=True)
    return {p.pid for p in below if "service.jobs.nursery" in p.cmdline()}


def test_a_service_that_serves_loads_the_engine_before_the_first_run(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, workers=1)
    database = Database(settings.database_url)
    database.migrate()
    before = nurseries()
    dispatcher = Dispatcher(settings, database, early=True)
    dispatcher.start()
    try:
        for _ in range(600):
            if nurseries() - before:
                break
            sleep(0.1)
        assert len(nurseries() - before) == 1
    finally:
        dispatcher.close()
        database.close()
