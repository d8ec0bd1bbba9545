"""All results of a batch as one table: Parquet for programs, CSV for people.

Must not know: how results were made.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from scenarios.folders import replace_file
from service.batch.conduct import Standing
from service.batch.gather import Aside
from service.batch.store import Store

Row = Mapping[str, Any]
"""One task, by column; what is not known is None."""
COLUMNS = (
    "nom", "bareme", "graine", "etat", "titre", "academie", "statut", "demandes", "sans_place",
    "offres_observation", "offres_formation", "trajet_moyen", "trajet_d9", "divisions_decalees",
    "cout", "borne", "ecart", "infractions", "secondes_accordees", "secondes_recherche",
    "secondes", "memoire_mo", "essais", "ouvrier", "empreinte", "cle", "raisons",
)  # fmt: skip


def rows(standings: Mapping[str, Standing], asides: Iterable[Aside], store: Store) -> list[Row]:
    """One row per task in the order of the batch, then the scenarios that could not be read."""
    found: list[Row] = []
    for key, standing in standings.items():
        task = standing.planned.task
        found.append(
            {
                "nom": task.name,
                "bareme": task.prices,
                "graine": task.seed,
                "demandes": task.demands,
                "empreinte": task.digest,
                **(store.figures(key) or {}),
                "etat": standing.state,
                "cle": key,
                "raisons": " ; ".join(standing.reasons),
            }
        )
    found += [{"nom": a.name, "etat": "écarté", "raisons": " ; ".join(a.faults)} for a in asides]
    return [{column: row.get(column) for column in COLUMNS} for row in found]


def write_table(results: Sequence[Row], folder: Path) -> tuple[Path, Path]:
    """`resultats.parquet` and `resultats.csv` (`;`, decimal comma) in the folder of the batch."""
    import pandas as pd

    table = pd.DataFrame(list(results), columns=list(COLUMNS)).convert_dtypes()
    parquet, text = folder / "resultats.parquet", folder / "resultats.csv"
    packed = io.BytesIO()
    table.to_parquet(packed, index=False)
    replace_file(parquet, packed.getvalue())
    replace_file(text, table.to_csv(index=False, sep=";", decimal=",").encode("utf-8-sig"))
    return parquet, text


def read_table(folder: Path) -> list[dict[str, Any]]:
    """The rows that `write_table` wrote, what is not known as None. Raises `FileNotFoundError`."""
    import pandas as pd

    table = pd.read_parquet(folder / "resultats.parquet").astype(object)
    rows = table.where(table.notna(), None).to_dict("records")
    return [{str(column): value for column, value in row.items()} for row in rows]
