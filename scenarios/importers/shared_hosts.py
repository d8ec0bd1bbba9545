"""Hosts from the spreadsheet that several schools share: who takes whom, how many.

Contacts (names, telephones, e-mail) are not read. Duplicates are merged, and said so.
Must not know: SIRENE, platforms.
"""

import re
from collections.abc import Iterable

from scenarios.cells import Unreadable, fold
from scenarios.importers.communes import Communes
from scenarios.importers.handed import Handed
from scenarios.importers.hosts import host_of, publics_of
from scenarios.importers.merging import Register, Said
from scenarios.importers.nomenclature import Nomenclature
from scenarios.importers.preview import Import
from scenarios.importers.sought import Row, Sought, column, sought_rows
from solver.domain import Host

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


def _said(row: Row, communes: Communes, nomenclature: Nomenclature) -> tuple[Said, str]:
    """What a row says, and what was supposed. Raises `Unreadable`."""
    name = row.text("nom")
    if not name:
        raise Unreadable("nom de la structure absent")
    place = communes.find(row.text("commune"), row.text("nom_commune"), row.text("code_postal"))
    publics = publics_of(row.text("publics"))
    if not publics:
        raise Unreadable("publics absents : écrire par exemple 3E CAP BACPRO")
    slots = row.read("places", column("accueils", "places"))
    supposed = [] if slots is not None else ["places absentes : 1 supposée"]
    stated = _stated(row)
    host = host_of(
        row, name, place, publics, slots, nomenclature, stated,
        staff=row.read("effectif", column("accueils", "effectif")),
        tutors=row.read("tuteurs", column("accueils", "tuteurs")),
        age_min=row.read("age_min", column("accueils", "age_min")),
        waiver_until=row.read("derogation", column("accueils", "derogation_jusqu_au")),
    )  # fmt: skip
    if host.diplomas == ("*",) and not stated:
        supposed.append("formations absentes : toutes supposées")
    return Said(row.line, host, host.legal_person is not None), " ; ".join(supposed)


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
