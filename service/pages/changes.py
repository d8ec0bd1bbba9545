"""What a change of a variant does, in a sentence that a coordinator reads.

Must not know: how a change is made.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from scenarios.tables import Column, scenario_tables, settings_columns
from service.pages.words import count, number
from solver.week import Week

_VALUE = re.compile(r"=([^\]]*)\]")


def changes(patch: Sequence[Mapping[str, Any]]) -> list[str]:
    """Each operation of a variant in its order."""
    return [change(str(o["op"]), str(o["path"]), o.get("value")) for o in patch]


def first_change(patch: Sequence[Mapping[str, Any]]) -> str:
    """The first one, and how many others."""
    first, *others = changes(patch)
    return f"{first}, et {count(len(others), 'autre')}" if others else first


def change(op: str, path: str, value: Any) -> str:
    """« 0540037X-CAP1-1 part en S47 · 16–20 nov. » for `replace …/debut_impose`."""
    table, *rest = path.strip("/").split("/", 1)
    named, column = _parted(rest[0] if rest else "")
    match table, op, column:
        case "blocages", "add", _ if isinstance(value, Mapping):
            weeks = f"de {_said(value.get('debut'))} à {_said(value.get('fin'))}"
            return f"{value.get('cible')} ferme {weeks}"
        case "periodes", "replace", "debut_impose":
            return f"{named} part en {_said(value)}"
        case "periodes", "remove", "debut_impose":
            return f"{named} n’a plus de semaine imposée"
        case _, "add", _:
            return f"une ligne de plus dans « {table} »"
        case _, "remove", "":
            return f"{named or 'tout'} : retiré de « {table} »"
    meaning = _meaning(table, column)
    who = f" ({named})" if named else ""
    return f"{meaning}{who} : {'retiré' if op == 'remove' else _said(value)}"


def _parted(rest: str) -> tuple[str, str]:
    """Rows by what names them, and the column: `[periode=x]/debut_impose` → (x, debut_impose)."""
    if not rest.startswith("["):
        return "", rest
    selector, _, column = rest.rpartition("]")
    return " ".join(_VALUE.findall(f"{selector}]")), column.strip("/")


def _meaning(table: str, column: str) -> str:
    """What the column means to people, its name where nobody says."""
    if table in scenario_tables():
        known = {c.header: c.meaning for c in scenario_tables()[table].columns}
        return known.get(column, column)
    section = settings_columns().get(table)
    if isinstance(section, Mapping) and isinstance(found := section.get(column), Column):
        return found.meaning
    return column or table


def _said(value: Any) -> str:
    match value:
        case bool():
            return "oui" if value else "non"
        case int():
            return number(value)
        case str():
            try:
                return Week.parse(value).label()
            except ValueError:
                return value
    return "retiré" if value is None else str(value)
