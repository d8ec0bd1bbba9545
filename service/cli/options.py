"""Arguments and options that several verbs share, each with its French help."""

from pathlib import Path
from typing import Annotated

import typer

Scenario = Annotated[
    Path,
    typer.Argument(
        metavar="SCENARIO", show_default=False, help="Dossier, .zip, .xlsx ou .json du scénario."
    ),
]
Plan = Annotated[
    Path, typer.Argument(metavar="PLAN", show_default=False, help="Dossier du plan (ou son .zip).")
]
Json = Annotated[bool, typer.Option("--json", help="Écrit du JSON, pour un programme.")]
Seconds = Annotated[
    float, typer.Option("--temps", min=0.1, metavar="SECONDES", help="Temps de calcul.")
]
Seed = Annotated[
    int, typer.Option("--graine", min=0, metavar="ENTIER", help="Graine du hasard, pour refaire.")
]
Cores = Annotated[
    int, typer.Option("--coeurs", min=1, metavar="ENTIER", help="Processus qui cherchent.")
]
Iterations = Annotated[
    int | None,
    typer.Option(
        "--iterations",
        min=1,
        metavar="ENTIER",
        show_default=False,
        help="S’arrête après tant d’itérations : avec --coeurs 1, le même plan à l’octet près.",
    ),
]
Output = Annotated[
    Path, typer.Option("--sortie", metavar="DOSSIER", help="Dossier où écrire le plan.")
]
Workers = Annotated[
    int | None,
    typer.Option(
        "--ouvriers",
        min=1,
        metavar="ENTIER",
        show_default=False,
        help="Processus de cette machine (défaut : un par cœur).",
    ),
]
Address = Annotated[
    str,
    typer.Option(
        "--cluster",
        metavar="ADRESSE",
        show_default=False,
        help="Un ordonnanceur Dask déjà lancé : tcp://machine:8786.",
    ),
]
Memory = Annotated[
    int, typer.Option("--memoire", min=256, metavar="MO", help="Mémoire de chaque recherche.")
]
Figures = Annotated[
    bool, typer.Option("--figures/--sans-figures", help="Dessine les figures à côté du plan.")
]
