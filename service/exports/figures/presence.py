"""Pupils out and seats, week by week, against the saturation threshold: one family a picture.

Must not know: how departures were chosen.
"""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from service.exports.figures.style import (
    ALERT,
    CLOSED,
    FAINT,
    FAMILY_NAMES,
    INK,
    LEGEND_POINTS,
    PAPER,
    PUBLIC_LOOKS,
    bare,
    counted,
    legend_above,
    number,
    sheet,
    title,
)
from solver.domain import Family, Plan, Scenario
from solver.facts import Facts
from solver.indicators.presence import Presence
from solver.indicators.presence import presence as measured


def presence(
    scenario: Scenario, plan: Plan, axes: Axes | None = None, family: Family = "observation"
) -> Axes:
    """Pupils out by public (bars, placed or not), seats and threshold (lines), every week.

    What stands above the threshold is outlined: those pupil-weeks cost `saturation` points each.
    """
    facts = Facts(scenario, plan)
    load = measured(facts, family)
    if axes is None:
        axes = sheet(14, 5)
    weeks = facts.calendar.weeks
    spots = np.array([weeks.index(week) for week in load.weeks], dtype=np.int64)
    for i, week in enumerate(weeks):
        if not facts.calendar.is_usable(week):
            axes.axvspan(i, i + 1, color=CLOSED, linewidth=0, zorder=0, gid="semaine-fermee")
    _draw_pupils(axes, load, spots)
    if load.has_hosts:
        _draw_line(axes, load.seats, spots, len(weeks), "places offertes", FAINT, "-")
    _draw_line(axes, load.threshold, spots, len(weeks), _threshold_name(scenario, load), INK, "--")
    axes.set_xlim(0, len(weeks))
    bare(axes)
    axes.grid(axis="y", color=CLOSED, linewidth=0.7)
    axes.set_xticks(
        np.arange(len(weeks)) + 0.5, [w.label() for w in weeks], rotation=90, fontsize=7.5
    )
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    axes.yaxis.set_major_formatter(lambda value, _: number(round(value)))
    axes.set_ylabel("élèves", fontsize=9, color=FAINT)
    legend_above(axes)
    title(
        axes,
        f"{FAMILY_NAMES[family]} : élèves partis et places, semaine par semaine",
        _summary(load),
        pad=LEGEND_POINTS,
    )
    return axes


def _draw_pupils(axes: Axes, load: Presence, spots: NDArray[np.int64]) -> None:
    """Bars stacked by public, and an outline around what stands above the threshold."""
    bottom = np.zeros(len(spots), dtype=np.int64)
    for public, pupils in load.pupils.items():
        look = PUBLIC_LOOKS[public]
        axes.bar(
            spots + 0.5,
            pupils,
            width=0.84,
            bottom=bottom,
            color=look.colour,
            hatch=look.hatch,
            edgecolor=PAPER,
            linewidth=0,
            label=look.name,
            zorder=2,
        )
        bottom += pupils
    over = np.maximum(load.out - load.threshold, 0)
    if over.any():
        above = over > 0
        axes.bar(
            spots[above] + 0.5,
            over[above],
            width=0.84,
            bottom=load.threshold[above],
            facecolor="none",
            edgecolor=ALERT,
            linewidth=1.8,
            label="au-delà du seuil",
            zorder=4,
        )


def _draw_line(
    axes: Axes,
    values: NDArray[np.int64],
    spots: NDArray[np.int64],
    weeks: int,
    name: str,
    colour: str,
    dash: str,
) -> None:
    """A stair over the usable weeks, broken by holidays."""
    everywhere = np.full(weeks, np.nan)
    everywhere[spots] = values
    axes.stairs(
        everywhere,
        np.arange(weeks + 1),
        baseline=None,
        color=colour,
        linestyle=dash,
        linewidth=1.7,
        label=name,
        zorder=3,
    )


def _threshold_name(scenario: Scenario, load: Presence) -> str:
    if load.has_hosts:
        percent = scenario.prices.saturation_threshold_percent
        return f"seuil de saturation ({percent}\u202f% des places)"
    percent = scenario.prices.smoothing_threshold_percent
    return f"seuil de lissage ({percent}\u202f% de la charge moyenne)"


def _summary(load: Presence) -> str:
    """The busiest week and the weeks above the threshold, in a sentence."""
    out = load.out
    if not out.any():
        return "Aucun départ."
    busiest = int(out.argmax())
    seats = f" pour {counted(int(load.seats[busiest]), 'place')}" if load.has_hosts else ""
    over = int((out > load.threshold).sum())
    weeks = (
        f"{counted(over, 'semaine')} au-delà du seuil"
        if over
        else "aucune semaine au-delà du seuil"
    )
    pupils = counted(int(out[busiest]), "élève")
    return f"Pointe : {load.weeks[busiest].label()}, {pupils}{seats} ; {weeks}"
