"""Reading a scenario: every fault at once, or the records.

`read` raises with all faults, `inspect` gives them beside the scenario. Must not know: encodings.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scenarios.rows import Row, records
from scenarios.settings import check_settings, nested
from scenarios.tables import Table, scenario_tables
from scenarios.variants import Draft, load, load_files, load_mapping
from solver import integrity
from solver.domain import Scenario
from solver.errors import Fault, InvalidScenario


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a scenario gave: the scenario where it is usable, and all there is to say."""

    scenario: Scenario | None
    faults: tuple[Fault, ...]
    """What must be corrected; `scenario` is None where there is any."""
    warnings: tuple[Fault, ...]
    """What deserves a look and blocks nothing."""


def read(path: str | Path, *, within: Path | None = None) -> Scenario:
    """The scenario at `path`: a folder, a `.zip`, an `.xlsx` or a `.json`.

    `within`: bases and references must lie in that folder (for scenarios received from elsewhere).
    Raises `InvalidScenario` with every fault of every file.
    """
    return _usable(inspect(path, within=within))


def inspect(path: str | Path, *, within: Path | None = None) -> Reading:
    """As `read`, but gives the faults and warnings instead of raising."""
    return _reading(load(Path(path), within))


def read_object(content: Mapping[str, Any]) -> Scenario:
    """The scenario written as one object with the French names of tables and columns (JSON).

    Raises `InvalidScenario` with every fault.
    """
    return _usable(inspect_object(content))


def inspect_object(content: Mapping[str, Any]) -> Reading:
    """As `read_object`, but gives the faults and warnings instead of raising."""
    return _reading(load_mapping(content))


def inspect_files(contents: Mapping[str, bytes]) -> Reading:
    """As `inspect`, for the files of a folder held in memory (no bases)."""
    return _reading(load_files(contents))


def _usable(reading: Reading) -> Scenario:
    if reading.scenario is None:
        raise InvalidScenario(reading.faults)
    return reading.scenario


def _reading(draft: Draft) -> Reading:
    said = list(draft.faults)
    if not (draft.incomplete or draft.unsettled):
        check_settings(draft.settings, draft.file, said)
    built = {}
    for name, table in scenario_tables().items():
        built[name] = tuple(records(draft.tables.get(name, []), table, said))
    year = draft.settings.get(("annee",))
    found = integrity.check(
        built,
        year.value if year else None,
        uncertain=frozenset(built) if draft.incomplete else frozenset(draft.uncertain),
        unsure={
            name: _unsure(rows, scenario_tables()[name]) for name, rows in draft.tables.items()
        },
    )
    said += (_placed(fault, draft) for fault in found)
    scenario = None
    if not any(fault.severity == "faute" for fault in said):
        scenario = Scenario.model_validate(
            {**nested(draft.settings), **built, "reference": draft.reference}
        )
        said += integrity.reference_faults(scenario)
    ordered = sorted(dict.fromkeys(said), key=_order)
    return Reading(
        scenario,
        tuple(f for f in ordered if f.severity == "faute"),
        tuple(f for f in ordered if f.severity != "faute"),
    )


def _unsure(rows: list[Row], table: Table) -> list[str]:
    """First key of the rows whose key could not be read or is malformed; empty where absent."""
    column = table.keys[0]
    pattern = re.compile(column.pattern) if column.pattern else None
    keys = []
    for row in rows:
        value = row.values.get(column.header)
        if value is None or (pattern is not None and not pattern.search(value)):
            keys.append(str(value or row.unreadable.get(column.header, "")))
    return keys


def _order(fault: Fault) -> tuple[bool, str, int]:
    settings = fault.table is None
    return (not settings, fault.file or fault.table or "", fault.line or 0)


def _placed(fault: Fault, draft: Draft) -> Fault:
    """The fault with the file and line of its row."""
    if fault.table is None or fault.row is None:
        return replace(fault, file=fault.file or draft.file)
    row = draft.tables[fault.table][fault.row].place(fault.column)
    return replace(fault, file=row.file, line=row.line)
