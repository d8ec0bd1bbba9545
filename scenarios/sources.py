"""From a folder, a `.zip`, an `.xlsx` or a `.json` to raw rows: bytes, encodings, sheets, line numbers.

Gives a `Source`: settings as nested keys, tables as headers and rows of untouched cells, each with
its file and line. Must not know: what a column means.
"""

import csv
import io
import json
import re
import tomllib
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scenarios.cells import empty, fold
from solver.errors import Fault

SETTINGS = "scenario"
LARGEST_FILE = 200_000_000
LARGEST_ARCHIVE = 500_000_000
LARGEST_RATIO = 200
MOST_MEMBERS = 200
MOST_FAULTS_OF_A_FILE = 200
IGNORED_SHEETS = frozenset({"notes", "lisez_moi", "lisezmoi", "aide", "readme"})


@dataclass(slots=True)
class RawTable:
    """A table as it stands: header cells, then `(line, cells)`; rows that hold nothing are gone."""

    name: str
    file: str
    header: list[Any]
    rows: list[tuple[int, list[Any]]]
    header_line: int = 1
    broken: set[int] = field(default_factory=set)
    """Lines already reported as unreadable: their cells count, without further faults."""
    ragged: bool = True
    """Rows may be shorter or longer than the header (CSV); otherwise they were filled."""


@dataclass(slots=True)
class RawSettings:
    """`scenario.toml` or its like: nested keys, and where each stands."""

    file: str
    values: dict[str, Any]
    typed: bool
    lines: dict[tuple[str, ...], int] = field(default_factory=dict)


@dataclass(slots=True)
class Source:
    """What one place holds, unjudged; `faults` are those of files that could not be opened."""

    origin: Path
    settings: RawSettings | None = None
    tables: list[RawTable] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def open_source(path: Path, label: str = "") -> Source:
    """The raw content of a folder, `.zip`, `.xlsx` or `.json`; never raises, says faults instead.

    `label` is put before the names of files, to tell the scenarios of a variant apart.
    """
    source = Source(path)
    try:
        if path.is_dir():
            _folder(source, label)
        elif not path.exists():
            hint = _nearby(path)
            source.faults.append(
                Fault("introuvable", "scénario introuvable", file=label + path.name, hint=hint)
            )
        elif path.suffix.lower() == ".zip":
            _archive(source, label)
        elif path.suffix.lower() in (".xlsx", ".xlsm"):
            _workbook(source, label)
        elif path.suffix.lower() == ".json":
            _document(source, label)
        else:
            source.faults.append(
                Fault(
                    "format-inconnu",
                    "ce fichier n'est pas un scénario",
                    file=label + path.name,
                    expected="un dossier, un .zip, un .xlsx ou un .json",
                )
            )
    except OSError as reason:
        source.faults.append(
            Fault(
                "illisible",
                f"lecture impossible ({reason.strerror or type(reason).__name__})",
                file=label + path.name,
            )
        )
    return source


def _nearby(path: Path) -> str | None:
    for suffix in (".zip", ".xlsx", ".json"):
        other = path.with_name(path.name + suffix)
        if other.exists():
            return f"il existe « {other.name} »"
    return None


def _too_big(file: str) -> Fault:
    return Fault("trop-gros", "fichier trop gros pour un scénario, non lu", file=file)


def _folder(source: Source, label: str) -> None:
    for entry in sorted(source.origin.iterdir()):
        if entry.name.startswith((".", "~$")) or not entry.is_file():
            continue
        if _wanted(entry.name):
            file = label + entry.name
            if entry.stat().st_size > LARGEST_FILE:
                source.faults.append(_too_big(file))
                continue
            try:
                content = entry.read_bytes()
            except OSError as reason:
                message = f"lecture impossible ({reason.strerror or type(reason).__name__})"
                source.faults.append(Fault("illisible", message, file=file))
                continue
            _member(source, entry.name, file, content)


def _wanted(name: str) -> bool:
    return name.lower().endswith(".csv") or name.lower() == "scenario.toml"


