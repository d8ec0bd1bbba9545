"""Settings in TOML, whole scenarios in JSON: to raw settings and tables.

Must not know: what a key or column means.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from scenarios.cells import fold
from scenarios.delimited import decoded
from scenarios.raw import LARGEST_FILE, RawSettings, RawTable, Source
from solver.errors import Fault


def toml_settings(file: str, content: bytes, faults: list[Fault]) -> RawSettings | None:
    text = decoded(content, file, faults)
    if text is None:
        return RawSettings(file, {}, typed=True, broken=True)
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
        return RawSettings(file, {}, typed=True, broken=True)
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


def open_document(source: Source, label: str) -> None:
    file = label + source.origin.name
    if source.origin.stat().st_size > LARGEST_FILE:
        source.faults.append(
            Fault("trop-gros", "fichier trop gros pour un scénario, non lu", file=file)
        )
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
    for key in doubles:
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
            if value:
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
                )
            )
            continue
        objects.append((number, row))
        for key in row:
            header.setdefault(str(key), number)
    table = RawTable(name, where, list(header), [])
    table.rows = [(number, [row.get(key) for key in header]) for number, row in objects]
    source.tables.append(table)
