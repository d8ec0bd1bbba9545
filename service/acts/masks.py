"""Small counts hidden from whoever does not see the pupils: fewer than five are somebody.

A count that could be found by subtraction is hidden too. None stands for a hidden figure.
Must not know: who looks (`rights.sight` says), the database.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from service.accounts.rights import Sight
from service.exports.masking import small as small


def masked_indicators(figures: Mapping[str, Any], sight: Sight) -> dict[str, Any]:
    """`Indicators` as JSON, as this user may read them."""
    if sight.every_pupil:
        return dict(figures)
    shown = dict(figures)
    shown["motifs"] = _without_small(figures["motifs"], "nombre", ("nombre",), _small_reason)
    shown["etablissements"] = [
        *(dict(row) for row in figures["etablissements"] if sight.of(row["groupe"])),
        *_groups(row for row in figures["etablissements"] if not sight.of(row["groupe"])),
    ]
    shown["education_prioritaire"] = _groups(figures["education_prioritaire"])
    shown["tension"] = masked_tension(figures["tension"], sight)
    shown["charges"] = masked_loads(figures["charges"], sight)
    if small(figures["sans_place"]) or small(figures["places"]):
        shown |= {"sans_place": None, "places": None, "taux_placement": None}
    return shown


def masked_tension(rows: Iterable[Mapping[str, Any]], sight: Sight) -> list[dict[str, Any]]:
    """Offers against pupils, without the weeks in which few pupils are out."""
    return [
        {**row, "eleves": None, "ratio": None}
        if not sight.every_pupil and small(row["eleves"])
        else dict(row)
        for row in rows
    ]


def masked_loads(rows: Iterable[Mapping[str, Any]], sight: Sight) -> list[dict[str, Any]]:
    """The busiest week of each family."""
    return [
        {**row, "pointe": None} if not sight.every_pupil and small(row["pointe"]) else dict(row)
        for row in rows
    ]


def _small_reason(row: Mapping[str, Any]) -> bool:
    return small(row["nombre"])


def _small_group(row: Mapping[str, Any]) -> bool:
    return small(row["demandes"]) or small(row["places"]) or small(row["demandes"] - row["places"])


def _groups(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    listed = _without_small(rows, "demandes", ("places", "taux"), _small_group)
    return [{**row, "demandes": None} if small(row["demandes"]) else row for row in listed]


def _without_small(
    rows: Iterable[Mapping[str, Any]],
    size: str,
    fields: tuple[str, ...],
    hidden: Callable[[Mapping[str, Any]], bool],
) -> list[dict[str, Any]]:
    """Rows without the figures of the small ones; one alone takes the next smallest with it."""
    listed = [dict(row) for row in rows]
    chosen = [row for row in listed if hidden(row)]
    if len(chosen) == 1:
        others = [row for row in listed if row is not chosen[0] and row[size]]
        chosen += sorted(others, key=lambda row: int(row[size]))[:1]
    for row in chosen:
        row |= dict.fromkeys(fields)
    return listed
