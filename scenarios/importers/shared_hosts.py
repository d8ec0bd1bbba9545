"""Hosts from the spreadsheet that several schools share: who takes whom, how many.

Contacts (names, telephones, e-mail) are not read. Duplicates are merged, and said so.
Must not know: SIRENE, platforms.
"""

import hashlib
import re
from collections.abc import Iterable

from scenarios.cells import Unreadable, fold
from scenarios.importers.communes import Communes
from scenarios.importers.handed import Handed
from scenarios.importers.merging import Register, Said, name_key
from scenarios.importers.nomenclature import Nomenclature, naf
from scenarios.importers.preview import Import
from scenarios.importers.sirene import siret_of
from scenarios.importers.sought import Row, Sought, column, record, sought_rows
from solver.domain import OBSERVATION, TRAINING, Host, Place, Public

COLUMNS = (
    Sought("nom", ("nom", "raison_sociale", "entreprise", "structure", "nom_entreprise",
                   "nom_de_l_entreprise", "structure_d_accueil", "enseigne"), True),
    Sought("siret", ("siret", "n_siret", "numero_siret", "accueil")),
    Sought("commune", ("code_insee", "code_commune", "insee", "lieu")),
    Sought("nom_commune", ("commune", "ville", "nom_commune", "localite")),
    Sought("code_postal", ("code_postal", "cp", "codepostal")),
    Sought("naf", ("naf", "ape", "code_naf", "code_ape")),
    Sought("rome", ("rome", "code_rome", "codes_rome", "metiers_rome")),
    Sought("secteurs", ("secteur", "secteurs", "secteur_id")),
    Sought("diplomes", ("diplomes", "formations", "diplome", "formations_accueillies")),
    Sought("publics", ("publics", "public", "niveaux", "niveau", "eleves_accueillis")),
    Sought("places", ("places", "nb_places", "nombre_de_places", "capacite", "places_par_semaine")),
    Sought("effectif", ("effectif", "salaries", "nb_salaries", "nombre_de_salaries")),
    Sought("tuteurs", ("tuteurs", "nb_tuteurs", "nombre_de_tuteurs")),
    Sought("age_min", ("age_min", "age_minimum", "age_minimal")),
    Sought("derogation", ("derogation_jusqu_au", "derogation", "fin_derogation"), dated=True),
)  # fmt: skip
_PUBLICS: tuple[tuple[str, tuple[Public, ...]], ...] = (
    ("tous", (*OBSERVATION, *TRAINING)), ("toutes", (*OBSERVATION, *TRAINING)),
    ("4e", ("4E",)), ("4eme", ("4E",)), ("quatrieme", ("4E",)),
    ("3e", ("3E",)), ("3eme", ("3E",)), ("troisieme", ("3E",)), ("college", ("3E",)),
    ("3pm", ("3PM",)), ("prepa_metiers", ("3PM",)), ("segpa", ("SEGPA",)),
    ("2gt", ("2GT",)), ("2de", ("2GT",)), ("2nde", ("2GT",)), ("seconde", ("2GT",)),
    ("2de_gt", ("2GT",)), ("seconde_gt", ("2GT",)), ("2de_pro", ("BACPRO",)),
    ("cap", ("CAP",)), ("bacpro", ("BACPRO",)), ("bac_pro", ("BACPRO",)), ("bac", ("BACPRO",)),
    ("cs", ("CS",)), ("mc", ("CS",)), ("bts", ("BTS",)), ("pfmp", ("CAP", "BACPRO")),
    ("lp", ("CAP", "BACPRO")), ("lycee_professionnel", ("CAP", "BACPRO")),
)  # fmt: skip
_WORDS = dict(_PUBLICS)


def shared_hosts(
    file: Handed, communes: Communes, nomenclature: Nomenclature, known: Iterable[Host] = ()
) -> Import:
    """One host per workplace of the list, those the scenario holds (`known`) completed."""
    made = Import("entreprises", file.file)
    register = Register(known)
    for row in sought_rows(file, COLUMNS, made):
        try:
            said, why = _said(row, communes, nomenclature)
            merged = register.put(said)
        except Unreadable as reason:
            made.refuse(row.line, reason.message)
            continue
        made.take(row.line, " ; ".join(w for w in (merged, why) if w))
    for merged_host in register.merged:
        if not merged_host.lines:
            continue
        place = communes.places.get(merged_host.host.place)
        if place is not None:
            made.add_place(place)
        made.add(merged_host.host)
        for conflict in merged_host.conflicts:
            made.note(f"{merged_host.host.name} : {conflict}.")
    several = sum(len(m.lines) > 1 or (m.known and m.lines != []) for m in register.merged)
    if several:
        made.note(
            f"{several} structure{'s' if several > 1 else ''} dite{'s' if several > 1 else ''} "
            "plusieurs fois : une seule ligne, le plus grand nombre de places (jamais leur somme), "
            "tous les publics et toutes les formations."
        )
    return made


