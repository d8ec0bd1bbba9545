"""Writing a scenario: canonical folder, `.zip` or `.xlsx` that reads back identical.

Must not know: where plans come from.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from scenarios.cells import written
from scenarios.tables import Column, Table, settings_columns
from solver.domain import Frozen, Scenario


def rows_of(table: Table, records: Iterable[Frozen]) -> list[list[str]]:
    """The cells of each record, as canonical text, in the order of the columns."""
    names = [c.name for c in table.columns]
    return [[written(getattr(record, name)) for name in names] for record in records]


def csv_text(table: Table, records: Sequence[Frozen]) -> str:
    """A table as CSV: `;`, header, one line per record, `\\n`."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow([c.header for c in table.columns])
    writer.writerows(rows_of(table, records))
    return text.getvalue()


def settings_of(scenario: Scenario) -> dict[str, str]:
    """Every key of `scenario.toml` (`titre`, `bareme.non_place`, …) as canonical text."""
    settings: dict[str, str] = {}
    for key, column in settings_columns().items():
        if isinstance(column, Column):
            settings[key] = written(getattr(scenario, column.name))
        else:
            section = _section(scenario, key)
            for inner in column.values():
                settings[f"{key}.{inner.header}"] = written(getattr(section, inner.name))
    return settings


def _section(scenario: Scenario, key: str) -> Any:
    name = next(n for n, field in Scenario.model_fields.items() if (field.alias or n) == key)
    return getattr(scenario, name)
