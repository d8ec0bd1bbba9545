"""The anytime figure: cost and proven bound against time, one panel per scenario.

Curves are what contenders told while they ran, bounds dotted; the crosses are verified ends, one
per run. Of each contender, scenario and budget the runs of `release.current`, as in the table.
Must not know: how runs are made.
"""

import csv
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter
from release import Run, current

POINTS = 40
"""Points kept per curve; improvements come in thousands."""
_COLUMNS = ("scenario", "contender", "budget", "seed", "commit", "seconds", "cost", "bound")
_COLOURS = {
    "bassin": "#0b5394",
    "bassin-1-coeur": "#6fa8dc",
    "timefold": "#e69138",
    "cp-sat": "#38761d",
    "highs": "#a64d79",
    "pratique": "#666666",
    "pratique-places-trouvees": "#999999",
    "appariement": "#cc0000",
}


def append_curve(path: Path, run: Run, curve: Sequence[Sequence[float | None]]) -> None:
    """Add the curve of a run, thinned, to the curves of a release."""
    if not curve:
        return
    fresh = not path.exists()
    step = max(1, -(-len(curve) // POINTS))
    kept = [*curve[:-1:step], curve[-1]]
    with path.open("a", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, delimiter=";", lineterminator="\n")
        if fresh:
            writer.writerow(_COLUMNS)
        for seconds, cost, bound in kept:
            which = (run.scenario, run.contender, run.budget, run.seed, run.commit)
            writer.writerow((*which, round(seconds or 0, 3), cost, bound))


def draw(curves: Path, runs: Sequence[Run], target: Path) -> Path | None:
    """The figure of a release; None where no plan was found at all."""
    shown = [r for one in current(runs) for r in one]
    shown.sort(key=lambda r: (r.demands or 0, r.scenario))
    names = list(dict.fromkeys(r.scenario for r in shown if r.cost is not None))
    if not names:
        return None
    told = _curves(curves)
    across = min(3, len(names))
    down = -(-len(names) // across)
    with mpl.rc_context({"font.size": 8, "svg.hashsalt": "bench"}):
        figure = Figure(figsize=(4.2 * across, 3.2 * down), layout="constrained")
        panels = figure.subplots(down, across, squeeze=False).ravel()
        for panel, name in zip(panels, names, strict=False):
            _panel(panel, name, [r for r in shown if r.scenario == name], told)
        for panel in panels[len(names) :]:
            panel.set_axis_off()
        handles = {
            label: handle
            for panel in panels
            for handle, label in zip(*panel.get_legend_handles_labels(), strict=True)
        }
        figure.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=5)
        figure.savefig(target, dpi=110)
    return target


Curve = list[tuple[float, float | None, float | None]]
Key = tuple[str, str, float, int, str]
"""Scenario, contender, budget, seed, commit."""


def _curves(path: Path) -> dict[Key, Curve]:
    found: dict[Key, Curve] = defaultdict(list)
    if not path.exists():
        return found
    with path.open(encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text, delimiter=";"):
            key = (
                row["scenario"],
                row["contender"],
                float(row["budget"]),
                int(row["seed"]),
                row["commit"],
            )
            found[key].append(
                (
                    max(0.1, float(row["seconds"])),
                    float(row["cost"]) if row["cost"] else None,
                    float(row["bound"]) if row["bound"] else None,
                )
            )
    return found


def _panel(panel: Axes, name: str, runs: Sequence[Run], told: dict[Key, Curve]) -> None:
    for contender, colour in _COLOURS.items():
        mine = [r for r in runs if r.contender == contender]
        for run in mine:
            curve = told.get((name, contender, run.budget, run.seed, run.commit), [])
            points = [(s, c) for s, c, _ in curve if c is not None]
            bounds = [(s, b) for s, _, b in curve if b]
            panel.plot(*zip(*points, strict=True), color=colour, lw=0.6, alpha=0.5) if points else 0
            panel.plot(*zip(*bounds, strict=True), color=colour, lw=0.8, ls=":") if bounds else 0
        ends = [(r.budget or r.seconds or 1, r.cost) for r in mine if r.cost is not None]
        if ends:
            panel.plot(*zip(*ends, strict=True), "x", color=colour, ms=5, label=contender)
    panel.set(xscale="log", yscale="log", title=name, xlabel="secondes", ylabel="points")
    panel.xaxis.set_minor_formatter(NullFormatter())
