"""What share of each establishment's pupils has a place, the least well served first.

Must not know: why a pupil has no place.
"""

from collections import Counter

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from service.exports.figures.style import (
    ALERT,
    CLOSED,
    FAINT,
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
from solver.domain import Plan, Scenario
from solver.facts import Facts

_PLACED, _PLACED_PRIORITY = "#9DBAD3", "#2F6DA8"
_LONGEST_LABEL = 46


def placement_rate(scenario: Scenario, plan: Plan, axes: Axes | None = None) -> Axes:
    """One bar per establishment, 100 % wide: placed pupil-periods, then those without a place.

    Priority education is darker and named; the count without a place stands at the right.
    """
    facts = Facts(scenario, plan)
    school = {p.id: facts.division(p).establishment for p in scenario.periods}
    everyone = Counter(school[period.id] for _, period in scenario.demands())
    missing = Counter(school[period.id] for _, period in facts.unplaced)
    rows = sorted(
        (e for e in scenario.establishments if everyone[e.uai]),
        key=lambda e: (-missing[e.uai] / everyone[e.uai], -everyone[e.uai], e.uai),
    )
    dense = len(rows) > 40
    if axes is None:
        axes = sheet(12, 2.2 + len(rows) * (0.19 if dense else 0.33))
    size = 7.5 if dense else 9.5
    for y, school_row in enumerate(rows):
        whole, without = everyone[school_row.uai], missing[school_row.uai]
        rate = 100 * (whole - without) / whole
        priority = school_row.priority_education
        colour = _PLACED_PRIORITY if priority else _PLACED
        axes.barh(y, rate, height=0.74, color=colour, zorder=2, gid="places")
        axes.barh(
            y,
            100 - rate,
            left=rate,
            height=0.74,
            facecolor=PAPER,
            edgecolor=ALERT,
            hatch="/////",
            linewidth=0.8 if without else 0,
            zorder=2,
            gid="sans-place",
        )
        axes.text(
            1,
            y,
            percent(whole - without, whole) + (f"  ·  {priority.upper()}" if priority else ""),
            va="center",
            fontsize=size,
            fontweight="bold" if priority else "normal",
            color=PAPER if priority else INK,
            zorder=3,
        )
        axes.text(
            101,
            y,
            f"{number(without)} sans place sur {number(whole)}" if without else "tous placés",
            va="center",
            fontsize=size,
            color=ALERT if without else FAINT,
        )
    _finish(axes, [e.name for e in rows], size)
    total, lost = sum(everyone.values()), sum(missing.values())
    if total:
        axes.axvline(100 * (total - lost) / total, color=INK, linewidth=1, linestyle="--", zorder=4)
    title(
        axes,
        "Taux de placement par établissement",
        f"{percent(total - lost, total)} des {number(total)} élève-périodes ont une place"
        f" (tirets) ; {counted(lost, 'est', 'sont')} sans place",
        pad=LEGEND_POINTS,
    )
    return axes


def _finish(axes: Axes, names: list[str], size: float) -> None:
    bare(axes)
    axes.set_xlim(0, 100)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_yticks(range(len(names)), [_short(n) for n in names], fontsize=size)
    axes.set_xticks(range(0, 101, 20), [f"{x}\u202f%" for x in range(0, 101, 20)])
    axes.grid(axis="x", color=CLOSED, linewidth=0.7)
    legend_above(
        axes,
        handles=[
            Patch(color=_PLACED, label="placés"),
            Patch(color=_PLACED_PRIORITY, label="placés, éducation prioritaire"),
            Patch(facecolor=PAPER, edgecolor=ALERT, hatch="/////", label="sans place"),
        ],
    )


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_LABEL else name[: _LONGEST_LABEL - 1].rstrip() + "…"
