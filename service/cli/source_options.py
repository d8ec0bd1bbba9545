"""What the verbs of `bassin importer` share: arguments, options, their French help."""

from pathlib import Path
from typing import Annotated

import typer

File = Annotated[
    Path, typer.Argument(metavar="FICHIER", show_default=False, help="Un .csv, .xlsx ou .zip.")
]
Folder = Annotated[
    Path,
    typer.Option(
        "--scenario", metavar="DOSSIER", show_default=False, help="Le dossier du scénario."
    ),
]
Preview = Annotated[
    bool, typer.Option("--apercu", help="Montre ce qui serait fait, sans rien écrire.")
]
Report = Annotated[
    Path | None,
    typer.Option(
        "--rapport", metavar="FICHIER", show_default=False,
        help="Écrit un CSV : chaque ligne, prise, changée ou refusée, et pourquoi.",
    ),
]  # fmt: skip
Json = Annotated[bool, typer.Option("--json", help="Écrit du JSON, pour un programme.")]


Communes = Annotated[
    Path | None,
    typer.Option(
        "--communes", metavar="FICHIER", show_default=False,
        help="Communes : code Insee, nom, lat, lon ; au mieux codes postaux et population.",
    ),
]  # fmt: skip
Diplomas = Annotated[
    Path | None,
    typer.Option(
        "--diplomes", metavar="FICHIER", show_default=False,
        help="Diplômes : formation_diplome, secteurs_accueil, rome.",
    ),
]  # fmt: skip
Activities = Annotated[
    Path | None,
    typer.Option(
        "--secteurs", metavar="FICHIER", show_default=False, help="Secteurs : secteur_id, naf."
    ),
]
School = Annotated[
    str | None,
    typer.Option(
        "--uai", metavar="UAI", show_default=False,
        help="L’établissement, si le fichier ne le dit pas.",
    ),
]  # fmt: skip
Radius = Annotated[
    float | None,
    typer.Option(
        "--rayon", min=0.0, metavar="KM", show_default=False,
        help="Seulement les communes à cette distance d’un établissement.",
    ),
]  # fmt: skip
Periods = Annotated[
    bool,
    typer.Option(
        "--periodes/--sans-periodes", help="Ouvre aussi les périodes usuelles de chaque niveau."
    ),
]
