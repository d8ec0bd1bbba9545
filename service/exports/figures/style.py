"""How the pictures look: colours that stay apart for colour-blind people, French numbers, sizes.

Blue is observation, orange is vocational training; publics differ by lightness and hatching, so
that a grey print still reads. Must not know: scenarios, plans.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solver.domain import Family, Public

LEGEND_POINTS = 22
INK, FAINT, PAPER = "#1B1B1B", "#6B6B6B", "#FFFFFF"
CLOSED = "#E4E4E4"
"""Weeks without class."""
BLOCKED = "#B4B4B4"
"""Hatching of weeks closed to one establishment."""
ALERT = "#7A1F5C"
"""What is missing or too much: a dark purple, apart from blue and orange in any eye."""
FAMILY_COLOURS: Mapping[Family, str] = MappingProxyType(
    {"observation": "#2F6DA8", "formation": "#E08A2C"}
)
FAMILY_NAMES: Mapping[Family, str] = MappingProxyType(
    {"observation": "Observation", "formation": "Formation professionnelle"}
)


@dataclass(frozen=True, slots=True)
class Look:
    """How the bars of a public are filled, and the public's name on pictures."""

    name: str
    colour: str
    hatch: str = ""
    ink: str = INK
    """Colour of text on the bar."""
    brief: str = ""
    """What a narrow bar has room for, where it is not the name."""


PUBLIC_LOOKS: Mapping[Public, Look] = MappingProxyType(
    {
        "3E": Look("3e", "#1F5288", ink=PAPER),
        "2GT": Look("2de GT", "#7DB1DE", brief="2de"),
        "4E": Look("4e", "#C9E0F3"),
        "3PM": Look("3e prépa-métiers", "#C9E0F3", "////", brief="3PM"),
        "SEGPA": Look("SEGPA", "#C9E0F3", "....", brief="SEG"),
        "BACPRO": Look("Bac pro", "#EFA24A", brief="Pro"),
        "CAP": Look("CAP", "#A9560F", ink=PAPER),
        "BTS": Look("BTS", "#FBDDB5"),
        "CS": Look("CS", "#FBDDB5", "////"),
    }
)


def number(value: int) -> str:
    """`12 345`, with the narrow no-break space of French typography."""
    return f"{value:,}".replace(",", "\u202f")


def percent(part: int, whole: int) -> str:
    """`97,4 %`; 100 % only where nothing is missing, `–` where there is nothing."""
    if not whole:
        return "–"
    tenths = part * 1000 // whole
    return f"{tenths // 10},{tenths % 10}\u202f%" if part != whole else "100\u202f%"


def counted(value: int, noun: str, plural: str = "") -> str:
    """`1 élève`, `12 élèves`; `plural` where it is not the noun with an s."""
    return f"{number(value)} {noun if value < 2 else plural or noun + 's'}"


def sheet(width_inches: float, height_inches: float) -> Axes:
    """Fresh axes on a figure of their own, free of any screen."""
    figure = Figure(figsize=(width_inches, height_inches), facecolor=PAPER, layout="constrained")
    return figure.add_subplot()


def measured_sheet(
    width_inches: float,
    axes_height_inches: float,
    *,
    left: float,
    right: float,
    bottom: float,
    top: float,
) -> Axes:
    """Axes of an exact height, with margins in inches for what stands around them."""
    height = max(axes_height_inches, 0.5)
    total = height + bottom + top
    figure = Figure(figsize=(width_inches, total), facecolor=PAPER)
    return figure.add_axes(
        (
            left / width_inches,
            bottom / total,
            (width_inches - left - right) / width_inches,
            height / total,
        )
    )


def figure_of(axes: Axes) -> Figure:
    """The whole sheet that these axes are drawn on."""
    figure = axes.get_figure(root=True)
    if figure is None:
        raise ValueError("axes without a figure")
    return figure


def title(axes: Axes, text: str, subtitle: str, pad: float = 0, above: Axes | None = None) -> None:
    """A bold title and a line below it, flush left; `pad` points are kept free below both.

    They stand over `axes`, or over `above` where something is stacked on the axes.
    """
    for line, height, size, weight, colour in (
        (text, pad + 24, 14, "bold", INK),
        (subtitle, pad + 9, 10, "normal", FAINT),
    ):
        axes.annotate(
            line,
            (0, 1),
            xycoords=(above or axes).transAxes,
            xytext=(0, height),
            textcoords="offset points",
            fontsize=size,
            fontweight=weight,
            color=colour,
            annotation_clip=False,
        )


def legend_above(axes: Axes, **more: Any) -> None:
    """A legend in one line between the title (given a `pad` of `LEGEND_POINTS`) and the axes."""
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(-0.01, 1),
        ncols=10,
        fontsize=8.5,
        frameon=False,
        borderaxespad=0.2,
        columnspacing=1.4,
        **more,
    )


def bare(axes: Axes) -> None:
    """No frame but the axis that carries a scale; ticks without marks."""
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0, labelsize=8.5, colors=INK)
    axes.set_axisbelow(True)
