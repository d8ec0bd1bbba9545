"""The calendar of a bassin as one sheet of markup: a row per establishment, folded divisions.

Bars are placed by percentages of one track, so that a large bassin is a few thousand plain
elements and scrolls like text. Must not know: acts, addresses of pages.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

import htpy as h

from service.acts.weeks import Calendar, Line, Mark, School, Strip
from service.exports.figures.style import FAMILY_NAMES, PUBLIC_LOOKS
from service.pages.words import count
from solver.week import Week

_MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
_LANE, _STRIP = 17, 46
"""Pixels of a lane and of a strip."""
_LETTERS_PER_WEEK = 3.5
"""At 1,280 pixels and on A3."""


def sheet(
    seen: Calendar, week_address: Callable[[Week], str], chosen: Week | None, *, unfolded: bool
) -> h.Element:
    """The picture; its twin in tables tells the same to whoever cannot see it."""
    at = {week: i for i, week in enumerate(seen.weeks)}
    return h.div(
        class_=["cal", "with-chosen" if chosen in at else None],
        style=f"--weeks:{len(at)};--bands:{_closed(seen)};"
        + (f"--chosen:{at[chosen]}" if chosen in at else ""),
    )[
        h.div(".cal-top")[
            h.div(".cal-head")[
                h.div(".cal-label"),
                h.div(".cal-track.months", aria_hidden="true")[_months(seen.weeks)],
                h.div(".cal-label"),
                h.nav(".cal-track.numbers", aria_label="Semaines")[
                    (
                        _number(week, at, week in seen.usable, week == chosen, week_address(week))
                        for week in seen.weeks
                    )
                ],
                [_strip(strip, seen, at) for strip in seen.strips],
            ]
        ],
        [_school(school, at, unfolded=unfolded) for school in seen.schools],
    ]


def legend(publics: Iterable[str]) -> h.Element:
    """What the colours and signs of the bars mean."""
    known = set(publics)
    return h.ul(".legend", aria_label="Légende")[
        (
            h.li[h.span(class_=f"key p-{public}"), look.name]
            for public, look in PUBLIC_LOOKS.items()
            if public in known
        ),
        h.li[h.span(".key.imposed"), "date imposée"],
        h.li[h.span(".sign")["◀ ▶"], "décalée de la semaine souhaitée, plus tôt ou plus tard"],
        h.li[h.span(".key.blocked"), "semaine fermée à l’établissement"],
        h.li[h.span(".key.closed"), "vacances"],
    ]


def _closed(seen: Calendar) -> str:
    """The weeks without class as one background."""
    size = 100 / len(seen.weeks)
    stops = []
    for closed, those in groupby(enumerate(seen.weeks), lambda p: p[1] not in seen.usable):
        places = [i for i, _ in those]
        colour = "var(--closed)" if closed else "transparent"
        stops.append(f"{colour} {places[0] * size:.3f}% {(places[-1] + 1) * size:.3f}%")
    return f"linear-gradient(to right,{','.join(stops)})"


def _months(weeks: Sequence[Week]) -> Iterator[h.Node]:
    place = 0
    for (_, month), those in groupby(weeks, lambda w: (w.monday.year, w.monday.month)):
        length = len(list(those))
        yield h.span(style=f"left:{_part(place, weeks)};width:{_part(length, weeks)}")[
            _MONTHS[month - 1] if length > 2 else _MONTHS[month - 1][:4]
        ]
        place += length


def _number(week: Week, at: dict[Week, int], usable: bool, chosen: bool, address: str) -> h.Element:
    where = f"left:{_part(at[week], at)};width:{_part(1, at)}"
    if not usable:
        return h.span(".off", style=where, title=f"{week.label()} : pas de classe")
    return h.a(
        href=address,
        style=where,
        title=week.label(),
        aria_label=week.label(),
        aria_current="true" if chosen else None,
    )[f"{week.number}"]


def _strip(strip: Strip, seen: Calendar, at: dict[Week, int]) -> h.Node:
    seats = strip.seats if strip.has_hosts else {}
    top = max([*(n or 0 for n in strip.out.values()), *seats.values(), 1])

    def column(week: Week) -> h.Node:
        out = strip.out[week]
        said = "moins de 5 élèves" if out is None else count(out, "élève")
        said = f"{week.label()} : {said}"
        if seats:
            said += f" pour {count(seats[week], 'place')}"
        if week in strip.over:
            said += ", au-delà du seuil"
        height = 3 if out is None else out / top * 100
        return (
            h.span(
                class_=f"load {strip.family}{' over' if week in strip.over else ''}",
                title=said,
                style=f"left:{_part(at[week], at)};width:{_part(1, at)};height:{height:.1f}%",
            )
            if out != 0
            else None,
            h.span(
                ".seat",
                style=f"left:{_part(at[week], at)};width:{_part(1, at)};"
                f"bottom:{seats[week] / top * 100:.1f}%",
            )
            if seats
            else None,
        )

    return (
        h.div(".cal-label.strip")[
            FAMILY_NAMES[strip.family],
            h.small[f"élèves partis{' ; trait : places' if seats else ''}"],
        ],
        h.div(".cal-track.strip", style=f"min-height:{_STRIP}px", aria_hidden="true")[
            [column(week) for week in strip.out]
        ],
    )


def _school(school: School, at: dict[Week, int], *, unfolded: bool) -> h.Node:
    key = f"d-{school.line.key}"
    return (
        h.div(".cal-row.school")[
            h.div(".cal-label")[
                h.button(
                    type="button",
                    data_fold=key,
                    aria_expanded=str(unfolded).lower(),
                    aria_controls=key,
                )[school.line.label],
            ],
            _track(school.line, at),
        ],
        h.div(".cal-below", id=key, hidden=not unfolded)[
            (
                h.div(".cal-row")[h.div(".cal-label")[line.label], _track(line, at)]
                for line in school.divisions
            )
        ],
    )


def _track(line: Line, at: dict[Week, int]) -> h.Element:
    return h.div(
        ".cal-track",
        style=f"min-height:{max(1, len(line.lanes)) * _LANE + 3}px",
        aria_hidden="true",
    )[
        (
            h.span(".blocked", style=f"left:{_part(at[w], at)};width:{_part(1, at)}")
            for w in line.blocked
        ),
        (
            _bar(mark, first, length, lane, at)
            for lane, marks in enumerate(line.lanes)
            for mark in marks
            for first, length in mark.runs
        ),
    ]


def _bar(mark: Mark, first: Week, length: int, lane: int, at: dict[Week, int]) -> h.Element:
    """How many divisions leave together is said where there is room for it, and in the title."""
    look = PUBLIC_LOOKS[mark.public]
    sign = "▶" if mark.moved_weeks > 0 else "◀" if mark.moved_weeks < 0 else ""
    fits = len(sign + look.name) <= _LETTERS_PER_WEEK * length
    name = look.name if fits else look.brief or look.name
    words = h.fragment[h.i[sign] if sign else None, name]
    return h.span(
        class_=f"bar p-{mark.public}{' imposed' if mark.imposed else ''}"
        + (" short" if length == 1 else ""),
        style=f"left:{_part(at[first], at)};width:{_part(length, at)};top:{lane * _LANE + 2}px",
        title=described(mark),
    )[(h.span[words], h.span[f"×{mark.divisions}"]) if mark.divisions > 1 else words]


def described(mark: Mark) -> str:
    """A departure in one sentence."""
    parts = [
        PUBLIC_LOOKS[mark.public].name + (f" ×{mark.divisions}" if mark.divisions > 1 else ""),
        f"du {mark.weeks[0].monday:%d/%m/%Y} au {mark.weeks[-1].friday:%d/%m/%Y}",
        count(len(mark.weeks), "semaine"),
        "moins de 5 élèves" if mark.pupils is None else count(mark.pupils, "élève"),
    ]
    if mark.imposed:
        parts.append("date imposée")
    if mark.moved_weeks:
        way = "plus tard" if mark.moved_weeks > 0 else "plus tôt"
        parts.append(f"{count(abs(mark.moved_weeks), 'semaine')} {way} que souhaité")
    return " · ".join(parts)


def _part(weeks: int, all_weeks: Sequence[Week] | dict[Week, int]) -> str:
    return f"{100 * weeks / len(all_weeks):.3f}%"
