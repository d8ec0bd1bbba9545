"""Divisions, from lists of MEF with head counts or from head counts by level of collèges.

Must not know: pupils one by one, hosts.
"""

import math
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from scenarios.cells import Unreadable, fold
from scenarios.importers.handed import Handed
from scenarios.importers.mef import Mef, decoded
from scenarios.importers.nomenclature import Nomenclature
from scenarios.importers.preview import Import, listed
from scenarios.importers.sought import Row, Sought, column, record, sought_rows
from scenarios.importers.stays import usual_periods
from solver.domain import Division, Public
from solver.errors import Fault

LARGEST_TRAINING, LARGEST_GENERAL = 24, 35
"""Pupils of a division, above which a head count stands for several."""
LARGEST_SCHOOL = 5_000
"""No establishment has more pupils."""
SHARE_2GT = 0.3
"""Pupils of a lycée who are in 2de GT, where only its total is known."""

MEF_LIST = (
    Sought("uai", ("uai", "code_uai", "numero_uai", "codeuai"), True),
    Sought("mef", ("mef", "code_mef", "codemef", "mefstat11", "mef_stat_11"), True),
    Sought("effectif", ("effectif", "eleves", "nb_eleves", "effectif_total"), True),
    Sought("division", ("division", "classe", "code_structure", "label_classe", "code_division")),
    Sought("libelle", ("libelle", "libelle_mef", "libelle_court", "libelle_long")),
    Sought("diplome", ("formation_diplome", "code_formation_diplome")),
    Sought("statut", ("statut", "code_statut", "codestatut")),
)  # fmt: skip
HEADCOUNTS = (
    Sought("uai", ("uai", "numero_uai", "code_uai", "identifiant_de_l_etablissement"), True),
    Sought("n3", ("n3_hors_segpa_ulis", "n3", "effectif_3e", "eleves_3e", "troisieme")),
    Sought("n3_total", ("n3",)),
    Sought("n3_segpa", ("n3_segpa", "segpa_3e")),
    Sought("n4", ("n4_pfmp", "effectif_4e_stage")),
    Sought("n2gt", ("n2gt", "effectif_2gt", "seconde_gt", "n2_gt")),
    Sought("total", ("nb_eleves", "nombre_d_eleves")),
    Sought("generale", ("voie_generale",)),
    Sought("technologique", ("voie_technologique",)),
)
_APPRENTICES = frozenset({"ap", "apprenti", "apprentie", "apprentis", "apprentissage", "a"})
_CONTINUING = frozenset({"fq", "formation_continue", "fc", "formation_professionnelle_continue"})


@dataclass(slots=True)
class Opening:
    """Opens divisions and their usual periods in an import, each id once."""

    made: Import
    year: str
    nomenclature: Nomenclature
    periods: bool = True
    regulated: frozenset[str] = frozenset()
    """Sectors whose work is partly forbidden to minors."""
    standing: tuple[Division, ...] = ()
    """Divisions of the scenario."""
    settled: frozenset[str] = frozenset()
    """Divisions of the scenario that have periods already: theirs are not touched."""
    _ids: set[str] = field(default_factory=set)
    _numbers: Counter[str] = field(default_factory=Counter)
    without_sector: set[str] = field(default_factory=set)

    def open(self, uai: str, mef: Mef, headcount: int, name: str = "", code: str = "") -> Division:
        """One division; raises `Unreadable` where its id is already taken in this file."""
        if code:
            identifier = f"{uai}-{code.replace(' ', '_')}"
        else:
            self._numbers[uai] += 1
            identifier = f"{uai}-{mef.level}{self._numbers[uai]:02d}"
        if identifier in self._ids:
            raise Unreadable("cette division est déjà décrite plus haut")
        sectors = self.nomenclature.sectors_of_diploma.get(mef.diploma or "", ())
        if mef.diploma and not sectors:
            self.without_sector.add(mef.diploma)
        division = record(
            Division,
            {
                "id": identifier,
                "establishment": uai,
                "name": name or None,
                "public": mef.public,
                "diploma": mef.diploma,
                "sectors": sectors or None,
                "headcount": headcount,
                "regulated": sectors[0] in self.regulated if sectors else None,
            },
        )
        assert isinstance(division, Division)
        self._ids.add(identifier)
        self.made.add(division)
        if self.periods and identifier not in self.settled:
            self.made.add(*usual_periods(division, mef.level, self.year))
        return division

    def notes(self) -> None:
        """What the divisions opened suppose, and those of the scenario that the file leaves out."""
        opened = [d for d in self.made.tables.get("divisions", []) if isinstance(d, Division)]
        levels = {(d.establishment, d.public) for d in opened}
        left = [d.id for d in self.standing
                if (d.establishment, d.public) in levels and d.id not in self._ids]  # fmt: skip
        if left:
            self.made.note(
                "Divisions du scénario, des mêmes établissements et publics, absentes du fichier "
                f"(elles restent, à retirer si elles n’existent plus) : {listed(left)}."
            )
        if self.periods and self.made.tables.get("periodes"):
            self.made.note(
                "Périodes usuelles de chaque niveau (durées, fenêtres) : "
                "à relire par chaque établissement dans periodes.csv."
            )
        if self.without_sector:
            self.made.note(
                "Diplômes sans secteur d’accueil connu : "
                f"{listed(sorted(self.without_sector))} (compléter la table --diplomes)."
            )
        if any(d.regulated for d in opened):
            self.made.note(
                "« reglemente » est déduit du premier secteur de la formation : à relire."
            )


