"""From a plan to the files that people asked for: which formats there are, and who may read each.

Must not know: how each file is made, where it is written.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from scenarios.plans import PlanFolder
from solver.domain import Scenario
from solver.errors import Fault, InvalidPlan
from solver.facts import Facts

Format = Literal["xlsx", "ics", "pdf", "rapport", "lettres", "conventions", "geojson", "csv"]
Files = dict[str, bytes]
NOTICE = "LISEZ-MOI.txt"
"""Written with every delivery; also the sign by which a folder is known as one of ours."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a format gives, and whether its readers are outside the schools (counts masked)."""

    meaning: str
    outside: bool = False


FORMATS: Mapping[Format, Kind] = {
    "xlsx": Kind("plan.xlsx : le plan entier, par établissement, par accueil et par semaine"),
    "ics": Kind("agendas-… : un agenda par division, par établissement et par accueil"),
    "pdf": Kind("calendrier-a3.pdf, calendrier-divisions-a3.pdf : à afficher", outside=True),
    "rapport": Kind("rapport.pdf : le plan en chiffres, pour une réunion", outside=True),
    "lettres": Kind("lettres.csv, lettres.pdf : à chaque accueil, qui vient, quand, combien"),
    "conventions": Kind("conventions/ : par établissement, une ligne par placement"),
    "geojson": Kind("carte.geojson : accueils et établissements sur une carte", outside=True),
    "csv": Kind("tableaux/ : par établissement, par accueil et par semaine", outside=True),
}


def export(
    scenario: Scenario,
    folder: PlanFolder,
    formats: Iterable[Format],
    before: Mapping[str, bytes] | None = None,
) -> Files:
    """The files by path. `before`: the agendas delivered last time, by path, to be followed up.

    Raises `InvalidPlan` where one of these cannot be read.
    """
    facts = Facts(scenario, folder.plan)
    asked = tuple(f for f in FORMATS if f in set(formats))
    files: Files = {}
    for format_ in asked:
        files |= _MAKERS[format_](facts, folder, before or {})
    return files


def notice(scenario: Scenario) -> bytes:
    """What the files of a delivery are and who may read each."""
    lines = [f"{scenario.title} — {scenario.year}", ""]
    for outside, title in (
        (False, "À garder entre les établissements, le coordonnateur et l’accueil concerné :"),
        (True, "À diffuser : les effectifs de 1 à 4 élèves y sont masqués (« < 5 ») :"),
    ):
        lines += [title, *(f"- {k.meaning}" for k in FORMATS.values() if k.outside is outside), ""]
    return "\n".join(lines).encode()


def file_name(identifier: str) -> str:
    """A file name that every system takes, different for different identifiers."""
    plain = re.sub(r"[^\w.-]", "_", identifier, flags=re.ASCII)
    if plain == identifier and not plain.startswith("."):
        return plain
    return f"{plain.lstrip('.')[:60]}-{sha256(identifier.encode()).hexdigest()[:8]}"


def _xlsx(facts: Facts, folder: PlanFolder, before: Mapping[str, bytes]) -> Files:
    from service.exports.workbook import workbook

    return {"plan.xlsx": workbook(facts, folder)}


def _ics(facts: Facts, folder: PlanFolder, before: Mapping[str, bytes]) -> Files:
    from service.exports.agenda import Agenda, agendas, ics, read_ics

    wanted = {
        f"agendas-{audience}/{file_name(key)}.ics": agenda
        for audience, those in agendas(facts).items()
        for key, agenda in those.items()
    }
    files = {}
    for path in (*wanted, *(old for old in before if old not in wanted)):
        try:
            agenda = wanted.get(path) or Agenda(read_ics(before[path]).name, ())
            files[path] = ics(agenda, before.get(path))
        except (ValueError, KeyError) as reason:
            message = "cet agenda déjà livré est illisible : on ne peut pas le suivre"
            hint = "l’effacer, ou choisir un autre dossier"
            raise InvalidPlan([Fault("ics-illisible", message, file=path, hint=hint)]) from reason
    return files


def _lettres(facts: Facts, folder: PlanFolder, before: Mapping[str, bytes]) -> Files:
    from service.exports.letters import HEADERS, letters, letters_pdf
    from service.exports.safe_csv import csv_file

    return {"lettres.csv": csv_file(HEADERS, letters(facts)), "lettres.pdf": letters_pdf(facts)}


def _conventions(facts: Facts, folder: PlanFolder, before: Mapping[str, bytes]) -> Files:
    from service.exports.agreements import HEADERS, agreements
    from service.exports.safe_csv import csv_file

    return {
        f"conventions/{uai}.csv": csv_file(HEADERS, rows) for uai, rows in agreements(facts).items()
    }


def _geojson(facts: Facts, folder: PlanFolder, before: Mapping[str, bytes]) -> Files:
    from service.exports.geojson import geojson

    return {"carte.geojson": geojson(facts)}


def _csv(facts: Facts, folder: PlanFolder, before: Mapping[str, bytes]) -> Files:
    from service.exports.grids import grids, outside
    from service.exports.safe_csv import csv_file

    names = ("par-etablissement", "par-accueil", "par-semaine")
    return {
        f"tableaux/{name}.csv": csv_file([c.header for c in grid.columns], grid.rows)
        for name, grid in zip(names, map(outside, grids(facts)), strict=True)
    }


def _pdf(facts: Facts, folder: PlanFolder, before: Mapping[str, bytes]) -> Files:
    from service.exports.wall import wall

    return {
        "calendrier-a3.pdf": wall(facts, "etablissements"),
        "calendrier-divisions-a3.pdf": wall(facts, "divisions"),
    }


def _rapport(facts: Facts, folder: PlanFolder, before: Mapping[str, bytes]) -> Files:
    from service.exports.report import report

    return {"rapport.pdf": report(facts, folder)}


_MAKERS: Mapping[Format, Callable[[Facts, PlanFolder, Mapping[str, bytes]], Files]] = {
    "xlsx": _xlsx,
    "ics": _ics,
    "pdf": _pdf,
    "rapport": _rapport,
    "lettres": _lettres,
    "conventions": _conventions,
    "geojson": _geojson,
    "csv": _csv,
}
