"""Establishments of a bassin, from the export of the national directory (annuaire).

Source: `fr-en-annuaire-education` (data.education.gouv.fr), or any table with its columns.
Must not know: divisions, pupils.
"""

from collections.abc import Mapping

from scenarios.cells import Unreadable, fold
from scenarios.importers.communes import Communes
from scenarios.importers.handed import Given, Handed, handed
from scenarios.importers.preview import Import, listed
from scenarios.importers.sought import Row, Sought, column, record, sought_rows
from solver.domain import BoardingHouse, Establishment, Place, SchoolType

COLUMNS = (
    Sought("uai", ("identifiant_de_l_etablissement", "numero_uai", "code_uai", "uai", "rne"), True),
    Sought("nom", ("nom_etablissement", "appellation_officielle", "nom", "denomination"), True),
    Sought("type", ("libelle_nature", "nature_uai_libe", "type", "type_etablissement"), True),
    Sought("commune", ("code_commune", "code_insee", "commune_insee", "lieu")),
    Sought("nom_commune", ("nom_commune", "libelle_commune", "commune")),
    Sought("lat", ("latitude", "lat")),
    Sought("lon", ("longitude", "lon")),
    Sought("bassin", ("libelle_bassin_formation", "bassin_formation", "bef", "bassin")),
    Sought("academie", ("libelle_academie", "academie")),
    Sought("rep", ("appartenance_education_prioritaire", "education_prioritaire", "rep")),
    Sought("internat", ("hebergement", "internat")),
    Sought("etat", ("etat", "etat_etablissement_libe")),
    Sought("mere", ("etablissement_mere", "uai_mere")),
)
ATTACHED = (
    Sought("uai", ("uai", "code_uai", "identifiant_de_l_etablissement"), True),
    Sought("bassin", ("bassin", "bef", "libelle_bassin_formation"), True),
)
_TYPES: tuple[tuple[str, SchoolType], ...] = (
    ("section_d_enseignement_professionnel", "SEP"),
    ("section_enseignement_professionnel", "SEP"),
    ("section_enseignt_professionnel", "SEP"),
    ("college", "CLG"),
    ("lycee_professionnel", "LP"),
    ("lycee_polyvalent", "LPO"),
    ("lycee_d_enseignement_general_et_technologique", "LGT"),
    ("lycee_enseignement_general_et_technologique", "LGT"),
    ("lycee_enseignt_general_et_technologique", "LGT"),
    ("lycee_d_enseignement_general_technologique", "LGT"),
    ("lycee_enseignement_general", "LG"),
    ("lycee_d_enseignement_general", "LG"),
    ("lycee_general_et_technologique", "LGT"),
    ("lycee_general", "LG"),
    ("lycee_d_enseignement_technologique", "LT"),
    ("lycee_technologique", "LT"),
    ("lycee_agricole", "LEGTPA"),
    ("lycee_ens_general_techno_prof_agricole", "LEGTPA"),
    ("lycee_climatique", "LGT"),
    ("lycee_experimental", "LGT"),
    ("etablissement_regional", "EREA"),
    ("etab_regional", "EREA"),
    ("erea", "EREA"),
    ("maison_familiale_rurale", "MFR"),
    ("centre_de_formation_d_apprentis", "CFA"),
)
_CODES: Mapping[str, SchoolType] = {
    "clg": "CLG", "lp": "LP", "lpo": "LPO", "lgt": "LGT", "lg": "LG", "lt": "LT", "sep": "SEP",
    "erea": "EREA", "legtpa": "LEGTPA", "mfr": "MFR", "cfa": "CFA",
}  # fmt: skip
_BASSIN_WORDS = frozenset({"bef", "bassin", "d", "de", "du", "education", "et", "formation"})
_WITHOUT_PLACEMENTS = ("ecole", "maternelle", "elementaire", "information_et_orientation")


