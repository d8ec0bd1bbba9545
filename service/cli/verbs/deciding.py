"""What a plan answers, and what it becomes: the verbs of those who decide."""

from pathlib import Path
from typing import Annotated

import typer

from service.cli.options import Figures, Json, Output, Plan, Scenario, Seconds, Seed


def decaler(
    scenario: Scenario,
    plan: Plan,
    subject: Annotated[
        str,
        typer.Argument(
            metavar="PERIODE", show_default=False, help="Une période, ou un départ commun."
        ),
    ],
    exact: Annotated[
        bool, typer.Option("--exact", help="Prouve chaque affectation, même si c’est long.")
    ] = False,
    adapt: Annotated[
        bool,
        typer.Option(
            "--adapter/--sans-adapter", help="Adapte les voisins des trois meilleures semaines."
        ),
    ] = True,
    week: Annotated[
        str | None,
        typer.Option(
            "--semaine", metavar="SEMAINE", show_default=False,
            help="La semaine retenue, à écrire dans --sortie.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--sortie", metavar="DOSSIER", show_default=False, help="Où écrire le plan décalé."
        ),
    ] = None,
    figure: Annotated[
        Path | None,
        typer.Option(
            "--figure", metavar="FICHIER", show_default=False, help="Dessine l’année (PNG et SVG)."
        ),
    ] = None,
    json: Json = False,
) -> None:  # fmt: skip
    """Et si ce départ avait lieu une autre semaine ? Chaque semaine, et ce qu’elle changerait.

    Exemple : bassin decaler mon-bassin plan-mon-bassin 0990005T-CAP107-1
    """
    from service.cli.decaler import shift

    shift(
        scenario, plan, subject,
        exact=exact, adapt=adapt, week=week, output=output, figure=figure, json=json,
    )  # fmt: skip


def replanifier(
    scenario: Scenario,
    plan: Plan,
    output: Output = Path("plan-replanifie"),
    former: Annotated[
        Path | None,
        typer.Option(
            "--avant", metavar="SCENARIO", show_default=False,
            help="Le scénario d’avant : vérifie que le plan est le sien.",
        ),
    ] = None,
    tables_changed: Annotated[
        bool,
        typer.Option(
            "--tables-changees",
            help="Sans --avant : dit que les tables du scénario ont été changées depuis ce plan.",
        ),
    ] = False,
    locks: Annotated[
        list[str] | None,
        typer.Option(
            "--verrou", metavar="SUJET", show_default=False,
            help="Période, départ ou division dont les dates ne bougent pas ; élève dont rien ne "
            "bouge. À répéter.",
        ),
    ] = None,
    free_dates: Annotated[
        bool,
        typer.Option(
            "--dates-libres", help="Les dates bougent dès que c’est rentable (stabilite_date)."
        ),
    ] = False,
    seconds: Seconds = 20.0,
    seed: Seed = 0,
    figures: Figures = False,
    json: Json = False,
) -> None:  # fmt: skip
    """Reprend un plan après un changement du scénario : répare, améliore, et dit ce qui bouge.

    Exemple : bassin replanifier mon-bassin plan-mon-bassin --tables-changees --sortie plan-2
    """
    from service.cli.replanifier import from_before

    from_before(
        scenario, plan, output,
        former=former, tables_changed=tables_changed, locks=locks or (), free_dates=free_dates,
        seconds=seconds, seed=seed, figures=figures, json=json,
    )  # fmt: skip


def pourquoi(
    scenario: Scenario,
    plan: Plan,
    subject: Annotated[
        str | None,
        typer.Argument(
            metavar="ELEVE", show_default=False,
            help="Un élève ; ou un établissement (UAI) ; ou rien, pour tout le bassin.",
        ),
    ] = None,
    period: Annotated[
        str | None,
        typer.Option(
            "--periode", metavar="PERIODE", show_default=False, help="Une seule de ses périodes."
        ),
    ] = None,
    json: Json = False,
) -> None:  # fmt: skip
    """Dit pourquoi un élève n’a pas de place, qui l’occupe, et ce qui la lui donnerait, vérifié.

    Exemple : bassin pourquoi mon-bassin plan-mon-bassin e00042
    """
    from service.cli.pourquoi import explain

    explain(scenario, plan, subject, period, json=json)


def prospecter(
    scenario: Scenario,
    plan: Plan,
    seconds: Seconds = 20.0,
    figure: Annotated[
        Path | None,
        typer.Option(
            "--figure", metavar="FICHIER", show_default=False,
            help="Dessine les semaines de chaque secteur et zone (PNG et SVG).",
        ),
    ] = None,
    json: Json = False,
) -> None:  # fmt: skip
    """Dit où une place de plus serait le plus utile, et quelles places ne servent à personne.

    Exemple : bassin prospecter mon-bassin plan-mon-bassin --figure pistes.png
    """
    from service.cli.prospecter import look

    look(scenario, plan, seconds=seconds, figure=figure, json=json)


def comparer(
    plans: Annotated[
        list[Path],
        typer.Argument(metavar="PLAN", show_default=False, help="Deux dossiers de plan, ou plus."),
    ],
    scenarios: Annotated[
        list[Path],
        typer.Option(
            "--scenario", metavar="SCENARIO", show_default=False,
            help="Le scénario des plans ; à répéter s’ils en ont plusieurs.",
        ),
    ],
    axes: Annotated[
        str, typer.Option("--axes", metavar="MESURE,MESURE", help="Les deux axes de la figure.")
    ] = "cout,sans_place",
    output: Annotated[
        Path | None,
        typer.Option(
            "--sortie", metavar="DOSSIER", show_default=False,
            help="Où écrire la page, le JSON et les figures.",
        ),
    ] = None,
    json: Json = False,
) -> None:  # fmt: skip
    """Met des plans côte à côte : indicateurs, coûts, qui gagne, qui perd, ce qui bouge.

    Exemple : bassin comparer plan-a plan-b --scenario mon-bassin --sortie comparaison
    """
    from service.cli.comparer import side_by_side

    side_by_side(plans, scenarios, axes=axes, output=output, json=json)


def exporter(
    scenario: Scenario,
    plan: Plan,
    formats: Annotated[
        list[str],
        typer.Option(
            "--format", metavar="FORMAT", show_default=False,
            help=(
                "xlsx, ics, pdf, rapport, lettres, conventions, geojson, csv ; plusieurs : à "
                "répéter, ou avec des virgules. Sans cette option : tous."
            ),
        ),
    ] = [],  # noqa: B006  (typer copies it)
    output: Annotated[
        Path, typer.Option("--sortie", metavar="DOSSIER", help="Dossier où écrire les fichiers.")
    ] = Path("export"),
    json: Json = False,
) -> None:  # fmt: skip
    """Écrit un plan pour Excel, les agendas, le mur, la réunion, les accueils, les conventions.

    Exemple : bassin exporter mon-bassin plan-mon-bassin --format xlsx,ics
    """
    from service.cli.exporter import deliver

    deliver(scenario, plan, formats, output, json=json)
