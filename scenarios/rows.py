"""From raw tables to rows of values, and from rows to records: every fault, each with its place.

Must not know: folders, archives, how variants are put together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from scenarios.cells import (
    Reader,
    Unreadable,
    empty,
    fold,
    lost_by_spreadsheet,
    reader_of,
    shown,
    written,
)
from scenarios.door import refusal
from scenarios.raw import RawTable
from scenarios.tables import Column, Table
from solver.domain import Frozen
from solver.errors import Fault
from solver.integrity import looks_personal

DELETE = "supprimer"
Key = tuple[str, ...]
_MISSING = object()


@dataclass(slots=True)
class Row:
    """A row as read: values by header (empty cells are absent), unreadable cells as text."""

    values: dict[str, Any]
    file: str
    line: int
    stated: frozenset[str]
    """Headers of the file it stands in."""
    unreadable: dict[str, str] = field(default_factory=dict)
    base: "Row | None" = None
    """The row it replaces: columns absent from its own file keep that one's values."""
    delete: bool = False
    added: bool = False
    """A row that a variant adds: columns absent from its file are its own fault."""

    def key(self, table: Table) -> Key:
        """What the row is known by; unreadable parts by their text, absent ones empty."""
        return tuple(
            str(self.values[c.header])
            if c.header in self.values
            else self.unreadable.get(c.header, "")
            for c in table.keys
        )

    def place(self, header: str | None) -> "Row":
        """The row, of this one and those below it, whose file states that column."""
        row = self
        while header is not None and header not in row.stated and row.base is not None:
            row = row.base
        return row


def nearest(word: str, known: Iterable[str]) -> str | None:
    """« vouliez-vous dire … ? » for a name that is not known, None where nothing is close."""
    by_fold = {fold(name): name for name in known}
    close = get_close_matches(fold(word)[:60], by_fold, n=1, cutoff=0.6)
    return f"vouliez-vous dire « {by_fold[close[0]]} » ?" if close else None


def read_rows(
    raw: RawTable, table: Table, year: int | None, faults: list[Fault], *, variant: bool = False
) -> list[Row]:
    """The rows of a raw table. `variant`: columns may be absent, `supprimer` is known."""
    places = _header(raw, table, faults, variant=variant)
    if places is None:
        return []
    stated = frozenset(header for header, _ in places)
    by_header = {c.header: c for c in table.columns}
    cells: list[tuple[str, int, Column, Reader, dict[str, Any]]] = [
        (header, position, by_header[header], reader_of(by_header[header], year), {})
        for header, position in places
        if header != DELETE
    ]
    delete_at = next((position for header, position in places if header == DELETE), None)
    width = len(raw.header)
    rows = []
    for line, content in raw.rows:
        row = Row({}, raw.file, line, stated)
        quiet = line in raw.broken
        if len(content) != width and not quiet:
            _ragged(raw, table, line, content, width, faults)
        for header, position, column, read, known in cells:
            cell = content[position] if position < len(content) else None
            if type(cell) is str and (value := known.get(cell, _MISSING)) is not _MISSING:
                if value is not None:
                    row.values[header] = value
                continue
            if empty(cell):
                continue
            try:
                value = read(cell)
            except Unreadable as reason:
                row.unreadable[header] = shown(cell)
                if not quiet:
                    faults.append(_unreadable(raw, table, column, line, cell, reason))
                continue
            if column.kind == "text" and not column.many and value == "":
                continue
            row.values[header] = value
            if type(cell) is str and not column.key:
                known[cell] = value
        if quiet:
            row.unreadable |= {h: str(v) for h, v in row.values.items() if isinstance(v, str)}
            row.unreadable |= {
                c.header: "" for c in table.columns if c.header not in row.unreadable
            }
            row.values.clear()
        if delete_at is not None and delete_at < len(content):
            row.delete = _deletes(raw, table, line, content[delete_at], faults)
        rows.append(row)
    return rows


