"""An `.xlsx` workbook to raw tables: a sheet per table, sheet `scenario` for the settings.

Sheet `scenario` has two columns, `cle` (`titre`, `bareme.non_place`, …) and `valeur`. A reference
plan may come along as sheets `reference_calendrier` and `reference_affectations`.
Must not know: what a column means.
"""

import warnings
import zipfile
from collections.abc import Callable, Iterator
from typing import IO, Any

from scenarios.cells import empty, fold
from scenarios.raw import SETTINGS, RawSettings, RawTable, Source
from solver.errors import Fault

LARGEST_WORKBOOK = 100_000_000
LARGEST_RATIO = 200
LARGEST_SHEET = 5_000_000
"""Cells of the rows that hold something."""
IGNORED_SHEETS = frozenset({"notes", "lisez_moi", "lisezmoi", "aide", "readme"})
IGNORED_BEGINNING = "par_"
"""Sheets « Par établissement », « Par accueil »…: views that the export adds for people."""
INSIDE = "reference_"

Rows = list[tuple[int, list[Any]]]


def open_workbook(source: Source, label: str, open_: Callable[[], IO[bytes]] | None = None) -> None:
    """Fill `source` with the sheets of its workbook; `open_` where that is no file on a disk."""
    file = label + source.origin.name
    try:
        with open_() if open_ is not None else source.origin.open("rb") as binary:
            sheets = _sheets(binary)
    except Exception:  # whatever a broken archive or its XML makes openpyxl raise
        message = "classeur Excel illisible, protégé ou démesuré"
        source.faults.append(Fault("xlsx-illisible", message, file=file))
        return
    for sheet, values in sheets:
        name = fold(sheet.title)
        where = f"{file} › {sheet.title}"
        if name in IGNORED_SHEETS or name.startswith(IGNORED_BEGINNING):
            continue
        filled = _filled(sheet)
        if len(filled) * sheet.max_column > LARGEST_SHEET:
            message = "feuille démesurée : supprimer les colonnes vides mises en forme"
            source.faults.append(Fault("trop-gros", message, file=where))
            continue
        rows = list(_rows(sheet, values, filled, where, source.faults))
        if not rows:
            continue
        if name == SETTINGS:
            source.settings = _settings(where, rows, source.faults)
            continue
        (line, header), *body = rows
        table = RawTable(sheet.title, where, header, body, header_line=line)
        if name.startswith(INSIDE):
            table.name = name.removeprefix(INSIDE)
            source.inside.setdefault("reference", []).append(table)
        else:
            source.tables.append(table)


def _sheets(file: IO[bytes]) -> list[tuple[Any, Any]]:
    """(sheet with formulas, the same with their last computed values)."""
    import openpyxl

    with zipfile.ZipFile(file) as archive:
        total = sum(info.file_size for info in archive.infolist())
        packed = sum(info.compress_size for info in archive.infolist())
    if total > LARGEST_WORKBOOK or total > LARGEST_RATIO * max(packed, 5_000):
        raise ValueError("workbook too large")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(file)
        computed = any(
            cell.data_type == "f" for sheet in book.worksheets for cell in sheet._cells.values()
        )
        values = openpyxl.load_workbook(file, data_only=True) if computed else book
    return [(sheet, values[sheet.title]) for sheet in book.worksheets]


def _filled(sheet: Any) -> list[int]:
    """Numbers of the rows that hold something.

    Read from the cells there are: going through rows makes the missing ones, a million of them
    where somebody once typed on the last line.
    """
    return sorted({row for (row, _), cell in sheet._cells.items() if not empty(cell.value)})


def _rows(
    sheet: Any, values: Any, filled: list[int], where: str, faults: list[Fault]
) -> Iterator[tuple[int, list[Any]]]:
    """Rows that hold something; merged cells, errors and uncomputed formulas are faults."""
    for merged in sheet.merged_cells.ranges:
        message = "cellules fusionnées : on ne sait pas pour quelles lignes elles valent"
        faults.append(
            Fault(
                "cellules-fusionnees",
                message,
                file=where,
                line=merged.min_row,
                value=str(merged),
                expected="une valeur par cellule",
            )
        )
    width = sheet.max_column
    for number in filled:
        row: list[Any] = []
        for position in range(1, width + 1):
            cell, result = sheet.cell(number, position), values.cell(number, position)
            value = result.value
            if result.data_type == "e":
                faults.append(_fault("erreur-excel", "erreur Excel", where, cell, value))
                value = None
            elif cell.data_type == "f" and value is None:
                message = "formule sans valeur calculée"
                faults.append(_fault("formule-sans-valeur", message, where, cell, cell.value))
            row.append(value)
        if not all(empty(cell) for cell in row):
            yield number, row


def _fault(code: str, message: str, where: str, cell: Any, value: Any) -> Fault:
    return Fault(
        code,
        message,
        file=where,
        line=cell.row,
        column=cell.column_letter,
        value=str(value)[:80],
        expected="une valeur",
        hint="ouvrir puis enregistrer dans le tableur, ou coller les valeurs",
    )


def _settings(where: str, rows: Rows, faults: list[Fault]) -> RawSettings:
    """Sheet `scenario`: a key and a value per row."""
    settings = RawSettings(where, {}, typed=False)
    header = [fold(str(cell)) if cell is not None else "" for cell in rows[0][1]]
    for line, cells in rows[1:] if header[:2] == ["cle", "valeur"] else rows:
        key = tuple(fold(part) for part in str(cells[0] or "").split("."))
        value = cells[1] if len(cells) > 1 else None

        def fault(
            code: str, message: str, expected: str, line: int = line, cell: Any = cells[0]
        ) -> None:
            faults.append(
                Fault(
                    code,
                    message,
                    None,
                    None,
                    "cle",
                    str(cell)[:80],
                    expected,
                    file=where,
                    line=line,
                )
            )

        if any(not empty(cell) for cell in cells[2:]):
            fault("ligne-longue", "plus de deux cellules", "une clé, une valeur")
        if not all(key) or len(key) > 2:
            fault("cle-illisible", "clé illisible", "titre, annee, regles.…, bareme.…")
            continue
        if empty(value):
            continue
        section = settings.values.setdefault(key[0], {}) if len(key) == 2 else settings.values
        if not isinstance(section, dict) or key[-1] in section:
            fault("cle-double", "clé donnée deux fois", "une seule ligne par clé")
            continue
        settings.lines[key] = line
        section[key[-1]] = value
    return settings
