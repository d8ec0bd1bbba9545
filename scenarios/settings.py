"""The keys of `scenario.toml`: read, judged, put together with those of the bases.

A key is named by its path: `("titre",)`, `("bareme", "non_place")`. Must not know: tables.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from scenarios.cells import Unreadable, empty, fold, reader_of, shown, written
from scenarios.raw import RawSettings
from scenarios.rows import nearest
from scenarios.tables import Column, settings_columns
from solver.errors import Fault
from solver.integrity import closure_faults, school_year_span, year_fault

Path = tuple[str, ...]
VARIANT_KEYS = ("base", "bases", "reference")


@dataclass(frozen=True, slots=True)
class Setting:
    """A value of `scenario.toml` and where it was said."""

    value: Any
    file: str
    line: int | None


Settings = dict[Path, Setting]


def read_settings(raw: RawSettings, faults: list[Fault]) -> Settings:
    """Every known key of the file, each judged; `base`, `bases`, `reference` are read apart."""
    settings: Settings = {}
    known = settings_columns()
    for key, value in raw.values.items():
        name = fold(str(key))
        column = known.get(name)
        if name in VARIANT_KEYS:
            continue
        if column is None:
            faults.append(_unknown(raw, (str(key),), [*known, *VARIANT_KEYS]))
        elif isinstance(column, Column):
            _judge(raw, (str(key),), (name,), column, value, settings, faults)
        elif not isinstance(value, Mapping):
            faults.append(
                Fault(
                    "valeur-illisible",
                    "une section est attendue",
                    None,
                    None,
                    name,
                    shown(value),
                    f"[{name}] puis une clé par ligne",
                    file=raw.file,
                    line=raw.lines.get((str(key),)),
                )
            )
        else:
            for inner, inner_value in value.items():
                inner_name = fold(str(inner))
                path = (str(key), str(inner))
                if inner_name not in column:
                    faults.append(_unknown(raw, path, list(column)))
                else:
                    _judge(
                        raw,
                        path,
                        (name, inner_name),
                        column[inner_name],
                        inner_value,
                        settings,
                        faults,
                    )
    return settings


def _line(raw: RawSettings, path: Path) -> int | None:
    return raw.lines.get(path, raw.lines.get(path[:1]) if len(path) > 1 else None)


def _unknown(raw: RawSettings, path: Path, known: list[str]) -> Fault:
    return Fault(
        "cle-inconnue",
        "clé inconnue",
        None,
        None,
        ".".join(path),
        path[-1],
        "une clé parmi " + ", ".join(known),
        nearest(path[-1], known),
        file=raw.file,
        line=_line(raw, path),
    )


def _judge(
    raw: RawSettings,
    path: Path,
    name: Path,
    column: Column,
    value: Any,
    settings: Settings,
    faults: list[Fault],
) -> None:
    line = _line(raw, path)

    def fault(message: str, hint: str | None = None) -> None:
        faults.append(
            Fault(
                "valeur-illisible",
                message,
                None,
                None,
                ".".join(name),
                shown(value),
                column.expected,
                hint,
                file=raw.file,
                line=line,
            )
        )

    if column.many and raw.typed and not isinstance(value, list):
        return fault("une liste entre crochets est attendue")
    if not column.many and isinstance(value, list | Mapping):
        return fault("une seule valeur est attendue")
    if empty(value) and not column.many:
        return fault("valeur vide")
    try:
        read = reader_of(column, None, typed=raw.typed)(value)
    except Unreadable as reason:
        return fault(reason.message, reason.hint)
    if isinstance(read, int | float) and not (
        (column.minimum is None or read >= column.minimum)
        and (column.maximum is None or read <= column.maximum)
    ):
        return fault("nombre hors limites")
    if column.pattern and not re.search(column.pattern, str(read)):
        return fault("valeur mal formée")
    if name == ("format",) and read != 1:
        return fault("version du format inconnue de ce programme", "seule la version 1 existe")
    if name in settings:
        return fault("clé donnée deux fois")
    settings[name] = Setting(read, raw.file, line)
    return None


def check_settings(settings: Settings, file: str, faults: list[Fault]) -> None:
    """Faults of the whole: required keys that nobody gives, a school year that is none."""
    for name, column in settings_columns().items():
        if isinstance(column, Column) and column.required and (name,) not in settings:
            if any(f.column == name and f.file == file for f in faults):
                continue
            faults.append(
                Fault(
                    "cle-absente",
                    "clé obligatoire absente",
                    None,
                    None,
                    name,
                    None,
                    column.expected,
                    file=file,
                )
            )
    year = settings.get(("annee",))
    if year is None:
        return
    first, second = (int(part) for part in year.value.split("-"))
    if second != first + 1:
        faults.append(_at(year_fault(year.value), year))
        return
    weeks = school_year_span(year.value)
    closures = settings.get(("calendrier", "fermetures"))
    if weeks is not None and closures is not None:
        faults.extend(_at(f, closures) for f in closure_faults(closures.value, *weeks))


def _at(fault: Fault, setting: Setting) -> Fault:
    return replace(fault, file=setting.file, line=setting.line)


def nested(settings: Settings) -> dict[str, Any]:
    """The settings as `Scenario` takes them: French names, a dict per section."""
    result: dict[str, Any] = {}
    for path, setting in settings.items():
        if len(path) == 1:
            result[path[0]] = setting.value
        else:
            result.setdefault(path[0], {})[path[1]] = setting.value
    return result


def conflict(name: Path, one: Setting, other: Setting) -> Fault:
    """Two bases say different things of one key, and the variant does not decide."""
    return Fault(
        "bases-en-conflit",
        f"les bases ne disent pas la même chose (voir {other.file})",
        None,
        None,
        ".".join(name),
        written(one.value)[:80],
        f"« {written(other.value)[:60]} » des deux côtés, ou la clé dans la variante",
        file=one.file,
        line=one.line,
    )
