"""Runs asked for: a row first, whatever becomes of the workers. Must not know: HTTP, workers."""

from collections.abc import Sequence

from service.accounts import rights
from service.accounts.rights import Action, User
from service.acts import found
from service.house import House
from service.refusals import Refusal
from service.store import journal, runs
from service.tables import RunRow

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
