"""Writing: what is written reads back the same, or is not written; folders appear whole."""

import os
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import scenarios
from scenarios.folders import replace_folder
from scenarios.writing import files
from solver.domain import EquityStep, Prices, Regulation, SchoolYearChanges
from solver.errors import InvalidScenario
from solver.week import Week

BASE = scenarios.read(scenarios.example("small/base"))
EVERY = sorted(n for n in scenarios.example_names() if n.startswith("small/"))


@pytest.mark.parametrize("suffix", ["", ".zip", ".xlsx"])
@pytest.mark.parametrize("name", EVERY)
def test_what_is_written_reads_back_the_same(tmp_path: Path, name: str, suffix: str) -> None:
    scenario = scenarios.read(scenarios.example(name))
    scenarios.write(scenario, tmp_path / f"s{suffix}")
    again = scenarios.read(tmp_path / f"s{suffix}")
    assert again == scenario
    assert scenarios.digest(again) == scenarios.digest(scenario)


NAMES = st.text(max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(NAMES, NAMES, st.floats(-90, 90), st.sampled_from([".zip", ".xlsx", ""]))
def test_any_text_comes_back_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory, title: str, name: str, latitude: float, suffix: str
) -> None:
    place = BASE.places[0].model_copy(update={"name": name, "latitude": latitude})
    scenario = BASE.model_copy(update={"title": title, "places": (place, *BASE.places[1:])})
    path = tmp_path_factory.mktemp("any") / f"s{suffix}"
    try:
        scenarios.write(scenario, path)
    except InvalidScenario:
        assert not path.exists()
    else:
        assert scenarios.read(path) == scenario


@pytest.mark.parametrize("text", ["=1+1", "+33", "@x", "-2", "#N/A", 'a"b;c', "l1\nl2", "oui", "1"])
@pytest.mark.parametrize("suffix", ["", ".zip", ".xlsx"])
def test_text_that_looks_like_something_else_stays_text(
    tmp_path: Path, text: str, suffix: str
) -> None:
    host = BASE.hosts[0].model_copy(update={"name": text})
    scenario = BASE.model_copy(update={"hosts": (host, *BASE.hosts[1:])})
    scenarios.write(scenario, tmp_path / f"s{suffix}")
    assert scenarios.read(tmp_path / f"s{suffix}").hosts[0].name == text


def test_no_cell_of_a_written_workbook_is_a_formula(tmp_path: Path) -> None:
    host = BASE.hosts[0].model_copy(update={"name": "=HYPERLINK(1)"})
    scenario = BASE.model_copy(update={"hosts": (host, *BASE.hosts[1:])})
    scenarios.write(scenario, tmp_path / "s.xlsx")
    book = openpyxl.load_workbook(tmp_path / "s.xlsx")
    types = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert types == {"s", "n"}


def test_a_value_that_would_change_is_refused_with_its_place(tmp_path: Path) -> None:
    period = BASE.periods[0].model_copy(update={"exclusions": ("atelier bois",)})
    scenario = BASE.model_copy(update={"periods": (period, *BASE.periods[1:])})
    with pytest.raises(InvalidScenario) as caught:
        scenarios.write(scenario, tmp_path / "s")
    (fault,) = caught.value.faults
    assert (fault.table, fault.row, fault.column) == ("periodes", 0, "exclusion")
    assert list(tmp_path.iterdir()) == []


def test_every_setting_comes_back(tmp_path: Path) -> None:
    scenario = BASE.model_copy(
        update={
            "title": 'Un « titre » "à" échapper \\ ',
            "regulation": Regulation(min_days_per_week=4, legal_quota=False),
            "prices": Prices(
                unplaced=0, equity=(EquityStep(threshold_percent=5, surcharge_percent=1),)
            ),
            "school_year": SchoolYearChanges(closures=(Week(2027, 20), date(2026, 11, 27))),
        }
    )
    scenario = scenario.model_copy(update={"title": scenario.title.strip()})
    for suffix in ("", ".zip", ".xlsx"):
        scenarios.write(scenario, tmp_path / f"s{suffix}")
        assert scenarios.read(tmp_path / f"s{suffix}") == scenario


def test_the_canonical_form_is_utf8_semicolons_and_iso() -> None:
    written = files(scenarios.read(scenarios.example("small/travaux-reglementes")))
    assert written["divisions.csv"].splitlines()[2] == (
        "CAP1;0540037X;1re année de CAP vente;CAP;50031211;superettes;4;oui"
    )
    assert ";2027-01-31;" in written["accueils.csv"]
    assert "blocages.csv" not in written


def test_the_digest_sees_content_only(tmp_path: Path) -> None:
    shuffled = BASE.model_copy(update={"pupils": BASE.pupils[::-1]})
    older = BASE.pupils[0].model_copy(update={"age": 20})
    changed = BASE.model_copy(update={"pupils": (older, *BASE.pupils[1:])})
    cheaper = BASE.model_copy(update={"prices": Prices(boarding=29)})
    assert scenarios.digest(shuffled) == scenarios.digest(BASE)
    assert len({scenarios.digest(s) for s in (BASE, changed, cheaper)}) == 3


def test_a_zip_is_the_same_to_the_byte_each_time(tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip"):
        scenarios.write(BASE, tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_writing_again_drops_old_tables_and_keeps_notes(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    scenarios.write(scenarios.read(scenarios.example("small/convention-signee")), folder)
    (folder / "notes.txt").write_text("à garder", encoding="utf-8")
    scenarios.write(BASE, folder)
    assert not (folder / "placements.csv").exists()
    assert (folder / "notes.txt").read_text(encoding="utf-8") == "à garder"
    assert scenarios.read(folder) == BASE


def test_a_folder_of_something_else_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "these.docx").write_bytes(b"x")
    with pytest.raises(FileExistsError):
        scenarios.write(BASE, tmp_path)
    assert (tmp_path / "these.docx").exists()


@pytest.mark.parametrize("step", ["fsync", "rename"])
def test_a_failure_while_writing_leaves_the_old_folder_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    folder = tmp_path / "s"
    scenarios.write(BASE, folder)
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    calls = 0
    real_fsync, real_rename = os.fsync, Path.rename

    def full(descriptor: int) -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise OSError(28, "No space left on device")
        real_fsync(descriptor)

    def stopped(self: Path, target: Path) -> Path:
        if self.name == "neuf":
            raise KeyboardInterrupt
        return real_rename(self, target)

    if step == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    else:
        monkeypatch.setattr(Path, "rename", stopped)
    with pytest.raises((OSError, KeyboardInterrupt)):
        replace_folder(folder, {"scenario.toml": b"x", "b.csv": b"y"}, sign="scenario.toml")
    monkeypatch.undo()
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before
    assert [p.name for p in tmp_path.iterdir()] == ["s"]
