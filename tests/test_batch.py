"""Batches: nothing twice, nothing lost, faults set aside, on any cluster, told in the end."""

import csv
import shutil
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from distributed import Client, LocalCluster
from hypothesis import given
from hypothesis import strategies as st

from scenarios import read, read_own_plan, write
from scenarios.generate import academy
from service.batch import conduct
from service.batch.budget import LEAST_SECONDS, beside, shares
from service.batch.cluster import cluster
from service.batch.conduct import Conductor, Planned, Standing, standing
from service.batch.gather import Aside, Task, gather
from service.batch.manifest import batch
from service.batch.report import markdown
from service.batch.store import Store
from service.batch.summary import rows, write_table
from service.batch.work import Outcome, work
from service.exports.page import html
from solver.errors import InvalidScenario
from solver.search.warm_up import warm_up
from solver.verify import verify


@pytest.fixture(scope="module")
def poles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three small bassins in a folder."""
    folder = tmp_path_factory.mktemp("academie")
    for name, scenario in academy(5, bassins=3, pupils=240):
        write(scenario, folder / name)
    return folder


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """A cluster within this process: what is patched here is patched there."""
    warm_up()
    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=False,
            dashboard_address="127.0.0.1:0",
            protocol="inproc://",
        ) as local,
        Client(local, set_as_default=False) as client,
    ):
        yield client


def tasks_of(path: Path) -> list[Task]:
    return [found for found in gather(batch(path)) if isinstance(found, Task)]


def run(path: Path, store: Store, client: Client, **settings: Any) -> Mapping[str, Standing]:
    standings = {
        t.key: standing(Planned(t, 1.0), store, settings.get("attempts", 3)) for t in tasks_of(path)
    }
    Conductor(client, store, iterations=200, **settings).run(standings)
    return standings


# --- what to run ---------------------------------------------------------------------------------


def test_a_folder_is_a_batch_of_all_scenarios_below_it(poles: Path) -> None:
    found = batch(poles)
    assert list(found.paths) == ["pole-01", "pole-02", "pole-03"]
    assert found.seeds == (0,)
    assert len({t.key for t in tasks_of(poles)}) == 3


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


def test_all_plans_are_there_and_keep_every_rule_and_nothing_is_computed_twice(
    poles: Path, tmp_path: Path, client: Client
) -> None:
    store = Store(tmp_path / "lot")
    first = run(poles, store, client)
    assert [s.state for s in first.values()] == ["fait"] * 3
    written = {key: (store.plan(key) / "bilan.json").stat().st_mtime_ns for key in first}
    assert list(store.keys()) == sorted(first)
    for task in tasks_of(poles):
        scenario = read(task.path)
        plan = read_own_plan(store.plan(task.key), scenario).plan
        assert not verify(scenario, plan).violations
    again = run(poles, store, client)
    assert [s.state for s in again.values()] == ["déjà là"] * 3
    assert written == {k: (store.plan(k) / "bilan.json").stat().st_mtime_ns for k in first}


def test_a_batch_stopped_midway_goes_on_where_it_was(
    poles: Path, tmp_path: Path, client: Client
) -> None:
    store = Store(tmp_path / "lot")
    halted = run(poles, store, client, stop=lambda: any(store.keys()))
    kept = set(store.keys())
    assert 0 < len(kept) < 3 or all(s.state == "fait" for s in halted.values())
    after = run(poles, store, client)
    assert {k for k, s in after.items() if s.state == "déjà là"} == kept
    assert set(store.keys()) == set(after)


def test_a_task_that_fails_is_tried_again_so_many_times_then_set_aside_for_good(
    poles: Path, tmp_path: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    def fragile(contents: Mapping[str, bytes], *rest: Any) -> Outcome:
        title = contents["scenario.toml"].decode().splitlines()[1]
        calls.append(title)
        if calls.count(title) < 2 or title == poison:
            raise RuntimeError("mémoire corrompue")
        return work(contents, *rest)

    poison = f'titre = "{read(poles / "pole-02").title}"'
    monkeypatch.setattr(conduct, "work", fragile)
    store = Store(tmp_path / "lot")
    ended = {s.planned.task.name: s for s in run(poles, store, client, attempts=2).values()}
    assert [s.state for s in ended.values()] == ["fait", "écarté", "fait"]
    assert calls.count(poison) == 2
    assert "mémoire corrompue" in ended["pole-02"].reasons[0]
    again = {s.planned.task.name: s for s in run(poles, store, client, attempts=2).values()}
    assert again["pole-02"].state == "écarté"
    assert calls.count(poison) == 2
    assert store.figures(ended["pole-01"].planned.task.key)["essais"] == 2  # type: ignore[index]


def test_a_scenario_without_any_plan_is_an_answer_and_is_kept(
    poles: Path, tmp_path: Path, client: Client
) -> None:
    folder = tmp_path / "impossible"
    shutil.copytree(poles / "pole-01", folder)
    uai = read(folder).periods[0].division.split("-")[0]
    with (folder / "blocages.csv").open("a", encoding="utf-8") as closures:
        closures.write(f"{uai};2026-W36;2027-W26;travaux\n")
    store = Store(tmp_path / "lot")
    (ended,) = run(folder, store, client).values()
    assert ended.state == "écarté"
    assert ended.reasons[0]
    (again,) = run(folder, store, client).values()
    assert (again.state, again.reasons) == (ended.state, ended.reasons)


def test_several_workers_at_an_address_run_the_same_batch(poles: Path, tmp_path: Path) -> None:
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, dashboard_address="127.0.0.1:0",
        host="127.0.0.1", protocol="tcp://",
    ) as elsewhere:  # fmt: skip
        store = Store(tmp_path / "lot")
        with cluster(elsewhere.scheduler_address) as client:
            ended = run(poles, store, client)
        assert [s.state for s in ended.values()] == ["fait"] * 3
        assert elsewhere.status.name == "running"


# --- telling -------------------------------------------------------------------------------------


def test_results_are_told_as_parquet_csv_and_one_page(
    poles: Path, tmp_path: Path, client: Client
) -> None:
    manifest = poles / "conte.toml"
    manifest.write_text(
        'scenarios = ["pole-01"]\ngraines = [0, 1]\n'
        "[baremes.propre]\n[baremes.trajets]\ntrajet_minute = 5\n",
        "utf-8",
    )
    store = Store(tmp_path / "lot")
    ended = run(manifest, store, client)
    asides = [Aside("vide", ("rien dans « divisions »",))]
    told = rows(ended, asides, store)
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
    shown = html("Rentrée", page)
    assert shown.count("<table>") == 4
    assert "<script" not in html("x", "<script>alert(1)</script>")
