"""The bars of the calendar picture: periods that leave together, packed into the lanes of a row.

Must not know: colours, axes.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from solver.domain import Division, Period, Public
from solver.facts import Facts
from solver.week import Week

Rows = Literal["etablissements", "divisions"]


@dataclass(frozen=True, slots=True)
class Bar:
    """Periods of one row that leave together for as long, drawn once."""

    public: Public
    weeks: tuple[Week, ...]
    imposed: bool
    moved_weeks: int
    """Calendar weeks from the wish: negative earlier, 0 as wished or without a wish."""
    divisions: int
    pupils: int

    @property
    def runs(self) -> list[tuple[Week, int]]:
        """Stretches of consecutive calendar weeks: first week and length."""
        stretches = groupby(enumerate(self.weeks), key=lambda pair: pair[1].plus(-pair[0]))
        weeks = [[week for _, week in stretch] for _, stretch in stretches]
        return [(run[0], len(run)) for run in weeks]


@dataclass(frozen=True, slots=True)
class Row:
    """An establishment or a division: its label and its bars, lane by lane."""

    label: str
    establishment: str
    targets: tuple[str, ...]
    """Ids whose closures close the row."""
    lanes: tuple[tuple[Bar, ...], ...]


def rows(facts: Facts, by: Rows, among: Container[str] | None = None) -> list[Row]:
    """Rows in the order of the scenario; a row without any departure is left out.

    `among`: only the periods of these divisions.
    """
    scenario = facts.scenario
    periods: dict[str, list[Period]] = {}
    for period in scenario.periods:
        if among is not None and period.division not in among:
            continue
        division = scenario.division_of[period.division]
        key = division.establishment if by == "etablissements" else division.id
        if facts.weeks_of[period.id]:
            periods.setdefault(key, []).append(period)
    names = {e.uai: e.name for e in scenario.establishments}
    if by == "etablissements":
        return [
            Row(names[uai], uai, (uai,), _lanes(_bars(facts, periods[uai])))
            for uai in names
            if uai in periods
        ]
    return [
        Row(
            division.name or division.id,
            division.establishment,
            (division.establishment, division.id),
            _lanes(_bars(facts, periods[division.id])),
        )
        for division in _by_establishment(scenario.divisions, names)
        if division.id in periods
    ]


def _by_establishment(divisions: Iterable[Division], uais: Iterable[str]) -> list[Division]:
    rank = {uai: i for i, uai in enumerate(uais)}
    return sorted(divisions, key=lambda d: rank[d.establishment])


def _bars(facts: Facts, periods: Iterable[Period]) -> list[Bar]:
    """One bar for all periods of the same public, weeks, imposition and move."""
    together: dict[tuple[Public, tuple[Week, ...], bool, int], list[Period]] = {}
    for period in periods:
        weeks = facts.weeks_of[period.id]
        imposed = period.imposed is not None
        moved = 0 if imposed or period.wished is None else weeks[0].since(period.wished)
        key = facts.division(period).public, weeks, imposed, moved
        together.setdefault(key, []).append(period)
    return [
        Bar(*key, divisions=len(group), pupils=sum(facts.size(p) for p in group))
        for key, group in together.items()
    ]


def _lanes(bars: list[Bar]) -> tuple[tuple[Bar, ...], ...]:
    """Each bar in the first lane where it meets no other: longest first among equal starts."""
    lanes: list[list[Bar]] = []
    for bar in sorted(bars, key=lambda b: (b.weeks[0], -len(b.weeks), b.public)):
        free = next((lane for lane in lanes if lane[-1].weeks[-1] < bar.weeks[0]), None)
        if free is None:
            lanes.append([bar])
        else:
            free.append(bar)
    return tuple(tuple(lane) for lane in lanes)
