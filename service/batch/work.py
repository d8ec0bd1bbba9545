"""One task, done where a worker runs: searched in a child, then read back, verified, measured.

The verifier that has the last word sits in another process than the engine it judges.
Must not know: clusters, where results are kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from service.jobs.child import Tell, search
from service.jobs.messages import End
from service.jobs.task import Task
from service.packing import plan_files, read_scenario, unpack_plan
from solver.errors import CalendrierBassinError, InvalidScenario, PlanRefused
from solver.indicators import Indicators
from solver.verify import verify


class SearchLost(CalendrierBassinError):
    """The search ended without an answer: killed, out of memory, out of time, or our defect."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a task gave: a plan folder that was read back and verified, or why there is none."""

    figures: Mapping[str, Any]
    files: Mapping[str, bytes] = field(default_factory=dict)
    """The plan folder; empty without a plan."""
    reasons: tuple[str, ...] = ()
    """Without a plan: the conflicts, in French."""


def work(task: Task, tell: Tell = lambda message, content: None) -> Outcome:
    """Plan the scenario of a task.

    Raises `SearchLost` where there is no answer; `PlanRefused` where the plan does not read back
    as one that keeps every rule at the cost told.
    """
    begin = monotonic()
    end, plan = search(task.order, task.scenario, tell=tell, start=task.start)
    figures = {
        "statut": end.outcome,
        "borne": end.bound,
        "secondes_recherche": round(end.seconds, 2),
    }
    if end.outcome == "infeasible":
        reasons = tuple(str(c["message"]) for c in end.conflicts) or ("aucun plan n’est possible",)
        return Outcome({**figures, **_spent(begin, end)}, reasons=reasons)
    if end.ending not in ("done", "stopped") or plan is None:
        raise SearchLost(end.detail or "pas de plan dans le temps accordé")
    figures |= _judged(task, end, plan)
    return Outcome({**figures, **_spent(begin, end)}, plan_files(plan))


def _judged(task: Task, end: End, plan: bytes) -> dict[str, Any]:
    """The figures of the plan that these bytes hold, by the verifier's own reading."""
    reading = read_scenario(task.scenario, task.order.kind)
    if reading.scenario is None:
        raise InvalidScenario(reading.faults)
    scenario = reading.scenario
    report = verify(scenario, unpack_plan(plan, scenario, own=True).plan)
    if report.violations or report.cost != end.cost:
        raise PlanRefused(
            [f"{v.rule} — {v.subject} : {v.message}" for v in report.violations]
            or [f"coût relu {report.cost}, annoncé {end.cost}"]
        )
    measured = Indicators.model_validate(end.indicators)
    cost, bound = report.cost, end.bound or 0
    return {
        "titre": scenario.title,
        "academie": scenario.academy,
        "cout": cost,
        "ecart": (cost - bound) / cost if cost else 0.0,
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


def _spent(begin: float, end: End) -> dict[str, Any]:
    """Seconds in all, and the memory of the search at its peak, in MB."""
    return {"secondes": round(monotonic() - begin, 2), "memoire_mo": end.megabytes}