def from_mef_list(
    file: Handed, known: Collection[str], opening: Opening, largest: int = LARGEST_TRAINING
) -> Import:
    """Divisions from rows (UAI, MEF, head count), one per named division or per `largest` pupils.

    Apprentices and continuing education are refused, and so are establishments that the scenario
    does not hold (`known`).
    """
    made = opening.made
    for row in sought_rows(file, MEF_LIST, made):
        try:
            uai = _known(row, known)
            reason = not_a_pupil(row.text("statut"))
            if reason:
                raise Unreadable(reason)
            mef = decoded(row.text("mef"), row.text("diplome") or None)
            headcount = row.read("effectif", column("divisions", "effectif"))
            if not headcount:
                raise Unreadable("aucun élève" if headcount == 0 else "effectif absent")
            _plausible(headcount)
            name = row.text("libelle") or row.text("division")
            if row.text("division"):
                opening.open(uai, mef, headcount, name, row.text("division"))
                made.take(row.line, mef.changed)
                continue
            parts = _split(headcount, largest)
            for part in parts:
                opening.open(uai, mef, part, name)
        except Unreadable as reason_why:
            made.refuse(row.line, reason_why.message)
            continue
        split = f"partagé en {len(parts)} divisions" if len(parts) > 1 else ""
        made.take(row.line, " ; ".join(why for why in (mef.changed, split) if why))
    opening.notes()
    return made


def from_headcounts(file: Handed, known: Collection[str], opening: Opening) -> Import:
    """Divisions of 3e, 3e SEGPA, 4e and 2de GT from head counts by establishment.

    Where a lycée has only its total, 2de GT is `SHARE_2GT` of it, said so in the preview.
    """
    made = opening.made
    for row in sought_rows(file, HEADCOUNTS, made):
        try:
            uai = _known(row, known)
            counts, why = _counts(row)
            if not counts:
                raise Unreadable("aucun effectif de 3e, de SEGPA, de 4e ni de 2de GT")
            for public, headcount in counts:
                largest = LARGEST_TRAINING if public != "2GT" else LARGEST_GENERAL
                parts = _split(headcount, largest)
                for i, part in enumerate(parts):
                    code = _code(public, i)
                    opening.open(uai, Mef(public, public), part, code, code)
        except Unreadable as reason:
            made.refuse(row.line, reason.message)
            continue
        made.take(row.line, why)
    if not made.faults and all(v.outcome == "refusee" for v in made.verdicts):
        expected = "uai, puis n3, n3_segpa, n4_pfmp, n2gt ou nb_eleves"
        message = "aucun effectif n’a pu être lu dans ce fichier"
        made.faults.append(Fault("rien-a-prendre", message, file=file.file, expected=expected))
    opening.notes()
    return made


def not_a_pupil(status: str) -> str | None:
    """Why somebody of that status makes no placement of a school."""
    word = fold(status)
    if word in _APPRENTICES:
        return "apprentis : leur entreprise est déjà celle du contrat"
    if word in _CONTINUING:
        return "formation continue : hors du calendrier scolaire"
    return None


def _known(row: Row, known: Collection[str]) -> str:
    uai = row.text("uai").upper()
    if not uai:
        raise Unreadable("UAI absent")
    if uai not in known:
        raise Unreadable("établissement absent du scénario")
    return uai


def _counts(row: Row) -> tuple[list[tuple[Public, int]], str]:
    """Head counts by public, and what was supposed."""
    effectif = column("divisions", "effectif")
    read = {n: row.read(n, effectif) for n in ("n3", "n3_segpa", "n4", "n2gt", "total")}
    for value in read.values():
        _plausible(value or 0)
    why = ""
    if read["n2gt"] is None and read["total"] and _is_general(row):
        read["n2gt"] = math.floor(read["total"] * SHARE_2GT)
        why = f"2de GT estimée à {SHARE_2GT:.0%} des élèves du lycée".replace("%", "\u202f%")
    publics: tuple[tuple[Public, str], ...] = (
        ("4E", "n4"), ("3E", "n3"), ("SEGPA", "n3_segpa"), ("2GT", "n2gt"),
    )  # fmt: skip
    return [(public, read[name]) for public, name in publics if read[name]], why


def _plausible(headcount: int) -> None:
    if not 0 <= headcount <= LARGEST_SCHOOL:
        raise Unreadable(f"effectif impossible (lu : « {headcount} »)")


def _is_general(row: Row) -> bool:
    return row.yes("generale") or row.yes("technologique")


def _code(public: Public, index: int) -> str:
    if public == "2GT":
        return f"2{index + 1:02d}"
    letter = chr(ord("A") + index % 26) * (1 + index // 26)
    return {"4E": f"4{letter}", "3E": f"3{letter}", "SEGPA": f"3S{letter}"}.get(public, letter)


def _split(headcount: int, largest: int) -> list[int]:
    """Divisions of nearly the same size, the larger ones first."""
    count = -(-headcount // largest)
    return [headcount // count + (i < headcount % count) for i in range(count)]
