"""The rows that acts are about, or a refusal that does not tell whether they exist elsewhere.

Must not know: what is done with them.
"""

from typing import TypeVar

from sqlmodel import Session

from service.accounts.rights import User, reach
from service.refusals import Refusal
from service.store import plans, proposals, runs, scenarios
from service.tables import PlanRow, ProposalRow, RunRow, ScenarioRow

Row = TypeVar("Row")


def scenario(session: Session, user: User, scenario_id: str) -> ScenarioRow:
    return _or_refused(scenarios.find(session, reach(user), scenario_id), "scénario", scenario_id)


def run(session: Session, user: User, run_id: str) -> RunRow:
    return _or_refused(runs.find(session, reach(user), run_id), "calcul", run_id)


def plan(session: Session, user: User, plan_id: str) -> PlanRow:
    return _or_refused(plans.find(session, reach(user), plan_id), "plan", plan_id)


def proposal(session: Session, user: User, proposal_id: str) -> ProposalRow:
    row = proposals.find(session, reach(user), proposal_id)
    return _or_refused(row, "proposition", proposal_id)


def _or_refused(row: Row | None, kind: str, key: str) -> Row:
    if row is None:
        raise Refusal(
            "introuvable",
            f"Pas de {kind} « {key[:64]} » dans votre territoire : vérifier l’adresse.",
        )
    return row