def establishments(
    file: Handed,
    bassin: str,
    communes: Communes,
    attached: Mapping[str, str] | None = None,
    academy: str = "",
) -> Import:
    """Establishments of that bassin, their places, and their boarding houses.

    `attached`: bassin by UAI, for those whose row names none (or another one). A vocational
    section on the site of a lycée is refused: it is no place of its own.
    """
    made = Import("etablissements", file.file)
    wanted, attached = bassin_key(bassin), attached or {}
    seen: dict[str, int] = {}
    without: list[str] = []
    boarding: list[str] = []
    others: set[str] = set()
    for row in sought_rows(file, COLUMNS, made):
        uai = row.text("uai").upper()
        own = attached.get(uai) or row.text("bassin")
        if not own and academy and fold(row.text("academie")) not in ("", fold(academy)):
            made.refuse(row.line, "établissement d’une autre académie")
            continue
        if not own:
            without.append(uai)
            made.refuse(row.line, "bassin absent : le rattacher à la main (--rattachements)")
            continue
        if bassin_key(own) != wanted:
            others.add(own)
            made.refuse(row.line, "établissement d’un autre bassin")
            continue
        try:
            school, place = _school(row, uai, communes)
        except Unreadable as reason:
            made.refuse(row.line, reason.message)
            continue
        if uai in seen:
            made.refuse(row.line, f"même UAI que la ligne {seen[uai]}")
            continue
        seen[uai] = row.line
        made.add(school)
        made.add_place(place)
        if row.yes("internat"):
            boarding.append(uai)
            made.add(BoardingHouse(id=f"INT-{uai}", establishment=uai, place=place.id))
        changed = "rattaché à la main" if uai in attached else ""
        made.take(row.line, changed)
    _notes(made, bassin, without, boarding, others)
    return made


def bassin_key(name: str) -> str:
    """How names of bassins are compared: `BEF DE TOUL` and `Bassin de Toul` are `toul`."""
    words = [w for w in fold(name).split("_") if w not in _BASSIN_WORDS]
    return "_".join(words) or fold(name)


def attachments(path: Given) -> dict[str, str]:
    """Bassin by UAI, from a table made by hand. Raises `UnusableTable`."""
    from scenarios.importers.communes import UnusableTable

    made = Import("rattachements", path.name)
    found = {
        row.text("uai").upper(): row.text("bassin")
        for row in sought_rows(handed(path), ATTACHED, made)
    }
    if made.faults:
        raise UnusableTable(made)
    return {uai: bassin for uai, bassin in found.items() if uai and bassin}


def _school(row: Row, uai: str, communes: Communes) -> tuple[Establishment, Place]:
    """The establishment and its place. Raises `Unreadable`."""
    if fold(row.text("etat")) in ("ferme", "a_fermer", "fermee"):
        raise Unreadable("établissement fermé")
    type_ = _type(row.text("type"))
    if type_ == "SEP" and row.text("mere"):
        raise Unreadable(
            "section d’enseignement professionnel sur le site d’un lycée : "
            "ses divisions se rattachent au lycée"
        )
    place = _place(row, communes)
    priority = fold(row.text("rep")).replace("_", "")
    school = record(
        Establishment,
        {
            "uai": uai,
            "name": row.text("nom") or None,
            "type": type_,
            "place": place.id,
            "priority_education": {"rep": "rep", "rep+": "rep+"}.get(priority),
        },
    )
    assert isinstance(school, Establishment)
    return school, place


def _type(said: str) -> SchoolType:
    word = fold(said)
    if word in _CODES:
        return _CODES[word]
    for beginning, type_ in _TYPES:
        if word.startswith(beginning):
            return type_
    if word.startswith("section"):
        raise Unreadable("section d’un autre établissement : ses divisions se rattachent à lui")
    if word.startswith("ecoles_composees"):
        raise Unreadable("école de BTS ou de CPGE seules : la saisir à la main, type LT ou LGT")
    if any(school in word for school in _WITHOUT_PLACEMENTS):
        raise Unreadable("premier degré ou service : pas de stages")
    raise Unreadable(f"nature d’établissement « {said} » inconnue : écrire CLG, LP, LPO, LGT…")


def _place(row: Row, communes: Communes) -> Place:
    """The commune as the table of communes has it, else where the directory puts the school."""
    try:
        return communes.find(row.text("commune"), row.text("nom_commune"))
    except Unreadable:
        latitude = row.read("lat", column("lieux", "lat"))
        longitude = row.read("lon", column("lieux", "lon"))
        code = row.text("commune")
        if not code or latitude is None or longitude is None:
            raise
    place = record(
        Place,
        {
            "id": code,
            "name": row.text("nom_commune"),
            "latitude": latitude,
            "longitude": longitude,
        },
    )
    assert isinstance(place, Place)
    communes.put(place)
    return place


def _notes(
    made: Import, bassin: str, without: list[str], boarding: list[str], others: set[str]
) -> None:
    if without:
        made.note(f"Sans bassin dans le fichier : {listed(without)}.")
    if boarding:
        made.note(
            f"Internats signalés, lits à saisir dans internats.csv : {listed(boarding)} "
            "(fermés aux élèves d’ailleurs tant que « ouvert » n’est pas oui)."
        )
    if not made.tables.get("etablissements") and others:
        made.note(f"Aucun établissement de « {bassin} » ; bassins du fichier : {listed(others)}.")
