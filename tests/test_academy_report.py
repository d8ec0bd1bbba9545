"""The report of an académie: national indicators first, equity, tension, no small count told."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from scenarios import write_plan
from scenarios.generate import academy
from service.academy.national import ratio, trades
from service.academy.page import markdown, write_report
from service.academy.poles import Pole, poles
from service.batch.store import Store
from service.batch.summary import COLUMNS, write_table
from service.exports.figures.poles import offers, rates
from solver.domain import FAMILIES
from solver.indicators import indicators
from solver.search import solve


@pytest.fixture(scope="module")
def lot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two bassins of a batch as `batch` leaves them."""
    folder = tmp_path_factory.mktemp("lot")
    rows = []
    for name, scenario in academy(9, bassins=2, pupils=500):
        result = solve(scenario, iterations=300)
        assert result.plan is not None
        assert result.report is not None
        figures = indicators(scenario, result.plan)
        write_plan(
            Store(folder).plan(name), scenario, result, indicators=figures.model_dump(mode="json")
        )
        for seed, cost in enumerate((result.report.cost, result.report.cost + 5)):
            told = {
                "nom": name, "bareme": "", "graine": seed, "etat": "fait", "cle": name,
                "titre": scenario.title, "academie": scenario.academy, "cout": cost,
                "borne": result.bound,
            }  # fmt: skip
            rows.append({column: told.get(column) for column in COLUMNS})
    write_table(rows, folder)
    return folder


@pytest.fixture(scope="module")
def now(lot: Path) -> list[Pole]:
    return poles(lot)


def test_each_pole_is_its_cheapest_plan(lot: Path, now: list[Pole]) -> None:
    assert [p.name for p in now] == ["pole-01", "pole-02"]
    for pole in now:
        summary = json.loads((Store(lot).plan(pole.name) / "bilan.json").read_text("utf-8"))
        assert pole.cost == summary["cout"]
        assert pole.figures.placed == summary["indicateurs"]["places"]


def test_offers_by_pupils_of_the_academie_are_between_those_of_its_poles(
    now: list[Pole],
) -> None:
    for family in FAMILIES:
        each = [p.ratio(family) or 0.0 for p in now]
        whole = ratio(now, family)
        assert whole is not None
        assert min(each) <= whole <= max(each)


def test_a_trade_adds_offers_and_pupils_of_all_poles_week_by_week(now: list[Pole]) -> None:
    for trade in trades(now):
        cells = [
            c
            for p in now
            for c in p.figures.tension
            if (c.public, c.sector, c.week) == (trade.public, trade.sector, trade.week)
        ]
        assert trade.offers == sum(c.offers for c in cells)
        assert trade.pupils == sum(c.pupils for c in cells)
    assert [t.ratio for t in trades(now)] == sorted(t.ratio for t in trades(now))


def test_small_counts_are_masked_and_cannot_be_subtracted(now: list[Pole]) -> None:
    few = now[0].figures.model_copy(update={"unplaced": 3, "placed": now[0].figures.demands - 3})
    page = markdown("Académie", [replace(now[0], figures=few), now[1]], None)
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| pole-")]
    assert [row[5] for row in rows] == ["< 5", "n. c."]
    assert [row[4] for row in rows] == ["n. c.", "n. c."]


def test_the_report_tells_evolution_and_comes_as_page_tables_and_pictures(
    now: list[Pole], tmp_path: Path
) -> None:
    worse = now[0].figures.model_copy(
        update={"divisions_moved": now[0].figures.divisions_moved + 4}
    )
    before = [replace(now[0], figures=worse), replace(now[1], name="pole-09", title="Ancien")]
    files = write_report("Académie", now, before, tmp_path)
    page = files[0].read_text("utf-8")
    assert page.index("Offres ÷ élèves") < page.index("placées")
    assert "(−4)" in page
    assert "Pôles disparus : Ancien." in page
    for heading in ("Pôle par pôle", "Équité entre pôles", "Secteurs en tension", "Évolution"):
        assert f"## {heading}" in page
    assert files[1].read_text("utf-8").count("data:image/png;base64,") == 2
    with (tmp_path / "academie.csv").open(encoding="utf-8-sig", newline="") as lines:
        assert len(list(csv.DictReader(lines, delimiter=";"))) == len(now) + 1


def test_the_pictures_show_every_pole(now: list[Pole]) -> None:
    axes = offers(now)
    marks = [line for line in axes.lines if line.get_gid() in FAMILIES]
    assert [len(line.get_xdata()) for line in marks] == [2, 2]  # type: ignore[arg-type]
    shown = rates(now, {p.name: p for p in now})
    assert sum(line.get_gid() == "taux" for line in shown.lines) == 2
    assert sum(line.get_gid() == "lien" for line in shown.lines) == 2
