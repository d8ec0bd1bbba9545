"""Which workplaces suit which diplomas: tables NAF ↔ sector ↔ diploma ↔ ROME.

Sources: FORMATION_DIPLOME (BCN), NAF rév. 2 (Insee), ROME (France Travail), grouped in sectors by
« carte des stages » (maths-sciences-lp) or by any table with the same columns.
Must not know: scenarios, hosts, divisions.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from scenarios.cells import Unreadable
from scenarios.importers.communes import UnusableTable
from scenarios.importers.handed import Given, handed
from scenarios.importers.preview import Import
from scenarios.importers.sought import Sought, sought_rows

DIPLOMAS = (
    Sought("diplome", ("formation_diplome", "diplome_code", "code_diplome"), True),
    Sought("secteurs", ("secteurs_accueil", "secteurs", "secteur_id"), True),
    Sought("rome", ("rome", "codes_rome", "code_rome")),
)
ACTIVITIES = (
    Sought("secteur", ("secteur_id", "secteur_code"), True),
    Sought("naf", ("naf", "code_naf", "ape", "code_ape"), True),
)


@dataclass(frozen=True, slots=True)
class Nomenclature:
    """Sectors by diploma and by activity, diplomas by job. Any part may be empty."""

    sectors_of_diploma: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sectors_of_activity: dict[str, tuple[str, ...]] = field(default_factory=dict)
    diplomas_of_job: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def tokens(self, activity: str = "", jobs: Iterable[str] = ()) -> tuple[str, ...]:
        """What a host of that activity (NAF), with these jobs (ROME), may take: `accueils.csv`."""
        sectors = [f"secteur:{s}" for s in self.sectors_of_activity.get(naf(activity), ())]
        diplomas = [d for job in jobs for d in self.diplomas_of_job.get(job.strip().upper(), ())]
        return tuple(dict.fromkeys((*diplomas, *sectors)))


def naf(code: str) -> str:
    """`4711f`, `47.11 F` → `47.11F`."""
    squeezed = re.sub(r"[^0-9A-Za-z]", "", code).upper()
    return f"{squeezed[:2]}.{squeezed[2:]}" if len(squeezed) > 2 else squeezed


def read_nomenclature(diplomas: Given | None, activities: Given | None) -> Nomenclature:
    """The tables that are given, put together. Raises `UnusableTable`."""
    read = Nomenclature()
    if diplomas is not None:
        _read_diplomas(diplomas, read)
    if activities is not None:
        _read_activities(activities, read)
    return read


def _read_diplomas(path: Given, read: Nomenclature) -> None:
    made = Import("diplomes", path.name)
    jobs: dict[str, list[str]] = {}
    for row in sought_rows(handed(path), DIPLOMAS, made):
        code = row.text("diplome").zfill(8)
        try:
            read.sectors_of_diploma[code] = _identifiers(row.text("secteurs"))
        except Unreadable as reason:
            made.refuse(row.line, reason.message)
            continue
        for job in row.text("rome").split():
            jobs.setdefault(job.upper(), []).append(code)
    read.diplomas_of_job.update({job: tuple(codes) for job, codes in jobs.items()})
    if made.faults or not read.sectors_of_diploma:
        raise UnusableTable(made)


def _read_activities(path: Given, read: Nomenclature) -> None:
    made = Import("secteurs", path.name)
    sectors: dict[str, list[str]] = {}
    for row in sought_rows(handed(path), ACTIVITIES, made):
        sectors.setdefault(naf(row.text("naf")), []).append(row.text("secteur"))
    read.sectors_of_activity.update(
        {code: tuple(dict.fromkeys(found)) for code, found in sectors.items() if code}
    )
    if made.faults or not sectors:
        raise UnusableTable(made)


def _identifiers(text: str) -> tuple[str, ...]:
    words = tuple(text.replace(",", " ").replace("|", " ").split())
    if any(":" in word for word in words):
        raise Unreadable("un identifiant de secteur n’a pas de « : »")
    return words
