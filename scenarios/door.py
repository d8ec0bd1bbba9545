"""What must never enter: columns that say who a pupil is, refused with the reason, never echoed.

A plan needs no name: local pseudonyms are enough, the key between both stays at the school.
Must not know: files, cells of other columns.
"""

from scenarios.cells import fold
from scenarios.tables import Table

_REASONS: tuple[tuple[frozenset[str], str], ...] = (
    (
        frozenset({"ine", "nie", "bea", "idnat", "nir", "insee_eleve", "securite_sociale", "nss"}),
        "un identifiant national suit l'élève toute sa vie : le pseudonyme local « eleve » suffit",
    ),
    (
        frozenset(
            {
                "naissance",
                "ddn",
                "birth",
                "birthdate",
                "birthday",
                "nele",
                "ne_le",
                "nee_le",
                "ne_e_le",
            }
        ),
        "la date de naissance identifie l'élève : « age » (au 1er septembre) suffit",
    ),
    (
        frozenset({"adresse", "adresses", "address", "rue", "voie", "code_postal", "domicile"}),
        "l'adresse identifie l'élève : « lieu » (la commune) suffit au calcul des trajets",
    ),
    (
        frozenset({"telephone", "telephones", "tel", "portable", "mobile", "gsm", "phone", "fax"}),
        "les coordonnées n'ont pas d'usage dans un plan : elles restent à l'établissement",
    ),
    (
        frozenset(
            {"courriel", "courriels", "email", "e_mail", "mail", "mails", "mel", "messagerie"}
        ),
        "les coordonnées n'ont pas d'usage dans un plan : elles restent à l'établissement",
    ),
    (
        frozenset(
            {
                "prenom",
                "prenoms",
                "patronyme",
                "identite",
                "firstname",
                "lastname",
                "surname",
                "parent",
                "parents",
                "representant",
                "responsable",
                "photo",
            }
        ),
        "un nom de personne n'entre jamais : seul le pseudonyme local « eleve » sert au plan",
    ),
)
_PERSON = frozenset(
    {
        "eleve",
        "famille",
        "usage",
        "tuteur",
        "tutrice",
        "referent",
        "maitre",
        "contact",
        "first",
        "last",
        "mere",
        "pere",
        "naissance",
        "jeune",
        "stagiaire",
    }
)
_NAMES = frozenset({"nom", "noms", "name", "names"})


def refusal(header: str, table: Table | None) -> str | None:
    """Why a column of that header may not enter, as a French sentence; None where it may be judged.

    `table` is the table it stands in, None where the table itself is unknown. A column that the
    table does have (the `nom` of an establishment) is never refused.
    """
    name = fold(header)
    known = {c.header for c in table.columns} if table else set()
    if name in known:
        return None
    words = set(name.split("_"))
    for tokens, reason in _REASONS:
        if (
            words & tokens
            or name in tokens
            or any("_" in token and f"_{token}_" in f"_{name}_" for token in tokens)
        ):
            return reason
    if words & _NAMES and (words & _PERSON or "nom" not in known):
        return _REASONS[-1][1]
    if name.startswith(("nom", "prenom")) and name[3:] in {"eleve", "famille", "tuteur"}:
        return _REASONS[-1][1]
    return None
