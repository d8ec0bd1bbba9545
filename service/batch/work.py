"""One task, done where a worker runs: read, search, verify what was written, measure.

Must not know: clusters, where results are kept.
"""

import resource
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from scenarios import digest, read_plan, write_plan
from scenarios.reading import inspect_files
from solver.domain import Result, Scenario
from solver.errors import InvalidScenario, PlanRefused
from solver.explain import explain_infeasible
from solver.indicators import indicators, reasons
from solver.search import Progress, solve
from solver.verify import verify


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a task gave: a plan folder that was read back and verified, or why there is none."""

    status: str
    figures: Mapping[str, Any]
    files: Mapping[str, bytes] = field(default_factory=dict)
    """The plan folder; empty without a plan."""
    reasons: tuple[str, ...] = ()
    """Without a plan: the conflicts, in French."""


def work(
    contents: Mapping[str, bytes],
    seed: int,
    seconds: float,
    cores: int = 1,
    iterations: int | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Outcome:
    """Plan the scenario of these canonical files.

    Raises `InvalidScenario`, `EngineDefect`; `PlanRefused` where the plan does not read back as
    one that keeps every rule.
    """
    begin = monotonic()
    reading = inspect_files(contents)
    if reading.scenario is None:
        raise InvalidScenario(reading.faults)
    scenario = reading.scenario
    result = solve(
        scenario,
        seconds=seconds,
        seed=seed,
        cores=cores,
        iterations=iterations,
        progress=progress,
    )
    figures: dict[str, Any] = {
        "statut": result.status,
        "borne": result.bound,
        "secondes_recherche": round(result.seconds, 2),
    }
    if result.plan is None:
        why = explain_infeasible(scenario) if result.status == "infeasible" else ()
        return Outcome(
            result.status,
            figures | _spent(begin),
            reasons=tuple(c.message for c in why) or ("pas de plan dans le temps accordé",),
        )
    files, told = _folder(scenario, result)
    return Outcome(result.status, figures | told | _spent(begin), files)


def _folder(scenario: Scenario, result: Result) -> tuple[dict[str, bytes], dict[str, Any]]:
    """The plan folder in memory, and the figures of the plan that it reads back as."""
    assert result.plan is not None
    assert result.report is not None
    unplaced = reasons(scenario, result.plan)
    measured = indicators(scenario, result.plan, unplaced)
    with tempfile.TemporaryDirectory(prefix="bassin-") as beside:
        folder = Path(beside) / "plan"
        write_plan(
            folder,
            scenario,
            result,
            unplaced=unplaced,
            indicators=measured.model_dump(mode="json"),
        )
        report = verify(scenario, read_plan(folder, scenario))
        if report.violations or report.cost != result.report.cost:
            raise PlanRefused(
                [f"{v.rule} — {v.subject} : {v.message}" for v in report.violations]
                or [f"coût relu {report.cost}, annoncé {result.report.cost}"]
            )
        files = {file.name: file.read_bytes() for file in folder.iterdir()}
    return files, {
        "empreinte": digest(scenario),
        "titre": scenario.title,
        "academie": scenario.academy,
        "cout": report.cost,
        "ecart": result.gap,
        "demandes": measured.demands,
        "sans_place": measured.unplaced,
        "infractions": len(report.violations),
        **{
            f"offres_{load.family}": round(load.seats / load.peak_pupils, 3)
            for load in measured.loads
            if load.peak_pupils
        },
        "trajet_moyen": measured.journeys.mean,
        "trajet_d9": measured.journeys.ninth_decile,
        "divisions_decalees": measured.divisions_moved,
    }


def _spent(begin: float) -> dict[str, Any]:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"secondes": round(monotonic() - begin, 2), "memoire_mo": round(peak)}
