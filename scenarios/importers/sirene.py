"""Hosts from an extract of SIRENE (StockEtablissement, or the columns of its API).

Source: Insee, base SIRENE, open licence. It says who is there, what they do and how many they are,
never whether they take pupils: publics and slots are supposed, and said so.
The name of a person (entreprise individuelle) is never read.
Must not know: schools, other sources of hosts.
"""

import re
from collections.abc import Collection, Mapping
from types import MappingProxyType

from scenarios.cells import Unreadable, fold
from scenarios.importers.communes import Communes
from scenarios.importers.handed import Handed
from scenarios.importers.nomenclature import Nomenclature, naf
from scenarios.importers.preview import Import
from scenarios.importers.sought import Row, Sought, record, sought_rows
from solver.domain import Host, Place, Public

COLUMNS = (
    Sought("siret", ("siret",), True),
    Sought("naf", ("activite_principale_etablissement", "activiteprincipaleetablissement", "naf",
                   "ape", "code_naf", "activiteprincipaleunitelegale"), True),
    Sought("commune", ("codecommuneetablissement", "code_commune", "code_insee"), True),
    Sought("nom_commune", ("libellecommuneetablissement", "libelle_commune", "commune")),
    Sought("enseigne", ("enseigne1etablissement", "enseigne")),
    Sought("nom", ("denominationusuelleetablissement", "denominationunitelegale", "denomination")),
    Sought("tranche", ("trancheeffectifsetablissement", "tranche_effectifs", "tranche_effectif")),
    Sought("etat", ("etatadministratifetablissement", "etat_administratif", "etat")),
    Sought("diffusion", ("statutdiffusionetablissement", "statut_diffusion")),
)  # fmt: skip
STAFF: Mapping[str, int] = {
    "00": 0, "01": 1, "02": 3, "03": 6, "11": 10, "12": 20, "21": 50, "22": 100, "31": 200,
    "32": 250, "41": 500, "42": 1000, "51": 2000, "52": 5000, "53": 10000,
}  # fmt: skip
"""Fewest people of each SIRENE staff range: the prudent reading for the legal quota."""


def sirene(
    file: Handed,
    communes: Communes,
    nomenclature: Nomenclature,
    publics: Collection[Public],
    slots: int = 1,
    fewest: int = 1,
    known: Mapping[str, Host] = MappingProxyType({}),
) -> Import:
    """Active establishments of the communes within reach.

    An activity that suits no sector is refused, and so are those with fewer than `fewest` people.
    A host of the scenario (`known`) keeps what people said of it: only staff and activity change.
    """
    made = Import("sirene", file.file)
    seen: set[str] = set()
    for row in sought_rows(file, COLUMNS, made):
        try:
            host, place = _host(row, communes, nomenclature, publics, slots, fewest)
            if host.id in seen:
                raise Unreadable("SIRET déjà lu plus haut")
        except Unreadable as reason:
            made.refuse(row.line, reason.message)
            continue
        seen.add(host.id)
        made.add_place(place)
        if host.id in known:
            update = {"staff": host.staff, "activity": host.activity}
            made.add(known[host.id].model_copy(update=update))
            made.take(row.line, "déjà dans le scénario : seuls effectif et activité sont repris")
            continue
        made.add(host)
        made.take(row.line)
    if seen:
        plural = "s" if slots > 1 else ""
        made.note(
            f"SIRENE ne dit ni les publics ni les places : {' '.join(publics)} et {slots} "
            f"place{plural} par semaine sont supposés, à vérifier auprès des structures."
        )
        made.note("Effectif : le bas de la tranche SIRENE (prudent pour le quota légal).")
    return made


def siret_of(text: str) -> str:
    """A SIRET without its spaces. Raises `Unreadable`, with what a spreadsheet did to it."""
    digits = re.sub(r"[\s.\u00a0\u202f-]", "", text)
    if re.fullmatch(r"[0-9]{14}", digits):
        return digits
    if "E+" in digits.upper():
        raise Unreadable("SIRET arrondi par le tableur : le ressaisir, colonne au format Texte")
    if re.fullmatch(r"[0-9]{11,13}", digits):
        raise Unreadable("SIRET de moins de 14 chiffres : zéro de tête ou chiffre perdu")
    raise Unreadable("SIRET illisible : 14 chiffres attendus" if text else "SIRET absent")


def _host(
    row: Row,
    communes: Communes,
    nomenclature: Nomenclature,
    publics: Collection[Public],
    slots: int,
    fewest: int,
) -> tuple[Host, Place]:
    """The host of a row and its place. Raises `Unreadable` with the reason."""
    place = communes.find(row.text("commune"), row.text("nom_commune"))
    siret = siret_of(row.text("siret"))
    if row.text("etat").upper() == "F" or fold(row.text("etat")) == "ferme":
        raise Unreadable("établissement fermé")
    activity = naf(row.text("naf"))
    tokens = nomenclature.tokens(activity)
    if not tokens:
        raise Unreadable("activité hors des secteurs d’accueil")
    tranche = row.text("tranche").zfill(2) if row.text("tranche").isdigit() else ""
    staff = STAFF.get(tranche)
    if (staff or 0) < fewest:
        raise Unreadable("sans salarié, ou effectif inconnu")
    hidden = row.text("diffusion").upper() in ("N", "P")
    name = "" if hidden else row.text("enseigne") or row.text("nom")
    host = record(
        Host,
        {
            "id": siret,
            "name": "" if name == "[ND]" else name,
            "place": place.id,
            "activity": activity,
            "staff": staff,
            "publics": tuple(publics),
            "diplomas": tokens,
            "slots": slots,
        },
    )
    assert isinstance(host, Host)
    return host, place
