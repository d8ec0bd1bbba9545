"""The columns an importer looks for, under any of their names; all others stay at the door.

A cell that nobody looks for is never kept: names, addresses and birth dates go with their row.
Must not know: what is made of the rows.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from pydantic import ValidationError

from scenarios.cells import Unreadable, empty, fold, lost_by_spreadsheet, reader_of, shown
from scenarios.importers.handed import Cells, Handed
from scenarios.importers.preview import Import, listed
from scenarios.tables import Column, columns_of, scenario_tables
from solver.domain import Frozen
from solver.errors import Fault

HEADER_WITHIN = 20
"""Rows among which the header is looked for: titles often stand above it."""
_YES = frozenset({"1", "oui", "o", "vrai", "true", "yes", "x"})
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_FORMULA = re.compile(r"\s*(?:=|@|[+-]\s*[A-Za-z=(@])")


@dataclass(frozen=True, slots=True)
class Sought:
    """A column: how the code calls it, the headers people give it, the better known first."""

    name: str
    headers: tuple[str, ...]
    required: bool = False
    secret: bool = False
    """Its cells say who a person is: they are never shown nor kept."""
    barred: bool = False
    """A file that has it is refused as a whole."""
    dated: bool = False
    """A date is what it holds; elsewhere, a date is a text that a spreadsheet has spoilt."""


@dataclass(frozen=True, slots=True)
class Row:
    """The sought cells of one row; cells that hold nothing are absent."""

    line: int
    cells: dict[str, Any]

    def text(self, name: str) -> str:
        """The cell as one line of text; empty where there is none."""
        value = self.cells.get(name)
        return " ".join(shown_whole(value).split()) if value is not None else ""

    def yes(self, name: str) -> bool:
        """Whether the cell says yes: `1`, `oui`, `VRAI`, `x`."""
        return fold(self.text(name)) in _YES

    def read(self, name: str, column: Column, year: int | None = None) -> Any:
        """The cell as that column of a scenario reads it; None where empty.

        Raises `Unreadable` with a sentence that names the column and shows the cell.
        """
        value = self.cells.get(name)
        if value is None:
            return None
        try:
            return reader_of(column, year)(value)
        except Unreadable as reason:
            hint = f", {reason.hint}" if reason.hint else ""
            seen = shown(value)
            raise Unreadable(f"{name} : {reason.message} (lu : « {seen} »{hint})") from None


def shown_whole(value: Any) -> str:
    """A cell as text, numbers without a decimal point where they are whole."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


@cache
def column(table: str, header: str) -> Column:
    """A column of a scenario table, for `Row.read`."""
    return scenario_tables()[table].column(header)


def sought_rows(handed: Handed, columns: tuple[Sought, ...], made: Import) -> Iterator[Row]:
    """The rows below the header; those that cannot be used are refused here.

    Fills `made`: rows read, columns left at the door, faults of the file.
    """
    rows = handed.rows()
    places, width, before = _header(rows, columns, made)
    secret = any(c.secret for c in columns) and not any(c.barred for c in columns)
    if places is not None and (known := [c.headers[0] for c in columns
                                         if c.barred and c.name in places]):  # fmt: skip
        made.faults.append(_nominative(handed.file, known))
        return
    dated = {places[c.name] for c in columns if c.dated and places and c.name in places}
    if places is not None:
        for line, cells, spoiled in rows:
            made.rows_read += 1
            why = spoiled or _spoiled(cells, width, places, dated)
            if why is not None:
                made.refuse(line, why)
                continue
            yield Row(line, {n: cells[p] for n, p in places.items()
                             if p < len(cells) and not empty(cells[p])})  # fmt: skip
    made.faults += handed.faults
    if places is None and not made.faults:
        made.faults.append(_no_header(handed.file, columns, before))
    elif not made.rows_read and not made.faults:
        message = "aucune ligne sous l’en-tête"
        made.faults.append(Fault("table-vide", message, file=handed.file, expected="des lignes"))
    if secret:
        made.note(
            "Les colonnes d’identité n’ont servi qu’à calculer les pseudonymes : "
            "rien n’en est gardé."
        )


