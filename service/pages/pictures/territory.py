"""A bassin as a map without tiles: places where they are, the marks that matter on them.

North is up, distances are true within a bassin. Must not know: what the marks stand for.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import htpy as h

_WIDTH, _MARGIN, _TALLEST = 640.0, 46.0, 768.0
_KM_PER_DEGREE = 111.2
_LABEL_ROOM = (92.0, 15.0)
_LONGEST_LABEL = 24


@dataclass(frozen=True, slots=True)
class Mark:
    """A point of the map; `weight` from 0 to 1 gives its size, `link` where a click leads."""

    latitude: float
    longitude: float
    label: str
    sentence: str
    kind: str
    """Class of the stylesheet: `school` (a square), or `lead`, `idle`, `host` (discs)."""
    weight: float = 0.3
    link: str = ""


@dataclass(frozen=True, slots=True)
class _Spot:
    mark: Mark
    x: float
    y: float


def territory(title: str, marks: Sequence[Mark]) -> h.Element:
    """The map, as an SVG that scales; each mark says its sentence."""
    if not marks:
        return h.p(".empty")["Aucun lieu à montrer."]
    spots, scale, height = _laid_out(marks)
    return h.svg(
        ".territory", viewBox=f"0 0 {_WIDTH:.0f} {height:.0f}", role="group", aria_label=title
    )[
        (_drawn(spot) for spot in sorted(spots, key=lambda s: -s.mark.weight)),
        _labels(spots),
        _scale(scale, height),
    ]


def _laid_out(marks: Sequence[Mark]) -> tuple[list[_Spot], float, float]:
    """Where each mark is drawn, units per degree of latitude, and the height of the map."""
    middle = math.radians(sum(m.latitude for m in marks) / len(marks))
    xs = [m.longitude * math.cos(middle) for m in marks]
    ys = [-m.latitude for m in marks]
    wide, tall = max(max(xs) - min(xs), 0.02), max(ys) - min(ys)
    scale = (_WIDTH - 2 * _MARGIN) / wide
    if tall:
        scale = min(scale, (_TALLEST - 2 * _MARGIN) / tall)
    height = max(220.0, tall * scale + 2 * _MARGIN)
    left = (_WIDTH - (max(xs) - min(xs)) * scale) / 2 - min(xs) * scale
    top = (height - tall * scale) / 2 - min(ys) * scale
    spots = [
        _Spot(mark, left + x * scale, top + y * scale)
        for mark, x, y in zip(marks, xs, ys, strict=True)
    ]
    return spots, scale, height


def _drawn(spot: _Spot) -> h.Element:
    mark, x, y = spot.mark, spot.x, spot.y
    said = {} if mark.link else {"role": "img", "aria_label": mark.sentence}
    words = h.title[mark.sentence]
    if mark.kind == "school":
        shape = h.rect(
            ".mark.school", x=f"{x - 5:.1f}", y=f"{y - 5:.1f}", width="10", height="10", **said
        )[words]
    else:
        shape = h.circle(
            class_=["mark", mark.kind],
            cx=f"{x:.1f}",
            cy=f"{y:.1f}",
            r=f"{_radius(mark):.1f}",
            **said,
        )[words]
    return h.a(href=mark.link, aria_label=mark.sentence)[shape] if mark.link else shape


def _radius(mark: Mark) -> float:
    return 4 + 14 * math.sqrt(mark.weight)


def _labels(spots: Sequence[_Spot]) -> Iterator[h.Element]:
    """Names where they fit, those of the largest marks first."""
    taken: list[_Spot] = []
    for spot in sorted(spots, key=lambda s: -s.mark.weight):
        if any(
            abs(spot.x - other.x) < _LABEL_ROOM[0] and abs(spot.y - other.y) < _LABEL_ROOM[1]
            for other in taken
        ):
            continue
        taken.append(spot)
        at_the_edge = spot.x > 0.75 * _WIDTH
        away = 12 if spot.mark.kind == "school" else 6 + _radius(spot.mark)
        yield h.text(
            x=f"{spot.x + (-away if at_the_edge else away):.1f}",
            y=f"{spot.y + 4:.1f}",
            text_anchor="end" if at_the_edge else "start",
            aria_hidden="true",
        )[spot.mark.label[:_LONGEST_LABEL]]


def _scale(units_per_degree: float, height: float) -> h.Element:
    """A bar of a round number of kilometres."""
    per_km = units_per_degree / _KM_PER_DEGREE
    km = next((k for k in (50, 20, 10, 5, 2, 1) if k * per_km < _WIDTH / 4), 1)
    y, end = height - 14, 14 + km * per_km
    return h.g(".scale", aria_hidden="true")[
        h.path(d=f"M14 {y - 4:.0f}V{y:.0f}H{end:.1f}V{y - 4:.0f}"),
        h.text(x=f"{end + 6:.1f}", y=f"{y:.0f}")[f"{km} km"],
    ]
