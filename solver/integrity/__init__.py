"""What must hold between the rows of a scenario: references, keys, orders of weeks, shares.

Reads records only, so that a scenario built in Python is checked as one read from files. A record
may be partial (a field that could not be read is None): it still counts as existing.
Must not know: files, holidays, journeys.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import get_origin

from solver.domain import Scenario
from solver.errors import Fault
from solver.integrity.references import keys, personal, references
from solver.integrity.rows import ROW_RULES
from solver.integrity.tables import Tables, looks_personal
from solver.integrity.weeks import durations, school_year_span, weeks, windows
from solver.integrity.whole import closure_faults, reference_faults, settings, year_fault

__all__ = [
    "check", "closure_faults", "faults", "looks_personal", "reference_faults", "school_year_span",
    "year_fault",
]  # fmt: skip


def faults(scenario: Scenario) -> tuple[Fault, ...]:
    """Every fault and warning of a scenario, each with table, row (from 0) and column."""
    tables = {
        field.alias or name: getattr(scenario, name)
        for name, field in Scenario.model_fields.items()
        if get_origin(field.annotation) is tuple
    }
    return (
        *settings(scenario),
        *check(tables, scenario.year),
        *reference_faults(scenario),
    )


def check(
    tables: Tables,
    year: str | None,
    *,
    uncertain: frozenset[str] = frozenset(),
    unsure: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> tuple[Fault, ...]:
    """Faults between rows: `tables` by French name, `year` the school year (None: unreadable).

    So that one bad cell is one fault: references to `uncertain` tables (that could not be read) are
    not judged, and `unsure` keys (malformed, or empty) by table explain references that miss them.
    """
    found = [*personal(tables), *keys(tables), *references(tables, uncertain, unsure)]
    if year is not None and (span := school_year_span(year)) is not None:
        found += weeks(tables, *span)
        found += durations(tables, *span)
    found += windows(tables)
    for rule in ROW_RULES:
        found += rule(tables)
    return tuple(found)
