"""Writing a scenario: canonical folder, `.zip` or `.xlsx` that reads back identical.

Nothing is written that would not read back as the same scenario.
Must not know: how plans are found.
"""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from scenarios.cells import shown, written
from scenarios.folders import replace_file, replace_folder
from scenarios.tables import Column, Table, plan_tables, scenario_tables, settings_columns
from solver.domain import EquityStep, Frozen, Plan, Scenario
from solver.errors import Fault, InvalidScenario

REFERENCE = "reference"


def write(scenario: Scenario, path: str | Path) -> None:
    """Write a scenario: a folder, or a `.zip` or `.xlsx` where the path ends so.

    A reference plan goes along, in folder (or sheets) `reference`. Raises `InvalidScenario` where
    it would not read back identical, `FileExistsError` where another kind of folder stands there.
    """
    path = Path(path)
    contents = {name: text.encode() for name, text in files(scenario).items()}
    _reads_back(scenario, contents)
    if path.suffix.lower() == ".zip":
        replace_file(path, zipped(contents))
    elif path.suffix.lower() == ".xlsx":
        replace_file(path, _workbook(scenario))
    else:
        ours = {"scenario.toml", *(f"{name}.csv" for name in scenario_tables())}
        replace_folder(path, contents, sign="scenario.toml", ours=ours)


def files(scenario: Scenario) -> dict[str, str]:
    """The canonical files by name; tables without rows have none."""
    contents = {"scenario.toml": toml_text(scenario)}
    for name, table in scenario_tables().items():
        records = getattr(scenario, table.field)
        if records:
            contents[f"{name}.csv"] = csv_text(table, records)
    if scenario.reference is not None:
        for name, rows in _reference(scenario.reference).items():
            contents[f"{REFERENCE}/{name}.csv"] = _csv(rows)
    return contents


def rows_of(table: Table, records: Iterable[Frozen]) -> list[list[str]]:
    """The cells of each record, as canonical text, in the order of the columns."""
    names = [c.name for c in table.columns]
    return [[written(getattr(record, name)) for name in names] for record in records]


def csv_text(table: Table, records: Sequence[Frozen]) -> str:
    """A table as CSV: `;`, header, one line per record."""
    return _csv([[c.header for c in table.columns], *rows_of(table, records)])


def _csv(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\n").writerows(rows)
    return text.getvalue()


def settings_of(scenario: Scenario) -> dict[str, str]:
    """Every key of `scenario.toml` (`titre`, `bareme.non_place`, …) as canonical text."""
    return {".".join(path): written(value) for path, _, value in _settings(scenario)}


def toml_text(scenario: Scenario) -> str:
    """`scenario.toml`: the required keys, then what differs from the defaults."""
    lines: list[str] = []
    section = ""
    for path, column, value in _settings(scenario):
        if not column.required and value == column.default and path != ("format",):
            continue
        if len(path) == 2 and path[0] != section:
            section = path[0]
            lines += ["", f"[{section}]"]
        lines.append(f"{path[-1]} = {_toml(value)}")
    if scenario.reference is not None:
        lines.insert(lines.index("") if "" in lines else len(lines), f'reference = "{REFERENCE}"')
    return "\n".join(lines) + "\n"


def _settings(scenario: Scenario) -> Iterable[tuple[tuple[str, ...], Column, Any]]:
    for key, column in settings_columns().items():
        if isinstance(column, Column):
            yield (key,), column, getattr(scenario, column.name)
        else:
            section = next(n for n, f in Scenario.model_fields.items() if f.alias == key)
            for inner in column.values():
                yield (key, inner.header), inner, getattr(getattr(scenario, section), inner.name)


def _toml(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(_toml(part) for part in value)}]"
    if isinstance(value, EquityStep):
        return f"{{seuil = {value.threshold_percent}, surcout = {value.surcharge_percent}}}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return json.dumps(written(value), ensure_ascii=False)


def _reference(plan: Plan) -> Mapping[str, list[list[str]]]:
    """The decisions of a plan as tables: header, then rows."""
    tables: dict[str, list[list[str]]] = {}
    for name, rows in (("calendrier", plan.departures), ("affectations", plan.placements)):
        known = set(type(rows[0]).model_fields) if rows else set()
        columns = [c for c in plan_tables()[name].columns if c.name in known or c.required]
        cells = [[written(getattr(row, c.name)) for c in columns] for row in rows]
        tables[name] = [[c.header for c in columns], *cells]
    return tables


def zipped(contents: Mapping[str, str | bytes]) -> bytes:
    """A zip of these files, by path, the same to the byte each time; text in UTF-8."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, content)
    return packed.getvalue()


def _workbook(scenario: Scenario) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)

    def sheet(name: str, rows: Iterable[Sequence[Any]]) -> None:
        page = book.create_sheet(name)
        page.freeze_panes = "A2"
        for row in rows:
            page.append([_cell(page, value) for value in row])

    settings = [[".".join(path), written(value)] for path, _, value in _settings(scenario)]
    if scenario.reference is not None:
        settings.append([REFERENCE, REFERENCE])
    sheet("scenario", [["cle", "valeur"], *settings])
    for name, table in scenario_tables().items():
        records = getattr(scenario, table.field)
        if records:
            sheet(name, [[c.header for c in table.columns], *values_of(table, records)])
    if scenario.reference is not None:
        for name, rows in _reference(scenario.reference).items():
            sheet(f"{REFERENCE}_{name}", rows)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def values_of(table: Table, records: Iterable[Frozen]) -> Iterable[list[Any]]:
    """The cells of each record for a spreadsheet: numbers as numbers, all else as text."""
    plain = [(c.name, c.kind in ("integer", "decimal")) for c in table.columns]
    for record in records:
        yield [
            value if number else written(value)
            for name, number in plain
            for value in (getattr(record, name),)
        ]


def _cell(page: Any, value: Any) -> Any:
    """A cell whose text stays text, even where it begins like a formula."""
    if not isinstance(value, str):
        return value
    if not value:
        return None
    if not value.startswith(("=", "#")):
        return value
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(page, value)
    cell.data_type = "s"
    return cell


def _reads_back(scenario: Scenario, contents: Mapping[str, bytes]) -> None:
    """Raise `InvalidScenario` with the cells that would not come back as they are."""
    from scenarios.reading import inspect_files

    reading = inspect_files(contents)
    if reading.scenario is None:
        raise InvalidScenario(reading.faults)
    if reading.scenario != scenario:
        raise InvalidScenario(_lost(scenario, reading.scenario))


def _lost(ours: Scenario, theirs: Scenario) -> Iterable[Fault]:
    message = "cette valeur ne peut pas s'écrire dans une table sans changer"
    for name, table in scenario_tables().items():
        pairs = zip(getattr(ours, table.field), getattr(theirs, table.field), strict=True)
        for i, (one, other) in enumerate(pairs):
            for c in table.columns:
                if (value := getattr(one, c.name)) != getattr(other, c.name):
                    yield Fault(
                        "non-inscriptible", message, name, i, c.header, shown(value), c.expected
                    )
    again = {path: value for path, _, value in _settings(theirs)}
    for path, column, value in _settings(ours):
        if again[path] != value:
            key = ".".join(path)
            yield Fault("non-inscriptible", message, None, None, key, shown(value), column.expected)
    if ours.reference != theirs.reference:
        yield Fault("non-inscriptible", "le plan de référence ne peut pas s'écrire sans changer")
