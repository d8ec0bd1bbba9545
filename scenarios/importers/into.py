"""Puts what was imported into a scenario folder: written beside, then renamed, or not at all.

A record whose key is already there changes only the columns that the import states.
Must not know: where the records came from.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scenarios.reading import inspect
from scenarios.tables import scenario_tables
from scenarios.writing import write
from solver.domain import Frozen, Scenario
from solver.errors import Fault, InvalidScenario

ZONES: Mapping[str, str] = {
    **dict.fromkeys(("Besançon", "Bordeaux", "Clermont-Ferrand", "Dijon", "Grenoble", "Limoges",
                     "Lyon", "Poitiers"), "A"),
    **dict.fromkeys(("Aix-Marseille", "Amiens", "Lille", "Nancy-Metz", "Nantes", "Nice",
                     "Normandie", "Orléans-Tours", "Reims", "Rennes", "Strasbourg"), "B"),
    **dict.fromkeys(("Créteil", "Montpellier", "Paris", "Toulouse", "Versailles"), "C"),
}  # fmt: skip
"""Holiday zone of each académie of metropolitan France (arrêté of 7 December 2022)."""


@dataclass(frozen=True, slots=True)
class Landed:
    """What changed in the scenario: rows added, changed, already there, by table."""

    scenario: Scenario
    added: Mapping[str, int]
    changed: Mapping[str, int]
    same: Mapping[str, int]


def new_scenario(
    bassin: str, academy: str, year: str, zone: str | None = None, title: str | None = None
) -> Scenario:
    """A scenario without any row. Raises `InvalidScenario` where no zone is known."""
    known = zone or ZONES.get(academy)
    if known is None:
        message = "zone de vacances inconnue pour cette académie"
        raise InvalidScenario(
            [Fault("cle-absente", message, column="zone", value=academy, expected="A, B ou C")]
        )
    return Scenario.model_validate(
        {"title": title or f"{bassin.capitalize()} {year}", "bassin": bassin, "academy": academy,
         "year": year, "zone": known}
    )  # fmt: skip


def standing(folder: Path) -> Scenario:
    """The scenario of a folder, as it stands. Raises `InvalidScenario`."""
    reading = inspect(folder)
    if reading.scenario is None:
        raise InvalidScenario(reading.faults)
    return reading.scenario


def joined(scenario: Scenario, tables: Mapping[str, Iterable[Frozen]]) -> Landed:
    """The scenario with these records added, or laid over those of the same key."""
    added, changed, same = {}, {}, {}
    fields: dict[str, tuple[Frozen, ...]] = {}
    for name, records in tables.items():
        table = scenario_tables()[name]
        keys = [c.name for c in table.keys]
        rows = {_key(r, keys): r for r in getattr(scenario, table.field)}
        news = changes = sames = 0
        for record in records:
            key = _key(record, keys)
            old = rows.get(key)
            stated = {n: getattr(record, n) for n in record.model_fields_set}
            merged = old.model_copy(update=stated) if old is not None else record
            news += old is None
            changes += old is not None and merged != old
            sames += old is not None and merged == old
            rows[key] = merged
        fields[table.field] = tuple(rows.values())
        added[name], changed[name], same[name] = news, changes, sames
    whole = {n: getattr(scenario, n) for n in Scenario.model_fields}
    return Landed(Scenario.model_validate(whole | fields), added, changed, same)


def land(
    folder: Path, tables: Mapping[str, Iterable[Frozen]], first: Scenario | None = None
) -> Landed:
    """Write the folder's scenario with these records; `first` where the folder is new.

    Raises `InvalidScenario` (the folder as it stands, or as it would be, has faults: nothing is
    written), `FileExistsError`, `OSError`.
    """
    if folder.suffix in (".zip", ".xlsx", ".json") or (folder.exists() and not folder.is_dir()):
        raise FileExistsError(f"« {folder} » n’est pas un dossier de scénario : en donner un")
    _no_variant(folder)
    exists = (folder / "scenario.toml").is_file()
    scenario = standing(folder) if exists or first is None else first
    landed = joined(scenario, tables)
    write(landed.scenario, folder)
    return landed


def _no_variant(folder: Path) -> None:
    """A variant is only what differs: rows put into it would hide those of its base."""
    from scenarios.sources import open_source

    if not folder.is_dir() or not any(folder.iterdir()):
        return
    raw = open_source(folder).settings
    if raw is not None and {"base", "bases"} & raw.values.keys():
        message = "ce scénario est une variante : importer dans sa base"
        raise InvalidScenario([Fault("variante", message, file=raw.file, column="base")])


def _key(record: Frozen, names: list[str]) -> tuple[Any, ...]:
    return tuple(getattr(record, n) for n in names)
