"""The calendar to hang on a wall: A3, one row per establishment or division, in colour or grey.

Must not know: how departures were chosen, Typst.
"""

from itertools import groupby
from math import ceil
from typing import Any

from service.exports.figures.bars import Bar, Row, Rows, rows
from service.exports.figures.style import FAMILY_NAMES, PUBLIC_LOOKS, counted
from service.exports.masking import masked
from service.exports.paper import pdf
from solver.domain import FAMILIES, Public, family
from solver.facts import Facts
from solver.indicators.presence import presence
from solver.week import Week

_HEIGHT_MM = 226.0
"""What the rows of a page may take between the head and the legend."""
_THINNEST_MM, _THICKEST_MM = 3.4, 8.0
"""Height of a lane: below, its text (6.5 points) can no longer be read across a table."""
_GAP = 0.3
"""Lanes left free between two rows."""
_TEXT = 0.66
"""Size of the text of a bar, as a part of its lane."""
_WEEKS_MM = 336.0
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def wall(facts: Facts, by: Rows) -> bytes:
    """The PDF; as many A3 pages as it takes for every bar to stay readable."""
    scenario, weeks = facts.scenario, facts.calendar.weeks
    table = rows(facts, by)
    units = sum(len(row.lanes) + _GAP for row in table)
    if by == "divisions":
        units += 1.4 * len({row.establishment for row in table})
    pages = max(1, ceil(units * _THINNEST_MM / _HEIGHT_MM))
    lane = min(_THICKEST_MM, pages * _HEIGHT_MM / max(units, 1) * 0.96)
    names = {e.uai: e.name for e in scenario.establishments}
    at = {week: i for i, week in enumerate(weeks)}
    values = {
        "title": f"Calendrier des départs — {scenario.title}",
        "subtitle": f"{counted(len(scenario.establishments), 'établissement')}, "
        f"{counted(len(scenario.divisions), 'division')}, "
        f"{counted(len(scenario.periods), 'période')} · année {scenario.year}, "
        f"zone {scenario.zone}",
        "lane": lane,
        "text": min(lane * _TEXT, 4.0),
        "gap": _GAP * lane,
        "weeks": [
            {"number": w.number, "day": w.monday.day, "closed": not facts.calendar.is_usable(w)}
            for w in weeks
        ],
        "months": _months(weeks),
        "strips": _strips(facts),
        "groups": [
            {
                "name": names[uai] if by == "divisions" else "",
                "rows": [_row(facts, row, at, lane) for row in those],
            }
            for uai, those in groupby(
                table, key=lambda r: r.establishment if by == "divisions" else ""
            )
        ],
        "looks": [
            _look(public)
            for public in PUBLIC_LOOKS
            if any(d.public == public for d in scenario.divisions)
        ],
    }
    return pdf("calendrier", values)


def _look(public: Public) -> dict[str, Any]:
    look = PUBLIC_LOOKS[public]
    return {
        "public": public,
        "name": look.name,
        "fill": look.colour,
        "ink": look.ink,
        "hatch": look.hatch,
        "training": family(public) == "formation",
    }


def _months(weeks: tuple[Week, ...]) -> list[dict[str, Any]]:
    months = groupby(weeks, key=lambda week: (week.monday.year, week.monday.month))
    return [
        {"name": _MONTHS[month - 1], "year": year, "span": len(list(those))}
        for (year, month), those in months
    ]


def _strips(facts: Facts) -> list[dict[str, Any]]:
    """Pupils out and seats, week by week and family by family; empty where there is no class."""
    strips: list[dict[str, Any]] = []
    for name in FAMILIES:
        load = presence(facts, name)
        out = dict(zip(load.weeks, masked([int(n) for n in load.out]), strict=True))
        seats = dict(zip(load.weeks, map(int, load.seats), strict=True))
        if not load.out.any():
            continue
        over = {
            w for w, n, limit in zip(load.weeks, load.out, load.threshold, strict=True) if n > limit
        }
        weeks = facts.calendar.weeks
        strips.append(
            {
                "name": f"{FAMILY_NAMES[name]} : élèves partis",
                "cells": [out.get(w) or "" for w in weeks],
                "over": [w in over for w in weeks],
            }
        )
        if load.has_hosts:
            cells = [seats.get(w, "") for w in weeks]
            strips.append({"name": "places ouvertes", "cells": cells, "over": []})
    return strips


def _row(facts: Facts, row: Row, at: dict[Week, int], lane_mm: float) -> dict[str, Any]:
    blocked = set().union(*(facts.calendar.closed_weeks(target) for target in row.targets))
    return {
        "label": row.label,
        "blocked": sorted(at[w] for w in blocked if w in at and facts.calendar.is_usable(w)),
        "lanes": [[_bar(bar, at, lane_mm) for bar in lane] for lane in row.lanes],
    }


def _bar(bar: Bar, at: dict[Week, int], lane_mm: float) -> dict[str, Any]:
    first = bar.runs[0][1]
    return {
        "public": bar.public,
        "runs": [[at[week], length] for week, length in bar.runs],
        "label": _fitting(bar, first * _WEEKS_MM / len(at), lane_mm),
        "imposed": bar.imposed,
        "moved": bar.moved_weeks,
    }


def _fitting(bar: Bar, room_mm: float, lane_mm: float) -> str:
    """The longest label that the bar has room for."""
    look = PUBLIC_LOOKS[bar.public]
    name, short = look.name, look.brief or look.name
    times = f"\u00a0×{bar.divisions}" if bar.divisions > 1 else ""
    letter_mm = 0.52 * min(lane_mm * _TEXT, 4.0)
    room = room_mm - 1.2 - (1.5 if bar.moved_weeks else 0)
    labels = (name + times, short + times, short)
    return next((label for label in labels if len(label) * letter_mm <= room), "")
