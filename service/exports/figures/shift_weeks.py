"""One departure, all weeks of the year: what each would change, in one row of colours.

Must not know: how the changes were computed.
"""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle

from service.exports.figures.style import (
    ALERT,
    BLOCKED,
    CLOSED,
    INK,
    LEGEND_POINTS,
    PAPER,
    bare,
    legend_above,
    number,
    sheet,
    title,
)
from solver.week import Week
from solver.whatif import Shift

_GAIN, _SAME, _LOSS = "#2F6DA8", "#EDEDED", ALERT
_STRENGTH = (0.25, 0.5, 0.75, 1.0)


def shift_weeks(
    subject: str, weeks: Sequence[Week], rows: Sequence[Shift], axes: Axes | None = None
) -> Axes:
    """One cell per calendar week of `weeks`: blue where the plan gains, purple where it loses.

    Hatched: a rule forbids it; grey: no class; outlined: the week of the plan. Each cell says the
    points, and below them the pupils who lose (or find) a place.
    """
    if axes is None:
        axes = sheet(16, 2.6)
    row_of = {row.week: row for row in rows}
    most = max((abs(r.change) for r in rows if r.change), default=1)
    for x, week in enumerate(weeks):
        row = row_of.get(week)
        _cell(axes, x, row, most)
        if row is not None and row.current:
            axes.add_patch(
                Rectangle((x, 0), 1, 1, facecolor="none", edgecolor=INK, linewidth=2.2, zorder=4)
            )
    bare(axes)
    axes.spines["bottom"].set_visible(False)
    axes.set_xlim(0, len(weeks))
    axes.set_ylim(0, 1)
    axes.set_yticks([])
    axes.set_xticks(
        [x + 0.5 for x in range(len(weeks))], [w.label()[:3] for w in weeks], fontsize=8
    )
    legend_above(
        axes,
        handles=[
            Patch(color=_GAIN, label="le plan gagne"),
            Patch(color=_LOSS, label="le plan perd"),
            Patch(facecolor=PAPER, edgecolor=BLOCKED, hatch="////", label="interdite"),
            Patch(color=CLOSED, label="pas de cours"),
            Patch(facecolor=PAPER, edgecolor=INK, linewidth=2, label="semaine du plan"),
        ],
    )
    title(axes, f"Et si {subject} partait une autre semaine ?", _best(rows), pad=LEGEND_POINTS)
    return axes


def _cell(axes: Axes, x: int, row: Shift | None, most: int) -> None:
    if row is None:
        axes.add_patch(Rectangle((x, 0), 1, 1, color=CLOSED, linewidth=0, gid="fermee"))
        return
    if row.change is None:
        axes.add_patch(
            Rectangle(
                (x + 0.03, 0.02), 0.94, 0.96, facecolor=PAPER, edgecolor=BLOCKED, hatch="////",
                linewidth=0, gid="interdite",
            )
        )  # fmt: skip
        return
    strength = next(s for s in _STRENGTH if abs(row.change) <= s * most) if row.change else 0.0
    colour = _SAME if not row.change else (_GAIN if row.change < 0 else _LOSS)
    alpha = 0.25 + 0.75 * strength if row.change else 1.0
    axes.add_patch(
        Rectangle(
            (x + 0.03, 0.02), 0.94, 0.96, color=colour, alpha=alpha, linewidth=0, gid="permise"
        )
    )
    ink = PAPER if strength > 0.5 else INK
    points = _short(row.change)
    axes.text(x + 0.5, 0.6, points, ha="center", va="center", fontsize=7, color=ink, zorder=5)
    if row.unplaced:
        pupils = f"{_signed(row.unplaced)} él."
        axes.text(x + 0.5, 0.3, pupils, ha="center", va="center", fontsize=6.5, color=ink, zorder=5)


def _signed(value: int) -> str:
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{number(abs(value))}"


def _short(points: int) -> str:
    """At most six letters, so that neighbours do not touch: thousands from a thousand on."""
    if abs(points) < 1000:
        return _signed(points)
    digits = 0 if abs(points) >= 10_000 else 1
    thousands = f"{abs(points) / 1000:.{digits}f}".replace(".", ",")
    return f"{'+' if points > 0 else '−'}{thousands} k"


def _best(rows: Sequence[Shift]) -> str:
    """The best other week in a sentence."""
    others = [r for r in rows if r.change is not None and not r.current]
    if not others:
        return "Aucune autre semaine n’est permise."
    best = min(others, key=lambda r: (r.change or 0, r.week))
    points = "sans changement" if not best.change else f"{_signed(best.change)} points"
    return (
        f"Meilleure autre semaine : {best.week.label()} ({points}) ; "
        f"{number(len(others))} possibles, tout le reste du plan gardé"
    )
