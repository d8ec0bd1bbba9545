"""`importer`: what a file gives, shown, then written. Must not know: how sources are read."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import typer

from scenarios.importers.desk import Request, imported
from scenarios.importers.hosts import publics_of
from scenarios.importers.into import Landed, land, new_scenario, standing
from scenarios.importers.preview import Import, Outcome, listed
from scenarios.importers.route_servers import Engine, RouteServer
from service.cli.exits import Exit
from service.cli.output import as_json, count, number, say
from service.cli.scenario import fault_fields
from solver.domain import Scenario

_MOST_REASONS = 20
_NOTHING = "Rien n’est écrit : aucune ligne à prendre, ou fichier à corriger."
_TITLES: Mapping[Outcome, str] = {"changee": "Lignes changées", "refusee": "Lignes refusées"}


def standing_or_new(
    folder: Path,
    bassin: str | None,
    academy: str | None,
    year: str | None,
    zone: str | None,
    title: str | None,
) -> Scenario:
    """The scenario of the folder, or a new one where there is none."""
    if (folder / "scenario.toml").is_file():
        scenario = standing(folder)
        if bassin is not None and bassin != scenario.bassin:
            raise typer.BadParameter(
                f"Le scénario « {folder} » est celui du bassin {scenario.bassin}."
            )
        return scenario
    if bassin is None or academy is None or year is None:
        raise typer.BadParameter("Scénario nouveau : donner --bassin, --academie et --annee.")
    return new_scenario(bassin, academy, year, zone, title)


def run(
    source: str,
    folder: Path,
    preview: bool,
    report: Path | None,
    json: bool,
    *,
    first: Scenario | None = None,
    **asked: Any,
) -> None:
    """Import one source into the scenario of that folder; `first` where it is new."""
    if isinstance(asked.get("publics"), str):
        asked["publics"] = publics_of(asked["publics"])
    scenario = standing(folder) if first is None else first
    made = imported(Request(source=source, scenario=scenario, folder=folder, **asked))
    landed = None
    if made.usable and not preview:
        landed = land(folder, made.tables, first)
    if report is not None:
        _write_report(made, report)
    if json:
        as_json(_described(made, landed))
    else:
        _tell(made)
        _tell_end(made, landed, folder, preview)
    if not made.usable:
        raise _refused(made)


def _refused(made: Import) -> typer.Exit:
    absent = {f.code for f in made.faults} == {"introuvable"}
    return typer.Exit(Exit.USAGE if absent else Exit.REFUSED)


def journeys(
    folder: Path,
    preview: bool,
    report: Path | None,
    json: bool,
    *,
    file: Path | None,
    mode: Any,
    url: str | None,
    engine: Engine,
    cache: Path | None,
    day: str,
) -> None:
    """Journeys, from a file or from a server."""
    if (file is None) == (url is None):
        raise typer.BadParameter("Donner un fichier, ou --serveur (l’un des deux).")
    try:
        date.fromisoformat(day)
    except ValueError:
        raise typer.BadParameter("--jour attend une date : 2027-01-12.") from None
    server = RouteServer(url, engine, cache, day) if url is not None else None
    try:
        run("trajets", folder, preview, report, json, file=file, mode=mode, server=server)
    finally:
        if server is not None:
            server.close()


def pseudonymise(
    file: Path,
    key: Path,
    year: str,
    output: Path,
    school: str | None,
    report: Path | None,
    json: bool,
) -> None:
    """The export of a school, written again without what says who its pupils are."""
    from scenarios.folders import replace_file
    from scenarios.importers.handed import handed
    from scenarios.importers.identity import Identities
    from scenarios.importers.nameless import HEADERS, nameless
    from scenarios.importers.pseudonyms import Pseudonyms, school_key
    from service.exports.safe_csv import csv_file

    if not re.fullmatch(r"20\d\d-20\d\d", year):
        raise typer.BadParameter("--annee attend une année scolaire : 2026-2027.")
    made, rows = nameless(handed(file), school, Identities(Pseudonyms(school_key(key)), year))
    written = bool(rows) and not made.faults
    if written:
        replace_file(output, csv_file(HEADERS, rows))
    if report is not None:
        _write_report(made, report)
    if json:
        as_json(_described(made, None) | {"ecrit": str(output) if written else None})
    else:
        _tell(made)
        if written:
            say(f"Écrit : {output}. Rien n’y dit qui sont les élèves ; la clé reste ici.", "bold")
        else:
            say(_NOTHING, "bold red")
    if not written:
        raise _refused(made)


def _write_report(made: Import, path: Path) -> None:
    """Each row and what became of it, for those who sent the file."""
    from scenarios.folders import replace_file
    from service.exports.verdicts import verdicts

    replace_file(path, verdicts(made))


def _tell(made: Import) -> None:
    say(f"{made.file}", "bold")
    for fault in made.faults:
        say(f"- {fault}", "red")
    say(
        f"{count(made.rows_read, 'ligne lue', 'lignes lues')} : "
        f"{count(made.taken, 'prise')} (dont {count(made.changed, 'changée')}), "
        f"{count(made.refused, 'refusée')}."
    )
    for outcome, title in _TITLES.items():
        reasons = made.reasons(outcome)
        if reasons:
            say(f"{title} :")
        for why, lines in list(reasons.items())[:_MOST_REASONS]:
            where = listed((str(line) for line in lines), 10)
            say(f"- {number(len(lines))} × {why} (ligne{'s' if len(lines) > 1 else ''} {where})")
        if len(reasons) > _MOST_REASONS:
            say(f"- et {count(len(reasons) - _MOST_REASONS, 'autre raison', 'autres raisons')}")
    for note in made.notes:
        say(f"! {note}", "yellow")


def _tell_end(made: Import, landed: Landed | None, folder: Path, preview: bool) -> None:
    if made.usable and landed is not None:
        parts = [
            f"{name} +{landed.added[name]}"
            + (f", {count(landed.changed[name], 'changée')}" if landed.changed[name] else "")
            for name in landed.added
        ]
        say(f"Écrit dans {folder} : {' ; '.join(parts)}.", "bold green")
    elif made.usable and preview:
        sizes = " ; ".join(f"{name} {len(rows)}" for name, rows in made.tables.items())
        say(f"Aperçu, rien n’est écrit : {sizes}.")
    else:
        say(_NOTHING, "bold red")


def _described(made: Import, landed: Landed | None) -> dict[str, object]:
    return {
        "source": made.source,
        "fichier": made.file,
        "lues": made.rows_read,
        "prises": made.taken,
        "changees": made.changed,
        "refusees": made.refused,
        "fautes": [fault_fields(f) for f in made.faults],
        "raisons": {o: made.reasons(o) for o in _TITLES},
        "notes": made.notes,
        "tables": {name: len(rows) for name, rows in made.tables.items()},
        "ecrit": {"ajoutees": landed.added, "changees": landed.changed} if landed else None,
    }
