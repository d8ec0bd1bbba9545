"""From tables to a plan, and what is in them: the verbs of every day."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from service.cli.options import (
    Cores,
    Figures,
    Iterations,
    Json,
    Output,
    Plan,
    Scenario,
    Seconds,
    Seed,
)


def demo(
    output: Output = Path("plan-demo"),
    seconds: Seconds = 10.0,
    seed: Seed = 0,
    cores: Cores = 2,
    figures: Figures = True,
    json: Json = False,
) -> None:
    """Planifie le bassin de démonstration, du début à la fin.

    Exemple : bassin demo --sortie mon-premier-plan
    """
    from scenarios import example
    from service.cli.solve import run

    run(example("demo"), output, seconds, seed, cores, None, figures=figures, json=json)


def generate(
    output: Annotated[
        Path,
        typer.Argument(
            metavar="SORTIE", show_default=False, help="Dossier, .zip ou .xlsx à écrire."
        ),
    ],
    seed: Seed = 0,
    size: Annotated[
        Literal["S", "M", "L", "XL"],
        typer.Option(
            "--taille",
            metavar="S|M|L|XL",
            help="Environ 1 700, 4 800, 12 000 ou 36 000 élèves.",
        ),
    ] = "S",
    pupils: Annotated[
        int | None,
        typer.Option(
            "--eleves", min=1, metavar="ENTIER", show_default=False,
            help="Nombre d’élèves, plutôt qu’une taille.",
        ),
    ] = None,
    poles: Annotated[
        int | None,
        typer.Option(
            "--poles", min=1, max=400, metavar="ENTIER", show_default=False,
            help="Toute une académie : un dossier par pôle, voisins sur le même terrain.",
        ),
    ] = None,
    tension: Annotated[
        Literal["basse", "normale", "haute"],
        typer.Option(metavar="basse|normale|haute", help="Rareté des places."),
    ] = "normale",
    json: Json = False,
) -> None:  # fmt: skip
    """Invente un bassin fictif : la même graine donne les mêmes tables, à l’octet près.

    Exemple : bassin generate essai --taille M --graine 7
    """
    from service.cli.scenario import generate_academy, generate_into

    if poles is not None:
        generate_academy(output, seed, poles, pupils, tension, json=json)
    else:
        generate_into(output, seed, pupils or size, tension, json=json)


def controle(scenario: Scenario, json: Json = False) -> None:
    """Contrôle un scénario : toutes les fautes, puis ce qui est risqué.

    Exemple : bassin controle mon-bassin
    """
    from service.cli.scenario import check

    check(scenario, json=json)


def expliquer(
    scenario: Scenario,
    seconds: Seconds = 60.0,
    output: Annotated[
        Path | None,
        typer.Option(
            "--sortie", metavar="DOSSIER", show_default=False,
            help="Où écrire le scénario ainsi corrigé.",
        ),
    ] = None,
    json: Json = False,
) -> None:  # fmt: skip
    """Dit pourquoi aucun calendrier n’est possible, et le moins de changements qui y suffit.

    Exemple : bassin expliquer mon-bassin --sortie mon-bassin-corrige
    """
    from service.cli.expliquer import explain

    explain(scenario, seconds=seconds, output=output, json=json)


def solve(
    scenario: Scenario,
    seconds: Seconds = 60.0,
    seed: Seed = 0,
    cores: Cores = 2,
    output: Output = Path("plan"),
    iterations: Iterations = None,
    figures: Figures = False,
    json: Json = False,
) -> None:
    """Cherche le meilleur plan ; Ctrl-C arrête et garde le meilleur plan trouvé.

    Exemple : bassin solve mon-bassin --temps 120 --sortie plan-mon-bassin
    """
    from service.cli.solve import run

    run(scenario, output, seconds, seed, cores, iterations, figures=figures, json=json)


def front(
    scenario: Scenario,
    output: Output = Path("front"),
    seconds: Seconds = 120.0,
    plans: Annotated[
        int, typer.Option("--plans", min=2, max=7, metavar="ENTIER", help="Barèmes essayés.")
    ] = 5,
    seed: Seed = 0,
    cores: Cores = 2,
    json: Json = False,
) -> None:
    """Propose quelques plans vérifiés, entre élèves sans place, dates et trajets.

    Exemple : bassin front mon-bassin --temps 300 --sortie plans-au-choix
    """
    from service.cli.front import choose

    choose(scenario, output, seconds=seconds, plans=plans, seed=seed, cores=cores, json=json)


def verify(scenario: Scenario, plan: Plan, json: Json = False) -> None:
    """Relit un plan : toutes les règles enfreintes, et le coût recalculé.

    Exemple : bassin verify mon-bassin plan-mon-bassin
    """
    from service.cli.plan import verify_folder

    verify_folder(scenario, plan, json=json)


def indicateurs(scenario: Scenario, plan: Plan, json: Json = False) -> None:
    """Dit un plan en chiffres : placements, motifs, trajets, saturation, décalages.

    Exemple : bassin indicateurs mon-bassin plan-mon-bassin --json
    """
    from service.cli.plan import show_indicators

    show_indicators(scenario, plan, json=json)
