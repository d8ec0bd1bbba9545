"""A heat map of weeks: how full, by lightness, with a sign where it is full; each cell a link.

It is a real table: what it shows is read cell by cell. Must not know: acts, addresses of pages.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import htpy as h

from service.pages.words import number
from solver.week import Week

_STEPS = (0.25, 0.5, 0.75, 0.9, 1.0)


@dataclass(frozen=True, slots=True)
class Cell:
    """Pupils (None: too few to tell) against seats."""

    out: int | None
    seats: int

    @property
    def step(self) -> int:
        """0: nobody; 1 to 5: fuller and fuller; 6: more than there are seats."""
        if self.out is None:
            return 1
        if not self.out:
            return 0
        share = self.out / self.seats if self.seats else 2.0
        return next((i for i, top in enumerate(_STEPS, start=1) if share <= top), 6)

    @property
    def said(self) -> str:
        out = "moins de 5" if self.out is None else number(self.out)
        return f"{out} pour {number(self.seats)} places"


def heat(
    rows: Mapping[str, tuple[str, Mapping[Week, Cell]]],
    cell_address: Callable[[str, Week], str],
    chosen: tuple[str, Week | None],
) -> h.Element:
    """One line per key, one column per week that any line knows."""
    weeks = sorted({week for _, cells in rows.values() for week in cells})
    return h.div[
        h.div(".heat", tabindex="0", role="region", aria_label="Saturation, semaine par semaine")[
            h.table[
                h.caption(".visually-hidden")["Saturation : élèves et places, par semaine"],
                h.thead[
                    h.tr[
                        h.td,
                        (
                            h.th(scope="col", title=w.label())[
                                h.span(aria_hidden="true")[f"{w.number}"],
                                h.span(".visually-hidden")[w.label()],
                            ]
                            for w in weeks
                        ),
                    ]
                ],
                h.tbody[
                    (
                        h.tr[
                            h.th(scope="row")[label],
                            (
                                _cell(cells.get(w), key, label, w, cell_address, (key, w) == chosen)
                                for w in weeks
                            ),
                        ]
                        for key, (label, cells) in rows.items()
                    )
                ],
            ]
        ],
        h.ul(".legend", aria_label="Légende")[
            (
                h.li[h.span(class_=f"key s{i}")["!" if i == 6 else "■" if i == 5 else ""], text]
                for i, text in enumerate(
                    ("personne", "jusqu’à un quart", "jusqu’à la moitié", "jusqu’aux trois quarts",
                     "jusqu’à 90\u202f%", "jusqu’à la dernière place (■)", "plus d’élèves que de "
                     "places (!)")
                )
            )
        ],
    ]  # fmt: skip


def _cell(
    cell: Cell | None,
    key: str,
    label: str,
    week: Week,
    cell_address: Callable[[str, Week], str],
    chosen: bool,
) -> h.Element:
    if cell is None or not cell.step:
        said = "personne" if cell is None else cell.said
        return h.td(title=f"{label} · {week.label()} : {said}")
    sign = "!" if cell.step == 6 else "■" if cell.step == 5 else ""
    return h.td(class_=f"s{cell.step}")[
        h.a(
            href=cell_address(key, week), title=f"{label} · {week.label()} : {cell.said}",
            aria_current="true" if chosen else None,
        )[
            h.span(aria_hidden="true")[sign],
            h.span(".visually-hidden")[cell.said],
        ]
    ]  # fmt: skip
