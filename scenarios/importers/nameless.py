"""An export of pupils without what says who they are: what may leave the school.

Names, INE and birth dates become a pseudonym and an age, by the key that stays at the school;
only the columns that a plan needs are kept. `importer eleves` reads the result without any key.
Must not know: scenarios, divisions.
"""

from scenarios.cells import Unreadable
from scenarios.importers.handed import Handed
from scenarios.importers.identity import Identities
from scenarios.importers.preview import Import
from scenarios.importers.pupils import OTHERS
from scenarios.importers.sought import sought_rows

_KEPT: dict[str, str] = {
    "division": "division", "mef": "mef", "sexe": "sexe", "statut": "statut", "regime": "regime",
    "commune": "code_commune", "nom_commune": "commune", "code_postal": "code_postal",
}  # fmt: skip
"""Columns handed on as they are, under the header that `importer eleves` knows."""
HEADERS = ("pseudonyme", "age", "uai", *_KEPT.values())


def nameless(
    file: Handed, school: str | None, identities: Identities
) -> tuple[Import, list[tuple[str, ...]]]:
    """What became of each row, and the rows under `HEADERS`; those who have left stay out."""
    made = Import("pseudonymes", file.file)
    rows: list[tuple[str, ...]] = []
    seen: set[str] = set()
    for row in sought_rows(file, (*identities.columns, *OTHERS), made):
        try:
            uai = row.text("uai").upper() or (school or "")
            if not uai:
                raise Unreadable("UAI absent (--uai)")
            pseudonym = identities.pseudonym(row, uai)
            if identities.gone(row):
                raise Unreadable("élève sorti de l’établissement")
            if pseudonym in seen:
                raise Unreadable("élève déjà lu plus haut (même identité)")
            age = identities.age(row)
        except Unreadable as reason:
            made.refuse(row.line, reason.message)
            continue
        seen.add(pseudonym)
        kept = (row.text(name) for name in _KEPT)
        rows.append((pseudonym, "" if age is None else str(age), uai, *kept))
        made.take(row.line)
    return made, rows
