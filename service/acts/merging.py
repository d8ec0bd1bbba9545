"""Two bassins planned as one: their tables together, their plans put side by side, and a run.

The separate plans, united, are a plan of the merged bassin: what the run wins is won by merging.
Must not know: HTTP, pages, how plans are searched.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from scenarios.maps import distinct, pooled, united
from service.accounts import rights
from service.accounts.rights import Action, User
from service.acts import plans, runs, scenarios
from service.house import House
from service.packing import pack_scenario
from service.refusals import Refusal
from service.tables import PlanRow, RunRow, ScenarioRow
from solver.domain import Plan, Scenario
from solver.explain.parts import changed

_RUN_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Merged:
    """The merged bassin, the plan to beat, and the run that tries."""

    scenario: ScenarioRow
    separate: PlanRow
    run: RunRow


def merge(
    house: House, user: User, plan_ids: Sequence[str], *, seconds: float = _RUN_SECONDS
) -> Merged:
    """Merge the bassins of these plans, one plan each, and ask for a run that starts from them.

    Raises `InvalidScenario` with every row on which the bassins disagree, `Refusal` where two
    plans are of one bassin.
    """
    rights.require(user, Action.DERIVE_SCENARIO)
    rights.require(user, Action.START_RUN)
    pairs = [plans.with_scenario(house, user, key, Action.READ_PLAN) for key in plan_ids]
    bassins = {of.bassin: (row, of) for row, of in pairs}
    if len(bassins) < 2 or len(bassins) < len(pairs):
        raise Refusal("requete-invalide", "Choisir deux plans, de deux bassins différents.")
    read = {name: house.scenario(of) for name, (_, of) in bassins.items()}
    apart = distinct(read)
    title = "Réunion : " + " + ".join(bassins)
    together = pooled(apart, title)
    rights.require_bassin(user, together.academy, together.bassin)
    whole = united(
        _renamed(house.plan(row).plan, name, read[name], apart[name])
        for name, (row, _) in bassins.items()
    )
    together = changed(together, reference=None)
    scenario = scenarios.store(
        house, user, together, pack_scenario(together), "zip", tags=("réunion",), origin="reunion"
    )
    separate = plans.keep(
        house,
        user,
        plans.made(
            scenario, together, whole, owner_id=user.id, origin="reunion",
            title=f"{title}, plans séparés", tags=("réunion",),
        ),
    )  # fmt: skip
    run = runs.start(house, user, scenario.id, seconds=seconds, tags=("réunion",))
    return Merged(scenario, separate, run)


def _renamed(plan: Plan, bassin: str, before: Scenario, after: Scenario) -> Plan:
    """The plan with the pseudonyms that its pupils were given to tell bassins apart."""
    if before is after:
        return plan
    described = {pupil.id for pupil in before.pupils}
    return plan.model_copy(
        update={
            "placements": tuple(
                p.model_copy(update={"pupil": f"{bassin}/{p.pupil}"}) if p.pupil in described else p
                for p in plan.placements
            )
        }
    )
