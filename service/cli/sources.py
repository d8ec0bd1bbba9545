"""`bassin importer`: one verb per source. Must not know: how a source is read."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from service.cli.french import FrenchCommand, FrenchGroup
from service.cli.source_options import (
    Activities,
    Communes,
    Diplomas,
    File,
    Folder,
    Json,
    Periods,
    Preview,
    Radius,
    Report,
    School,
)

importer = typer.Typer(
    name="importer",
    cls=FrenchGroup,
    help=(
        "Fait entrer les fichiers que l’on a déjà : chaque ligne prise, changée ou refusée, et "
        "pourquoi.\n\nExemple : bassin importer entreprises liste.xlsx --scenario mon-bassin"
    ),
    no_args_is_help=True,
    rich_markup_mode=None,
)


@importer.command(cls=FrenchCommand, short_help="de l’annuaire national")
def etablissements(
    file: File,
    folder: Folder,
    bassin: Annotated[
        str | None,
        typer.Option(metavar="NOM", show_default=False, help="Le bassin, comme dans le fichier."),
    ] = None,
    academy: Annotated[
        str | None,
        typer.Option("--academie", metavar="NOM", show_default=False, help="L’académie."),
    ] = None,
    year: Annotated[
        str | None,
        typer.Option("--annee", metavar="ANNEE", show_default=False, help="« 2026-2027 »."),
    ] = None,
    zone: Annotated[
        Literal["A", "B", "C"] | None,
        typer.Option(metavar="A|B|C", show_default=False, help="Si l’académie ne suffit pas."),
    ] = None,
    title: Annotated[
        str | None, typer.Option("--titre", metavar="TITRE", show_default=False, help="Le titre.")
    ] = None,
    communes: Communes = None,
    attached: Annotated[
        Path | None,
        typer.Option(
            "--rattachements", metavar="FICHIER", show_default=False,
            help="uai et bassin, là où le fichier ne le dit pas.",
        ),
    ] = None,
    preview: Preview = False,
    report: Report = None,
    json: Json = False,
) -> None:  # fmt: skip
    """Les établissements d’un bassin, de l’export de l’annuaire national.

    Crée le scénario s’il n’existe pas (il faut alors --bassin, --academie et --annee).

    Exemple : bassin importer etablissements annuaire.csv --scenario mon-bassin --bassin LUNEVILLE
    --academie Nancy-Metz --annee 2026-2027
    """
    from service.cli.importer import run, standing_or_new

    scenario = standing_or_new(folder, bassin, academy, year, zone, title)
    run(
        "etablissements",
        folder,
        preview,
        report,
        json,
        first=scenario,
        file=file,
        communes=communes,
        attached=attached,
    )


@importer.command(cls=FrenchCommand, short_help="d’une liste de MEF avec effectifs")
def divisions(
    file: File,
    folder: Folder,
    diplomas: Diplomas = None,
    periods: Periods = True,
    largest: Annotated[
        int,
        typer.Option(
            "--par-division", min=1, metavar="ENTIER",
            help="Élèves d’une division, quand la liste ne nomme pas les divisions.",
        ),
    ] = 24,
    preview: Preview = False,
    report: Report = None,
    json: Json = False,
) -> None:  # fmt: skip
    """Les divisions, d’une liste de MEF avec effectifs (uai, mef, effectif) ; sans les apprentis.

    Exemple : bassin importer divisions mef.csv --scenario mon-bassin --diplomes diplomes.csv
    """
    from service.cli.importer import run

    run(
        "divisions",
        folder,
        preview,
        report,
        json,
        file=file,
        diplomas=diplomas,
        periods=periods,
        largest=largest,
    )


@importer.command(cls=FrenchCommand, short_help="3e, SEGPA, 2de : effectifs par établissement")
def effectifs(
    file: File,
    folder: Folder,
    periods: Periods = True,
    preview: Preview = False,
    report: Report = None,
    json: Json = False,
) -> None:
    """Les divisions de 3e, SEGPA et 2de, d’effectifs par établissement (n3, n3_segpa, n2gt).

    Exemple : bassin importer effectifs colleges.csv --scenario mon-bassin
    """
    from service.cli.importer import run

    run("effectifs", folder, preview, report, json, file=file, periods=periods)


@importer.command(cls=FrenchCommand, short_help="de SIECLE, SYGNE, FREGATA")
def eleves(
    file: File,
    folder: Folder,
    key: Annotated[
        Path | None,
        typer.Option(
            "--cle", metavar="FICHIER", show_default=False,
            help="La clé des pseudonymes ; créée au besoin, elle reste à l’établissement. Inutile "
            "si le fichier a déjà ses pseudonymes.",
        ),
    ] = None,
    school: School = None,
    communes: Communes = None,
    diplomas: Diplomas = None,
    periods: Periods = True,
    preview: Preview = False,
    report: Report = None,
    json: Json = False,
) -> None:  # fmt: skip
    """Les élèves et leurs divisions, de SIECLE, SYGNE ou FREGATA ; noms et INE restent à la porte.

    Exemple : bassin importer eleves siecle.csv --scenario mon-bassin --cle ~/cle --uai 0540037X
    """
    from service.cli.importer import run

    run(
        "eleves",
        folder,
        preview,
        report,
        json,
        file=file,
        key=key,
        school=school,
        communes=communes,
        diplomas=diplomas,
        periods=periods,
    )


@importer.command(cls=FrenchCommand, short_help="un export d’élèves, sans les noms")
def pseudonymes(
    file: File,
    key: Annotated[
        Path,
        typer.Option(
            "--cle", metavar="FICHIER", show_default=False,
            help="La clé des pseudonymes ; créée au besoin, elle reste à l’établissement.",
        ),
    ],
    year: Annotated[
        str, typer.Option("--annee", metavar="ANNEE", show_default=False, help="« 2026-2027 ».")
    ],
    output: Annotated[
        Path,
        typer.Option("--sortie", metavar="FICHIER", show_default=False, help="Le CSV à écrire."),
    ],
    school: School = None,
    report: Report = None,
    json: Json = False,
) -> None:  # fmt: skip
    """Réécrit un export de SIECLE, SYGNE ou FREGATA sans les noms : ce qui peut quitter l’école.

    Noms, INE et dates de naissance y deviennent un pseudonyme et un âge ; « importer eleves », le
    service et ses pages lisent le résultat sans la clé.

    Exemple : bassin importer pseudonymes siecle.csv --cle ~/cle --annee 2026-2027 --uai 0540037X
    --sortie eleves.csv
    """
    from service.cli.importer import pseudonymise

    pseudonymise(file, key, year, output, school, report, json)


@importer.command(cls=FrenchCommand, short_help="structures d’un extrait SIRENE")
def sirene(
    file: File,
    folder: Folder,
    activities: Activities = None,
    communes: Communes = None,
    radius: Radius = 30.0,
    publics: Annotated[
        str, typer.Option(metavar="LISTE", help="Publics supposés, à vérifier.")
    ] = "3E 2GT CAP BACPRO CS",
    slots: Annotated[
        int, typer.Option("--places", min=0, metavar="ENTIER", help="Places par semaine supposées.")
    ] = 1,
    fewest: Annotated[
        int, typer.Option("--effectif-min", min=0, metavar="ENTIER", help="Salariés, au moins.")
    ] = 1,
    preview: Preview = False,
    report: Report = None,
    json: Json = False,
) -> None:
    """Des structures possibles, d’un extrait SIRENE : qui est là, pas qui accueille.

    Exemple : bassin importer sirene sirene54.csv --scenario mon-bassin --communes communes.csv
    --secteurs secteur_naf.csv
    """
    from service.cli.importer import run

    run(
        "sirene",
        folder,
        preview,
        report,
        json,
        file=file,
        activities=activities,
        communes=communes,
        radius_km=radius,
        publics=publics,
        slots=slots,
        fewest=fewest,
    )


@importer.command(cls=FrenchCommand, short_help="structures d’un tableur partagé")
def entreprises(
    file: File,
    folder: Folder,
    communes: Communes = None,
    activities: Activities = None,
    diplomas: Diplomas = None,
    preview: Preview = False,
    report: Report = None,
    json: Json = False,
) -> None:
    """Les structures d’un tableur partagé entre établissements ; les doublons sont réunis.

    Exemple : bassin importer entreprises liste.xlsx --scenario mon-bassin --communes communes.csv
    """
    from service.cli.importer import run

    run(
        "entreprises",
        folder,
        preview,
        report,
        json,
        file=file,
        communes=communes,
        activities=activities,
        diplomas=diplomas,
    )


@importer.command(cls=FrenchCommand, short_help="structures des offres d’une plateforme")
def offres(
    file: File,
    folder: Folder,
    communes: Communes = None,
    activities: Activities = None,
    diplomas: Diplomas = None,
    radius: Radius = None,
    preview: Preview = False,
    report: Report = None,
    json: Json = False,
) -> None:
    """Les offres d’une plateforme : semaines, places et publics de chaque structure.

    Exemple : bassin importer offres offres.csv --scenario mon-bassin --communes communes.csv
    """
    from service.cli.importer import run

    run(
        "offres",
        folder,
        preview,
        report,
        json,
        file=file,
        communes=communes,
        activities=activities,
        diplomas=diplomas,
        radius_km=radius,
    )


@importer.command(cls=FrenchCommand, short_help="des tables NAF, ROME et diplômes")
def secteurs(
    folder: Folder,
    activities: Activities = None,
    diplomas: Diplomas = None,
    preview: Preview = False,
    report: Report = None,
    json: Json = False,
) -> None:
    """Les secteurs des divisions et des structures du scénario, des tables NAF et diplômes.

    Exemple : bassin importer secteurs --scenario mon-bassin --diplomes diplomes.csv
    """
    from service.cli.importer import run

    run("secteurs", folder, preview, report, json, activities=activities, diplomas=diplomas)


@importer.command(cls=FrenchCommand, short_help="d’un CSV, d’OSRM, Valhalla ou OTP")
def trajets(
    folder: Folder,
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FICHIER", show_default=False, help="origine, destination, minutes."
        ),
    ] = None,
    mode: Annotated[
        Literal["pied", "velo", "deux_roues", "voiture", "tc"] | None,
        typer.Option(metavar="MODE", show_default=False, help="pied, velo, voiture, tc…"),
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(
            "--serveur", metavar="URL", show_default=False, help="Un serveur d’itinéraires."
        ),
    ] = None,
    engine: Annotated[
        Literal["osrm", "valhalla", "otp"],
        typer.Option(
            "--moteur", metavar="osrm|valhalla|otp", help="Ce que ce serveur fait tourner."
        ),
    ] = "osrm",
    cache: Annotated[
        Path | None,
        typer.Option(
            "--cache", metavar="DOSSIER", show_default=False, help="Où garder les réponses."
        ),
    ] = None,
    day: Annotated[
        str, typer.Option("--jour", metavar="DATE", help="Jour des trajets (OpenTripPlanner).")
    ] = "2027-01-12",
    preview: Preview = False,
    report: Report = None,
    json: Json = False,
) -> None:
    """Les temps de trajet, d’un CSV ou d’un serveur OSRM, Valhalla ou OpenTripPlanner.

    Exemple : bassin importer trajets --scenario mon-bassin --serveur http://localhost:5000
    --mode voiture --cache reponses
    """
    from service.cli.importer import journeys

    journeys(
        folder,
        preview,
        report,
        json,
        file=file,
        mode=mode,
        url=url,
        engine=engine,
        cache=cache,
        day=day,
    )


@importer.command(cls=FrenchCommand, short_help="structures fictives, pour essayer")
def simulation(
    folder: Folder,
    communes: Communes = None,
    seed: Annotated[int, typer.Option("--graine", min=0, metavar="ENTIER", help="Du hasard.")] = 0,
    tension: Annotated[
        Literal["basse", "normale", "haute"],
        typer.Option(metavar="basse|normale|haute", help="Rareté des places."),
    ] = "normale",
    preview: Preview = False,
    report: Report = None,
    json: Json = False,
) -> None:
    """Des structures fictives, tant que personne n’a dit qui accueille : pour essayer seulement.

    Exemple : bassin importer simulation --scenario mon-bassin --communes communes.csv
    """
    from service.cli.importer import run

    run("simulation", folder, preview, report, json, communes=communes, seed=seed, tension=tension)


@importer.command(cls=FrenchCommand, short_help="en-têtes que chaque source reconnaît")
def colonnes() -> None:
    """Les colonnes que chaque source reconnaît, en Markdown.

    Exemple : bassin importer colonnes > colonnes.md
    """
    from scenarios.importers.documentation import columns_documentation

    typer.echo(columns_documentation(), nl=False)
