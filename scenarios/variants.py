"""A scenario that stands on others: bases laid under changed rows, two bassins put together.

Gives a `Draft`: settings and rows of the whole chain, each row with the file it was said in.
Must not know: how a file is decoded, what must hold between tables.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from scenarios.cells import first_year, fold, shown, written
from scenarios.documents import read_mapping
from scenarios.plans import read_plan_source
from scenarios.raw import RawSettings, RawTable, Source
from scenarios.rows import Key, Row, effective, nearest, over, read_rows
from scenarios.settings import Settings, conflict, read_settings
from scenarios.sources import open_source, source_of
from scenarios.tables import Table, plan_tables, scenario_tables
from solver.domain import Plan
from solver.errors import Fault

DEEPEST = 20
MOST_SOURCES = 60


@dataclass(slots=True)
class Draft:
    """What a chain of scenarios says, before records are built."""

    file: str
    """The settings file to name where something is missing as a whole."""
    settings: Settings = field(default_factory=dict)
    tables: dict[str, list[Row]] = field(default_factory=dict)
    reference: Plan | None = None
    faults: list[Fault] = field(default_factory=list)
    unsettled: bool = False
    """There are no settings at all, which is said once."""
    incomplete: bool = False
    """Settings or a base could not be read: what seems missing may stand there."""
    uncertain: set[str] = field(default_factory=set)
    """Tables that could not be read, or whose rows cannot be told apart."""
    quarrels: dict[tuple[str, Key], Fault] = field(default_factory=dict)
    """Rows on which two bases disagree, unless a row of the variant decides."""


@dataclass(slots=True)
class Loader:
    """Reads a chain of scenarios: where it began, how far it may look, what it has opened."""

    root: Path
    within: Path | None
    opened: int = 0

    def load(self, source: Source, trail: tuple[Path, ...], label: str) -> Draft:
        """The draft of an opened source, its bases first."""
        raw = source.settings
        draft = Draft(raw.file if raw else f"{label}scenario.toml", faults=list(source.faults))
        own: Settings = {}
        if raw is not None:
            bases = self._bases(source, raw, trail, draft)
            own = read_settings(raw, draft.faults)
            draft.incomplete = draft.incomplete or raw.broken
        else:
            bases = []
            draft.incomplete = bool(source.faults)
            draft.unsettled = True
            if not source.faults or source.tables:
                draft.faults.append(
                    Fault(
                        "scenario-toml-absent",
                        "il manque le fichier scenario.toml",
                        file=draft.file,
                        expected="titre, bassin, academie, annee, zone",
                    )
                )
        variant = bool(bases) or draft.incomplete
        _settle(draft, own, bases)
        _join(draft, bases)
        year = draft.settings.get(("annee",))
        first = first_year(year.value) if year else None
        for name, rows in self._tables(source, first, draft, variant=variant).items():
            _lay(draft, scenario_tables()[name], rows, variant=variant)
        draft.faults += draft.quarrels.values()
        draft.quarrels.clear()
        self._reference(source, raw, first, draft)
        return draft

    # --- bases -----------------------------------------------------------------------------------

    def _bases(
        self, source: Source, raw: RawSettings, trail: tuple[Path, ...], draft: Draft
    ) -> list[Draft]:
        drafts = []
        faults = draft.faults
        for key, text in _paths(raw, faults):
            target = self._target(source.origin, text, raw, key, faults)
            if target is None:
                draft.incomplete = True
                continue

            def fault(code: str, message: str, key: str = key, text: str = text) -> None:
                draft.incomplete = True
                faults.append(
                    Fault(
                        code,
                        message,
                        None,
                        None,
                        key,
                        text,
                        "un autre scénario",
                        file=raw.file,
                        line=raw.lines.get((key,)),
                    )
                )

            resolved = target.resolve()
            if resolved in trail:
                fault("bases-en-boucle", "ce scénario repose sur lui-même")
                continue
            self.opened += 1
            if len(trail) > DEEPEST or self.opened > MOST_SOURCES:
                fault("bases-trop-longues", "chaîne de bases trop longue")
                continue
            if not target.exists():
                fault("introuvable", "scénario de base introuvable")
                continue
            label = self.label(target)
            drafts.append(self.load(open_source(target, label), (*trail, resolved), label))
        return drafts

    def label(self, target: Path) -> str:
        """What stands before the file names of another scenario, seen from the first one."""
        folder = target if target.is_dir() else target.parent
        relative = os.path.relpath(folder, self.root if target.is_dir() else self.root.parent)
        return "" if relative == "." else relative.replace(os.sep, "/") + "/"

    def _target(
        self, origin: Path, text: str, raw: RawSettings, key: str, faults: list[Fault]
    ) -> Path | None:
        try:
            target = Path(os.path.normpath(origin.absolute() / text))
            inside = self.within is None or target.resolve().is_relative_to(self.within.resolve())
        except (OSError, ValueError, RuntimeError):
            inside = False
        if inside:
            return target
        faults.append(
            Fault(
                "chemin-refuse",
                "ce chemin n'est pas permis ici",
                None,
                None,
                key,
                text[:80],
                "un scénario du même espace",
                file=raw.file,
                line=raw.lines.get((key,)),
            )
        )
        return None

    # --- reference -------------------------------------------------------------------------------

    def _reference(
        self, source: Source, raw: RawSettings | None, year: int | None, draft: Draft
    ) -> None:
        if raw is None or (text := _named(raw, "reference")) is None:
            return
        if not isinstance(text, str):
            draft.faults.append(_not_a_path(raw, "reference", text))
            return
        if not text.strip():
            draft.reference = None
            return
        if text in source.inside:
            inside = Source(source.origin, tables=source.inside[text])
            plan, faults = read_plan_source(inside, year)
            draft.faults += faults
            draft.reference = plan.plan if plan is not None else None
            return
        target = self._target(source.origin, text, raw, "reference", draft.faults)
        if target is None:
            return
        if not target.is_dir():
            draft.faults.append(
                Fault(
                    "introuvable",
                    "plan de référence introuvable",
                    None,
                    None,
                    "reference",
                    text,
                    "un dossier de plan",
                    file=raw.file,
                    line=raw.lines.get(("reference",)),
                )
            )
            return
        plan, faults = read_plan_source(open_source(target, self.label(target)), year)
        draft.faults += faults
        draft.reference = plan.plan if plan is not None else None

    # --- tables ----------------------------------------------------------------------------------

    def _tables(
        self, source: Source, year: int | None, draft: Draft, *, variant: bool
    ) -> dict[str, list[Row]]:
        faults = draft.faults
        unread = {fault.table for fault in source.faults if fault.table is not None}
        draft.uncertain |= unread & set(scenario_tables())
        known = scenario_tables()
        found: dict[str, RawTable] = {}
        rows = {}
        for raw in source.tables:
            name = fold(raw.name)
            if name not in known:
                faults.append(_unknown_table(raw))
                draft.uncertain.update(get_close_matches(name, list(known), n=1, cutoff=0.6))
            elif name in found:
                faults.append(
                    Fault(
                        "table-double",
                        f"table déjà donnée par {found[name].file}",
                        name,
                        file=raw.file,
                        expected="un seul fichier par table",
                    )
                )
            else:
                found[name] = raw
                rows[name] = read_rows(raw, known[name], year, faults, variant=variant)
                headers = {fold(shown(cell)) for cell in raw.header}
                if any(column.header not in headers for column in known[name].keys):
                    draft.uncertain.add(name)
        return rows


def _unknown_table(raw: RawTable) -> Fault:
    known = list(scenario_tables())
    hint = nearest(raw.name, known)
    if fold(raw.name) in plan_tables():
        hint = "cette table appartient à un dossier de plan, pas à un scénario"
    return Fault(
        "table-inconnue",
        "table inconnue",
        None,
        None,
        None,
        shown(raw.name),
        "une table parmi " + ", ".join(known),
        hint,
        file=raw.file,
    )


def _named(raw: RawSettings, name: str) -> Any:
    return next((value for key, value in raw.values.items() if fold(str(key)) == name), None)


def _not_a_path(raw: RawSettings, key: str, value: Any) -> Fault:
    return Fault(
        "valeur-illisible",
        "un chemin entre guillemets est attendu",
        None,
        None,
        key,
        shown(value),
        '"../autre-dossier"',
        file=raw.file,
        line=raw.lines.get((key,)),
    )


def _paths(raw: RawSettings, faults: list[Fault]) -> list[tuple[str, str]]:
    """(key, path) of each base named."""
    base, bases = _named(raw, "base"), _named(raw, "bases")
    if base is not None and bases is not None:
        faults.append(
            Fault(
                "cle-double",
                "« base » et « bases » à la fois",
                None,
                None,
                "bases",
                shown(bases),
                "l'une ou l'autre",
                file=raw.file,
                line=raw.lines.get(("bases",)),
            )
        )
    named: list[tuple[str, Any]] = [("base", base)] if base is not None else []
    if isinstance(bases, str) and not raw.typed:
        bases = bases.split()
    if isinstance(bases, list):
        named += [("bases", path) for path in bases]
    elif bases is not None:
        faults.append(_not_a_path(raw, "bases", bases))
    paths = []
    for key, path in named:
        if isinstance(path, str) and path.strip():
            paths.append((key, path.strip()))
        else:
            faults.append(_not_a_path(raw, key, path))
    return paths


def _settle(draft: Draft, own: Settings, bases: list[Draft]) -> None:
    """Settings of the bases, then the scenario's own over them."""
    for base in bases:
        draft.faults += base.faults
        draft.incomplete = draft.incomplete or base.incomplete
        draft.uncertain |= base.uncertain
        for name, setting in base.settings.items():
            other = draft.settings.setdefault(name, setting)
            if other.value != setting.value and name not in own:
                draft.faults.append(conflict(name, setting, other))
    draft.settings |= own


