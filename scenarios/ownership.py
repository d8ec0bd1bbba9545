"""A plan that belongs to its scenario, or a refusal that says so.

Must not know: what is asked of the plan.
"""

from pathlib import Path

from scenarios.fingerprint import digest
from scenarios.plans import SUMMARY, PlanFolder, read_plan_folder
from solver.domain import Scenario
from solver.errors import Fault, InvalidPlan

_SHOWN = 12
_ORIGINAL = "donner le scénario d’origine, ou recalculer avec « bassin solve »"
_TO_REPLAN = (
    "donner l’état d’avant du scénario (--avant), ou dire que ses tables ont été changées "
    "depuis ce plan (--tables-changees)"
)


def read_own_plan(folder: str | Path, scenario: Scenario) -> PlanFolder:
    """The plan of a folder, refused where `bilan.json` names another scenario by its digest.

    A plan made by hand, without a digest, is taken at its word: its identifiers must be known.
    Raises `InvalidPlan`.
    """
    try:
        read = read_plan_folder(folder, scenario)
    except InvalidPlan:
        refuse_another(read_plan_folder(folder), scenario)
        raise
    refuse_another(read, scenario)
    return read


def read_former_plan(
    folder: str | Path,
    scenario: Scenario,
    former: Scenario | None = None,
    *,
    tables_changed: bool = False,
) -> PlanFolder:
    """The plan of a folder, made for an earlier state of the scenario; rows may name what is gone.

    `former`: that state, where it is at hand: the plan must be its own. Without it, that the tables
    changed since must be said (`tables_changed`), else the plan must be the scenario's own; and
    most of its periods must still exist. Raises `InvalidPlan`.
    """
    read = read_plan_folder(folder)
    if former is not None or not tables_changed:
        refuse_another(read, former or scenario, _TO_REPLAN if former is None else _ORIGINAL)
    periods = {d.period for d in read.plan.departures}
    known = periods & scenario.period_of.keys()
    if 2 * len(known) < len(periods):
        raise InvalidPlan(
            [
                Fault(
                    "autre-bassin",
                    f"{len(known)} des {len(periods)} périodes de ce plan existent dans le "
                    "scénario : ce n’est pas un état antérieur de celui-ci",
                    file=str(folder),
                    hint="donner un plan de ce bassin",
                )
            ]
        )
    return read


def refuse_another(plan: PlanFolder, scenario: Scenario, hint: str = _ORIGINAL) -> None:
    """Raises `InvalidPlan` where the plan was made for another scenario."""
    own = digest(scenario)
    if plan.digest is not None and plan.digest != own:
        raise InvalidPlan(
            [
                Fault(
                    "autre-scenario",
                    "ce plan a été calculé pour un autre scénario, ou pour un autre état de "
                    "celui-ci",
                    file=SUMMARY,
                    column="empreinte",
                    value=plan.digest[:_SHOWN] + "…",
                    expected=own[:_SHOWN] + "…",
                    hint=hint,
                )
            ]
        )
