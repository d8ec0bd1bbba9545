"""Maps of the pôles: pooled, cut, exchanged, and never worse than what was there."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from scenarios import read, read_plan, write, write_plan
from scenarios.generate import academy
from scenarios.maps import distinct, exchanged, parted, pooled
from service.batch.conduct import Planned, Standing
from service.batch.gather import Task
from service.batch.store import Store
from service.maps.evaluate import Evaluation, Judged
from service.maps.page import write_page
from service.maps.suggest import Promise, neighbours, promises
from service.maps.wanted import Exchange, Pole, WantedMap, merger, read_map
from solver.domain import Plan, Scenario
from solver.errors import InvalidScenario
from solver.explain.parts import changed
from solver.search import solve


@pytest.fixture(scope="module")
def bassins() -> dict[str, Scenario]:
    return dict(academy(2, bassins=3, pupils=300))


@pytest.fixture(scope="module")
def pair(bassins: dict[str, Scenario]) -> dict[str, Scenario]:
    return {name: bassins[name] for name in ("pole-01", "pole-02")}


def test_pooled_bassins_hold_all_rows_of_each_and_are_valid(
    pair: dict[str, Scenario], tmp_path: Path
) -> None:
    both = pooled(pair, "Ensemble")
    assert len(both.demands()) == sum(len(s.demands()) for s in pair.values())
    assert len(both.hosts) == sum(len(s.hosts) for s in pair.values())
    write(both, tmp_path / "ensemble")
    assert read(tmp_path / "ensemble") == both


def test_pupils_of_one_pseudonym_in_two_bassins_are_told_apart(
    pair: dict[str, Scenario],
) -> None:
    one, other = pair.values()
    twin = other.model_copy(update={"pupils": (one.pupils[0],)})
    named = distinct({"a": one, "b": twin})
    assert named["a"].pupils[0].id == f"a/{one.pupils[0].id}"
    assert named["b"].pupils[0].id == f"b/{one.pupils[0].id}"
    assert {f.pupil for f in named["a"].found_places} <= {p.id for p in named["a"].everyone}
    assert distinct(pair) == pair


def test_bassins_that_disagree_say_every_row(pair: dict[str, Scenario]) -> None:
    one, other = pair.values()
    moved = one.places[0].model_copy(update={"latitude": 1.0})
    hosts = (one.hosts[0].model_copy(update={"slots": 99}), *other.hosts)
    twin = other.model_copy(update={"places": (moved, *other.places), "hosts": hosts, "zone": "A"})
    with pytest.raises(InvalidScenario) as refused:
        pooled({"a": one, "b": twin}, "Ensemble")
    assert {f.table for f in refused.value.faults} == {"zone", "lieux", "accueils"}


def test_settings_that_disagree_are_named(pair: dict[str, Scenario]) -> None:
    one, other = pair.values()
    prices = other.prices.model_copy(update={"unplaced": other.prices.unplaced + 1})
    with pytest.raises(InvalidScenario) as refused:
        pooled({"a": one, "b": other.model_copy(update={"prices": prices, "zone": "A"})}, "")
    said = {fault.table: fault.value for fault in refused.value.faults}
    assert said == {"zone": f"{one.zone} ; A", "bareme": "non_place"}


def test_the_parts_of_a_bassin_share_out_its_schools_pupils_and_hosts(
    pair: dict[str, Scenario], tmp_path: Path
) -> None:
    whole = pooled(pair, "Ensemble")
    sides = [{e.uai for e in s.establishments} for s in pair.values()]
    parts = [parted(whole, side, f"Partie {i}") for i, side in enumerate(sides)]
    for i, part in enumerate(parts):
        write(part, tmp_path / str(i))
        assert read(tmp_path / str(i)) == part
    for field in ("establishments", "divisions", "periods", "pupils", "hosts"):
        kept = [{row for row in getattr(part, field)} for part in parts]
        assert not kept[0] & kept[1]
    assert sum(len(p.hosts) for p in parts) == len(whole.hosts)
    assert sum(len(p.demands()) for p in parts) == len(whole.demands())


def test_an_exchange_opens_the_hosts_of_one_trade_and_no_other(
    pair: dict[str, Scenario],
) -> None:
    sector = next(
        s
        for d in pair["pole-01"].divisions
        for s in d.sectors
        if any(f"secteur:{s}" in h.diplomas for h in pair["pole-02"].hosts)
    )
    shared = exchanged(pair, [sector], "Échange")
    ours = {e.uai for e in pair["pole-01"].establishments}
    for host in pair["pole-02"].hosts:
        if host.reserved_for:
            continue
        opened = set(shared.host_of[host.id].reserved_for) & ours
        assert bool(opened) == (f"secteur:{sector}" in host.diplomas)


# --- worth ---------------------------------------------------------------------------------------


def run_here(tasks: Sequence[Task], store: Store, seconds: float) -> Mapping[str, Standing]:
    """What a batch does, one task after the other, in this process."""
    for task in tasks:
        scenario = task.scenario()
        assert scenario is not None
        start = None if task.start is None else read_plan(task.start, scenario)
        write_plan(store.plan(task.key), scenario, solve(scenario, iterations=300, start=start))
    return {t.key: Standing(Planned(t, seconds), "fait") for t in tasks}


def run_badly(tasks: Sequence[Task], store: Store, seconds: float) -> Mapping[str, Standing]:
    """The same, but whatever goes on from a plan forgets every placement of it."""
    for task in tasks:
        scenario = task.scenario()
        assert scenario is not None
        if task.start is None:
            write_plan(store.plan(task.key), scenario, solve(scenario, iterations=300))
        else:
            start = read_plan(task.start, scenario)
            signed = {(f.pupil, f.period) for f in scenario.found_places if f.status == "signee"}
            kept = tuple(p for p in start.placements if (p.pupil, p.period) in signed)
            bare = Plan(departures=start.departures, placements=kept)
            write_plan(store.plan(task.key), scenario, bare)
    return {t.key: Standing(Planned(t, seconds), "fait") for t in tasks}


@pytest.fixture(scope="module")
def judged(pair: dict[str, Scenario], tmp_path_factory: pytest.TempPathFactory) -> list[Judged]:
    """The two bassins merged, then sharing one trade."""
    table = Evaluation(pair, tmp_path_factory.mktemp("carte"), 2.0, run_here)
    exchange = Exchange(bassins=tuple(pair), sectors=("ehpad", "restaurants"))
    return table.judge([merger(tuple(pair)), WantedMap(title="Échange", exchanges=(exchange,))])


def test_a_merger_is_never_worse_than_the_sum_and_says_who_pays(judged: list[Judged]) -> None:
    merged, _ = judged
    before, after = merged.comparison.sides
    assert before.violations == after.violations == 0
    assert after.cost <= before.cost <= merged.separate
    assert merged.gain == before.cost - after.cost > 0
    before_, after_ = (sum(s.unplaced[i] for s in merged.comparison.schools) for i in (0, 1))
    unplaced = merged.comparison.measure("sans_place")
    assert unplaced.values == (before_, after_)


def test_an_exchange_gains_no_less_than_nothing_and_keeps_every_rule(judged: list[Judged]) -> None:
    _, exchange = judged
    assert [side.violations for side in exchange.comparison.sides] == [0, 0]
    assert exchange.gain >= 0


def test_a_merger_whose_search_fails_keeps_the_separate_plans(
    pair: dict[str, Scenario], tmp_path: Path
) -> None:
    (merged,) = Evaluation(pair, tmp_path, 2.0, run_badly).judge([merger(tuple(pair))])
    assert merged.kept
    assert merged.gain == 0
    assert not merged.comparison.pairs[0].lost


def test_a_bassin_cut_in_two_is_judged_against_the_whole(
    pair: dict[str, Scenario], tmp_path: Path
) -> None:
    name, scenario = next(iter(pair.items()))
    uais = [e.uai for e in scenario.establishments]
    poles = (
        Pole(name="Nord", bassins=(name,), schools=tuple(uais[:2])),
        Pole(name="Sud", bassins=(name,), schools=tuple(uais[2:])),
    )
    table = Evaluation({name: untied(scenario)}, tmp_path, 2.0, run_here)
    (cut,) = table.judge([WantedMap(poles=poles)])
    assert [side.violations for side in cut.comparison.sides] == [0, 0]
    assert cut.comparison.pairs[0].only_base == cut.comparison.pairs[0].only_other == 0


def untied(scenario: Scenario) -> Scenario:
    """Without what ties both sides of a cut: found places, chains under one quota."""
    regulation = scenario.regulation.model_copy(update={"legal_quota": False})
    return changed(scenario, regulation=regulation, found_places=())


def test_pooling_promises_most_where_one_has_the_pupils_and_its_neighbour_the_seats(
    pair: dict[str, Scenario],
) -> None:
    (poor_name, poor), (rich_name, rich) = pair.items()
    bare = changed(poor, hosts=(), capacities=(), found_places=(), closures=())
    plans = {n: _planned(s) for n, s in pair.items()}
    ordinary = max(p.points for p in promises(pair, plans))
    without = {poor_name: bare, rich_name: rich}
    (promise,) = promises(without, {poor_name: _planned(bare), rich_name: plans[rich_name]})
    assert promise.points > ordinary
    assert promise.fought_for


def test_bassins_far_apart_are_no_neighbours(pair: dict[str, Scenario]) -> None:
    (one_name, one), (other_name, other) = pair.items()
    assert [n[:2] for n in neighbours(pair)] == [(one_name, other_name)]
    away = tuple(p.model_copy(update={"latitude": p.latitude - 4}) for p in other.places)
    assert not list(neighbours({one_name: one, other_name: changed(other, places=away)}))


def _planned(scenario: Scenario) -> Plan:
    plan = solve(scenario, iterations=300).plan
    assert plan is not None
    return plan


# --- asking and telling --------------------------------------------------------------------------


def test_a_map_says_which_establishments_have_no_pole_or_two(
    bassins: dict[str, Scenario], tmp_path: Path
) -> None:
    uais = [e.uai for e in bassins["pole-01"].establishments]
    file = tmp_path / "carte.toml"
    file.write_text(
        f'[[poles]]\nnom = "N"\nbassins = ["pole-01"]\netablissements = {uais[:2]}\n'
        f'[[poles]]\nnom = "S"\nbassins = ["pole-01"]\netablissements = {uais[1:-1]}\n',
        "utf-8",
    )
    with pytest.raises(InvalidScenario) as refused:
        list(read_map(file).plannings(bassins))
    told = {f.value: f.message for f in refused.value.faults}
    assert "plusieurs" in told[f"{uais[1]} (pole-01)"]
    assert "sans pôle" in told[f"{uais[-1]} (pole-01)"]
    file.write_text('[[poles]]\nnom = "N"\nbassin = ["pole-99"]\n', "utf-8")
    with pytest.raises(InvalidScenario) as refused:
        read_map(file)
    assert {f.column for f in refused.value.faults} == {"poles.0.bassin", "poles.0.bassins"}


def test_the_page_shows_gains_losses_and_no_small_count(
    judged: list[Judged], tmp_path: Path
) -> None:
    found = [Promise(("pole-01", "pole-02"), 1200, 9000, ("ehpad",))]
    files = write_page("Carte", judged, found, tmp_path)
    page = (tmp_path / "carte.md").read_text("utf-8")
    assert "Qui gagne" in page
    assert "Qui paie" in page
    assert "pole-01 + pole-02" in page
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| Collège")]
    assert rows
    assert not {cell.strip() for row in rows for cell in row[2:4]} & {"1", "2", "3", "4"}
    assert all(file.stat().st_size for file in files)
    assert "data:image/png;base64," in (tmp_path / "carte.html").read_text("utf-8")
    lines = (tmp_path / "carte.csv").read_text("utf-8-sig").splitlines()
    assert len(lines) == 1 + sum(len(j.comparison.schools) for j in judged)