def publics_of(text: str) -> tuple[Public, ...]:
    """`3e, 2de / bac pro` → `3E 2GT BACPRO`. Raises `Unreadable` for a word it does not know."""
    found: set[Public] = set()
    for part in re.split(r"[,;/+&|]| et | ou |\n", text):
        word = fold(part)
        if not word:
            continue
        if word in _WORDS:
            found.update(_WORDS[word])
            continue
        for piece in part.split():
            if fold(piece) not in _WORDS:
                raise Unreadable(f"public « {part.strip()} » inconnu : écrire 3E 2GT CAP BACPRO…")
            found.update(_WORDS[fold(piece)])
    return tuple(p for p in (*OBSERVATION, *TRAINING) if p in found)


def local_id(name: str, place: Place) -> str:
    """The identifier of a workplace without SIRET: the same for the same name and commune."""
    key = name_key(name)
    mark = hashlib.sha256(f"{key}\x1f{place.id}".encode()).hexdigest()[:6]
    return f"X-{place.id}-{key[:24].replace('_', '-')}-{mark}"


def _said(row: Row, communes: Communes, nomenclature: Nomenclature) -> tuple[Said, str]:
    """What a row says, and what was supposed. Raises `Unreadable`."""
    name = row.text("nom")
    if not name:
        raise Unreadable("nom de la structure absent")
    place = communes.find(row.text("commune"), row.text("nom_commune"), row.text("code_postal"))
    siret = siret_of(row.text("siret")) if _has_siret(row.text("siret")) else ""
    publics = publics_of(row.text("publics"))
    if not publics:
        raise Unreadable("publics absents : écrire par exemple 3E CAP BACPRO")
    slots = row.read("places", column("accueils", "places"))
    supposed = [] if slots is not None else ["places absentes : 1 supposée"]
    activity = naf(row.text("naf"))
    jobs = re.findall(r"[A-Za-z][0-9]{4}", row.text("rome"))
    tokens = (*_stated(row), *nomenclature.tokens(activity, jobs))
    if set(publics) & set(TRAINING) and not tokens:
        tokens = ("*",)
        supposed.append("formations absentes : toutes supposées")
    host = record(
        Host,
        {
            "id": siret or local_id(name, place),
            "name": name,
            "place": place.id,
            "activity": activity or None,
            "staff": row.read("effectif", column("accueils", "effectif")),
            "publics": publics,
            "diplomas": tuple(dict.fromkeys(tokens)),
            "slots": 1 if slots is None else slots,
            "tutors": row.read("tuteurs", column("accueils", "tuteurs")),
            "age_min": row.read("age_min", column("accueils", "age_min")),
            "waiver_until": row.read("derogation", column("accueils", "derogation_jusqu_au")),
        },
    )
    assert isinstance(host, Host)
    return Said(row.line, host, bool(siret)), " ; ".join(supposed)


def _has_siret(text: str) -> bool:
    return bool(text) and not text.upper().startswith("X-") and fold(text) not in ("nc", "inconnu")


def _stated(row: Row) -> list[str]:
    """Diplomas and sectors as the row names them: codes, `nsf:NNN`, `secteur:ID`."""
    tokens = []
    for word in re.split(r"[\s,;/|]+", row.text("diplomes")):
        if not word:
            continue
        if not re.fullmatch(r"[0-9]{8}|nsf:[0-9]{3}|secteur:[^\s:]+|\*", word):
            raise Unreadable(
                f"formation « {word} » illisible : un code à 8 chiffres, nsf:NNN ou secteur:ID"
            )
        tokens.append(word)
    tokens += [f"secteur:{fold(w)}" for w in re.split(r"[\s,;/|]+", row.text("secteurs")) if w]
    return tokens
