"""A plan as three tables that people read: per establishment, per host, per week.

The same grids become sheets of the workbook and CSV files. Must not know: Excel, files.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from service.exports.masking import FEW, WITHHELD, masked
from service.exports.visits import visits
from solver.facts import Facts
from solver.indicators.presence import presence

Cell = str | int | date
Kind = Literal["text", "date", "number", "heads", "part"]
"""`heads`: a count of pupils; `part`: one that gives away the other parts of its row."""


@dataclass(frozen=True, slots=True)
class Column:
    """How a column is called, how wide it stands (characters), what it holds."""

    header: str
    width: int
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with a name; as many cells a row as there are columns."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


def grids(facts: Facts) -> tuple[Grid, Grid, Grid]:
    """The three tables of a plan, with exact counts."""
    return per_establishment(facts), per_host(facts), per_week(facts)


def outside(grid: Grid) -> Grid:
    """The same table for readers outside the schools: small counts masked, row by row."""
    return replace(grid, rows=tuple(_masked_row(grid.columns, row) for row in grid.rows))


def _masked_row(columns: Sequence[Column], row: Sequence[Cell]) -> tuple[Cell, ...]:
    cells = [
        masked([value])[0] if column.kind in ("heads", "part") and isinstance(value, int) else value
        for column, value in zip(columns, row, strict=True)
    ]
    parts = [i for i, column in enumerate(columns) if column.kind == "part"]
    if any(cells[i] == FEW for i in parts):
        cells = [WITHHELD if i in parts and v != FEW else v for i, v in enumerate(cells)]
    return tuple(cells)


def per_establishment(facts: Facts) -> Grid:
    """One row per period: who leaves, when, how many are placed."""
    columns = (
        Column("UAI", 11), Column("Établissement", 34), Column("Division", 24),
        Column("Nom", 18), Column("Public", 9), Column("Période", 26),
        Column("Rang", 7, "number"), Column("Du", 12, "date"), Column("Au", 12, "date"),
        Column("Départ", 24), Column("Semaines", 10, "number"), Column("Effectif", 9, "heads"),
        Column("Placés", 9, "part"), Column("Sans place", 11, "part"),
    )  # fmt: skip
    return Grid("Par établissement", columns, tuple(_period_rows(facts)))


def _period_rows(facts: Facts) -> Iterator[tuple[Cell, ...]]:
    scenario = facts.scenario
    missing = Counter(period.id for _, period in facts.unplaced)
    rank = {e.uai: i for i, e in enumerate(scenario.establishments)}
    names = {e.uai: e.name for e in scenario.establishments}
    division = scenario.division_of
    for p in sorted(scenario.periods, key=lambda p: rank[division[p.division].establishment]):
        d = division[p.division]
        size, weeks = facts.size(p), facts.weeks_of[p.id]
        when: tuple[Cell, ...] = ("", "", "sans départ", 0)
        if weeks:
            when = (weeks[0].monday, weeks[-1].friday, weeks[0].label(), len(weeks))
        yield (
            d.establishment, names[d.establishment], d.id, d.name, d.public, p.id, p.rank,
            *when, size, size - missing[p.id], missing[p.id],
        )  # fmt: skip


def per_host(facts: Facts) -> Grid:
    """One row per host, division and period: who comes, when, how many."""
    columns = (
        Column("Accueil", 17), Column("Structure", 34), Column("Commune", 22),
        Column("UAI", 11), Column("Établissement", 34), Column("Division", 24),
        Column("Public", 9), Column("Période", 26), Column("Du", 12, "date"),
        Column("Au", 12, "date"), Column("Semaines", 10, "number"),
        Column("Élèves", 9, "heads"), Column("Places utilisées", 10, "part"),
    )  # fmt: skip
    towns = {p.id: p.name for p in facts.scenario.places}
    rows = tuple(
        (
            v.host.id, v.host.name, towns[v.host.place], v.establishment.uai, v.establishment.name,
            v.division.id, v.division.public, v.period.id, v.first, v.last, len(v.weeks),
            v.pupils, facts.slots(v.host, v.period.id),
        )
        for v in visits(facts)
    )  # fmt: skip
    return Grid("Par accueil", columns, rows)


def per_week(facts: Facts) -> Grid:
    """One row per usable week: divisions out, pupils out and seats of each family."""
    columns = (
        Column("Semaine", 24), Column("Du", 12, "date"), Column("Au", 12, "date"),
        Column("Jours de classe", 9, "number"), Column("Divisions absentes", 10, "number"),
        Column("Élèves en observation", 12, "heads"), Column("Places d’observation", 12, "number"),
        Column("Élèves en formation", 12, "heads"), Column("Places de formation", 12, "number"),
    )  # fmt: skip
    away = Counter(week for weeks in facts.weeks_of.values() for week in weeks)
    observation, training = presence(facts, "observation"), presence(facts, "formation")
    rows = tuple(
        (
            week.label(), week.monday, week.friday, facts.calendar.school_days(week), away[week],
            int(observation.out[i]), int(observation.seats[i]),
            int(training.out[i]), int(training.seats[i]),
        )
        for i, week in enumerate(facts.calendar.usable)
    )  # fmt: skip
    return Grid("Par semaine", columns, rows)
