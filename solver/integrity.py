"""What must hold between the rows of a scenario: references, keys, orders of weeks, shares.

Reads records only, so that a scenario built in Python is checked as one read from files. A record
may be partial (a field that could not be read is None): it still counts as existing.
Must not know: files, holidays, journeys.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from difflib import get_close_matches
from functools import cache
from types import MappingProxyType
from typing import Any, get_args, get_origin

from solver.domain import Frozen, Scenario
from solver.errors import Fault, Severity
from solver.week import Week

Tables = Mapping[str, Sequence[Any]]
"""Records by French table name."""

_PERSONAL = re.compile(
    r"[0-9]{9}[0-9A-Z][A-Z]|[^@\s]+@[^@\s]+\.[^@\s]+|[12][0-9]{12}(?:[0-9]{2})?", re.IGNORECASE
)
_TOKEN = re.compile(r"[0-9]{8}|nsf:[0-9]{3}|secteur:[^\s:]+|\*")
_UAI_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_MOST_HINTS = 40
_MOST_CHECK_DIGITS = 10
_CASCADE = 3
"""References that miss the same value, from which a lost key explains them better than typing."""
_MAY_LIE_ELSEWHERE = frozenset({("internats", "uai")})
"""A boarding house may belong to an establishment of another bassin: only its place counts."""


def looks_personal(identifier: str) -> bool:
    """Whether a pseudonym looks like a national pupil number (INE), a NIR or an e-mail address."""
    return _PERSONAL.fullmatch(identifier.strip()) is not None


def faults(scenario: Scenario) -> tuple[Fault, ...]:
    """Every fault and warning of a scenario, each with table, row (from 0) and column."""
    tables = {
        field.alias or name: getattr(scenario, name)
        for name, field in Scenario.model_fields.items()
        if get_origin(field.annotation) is tuple
    }
    return (
        *_settings(scenario),
        *check(tables, scenario.year),
        *reference_faults(scenario),
    )


def check(
    tables: Tables,
    year: str | None,
    *,
    uncertain: frozenset[str] = frozenset(),
    unsure: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> tuple[Fault, ...]:
    """Faults between rows: `tables` by French name, `year` the school year (None: unreadable).

    So that one bad cell is one fault: references to `uncertain` tables (that could not be read) are
    not judged, and `unsure` keys (malformed, or empty) by table explain references that miss them.
    """
    found = [*_personal(tables), *_keys(tables), *_references(tables, uncertain, unsure)]
    if year is not None and (span := school_year_span(year)) is not None:
        found += _weeks(tables, *span)
        found += _durations(tables, *span)
    for rule in (
        _windows,
        _ranks,
        _group_sizes,
        _tokens,
        _capacities,
        _counted_pupils,
        _found_places,
        _check_digits,
    ):
        found += rule(tables)
    return tuple(found)


# --- what the domain says of its columns ---------------------------------------------------------


@cache
def _columns() -> Mapping[str, tuple[tuple[str, str, bool, tuple[str, ...]], ...]]:
    """By table: (field, header, part of the key, tables it must name)."""
    tables = {}
    for name, field in Scenario.model_fields.items():
        if get_origin(field.annotation) is not tuple:
            continue
        record: type[Frozen] = get_args(field.annotation)[0]
        columns = []
        for inner_name, inner in record.model_fields.items():
            extra = inner.json_schema_extra if isinstance(inner.json_schema_extra, dict) else {}
            references = tuple(str(extra.get("references") or "").split())
            columns.append(
                (inner_name, inner.alias or inner_name, bool(extra.get("key")), references)
            )
        tables[field.alias or name] = tuple(columns)
    return tables


def _rows(tables: Tables, name: str) -> Iterator[tuple[int, Any]]:
    return enumerate(tables.get(name, ()))


def _identifiers(tables: Tables, name: str) -> set[str]:
    """The keys that exist in a table; pupils that a head count stands for are among them."""
    field = next(field for field, _, key, _ in _columns()[name] if key)
    known = {value for _, row in _rows(tables, name) if (value := getattr(row, field)) is not None}
    if name == "eleves":
        described = {row.division for _, row in _rows(tables, "eleves")}
        for _, division in _rows(tables, "divisions"):
            if division.id is not None and division.id not in described:
                known.update(
                    f"{division.id}#{i:03d}" for i in range(1, (division.headcount or 0) + 1)
                )
    return known


# --- rules on every table ------------------------------------------------------------------------


def _personal(tables: Tables) -> Iterator[Fault]:
    for name, columns in _columns().items():
        for field, header, _, _ in columns:
            if header != "eleve":
                continue
            for i, row in _rows(tables, name):
                value = getattr(row, field)
                if isinstance(value, str) and looks_personal(value):
                    yield Fault(
                        "donnee-personnelle",
                        "cette valeur ressemble à un identifiant national ou à une adresse de "
                        "courriel : elle n'entre pas, et n'est pas répétée ici",
                        name,
                        i,
                        header,
                        None,
                        "un pseudonyme local, par exemple e00042",
                    )


def _keys(tables: Tables) -> Iterator[Fault]:
    for name, columns in _columns().items():
        keys = [(field, header) for field, header, key, _ in columns if key]
        if name == "capacites":
            continue
        seen: dict[tuple[Any, ...], int] = {}
        for i, row in _rows(tables, name):
            key = tuple(getattr(row, field) for field, _ in keys)
            if any(part is None for part in key):
                continue
            first = seen.setdefault(key, i)
            if first != i:
                shown = " ; ".join(str(part) for part in key)
                personal = keys[0][1] == "eleve" and looks_personal(str(key[0]))
                yield Fault(
                    "doublon",
                    "cette ligne est dite deux fois"
                    if name == "blocages"
                    else "deux lignes portent le même identifiant",
                    name,
                    i,
                    keys[0][1],
                    None if personal else shown,
                    "une seule ligne par " + ", ".join(header for _, header in keys),
                    severity="avertissement" if name == "blocages" else "faute",
                )


def _references(
    tables: Tables, uncertain: frozenset[str], unsure: Mapping[str, Sequence[str]]
) -> Iterator[Fault]:
    known = {name: _identifiers(tables, name) for name in _columns()}
    missed: list[tuple[tuple[str, ...], str, Fault]] = []
    for name, columns in _columns().items():
        for field, header, _, references in columns:
            if not references or uncertain & set(references):
                continue
            targets = set().union(*(known[table] for table in references))
            misses = [
                (i, value)
                for i, row in _rows(tables, name)
                for value in _stated(row, field)
                if value not in targets
            ]
            if misses and not targets:
                yield _empty_target(name, header, references, misses)
                continue
            hint = _hints(targets.difference(*(unsure.get(table, ()) for table in references)))
            for i, value in misses:
                fault = _unknown(name, header, references, i, value, hint)
                missed.append((references, value, fault))
    explained = {
        (references, value)
        for references in {references for references, _, _ in missed}
        for value in _explained(
            [value for others, value, _ in missed if others == references],
            [key for table in references for key in unsure.get(table, ())],
        )
    }
    yield from (
        fault for references, value, fault in missed if (references, value) not in explained
    )


def _stated(row: Any, field: str) -> tuple[str, ...]:
    value = getattr(row, field)
    return value if isinstance(value, tuple) else () if value is None else (value,)


def _named(references: tuple[str, ...]) -> str:
    return "un identifiant de " + " ou ".join(f"la table « {table} »" for table in references)


def _empty_target(
    name: str, header: str, references: tuple[str, ...], misses: Sequence[tuple[int, str]]
) -> Fault:
    row, value = misses[0]
    count = len(misses)
    lines = "une ligne en dépend" if count == 1 else f"{count} lignes en dépendent"
    return Fault(
        "table-absente",
        f"la table « {' » ou « '.join(references)} » est vide ou absente, et {lines}",
        name,
        row,
        header,
        None if _secret(header, value) else value,
        _named(references),
        severity=_weight(name, header),
    )


def _unknown(
    name: str,
    header: str,
    references: tuple[str, ...],
    row: int,
    value: str,
    hint: Callable[[str], str | None],
) -> Fault:
    secret = _secret(header, value)
    return Fault(
        "reference-inconnue",
        f"« {header} » inconnu",
        name,
        row,
        header,
        None if secret else value,
        _named(references),
        None if secret else hint(value),
        severity=_weight(name, header),
    )


def _secret(header: str, value: str) -> bool:
    return header == "eleve" and looks_personal(value)


def _weight(name: str, header: str) -> Severity:
    return "avertissement" if (name, header) in _MAY_LIE_ELSEWHERE else "faute"


def _explained(values: Sequence[str], unsure: Sequence[str]) -> set[str]:
    """The missed values that a malformed or empty key of the named table accounts for.

    A value close to the malformed key, or else the one missed most often, if often enough.
    """
    counts = Counter(values)
    explained: set[str] = set()
    for key in unsure[:_MOST_HINTS]:
        left = [value for value, _ in counts.most_common(500) if value not in explained]
        often = [value for value in left[:1] if counts[value] >= _CASCADE]
        explained.update(get_close_matches(key, left, n=1, cutoff=0.75) or often)
    return explained


def _hints(targets: set[str]) -> Callable[[str], str | None]:
    """The nearest known identifier, looked for a bounded number of times (it is slow)."""
    found: dict[str, str | None] = {}
    ordered: list[str] = []

    def hint(value: str) -> str | None:
        if value in found:
            return found[value]
        if len(found) >= _MOST_HINTS:
            return None
        if not ordered:
            ordered.extend(sorted(targets))
        padded = value.zfill(5)
        if value.isdigit() and padded != value and padded in targets:
            found[value] = f"un zéro de tête a été perdu (« {padded} » ?) : colonne au format Texte"
            return found[value]
        folded = {other.casefold(): other for other in ordered}
        close = get_close_matches(value.casefold()[:60], folded, n=1, cutoff=0.6)
        found[value] = f"vouliez-vous dire « {folded[close[0]]} » ?" if close else None
        return found[value]

    return hint


# --- weeks ---------------------------------------------------------------------------------------


def school_year_span(year: str) -> tuple[Week, Week] | None:
    """First and last week of a school year (rules.md, Time); None where the year is unreadable."""
    match = re.fullmatch(r"(\d{4})-(\d{4})", year, re.ASCII)
    if match is None or not 1900 <= int(match[1]) <= 9000:
        return None
    start = int(match[1])
    first = Week.of(date(start, 8, 24))
    end = date(start + 1, 7, 11)
    return first, Week.of(end - timedelta(days=end.weekday()))


def _weeks(tables: Tables, first: Week, last: Week) -> Iterator[Fault]:
    """Weeks of another year are faults, weeks of the summers next to this one warnings."""
    before, after = Week.of(date(first.monday.year, 8, 1)), Week.of(date(last.year, 8, 31))
    for name, columns in _columns().items():
        for field, header, _, _ in columns:
            for i, row in _rows(tables, name):
                week = getattr(row, field)
                if week is None or (isinstance(week, Week) and first <= week <= last):
                    continue
                if not isinstance(week, Week):
                    break
                yield Fault(
                    "hors-annee",
                    "semaine hors de l'année scolaire",
                    name,
                    i,
                    header,
                    str(week),
                    f"une semaine de {first} à {last}",
                    severity="avertissement" if before <= week <= after else "faute",
                )


def _durations(tables: Tables, first: Week, last: Week) -> Iterator[Fault]:
    longest = last.since(first) + 1
    for i, period in _rows(tables, "periodes"):
        if period.duration_weeks is not None and period.duration_weeks > longest:
            yield Fault(
                "duree-impossible",
                "période plus longue que l'année scolaire",
                "periodes",
                i,
                "duree",
                str(period.duration_weeks),
                f"au plus {longest} semaines",
            )


def _windows(tables: Tables) -> Iterator[Fault]:
    for i, period in _rows(tables, "periodes"):
        yield from _ordered("periodes", i, "debut_min", period.earliest, "fin_max", period.latest)
    for i, capacity in _rows(tables, "capacites"):
        yield from _ordered("capacites", i, "debut", capacity.first, "fin", capacity.last)
    for i, closure in _rows(tables, "blocages"):
        yield from _ordered("blocages", i, "debut", closure.first, "fin", closure.last)


def _ordered(
    table: str, row: int, start: str, first: Week | None, end: str, last: Week | None
) -> Iterator[Fault]:
    if first is not None and last is not None and first > last:
        yield Fault(
            "ordre-inverse",
            f"« {end} » précède « {start} »",
            table,
            row,
            end,
            str(last),
            f"{first} ou plus tard",
        )


# --- one table at a time -------------------------------------------------------------------------


def _ranks(tables: Tables) -> Iterator[Fault]:
    seen: dict[tuple[str, int], str] = {}
    for i, period in _rows(tables, "periodes"):
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
    for i, host in _rows(tables, "accueils"):
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
    for i, host in _rows(tables, "accueils"):
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
    for i, row in _rows(tables, "capacites"):
        if None in (row.host, row.public, row.first, row.last) or row.first > row.last:
            continue
        spans.setdefault((row.host, row.public), []).append((row.first, row.last, i))
    for (host, public), rows in spans.items():
        rows.sort()
        until, before = rows[0][1], rows[0]
        for span in rows[1:]:
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
    described = {pupil.division for _, pupil in _rows(tables, "eleves")}
    counted = {d.id: d.headcount or 0 for _, d in _rows(tables, "divisions")}
    for i, pupil in _rows(tables, "eleves"):
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
    division_of_pupil = {row.id: row.division for _, row in _rows(tables, "eleves")}
    division_of_period = {row.id: row.division for _, row in _rows(tables, "periodes")}
    for i, found in _rows(tables, "placements"):
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
        for i, host in _rows(tables, "accueils")
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
    for i, school in _rows(tables, "etablissements"):
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


_ROW_RULES: tuple[Callable[[Tables], Iterator[Fault]], ...] = (
    _windows,
    _ranks,
    _group_sizes,
    _tokens,
    _capacities,
    _counted_pupils,
    _found_places,
    _check_digits,
)


# --- the whole -----------------------------------------------------------------------------------


def _settings(scenario: Scenario) -> Iterator[Fault]:
    first, second = (int(part) for part in scenario.year.split("-"))
    if second != first + 1:
        yield year_fault(scenario.year)
    elif (span := school_year_span(scenario.year)) is not None:
        yield from closure_faults(scenario.school_year.closures, *span)


def year_fault(year: str) -> Fault:
    """The fault of a school year that is not two years in a row."""
    return Fault(
        "annee-illisible",
        "une année scolaire couvre deux années qui se suivent",
        None,
        None,
        "annee",
        year,
        "par exemple 2026-2027",
    )


def closure_faults(closures: Iterable[Week | date], first: Week, last: Week) -> Iterator[Fault]:
    """Days and weeks of `fermetures` that lie outside the school year."""
    for closure in closures:
        week = closure if isinstance(closure, Week) else Week.of(closure)
        if not first <= week <= last:
            yield Fault(
                "hors-annee",
                "fermeture hors de l'année scolaire",
                None,
                None,
                "calendrier.fermetures",
                str(closure),
                f"de {first} à {last}",
                severity="avertissement",
            )


def reference_faults(scenario: Scenario) -> Iterator[Fault]:
    """Rows of the reference plan that name what the scenario no longer has: warnings, never lost.

    A reference is the plan of an earlier state: hosts withdrawn since are usual.
    """
    if scenario.reference is None:
        return
    periods = {p.id for p in scenario.periods}
    for departure in scenario.reference.departures:
        if departure.period not in periods:
            yield _stale("calendrier", "periode", departure.period)
    hosts = {h.id for h in scenario.hosts}
    pupils = _identifiers({"eleves": scenario.pupils, "divisions": scenario.divisions}, "eleves")
    for placement in scenario.reference.placements:
        if placement.host not in hosts:
            yield _stale("affectations", "accueil", placement.host)
        if placement.pupil not in pupils:
            yield _stale("affectations", "eleve", placement.pupil)


def _stale(table: str, header: str, value: str) -> Fault:
    return Fault(
        "reference-perimee",
        "le plan de référence nomme ce que le scénario n'a plus",
        table,
        None,
        header,
        value,
        severity="avertissement",
    )