def _join(draft: Draft, bases: list[Draft]) -> None:
    """Rows of the bases: the same key with the same content is kept once."""
    plans = [base.reference for base in bases if base.reference is not None]
    if plans:
        draft.reference = Plan(
            departures=tuple(dict.fromkeys(d for plan in plans for d in plan.departures)),
            placements=tuple(dict.fromkeys(p for plan in plans for p in plan.placements)),
        )
    for name, table in scenario_tables().items():
        if len(bases) == 1:
            draft.tables[name] = bases[0].tables.get(name, [])
            continue
        rows: list[Row] = []
        known: dict[Key, Row] = {}
        for base in bases:
            earlier = dict(known)
            for row in base.tables.get(name, []):
                key = row.key(table)
                other = earlier.get(key)
                if other is None:
                    known[key] = row
                    rows.append(row)
                elif effective(other, table) != effective(row, table):
                    draft.quarrels[name, key] = _quarrel(table, row, other)
        draft.tables[name] = rows


def _quarrel(table: Table, row: Row, other: Row) -> Fault:
    ours, theirs = effective(row, table), effective(other, table)
    header = next(h for h in ours if ours[h] != theirs[h])
    return Fault(
        "bases-en-conflit",
        f"les bases ne disent pas la même chose (voir {other.file}, ligne {other.line})",
        table.name,
        None,
        header,
        shown(written(ours[header])),
        f"« {shown(written(theirs[header]))} » des deux côtés, ou la ligne dans la variante",
        file=row.place(header).file,
        line=row.place(header).line,
    )


