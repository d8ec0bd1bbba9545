"""Hosts and their weeks from the offers of a platform (1 élève, 1 stage, and its like).

An offer opens seats for some weeks and publics: the host has no place outside them. Offers of the
same workplace add up, week by week. An offer without weeks is open all year.
Must not know: who publishes the offers.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from scenarios.cells import Unreadable, fold
from scenarios.importers.communes import Communes
from scenarios.importers.handed import Handed
from scenarios.importers.hosts import host_of, publics_of
from scenarios.importers.nomenclature import Nomenclature
from scenarios.importers.preview import Import
from scenarios.importers.sought import Row, Sought, column, sought_rows
from solver.domain import OBSERVATION, TRAINING, Capacity, Host, Place, Public
from solver.week import Week

COLUMNS = (
    Sought("publics", ("niveaux", "niveau", "publics", "grades", "filiere"), True),
    Sought("places", ("places", "max_candidates", "nb_places", "offres")),
    Sought("siret", ("siret", "employer_siret")),
    Sought("nom", ("nom", "employer_name", "entreprise", "raison_sociale", "structure")),
    Sought("secteur", ("secteur", "sector", "secteur_activite")),
    Sought("commune", ("code_insee", "code_commune", "insee")),
    Sought("nom_commune", ("commune", "ville", "city")),
    Sought("code_postal", ("code_postal", "zipcode", "cp")),
    Sought("naf", ("naf", "ape", "code_ape", "code_naf")),
    Sought("rome", ("rome", "code_rome")),
    Sought("semaines", ("semaines", "weeks", "semaines_disponibles"), dated=True),
    Sought("debut", ("date_debut", "debut", "first_date"), dated=True),
    Sought("fin", ("date_fin", "fin", "last_date"), dated=True),
)  # fmt: skip
_GRADES: dict[str, tuple[Public, ...]] = {
    "seconde_only": ("2GT",), "troisieme_only": ("3E",), "quatrieme_only": ("4E",),
    "troisieme_or_quatrieme": ("4E", "3E"),
    "seconde_troisieme_or_quatrieme": ("4E", "3E", "2GT"),
    "troisieme_or_seconde": ("3E", "2GT"),
}  # fmt: skip
_ONE_SEAT = "l’offre ne dit pas ses places : une supposée"
_YEARLY = "l’offre ne dit pas ses semaines : ouverte toute l’année"


@dataclass(slots=True)
class _Offered:
    """What the offers of one workplace open together."""

    host: Host
    place: Place
    always: int = 0
    weeks: dict[Week, int] = field(default_factory=dict)


def offers(
    file: Handed,
    communes: Communes,
    nomenclature: Nomenclature,
    known: Iterable[Host] = (),
    year: int | None = None,
) -> Import:
    """Hosts, places and seats by week. `year`: the first of the school year, for bare weeks.

    A workplace that the scenario holds (`known`) keeps its places: only publics and formations are
    added to it.
    """
    made = Import("offres", file.file)
    standing = {h.id: h for h in known}
    offered: dict[str, _Offered] = {}
    for row in sought_rows(file, COLUMNS, made):
        try:
            host, place = _host(row, communes, nomenclature)
            weeks = _weeks(row, year)
        except Unreadable as reason:
            made.refuse(row.line, reason.message)
            continue
        before = offered.get(host.id)
        if before is None:
            offered[host.id] = before = _Offered(host, place)
        before.host = _wider(before.host, host)
        for week in weeks:
            before.weeks[week] = before.weeks.get(week, 0) + host.slots
        before.always += 0 if weeks else host.slots
        supposed = (not weeks and _YEARLY, "places" not in row.cells and _ONE_SEAT)
        made.take(row.line, " ; ".join(why for why in supposed if why))
    for identifier, one in offered.items():
        _put(made, one, standing.get(identifier))
    return made


def _put(made: Import, one: _Offered, known: Host | None) -> None:
    made.add_place(one.place)
    if known is not None:
        wider = _wider(known, one.host)
        made.add(wider)
        made.note(f"{known.id} est déjà dans le scénario : ses places ne changent pas.")
        return
    made.add(one.host.model_copy(update={"slots": one.always}))
    for first, last, seats in _runs(one.weeks):
        made.add(
            Capacity(host=one.host.id, public="*", first=first, last=last, slots=one.always + seats)
        )


def _runs(weeks: dict[Week, int]) -> Iterable[tuple[Week, Week, int]]:
    """Weeks that follow each other with the same seats, as (first, last, seats)."""
    run: list[Week] = []
    for week in sorted(weeks):
        if run and (week != run[-1].plus(1) or weeks[week] != weeks[run[0]]):
            yield run[0], run[-1], weeks[run[0]]
            run = []
        run.append(week)
    if run:
        yield run[0], run[-1], weeks[run[0]]


def _wider(one: Host, other: Host) -> Host:
    """The host with the publics and formations of both."""
    both = {*one.publics, *other.publics}
    return one.model_copy(
        update={
            "publics": tuple(p for p in (*OBSERVATION, *TRAINING) if p in both),
            "diplomas": tuple(dict.fromkeys((*one.diplomas, *other.diplomas))),
        }
    )


def _host(row: Row, communes: Communes, nomenclature: Nomenclature) -> tuple[Host, Place]:
    place = communes.find(row.text("commune"), row.text("nom_commune"), row.text("code_postal"))
    word = fold(row.text("publics"))
    publics = _GRADES.get(word) or publics_of(row.text("publics").replace("_", " "))
    if not publics:
        raise Unreadable("publics absents : écrire par exemple 3E 2GT")
    seats = row.read("places", column("accueils", "places"))
    if seats == 0:
        raise Unreadable("aucune place")
    name = row.text("nom") or (f"Offres {row.text('secteur')}" if row.text("secteur") else "")
    return host_of(row, name, place, publics, seats, nomenclature), place


def _weeks(row: Row, year: int | None) -> tuple[Week, ...]:
    """The weeks of an offer: a list of them, or all those from a date to another."""
    one = column("capacites", "debut")
    if "semaines" in row.cells:
        parts = [p.strip() for p in re.split(r"[,;|]+", row.text("semaines")) if p.strip()]
        return tuple(dict.fromkeys(w for part in parts for w in _said(row, part, year)))
    first, last = row.read("debut", one, year), row.read("fin", one, year)
    if first is None and last is None:
        return ()
    if first is None or last is None or last < first:
        raise Unreadable("semaines de l’offre : un début et une fin, dans cet ordre")
    if last.since(first) > 60:
        raise Unreadable("offre de plus d’un an : donner ses semaines")
    return tuple(first.plus(i) for i in range(last.since(first) + 1))


def _said(row: Row, text: str, year: int | None) -> list[Week]:
    """The week that a text says (`S25 2027`), or all those it lists (`2027-W24 2027-W25`)."""
    one = column("capacites", "debut")
    try:
        return [Row(row.line, {"semaines": text}).read("semaines", one, year)]
    except Unreadable:
        words = text.split()
        if len(words) == 1:
            raise
    return [Row(row.line, {"semaines": word}).read("semaines", one, year) for word in words]
