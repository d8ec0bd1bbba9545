"""Batches: one run of every bassin at once, under one tag, after everybody who waits.

Must not know: HTTP, pages, how runs are searched.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from service.accounts import rights
from service.accounts.rights import Action, User
from service.acts import runs
from service.house import House
from service.jobs.queue import BATCH
from service.refusals import Refusal
from service.store import runs as stored
from service.store import scenarios
from service.tables import FINAL, RunRow, now

_TAG = "lot "
_MOST_LOOKED_AT = 2000


@dataclass(frozen=True, slots=True)
class Batch:
    """Runs asked for together."""

    name: str
    runs: tuple[RunRow, ...]
    """By bassin."""

    @property
    def states(self) -> Counter[str]:
        return Counter(run.status for run in self.runs)

    @property
    def ended(self) -> int:
        """Runs that will not change any more."""
        return sum(run.status in FINAL for run in self.runs)


def launch(
    house: House, user: User, scenario_ids: Sequence[str], *, seconds: float, title: str = ""
) -> Batch:
    """A run of each scenario; those of one batch wait behind everybody else's.

    Raises `Refusal` before anything is asked where the account could not have so many waiting.
    """
    rights.require(user, Action.START_RUN)
    with house.database.reading() as session:
        waiting = stored.unfinished_of(session, user.id)
    if not scenario_ids:
        raise Refusal("requete-invalide", "Choisir au moins un bassin.")
    if waiting + len(scenario_ids) > house.settings.runs_per_account:
        raise Refusal(
            "trop-de-calculs",
            f"{len(scenario_ids)} calculs de plus dépasseraient les "
            f"{house.settings.runs_per_account} permis par compte : choisir moins de bassins, "
            "ou attendre.",
            secondes=60,
        )
    name = title.strip() or f"{now():%Y-%m-%d %H:%M:%S}"
    tag = _TAG + name[:50]
    for scenario_id in dict.fromkeys(scenario_ids):
        runs.start(house, user, scenario_id, seconds=seconds, priority=BATCH, tags=(tag,))
    return next(batch for batch in listed(house, user) if batch.name == name[:50])


def candidates(house: House, user: User) -> list[tuple[str, str]]:
    """The newest scenario of each bassin: its id and the bassin."""
    rights.require(user, Action.START_RUN)
    with house.database.reading() as session:
        newest = scenarios.latest(session, rights.reach(user))
    return [(row.id, row.bassin) for row in newest]


def listed(house: House, user: User) -> list[Batch]:
    """Batches within reach, the newest first."""
    rights.require(user, Action.READ_RUN)
    with house.database.reading() as session:
        rows = stored.listed(session, rights.reach(user), limit=_MOST_LOOKED_AT).rows
    found: dict[str, list[RunRow]] = {}
    for row in rows:
        for tag in row.tags:
            if tag.startswith(_TAG):
                found.setdefault(tag.removeprefix(_TAG), []).append(row)
    return [
        Batch(name, tuple(sorted(of, key=lambda run: run.bassin))) for name, of in found.items()
    ]


def stop(house: House, user: User, name: str) -> None:
    """Stop what is left of a batch; every best plan is kept."""
    for batch in listed(house, user):
        if batch.name == name:
            for run in batch.runs:
                if run.status not in FINAL and run.stop_asked_at is None:
                    runs.stop(house, user, run.id)