def _member(source: Source, name: str, file: str, content: bytes) -> None:
    if name.lower() == "scenario.toml":
        source.settings = _toml(file, content, source.faults)
        return
    table = csv_table(name.rsplit(".", 1)[0], file, content, source.faults)
    if table is not None:
        source.tables.append(table)


# --- zip ---------------------------------------------------------------------------------------


def _archive(source: Source, label: str) -> None:
    file = label + source.origin.name
    try:
        with zipfile.ZipFile(source.origin) as archive:
            members = _members(archive, file, source.faults)
            for name, shown_as, info in members:
                _member(source, name, label + shown_as, archive.read(info))
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        NotImplementedError,
        RuntimeError,
        EOFError,
        ValueError,
        zlib_error,
    ):
        source.faults.append(Fault("zip-illisible", "archive zip abîmée ou chiffrée", file=file))


def _members(
    archive: zipfile.ZipFile, file: str, faults: list[Fault]
) -> list[tuple[str, str, zipfile.ZipInfo]]:
    """The files of the scenario in the archive: (name, shown as, member), after the safety checks."""
    entries = archive.infolist()
    if len(entries) > MOST_MEMBERS:
        faults.append(Fault("zip-refuse", "archive de trop de fichiers, non lue", file=file))
        return []
    inside: dict[str, list[zipfile.ZipInfo]] = {}
    for info in entries:
        parts = info.filename.replace("\\", "/").split("/")
        if info.is_dir() or "__MACOSX" in parts or parts[-1].startswith((".", "~$")):
            continue
        if ".." in parts or info.filename.startswith(("/", "\\")) or ":" in parts[0]:
            message = "l'archive contient un chemin qui en sort, non lue"
            faults.append(Fault("zip-refuse", message, file=file, value=info.filename[:80]))
            return []
        if _wanted(parts[-1]):
            inside.setdefault("/".join(parts[:-1]), []).append(info)
    total = sum(info.file_size for infos in inside.values() for info in infos)
    packed = sum(info.compress_size for infos in inside.values() for info in infos)
    if total > LARGEST_ARCHIVE or total > LARGEST_RATIO * max(packed, 5_000):
        faults.append(Fault("zip-refuse", "archive démesurée une fois ouverte, non lue", file=file))
        return []
    if len(inside) > 1:
        faults.append(
            Fault(
                "zip-ambigu",
                "l'archive contient plusieurs dossiers de tables",
                file=file,
                value=", ".join(sorted(folder or "(racine)" for folder in inside))[:80],
                expected="un seul dossier",
            )
        )
        return []
    found = []
    for infos in inside.values():
        names: set[str] = set()
        for info in infos:
            name = info.filename.replace("\\", "/").rsplit("/", 1)[-1]
            if name.lower() in names:
                faults.append(Fault("fichier-double", "fichier présent deux fois", file=name))
                continue
            names.add(name.lower())
            found.append((name, name, info))
    return found


from zlib import error as zlib_error  # noqa: E402

# --- text --------------------------------------------------------------------------------------