def _deletes(raw: RawTable, table: Table, line: int, cell: Any, faults: list[Fault]) -> bool:
    if empty(cell):
        return False
    word = fold(shown(cell))
    if word in ("oui", "o", "vrai", "true", "x", "1"):
        return True
    if word not in ("non", "n", "faux", "false", "0"):
        faults.append(
            Fault(
                "valeur-illisible",
                "ni oui ni non",
                table.name,
                None,
                DELETE,
                shown(cell),
                "oui, non ou vide",
                file=raw.file,
                line=line,
            )
        )
    return False


def _header(
    raw: RawTable, table: Table, faults: list[Fault], *, variant: bool
) -> list[tuple[str, int]] | None:
    """(known header, position) of the columns that can be read; None where there is no header."""
    line = raw.header_line
    if not raw.header:
        faults.append(
            Fault(
                "table-vide",
                "fichier sans ligne d'en-tête",
                table.name,
                file=raw.file,
                line=1,
                expected=" ; ".join(c.header for c in table.columns if c.required),
            )
        )
        return None
    known = [c.header for c in table.columns]
    places: list[tuple[str, int]] = []
    while raw.header and empty(raw.header[-1]) and not _holds(raw, len(raw.header) - 1):
        raw.header.pop()
        for _, content in raw.rows:
            del content[len(raw.header) :]
    seen: set[str] = set()
    for position, cell in enumerate(raw.header):
        if empty(cell):
            if _holds(raw, position):
                faults.append(
                    Fault(
                        "colonne-sans-nom",
                        f"la colonne {position + 1} n'a pas de nom",
                        table.name,
                        file=raw.file,
                        line=line,
                        expected=_known(table),
                    )
                )
            continue
        name = fold(shown(cell))
        if name in seen:
            faults.append(
                Fault(
                    "colonne-double",
                    "colonne présente deux fois",
                    table.name,
                    None,
                    name,
                    shown(cell),
                    "une seule colonne de ce nom",
                    file=raw.file,
                    line=line,
                )
            )
            continue
        seen.add(name)
        if name in known or (name == DELETE and variant):
            places.append((name, position))
        else:
            faults.append(_unknown_column(raw, table, shown(cell), variant=variant))
    for column in table.columns:
        if column.header not in seen and (column.key or (column.required and not variant)):
            faults.append(
                Fault(
                    "colonne-absente",
                    "colonne obligatoire absente",
                    table.name,
                    None,
                    column.header,
                    None,
                    column.expected,
                    file=raw.file,
                    line=line,
                )
            )
    return places


def _holds(raw: RawTable, position: int) -> bool:
    return any(position < len(content) and not empty(content[position]) for _, content in raw.rows)


def _known(table: Table) -> str:
    return "une colonne parmi " + ", ".join(c.header for c in table.columns)


def _unknown_column(raw: RawTable, table: Table, header: str, *, variant: bool) -> Fault:
    reason = refusal(header, table)
    if reason is not None:
        return Fault(
            "donnee-personnelle",
            f"colonne refusée : {reason}",
            table.name,
            None,
            header,
            None,
            "retirer la colonne du fichier",
            file=raw.file,
            line=raw.header_line,
        )
    if fold(header) == DELETE:
        return Fault(
            "colonne-inconnue",
            "« supprimer » ne vaut que dans une variante (base ou bases dans scenario.toml)",
            table.name,
            None,
            header,
            header,
            _known(table),
            file=raw.file,
            line=raw.header_line,
        )
    known = [c.header for c in table.columns] + ([DELETE] if variant else [])
    return Fault(
        "colonne-inconnue",
        "colonne inconnue",
        table.name,
        None,
        header,
        header,
        _known(table),
        nearest(header, known),
        file=raw.file,
        line=raw.header_line,
    )


def _ragged(
    raw: RawTable, table: Table, line: int, content: list[Any], width: int, faults: list[Fault]
) -> None:
    if len(content) > width and all(empty(cell) for cell in content[width:]):
        return
    short = len(content) < width
    faults.append(
        Fault(
            "ligne-courte" if short else "ligne-longue",
            "il manque des cellules à cette ligne"
            if short
            else "cette ligne a des cellules en trop",
            table.name,
            None,
            None,
            f"{len(content)} cellules",
            f"{width} cellules, comme l'en-tête",
            None if short else "un texte qui contient le séparateur s'écrit entre guillemets",
            file=raw.file,
            line=line,
        )
    )


