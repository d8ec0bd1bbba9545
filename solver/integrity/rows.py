"""Rules on the rows of one table, or of two that belong together."""

import re
from collections.abc import Callable, Iterator

from solver.errors import Fault
from solver.integrity.tables import Tables, rows
from solver.week import Week

_TOKEN = re.compile(r"[0-9]{8}|nsf:[0-9]{3}|secteur:[^\s:]+|\*")
_UAI_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_MOST_CHECK_DIGITS = 10


def _ranks(tables: Tables) -> Iterator[Fault]:
    seen: dict[tuple[str, int], str] = {}
    for i, period in rows(tables, "periodes"):
        if period.division is None or period.rank is None:
            continue
        other = seen.setdefault((period.division, period.rank), period.id)
        if other != period.id:
            yield Fault(
                "rang-double",
                f"la période « {other} » de la division a déjà ce rang",
                "periodes",
                i,
                "rang",
                str(period.rank),
                "un rang par période de la division",
            )


def _group_sizes(tables: Tables) -> Iterator[Fault]:
    for i, host in rows(tables, "accueils"):
        low, high = host.group_min, host.group_max
        if low is not None and high is not None and low > high:
            yield Fault(
                "ordre-inverse",
                "« groupe_min » dépasse « groupe_max »",
                "accueils",
                i,
                "groupe_min",
                str(low),
                f"au plus {high} (groupe_max)",
            )


def _tokens(tables: Tables) -> Iterator[Fault]:
    for i, host in rows(tables, "accueils"):
        for token in host.diplomas:
            if not _TOKEN.fullmatch(token):
                yield Fault(
                    "formation-illisible",
                    "formation accueillie mal écrite",
                    "accueils",
                    i,
                    "diplomes",
                    token,
                    "un code à 8 chiffres, nsf:NNN (3 chiffres), secteur:ID ou *",
                )


def _capacities(tables: Tables) -> Iterator[Fault]:
    """Two rows for the same host, public and week are a fault."""
    spans: dict[tuple[str, str], list[tuple[Week, Week, int]]] = {}
    for i, row in rows(tables, "capacites"):
        if None in (row.host, row.public, row.first, row.last) or row.first > row.last:
            continue
        spans.setdefault((row.host, row.public), []).append((row.first, row.last, i))
    for (host, public), stated in spans.items():
        stated.sort()
        until, before = stated[0][1], stated[0]
        for span in stated[1:]:
            if span[0] <= until:
                later, earlier = (span, before) if span[2] > before[2] else (before, span)
                yield Fault(
                    "capacite-double",
                    f"une autre ligne ({earlier[0]} à {earlier[1]}, même structure, même public) "
                    "couvre déjà une de ces semaines",
                    "capacites",
                    later[2],
                    "debut",
                    f"{host} ; {public} ; {later[0]} à {later[1]}",
                    "une seule ligne par structure, public et semaine",
                )
            if span[1] > until:
                until, before = span[1], span


def _counted_pupils(tables: Tables) -> Iterator[Fault]:
    """A described pupil may not bear the name of one that a head count stands for."""
    described = {pupil.division for _, pupil in rows(tables, "eleves")}
    counted = {d.id: d.headcount or 0 for _, d in rows(tables, "divisions")}
    for i, pupil in rows(tables, "eleves"):
        division, _, number = (pupil.id or "").rpartition("#")
        if division in described or not re.fullmatch("[0-9]{3,9}", number):
            continue
        if 0 < int(number) <= counted.get(division, 0) and number == f"{int(number):03d}":
            yield Fault(
                "doublon",
                f"c'est le nom d'un élève que représente l'effectif de « {division} »",
                "eleves",
                i,
                "eleve",
                pupil.id,
                "un pseudonyme qui ne soit pas <division>#<numéro>",
            )


def _found_places(tables: Tables) -> Iterator[Fault]:
    division_of_pupil = {row.id: row.division for _, row in rows(tables, "eleves")}
    division_of_period = {row.id: row.division for _, row in rows(tables, "periodes")}
    for i, found in rows(tables, "placements"):
        period = division_of_period.get(found.period)
        pupil = division_of_pupil.get(found.pupil) or (found.pupil or "").rpartition("#")[0]
        if (
            period
            and pupil
            and period != pupil
            and (found.pupil in division_of_pupil or "#" in found.pupil)
        ):
            yield Fault(
                "autre-division",
                f"cette période est celle d'une autre division (« {period} »)",
                "placements",
                i,
                "periode",
                found.period,
                f"une période de la division « {pupil} »",
            )


def _check_digits(tables: Tables) -> Iterator[Fault]:
    wrong = [
        (i, host.id)
        for i, host in rows(tables, "accueils")
        if host.id is not None and re.fullmatch("[0-9]{14}", host.id) and not _luhn(host.id)
    ]
    for position, (i, siret) in enumerate(wrong[: _MOST_CHECK_DIGITS + 1]):
        more = len(wrong) - position
        last = position == _MOST_CHECK_DIGITS and more > 1
        yield Fault(
            "cle-siret",
            f"la clé de contrôle est fausse pour ce SIRET et {more - 1} autres plus bas"
            if last
            else "la clé de contrôle de ce SIRET est fausse",
            "accueils",
            i,
            "accueil",
            siret,
            "un SIRET de 14 chiffres, ou X-…",
            severity="avertissement",
        )
    for i, school in rows(tables, "etablissements"):
        if school.uai is None or not re.fullmatch("[0-9]{7}[A-Z]", school.uai):
            continue
        letter = _UAI_LETTERS[int(school.uai[:7]) % 23]
        if school.uai[7] != letter:
            yield Fault(
                "cle-uai",
                "la lettre de contrôle de cet UAI est fausse",
                "etablissements",
                i,
                "uai",
                school.uai,
                f"{school.uai[:7]}{letter}",
                severity="avertissement",
            )


def _luhn(siret: str) -> bool:
    """Luhn's key; the establishments of La Poste (SIREN 356000000) add up to a multiple of 5."""
    digits = [int(c) for c in siret]
    total = sum(d if i % 2 else (2 * d - 9 if d > 4 else 2 * d) for i, d in enumerate(digits))
    return total % 10 == 0 or (siret.startswith("356000000") and sum(digits) % 5 == 0)


ROW_RULES: tuple[Callable[[Tables], Iterator[Fault]], ...] = (
    _ranks,
    _group_sizes,
    _tokens,
    _capacities,
    _counted_pupils,
    _found_places,
    _check_digits,
)
