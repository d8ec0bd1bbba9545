"""Pupils and their divisions, from SIECLE, SYGNE or FREGATA exports: names stay at the door.

What says who a pupil is serves once, to compute the pseudonym and the age, and goes with its row:
it is in no record, no verdict and no note.
Must not know: hosts, how pseudonyms are made and ages are told.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from scenarios.cells import Unreadable, fold
from scenarios.importers.communes import Communes
from scenarios.importers.divisions import Opening, not_a_pupil
from scenarios.importers.handed import Handed
from scenarios.importers.identity import COLUMNS as IDENTITY
from scenarios.importers.identity import Identities
from scenarios.importers.mef import Mef, decoded
from scenarios.importers.preview import Import
from scenarios.importers.sought import Row, Sought, record, sought_rows
from solver.domain import Division, Pupil, Scenario

OTHERS = (
    Sought("uai", ("uai", "code_uai", "codeuai", "numero_uai", "uai_etablissement")),
    Sought("division", ("division", "classe", "code_structure", "label_classe", "code_division"),
           required=True),
    Sought("mef", ("mef", "code_mef", "codemef", "mef_code")),
    Sought("sexe", ("sexe", "code_sexe", "codesexe", "civilite"), secret=True),
    Sought("statut", ("statut", "code_statut", "codestatut")),
    Sought("regime", ("regime", "code_regime", "coderegime")),
    Sought("commune", ("commune_insee", "code_commune", "code_insee", "insee_residence",
                       "codeinseeresidence", "lieu"), secret=True),
    Sought("nom_commune", ("commune", "ville", "nom_commune", "localite"), secret=True),
    Sought("code_postal", ("code_postal", "codepostal", "cp"), secret=True),
)  # fmt: skip
"""What is sought of a pupil besides who they are."""
COLUMNS = (*IDENTITY, *OTHERS)
_SEX = {"f": "f", "2": "f", "feminin": "f", "fille": "f", "mme": "f",
        "m": "g", "g": "g", "1": "g", "masculin": "g", "garcon": "g"}  # fmt: skip
_BOARDERS = ("3", "5")
"""First digit of the régime of pupils who sleep at a boarding house."""


def pupils(
    file: Handed,
    school: str | None,
    homes: Mapping[str, str],
    boarding: Mapping[str, str],
    communes: Communes,
    identities: Identities,
    opening: Opening,
) -> Import:
    """One row per pupil, and the divisions they are in.

    `school`: the UAI of the file, where it has no column for it. `homes`: place by UAI, of the
    establishments of the scenario (and home of a pupil whose commune is unknown). `boarding`:
    boarding house by UAI. Apprentices and pupils who have left are refused.
    """
    made = opening.made
    found = _Found(opening, homes, boarding, communes, identities)
    for row in sought_rows(file, (*identities.columns, *OTHERS), made):
        try:
            why = found.take(row, school)
        except Unreadable as reason:
            made.refuse(row.line, reason.message)
            continue
        made.take(row.line, why)
    found.open_divisions()
    opening.notes()
    return made


def absent(made: Import, scenario: Scenario) -> list[str]:
    """Pupils of the scenario, in the establishments of the file, that the file does not hold."""
    held = {u.id for u in made.tables.get("eleves", []) if isinstance(u, Pupil)}
    schools = {d.establishment for d in made.tables.get("divisions", []) if isinstance(d, Division)}
    school_of = {d.id: d.establishment for d in scenario.divisions}
    return [u.id for u in scenario.pupils if school_of[u.division] in schools and u.id not in held]


class _Found:
    """Pupils met so far: pseudonyms, divisions with their MEF, nothing else."""

    def __init__(
        self,
        opening: Opening,
        homes: Mapping[str, str],
        boarding: Mapping[str, str],
        communes: Communes,
        identities: Identities,
    ) -> None:
        self._opening, self._homes, self._boarding = opening, homes, boarding
        self._communes, self._identities = communes, identities
        self._seen: set[str] = set()
        self._mefs: dict[tuple[str, str], Counter[Mef]] = {}

    def take(self, row: Row, school: str | None) -> str:
        """Put the pupil of a row in; returns what was changed, raises `Unreadable`."""
        uai = row.text("uai").upper() or (school or "")
        if uai not in self._homes:
            raise Unreadable("établissement absent du scénario" if uai else "UAI absent (--uai)")
        pseudonym = self._identities.pseudonym(row, uai)
        if reason := not_a_pupil(row.text("statut")):
            raise Unreadable(reason)
        if self._identities.gone(row):
            raise Unreadable("élève sorti de l’établissement")
        code = row.text("division").replace(" ", "_")
        if not code:
            raise Unreadable("élève sans division")
        mef = decoded(row.text("mef")) if row.text("mef") else None
        if mef is None and (uai, code) not in self._mefs:
            raise Unreadable("MEF absent : le niveau de la division est inconnu")
        if pseudonym in self._seen:
            raise Unreadable("élève déjà lu plus haut (même identité)")
        home, why = self._home(row, uai)
        boards = row.text("regime")[:1] in _BOARDERS or fold(row.text("regime")) == "interne"
        pupil = record(
            Pupil,
            {
                "id": pseudonym,
                "division": f"{uai}-{code}",
                "home": home,
                "age": self._identities.age(row),
                "sex": _SEX.get(fold(row.text("sexe"))),
                "boarding_house": self._boarding.get(uai) if boards else None,
            },
        )
        self._seen.add(pseudonym)
        if mef is not None:
            self._mefs.setdefault((uai, code), Counter())[mef] += 1
        self._opening.made.add(pupil)
        return " ; ".join(w for w in (why, mef.changed if mef else "") if w)

    def open_divisions(self) -> None:
        """The divisions of the pupils taken, of the MEF of most of them."""
        made = self._opening.made
        sizes: Counter[Any] = Counter(
            getattr(p, "division", None) for p in made.tables.get("eleves", [])
        )
        for (uai, code), mefs in self._mefs.items():
            mef = mefs.most_common(1)[0][0]
            if len({m.public for m in mefs}) > 1:
                made.note(f"Division {code} ({uai}) : plusieurs publics, le plus nombreux retenu.")
            headcount = sizes[f"{uai}-{code}"]
            self._opening.open(uai, mef, headcount, code, code)

    def _home(self, row: Row, uai: str) -> tuple[str, str]:
        try:
            place = self._communes.find(
                row.text("commune"), row.text("nom_commune"), row.text("code_postal")
            )
        except Unreadable:
            return self._homes[uai], "commune inconnue : domicile supposé à l’établissement"
        self._opening.made.add_place(place)
        return place.id, ""
