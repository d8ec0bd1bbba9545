"""A variant said as changes: ordered operations on the tables of a scenario, in their French words.

    add      /accueils/-                                         a row
    replace  /divisions/[division=0540037X-CAP102]/effectif      a cell of every row that answers
    remove   /eleves/[eleve=e00042]                              rows, or a cell where one is named
    replace  /bareme/non_place                                   a setting

Must not know: the database, who asks.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from scenarios import read_object
from scenarios.tables import Table, scenario_tables, settings_columns
from service.refusals import Refusal
from solver.domain import Plan, Scenario
from solver.explain.parts import changed

MOST_OPERATIONS = 1000
_SELECTOR = re.compile(r"\[([a-z_]+)=([^\]]*)\]")
_PATH = re.compile(r"^/([a-z_]+)(?:/((?:\[[a-z_]+=[^\]]*\])+|-|[a-z_]+)(?:/([a-z_]+))?)?$")


class Operation(BaseModel):
    """One change; operations are applied in order, each on what the former left."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    op: Annotated[Literal["add", "remove", "replace"], Field(description="Ce qu’on fait")]
    path: Annotated[
        str,
        Field(
            min_length=2,
            max_length=500,
            description="Table, lignes choisies, colonne ; ou section et clé",
            examples=["/periodes/[periode=0540037X-CAP102-1]/debut_impose"],
        ),
    ]
    value: Annotated[
        Any, Field(description="La ligne (objet), la cellule ou la valeur ; absent avec remove")
    ] = None


def patched(scenario: Scenario, operations: Sequence[Operation]) -> Scenario:
    """The scenario once changed; its reference plan stays.

    Raises `Refusal` where an operation finds nothing, `InvalidScenario` with every fault of the
    result.
    """
    content = scenario.model_dump(mode="json", by_alias=True, exclude={"reference"})
    for number, operation in enumerate(operations, start=1):
        _apply(content, operation, number)
    return with_reference(read_object(content), scenario.reference)


def with_reference(scenario: Scenario, plan: Plan | None) -> Scenario:
    """The scenario, to be kept close to a plan."""
    return scenario if scenario.reference == plan else changed(scenario, reference=plan)


def tables_of(operations: Iterable[Operation]) -> set[str]:
    """The tables and sections that operations touch."""
    return {match[1] for o in operations if (match := _PATH.match(o.path)) is not None}


def _apply(content: dict[str, Any], operation: Operation, number: int) -> None:
    match = _PATH.match(operation.path)
    if match is None:
        raise _impossible(number, f"« {operation.path} » n’est pas un chemin")
    name, rest, column = match.groups()
    table = scenario_tables().get(name)
    if table is not None and rest is not None:
        _on_table(content[name], table, rest, column, operation, number)
    elif table is None and column is None:
        _on_setting(content, name, rest, operation, number)
    else:
        raise _impossible(number, f"« {operation.path} » ne désigne rien de modifiable")


def _on_table(
    rows: list[dict[str, Any]],
    table: Table,
    rest: str,
    column: str | None,
    operation: Operation,
    number: int,
) -> None:
    if rest == "-":
        if operation.op != "add" or column is not None or not isinstance(operation.value, Mapping):
            raise _impossible(number, "« - » attend « add » et une ligne (un objet)")
        rows.append(dict(operation.value))
        return
    headers = {c.header for c in table.columns}
    conditions = _SELECTOR.findall(rest)
    unknown = {h for h, _ in conditions} | ({column} if column else set())
    if not conditions or unknown - headers:
        wrong = ", ".join(sorted(unknown - headers)) or rest
        raise _impossible(number, f"« {wrong} » n’est pas une colonne de « {table.name} »")
    chosen = [row for row in rows if all(_text(row.get(h)) == v for h, v in conditions)]
    if not chosen:
        raise _impossible(number, f"aucune ligne de « {table.name} » ne répond à {rest}")
    if column is None and operation.op == "remove":
        rows[:] = [row for row in rows if not any(row is one for one in chosen)]
        return
    if column is None and not isinstance(operation.value, Mapping):
        raise _impossible(number, "sans colonne, la valeur est un objet : les cellules à changer")
    for row in chosen:
        if column is None:
            row |= operation.value
        elif operation.op == "remove":
            row.pop(column, None)
        else:
            row[column] = operation.value


def _on_setting(
    content: dict[str, Any], name: str, key: str | None, operation: Operation, number: int
) -> None:
    known = settings_columns().get(name)
    section = isinstance(known, Mapping)
    if known is None or section != (key is not None):
        raise _impossible(number, f"« {operation.path} » n’est pas une clé du scénario")
    held = content[name] if section else content
    if operation.op == "remove":
        held.pop(key or name, None)
    else:
        held[key or name] = operation.value


def _text(value: Any) -> str:
    """A cell as a selector writes it."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, list):
        return " ".join(str(part) for part in value)
    return "" if value is None else str(value)


def _impossible(number: int, why: str) -> Refusal:
    return Refusal("modification-impossible", f"Opération {number} : {why}.", operation=number)
