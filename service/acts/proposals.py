"""A DDF proposes another week, with its table; the coordinator accepts or declines, with a reason.

Accepting makes a variant (that week imposed, the plan as reference) and asks for its run.
Must not know: HTTP, how shifts are priced.
"""

from typing import Literal

from sqlmodel import Session

from service.accounts import rights
from service.accounts.rights import Action, User
from service.acts import found, plans, runs, variants
from service.acts.questions import shift_table
from service.house import House
from service.jobs.queue import PRESSING
from service.patches import Operation
from service.refusals import Refusal
from service.store import journal, proposals
from service.store.lists import Page
from service.tables import ProposalRow, now
from solver.week import Week

_RUN_SECONDS = 120.0


def propose(
    house: House, user: User, plan_id: str, subject: str, week: Week, message: str
) -> ProposalRow:
    """Propose that a departure of one's own establishment leave another week."""
    rights.require(user, Action.PROPOSE)
    table = shift_table(house, user, plan_id, subject)
    asked = next((row for row in table if row.week == week), None)
    if asked is None or asked.current or not asked.allowed:
        why = "ce n’est pas une semaine de cours" if asked is None else (
            "c’est déjà sa semaine" if asked.current
            else " ; ".join(o.sentence for o in asked.obstacles)
        )  # fmt: skip
        raise Refusal("semaine-interdite", f"Le départ ne peut pas passer en {week} : {why}.")
    row, of = plans.with_scenario(house, user, plan_id, Action.PROPOSE)
    scenario = house.scenario(of)
    period = next(p for p in scenario.periods if subject in (p.id, p.departure))
    proposal = ProposalRow(
        plan_id=row.id,
        bassin=row.bassin,
        academy=row.academy,
        uai=scenario.division_of[period.division].establishment,
        proposer_id=user.id,
        subject=subject,
        week=str(week),
        message=message,
        shifts=[shift.model_dump(mode="json") for shift in table],
    )
    with house.database.session() as session:
        proposals.add(session, proposal)
        _noted(session, user, "proposition.faite", proposal)
    return proposal


def listed(
    house: House,
    user: User,
    *,
    status: str | None = None,
    plan_id: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[ProposalRow]:
    """Those within reach, newest first."""
    rights.require(user, Action.READ_PROPOSAL)
    with house.database.reading() as session:
        return proposals.listed(
            session,
            rights.reach(user),
            status=status,
            plan_id=plan_id,
            cursor=cursor,
            limit=limit,
        )


def one(house: House, user: User, proposal_id: str) -> ProposalRow:
    rights.require(user, Action.READ_PROPOSAL)
    with house.database.reading() as session:
        return found.proposal(session, user, proposal_id)


def accept(
    house: House, user: User, proposal_id: str, *, seconds: float = _RUN_SECONDS, reason: str = ""
) -> ProposalRow:
    """Take the proposal up: a variant with that week imposed, and a run of it."""
    rights.require(user, Action.DECIDE)
    with house.database.reading() as session:
        proposal = found.proposal(session, user, proposal_id)
        plan = found.plan(session, user, proposal.plan_id)
    _require_open(proposal)
    operations = _imposing(house, user, proposal, plan.scenario_id)
    variant = variants.vary(
        house, user, plan.scenario_id, operations, reference=plan.id, origin="proposition"
    )
    run = runs.start(
        house, user, variant.id, seconds=seconds, priority=PRESSING, title=variant.title
    )
    return _decided(house, user, proposal_id, "accepted", reason, variant.id, run.id)


def _imposing(house: House, user: User, proposal: ProposalRow, scenario_id: str) -> list[Operation]:
    with house.database.reading() as session:
        of = found.scenario(session, user, scenario_id)
    periods = house.scenario(of).period_of
    column = "periode" if proposal.subject in periods else "depart"
    path = f"/periodes/[{column}={proposal.subject}]/debut_impose"
    return [Operation(op="replace", path=path, value=proposal.week)]


def decline(house: House, user: User, proposal_id: str, reason: str) -> ProposalRow:
    """Decline, with the reason that the DDF will read."""
    rights.require(user, Action.DECIDE)
    return _decided(house, user, proposal_id, "declined", reason)


def withdraw(house: House, user: User, proposal_id: str) -> ProposalRow:
    """Take one's proposal back."""
    rights.require(user, Action.PROPOSE)
    return _decided(house, user, proposal_id, "withdrawn", "")


def _decided(
    house: House,
    user: User,
    proposal_id: str,
    status: Literal["accepted", "declined", "withdrawn"],
    reason: str,
    variant_id: str | None = None,
    run_id: str | None = None,
) -> ProposalRow:
    with house.database.session() as session:
        row = found.proposal(session, user, proposal_id)
        _require_open(row)
        row.status, row.reason = status, reason
        row.decided_at, row.decided_by = now(), user.id
        row.variant_id, row.run_id = variant_id, run_id
        session.add(row)
        actions = {
            "accepted": "proposition.acceptee",
            "declined": "proposition.declinee",
            "withdrawn": "proposition.retiree",
        }
        _noted(session, user, actions[status], row)
        return row


def _require_open(row: ProposalRow) -> None:
    if row.status != "open":
        raise Refusal("etat-contraire", "Cette proposition a déjà reçu une réponse.")


def _noted(session: Session, user: User, action: str, row: ProposalRow) -> None:
    journal.write(
        session, user.id, action, "proposal", row.id,
        bassin=row.bassin, academy=row.academy, plan=row.plan_id, semaine=row.week,
    )  # fmt: skip
