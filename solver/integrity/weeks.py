"""Weeks that lie in the school year, in their order."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from solver.errors import Fault
from solver.integrity.tables import Tables, columns, rows
from solver.week import Week


def school_year_span(year: str) -> tuple[Week, Week] | None:
    """First and last week of a school year (rules.md, Time); None where the year is unreadable."""
    match = re.fullmatch(r"(\d{4})-(\d{4})", year, re.ASCII)
    if match is None or not 1900 <= int(match[1]) <= 9000:
        return None
    start = int(match[1])
    first = Week.of(date(start, 8, 24))
    end = date(start + 1, 7, 11)
    return first, Week.of(end - timedelta(days=end.weekday()))


def weeks(tables: Tables, first: Week, last: Week) -> Iterator[Fault]:
    """Weeks of another year are faults, weeks of the summers next to this one warnings."""
    before, after = Week.of(date(first.monday.year, 8, 1)), Week.of(date(last.year, 8, 31))
    for name, fields in columns().items():
        for field, header, _, _ in fields:
            for i, row in rows(tables, name):
                week = getattr(row, field)
                if week is None or (isinstance(week, Week) and first <= week <= last):
                    continue
                if not isinstance(week, Week):
                    break
                yield Fault(
                    "hors-annee",
                    "semaine hors de l'année scolaire",
                    name,
                    i,
                    header,
                    str(week),
                    f"une semaine de {first} à {last}",
                    severity="avertissement" if before <= week <= after else "faute",
                )


def durations(tables: Tables, first: Week, last: Week) -> Iterator[Fault]:
    longest = last.since(first) + 1
    for i, period in rows(tables, "periodes"):
        if period.duration_weeks is not None and period.duration_weeks > longest:
            yield Fault(
                "duree-impossible",
                "période plus longue que l'année scolaire",
                "periodes",
                i,
                "duree",
                str(period.duration_weeks),
                f"au plus {longest} semaines",
            )


def windows(tables: Tables) -> Iterator[Fault]:
    for i, period in rows(tables, "periodes"):
        yield from _ordered("periodes", i, "debut_min", period.earliest, "fin_max", period.latest)
    for i, capacity in rows(tables, "capacites"):
        yield from _ordered("capacites", i, "debut", capacity.first, "fin", capacity.last)
    for i, closure in rows(tables, "blocages"):
        yield from _ordered("blocages", i, "debut", closure.first, "fin", closure.last)


def _ordered(
    table: str, row: int, start: str, first: Week | None, end: str, last: Week | None
) -> Iterator[Fault]:
    if first is not None and last is not None and first > last:
        yield Fault(
            "ordre-inverse",
            f"« {end} » précède « {start} »",
            table,
            row,
            end,
            str(last),
            f"{first} ou plus tard",
        )
