"""The pictures of a plan: each a function of a scenario and a plan that returns its axes.

Drawn without a screen (no pyplot, no global state). Must not know: how plans are found.
"""

from pathlib import Path

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from service.exports.figures.calendar import calendar
from service.exports.figures.dumbbell import dumbbell
from service.exports.figures.journeys import journeys
from service.exports.figures.placement_rate import placement_rate
from service.exports.figures.presence import presence
from service.exports.figures.style import PAPER, figure_of
from solver.domain import FAMILIES, Plan, Scenario

__all__ = [
    "calendar",
    "dumbbell",
    "figure_of",
    "journeys",
    "placement_rate",
    "presence",
    "save",
    "save_all",
]

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
    files = (_save(figure, folder / name) for name, figure in figures.items())
    return tuple(file for pair in files for file in pair)


def save(axes: Axes, file: str | Path) -> tuple[Path, Path]:
    """One picture as PNG and SVG, whatever the extension of `file`; its folder is made."""
    file = Path(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    return _save(figure_of(axes), file.with_suffix(""))


def _save(figure: Figure, stem: Path) -> tuple[Path, Path]:
    png, svg = stem.with_name(f"{stem.name}.png"), stem.with_name(f"{stem.name}.svg")
    with rc_context({"svg.hashsalt": "bassin", "svg.fonttype": "none"}):
        figure.savefig(png, dpi=_DOTS_PER_INCH, metadata={"Software": None})
        figure.savefig(svg, metadata={"Date": None})
    return png, svg


def _both_families(scenario: Scenario, plan: Plan) -> Figure:
    """Observation above, vocational training below, on one sheet."""
    figure = Figure(figsize=(14, 10), facecolor=PAPER, layout="constrained")
    for axes, family in zip(figure.subplots(2, 1), FAMILIES, strict=True):
        presence(scenario, plan, axes, family)
    return figure
