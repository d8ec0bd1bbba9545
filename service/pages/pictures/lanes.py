"""Calendars aligned: the same weeks for several plans, who is out in each, which periods moved.

Must not know: how plans were compared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import htpy as h

from service.exports.comparison import french
from service.exports.masking import FEW, small
from solver.week import Week

_HEIGHT = 40.0
_LANE_PIXELS = 9


@dataclass(frozen=True, slots=True)
class Bar:
    """A stay: its first week and how many calendar weeks it spans."""

    start: Week
    weeks: int


@dataclass(frozen=True, slots=True)
class Lane:
    """A period in each plan; None where it has no date there."""

    name: str
    bars: tuple[Bar | None, ...]


def presence(
    name: str, side: int, weeks: Sequence[Week], pupils: Mapping[Week, int], most: int
) -> h.Element:
    """Pupils out, week by week, on the common axis; `most`: the tallest week of all plans."""
    width = 100 / max(1, len(weeks))
    peak = max(weeks, key=lambda week: pupils.get(week, 0))
    told = (
        f"{name} : élèves partis, semaine par semaine ; "
        f"au plus {_told(pupils.get(peak, 0))}, en {peak.label()}"
    )
    return h.svg(
        class_=f"presence side-{side}",
        viewBox=f"0 0 100 {_HEIGHT:.0f}",
        preserveAspectRatio="none",
        role="img",
        aria_label=told,
    )[
        (
            h.rect(
                x=f"{i * width:.3f}",
                y=f"{_HEIGHT * (1 - count / max(1, most)):.2f}",
                width=f"{width * 0.86:.3f}",
                height=f"{_HEIGHT * count / max(1, most):.2f}",
            )[h.title[f"{week.label()} : {_told(count)}"]]
            for i, week in enumerate(weeks)
            if (count := pupils.get(week, 0))
        )
    ]


def _told(pupils: int) -> str:
    return FEW if small(pupils) else french(pupils)


def _begins(week: Week, before: Week) -> bool:
    """Whether a month begins with this week."""
    return week.friday.month != before.friday.month


def axis(weeks: Sequence[Week]) -> h.Element:
    """The months of the common axis."""
    starts = [i for i, week in enumerate(weeks) if i > 0 and _begins(week, weeks[i - 1])]
    return h.span(".lane-axis", aria_hidden="true")[
        (h.span(style=f"left:{100 * i / len(weeks):.2f}%")[f"{weeks[i].friday:%m}"] for i in starts)
    ]


def lanes(
    weeks: Sequence[Week],
    plans: Sequence[str],
    rows: Sequence[Lane],
    caption: str = "Départs qui changent de semaine, les plus grands écarts d’abord",
) -> h.Element:
    """A row per period, a bar per plan on the same axis; the dates are written beside."""
    if not rows:
        return h.p(".empty")["Aucun départ ne change de semaine."]
    first, total = weeks[0], len(weeks)

    def bar(side: int, stay: Bar) -> h.Element:
        left, width = 100 * stay.start.since(first) / total, 100 * stay.weeks / total
        top = side * _LANE_PIXELS + 2
        where = f"left:{left:.2f}%;width:{width:.2f}%;top:{top}px"
        return h.span(class_=f"lane-bar side-{side}", style=where)

    def track(row: Lane) -> h.Element:
        height = _LANE_PIXELS * len(plans) + 4
        return h.span(".lane-track", aria_hidden="true", style=f"height:{height}px")[
            (bar(side, stay) for side, stay in enumerate(row.bars) if stay is not None)
        ]

    return h.div(".table", tabindex="0", role="region", aria_label=caption)[
        h.table(".lanes")[
            h.caption[caption],
            h.thead[
                h.tr[
                    h.th(scope="col")["Période"],
                    h.th(scope="col")[h.span(".visually-hidden")["L’année, par mois"], axis(weeks)],
                    (
                        h.th(scope="col")[h.span(class_=f"key side-{i}"), name]
                        for i, name in enumerate(plans)
                    ),
                ]
            ],
            h.tbody[
                (
                    h.tr[
                        h.th(scope="row")[row.name],
                        h.td(".lane-cell")[track(row)],
                        (h.td["–" if b is None else b.start.label()] for b in row.bars),
                    ]
                    for row in rows
                )
            ],
        ]
    ]
