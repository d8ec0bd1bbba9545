"""The verbs of `bassin`, and how the command ends whatever happens.

Must not know: what the verbs do (their modules are imported when they run).
"""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from service.cli.exits import MEANINGS, Exit
from service.cli.french import FrenchCommand, FrenchGroup, usage_error
from service.cli.sources import importer

_EPILOG = "Codes de retour : " + " ; ".join(f"{int(c)} {m}" for c, m in MEANINGS.items()) + "."

app = typer.Typer(
    name="bassin",
    cls=FrenchGroup,
    help=(
        "Planifie les stages et PFMP de tout un bassin : les semaines de départ de chaque "
        "division, une place pour chaque élève, et la distance au meilleur plan possible."
    ),
    epilog=_EPILOG,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

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


@app.command(cls=FrenchCommand)
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


@app.command(cls=FrenchCommand)
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


@app.command(cls=FrenchCommand)
def controle(scenario: Scenario, json: Json = False) -> None:
    """Contrôle un scénario : toutes les fautes, puis ce qui est risqué.

    Exemple : bassin controle mon-bassin
    """
    from service.cli.scenario import check

    check(scenario, json=json)


@app.command(cls=FrenchCommand)
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


@app.command(cls=FrenchCommand)
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


@app.command(cls=FrenchCommand)
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


@app.command(cls=FrenchCommand)
def verify(scenario: Scenario, plan: Plan, json: Json = False) -> None:
    """Relit un plan : toutes les règles enfreintes, et le coût recalculé.

    Exemple : bassin verify mon-bassin plan-mon-bassin
    """
    from service.cli.plan import verify_folder

    verify_folder(scenario, plan, json=json)


@app.command(cls=FrenchCommand)
def indicateurs(scenario: Scenario, plan: Plan, json: Json = False) -> None:
    """Dit un plan en chiffres : placements, motifs, trajets, saturation, décalages.

    Exemple : bassin indicateurs mon-bassin plan-mon-bassin --json
    """
    from service.cli.plan import show_indicators

    show_indicators(scenario, plan, json=json)


@app.command(cls=FrenchCommand)
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


@app.command(cls=FrenchCommand)
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

    Exemple : bassin replanifier mon-bassin plan-mon-bassin --sortie plan-2
    """
    from service.cli.replanifier import from_before

    from_before(
        scenario, plan, output,
        former=former, locks=locks or (), free_dates=free_dates, seconds=seconds, seed=seed,
        figures=figures, json=json,
    )  # fmt: skip


@app.command(cls=FrenchCommand)
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


@app.command(cls=FrenchCommand)
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


@app.command(cls=FrenchCommand)
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


@app.command(cls=FrenchCommand)
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


@app.command(cls=FrenchCommand)
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


@app.command(cls=FrenchCommand)
def guide(
    page: Annotated[
        str | None,
        typer.Argument(
            metavar="PAGE", show_default=False, help="Une page ; sans elle, la liste des pages."
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Donne le guide : par rôle, les données, les règles, l’exploitation.

    Exemple : bassin guide coordonnateur
    """
    from service.cli.guide import show

    show(page, json=json)


@app.command(cls=FrenchCommand)
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


@app.command(cls=FrenchCommand)
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


@app.command(cls=FrenchCommand)
def regles(json: Json = False) -> None:
    """Liste les règles : clé, phrase, source.

    Exemple : bassin regles
    """
    from service.cli.reference import rules

    rules(json=json)


@app.command(cls=FrenchCommand)
def schema(
    tables: Annotated[
        bool, typer.Option("--tables", help="La documentation des tables, en Markdown.")
    ] = False,
    api: Annotated[bool, typer.Option("--api", help="Le document OpenAPI du service.")] = False,
    json: Json = False,
) -> None:
    """Écrit le schéma JSON d’un scénario, ou la documentation des tables.

    Exemple : bassin schema --tables > tables.md
    """
    from service.cli.reference import formats

    formats(tables=tables, api=api, json=json)


app.add_typer(importer)


@app.command(cls=FrenchCommand)
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


@app.command(cls=FrenchCommand)
def config(json: Json = False) -> None:
    """Montre les réglages du service, et la variable d’environnement de chacun.

    Exemple : bassin config
    """
    from service.cli.service import config

    config(json=json)


@app.command(cls=FrenchCommand)
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


def main(arguments: list[str] | None = None) -> None:
    """Run the command; every way of failing ends with a French sentence and its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        code = app(args=arguments, prog_name="bassin", standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        _stop("Interrompu : rien n’a été écrit.", Exit.INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(Exit.OK)
    except Exception as error:
        sentence = usage_error(error)
        if sentence is not None:
            _stop(sentence, Exit.USAGE)
        _explain(error)
    sys.exit(code if isinstance(code, int) else Exit.OK)


def _explain(error: Exception) -> None:
    from service.cli.failures import sentence_and_code

    _stop(*sentence_and_code(error))


def _stop(sentence: str, code: Exit) -> None:
    print(sentence, file=sys.stderr)  # noqa: T201
    sys.exit(code)