def _lay(draft: Draft, table: Table, rows: list[Row], *, variant: bool) -> None:
    """Changed rows take the place of theirs, added rows come last, deleted rows go."""
    below = draft.tables.get(table.name, [])
    if not variant:
        draft.tables[table.name] = rows
        return
    changes: dict[Key, Row] = {}
    added: list[Row] = []
    existing = {row.key(table): row for row in below}
    for row in rows:
        key = row.key(table)
        draft.quarrels.pop((table.name, key), None)
        if key not in existing:
            if row.delete:
                draft.faults.append(_nothing_to_delete(table, row, key))
            else:
                row.added = True
                added.append(row)
        elif key in changes:
            draft.faults.append(_said_twice(table, row, key))
        else:
            changes[key] = row
    merged: list[Row] = []
    done: set[Key] = set()
    for row in below:
        key = row.key(table)
        change = changes.get(key)
        if change is None:
            merged.append(row)
        elif key not in done and not change.delete:
            merged.append(over(row, change))
        done.add(key)
    draft.tables[table.name] = merged + added


def _nothing_to_delete(table: Table, row: Row, key: Key) -> Fault:
    return Fault(
        "rien-a-supprimer",
        "aucune ligne de la base n'a cet identifiant",
        table.name,
        None,
        table.keys[0].header,
        " ; ".join(key)[:80],
        "l'identifiant d'une ligne de la base",
        file=row.file,
        line=row.line,
    )


def _said_twice(table: Table, row: Row, key: Key) -> Fault:
    return Fault(
        "doublon",
        "deux lignes de la variante changent la même ligne",
        table.name,
        None,
        table.keys[0].header,
        " ; ".join(key)[:80],
        "une seule ligne par identifiant",
        file=row.file,
        line=row.line,
        severity="avertissement" if table.name == "blocages" else "faute",
    )


def load(path: Path, within: Path | None = None) -> Draft:
    """The draft of the scenario at `path`, bases included."""
    loader = Loader(Path(os.path.normpath(path.absolute())), within)
    return loader.load(open_source(path), (path.resolve(),), "")


def load_mapping(content: Mapping[str, Any], file: str = "scénario") -> Draft:
    """The draft of a scenario given as one object with French names; it stands on no other."""
    source = Source(Path.cwd())
    read_mapping(source, content, file)
    return Loader(source.origin, Path(os.devnull)).load(source, (), "")


def load_files(contents: Mapping[str, bytes]) -> Draft:
    """The draft of the files of a folder, held in memory; it stands on no other."""
    source = source_of(contents)
    return Loader(source.origin, Path(os.devnull)).load(source, (), "")
