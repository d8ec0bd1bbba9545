"""Workbooks: what people do to them in Excel is understood or said."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import scenarios
from scenarios.writing import settings_of
from solver.errors import Fault
from solver.week import Week

BASE = scenarios.read(scenarios.example("small/base"))


@pytest.fixture
def edited(tmp_path: Path) -> Callable[[Callable[[Any], None]], scenarios.Reading]:
    """Reads the base scenario from a workbook after a change."""
    path = tmp_path / "s.xlsx"
    scenarios.write(BASE, path)

    def read(change: Callable[[Any], None]) -> scenarios.Reading:
        book = openpyxl.load_workbook(path)
        change(book)
        book.save(path)
        return scenarios.inspect(path)

    return read


Edited = Callable[[Callable[[Any], None]], scenarios.Reading]


def place(fault: Fault) -> tuple[str, str | None, int | None, str | None]:
    return fault.code, fault.file, fault.line, fault.column


def test_real_dates_numbers_and_booleans_are_read(edited: Edited) -> None:
    def change(book: Any) -> None:
        book["periodes"]["G2"] = dt.date(2027, 1, 25)
        book["lieux"]["A2"] = 54329
        book["eleves"]["E2"] = 14.0
        book["divisions"]["H2"] = True
        book["accueils"]["M2"] = dt.datetime.combine(dt.date(2027, 12, 31), dt.time())

    reading = edited(change)
    assert reading.scenario is not None, reading.faults
    assert reading.scenario.periods[0].wished == Week(2027, 4)
    assert reading.scenario.places == BASE.places
    assert reading.scenario.divisions[0].regulated
    assert reading.scenario.hosts[0].waiver_until == dt.date(2027, 12, 31)


def test_sheets_are_known_with_accents_and_notes_are_left_alone(edited: Edited) -> None:
    def change(book: Any) -> None:
        book["eleves"].title = "Élèves"
        book.create_sheet("Lisez-moi")["A1"] = "Bonjour"
        book.create_sheet("Feuil1")

    assert edited(change).scenario == BASE


def test_a_sheet_that_is_no_table_is_a_fault(edited: Edited) -> None:
    def change(book: Any) -> None:
        book.create_sheet("accueil")["A1"] = "x"

    (fault,) = edited(change).faults
    assert (fault.code, fault.hint) == ("table-inconnue", "vouliez-vous dire « accueils » ?")


def test_merged_cells_formulas_errors_and_spoiled_texts_are_faults(edited: Edited) -> None:
    def change(book: Any) -> None:
        book["lieux"].merge_cells("B2:B3")
        book["eleves"]["E3"] = "=10+5"
        book["eleves"]["E4"] = "#N/A"
        book["eleves"]["F5"] = 12.5
        book["divisions"]["A2"] = dt.date(2027, 3, 2)
        book["accueils"]["M2"] = 46752

    found = {place(fault) for fault in edited(change).faults}
    expected = {
        ("cellules-fusionnees", "s.xlsx › lieux", 2, None),
        ("formule-sans-valeur", "s.xlsx › eleves", 3, "E"),
        ("erreur-excel", "s.xlsx › eleves", 4, "E"),
        ("valeur-illisible", "s.xlsx › eleves", 5, "age"),
        ("valeur-illisible", "s.xlsx › divisions", 2, "division"),
        ("valeur-illisible", "s.xlsx › accueils", 2, "derogation_jusqu_au"),
    }
    assert found == expected


def test_a_siret_that_lost_its_zero_gets_a_way_out(edited: Edited) -> None:
    def change(book: Any) -> None:
        book["accueils"]["A2"] = 5520001000001

    (fault,) = edited(change).faults
    assert fault.value == "5520001000001"
    assert fault.hint is not None
    assert "un zéro de tête a été perdu" in fault.hint


def test_settings_stand_in_their_sheet(edited: Edited) -> None:
    def change(book: Any) -> None:
        sheet = book["scenario"]
        for row in sheet.iter_rows():
            if row[0].value == "bareme.non_place":
                row[0].value, row[1].value = "Barême.Non placé", 7
            if row[0].value == "calendrier.fermetures":
                row[1].value = "2027-W20 7/5/2027"

    scenario = edited(change).scenario
    assert scenario is not None
    assert scenario.prices.unplaced == 7
    assert scenario.school_year.closures == (Week(2027, 20), dt.date(2027, 5, 7))


def test_settings_that_are_wrong_have_the_line_of_their_sheet(edited: Edited) -> None:
    def change(book: Any) -> None:
        sheet = book["scenario"]
        sheet["B4"] = None
        sheet.append(["zone", "C"])
        sheet.append(["regles.jours", 3])

    faults = edited(change).faults
    assert {(f.code, f.line, f.column) for f in faults} >= {
        ("cle-absente", None, "bassin"),
        ("cle-double", _LAST + 1, "cle"),
        ("cle-inconnue", _LAST + 2, "regles.jours"),
    }


_LAST = 1 + len(settings_of(BASE))
"""Line of the last row of sheet `scenario`."""


def test_a_broken_or_swollen_workbook_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "s.xlsx"
    for content in (b"", b"PK\x03\x04", _swollen("xl/workbook.xml")):
        path.write_bytes(content)
        assert [f.code for f in scenarios.inspect(path).faults] == ["xlsx-illisible"]


def _swollen(name: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, b" " * 50_000_000)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["../scenario.toml"], "zip-refuse"),
        (["/etc/lieux.csv"], "zip-refuse"),
        (["C:\\s\\lieux.csv"], "zip-refuse"),
        (["a/scenario.toml", "b/scenario.toml"], "zip-ambigu"),
        (["a/lieux.csv", "a/LIEUX.csv"], "zip-refuse"),
    ],
)
def test_an_archive_that_reaches_out_or_is_unclear_is_refused(
    tmp_path: Path, names: list[str], code: str
) -> None:
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as archive:
        for name in names:
            archive.writestr(name, "")
    assert code in [f.code for f in scenarios.inspect(tmp_path / "s.zip").faults]


def test_a_swollen_archive_is_refused_unread(tmp_path: Path) -> None:
    (tmp_path / "s.zip").write_bytes(_swollen("lieux.csv"))
    faults = scenarios.inspect(tmp_path / "s.zip").faults
    assert [f.message for f in faults] == ["contenu démesuré, archive non lue"]


def test_a_folder_inside_the_archive_is_fine(tmp_path: Path) -> None:
    folder = scenarios.example("small/base")
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as archive:
        for entry in folder.iterdir():
            archive.write(entry, f"bassin/2026/{entry.name}")
        archive.writestr("__MACOSX/bassin/._lieux.csv", b"\x00")
        archive.writestr("bassin/notes.txt", "rien")
    assert scenarios.read(tmp_path / "s.zip") == BASE


def test_views_that_the_export_adds_are_left_alone(edited: Edited) -> None:
    def change(book: Any) -> None:
        book.create_sheet("Par établissement")["A1"] = "UAI"

    assert edited(change).scenario == BASE