def _header(
    rows: Iterator[Cells], columns: tuple[Sought, ...], made: Import
) -> tuple[dict[str, int] | None, int, int]:
    """Position of each sought column, width of the header, rows passed before giving up."""
    passed = 0
    for line, cells, _ in rows:
        places = _placed(cells, columns)
        if all(c.name in places for c in columns if c.required):
            _report(cells, places, line, made)
            return places, len(cells), passed
        passed += 1
        if passed >= HEADER_WITHIN:
            break
    return None, 0, passed


def _placed(cells: list[Any], columns: tuple[Sought, ...]) -> dict[str, int]:
    by_name: dict[str, int] = {}
    for position, cell in enumerate(cells):
        if not empty(cell):
            by_name.setdefault(fold(shown(cell)).replace("_", ""), position)
    places = {}
    for c in columns:
        for header in c.headers:
            if header.replace("_", "") in by_name:
                places[c.name] = by_name[header.replace("_", "")]
                break
    return places


def _report(cells: list[Any], places: dict[str, int], line: int, made: Import) -> None:
    """Says which columns stay at the door, and refuses a header said twice."""
    read = set(places.values())
    names = [shown(cell).strip("\ufeff ") for cell in cells]
    folded = [fold(name) for name in names]
    for position in sorted(read):
        if folded.count(folded[position]) > 1:
            message = "colonne présente deux fois"
            expected = "une seule colonne de ce nom"
            made.faults.append(
                Fault("colonne-double", message, file=made.file, line=line,
                      column=names[position], expected=expected)
            )  # fmt: skip
    left = [n for i, n in enumerate(names) if i not in read and n and n != "None"]
    if left:
        made.note(f"Colonnes laissées à la porte, rien n’en est gardé : {listed(left, 12)}.")


def _nominative(file: str, columns: list[str]) -> Fault:
    message = f"le fichier dit qui sont les élèves ({listed(columns)}) : rien n’en a été lu"
    expected = "un fichier sans identité, avec la colonne « pseudonyme »"
    hint = "à l’établissement : bassin importer pseudonymes FICHIER --cle CLE --sortie ELEVES.csv"
    return Fault("identite", message, file=file, expected=expected, hint=hint)


def _no_header(file: str, columns: tuple[Sought, ...], passed: int) -> Fault:
    wanted = " ; ".join(c.headers[0] for c in columns if c.required)
    if not passed:
        return Fault("table-vide", "le fichier est vide", file=file, expected=f"{wanted} ; …")
    message = "ligne d’en-tête introuvable : il manque au moins une de ces colonnes"
    hint = f"l’en-tête doit être dans les {HEADER_WITHIN} premières lignes"
    return Fault("colonne-absente", message, file=file, expected=wanted, hint=hint)


def _spoiled(cells: list[Any], width: int, places: dict[str, int], dated: set[int]) -> str | None:
    if any(not empty(cell) for cell in cells[width:]):
        return "cellules en trop : un texte qui contient le séparateur s’écrit entre guillemets"
    if len(cells) < width and len(cells) <= max(places.values(), default=0):
        return "il manque des cellules à cette ligne"
    for position in places.values():
        cell = cells[position] if position < len(cells) else None
        if isinstance(cell, date) and position not in dated:
            return "le tableur a transformé un texte en date : mettre la colonne au format Texte"
        if isinstance(cell, str) and _CONTROL.search(cell):
            return "caractère de contrôle invisible : retaper la ligne"
        if isinstance(cell, str) and _FORMULA.match(cell):
            return "une cellule commence comme une formule de tableur : coller les valeurs"
    return None


def record(model: type[Frozen], values: dict[str, Any]) -> Frozen:
    """The record of these values (by field name); raises `Unreadable` that names the column."""
    try:
        return model.model_validate({k: v for k, v in values.items() if v is not None})
    except ValidationError as reason:
        known = {c.name: c for c in columns_of(model)} | {c.header: c for c in columns_of(model)}
        wrong = known[str(reason.errors()[0]["loc"][0])]
        value = values.get(wrong.name)
        if value in (None, "", ()):
            raise Unreadable(f"{wrong.header} absent : {wrong.expected}") from None
        hint = lost_by_spreadsheet(wrong, str(value))
        more = f", {hint}" if hint else ""
        seen = shown(value)
        raise Unreadable(
            f"{wrong.header} refusé (lu : « {seen} »{more}) : {wrong.expected}"
        ) from None
