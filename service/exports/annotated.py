"""What somebody sent, given back as a workbook with each fault at its cell, ready to be mended.

A zip of tables comes back as a workbook with a sheet per table: both are read alike.
Must not know: who sent it, what faults mean.
"""

import io
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import column_index_from_string

from scenarios.cells import fold
from scenarios.raw import SETTINGS, Source
from scenarios.sources import open_source
from solver.errors import Fault

FIRST_SHEET = "Par ligne - fautes"
"""« Par … »: the readers pass over it, so that the mended workbook can be sent as it is."""
_FILL = PatternFill("solid", fgColor="F7D9EC")
_MOST = 2000


def annotated(content: bytes, kind: str, faults: Iterable[Fault]) -> bytes:
    """The workbook; a fault without a cell stands in the first sheet only."""
    listed = list(faults)
    book = _received(content) if kind == "xlsx" else _from_tables(content, kind)
    sheets = {fold(sheet.title): sheet for sheet in book.worksheets}
    notes: dict[tuple[str, int, int], list[Fault]] = defaultdict(list)
    for fault in listed[:_MOST]:
        cell = _cell(sheets, fault)
        if cell is not None:
            notes[cell].append(fault)
    for (sheet, row, column), those in notes.items():
        target = sheets[sheet].cell(row, column)
        target.comment = Comment("\n".join(_said(f) for f in those), "Calendrier du bassin")
        target.comment.width, target.comment.height = 360, 40 + 60 * len(those)
        target.fill = _FILL
    _summary(book, listed)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _received(content: bytes) -> Workbook:
    return load_workbook(io.BytesIO(content))


def _from_tables(content: bytes, kind: str) -> Workbook:
    """A workbook of the raw tables, each row at the line it had."""
    with tempfile.TemporaryDirectory(prefix="bassin-") as folder:
        path = Path(folder) / f"scenario.{kind}"
        path.write_bytes(content)
        source = open_source(path)
    book = Workbook()
    book.remove(book.worksheets[0])
    _settings(book, source)
    for table in source.tables:
        sheet = book.create_sheet(table.name[:31])
        sheet.freeze_panes = "A2"
        for line, cells in [(table.header_line, table.header), *table.rows]:
            for i, value in enumerate(cells, start=1):
                if value not in (None, ""):
                    cell = sheet.cell(line, i, value)
                    if isinstance(value, str):
                        cell.data_type = "s"
    return book


def _settings(book: Workbook, source: Source) -> None:
    if source.settings is None:
        return
    sheet = book.create_sheet(SETTINGS)
    sheet.append(["cle", "valeur"])
    for key, value in _flat(source.settings.values):
        said = " ".join(map(str, value)) if isinstance(value, list) else value
        sheet.append([key, said if isinstance(said, str | int | float) else str(said)])


def _flat(values: Mapping[str, Any], before: str = "") -> Iterable[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{key}.")
        else:
            yield before + key, value


def _cell(sheets: Mapping[str, Any], fault: Fault) -> tuple[str, int, int] | None:
    """Sheet, row and column (from 1) of a fault; the first column where none is named."""
    named = [fold(part) for part in (fault.table or "", (fault.file or "").split("›")[-1].strip())]
    named.append(fold(Path((fault.file or "").split("›")[-1].strip()).stem))
    sheet = next((n for n in named if n in sheets), None)
    if sheet is None or fault.line is None or fault.line > sheets[sheet].max_row:
        return None
    if fault.column is None:
        return sheet, fault.line, 1
    for row in (1, 2, 3):
        for cell in sheets[sheet][row] if row <= sheets[sheet].max_row else ():
            if cell.value is not None and fold(str(cell.value)) == fold(fault.column):
                return sheet, fault.line, int(cell.column)
    if fault.column.isupper() and len(fault.column) <= 3:
        return sheet, fault.line, column_index_from_string(fault.column)
    return sheet, fault.line, 1


def _said(fault: Fault) -> str:
    parts = [fault.message]
    if fault.expected:
        parts.append(f"Attendu : {fault.expected}.")
    if fault.hint:
        parts.append(fault.hint)
    return " ".join(parts)


def _summary(book: Workbook, faults: list[Fault]) -> None:
    sheet = book.create_sheet(FIRST_SHEET, 0)
    sheet.append(["Fichier", "Ligne", "Colonne", "Valeur lue", "Ce qui ne va pas"])
    for fault in faults:
        sheet.append([fault.file or fault.table, fault.line, fault.column, None, _said(fault)])
        value = sheet.cell(sheet.max_row, 4, fault.value)
        value.data_type = "s"
    for letter, width in zip("ABCDE", (24, 8, 18, 24, 90), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    book.active = 0
