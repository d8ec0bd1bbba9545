"""One departure, every week of the year as a cell: what leaving then would change.

Green where the plan gains, orange where it loses, hatched where a rule forbids; the sign and a
sentence say the same. Must not know: how changes are computed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import htpy as h

from service.exports.comparison import french, signed
from solver.week import Week
from solver.whatif import Shift

_STEPS = (0.25, 0.5, 0.75, 1.0)
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
HEADS = ("Semaine", "Verdict", "Points", "Sans place", "Minutes de trajet", "Saturation")
NUMBERS = "  dddd"


@dataclass(frozen=True, slots=True)
class Cell:
    """How a week looks and what it says."""

    look: str
    """Class of the stylesheet: `gain-1` … `gain-4`, `loss-1` … `loss-4`, `same`, `forbidden`."""
    short: str
    sentence: str


def cell(row: Shift, most: int) -> Cell:
    """A week of the table; `most`: the largest change of the row, for the lightness steps."""
    if row.change is None:
        return Cell("forbidden", "✕", f"interdite : {reason(row)}")
    step = next((i for i, s in enumerate(_STEPS, 1) if abs(row.change) <= s * most), len(_STEPS))
    look = "same" if not row.change else f"{'gain' if row.change < 0 else 'loss'}-{step}"
    return Cell(look, _short(row.change), told(row))


def reason(row: Shift) -> str:
    """The rules that forbid a week, in their own sentences, with what they meet."""
    return " ".join(" ".join((o.sentence, *o.messages[:1])) for o in row.obstacles)


def shift_row(
    weeks: Sequence[Week], rows: Mapping[Week, Shift], *, chosen: Week | None, finished: bool
) -> h.Element:
    """The row, month by month; each cell that answers is a button with its `data-week`.

    `weeks`: every calendar week of the school year. While not `finished`, weeks without a row are
    still to come; afterwards they are weeks without class.
    """
    most = max((abs(r.change) for r in rows.values() if r.change), default=1)
    return h.div(".shift-row")[
        (
            h.div(".shift-month", role="group", aria_label=_MONTHS[month - 1])[
                h.div(".shift-month-name", aria_hidden="true")[_MONTHS[month - 1]],
                h.div(".shift-cells")[
                    (_cell(week, rows.get(week), most, week == chosen, finished) for week in group)
                ],
            ]
            for (_, month), group in groupby(weeks, key=lambda w: (w.friday.year, w.friday.month))
        )
    ]


def _cell(week: Week, row: Shift | None, most: int, chosen: bool, finished: bool) -> h.Element:
    name = h.span(".shift-week")[f"S{week.number:02d}"]
    if row is None:
        look, words = ("closed", "pas de cours") if finished else ("waiting", "calcul en cours")
        return h.span(class_=["shift-cell", look], title=f"{week.label()} : {words}")[
            name, h.span(".shift-change")["·"]
        ]
    shown = cell(row, most)
    sentence = f"{week.label()} : {'semaine du plan ; ' if row.current else ''}{shown.sentence}"
    return h.button(
        type="button",
        class_=["shift-cell", shown.look, {"current": row.current, "chosen": chosen}],
        title=sentence,
        aria_label=sentence,
        aria_pressed="true" if chosen else "false",
        data_week=str(week),
    )[name, h.span(".shift-change")[shown.short]]


def legend() -> h.Element:
    """What the looks mean."""
    entries = (
        ("gain-3", "−", "le plan y gagne"),
        ("same", "0", "sans changement"),
        ("loss-3", "+", "le plan y perd"),
        ("forbidden", "✕", "interdite par une règle"),
        ("closed", "·", "pas de cours"),
        ("current", "S", "semaine du plan"),
    )
    return h.ul(".legend")[
        (
            h.li[h.span(class_=["swatch shift-cell", look], aria_hidden="true")[mark], words]
            for look, mark, words in entries
        )
    ]


def table_rows(rows: Sequence[Shift]) -> list[tuple[str, ...]]:
    """The twin of the picture: a line a week, under `HEADS`."""
    return [
        (
            row.week.label() + (" (semaine du plan)" if row.current else ""),
            "permise" if row.allowed else f"interdite : {reason(row)}",
            signed(row.change),
            signed(row.unplaced),
            signed(row.minutes),
            signed(row.saturation),
        )
        for row in rows
    ]


def best(rows: Sequence[Shift]) -> str:
    """The best other week in a sentence."""
    others = [r for r in rows if r.change is not None and not r.current]
    if not others:
        return "Aucune autre semaine n’est permise."
    first = min(others, key=lambda r: (r.change or 0, r.week))
    many = f"{len(others)} autres semaines sont permises" if len(others) > 1 else (
        "Une seule autre semaine est permise"
    )  # fmt: skip
    return f"{many} ; la meilleure : {first.week.label()} ({told(first)})."


def told(row: Shift) -> str:
    """« 120 points de moins, 2 élèves sans place de plus »."""
    change, unplaced = row.change or 0, row.unplaced or 0
    if not change and not unplaced:
        return "rien ne change"
    parts = ["même coût"]
    if change:
        points = "point" if abs(change) == 1 else "points"
        parts = [f"{french(abs(change))} {points} de {'moins' if change < 0 else 'plus'}"]
    if unplaced:
        who = "élève sans place" if abs(unplaced) == 1 else "élèves sans place"
        parts.append(f"{french(abs(unplaced))} {who} de {'moins' if unplaced < 0 else 'plus'}")
    if row.minutes:
        parts.append(f"{signed(row.minutes)} min de trajet en tout")
    if row.slack:
        parts.append(f"à {french(row.slack)} points près")
    return ", ".join(parts)


def _short(points: int) -> str:
    """At most six letters."""
    if abs(points) < 10_000:
        return signed(points)
    return f"{'+' if points > 0 else '−'}{abs(points) / 1000:.0f}\u202fk"
