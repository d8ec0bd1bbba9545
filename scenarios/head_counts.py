"""A scenario from nothing but head counts: collèges, their pupils of 3e, maybe the seats known.

What a coordinator has in September, before any table: enough for a first calendar of the 3e weeks.
Must not know: files, who asks.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from scenarios.generate.identifiers import uai as fictional_uai
from scenarios.reading import read_object
from solver.calendar import SchoolCalendar
from solver.domain import Frozen, Scenario
from solver.errors import Fault, InvalidScenario
from solver.explain.parts import changed
from solver.week import Week

_PLACE = "bassin"
_CLASS_SIZE = 30
_MOST_PUPILS = 2_000
_UAI = re.compile(r"\d{7}[A-Z]")
_SUMMER_MONTH = 7
"""A school year turns on 1 July, as on the national platform."""
ZONES = {
    "A": "Besançon Bordeaux Clermont-Ferrand Dijon Grenoble Limoges Lyon Poitiers",
    "B": "Aix-Marseille Amiens Lille Nancy-Metz Nantes Nice Normandie Orléans-Tours Reims Rennes "
    "Strasbourg",
    "C": "Créteil Montpellier Paris Toulouse Versailles",
}
"""Holiday zone of each metropolitan académie (arrêté of 7 December 2022)."""


class College(Frozen):
    """A collège and how many pupils of 3e it sends out."""

    name: Annotated[str, Field(min_length=1, max_length=120, description="Nom du collège")]
    pupils: Annotated[int, Field(ge=1, le=_MOST_PUPILS, description="Élèves de 3e")]
    uai: Annotated[str, Field(description="UAI ; vide : un code fictif sera donné")] = ""


class HeadCounts(Frozen):
    """All that is asked for a first calendar of the 3e weeks."""

    bassin: Annotated[str, Field(min_length=1, description="Bassin")]
    academy: Annotated[str, Field(min_length=1, description="Académie")]
    year: Annotated[str, Field(pattern=r"^\d{4}-\d{4}$", description="Année scolaire")]
    colleges: Annotated[tuple[College, ...], Field(min_length=1, description="Collèges")]
    first: Annotated[Week, Field(description="Première semaine possible")]
    last: Annotated[Week, Field(description="Dernière semaine possible")]
    seats: Annotated[
        int | None, Field(ge=1, description="Places d’accueil par semaine ; vide : inconnues")
    ] = None
    together: Annotated[bool, Field(description="Toutes les 3e d’un collège en même temps")] = True


def school_year(day: date) -> str:
    """The school year to prepare on that day: « 2026-2027 »."""
    first = day.year if day.month >= _SUMMER_MONTH else day.year - 1
    return f"{first}-{first + 1}"


def usual_weeks(year: str) -> tuple[Week, Week]:
    """From mid-November to the end of April, when collèges usually send their 3e out."""
    first, last = (int(y) for y in year.split("-"))
    return Week.of(date(first, 11, 16)), Week.of(date(last, 4, 30))


def zone_of(academy: str) -> str:
    """A, B or C; B where the académie has a calendar of its own."""
    return next((zone for zone, names in ZONES.items() if academy in names.split()), "B")


def colleges(text: str) -> tuple[College, ...]:
    """A collège a line: name, then number of pupils, in any order; a UAI may stand among them.

    Cells are parted by `;`, a tab, or as copied from a spreadsheet. Raises `InvalidScenario` with
    every line that cannot be read.
    """
    found: list[College] = []
    faults: list[Fault] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in re.split(r"[;\t]", line) if cell.strip()]
        codes = [cell for cell in cells if _UAI.fullmatch(cell)]
        counts = [cell for cell in cells if re.fullmatch(r"\d{1,4}", cell)]
        names = [cell for cell in cells if cell not in codes and cell not in counts]
        pupils = int(counts[0]) if len(counts) == 1 else 0
        if len(counts) != 1 or not names or not 1 <= pupils <= _MOST_PUPILS:
            faults.append(_unread(number, line))
            continue
        found.append(
            College(name=" ".join(names)[:120], pupils=pupils, uai=codes[0] if codes else "")
        )
    if not found and not faults:
        faults.append(_unread(1, ""))
    if faults:
        raise InvalidScenario(faults)
    return tuple(found)


def _unread(number: int, line: str) -> Fault:
    return Fault(
        "ligne-illisible",
        "un collège par ligne : son nom, puis son nombre d’élèves de 3e",
        "effectifs",
        value=line.strip()[:80],
        expected=f"« Collège Guynemer ; 96 » (de 1 à {_MOST_PUPILS} élèves)",
        line=number,
    )


def scenario(counts: HeadCounts) -> Scenario:
    """The tables of these head counts, read like any others.

    Raises `InvalidScenario` with every fault (a wrong UAI, two collèges of the same).
    """
    content: dict[str, Any] = {
        "format": 1,
        "titre": f"Semaines de 3e — {counts.bassin}",
        "bassin": counts.bassin,
        "academie": counts.academy,
        "annee": counts.year,
        "zone": zone_of(counts.academy),
        "lieux": [{"lieu": _PLACE, "nom": counts.bassin, "lat": 0, "lon": 0}],
        "etablissements": [],
        "divisions": [],
        "periodes": [],
    }
    for number, college in enumerate(counts.colleges, start=1):
        code = college.uai or fictional_uai(number)
        content["etablissements"].append(
            {"uai": code, "nom": college.name, "type": "CLG", "lieu": _PLACE}
        )
        for division, pupils in _classes(code, college.pupils):
            content["divisions"].append(
                {"division": division, "uai": code, "public": "3E", "effectif": pupils}
            )
            content["periodes"].append(
                {
                    "periode": f"{division}-1",
                    "division": division,
                    "rang": 1,
                    "duree": 1,
                    "debut_min": str(counts.first),
                    "fin_max": str(counts.last),
                    **({"depart": f"{code}-3e"} if counts.together else {}),
                }
            )
    if counts.seats is not None:
        host = {"accueil": "X-bassin", "nom": "Toutes les structures du bassin", "lieu": _PLACE}
        content["accueils"] = [
            host | {"publics": ["3E"], "diplomes": ["*"], "places": counts.seats}
        ]
    return _levelled(read_object(content), counts)


def _classes(code: str, pupils: int) -> Iterator[tuple[str, int]]:
    """Classes of nearly equal size."""
    number = -(-pupils // _CLASS_SIZE)
    for i in range(number):
        yield f"{code}-3e{i + 1}", pupils // number + (i < pupils % number)


def _levelled(read: Scenario, counts: HeadCounts) -> Scenario:
    """Every pupil above the mean of the open weeks costs, so that all are used alike.

    Without seats nobody can be placed: that costs nothing, and only the spreading is left.
    """
    usable = SchoolCalendar(read).usable
    open_weeks = sum(counts.first <= week <= counts.last for week in usable)
    percent = -(-100 * len(usable) // max(1, open_weeks))
    change: dict[str, Any] = {"smoothing_threshold_percent": percent}
    if counts.seats is None:
        change |= {"unplaced": 0}
    return changed(read, prices=read.prices.model_copy(update=change))
