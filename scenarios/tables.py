"""The tables of a scenario, derived from the domain: the only list of columns there is.

A field of `Scenario` that holds records is a table, its alias the file name; a field of a record is
a column, its alias the header. Reading, writing, the JSON schema and the documentation start here.
Must not know: files, encodings.
"""

import types
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from solver.domain import Departure, EquityStep, Frozen, Placement, Scenario, Unplaced, column
from solver.week import Week

Kind = Literal["text", "integer", "decimal", "flag", "week", "date", "day", "choice", "steps"]

_KINDS: Mapping[Any, Kind] = types.MappingProxyType(
    {
        str: "text",
        bool: "flag",
        int: "integer",
        float: "decimal",
        Week: "week",
        date: "date",
        EquityStep: "steps",
    }
)
_FORMATS: Mapping[Kind, str] = types.MappingProxyType(
    {
        "text": "texte",
        "integer": "entier",
        "decimal": "nombre décimal",
        "flag": "oui / non",
        "week": "semaine ISO",
        "date": "date",
        "day": "jour ou semaine",
        "choice": "choix",
        "steps": "paliers seuil:surcout",
    }
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column (or one key of `scenario.toml`) as the readers, writers and documents need it."""

    name: str
    """Field name in code."""
    header: str
    """French header in the tables."""
    kind: Kind
    many: bool
    """A list, separated by spaces in a cell."""
    required: bool
    default: Any
    meaning: str
    example: str
    key: bool
    references: tuple[str, ...]
    choices: tuple[str, ...]
    minimum: int | float | None
    maximum: int | float | None
    pattern: str | None

    @property
    def expected(self) -> str:
        """What a cell must hold, as a French noun phrase."""
        if self.kind == "choice":
            values = ", ".join(choice if choice else "(vide)" for choice in self.choices)
            return f"{'une ou plusieurs valeurs' if self.many else 'une valeur'} parmi {values}"
        if self.kind == "integer":
            return "un nombre entier" + self.limits
        if self.kind == "decimal":
            return "un nombre" + self.limits
        if self.kind == "flag":
            return "oui ou non"
        if self.kind == "week":
            return "une semaine, par exemple 2027-W04"
        if self.kind == "date":
            return "une date, par exemple 2027-12-31"
        if self.kind == "day":
            return "des dates ou des semaines, par exemple 2027-05-07 2027-W20"
        if self.kind == "steps":
            return "des paliers seuil:surcout, par exemple 2:50 10:50"
        meaning = self.meaning[:1].lower() + self.meaning[1:]
        if self.meaning[:2].isupper():
            meaning = self.meaning
        return f"{meaning} (par exemple {self.example})" if self.example else meaning

    @property
    def format(self) -> str:
        """The kind of value, in French, for the documentation."""
        if self.kind == "choice":
            words = " ".join(f"`{choice}`" for choice in self.choices if choice)
            return f"liste parmi {words}" if self.many else words
        return f"liste ({_FORMATS[self.kind]})" if self.many else _FORMATS[self.kind]

    @property
    def limits(self) -> str:
        """Bounds of a number as French words, empty without any."""
        if self.minimum is not None and self.maximum is not None:
            return f" de {self.minimum} à {self.maximum}"
        if self.minimum is not None:
            return f" d'au moins {self.minimum}"
        return f" d'au plus {self.maximum}" if self.maximum is not None else ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its French name (also the file's), the field that holds it, the record of a row."""

    name: str
    field: str
    model: type[Frozen]
    meaning: str
    columns: tuple[Column, ...]

    @property
    def keys(self) -> tuple[Column, ...]:
        return tuple(c for c in self.columns if c.key)

    def column(self, header: str) -> Column:
        """The column of that header; raises `KeyError`."""
        for c in self.columns:
            if c.header == header:
                return c
        raise KeyError(header)


class CalendarRow(Departure):
    """A row of a plan's `calendrier.csv`: the decision, and what follows from it for the reader."""

    division: Annotated[str, column("division", "Division qui part")] = ""
    establishment: Annotated[str, column("uai", "UAI de l'établissement")] = ""
    last: Annotated[Week | None, column("fin", "Dernière semaine, comprise")] = None
    weeks: Annotated[tuple[Week, ...], column("semaines", "Semaines occupées")] = ()


class PlacementRow(Placement):
    """A row of a plan's `affectations.csv`: the decision, and the journey it means."""

    minutes: Annotated[int | None, column("minutes", "Durée de l'aller, en minutes", ge=0)] = None


_PLAN_ORDER = {
    "calendrier": ("period", "division", "establishment", "start", "last", "weeks"),
    "affectations": ("pupil", "period", "host", "lodging", "minutes"),
    "non_places": ("pupil", "period", "reason", "detail"),
}


def _members(annotation: Any) -> tuple[list[Any], list[Any], bool]:
    """Plain member types of an annotation, the constraints met on the way, and whether a tuple."""
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *notes = get_args(annotation)
        members, constraints, many = _members(inner)
        for note in notes:
            constraints += note.metadata if isinstance(note, FieldInfo) else [note]
        return members, constraints, many
    if origin in (Union, types.UnionType):
        members, constraints, many = [], [], False
        for part in get_args(annotation):
            if part is not type(None):
                inner_members, inner_constraints, inner_many = _members(part)
                members += inner_members
                constraints += inner_constraints
                many = many or inner_many
        return members, constraints, many
    if origin is tuple:
        members, constraints, _ = _members(get_args(annotation)[0])
        return members, constraints, True
    return [annotation], [], False


def column_of(name: str, field: FieldInfo) -> Column:
    """The column that a field of a record describes."""
    members, constraints, many = _members(field.annotation)
    constraints = [*field.metadata, *constraints]

    def limit(attribute: str) -> Any:
        return next(
            (v for c in constraints if (v := getattr(c, attribute, None)) is not None), None
        )

    literals = [m for m in members if get_origin(m) is Literal]
    choices = tuple(value for literal in literals for value in get_args(literal))
    kind: Kind
    if choices and isinstance(choices[0], int):
        kind, choices = "integer", ()
        constraints = []
    elif choices:
        kind = "choice"
    elif set(members) == {Week, date}:
        kind = "day"
    else:
        kind = _KINDS[members[0]]
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    return Column(
        name=name,
        header=field.alias or name,
        kind=kind,
        many=many,
        required=field.is_required(),
        default=None if field.is_required() else field.get_default(call_default_factory=False),
        meaning=field.description or "",
        example=str((field.examples or [""])[0]),
        key=bool(extra.get("key")),
        references=tuple(str(extra.get("references") or "").split()),
        choices=tuple(str(choice) for choice in choices),
        minimum=limit("ge"),
        maximum=limit("le"),
        pattern=limit("pattern"),
    )


def columns_of(model: type[Frozen]) -> tuple[Column, ...]:
    """The columns of a record, in the order of its fields."""
    return tuple(column_of(name, field) for name, field in model.model_fields.items())


def _record_of(field: FieldInfo) -> type[Frozen] | None:
    """The record a field of `Scenario` holds many of; None where it is no table."""
    if get_origin(field.annotation) is not tuple:
        return None
    record = get_args(field.annotation)[0]
    return record if isinstance(record, type) and issubclass(record, Frozen) else None


@cache
def scenario_tables() -> Mapping[str, Table]:
    """The tables of a scenario by French name, in the order of `Scenario`."""
    tables = {}
    for name, field in Scenario.model_fields.items():
        record = _record_of(field)
        if record is not None:
            alias = field.alias or name
            tables[alias] = Table(alias, name, record, field.description or "", columns_of(record))
    return types.MappingProxyType(tables)


@cache
def plan_tables() -> Mapping[str, Table]:
    """The tables of a plan folder by French name."""
    meanings = {
        "calendrier": "Départ de chaque période",
        "affectations": "Structure d'accueil de chaque élève placé",
        "non_places": "Élèves sans place, et pourquoi",
    }
    models: dict[str, type[Frozen]] = {
        "calendrier": CalendarRow,
        "affectations": PlacementRow,
        "non_places": Unplaced,
    }
    tables = {}
    for name, model in models.items():
        columns = {c.name: c for c in columns_of(model)}
        ordered = tuple(columns[field] for field in _PLAN_ORDER[name])
        tables[name] = Table(name, name, model, meanings[name], ordered)
    return types.MappingProxyType(tables)


@cache
def settings_columns() -> Mapping[str, Column | Mapping[str, Column]]:
    """The keys of `scenario.toml` by French name: a column, or the columns of a section."""
    keys: dict[str, Column | Mapping[str, Column]] = {}
    for name, field in Scenario.model_fields.items():
        if _record_of(field) is not None or name == "reference":
            continue
        alias = field.alias or name
        if isinstance(field.annotation, type) and issubclass(field.annotation, Frozen):
            keys[alias] = types.MappingProxyType(
                {c.header: c for c in columns_of(field.annotation)}
            )
        else:
            keys[alias] = column_of(name, field)
    return types.MappingProxyType(keys)


def scenario_json_schema() -> dict[str, Any]:
    """JSON schema of a scenario under its French names, as `read` accepts it from `.json`."""
    return Scenario.model_json_schema(by_alias=True)
