"""Who gains and who loses: each establishment in two plans, tied by a line, with its numbers.

A table whose second column is the picture: it is its own twin. Must not know: why plans differ.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import htpy as h

from service.exports.comparison import french, signed
from solver.compare import Comparison, School

Figure = Literal["taux", "trajet"]
FIGURES: dict[Figure, str] = {
    "taux": "Part des élève-périodes placées (%)",
    "trajet": "Trajet moyen des placés (min)",
}
_EDGE, _ROOM = 4.0, 92.0
"""Percent of the column left of the lowest value, and used by the range."""


@dataclass(frozen=True, slots=True)
class Row:
    """An establishment in the base and in the other plan."""

    name: str
    before: float
    after: float
    gain: float
    """Positive where the other plan is better for it."""

    @property
    def look(self) -> str:
        return "gain" if self.gain > 0 else "loss" if self.gain < 0 else "same"


def dumbbells(compared: Comparison, other: int, figure: Figure) -> list[Row]:
    """Establishments known to both plans, those that lose most first."""
    better = 1 if figure == "taux" else -1
    rows = []
    for school in compared.schools:
        before, after = (_value(school, side, figure) for side in (0, other))
        if before is not None and after is not None:
            rows.append(Row(school.name, before, after, round(better * (after - before), 2)))
    return sorted(rows, key=lambda row: (row.gain, row.name))


def _value(school: School, side: int, figure: Figure) -> float | None:
    if figure == "trajet":
        return school.minutes[side]
    rate = school.rate(side)
    return None if rate is None else round(100 * rate, 1)


def dumbbell(rows: Sequence[Row], base: str, other: str, figure: Figure) -> h.Element:
    """The picture in its table; a circle for the base, a disc for the other plan."""
    low = min(min(r.before, r.after) for r in rows)
    high = max(max(r.before, r.after) for r in rows)

    def at(value: float) -> float:
        return round(_EDGE + _ROOM * (value - low) / ((high - low) or 1.0), 2)

    def track(row: Row) -> h.Element:
        left, right = sorted((at(row.before), at(row.after)))
        return h.span(class_=["db-track", row.look], aria_hidden="true")[
            h.span(".db-link", style=f"left:{left}%;width:{right - left:.2f}%"),
            h.span(".db-dot.before", style=f"left:{at(row.before)}%"),
            h.span(".db-dot.after", style=f"left:{at(row.after)}%"),
        ]

    won, lost = sum(r.gain > 0 for r in rows), sum(r.gain < 0 for r in rows)
    summary = (
        f"{FIGURES[figure]} : {won} y gagne{'nt' if won > 1 else ''}, "
        f"{lost} y perd{'ent' if lost > 1 else ''}, {len(rows) - won - lost} sans changement"
    )
    label = f"{FIGURES[figure]}, {base} et {other}"
    return h.div(".table", tabindex="0", role="region", aria_label=label)[
        h.table(".dumbbell")[
            h.caption[summary],
            h.thead[
                h.tr[
                    h.th(scope="col")["Établissement"],
                    h.th(scope="col")[f"De {french(low, 1)} à {french(high, 1)}"],
                    h.th(".number", scope="col")[f"{base} ○"],
                    h.th(".number", scope="col")[f"{other} ●"],
                    h.th(".number", scope="col")["Écart"],
                ]
            ],
            h.tbody[
                (
                    h.tr[
                        h.th(scope="row")[row.name],
                        h.td(".db-cell")[track(row)],
                        h.td(".number")[french(row.before, 1)],
                        h.td(".number")[french(row.after, 1)],
                        h.td(class_=["number", row.look])[signed(round(row.after - row.before, 1))],
                    ]
                    for row in rows
                )
            ],
        ]
    ]
