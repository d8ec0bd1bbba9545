"""The pôles of an académie side by side: offers per pupil, and who has a place.

Must not know: how figures are computed.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from service.exports.figures.style import (
    ALERT,
    FAINT,
    FAMILY_COLOURS,
    FAMILY_NAMES,
    INK,
    LEGEND_POINTS,
    bare,
    legend_above,
    sheet,
    title,
)
from solver.domain import FAMILIES

if TYPE_CHECKING:
    from service.academy.poles import Pole

_LONGEST_LABEL = 40
_BEFORE = "#8A8A8A"


def offers(poles: Sequence["Pole"], axes: Axes | None = None) -> Axes:
    """One row per pôle: offers ÷ pupils of its busiest week, a mark per family; 1 is enough."""
    ordered = sorted(poles, key=lambda p: (p.ratio("observation") or 0.0, p.name))
    axes = axes or sheet(12, 2.2 + 0.3 * len(ordered))
    for family, marker in zip(FAMILIES, ("o", "s"), strict=True):
        points = [(p.ratio(family), y) for y, p in enumerate(ordered)]
        known = [(x, y) for x, y in points if x is not None]
        axes.plot(
            [x for x, _ in known],
            [y for _, y in known],
            marker,
            color=FAMILY_COLOURS[family],
            markersize=8,
            label=FAMILY_NAMES[family],
            gid=family,
        )
    axes.axvline(1, color=ALERT, linewidth=1, linestyle="--", zorder=1)
    axes.set_xlim(left=0)
    _rows(axes, ordered)
    axes.set_xlabel("places ouvertes par élève parti, la semaine la plus chargée", color=FAINT)
    title(axes, "Offres ÷ élèves, pôle par pôle", "À gauche du trait, moins d’une place par élève.",
          LEGEND_POINTS)  # fmt: skip
    legend_above(axes)
    return axes


def rates(poles: Sequence["Pole"], before: Mapping[str, "Pole"], axes: Axes | None = None) -> Axes:
    """One row per pôle: share placed (disc), and in an earlier batch where there is one (ring)."""
    ordered = sorted(poles, key=lambda p: (p.figures.rate or 0.0, p.name))
    axes = axes or sheet(12, 2.2 + 0.3 * len(ordered))
    for y, pole in enumerate(ordered):
        now, old = pole.figures.rate, before.get(pole.name)
        if now is None:
            continue
        if old is not None and old.figures.rate is not None:
            was = 100 * old.figures.rate
            axes.plot([was, 100 * now], [y, y], color=_BEFORE, linewidth=2, zorder=1, gid="lien")
            axes.plot(was, y, "o", markerfacecolor="white", color=_BEFORE, markersize=7)
        axes.plot(100 * now, y, "o", color=FAMILY_COLOURS["observation"], markersize=8, gid="taux")
    _rows(axes, ordered)
    axes.set_xlabel("élève-périodes placées, en %", color=FAINT)
    subtitle = "Anneau : lot précédent." if before else "Les moins bien servis en bas."
    title(axes, "Part placée, pôle par pôle", subtitle)
    return axes


def _rows(axes: Axes, poles: Sequence["Pole"]) -> None:
    axes.set_yticks(range(len(poles)), [p.title[:_LONGEST_LABEL] for p in poles], color=INK)
    axes.set_ylim(-0.6, len(poles) - 0.4)
    axes.grid(axis="x", color="#E4E4E4")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}".replace(".", ","))
    bare(axes)
