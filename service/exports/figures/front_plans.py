"""The plans of a front: dates against journeys, and who stays without a place.

Must not know: how the plans were found.
"""

from matplotlib.axes import Axes

from service.exports.figures.style import (
    CLOSED,
    FAINT,
    FAMILY_COLOURS,
    INK,
    bare,
    counted,
    number,
    sheet,
    title,
)
from solver.whatif import Front


def front_plans(front: Front, axes: Axes | None = None) -> Axes:
    """A disc per plan: how far dates are from the wishes, mean journey, and pupils without a place.

    The disc grows with the pupils without a place.
    """
    if axes is None:
        axes = sheet(10, 6.5)
    most = max((c.unplaced for c in front.choices), default=0)
    for choice in front.choices:
        size = 9 + 16 * (choice.unplaced / most if most else 0)
        axes.plot(
            choice.pupil_weeks, choice.mean_minutes, "o", markersize=size, alpha=0.85,
            color=FAMILY_COLOURS["observation"], zorder=3, gid="plan",
        )  # fmt: skip
        axes.annotate(
            f"{choice.label}\n{counted(choice.unplaced, 'élève')} sans place",
            (choice.pupil_weeks, choice.mean_minutes), xytext=(12, 8), textcoords="offset points",
            fontsize=9, color=INK,
        )  # fmt: skip
    bare(axes)
    axes.margins(0.25)
    axes.grid(color=CLOSED, linewidth=0.7)
    axes.xaxis.set_major_formatter(lambda value, _: number(round(value)))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.1f}".replace(".", ","))
    axes.set_xlabel("Écart aux dates souhaitées (élèves × semaines)", fontsize=9, color=FAINT)
    axes.set_ylabel("Trajet moyen (minutes)", fontsize=9, color=FAINT)
    title(
        axes,
        "Des plans entre lesquels choisir",
        f"{counted(len(front.choices), 'plan')} ; en bas à gauche, c’est mieux des deux côtés",
    )
    return axes