def _unreadable(
    raw: RawTable, table: Table, column: Column, line: int, cell: Any, reason: Unreadable
) -> Fault:
    hint = reason.hint
    if hint is None and column.kind == "choice":
        hint = nearest(shown(cell), column.choices)
    return Fault(
        "valeur-illisible",
        reason.message,
        table.name,
        None,
        column.header,
        _safe(column, shown(cell)),
        column.expected,
        hint,
        file=raw.file,
        line=line,
    )


def _safe(column: Column, text: str) -> str | None:
    """The value to show in a fault; never a pupil's national identifier."""
    return None if column.header == "eleve" and looks_personal(text) else text


def effective(row: Row, table: Table) -> Mapping[str, Any]:
    """All columns of a row, defaults included: what two rows are compared by."""
    return {c.header: row.values.get(c.header, c.default) for c in table.columns}


def over(base: Row, row: Row) -> Row:
    """`row` of a variant laid over the row of its base with the same key."""
    values = {h: v for h, v in base.values.items() if h not in row.stated} | row.values
    unreadable = {h: v for h, v in base.unreadable.items() if h not in row.stated} | row.unreadable
    return Row(values, row.file, row.line, row.stated, unreadable, base)


def records(rows: list[Row], table: Table, faults: list[Fault]) -> list[Frozen]:
    """One record per row, in order. Rows with faults give a record whose faulty fields are None."""
    validate = table.model.model_validate
    built = []
    for row in rows:
        if not row.unreadable:
            try:
                built.append(validate(row.values))
                continue
            except ValidationError as reason:
                errors = reason
        else:
            try:
                validate(row.values)
            except ValidationError as reason:
                errors = reason
            else:
                built.append(_partial(row, table, set()))
                continue
        wrong: set[str] = set()
        for error in errors.errors(include_url=False, include_context=False):
            header = str(error["loc"][0])
            wrong.add(header)
            fault = _refused(row, table, header, missing=error["type"] == "missing")
            if fault is not None:
                faults.append(fault)
        built.append(_partial(row, table, wrong))
    return built


def _partial(row: Row, table: Table, wrong: set[str]) -> Frozen:
    """A record that only counts as existing: readable values, texts that missed a pattern too."""
    values: dict[str, Any] = {}
    for column in table.columns:
        value = row.values.get(column.header)
        if column.header in row.unreadable:
            value = row.unreadable[column.header] or None if column.kind == "text" else None
        elif column.header in wrong and not isinstance(value, str):
            value = None
        elif value is None and column.header not in row.values and column.header not in wrong:
            value = column.default
        if column.many and not isinstance(value, tuple):
            value = ()
        values[column.header] = value
    return table.model.model_construct(**values)


def _refused(row: Row, table: Table, header: str, *, missing: bool) -> Fault | None:
    if header in row.unreadable:
        return None
    column = table.column(header)
    place = row.place(header)
    if missing:
        if header not in place.stated and not row.added:
            return None
        message = (
            "valeur obligatoire absente"
            if header in place.stated
            else "colonne absente, nécessaire pour une ligne nouvelle"
        )
        return Fault(
            "valeur-absente",
            message,
            table.name,
            None,
            header,
            "(vide)",
            column.expected,
            file=place.file,
            line=place.line,
        )
    text = written(row.values[header])
    return Fault(
        "valeur-refusee",
        _why(column),
        table.name,
        None,
        header,
        _safe(column, text[:80]),
        column.expected,
        lost_by_spreadsheet(column, text),
        file=place.file,
        line=place.line,
    )


def _why(column: Column) -> str:
    if column.kind in ("integer", "decimal"):
        return "nombre hors limites"
    return "valeur mal formée" if column.pattern else "valeur refusée"
