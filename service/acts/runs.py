"""Runs asked for: a row first, whatever becomes of the workers. Must not know: HTTP, workers."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.accounts import rights
from service.accounts.rights import Action, User
from service.acts import found, variants
from service.house import House
from service.patches import Operation
from service.refusals import Refusal
from service.store import journal, plans, runs
from service.store.lists import Page
from service.tables import FINAL, ProgressRow, RunRow, RunStatus, now

_RETRY_SECONDS = 60


def start(
    house: House,
    user: User,
    scenario_id: str,
    *,
    seconds: float,
    seed: int = 0,
    priority: int = 0,
    stop_gap: float | None = None,
    stop_stalled_seconds: float | None = None,
    title: str = "",
    tags: Sequence[str] = (),
) -> RunRow:
    """Accept a run; raises `Refusal` where the account has too many waiting."""
    rights.require(user, Action.START_RUN)
    with house.database.session() as session:
        of = found.scenario(session, user, scenario_id)
        if runs.unfinished_of(session, user.id) >= house.settings.runs_per_account:
            raise Refusal(
                "trop-de-calculs",
                f"{house.settings.runs_per_account} calculs attendent ou tournent déjà pour ce "
                "compte : en arrêter un, ou attendre.",
                secondes=_RETRY_SECONDS,
            )
        row = RunRow(
            scenario_id=of.id,
            digest=of.digest,
            bassin=of.bassin,
            academy=of.academy,
            owner_id=user.id,
            seconds=min(seconds, house.settings.run_seconds),
            seed=seed,
            priority=priority,
            stop_gap=stop_gap,
            stop_stalled_seconds=stop_stalled_seconds,
            title=title or of.title,
            tags=list(tags),
        )
        runs.add(session, row)
        journal.write(
            session, user.id, "calcul.demande", "run", row.id,
            bassin=row.bassin, academy=row.academy, digest=row.digest, scenario=of.id,
        )  # fmt: skip
        return row


def vary(
    house: House,
    user: User,
    run_id: str,
    operations: Sequence[Operation],
    *,
    reference: str | None = None,
    tags: Sequence[str] = (),
) -> RunRow:
    """The same run on a variant of its scenario."""
    like = one(house, user, run_id, Action.START_RUN).run
    of = variants.vary(house, user, like.scenario_id, operations, reference=reference, tags=tags)
    return start(
        house,
        user,
        of.id,
        seconds=like.seconds,
        seed=like.seed,
        priority=like.priority,
        stop_gap=like.stop_gap,
        stop_stalled_seconds=like.stop_stalled_seconds,
        title=like.title,
        tags=tags,
    )


@dataclass(frozen=True, slots=True)
class Known:
    """A run and the plan that came of it."""

    run: RunRow
    plan_id: str | None


def one(house: House, user: User, run_id: str, action: Action = Action.READ_RUN) -> Known:
    """The run, for this action."""
    rights.require(user, action)
    with house.database.reading() as session:
        row = found.run(session, user, run_id)
        plan = plans.of_run(session, row.id)
        return Known(row, plan.id if plan else None)


def listed(
    house: House,
    user: User,
    *,
    bassin: str | None = None,
    scenario_id: str | None = None,
    status: RunStatus | None = None,
    tag: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[RunRow]:
    """Those within reach, newest first."""
    rights.require(user, Action.READ_RUN)
    with house.database.reading() as session:
        return runs.listed(
            session,
            rights.reach(user),
            bassin=bassin,
            scenario_id=scenario_id,
            status=status,
            tag=tag,
            cursor=cursor,
            limit=limit,
        )


def curve(house: House, run_id: str, after: int = 0) -> Sequence[ProgressRow]:
    """The points of a run found within reach, after this one."""
    with house.database.reading() as session:
        return runs.curve(session, run_id, after)


def stop(house: House, user: User, run_id: str) -> RunRow:
    """Stop it and keep its best plan; at once where nobody works at it and it has none."""
    rights.require(user, Action.START_RUN)
    with house.database.session() as session:
        row = found.run(session, user, run_id)
        if row.status in FINAL:
            raise over(row)
        if row.stop_asked_at is None:
            row.stop_asked_at = now()
            journal.write(
                session, user.id, "calcul.arret", "run", row.id,
                bassin=row.bassin, academy=row.academy, digest=row.digest,
            )  # fmt: skip
        if row.heartbeat_at is None and runs.checkpoint(session, row.id) is None:
            row.status, row.phase, row.ended_at = "stopped", "", now()
        return row


def over(row: RunRow) -> Refusal:
    """What is said of a run that has nothing more to tell."""
    return Refusal("deja-final", f"Ce calcul est terminé ({row.status}) : lire son résultat.")


def relabel(house: House, user: User, run_id: str, title: str, tags: Sequence[str]) -> Known:
    """Other words on it; what it computes never changes."""
    rights.require(user, Action.START_RUN)
    with house.database.session() as session:
        row = found.run(session, user, run_id)
        row.title, row.tags = title, list(tags)
        plan = plans.of_run(session, row.id)
        return Known(row, plan.id if plan else None)


def best(house: House, user: User, run_id: str) -> bytes:
    """The zip of the best plan so far, or of the plan that was kept."""
    rights.require(user, Action.READ_PLAN_CONTENT)
    with house.database.reading() as session:
        row = found.run(session, user, run_id)
        plan, kept = plans.of_run(session, row.id), runs.checkpoint(session, row.id)
        content = plans.content(session, plan.id) if plan else kept.content if kept else None
    if content is None:
        raise Refusal("introuvable", "Ce calcul n’a pas encore de plan : réessayer plus tard.")
    return content