def decoded(content: bytes, file: str, faults: list[Fault]) -> str | None:
    """Text of a file: UTF-8 (with or without BOM), UTF-16 with BOM, ISO-8859-15 or Windows-1252."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError:
            faults.append(Fault("encodage", "texte UTF-16 abîmé", file=file))
            return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as reason:
        bad = reason.start
    lenient = content.decode("utf-8", errors="replace")
    if any(ord(c) > 127 and c != "\ufffd" for c in lenient):
        faults.append(
            Fault(
                "encodage",
                "le fichier mélange deux encodages",
                file=file,
                line=content.count(b"\n", 0, bad) + 1,
                expected="UTF-8 ou ISO-8859-15, d'un bout à l'autre",
            )
        )
        return lenient
    encoding = "cp1252" if any(0x80 <= byte <= 0x9F for byte in content) else "iso-8859-15"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as reason:
        faults.append(
            Fault(
                "encodage",
                "octets qui ne sont pas du texte",
                file=file,
                line=content.count(b"\n", 0, reason.start) + 1,
                expected="UTF-8 ou ISO-8859-15",
            )
        )
        return None


# --- TOML --------------------------------------------------------------------------------------


def _toml(file: str, content: bytes, faults: list[Fault]) -> RawSettings | None:
    text = decoded(content, file, faults)
    if text is None:
        return RawSettings(file, {}, typed=True)
    try:
        values = tomllib.loads(text.replace("\r\n", "\n").replace("\r", "\n"))
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as reason:
        match = re.search(r"at line (\d+)", str(reason))
        line = (
            int(match[1]) if match else (text.count("\n") + 1 if "end of" in str(reason) else None)
        )
        lines = text.splitlines()
        seen = lines[line - 1].strip()[:80] if line and line <= len(lines) else None
        faults.append(
            Fault(
                "toml-illisible",
                "écriture TOML incorrecte",
                file=file,
                line=line,
                value=seen,
                expected='des lignes cle = valeur, les textes entre guillemets (titre = "…")',
            )
        )
        return RawSettings(file, {}, typed=True)
    return RawSettings(file, values, typed=True, lines=_toml_lines(text))


def _toml_lines(text: str) -> dict[tuple[str, ...], int]:
    """Line of each key and section, as far as plain TOML goes."""
    lines: dict[tuple[str, ...], int] = {}
    section: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if match := re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line):
            section = tuple(part.strip(" \"'") for part in match[1].split("."))
            lines.setdefault(section, number)
        elif match := re.match(r"\s*([A-Za-z0-9_\-.\"'À-ÿ ]+?)\s*=", line):
            key = tuple(part.strip(" \"'") for part in match[1].split("."))
            lines.setdefault(section + key, number)
    return lines


# --- CSV ---------------------------------------------------------------------------------------


def csv_table(name: str, file: str, content: bytes, faults: list[Fault]) -> RawTable | None:
    """The rows of a CSV file, `;` `,` or tab; None where it cannot be read at all."""
    text = decoded(content, file, faults)
    if text is None:
        return None
    lines = io.StringIO(text, newline="").readlines()
    if len(lines) == 1 and "\r" in lines[0]:
        lines = re.split(r"(?<=\r)", text)
    if lines and (match := re.fullmatch(r"\s*sep=(.)\s*", lines[0])):
        delimiter, lines = match[1], lines[1:]
    else:
        delimiter = _delimiter(lines)
    table = RawTable(name, file, [], [])
    for line, cells, broken in _records(lines, delimiter, file, faults):
        if all(empty(cell) for cell in cells):
            continue
        if not table.header:
            table.header, table.header_line = cells, line
            continue
        table.rows.append((line, cells))
        if broken:
            table.broken.add(line)
    return table


def _delimiter(lines: list[str]) -> str:
    header = next((line for line in lines if line.strip()), "")
    header = re.sub(r'"[^"]*"', "", header)
    counts = {delimiter: header.count(delimiter) for delimiter in (";", "\t", ",")}
    best = max(counts, key=lambda delimiter: counts[delimiter])
    return best if counts[best] else ";"


def _records(
    lines: list[str], delimiter: str, file: str, faults: list[Fault]
) -> Iterable[tuple[int, list[str], bool]]:
    """(line as a spreadsheet counts, cells, broken): a bad quotation spoils its own line only."""
    start = 0
    record = 0
    reported = 0
    while start < len(lines):
        reader = csv.reader(lines[start:], delimiter=delimiter, strict=True)
        consumed = 0
        try:
            for cells in reader:
                record += 1
                consumed = reader.line_num
                yield record, cells, False
            return
        except csv.Error as reason:
            record += 1
            line = lines[start + consumed]
            if reported < MOST_FAULTS_OF_A_FILE:
                reported += 1
                faults.append(
                    Fault(
                        "guillemets",
                        "cellule démesurée" if "limit" in str(reason) else "guillemets mal fermés",
                        file=file,
                        line=record,
                        expected='un guillemet double au début et à la fin de la cellule, "" à l\'intérieur',
                    )
                )
            yield record, [cell.strip(' "\r\n') for cell in line.split(delimiter)], True
            start += consumed + 1


# --- xlsx --------------------------------------------------------------------------------------


def _workbook(source: Source, label: str) -> None:
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    file = label + source.origin.name
    try:
        with zipfile.ZipFile(source.origin) as archive:
            total = sum(info.file_size for info in archive.infolist())
            packed = sum(info.compress_size for info in archive.infolist())
        if total > LARGEST_ARCHIVE or total > LARGEST_RATIO * max(packed, 5_000):
            source.faults.append(_too_big(file))
            return
        book = openpyxl.load_workbook(source.origin)
        has_formula = any(
            cell.data_type == "f"
            for sheet in book.worksheets
            for row in sheet.iter_rows()
            for cell in row
        )
        values = openpyxl.load_workbook(source.origin, data_only=True) if has_formula else book
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError,
            AttributeError, IndexError, SyntaxError, EOFError, zlib_error):  # fmt: skip
        source.faults.append(
            Fault("xlsx-illisible", "classeur Excel illisible ou protégé", file=file)
        )
        return
    for sheet in book.worksheets:
        name = fold(sheet.title)
        where = f"{file} › {sheet.title}"
        rows = _sheet_rows(sheet, values[sheet.title], where, source.faults)
        if not rows or name in IGNORED_SHEETS:
            continue
        if name == SETTINGS:
            source.settings = _settings_sheet(where, rows, source.faults)
            continue
        (header_line, header), *body = rows
        source.tables.append(
            RawTable(sheet.title, where, header, body, header_line=header_line, ragged=False)
        )


def _sheet_rows(
    sheet: Any, values: Any, where: str, faults: list[Fault]
) -> list[tuple[int, list[Any]]]:
    """Rows of a sheet that hold something; merged cells and uncomputed formulas are faults."""
    for merged in sheet.merged_cells.ranges:
        faults.append(
            Fault(
                "cellules-fusionnees",
                "cellules fusionnées : on ne sait pas à quelles lignes elles valent",
                file=where,
                line=merged.min_row,
                value=str(merged),
                expected="une valeur par cellule",
            )
        )
    rows = []
    for number, (formulas, cells) in enumerate(
        zip(sheet.iter_rows(), values.iter_rows(values_only=True), strict=True), start=1
    ):
        row = list(cells)
        for position, formula in enumerate(formulas):
            value = row[position] if position < len(row) else None
            if formula.data_type == "e" or (isinstance(value, str) and value in _EXCEL_ERRORS):
                faults.append(
                    _cell_fault("erreur-excel", "erreur Excel", where, number, formula, value)
                )
                row[position] = None
            elif formula.data_type == "f" and value is None:
                faults.append(
                    _cell_fault(
                        "formule-sans-valeur",
                        "formule sans valeur calculée",
                        where,
                        number,
                        formula,
                        formula.value,
                        hint="ouvrir puis enregistrer dans le tableur, ou coller les valeurs",
                    )  # fmt: skip
                )
        if not all(empty(cell) for cell in row):
            rows.append((number, row))
    return rows


_EXCEL_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"})


def _cell_fault(
    code: str, message: str, where: str, line: int, cell: Any, value: Any, hint: str | None = None
) -> Fault:
    return Fault(
        code,
        message,
        file=where,
        line=line,
        column=cell.column_letter,
        value=str(value)[:80],
        expected="une valeur",
        hint=hint,
    )


def _settings_sheet(
    where: str, rows: list[tuple[int, list[Any]]], faults: list[Fault]
) -> RawSettings:
    """Sheet `scenario`: column `cle` (`titre`, `bareme.non_place`…), column `valeur`."""
    settings = RawSettings(where, {}, typed=False)
    header = [fold(str(cell)) if cell is not None else "" for cell in rows[0][1]]
    body = rows[1:] if header[:2] == ["cle", "valeur"] else rows
    for line, cells in body:
        key = tuple(fold(part) for part in str(cells[0] or "").split("."))
        value = cells[1] if len(cells) > 1 else None
        if any(not empty(cell) for cell in cells[2:]):
            faults.append(
                Fault(
                    "ligne-longue",
                    "plus de deux cellules",
                    file=where,
                    line=line,
                    expected="une clé, une valeur",
                )  # fmt: skip
            )
        if not all(key) or len(key) > 2:
            faults.append(
                Fault(
                    "cle-illisible",
                    "clé illisible",
                    file=where,
                    line=line,
                    column="cle",
                    value=str(cells[0])[:80],
                    expected="titre, annee, regles.…, bareme.…",
                )  # fmt: skip
            )
            continue
        _put(settings, key, value, line, faults)
    return settings


def _put(
    settings: RawSettings, key: tuple[str, ...], value: Any, line: int, faults: list[Fault]
) -> None:
    if empty(value):
        return
    inside = settings.values
    if len(key) == 2:
        section = inside.setdefault(key[0], {})
        if not isinstance(section, dict):
            section = {}
        inside = section
    if key[-1] in inside:
        faults.append(
            Fault(
                "cle-double",
                "clé donnée deux fois",
                file=settings.file,
                line=line,
                column=".".join(key),
                expected="une seule ligne par clé",
            )  # fmt: skip
        )
        return
    settings.lines[key] = line
    inside[key[-1]] = value


# --- JSON --------------------------------------------------------------------------------------


def _document(source: Source, label: str) -> None:
    file = label + source.origin.name
    if source.origin.stat().st_size > LARGEST_FILE:
        source.faults.append(_too_big(file))
        return
    text = decoded(source.origin.read_bytes(), file, source.faults)
    if text is None:
        return
    doubles: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for key, value in items:
            if key in seen:
                doubles.append(key)
            seen[key] = value
        return seen

    try:
        content = json.loads(text, object_pairs_hook=pairs)
    except (ValueError, RecursionError) as reason:
        line = getattr(reason, "lineno", None)
        source.faults.append(
            Fault("json-illisible", "écriture JSON incorrecte", file=file, line=line)
        )
        return
    for key in doubles[:MOST_FAULTS_OF_A_FILE]:
        message = "clé donnée deux fois dans le même objet"
        source.faults.append(Fault("cle-double", message, file=file, column=key[:80]))
    read_mapping(source, content, file)


def read_mapping(source: Source, content: Any, file: str) -> None:
    """Fill a source from a scenario written as one object with the French names of the tables."""
    if not isinstance(content, Mapping):
        source.faults.append(
            Fault("json-illisible", "un objet est attendu", file=file, expected='{"titre": …}')
        )
        return
    settings: dict[str, Any] = {}
    for key, value in content.items():
        if isinstance(value, list) and fold(str(key)) not in ("bases",):
            _object_table(source, str(key), f"{file} › {key}", value)
        else:
            settings[str(key)] = value
    source.settings = RawSettings(file, settings, typed=True)


def _object_table(source: Source, name: str, where: str, value: list[Any]) -> None:
    header: dict[str, int] = {}
    objects: list[tuple[int, Mapping[str, Any]]] = []
    for number, row in enumerate(value, start=1):
        if not isinstance(row, Mapping):
            source.faults.append(
                Fault(
                    "ligne-illisible",
                    "une ligne est un objet",
                    file=where,
                    line=number,
                    value=str(row)[:80],
                    expected='{"colonne": valeur}',
                )  # fmt: skip
            )
            continue
        objects.append((number, row))
        for key in row:
            header.setdefault(str(key), number)
    table = RawTable(name, where, list(header), [], header_line=1, ragged=False)
    table.rows = [(number, [row.get(key) for key in header]) for number, row in objects]
    source.tables.append(table)
