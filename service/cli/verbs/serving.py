"""The service: opened, set up, kept clean."""

from datetime import datetime
from typing import Annotated

import typer

from service.cli.options import Json


def serve(
    host: Annotated[
        str | None,
        typer.Option("--adresse", metavar="ADRESSE", show_default=False, help="Où écouter."),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", min=0, max=65535, metavar="PORT", show_default=False,
                     help="Sur quel port."),
    ] = None,
    worker: Annotated[
        bool,
        typer.Option("--worker", help="Prête cette machine à l’ordonnanceur (BASSIN_SCHEDULER)."),
    ] = False,
) -> None:  # fmt: skip
    """Ouvre le service : l’API et ses calculs, pour tout un bassin ou une académie.

    Exemple : bassin serve --port 8000
    """
    from service.cli.service import serve, work

    if worker:
        work()
    else:
        serve(host, port)


def config(json: Json = False) -> None:
    """Montre les réglages du service, et la variable d’environnement de chacun.

    Exemple : bassin config
    """
    from service.cli.service import config

    config(json=json)


def purge(
    before: Annotated[
        datetime,
        typer.Option("--avant", formats=["%Y-%m-%d"], metavar="JOUR", show_default=False,
                     help="Ce qui a été fait avant ce jour."),
    ],
    pretend: Annotated[
        bool, typer.Option("--essai", help="Dit ce qui serait supprimé, sans rien supprimer.")
    ] = False,
    json: Json = False,
) -> None:  # fmt: skip
    """Supprime ce que le service garde d’ancien ; les calendriers en vigueur restent.

    Exemple : bassin purge --avant 2025-09-01
    """
    from service.cli.service import purge

    purge(before, pretend=pretend, json=json)
