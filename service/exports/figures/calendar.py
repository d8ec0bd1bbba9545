"""The calendar of a bassin: who is out when, over all weeks of the school year.

Must not know: how departures were chosen.
"""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.transforms import ScaledTranslation

from service.exports.figures.bars import Bar, Row, Rows, rows
from service.exports.figures.style import (
    BLOCKED,
    CLOSED,
    FAINT,
    FAMILY_COLOURS,
    FAMILY_NAMES,
    INK,
    PAPER,
    PUBLIC_LOOKS,
    bare,
    counted,
    figure_of,
    measured_sheet,
    number,
    title,
)
from solver.domain import FAMILIES, Plan, Scenario
from solver.facts import Facts
from solver.indicators.presence import presence
from solver.week import Week

_WIDTH_INCHES = 16.0
_BAR = 0.8
"""Height of a bar in its lane of height 1."""
_GAP = 0.35
"""Lanes left free between two rows."""
_STRIP_INCHES, _STRIP_GAP_INCHES = 0.95, 0.12
_LABEL_INCHES = 1.15
"""What the labels of the weeks take below the calendar."""
_LETTERS_PER_WEEK = 3.8
_LONGEST_LABEL = 44
_DENSE_LANES = 70
"""From so many lanes on, they are drawn thinner."""


def calendar(
    scenario: Scenario, plan: Plan, axes: Axes | None = None, by: Rows = "etablissements"
) -> Axes:
    """One row per establishment (or division), one column per calendar week.

    A bar is a departure of all periods of a public that leave together; its outline says that the
    date is imposed, its triangle to which side of the wished week it moved. Above: pupils out and
    seats, family by family.
    """
    facts = Facts(scenario, plan)
    table = rows(facts, by)
    lanes = sum(len(row.lanes) + _GAP for row in table)
    dense = lanes > _DENSE_LANES
    lane_inches = 0.15 if dense else 0.25
    if axes is None:
        label_inches = 2.7 if dense else 3.4
        axes = measured_sheet(
            _WIDTH_INCHES,
            lanes * lane_inches,
            left=label_inches,
            right=0.2 if by == "etablissements" else label_inches,
            bottom=_LABEL_INCHES + 0.4,
            top=_STRIP_INCHES + _STRIP_GAP_INCHES + _LABEL_INCHES + 0.6,
        )
    at = {week: i for i, week in enumerate(facts.calendar.weeks)}
    axes.set_xlim(0, len(at))
    axes.set_ylim(max(lanes, 1), 0)
    _shade_closed_weeks(axes, facts)
    _draw_rows(axes, facts, table, at, dense)
    strip = _draw_strip(axes, facts, at)
    _label_weeks(axes, facts)
    axes.tick_params(axis="y", labelsize=7 if dense else 9)
    _legend(axes, table)
    moved = sum(
        p.wished is not None and p.imposed is None and facts.start_of.get(p.id) != p.wished
        for p in scenario.periods
    )
    title(
        axes,
        f"Calendrier des départs — {scenario.title}",
        f"{counted(len(scenario.establishments), 'établissement')}, "
        f"{counted(len(scenario.divisions), 'division')}, "
        f"{counted(len(scenario.periods), 'période')} dont "
        f"{counted(moved, 'décalée')} de la semaine souhaitée",
        pad=_LABEL_INCHES * 72,
        above=strip,
    )
    return axes


def _shade_closed_weeks(axes: Axes, facts: Facts) -> None:
    for i, week in enumerate(facts.calendar.weeks):
        if not facts.calendar.is_usable(week):
            axes.axvspan(i, i + 1, color=CLOSED, linewidth=0, zorder=0, gid="semaine-fermee")


def _draw_rows(
    axes: Axes, facts: Facts, table: list[Row], at: Mapping[Week, int], dense: bool
) -> None:
    top = _GAP / 2
    middles = []
    establishment = ""
    names = {e.uai: e.name for e in facts.scenario.establishments}
    for row in table:
        if row.establishment != establishment:
            axes.axhline(top - _GAP / 2, color=FAINT, linewidth=0.5, zorder=1)
            establishment = row.establishment
            if row.label != names[establishment]:
                axes.text(
                    len(at) + 0.3,
                    top + 0.5,
                    _short(names[establishment]),
                    va="center",
                    fontsize=8,
                    color=FAINT,
                )
        height = len(row.lanes)
        for week in sorted(set().union(*(facts.calendar.closed_weeks(t) for t in row.targets))):
            if facts.calendar.is_usable(week):
                axes.add_patch(
                    Rectangle(
                        (at[week], top),
                        1,
                        height,
                        facecolor="none",
                        edgecolor=BLOCKED,
                        hatch="////",
                        linewidth=0,
                        gid="blocage",
                    )
                )
        for lane, bars in enumerate(row.lanes):
            for bar in bars:
                _draw_bar(axes, bar, top + lane + (1 - _BAR) / 2, at, dense)
        middles.append(top + height / 2)
        top += height + _GAP
    axes.set_yticks(middles, [_short(row.label) for row in table])


