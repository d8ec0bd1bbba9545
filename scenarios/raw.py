"""What a place holds, unjudged: raw tables and settings, each with its file and lines.

Must not know: how they were opened, what a column means.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from solver.errors import Fault

SETTINGS = "scenario"
"""Name of the settings among sheets."""
LARGEST_FILE = 50_000_000
"""Bytes of a table; those of a whole académie are ten times smaller."""


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


@dataclass(slots=True)
class RawSettings:
    """`scenario.toml` or its like: nested keys, and where each stands."""

    file: str
    values: dict[str, Any]
    typed: bool
    lines: dict[tuple[str, ...], int] = field(default_factory=dict)
    broken: bool = False
    """Nothing could be read: what is missing from `values` says nothing."""


@dataclass(slots=True)
class Source:
    """What one place holds, unjudged; `faults` are those of files that could not be opened."""

    origin: Path
    settings: RawSettings | None = None
    tables: list[RawTable] = field(default_factory=list)
    inside: dict[str, list[RawTable]] = field(default_factory=dict)
    """Tables of plans that came in the same archive or workbook, by name of their folder."""
    faults: list[Fault] = field(default_factory=list)
