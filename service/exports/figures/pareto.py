"""Plans on two measures: which of them no other beats on both.

Must not know: how the plans were found.
"""

from matplotlib.axes import Axes

from service.exports.figures.style import CLOSED, FAINT, INK, LEGEND_POINTS, bare, sheet, title
from solver.compare import Comparison, Measure
from solver.compare import pareto as points_of

_BEST, _BEATEN = "#2F6DA8", "#B4B4B4"


def pareto(comparison: Comparison, x: str, y: str, axes: Axes | None = None) -> Axes:
    """A disc per plan, named; those that no other beats are blue and joined in steps.

    Raises `KeyError` for a measure that is not there.
    """
    if axes is None:
        axes = sheet(9, 6)
    first, second = comparison.measure(x), comparison.measure(y)
    points = points_of(comparison, x, y)
    front = sorted((p for p in points if not p.dominated), key=lambda p: (p.x, p.y))
    axes.plot(
        [p.x for p in front], [p.y for p in front],
        color=_BEST, linewidth=1.2, drawstyle="steps-post", zorder=2, gid="front",
    )  # fmt: skip
    for point in points:
        colour = _BEATEN if point.dominated else _BEST
        axes.plot(point.x, point.y, "o", color=colour, markersize=9, zorder=3, gid="plan")
        axes.annotate(
            point.name, (point.x, point.y), xytext=(8, 6), textcoords="offset points",
            fontsize=9, color=FAINT if point.dominated else INK,
        )  # fmt: skip
    bare(axes)
    axes.margins(0.15)
    axes.grid(color=CLOSED, linewidth=0.7)
    for axis, measure in ((axes.xaxis, first), (axes.yaxis, second)):
        axis.set_major_formatter(lambda value, _: f"{value:,.10g}".replace(",", "\u202f"))
        axis.set_label_text(_named(measure), fontsize=9, color=FAINT)
    names = ", ".join(f"« {p.name} »" for p in front)
    title(
        axes,
        "Des plans qu’aucun autre ne bat sur les deux mesures",
        f"{names} ({len(front)} sur {len(points)})",
        pad=LEGEND_POINTS - 14,
    )
    return axes


def _named(measure: Measure) -> str:
    unit = f" ({measure.unit})" if measure.unit else ""
    way = {"moins": " — moins, c’est mieux", "plus": " — plus, c’est mieux", "": ""}
    return measure.label.rstrip(".") + unit + way[measure.better]
