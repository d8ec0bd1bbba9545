"""Scenarios: brought in, listed, relabelled, removed. Must not know: HTTP, how variants are cut."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from scenarios import digest as digest_of
from service.accounts import rights
from service.accounts.rights import Action, User
from service.acts import found
from service.acts.measures import measures
from service.house import House
from service.packing import Kind, read_scenario
from service.refusals import Refusal
from service.sizes import sizes
from service.store import journal, scenarios
from service.store.lists import Page
from service.tables import ScenarioContentRow, ScenarioRow
from service.uploads import check, kept, kind_of
from solver.domain import Scenario
from solver.errors import Fault, InvalidScenario
from solver.explain import Conflict, explain_infeasible

_CONFLICT_SECONDS = 20.0


def submit(house: House, user: User, content: bytes, *, tags: Sequence[str] = ()) -> ScenarioRow:
    """Keep a scenario as received, once it has no fault; measured, not solved.

    Raises `InvalidScenario` with every fault: then nothing is stored.
    """
    rights.require(user, Action.WRITE_SCENARIO)
    kind = kind_of(content)
    check(content, kind, house.settings)
    reading = read_scenario(content, kind)
    if reading.scenario is None:
        raise InvalidScenario(reading.faults)
    rights.require_bassin(user, reading.scenario.academy, reading.scenario.bassin)
    return store(
        house,
        user,
        reading.scenario,
        kept(content, kind),
        kind,
        tags=tags,
        warnings=reading.warnings,
    )


def store(
    house: House,
    user: User,
    scenario: Scenario,
    content: bytes,
    kind: Kind,
    *,
    tags: Sequence[str] = (),
    warnings: Iterable[Fault] = (),
    origin: str = "upload",
    parent: ScenarioRow | None = None,
    patch: Sequence[dict[str, Any]] = (),
) -> ScenarioRow:
    """Keep a scenario that was read, whatever it came from; the caller has asked `rights`."""
    row = ScenarioRow(
        digest=digest_of(scenario),
        title=scenario.title,
        bassin=scenario.bassin,
        academy=scenario.academy,
        year=scenario.year,
        owner_id=user.id,
        parent_id=parent.id if parent else None,
        origin=origin,
        tags=list(tags),
        sizes=sizes(scenario),
        measures=measures(scenario),
        warnings=[fault(w) for w in warnings],
        patch=list(patch),
    )
    with house.database.session() as session:
        scenarios.add(session, row, kind, content, (e.uai for e in scenario.establishments))
        journal.write(
            session, user.id, "scenario.depose", "scenario", row.id,
            bassin=row.bassin, academy=row.academy, digest=row.digest, origine=origin,
        )  # fmt: skip
    house.keep(row, scenario)
    return row


def listed(
    house: House,
    user: User,
    *,
    bassin: str | None = None,
    tag: str | None = None,
    digest: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[ScenarioRow]:
    """Those within reach, newest first."""
    rights.require(user, Action.READ_SCENARIO)
    with house.database.reading() as session:
        return scenarios.listed(
            session,
            rights.reach(user),
            bassin=bassin,
            tag=tag,
            digest=digest,
            cursor=cursor,
            limit=limit,
        )


def one(house: House, user: User, scenario_id: str) -> ScenarioRow:
    rights.require(user, Action.READ_SCENARIO)
    with house.database.reading() as session:
        return found.scenario(session, user, scenario_id)


def received(house: House, user: User, scenario_id: str) -> ScenarioContentRow:
    """The scenario as it was received."""
    rights.require(user, Action.READ_CONTENT)
    with house.database.reading() as session:
        row = found.scenario(session, user, scenario_id)
        content = scenarios.content(session, row.id)
        assert content is not None
        return content


def relabel(house: House, user: User, scenario_id: str, tags: Sequence[str]) -> ScenarioRow:
    """Change the tags; the content never changes."""
    rights.require(user, Action.WRITE_SCENARIO)
    with house.database.session() as session:
        row = found.scenario(session, user, scenario_id)
        row.tags = list(tags)
        session.add(row)
        journal.write(
            session, user.id, "scenario.etiquettes", "scenario", row.id,
            bassin=row.bassin, academy=row.academy, digest=row.digest,
        )  # fmt: skip
        return row


def remove(house: House, user: User, scenario_id: str) -> None:
    """Remove a scenario on which nothing stands."""
    rights.require(user, Action.WRITE_SCENARIO)
    with house.database.session() as session:
        row = found.scenario(session, user, scenario_id)
        if scenarios.in_use(session, row.id):
            raise Refusal(
                "encore-utilise",
                "Des calculs, des plans ou des variantes tiennent à ce scénario : les supprimer "
                "d’abord, ou le garder.",
            )
        session.delete(row)
        journal.write(
            session, user.id, "scenario.supprime", "scenario", row.id,
            bassin=row.bassin, academy=row.academy, digest=row.digest,
        )  # fmt: skip


def conflicts(house: House, user: User, scenario_id: str) -> tuple[Conflict, ...]:
    """Why no plan at all is possible; empty where one is. Names pupils, as tables do."""
    rights.require(user, Action.READ_CONTENT)
    row = one(house, user, scenario_id)
    return explain_infeasible(house.scenario(row), _CONFLICT_SECONDS)


def fault(said: Fault) -> dict[str, Any]:
    """A fault as programs read it: what is known of it."""
    return {key: value for key, value in asdict(said).items() if value is not None}
