"""The tables under check: their rows, their keys, and what the domain says of their columns."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, get_args, get_origin

from solver.domain import Frozen, Scenario

Tables = Mapping[str, Sequence[Any]]
"""Records by French table name."""
_PERSONAL = re.compile(
    r"[0-9]{9}[0-9A-Z][A-Z]|[^@\s]+@[^@\s]+\.[^@\s]+|[12][0-9]{12}(?:[0-9]{2})?", re.IGNORECASE
)


def looks_personal(identifier: str) -> bool:
    """Whether a pseudonym looks like a national pupil number (INE), a NIR or an e-mail address."""
    return _PERSONAL.fullmatch(identifier.strip()) is not None


@cache
def columns() -> Mapping[str, tuple[tuple[str, str, bool, tuple[str, ...]], ...]]:
    """By table: (field, header, part of the key, tables it must name)."""
    tables = {}
    for name, field in Scenario.model_fields.items():
        if get_origin(field.annotation) is not tuple:
            continue
        record: type[Frozen] = get_args(field.annotation)[0]
        columns = []
        for inner_name, inner in record.model_fields.items():
            extra = inner.json_schema_extra if isinstance(inner.json_schema_extra, dict) else {}
            references = tuple(str(extra.get("references") or "").split())
            columns.append(
                (inner_name, inner.alias or inner_name, bool(extra.get("key")), references)
            )
        tables[field.alias or name] = tuple(columns)
    return tables


def rows(tables: Tables, name: str) -> Iterator[tuple[int, Any]]:
    return enumerate(tables.get(name, ()))


def identifiers(tables: Tables, name: str) -> set[str]:
    """The keys that exist in a table; pupils that a head count stands for are among them."""
    field = next(field for field, _, key, _ in columns()[name] if key)
    known = {value for _, row in rows(tables, name) if (value := getattr(row, field)) is not None}
    if name == "eleves":
        described = {row.division for _, row in rows(tables, "eleves")}
        for _, division in rows(tables, "divisions"):
            if division.id is not None and division.id not in described:
                known.update(
                    f"{division.id}#{i:03d}" for i in range(1, (division.headcount or 0) + 1)
                )
    return known
