"""Who a row of pupils speaks of: a pseudonym, an age, whether they have left; no more is kept.

With the key of the school, identity columns serve once, to compute them. Without it (a service has
none), a file that holds such columns is refused whole: it must come with pseudonyms already made.
Must not know: divisions, homes.
"""

from dataclasses import replace
from datetime import date

from scenarios.cells import Unreadable
from scenarios.importers.pseudonyms import Pseudonyms, is_pseudonym
from scenarios.importers.sought import Row, Sought, column

CIVIL = (
    Sought("ine", ("ine", "id_national", "identifiant_national", "numero_ine"), secret=True),
    Sought("nom", ("nom", "nom_eleve", "nom_de_famille", "nom_famille"), secret=True),
    Sought("prenom", ("prenom", "prenom_eleve", "prenoms", "prenom_1"), secret=True),
    Sought("naissance", ("date_naissance", "date_de_naissance", "ne_e_le", "ne_le", "ddn"),
           secret=True, dated=True),
)  # fmt: skip
COLUMNS = (
    *CIVIL,
    Sought("pseudonyme", ("pseudonyme",)),
    Sought("age", ("age", "age_au_1er_septembre")),
    Sought("sortie", ("date_sortie", "date_de_sortie", "date_fin", "datefinsco"), dated=True),
)


class Identities:
    """Reads who a row speaks of; keeps nothing of it."""

    def __init__(self, pseudonyms: Pseudonyms | None, year: str) -> None:
        self._pseudonyms = pseudonyms
        self._first_september = date(int(year[:4]), 9, 1)

    @property
    def columns(self) -> tuple[Sought, ...]:
        """What to look for; without a key, what says who people are bars the file."""
        if self._pseudonyms is not None:
            return COLUMNS
        return (*(replace(c, barred=True) for c in CIVIL), *COLUMNS[len(CIVIL) :])

    def pseudonym(self, row: Row, uai: str) -> str:
        """Raises `Unreadable` where the row does not say who it speaks of."""
        made = row.text("pseudonyme")
        if made:
            if not is_pseudonym(made):
                raise Unreadable("« pseudonyme » n’est pas un pseudonyme de ce programme")
            return made
        if self._pseudonyms is None:
            raise Unreadable("pseudonyme absent")
        ine = row.text("ine")
        if ine:
            return self._pseudonyms.of(uai, ine)
        civil = [row.text(name) for name in ("nom", "prenom", "naissance")]
        if not all(civil):
            raise Unreadable("ni INE, ni nom, prénom et date de naissance : élève non identifié")
        return self._pseudonyms.of(uai, *civil)

    def age(self, row: Row) -> int | None:
        """Age on 1 September; the birth date itself is dropped, and never shown."""
        if "naissance" not in row.cells:
            said = row.read("age", column("eleves", "age"))
            return None if said is None else int(said)
        try:
            born = row.read("naissance", column("accueils", "derogation_jusqu_au"))
        except Unreadable:
            raise Unreadable("date de naissance illisible (jj/mm/aaaa attendu)") from None
        september = self._first_september
        age = (
            september.year - born.year - ((september.month, september.day) < (born.month, born.day))
        )
        if not 9 <= age <= 30:
            raise Unreadable("date de naissance impossible pour un élève du second degré")
        return int(age)

    def gone(self, row: Row) -> bool:
        """Whether the pupil has left before the school year."""
        try:
            left = row.read("sortie", column("accueils", "derogation_jusqu_au"))
        except Unreadable:
            return False
        return left is not None and left < self._first_september
