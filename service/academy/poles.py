"""The pôles of a batch: for each, its best plan's figures. Must not know: how they are told."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.batch.store import Store
from service.batch.summary import read_table
from solver.domain import Family
from solver.errors import Fault, InvalidPlan
from solver.indicators import Indicators


@dataclass(frozen=True, slots=True)
class Pole:
    """A pôle and its plan in figures."""

    name: str
    title: str
    academy: str
    cost: int
    bound: int
    figures: Indicators

    def ratio(self, family: Family) -> float | None:
        """The national indicator: offers ÷ pupils in the family's busiest week."""
        for load in self.figures.loads:
            if load.family == family and load.peak_pupils:
                return load.seats / load.peak_pupils
        return None


def poles(lot: Path, prices: str | None = None) -> list[Pole]:
    """The cheapest plan of each scenario of a batch, in the order of its table.

    `prices`: the price list to read where there are several; the first where None. Raises
    `InvalidPlan` where the folder holds no batch.
    """
    rows = [row for row in read_table(lot) if row["etat"] in ("fait", "déjà là")]
    if not rows:
        raise InvalidPlan(
            [Fault("lot-vide", "aucun plan dans ce lot", file=str(lot), expected="un lot fini")]
        )
    chosen = rows[0]["bareme"] if prices is None else prices
    best: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row["bareme"] == chosen:
            known = best.setdefault(row["nom"], row)
            if row["cout"] < known["cout"]:
                best[row["nom"]] = row
    store = Store(lot)
    return [_pole(name, row, store.plan(row["cle"])) for name, row in best.items()]


def _pole(name: str, row: dict[str, Any], folder: Path) -> Pole:
    summary = json.loads((folder / "bilan.json").read_text("utf-8"))
    return Pole(
        name=name,
        title=row["titre"],
        academy=row["academie"],
        cost=row["cout"],
        bound=row["borne"],
        figures=Indicators.model_validate(summary["indicateurs"]),
    )
