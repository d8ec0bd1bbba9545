"""The pictures of a plan: each a function of a scenario and a plan that returns its axes.

Drawn without a screen (no pyplot, no global state). Must not know: how plans are found.
"""

from pathlib import Path

from matplotlib import rc_context
from matplotlib.figure import Figure

from service.exports.figures.calendar import calendar
from service.exports.figures.journeys import journeys
from service.exports.figures.placement_rate import placement_rate
from service.exports.figures.presence import presence
from service.exports.figures.style import PAPER, figure_of
from solver.domain import FAMILIES, Plan, Scenario

__all__ = ["calendar", "journeys", "placement_rate", "presence", "save_all"]

_DOTS_PER_INCH = 130


def save_all(scenario: Scenario, plan: Plan, folder: str | Path) -> tuple[Path, ...]:
    """Every picture as PNG and SVG in `folder` (made where missing); returns the files.

    The same plan gives the same files: no date, no random identifier.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    figures = {
        "calendrier": figure_of(calendar(scenario, plan)),
        "calendrier-divisions": figure_of(calendar(scenario, plan, by="divisions")),
        "presence": _both_families(scenario, plan),
        "taux-de-placement": figure_of(placement_rate(scenario, plan)),
        "trajets": figure_of(journeys(scenario, plan)),
    }
    written = []
    with rc_context({"svg.hashsalt": "bassin", "svg.fonttype": "none"}):
        for name, figure in figures.items():
            png, svg = folder / f"{name}.png", folder / f"{name}.svg"
            figure.savefig(png, dpi=_DOTS_PER_INCH, metadata={"Software": None})
            figure.savefig(svg, metadata={"Date": None})
            written += [png, svg]
    return tuple(written)


def _both_families(scenario: Scenario, plan: Plan) -> Figure:
    """Observation above, vocational training below, on one sheet."""
    figure = Figure(figsize=(14, 10), facecolor=PAPER, layout="constrained")
    for axes, family in zip(figure.subplots(2, 1), FAMILIES, strict=True):
        presence(scenario, plan, axes, family)
    return figure
