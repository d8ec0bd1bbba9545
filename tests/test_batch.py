"""Batches: nothing twice, nothing lost, faults set aside, on any cluster, told in the end."""

import csv
import gc
import os
import shutil
import signal
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from itertools import pairwise
from pathlib import Path
from threading import Event
from time import sleep
from typing import Any

import pandas as pd
import pytest
from distributed import Client, LocalCluster
from hypothesis import given
from hypothesis import strategies as st
from processes import until

from scenarios import read, read_own_plan, write
from scenarios.generate import academy
from service.batch import conduct
from service.batch.budget import LEAST_SECONDS, beside, shares
from service.batch.conduct import MEMORY, Conductor, Planned, Standing, standing
from service.batch.gather import Aside, Task, gather
from service.batch.manifest import batch
from service.batch.report import markdown
from service.batch.running import Means, run_all
from service.batch.store import Store
from service.batch.summary import rows, write_table
from service.batch.work import Outcome
from service.exports.page import html
from service.jobs import cluster
from service.jobs import task as jobs
from service.jobs.child import Tell
from service.jobs.cluster import CORES, MEGABYTES, Room, opened
from service.jobs.messages import Progress
from solver.errors import InvalidScenario
from solver.verify import verify


@pytest.fixture(scope="module")
def poles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three small bassins in a folder."""
    folder = tmp_path_factory.mktemp("academie")
    for name, scenario in academy(5, bassins=3, pupils=240):
        write(scenario, folder / name)
    return folder


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    """A cluster within this process: what is patched here is patched there."""
    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=False,
            dashboard_address="127.0.0.1:0",
            protocol="inproc://",
            resources={CORES: 1, MEGABYTES: MEMORY},
        ) as local,
        Client(local, set_as_default=False) as client,
    ):
        yield Room(client)


def tasks_of(path: Path) -> list[Task]:
    return [found for found in gather(batch(path)) if isinstance(found, Task)]


def run(path: Path, store: Store, room: Room, **settings: Any) -> Mapping[str, Standing]:
    standings = {
        t.key: standing(Planned(t, 1.0), store, settings.get("attempts", 3)) for t in tasks_of(path)
    }
    Conductor(room, store, **settings).run(standings)
    return standings


# --- what to run ---------------------------------------------------------------------------------


def test_a_folder_is_a_batch_of_all_scenarios_below_it(poles: Path) -> None:
    found = batch(poles)
    assert list(found.paths) == ["pole-01", "pole-02", "pole-03"]
    assert found.seeds == (0,)
    assert len({t.key for t in tasks_of(poles)}) == 3


def test_a_folder_of_links_and_of_files_is_a_batch_too(poles: Path, tmp_path: Path) -> None:
    (tmp_path / "lié").symlink_to((poles / "pole-01").absolute(), target_is_directory=True)
    shutil.make_archive(str(tmp_path / "zippé"), "zip", poles / "pole-02")
    assert list(batch(tmp_path).paths) == ["lié", "zippé.zip"]


def test_a_manifest_crosses_scenarios_price_lists_and_seeds(poles: Path) -> None:
    manifest = poles / "essai.toml"
    manifest.write_text(
        'titre = "Essai"\nscenarios = ["pole-0[12]"]\ngraines = [0, 1]\n'
        "[baremes.propre]\n[baremes.dates]\ndecalage_semaine = 20\n",
        "utf-8",
    )
    tasks = tasks_of(manifest)
    assert len(tasks) == len({t.key for t in tasks}) == 2 * 2 * 2
    dearer = next(t for t in tasks if t.prices == "dates").scenario()
    assert dearer is not None
    assert dearer.prices.week_shift == 20
    assert tasks[0].label == "pole-01 · propre"


def test_a_manifest_says_all_its_faults_at_once(tmp_path: Path) -> None:
    manifest = tmp_path / "lot.toml"
    manifest.write_text(
        "[baremes.a]\nnon_plase = 3\n[baremes.b]\nnon_place = -1\ninternat = 'cher'\n", "utf-8"
    )
    with pytest.raises(InvalidScenario) as refused:
        batch(manifest)
    columns = {fault.column for fault in refused.value.faults}
    assert columns == {"baremes.a.non_plase", "baremes.b.non_place", "baremes.b.internat"}


def test_a_scenario_with_faults_is_set_aside_with_all_of_them(poles: Path, tmp_path: Path) -> None:
    shutil.copytree(poles / "pole-01", tmp_path / "bon")
    shutil.copytree(poles / "pole-02", tmp_path / "poison")
    hosts = tmp_path / "poison" / "accueils.csv"
    hosts.write_text(hosts.read_text("utf-8").replace(";CAP", ";CAPP"), "utf-8")
    (tmp_path / "poison" / "scenario.toml").write_text('titre = "P"\nannee = "x"\n', "utf-8")
    good, bad = gather(batch(tmp_path))
    assert isinstance(good, Task)
    assert isinstance(bad, Aside)
    assert bad.name == "poison"
    assert len(bad.faults) > 1


# --- how long ------------------------------------------------------------------------------------


@given(
    st.lists(st.integers(1, 50_000), min_size=1, max_size=40),
    st.floats(1, 10_000),
    st.integers(1, 16),
)
def test_time_is_shared_by_size_within_the_whole(
    demands: list[int], seconds: float, slots: int
) -> None:
    given_ = shares(demands, seconds, slots)
    assert all(s >= LEAST_SECONDS for s in given_)
    spent = sum(given_) + sum(map(beside, demands))
    floor = len(demands) * LEAST_SECONDS + sum(map(beside, demands))
    assert spent == pytest.approx(max(seconds * slots, floor), rel=1e-6) or spent <= floor * 1.001
    by_size = sorted(zip(demands, given_, strict=True))
    assert all(a[1] <= b[1] + 1e-9 for a, b in pairwise(by_size))


# --- running -------------------------------------------------------------------------------------


def quick(task: jobs.Task, tell: Tell) -> Outcome:
    """In place of a search: how tasks are conducted does not depend on what they do."""
    tell(Progress(seconds=0.1, cost=7, phase="recherche"), b"")
    return Outcome({"cout": 5, "sans_place": 0, "infractions": 0}, {"calendrier.csv": b"x"})


@pytest.fixture(scope="module")
def solved(
    poles: Path, tmp_path_factory: pytest.TempPathFactory, room: Room
) -> tuple[Path, Store, Mapping[str, Standing]]:
    """One bassin under two price lists with two seeds, really solved."""
    manifest = poles / "vrai.toml"
    manifest.write_text(
        'scenarios = ["pole-01"]\ngraines = [0, 1]\n'
        "[baremes.propre]\n[baremes.trajets]\ntrajet_minute = 5\n",
        "utf-8",
    )
    store = Store(tmp_path_factory.mktemp("lot"))
    return manifest, store, run(manifest, store, room)


def test_all_plans_are_there_and_keep_every_rule(
    solved: tuple[Path, Store, Mapping[str, Standing]],
) -> None:
    manifest, store, ended = solved
    assert [s.state for s in ended.values()] == ["fait"] * 4
    assert list(store.keys()) == sorted(ended)
    for task in tasks_of(manifest):
        scenario = task.scenario()
        assert scenario is not None
        plan = read_own_plan(store.plan(task.key), scenario).plan
        report = verify(scenario, plan)
        assert not report.violations
        assert report.cost == (store.figures(task.key) or {})["cout"]


def test_nothing_is_computed_twice(
    poles: Path, tmp_path: Path, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    def noted(task: jobs.Task, tell: Tell) -> Outcome:
        calls.append(task.key)
        sleep(0.5)
        return quick(task, tell)

    monkeypatch.setattr(conduct, "work", noted)
    store = Store(tmp_path / "lot")
    gc.disable()
    try:
        first = run(poles, store, room)
        sleep(0.5)
        assert not room.client.futures, "what is still asked for is computed again with its worker"
    finally:
        gc.enable()
    again = run(poles, store, room)
    assert [s.state for s in first.values()] == ["fait"] * 3
    assert [s.state for s in again.values()] == ["déjà là"] * 3
    assert sorted(calls) == sorted(first)


def test_a_batch_stopped_midway_goes_on_where_it_was(
    poles: Path, tmp_path: Path, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(task: jobs.Task, tell: Tell) -> Outcome:
        sleep(0.3)
        return quick(task, tell)

    monkeypatch.setattr(conduct, "work", slowly)
    store = Store(tmp_path / "lot")
    run(poles, store, room, stop=lambda: any(store.keys()))
    kept = set(store.keys())
    assert 0 < len(kept) < 3
    after = run(poles, store, room)
    assert {k for k, s in after.items() if s.state == "déjà là"} == kept
    assert set(store.keys()) == set(after)


def test_a_task_that_fails_is_tried_again_so_many_times_then_set_aside_for_good(
    poles: Path, tmp_path: Path, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    def fragile(task: jobs.Task, tell: Tell) -> Outcome:
        calls.append(task.key)
        if calls.count(task.key) < 2 or task.key == poison:
            raise RuntimeError("mémoire corrompue")
        return quick(task, tell)

    poison = tasks_of(poles)[1].key
    monkeypatch.setattr(conduct, "work", fragile)
    store = Store(tmp_path / "lot")
    ended = {s.planned.task.name: s for s in run(poles, store, room, attempts=2).values()}
    assert [s.state for s in ended.values()] == ["fait", "écarté", "fait"]
    assert calls.count(poison) == 2
    assert "mémoire corrompue" in ended["pole-02"].reasons[0]
    again = {s.planned.task.name: s for s in run(poles, store, room, attempts=2).values()}
    assert again["pole-02"].state == "écarté"
    assert calls.count(poison) == 2
    assert (store.figures(ended["pole-01"].planned.task.key) or {})["essais"] == 2


class Watched(Room):
    """Workers that are there or not, as the test says; who was restarted."""

    def __init__(self, room: Room, gone: bool) -> None:
        super().__init__(room.client)
        self.gone, self.restarted, self.ended = gone, list[str](), Event()

    def addresses(self) -> set[str]:
        return set() if self.gone else super().addresses()

    def restart(self, worker: str) -> None:
        self.restarted.append(worker)
        self.ended.set()


@pytest.mark.parametrize("gone", [False, True])
def test_a_task_that_does_not_end_is_tried_elsewhere_but_one_whose_worker_died_is_not_late(
    poles: Path, tmp_path: Path, room: Room, monkeypatch: pytest.MonkeyPatch, gone: bool
) -> None:
    """What was told last of a task that waits for another worker came from a dead one."""
    calls, watched = list[str](), Watched(room, gone)

    def stuck(task: jobs.Task, tell: Tell) -> Outcome:
        calls.append(task.key)
        tell(Progress(seconds=0.1, cost=7, phase="recherche"), b"")
        if len(calls) == 1:
            watched.ended.wait(5.0 if gone else 60.0)
        return quick(task, tell)

    monkeypatch.setattr(conduct, "work", stuck)
    monkeypatch.setattr(conduct, "_OVERDUE_FACTOR", 0.0)
    monkeypatch.setattr(conduct, "_OVERDUE_SECONDS", 2.0)
    store = Store(tmp_path / "lot")
    (ended,) = run(poles / "pole-01", store, watched).values()
    assert ended.state == "fait"
    assert len(watched.restarted) == (0 if gone else 1)
    assert len(calls) == (1 if gone else 2)
    assert (store.figures(ended.planned.task.key) or {})["essais"] == len(calls)


def test_a_scenario_without_any_plan_is_an_answer_and_is_kept(
    poles: Path, tmp_path: Path, room: Room
) -> None:
    folder = tmp_path / "impossible"
    shutil.copytree(poles / "pole-01", folder)
    uai = read(folder).periods[0].division.split("-")[0]
    with (folder / "blocages.csv").open("a", encoding="utf-8") as closures:
        closures.write(f"{uai};2026-W36;2027-W26;travaux\n")
    store = Store(tmp_path / "lot")
    (ended,) = run(folder, store, room).values()
    assert ended.state == "écarté"
    assert ended.reasons[0]
    (again,) = run(folder, store, room).values()
    assert (again.state, again.reasons) == (ended.state, ended.reasons)


def test_several_workers_at_an_address_run_the_same_batch(
    poles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conduct, "work", quick)
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, dashboard_address="127.0.0.1:0",
        host="127.0.0.1", protocol="tcp://", resources={CORES: 1, MEGABYTES: MEMORY},
    ) as elsewhere:  # fmt: skip
        means = Means(elsewhere.scheduler_address)
        store = Store(tmp_path / "lot")
        ended = run_all(tasks_of(poles), store, 5.0, means, lambda slots: nullcontext(listened))
        assert [s.state for s in ended.values()] == ["fait"] * 3
        assert all(s.worker.startswith("tcp://127.0.0.1") for s in ended.values())
        assert elsewhere.status.name == "running"


@pytest.mark.slow
def test_a_worker_that_dask_gave_up_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """It does where one is long in coming back, and leaves the cluster with one fewer for good."""
    monkeypatch.setattr(cluster, "_MEND_SECONDS", 1.0)
    with opened("", workers=1, cores=1, megabytes=MEMORY) as room:
        (first,) = room.client.run(os.getpid).values()
        nannies = room.client.cluster.workers
        until(lambda: bool(nannies))  # Dask writes it down after the worker has said hello
        (nanny,) = nannies.values()
        room.client.sync(nanny.close)
        again = room.client.submit(os.getpid, resources={CORES: 1}, pure=False)
        assert again.result(timeout=120) != first


def listened(standings: Mapping[str, Standing]) -> None:
    assert len(standings) == 3


@pytest.mark.slow
def test_workers_killed_again_and_again_lose_nothing_and_do_nothing_twice(tmp_path: Path) -> None:
    """Processes this time: their workers are killed while they search, their searches end too."""
    for name, scenario in academy(8, bassins=6, pupils=360):
        write(scenario, tmp_path / "academie" / name)
    tasks = tasks_of(tmp_path / "academie")
    store = Store(tmp_path / "lot")
    kept: list[int] = []
    with opened("", workers=2, cores=1, megabytes=MEMORY) as room:

        def watch(standings: Mapping[str, Standing]) -> None:
            done = sum(s.state == "fait" for s in standings.values())
            searching = any(s.state == "en cours" for s in standings.values())
            if done in (1, 3) and done not in kept and searching:
                kept.append(done)
                alive = room.client.run(os.getpid, on_error="ignore")
                os.kill(min(alive.values()), signal.SIGKILL)

        standings = {t.key: standing(Planned(t, 2.0), store) for t in tasks}
        Conductor(room, store, listener=watch).run(standings)
    assert kept == [1, 3]
    assert [s.state for s in standings.values()] == ["fait"] * 6
    assert list(store.keys()) == sorted(standings)
    for task in tasks:
        scenario = read(task.path)
        assert not verify(scenario, read_own_plan(store.plan(task.key), scenario).plan).violations
        assert (store.figures(task.key) or {})["essais"] == 1


# --- telling -------------------------------------------------------------------------------------


def test_results_are_told_as_parquet_csv_and_one_page(
    solved: tuple[Path, Store, Mapping[str, Standing]],
) -> None:
    _, store, ended = solved
    told = rows(ended, [Aside("vide", ("rien dans « divisions »",))], store)
    parquet, text = write_table(told, store.folder)
    table = pd.read_parquet(parquet)
    assert len(table) == 5
    assert table["infractions"].dropna().eq(0).all()
    with text.open(encoding="utf-8-sig", newline="") as lines:
        read_back = list(csv.DictReader(lines, delimiter=";"))
    assert [int(r["cout"]) for r in read_back[:4]] == table["cout"].dropna().tolist()
    page = markdown("Rentrée", told)
    for title in ("Scénario par scénario", "Barèmes côte à côte", "D’une graine à l’autre"):
        assert f"## {title}" in page
    assert "rien dans « divisions »" in page
    assert html("Rentrée", page).count("<table>") == 4
    assert "<script" not in html("x", "<script>alert(1)</script>")
