"""Blank tables to fill: a sheet per table, each header with its meaning and an example.

Made from the column definitions, so that they cannot drift from what is read.
Must not know: any scenario.
"""

import io
from collections.abc import Iterable, Mapping

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from scenarios.cells import written
from scenarios.tables import Column, scenario_tables, settings_columns

HELP_SHEET = "aide"
"""The readers pass over it."""
_HEAD = PatternFill("solid", fgColor="DCE9F6")
_SETTINGS = {
    "format": "1", "titre": "", "bassin": "", "academie": "", "annee": "2026-2027", "zone": "B",
}  # fmt: skip


def blank() -> bytes:
    """The workbook: sheet `scenario`, one sheet per table, and `aide` with every column."""
    book = Workbook()
    book.remove(book.worksheets[0])
    settings = book.create_sheet("scenario")
    settings.append(["cle", "valeur"])
    for key, value in _SETTINGS.items():
        settings.append([key, value])
    settings.column_dimensions["A"].width = settings.column_dimensions["B"].width = 34
    for name, table in scenario_tables().items():
        sheet = book.create_sheet(name)
        _headers(sheet, table.columns)
    _help(book.create_sheet(HELP_SHEET))
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _headers(sheet: Worksheet, columns: Iterable[Column]) -> None:
    for i, column in enumerate(columns, start=1):
        cell = sheet.cell(1, i, column.header)
        cell.font = Font(bold=column.required)
        cell.fill = _HEAD
        cell.comment = Comment(described(column), "Calendrier du bassin", height=130, width=320)
        sheet.column_dimensions[get_column_letter(i)].width = max(12, len(column.header) + 4)
    sheet.freeze_panes = "A2"


def described(column: Column) -> str:
    """A column in a few lines."""
    parts = [column.meaning + "."]
    parts.append("Obligatoire." if column.required else f"Vide : {written(column.default) or '–'}.")
    parts.append(f"Attendu : {column.expected}.")
    if column.example:
        parts.append(f"Exemple : {column.example}")
    return "\n".join(parts)


def _help(sheet: Worksheet) -> None:
    sheet.append(["table", "colonne", "obligatoire", "contenu", "attendu", "exemple"])
    for name, column in _listed():
        sheet.append(
            [
                name, column.header, "oui" if column.required else "", column.meaning,
                column.expected, column.example,
            ]
        )  # fmt: skip
    for letter, width in zip("ABCDEF", (16, 24, 12, 70, 50, 28), strict=True):
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if cell.row == 1:
                cell.font, cell.fill = Font(bold=True), _HEAD
    sheet.freeze_panes = "A2"


def _listed() -> Iterable[tuple[str, Column]]:
    for key, column in settings_columns().items():
        if isinstance(column, Mapping):
            yield from ((f"scenario [{key}]", c) for c in column.values())
        else:
            yield "scenario", column
    for name, table in scenario_tables().items():
        yield from ((name, c) for c in table.columns)
