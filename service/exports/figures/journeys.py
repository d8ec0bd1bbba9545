"""How long the placed pupils travel, one way: distribution, comfort, limits.

Must not know: where places lie.
"""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from service.exports.figures.style import (
    ALERT,
    CLOSED,
    FAINT,
    FAMILY_COLOURS,
    FAMILY_NAMES,
    INK,
    LEGEND_POINTS,
    PAPER,
    bare,
    counted,
    legend_above,
    number,
    percent,
    sheet,
    title,
)
from solver.domain import FAMILIES, Plan, Scenario
from solver.facts import Facts

BIN_MINUTES = 5


def journeys(scenario: Scenario, plan: Plan, axes: Axes | None = None) -> Axes:
    """Placed pupil-periods by five minutes of journey, stacked by family.

    Lines mark the comfortable journey of the scale of prices and the regular limits of both
    families; a pupil's own limit, or a place they found, may lie beyond.
    """
    facts = Facts(scenario, plan)
    minutes = {
        family: np.array([s.minutes for s in facts.stays if s.division.family == family])
        for family in FAMILIES
    }
    everyone = np.sort(np.concatenate(list(minutes.values())))
    rules, comfort = scenario.regulation, scenario.prices.journey_comfort_minutes
    limits = {
        "observation": rules.max_journey_observation_minutes,
        "formation": rules.max_journey_training_minutes,
    }
    if axes is None:
        axes = sheet(12, 5.2)
    last = max(int(everyone.max(initial=0)), comfort, *limits.values())
    edges = np.arange(0, last + 4 * BIN_MINUTES, BIN_MINUTES)
    bottom = np.zeros(len(edges) - 1)
    for family, values in minutes.items():
        heights, _ = np.histogram(values, edges)
        axes.bar(
            edges[:-1] + BIN_MINUTES / 2,
            heights,
            width=BIN_MINUTES * 0.92,
            bottom=bottom,
            color=FAMILY_COLOURS[family],
            hatch="" if family == "observation" else "///",
            edgecolor=PAPER,
            linewidth=0,
            label=FAMILY_NAMES[family],
            zorder=2,
        )
        bottom += heights
    top = max(1.0, float(bottom.max(initial=0))) * 1.22
    axes.set_ylim(0, top)
    marks = [(comfort, "confort", INK, ":")]
    marks += [
        (limits[f], f"limite {name}", ALERT, "--")
        for f, name in (("observation", "observation"), ("formation", "formation"))
    ]
    for x, name, colour, dash in marks:
        axes.axvline(x, color=colour, linewidth=1.5, linestyle=dash, zorder=3)
        axes.text(x + 0.6, top, f"{name}\n{x} min", fontsize=8.5, color=colour, va="top", zorder=4)
    bare(axes)
    axes.set_xlim(0, edges[-1])
    axes.set_xticks(np.arange(0, edges[-1] + 1, 15))
    axes.set_xlabel("minutes de trajet, aller", fontsize=9, color=FAINT)
    axes.set_ylabel("élève-périodes placées", fontsize=9, color=FAINT)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    axes.yaxis.set_major_formatter(lambda value, _: number(round(value)))
    axes.grid(axis="y", color=CLOSED, linewidth=0.7)
    legend_above(axes)
    title(
        axes,
        "Temps de trajet des élèves placés",
        _summary(everyone, comfort),
        pad=LEGEND_POINTS,
    )
    return axes


def _summary(sorted_minutes: np.ndarray[tuple[int], np.dtype[np.int64]], comfort: int) -> str:
    """Median, ninth decile, and the share within comfort, in a sentence."""
    count = len(sorted_minutes)
    if not count:
        return "Aucun élève placé."
    median, ninth = (int(np.quantile(sorted_minutes, q, method="inverted_cdf")) for q in (0.5, 0.9))
    within = int((sorted_minutes <= comfort).sum())
    return (
        f"{counted(count, 'élève-période')} ; la moitié à {median} min ou moins, "
        f"neuf sur dix à {ninth} min ou moins ; {percent(within, count)} dans le confort"
    )
