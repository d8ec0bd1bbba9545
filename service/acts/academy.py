"""An académie at a glance: each bassin with the plan to look at, and what calls for somebody.

Must not know: HTTP, pages.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from service.accounts import rights
from service.accounts.rights import Action, Sight, User
from service.acts.masks import masked_indicators
from service.house import House
from service.store import plans, runs, scenarios
from service.tables import FINAL, PlanRow, RunRow, ScenarioRow
from solver.domain import EquityStep, Prices

_FEW_PLACED = 0.9
_FIRST_STEP: EquityStep = Prices().equity[0]


@dataclass(frozen=True, slots=True)
class Pole:
    """A bassin as the académie sees it."""

    scenario: ScenarioRow
    """Its newest tables."""
    plan: PlanRow | None
    """The calendar in force, or else its newest plan."""
    figures: Mapping[str, Any]
    """Indicators of that plan, small counts hidden; empty without a plan."""
    running: int
    """Runs that wait or work."""
    alerts: tuple[str, ...]
    """What calls for somebody, in French, the gravest first."""


def overview(house: House, user: User) -> list[Pole]:
    """Every bassin within reach, in order."""
    rights.require(user, Action.READ_RUN)
    reach, sight = rights.reach(user), rights.sight(user)
    with house.database.reading() as session:
        newest = scenarios.latest(session, reach)
        plan_of = {(p.academy, p.bassin): p for p in plans.latest(session, reach)}
        last_runs: dict[tuple[str, str], list[RunRow]] = {}
        for row in runs.listed(session, reach, limit=1000).rows:
            last_runs.setdefault((row.academy, row.bassin), []).append(row)
    return [
        _pole(
            scenario,
            plan_of.get((scenario.academy, scenario.bassin)),
            last_runs.get((scenario.academy, scenario.bassin), []),
            sight,
        )
        for scenario in newest
    ]


def _pole(scenario: ScenarioRow, plan: PlanRow | None, of: list[RunRow], sight: Sight) -> Pole:
    figures = {} if plan is None else masked_indicators(plan.indicators, sight)
    return Pole(
        scenario=scenario,
        plan=plan,
        figures=figures,
        running=sum(run.status not in FINAL for run in of),
        alerts=tuple(_alerts(scenario, plan, figures, of)),
    )


def _alerts(
    scenario: ScenarioRow, plan: PlanRow | None, figures: Mapping[str, Any], of: list[RunRow]
) -> Iterator[str]:
    if of and of[0].status == "failed":
        yield "le dernier calcul a échoué"
    if plan is None:
        yield "aucun plan"
        return
    if plan.published_at is None:
        yield "aucun calendrier publié"
    elif plan.scenario_id != scenario.id and scenario.origin == "upload":
        yield "les tables ont changé depuis la publication"
    if plan.violations:
        yield f"{plan.violations} règles enfreintes"
    rate = figures["taux_placement"]
    if rate is not None and 100 * (1 - rate) > _FIRST_STEP.threshold_percent:
        share = f"{100 * (1 - rate):.1f}".replace(".", ",")
        yield f"{share}\u202f% des élève-périodes sans place"
    behind = sum(
        row["taux"] is not None and row["taux"] < _FEW_PLACED for row in figures["etablissements"]
    )
    if behind:
        some = "un établissement place" if behind == 1 else f"{behind} établissements placent"
        yield f"{some} moins de 90\u202f% des siens"
    over = sum(len(load["semaines_saturees"]) for load in figures["charges"])
    if over:
        yield "une semaine saturée" if over == 1 else f"{over} semaines saturées"