def _draw_bar(axes: Axes, bar: Bar, top: float, at: Mapping[Week, int], dense: bool) -> None:
    look = PUBLIC_LOOKS[bar.public]
    first, last = at[bar.weeks[0]], at[bar.weeks[-1]] + 1
    middle = top + _BAR / 2
    if len(bar.runs) > 1:
        axes.plot(
            [first, last],
            [middle, middle],
            color=look.colour,
            linewidth=1.5,
            zorder=2,
            solid_capstyle="butt",
        )
    for week, length in bar.runs:
        axes.add_patch(
            Rectangle(
                (at[week] + 0.04, top),
                length - 0.08,
                _BAR,
                facecolor=look.colour,
                edgecolor=INK if bar.imposed else PAPER,
                hatch=look.hatch,
                linewidth=1.4 if bar.imposed else 0.4,
                zorder=3,
                gid="depart",
            )
        )
    shift = 0.0
    if bar.moved_weeks:
        shift = 0.34
        axes.plot(
            first + 0.26,
            middle,
            marker="<" if bar.moved_weeks < 0 else ">",
            markersize=3 if dense else 4.5,
            color=look.ink,
            zorder=4,
            gid="decalage",
        )
    room = bar.runs[0][1] - shift
    label = _fitting(bar, room)
    if label:
        axes.text(
            first + shift + room / 2,
            middle + 0.03,
            label,
            ha="center",
            va="center",
            fontsize=5 if dense else 7,
            color=look.ink,
            zorder=5,
            gid="libelle",
        )


def _fitting(bar: Bar, room_weeks: float) -> str:
    """The longest label that the bar has room for."""
    name = PUBLIC_LOOKS[bar.public].name
    times = f"×{bar.divisions}" if bar.divisions > 1 else ""
    return next(
        (
            t
            for t in (f"{name} {times}".strip(), name + times, name)
            if len(t) <= _LETTERS_PER_WEEK * room_weeks
        ),
        "",
    )


def _draw_strip(axes: Axes, facts: Facts, at: Mapping[Week, int]) -> Axes:
    """Above the calendar: pupils out (bars) and seats (line) of each family, week by week."""
    inch = figure_of(axes).dpi / axes.bbox.height
    strip = axes.inset_axes((0, 1 + _STRIP_GAP_INCHES * inch, 1, _STRIP_INCHES * inch))
    strip.set_xlim(axes.get_xlim())
    highest = 1
    for side, name in enumerate(FAMILIES):
        load = presence(facts, name)
        spots = np.array([at[week] for week in load.weeks])
        colour = FAMILY_COLOURS[name]
        strip.text(
            1.15,
            0.68 - 0.24 * side,
            FAMILY_NAMES[name].lower(),
            transform=strip.get_xaxis_transform(),
            fontsize=7.5,
            fontweight="bold",
            color=colour,
            zorder=5,
        )
        strip.bar(spots + 0.3 + 0.4 * side, load.out, width=0.38, color=colour, zorder=2)
        highest = max(highest, int(load.out.max(initial=0)))
        if load.has_hosts:
            everywhere = np.full(len(at), np.nan)
            everywhere[spots] = load.seats
            strip.step(
                np.arange(len(at) + 1),
                np.append(everywhere, np.nan),
                where="post",
                color=colour,
                linewidth=1.6,
                linestyle="-" if side == 0 else (0, (3, 1)),
                zorder=3,
            )
            highest = max(highest, int(load.seats.max(initial=0)))
    for i, week in enumerate(facts.calendar.weeks):
        if not facts.calendar.is_usable(week):
            strip.axvspan(i, i + 1, color=CLOSED, linewidth=0, zorder=0)
    bare(strip)
    strip.set_ylim(0, highest * 1.08)
    strip.set_yticks([0, highest], ["0", number(highest)])
    strip.set_ylabel(
        "élèves absents (barres)\net places (traits)",
        fontsize=8,
        color=FAINT,
        rotation=0,
        ha="right",
        va="center",
        labelpad=24,
    )
    strip.tick_params(labelsize=7.5)
    strip.set_xticks(np.arange(len(at)) + 0.5, [w.label() for w in at], rotation=90, fontsize=7)
    strip.xaxis.tick_top()
    strip.grid(axis="y", color=CLOSED, linewidth=0.6)
    strip.set_gid("bandeau")
    return strip


def _label_weeks(axes: Axes, facts: Facts) -> None:
    weeks = facts.calendar.weeks
    bare(axes)
    axes.set_xticks(
        np.arange(len(weeks)) + 0.5, [w.label() for w in weeks], rotation=90, fontsize=7
    )
    axes.set_xticks(np.arange(len(weeks) + 1), minor=True)
    axes.grid(axis="x", which="minor", color=CLOSED, linewidth=0.4)
    axes.tick_params(which="minor", length=0)


def _legend(axes: Axes, table: list[Row]) -> None:
    shown = {bar.public for row in table for lane in row.lanes for bar in lane}
    handles: list[Patch | Line2D] = [
        Patch(facecolor=look.colour, hatch=look.hatch, edgecolor=PAPER, label=look.name)
        for public, look in PUBLIC_LOOKS.items()
        if public in shown
    ]
    handles += [
        Patch(facecolor=PAPER, edgecolor=INK, linewidth=1.4, label="date imposée"),
        Line2D([], [], color=INK, marker="<", linestyle="", markersize=5, label="avancé"),
        Line2D([], [], color=INK, marker=">", linestyle="", markersize=5, label="reculé"),
        Patch(facecolor=CLOSED, label="semaine sans classe"),
        Patch(
            facecolor=PAPER, edgecolor=BLOCKED, hatch="////", linewidth=0, label="semaine bloquée"
        ),
    ]
    axes.legend(
        handles=handles,
        loc="upper center",
        bbox_to_anchor=(0.5, 0),
        bbox_transform=axes.transAxes
        + ScaledTranslation(0, -_LABEL_INCHES, figure_of(axes).dpi_scale_trans),
        ncols=len(handles),
        fontsize=8,
        frameon=False,
        columnspacing=1.1,
        handlelength=1.6,
    )


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1].rstrip() + "…"
