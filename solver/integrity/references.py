"""Rules on every table: no personal value, one row for a key, references that name a row."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from solver.errors import Fault, Severity
from solver.integrity.tables import Tables, columns, identifiers, looks_personal, rows

_MOST_HINTS = 40
_CASCADE = 3
"""References that miss the same value, from which a lost key explains them better than typing."""
_MAY_LIE_ELSEWHERE = frozenset({("internats", "uai")})
"""A boarding house may belong to an establishment of another bassin: only its place counts."""


def personal(tables: Tables) -> Iterator[Fault]:
    for name, fields in columns().items():
        for field, header, _, _ in fields:
            if header != "eleve":
                continue
            for i, row in rows(tables, name):
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


def keys(tables: Tables) -> Iterator[Fault]:
    for name, fields in columns().items():
        keys = [(field, header) for field, header, key, _ in fields if key]
        if name == "capacites":
            continue
        seen: dict[tuple[Any, ...], int] = {}
        for i, row in rows(tables, name):
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


def references(
    tables: Tables, uncertain: frozenset[str], unsure: Mapping[str, Sequence[str]]
) -> Iterator[Fault]:
    known = {name: identifiers(tables, name) for name in columns()}
    missed: list[tuple[tuple[str, ...], str, Fault]] = []
    for name, fields in columns().items():
        for field, header, _, references in fields:
            if not references or uncertain & set(references):
                continue
            targets = set().union(*(known[table] for table in references))
            misses = [
                (i, value)
                for i, row in rows(tables, name)
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
