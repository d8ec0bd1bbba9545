"""Many bassins at once: the verbs of an académie."""

from pathlib import Path
from typing import Annotated

import typer

from service.cli.options import Address, Cores, Json, Memory, Workers


def batch(
    scenarios: Annotated[
        Path,
        typer.Argument(
            metavar="LOT", show_default=False,
            help="Dossier de scénarios, ou manifeste (lot.toml) : scénarios, barèmes, graines.",
        ),
    ],
    output: Annotated[
        Path, typer.Option("--sortie", metavar="DOSSIER", help="Où garder plans, table et page.")
    ] = Path("lot"),
    seconds: Annotated[
        float,
        typer.Option(
            "--temps", min=1, metavar="SECONDES",
            help="Temps du lot entier, partagé selon la taille.",
        ),
    ] = 600.0,
    workers: Workers = None,
    address: Address = "",
    attempts: Annotated[
        int, typer.Option("--essais", min=1, metavar="ENTIER", help="Essais avant d’écarter.")
    ] = 3,
    cores: Cores = 1,
    memory: Memory = 3072,
    json: Json = False,
) -> None:  # fmt: skip
    """Planifie tout un lot de scénarios, ici ou sur un cluster ; reprend là où il en était.

    Exemple : bassin batch mon-academie --temps 1200 --sortie lot
    """
    from service.batch.running import Means
    from service.cli.batch import run

    means = Means(address, workers, cores, memory, attempts)
    run(scenarios, output, seconds, means, json=json)


def carte(
    academy: Annotated[
        Path,
        typer.Argument(
            metavar="ACADEMIE", show_default=False, help="Dossier des bassins (ou lot.toml)."
        ),
    ],
    maps: Annotated[
        list[Path] | None,
        typer.Option(
            "--carte", metavar="FICHIER", show_default=False,
            help="Une carte à juger (TOML : poles, echanges) ; à répéter.",
        ),
    ] = None,
    mergers: Annotated[
        list[str] | None,
        typer.Option(
            "--fusion", metavar="BASSIN,BASSIN", show_default=False,
            help="Des bassins à réunir ; à répéter.",
        ),
    ] = None,
    exchanges: Annotated[
        list[str] | None,
        typer.Option(
            "--echange", metavar="BASSIN,BASSIN:SECTEUR", show_default=False,
            help="Des bassins qui partagent accueils et internats d’un secteur ; à répéter.",
        ),
    ] = None,
    confirmed: Annotated[
        int,
        typer.Option(
            "--confirmer", min=1, metavar="ENTIER",
            help="Sans carte demandée : combien des meilleures réunions de voisins planifier.",
        ),
    ] = 3,
    output: Annotated[
        Path, typer.Option("--sortie", metavar="DOSSIER", help="Où garder plans, page et figures.")
    ] = Path("carte"),
    seconds: Annotated[
        float,
        typer.Option(
            "--temps", min=1, metavar="SECONDES",
            help="Temps pour planifier une fois tous les bassins ; les cartes en prennent autant.",
        ),
    ] = 600.0,
    workers: Workers = None,
    address: Address = "",
    cores: Cores = 1,
    memory: Memory = 3072,
    json: Json = False,
) -> None:  # fmt: skip
    """Et si la carte des pôles changeait ? Réunir, couper, échanger : qui gagne, qui paie.

    Exemple : bassin carte mon-academie --fusion pole-01,pole-02 --sortie carte
    """
    from service.batch.running import Means
    from service.cli.carte import evaluate

    evaluate(
        academy, maps or [], mergers or [], exchanges or [], confirmed, output, seconds,
        Means(address, workers, cores, memory), json=json,
    )  # fmt: skip


def academie(
    lot: Annotated[
        Path,
        typer.Argument(metavar="LOT", show_default=False, help="Le dossier qu’a écrit batch."),
    ],
    before: Annotated[
        Path | None,
        typer.Option(
            "--avant", metavar="LOT", show_default=False, help="Un lot précédent, pour l’évolution."
        ),
    ] = None,
    prices: Annotated[
        str | None,
        typer.Option(
            "--bareme", metavar="NOM", show_default=False, help="Le barème à lire (le premier)."
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--sortie", metavar="DOSSIER", show_default=False, help="Où écrire (dans le lot)."
        ),
    ] = None,
    json: Json = False,
) -> None:  # fmt: skip
    """Le rapport d’une académie : indicateurs nationaux, équité entre pôles, secteurs en tension.

    Exemple : bassin academie lot --avant lot-2025
    """
    from service.cli.academie import report

    report(lot, before, prices, output or lot, json=json)
