"""Who pays for the improvement: each establishment in two plans, tied by a line.

Must not know: why they differ.
"""

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from service.exports.figures.style import (
    ALERT,
    CLOSED,
    FAINT,
    INK,
    LEGEND_POINTS,
    bare,
    counted,
    legend_above,
    sheet,
    title,
)
from solver.compare import Comparison, School

_WON, _SAME = "#2F6DA8", "#8A8A8A"
_LONGEST_LABEL = 46


def dumbbell(comparison: Comparison, other: int = 1, axes: Axes | None = None) -> Axes:
    """One row per establishment: share placed in the base (ring) and in plan `other` (disc).

    Blue where it gains, purple where it loses; the largest changes first; the number of pupils is
    written at the right.
    """
    rows = [(s, *_rates(s, other)) for s in comparison.schools if None not in _rates(s, other)]
    rows.sort(key=lambda row: ((row[2] or 0) - (row[1] or 0), row[0].uai))
    if axes is None:
        axes = sheet(12, 2.2 + 0.3 * len(rows))
    lowest = min([100.0, *(min(a or 0, b or 0) for _, a, b in rows)])
    right = 100 + (100 - lowest) * 0.02
    for y, (school, before, after) in enumerate(rows):
        assert before is not None
        assert after is not None
        colour = _SAME if before == after else (_WON if after > before else ALERT)
        axes.plot([before, after], [y, y], color=colour, linewidth=2, zorder=2, gid="lien")
        axes.plot(
            before,
            y,
            "o",
            markersize=7,
            markerfacecolor="white",
            color=colour,
            zorder=3,
            clip_on=False,
        )
        axes.plot(after, y, "o", markersize=7, color=colour, zorder=4, clip_on=False)
        axes.text(right, y, _pupils(school, other), va="center", fontsize=8.5, color=colour)
    base, name = comparison.sides[0].name, comparison.sides[other].name
    won = sum((b or 0) > (a or 0) for _, a, b in rows)
    lost = sum((b or 0) < (a or 0) for _, a, b in rows)
    bare(axes)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(lowest - (100 - lowest) * 0.03 - 0.2, 100.2)
    names = [_short(school.name) for school, _, _ in rows]
    axes.set_yticks(range(len(rows)), names, fontsize=8.5)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}".replace(".", ",") + "\u202f%")
    axes.set_xlabel("part des élève-périodes placées", fontsize=9, color=FAINT)
    axes.grid(axis="x", color=CLOSED, linewidth=0.7)
    legend_above(
        axes,
        handles=[
            Line2D([], [], color=INK, marker="o", linewidth=0, markerfacecolor="white", label=base),
            Line2D([], [], color=INK, marker="o", linewidth=0, label=name),
            Line2D([], [], color=_WON, linewidth=2, label="y gagne"),
            Line2D([], [], color=ALERT, linewidth=2, label="y perd"),
        ],
    )
    title(
        axes,
        f"Qui gagne, qui perd : de « {base} » à « {name} »",
        f"{counted(won, 'établissement gagne', 'établissements gagnent')}, "
        f"{counted(lost, 'perd', 'perdent')}, {len(rows) - won - lost} sans changement",
        pad=LEGEND_POINTS,
    )
    return axes


def _rates(school: School, other: int) -> tuple[float | None, float | None]:
    """Percentages placed in the base and in the other plan."""
    first, second = school.rate(0), school.rate(other)
    return None if first is None else 100 * first, None if second is None else 100 * second


def _pupils(school: School, other: int) -> str:
    change = school.unplaced[other] - school.unplaced[0]
    if not change:
        return "="
    return f"{counted(abs(change), 'place')} {'perdue' if change > 0 else 'gagnée'}" + (
        "s" if abs(change) > 1 else ""
    )


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_LABEL else name[: _LONGEST_LABEL - 1].rstrip() + "…"
