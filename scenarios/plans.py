"""Plan folders: written whole or not at all, read back with every fault at once.

Files and columns are those of format.md. Must not know: how a plan is found.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from scenarios.cells import first_year, fold
from scenarios.delimited import decoded
from scenarios.fingerprint import digest
from scenarios.folders import replace_folder
from scenarios.raw import RawTable, Source
from scenarios.rows import nearest, read_rows, records
from scenarios.sources import open_source
from scenarios.tables import CalendarRow, PlacementRow, plan_tables
from scenarios.writing import csv_text, values_of
from solver.calendar import SchoolCalendar
from solver.domain import Departure, Placement, Plan, Result, Scenario, Unplaced
from solver.errors import Fault, InvalidPlan
from solver.travel import Journeys

SUMMARY = "bilan.json"
BILAN = "bilan"
"""The sheet of a workbook that stands for it."""
UNEXPLAINED = "inexplique"


@dataclass(frozen=True, slots=True)
class PlanFolder:
    """All that a plan folder holds: the decisions, the pupils without a place, the summary."""

    plan: Plan
    unplaced: tuple[Unplaced, ...] = ()
    summary: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[Fault, ...] = ()

    @property
    def digest(self) -> str | None:
        """Digest of the scenario the plan was made for; None where the summary does not say."""
        value = self.summary.get("empreinte")
        return value if isinstance(value, str) else None


# --- writing -------------------------------------------------------------------------------------


def write_plan(
    folder: str | Path,
    scenario: Scenario,
    result: Result | Plan,
    *,
    unplaced: Iterable[Unplaced] = (),
    indicators: Mapping[str, Any] | None = None,
    fingerprint: str | None = None,
) -> None:
    """Write the plan folder: the files appear together, or the old folder stays as it was.

    `unplaced`: the reasons, where known; pupils of whom nothing is said get `inexplique`.
    `fingerprint`: the scenario's digest, where it is known already.
    Raises `ValueError` where the result holds no plan, `OSError` where the disk refuses.
    """
    plan = result if isinstance(result, Plan) else result.plan
    if plan is None:
        raise ValueError("no plan to write: the search found none")
    contents = {
        "calendrier.csv": csv_text(plan_tables()["calendrier"], calendar_rows(scenario, plan)),
        "affectations.csv": csv_text(plan_tables()["affectations"], placement_rows(scenario, plan)),
        "non_places.csv": csv_text(
            plan_tables()["non_places"], unplaced_rows(scenario, plan, unplaced)
        ),
        SUMMARY: json.dumps(
            summary(scenario, result, indicators or {}, fingerprint),
            ensure_ascii=False,
            indent=2,
            default=str,
        )
        + "\n",
    }
    replace_folder(
        Path(folder),
        {name: text.encode() for name, text in contents.items()},
        sign="calendrier.csv",
    )


def calendar_rows(scenario: Scenario, plan: Plan) -> list[CalendarRow]:
    """One row per period, in the order of the scenario."""
    calendar = SchoolCalendar(scenario)
    rows = []
    for period in scenario.periods:
        start = plan.start_of.get(period.id)
        if start is None:
            continue
        weeks = tuple(calendar.occupied(period, start))
        division = scenario.division_of[period.division]
        rows.append(
            CalendarRow(
                period=period.id,
                division=division.id,
                establishment=division.establishment,
                start=start,
                last=weeks[-1] if weeks else None,
                weeks=weeks,
            )
        )
    return rows


def placement_rows(scenario: Scenario, plan: Plan) -> list[PlacementRow]:
    """One row per placed pupil-period, in the order of the plan."""
    journeys = Journeys(scenario)
    return [
        PlacementRow(
            pupil=p.pupil,
            period=p.period,
            host=p.host,
            lodging=p.lodging,
            minutes=journeys.minutes(scenario.pupil_of[p.pupil], p.host, p.lodging),
        )
        for p in plan.placements
    ]


def unplaced_rows(scenario: Scenario, plan: Plan, explained: Iterable[Unplaced]) -> list[Unplaced]:
    """One row per pupil-period without a place, in the order of `Scenario.demands`."""
    said = {(row.pupil, row.period): row for row in explained}
    return [
        said.get((pupil.id, period.id))
        or Unplaced(pupil=pupil.id, period=period.id, reason=UNEXPLAINED)
        for pupil, period in scenario.demands()
        if (pupil.id, period.id) not in plan.placement_of
    ]


def summary(
    scenario: Scenario,
    result: Result | Plan,
    indicators: Mapping[str, Any],
    fingerprint: str | None = None,
) -> dict[str, Any]:
    """The content of `bilan.json`; a plan without its search says what it can."""
    head: dict[str, Any] = {"titre": scenario.title, "annee": scenario.year}
    if isinstance(result, Result):
        report = result.report
        head |= {
            "statut": result.status,
            "cout": report.cost if report else None,
            "borne": result.bound,
            "ecart": result.gap,
            "causes": dict(result.causes),
            "couts": dict(report.costs) if report else {},
            "graine": result.seed,
            "secondes": result.seconds,
            "versions": dict(result.versions),
        }
    return head | {"empreinte": fingerprint or digest(scenario), "indicateurs": dict(indicators)}


def plan_sheets(scenario: Scenario, folder: PlanFolder) -> dict[str, list[list[Any]]]:
    """A plan as the sheets of a workbook (a header row, then rows) that read back as the same.

    Sheet `bilan` holds the summary as `cle` and `valeur`, `couts.trajet_minute` for what is in
    `couts`; the indicators stay out: they are recomputed.
    """
    rows: dict[str, Iterable[Any]] = {
        "calendrier": calendar_rows(scenario, folder.plan),
        "affectations": placement_rows(scenario, folder.plan),
        "non_places": unplaced_rows(scenario, folder.plan, folder.unplaced),
    }
    sheets = {
        name: [[c.header for c in table.columns], *values_of(table, rows[name])]
        for name, table in plan_tables().items()
    }
    return sheets | {BILAN: [["cle", "valeur"], *map(list, _flat(folder.summary))]}


def _flat(summary: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    for key, value in summary.items():
        if key == "indicateurs" or value is None:
            continue
        if isinstance(value, Mapping):
            yield from ((f"{key}.{inner}", part) for inner, part in value.items())
        else:
            yield key, value


# --- reading -------------------------------------------------------------------------------------


def read_plan(folder: str | Path, scenario: Scenario | None = None) -> Plan:
    """The plan of a folder; with `scenario`, its identifiers must be known there.

    Raises `InvalidPlan` with every fault. Whether it keeps the rules is for `verify` to say.
    """
    return read_plan_folder(folder, scenario).plan


def read_plan_folder(folder: str | Path, scenario: Scenario | None = None) -> PlanFolder:
    """All of a plan folder (or a `.zip` of it). Another scenario's digest is a warning.

    Raises `InvalidPlan` with every fault.
    """
    source = open_source(Path(folder))
    year = first_year(scenario.year) if scenario else None
    read, faults = read_plan_source(source, year, scenario)
    if read is None:
        raise InvalidPlan(faults)
    return read


def read_plan_source(
    source: Source, year: int | None, scenario: Scenario | None = None
) -> tuple[PlanFolder | None, list[Fault]]:
    """The plan of an opened source, and all faults; no plan where there is a fault."""
    faults = list(source.faults)
    found = {fold(raw.name): raw for raw in source.tables}
    sheet = found.pop(BILAN, None)
    bilan = _summary_sheet(sheet) if sheet else _read_summary(source, faults)
    if year is None and isinstance(bilan.get("annee"), str):
        year = first_year(bilan["annee"])
    built: dict[str, tuple[Any, ...]] = {}
    for name, table in plan_tables().items():
        raw = found.pop(name, None)
        if raw is None:
            if name != "non_places" and not source.faults:
                faults.append(
                    Fault(
                        "table-absente",
                        f"il manque {name}.csv",
                        name,
                        file=source.origin.name,
                        expected="calendrier.csv et affectations.csv",
                    )
                )
            built[name] = ()
            continue
        rows = read_rows(raw, table, year, faults)
        built[name] = tuple(records(rows, table, faults))
        faults += (
            _at(fault, raw.file, rows[fault.row].line)
            for fault in _row_faults(name, built[name], scenario)
            if fault.row is not None
        )
    for raw in found.values():
        faults.append(
            Fault(
                "table-inconnue",
                "fichier étranger à un plan",
                file=raw.file,
                value=raw.name,
                expected=", ".join(f"{name}.csv" for name in plan_tables()),
                hint=nearest(raw.name, plan_tables()),
            )
        )
    warnings = tuple(f for f in faults if f.severity != "faute")
    if any(f.severity == "faute" for f in faults):
        return None, faults
    if scenario is not None and bilan.get("empreinte") not in (None, digest(scenario)):
        warnings += (
            Fault(
                "autre-scenario",
                "ce plan a été calculé pour un autre état du scénario",
                file=SUMMARY,
                column="empreinte",
                severity="avertissement",
            ),
        )
    plan = Plan(
        departures=tuple(Departure(period=r.period, start=r.start) for r in built["calendrier"]),
        placements=tuple(
            Placement(pupil=r.pupil, period=r.period, host=r.host, lodging=r.lodging)
            for r in built["affectations"]
        ),
    )
    return PlanFolder(plan, built["non_places"], bilan, warnings), faults


def _summary_sheet(sheet: RawTable) -> Mapping[str, Any]:
    """Sheet `bilan` of a workbook; a plan needs none, so what it leaves out is no fault."""
    content: dict[str, Any] = {}
    for _, cells in sheet.rows:
        key, value = (*cells, None, None)[:2]
        outer, dot, inner = str(key).partition(".")
        section = content.setdefault(outer, {}) if dot else content
        if isinstance(section, dict):
            section[inner if dot else outer] = value
    return content


def _at(fault: Fault, file: str, line: int) -> Fault:
    return replace(fault, file=file, line=line)


def _read_summary(source: Source, faults: list[Fault]) -> Mapping[str, Any]:
    path = source.origin / SUMMARY
    if not path.is_file():
        return {}
    text = decoded(path.read_bytes(), SUMMARY, faults)
    try:
        content = json.loads(text or "{}")
    except (ValueError, RecursionError) as reason:
        faults.append(
            Fault(
                "json-illisible",
                "écriture JSON incorrecte",
                file=SUMMARY,
                line=getattr(reason, "lineno", None),
            )
        )
        return {}
    if not isinstance(content, dict):
        faults.append(Fault("json-illisible", "un objet est attendu", file=SUMMARY))
        return {}
    return content


def _row_faults(name: str, rows: tuple[Any, ...], scenario: Scenario | None) -> Iterable[Fault]:
    table = plan_tables()[name]
    seen: dict[tuple[Any, ...], int] = {}
    keys = [c for c in table.keys]
    for i, row in enumerate(rows):
        key = tuple(getattr(row, c.name) for c in keys)
        if None not in key and seen.setdefault(key, i) != i:
            yield Fault(
                "doublon",
                "deux lignes portent le même identifiant",
                name,
                i,
                keys[0].header,
                " ; ".join(str(part) for part in key),
                "une seule ligne par " + ", ".join(c.header for c in keys),
            )
    if scenario is None:
        return
    known: dict[str, Iterable[str]] = {
        "periode": scenario.period_of,
        "eleve": scenario.pupil_of,
        "accueil": scenario.host_of,
        "internat": scenario.boarding_house_of,
        "division": scenario.division_of,
        "uai": {e.uai for e in scenario.establishments},
    }
    for i, row in enumerate(rows):
        for column in table.columns:
            value = getattr(row, column.name)
            if column.header in known and value and value not in known[column.header]:
                yield Fault(
                    "reference-inconnue",
                    f"« {column.header} » inconnu du scénario",
                    name,
                    i,
                    column.header,
                    value,
                    "un identifiant du scénario",
                )
