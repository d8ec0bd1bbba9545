"""Where one more place is worth most: sectors and zones against weeks.

Must not know: how prices are found.
"""

from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle

from service.exports.figures.style import (
    CLOSED,
    FAMILY_COLOURS,
    INK,
    PAPER,
    bare,
    number,
    sheet,
    title,
)
from solver.calendar import SchoolCalendar
from solver.domain import Scenario
from solver.whatif import Prospect

_MOST_ROWS = 12
_SHADES = LinearSegmentedColormap.from_list("prix", [PAPER, FAMILY_COLOURS["formation"], "#7A3E0A"])


def prospect_weeks(scenario: Scenario, found: Prospect, axes: Axes | None = None) -> Axes:
    """One row per sector and zone, dearest first; a cell tells a week's price of one more place.

    Grey: no class.
    """
    calendar = SchoolCalendar(scenario)
    rows = list(found.weekly.items())[:_MOST_ROWS]
    if axes is None:
        axes = sheet(14, 1.6 + 0.42 * max(1, len(rows)))
    dearest = max((max(prices) for _, prices in rows), default=1)
    for y, (_, prices) in enumerate(rows):
        for x, week in enumerate(calendar.weeks):
            usable = calendar.index.get(week)
            price = None if usable is None else prices[usable]
            _cell(axes, x, y, price, dearest)
    bare(axes)
    axes.spines["bottom"].set_visible(False)
    axes.set_xlim(0, len(calendar.weeks))
    axes.set_ylim(len(rows) or 1, 0)
    names = [_plain(name) for name, _ in rows]
    axes.set_yticks([y + 0.5 for y in range(len(rows))], names, fontsize=9.5)
    axes.set_xticks(
        [x + 0.5 for x in range(len(calendar.weeks))],
        [w.label()[:3] for w in calendar.weeks],
        fontsize=7.5,
    )
    title(axes, "Où une place de plus serait le plus utile", _best(found))
    return axes


def _cell(axes: Axes, x: int, y: int, price: int | None, dearest: int) -> None:
    if price is None:
        axes.add_patch(Rectangle((x, y), 1, 1, color=CLOSED, linewidth=0, gid="fermee"))
        return
    share = price / dearest if dearest else 0.0
    axes.add_patch(
        Rectangle(
            (x + 0.03, y + 0.05), 0.94, 0.9, color=_SHADES(share**0.5), linewidth=0, gid="prix"
        )
    )
    if price:
        ink = PAPER if share > 0.3 else INK
        text = number(price) if price < 1000 else f"{price / 1000:.1f}k".replace(".", ",")
        axes.text(x + 0.5, y + 0.5, text, ha="center", va="center", fontsize=6.5, color=ink)


def _plain(name: str) -> str:
    """A sector as people read it."""
    return name.replace("_", " ")


def _best(found: Prospect) -> str:
    tried = [lead for lead in found.leads if lead.gain]
    if not tried:
        return "Points qu’une place de plus vaudrait chaque semaine, selon la borne."
    best = max(tried, key=lambda lead: lead.gain or 0)
    return (
        "Points par semaine, selon la borne ; meilleure piste essayée : "
        f"{_plain(best.sector or 'sans secteur')}, {best.zone}, {best.first.label()[:3]} à "
        f"{best.last.label()[:3]} ({number(best.gain or 0)} points gagnés)"
    )
