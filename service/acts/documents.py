"""What people take away from a plan: which documents each role may have, and their files.

Masked documents tell of the whole bassin, to every role. Exact ones show pupils or small counts:
coordinators get them for the bassin, a DDF for their own establishments only.
Must not know: HTTP, how each file is made.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from scenarios import PlanFolder
from service.accounts import rights
from service.accounts.rights import Action, Sight, User
from service.acts.plans import with_scenario
from service.acts.turns import turn
from service.exports.agenda import Agenda, agendas, ics
from service.exports.delivery import FORMATS, Files, Format, export, file_name
from service.house import House
from service.refusals import Refusal
from service.store import plans, scenarios
from service.tables import PlanRow, ScenarioRow
from solver.domain import Plan, Scenario
from solver.explain.parts import changed, restricted
from solver.facts import Facts

Audience = Literal["divisions", "etablissements", "accueils"]
_ACTION: Mapping[bool, Action] = {True: Action.READ_PLAN, False: Action.READ_PUPILS}
"""Who may have a document, whether it leaves the schools or not."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document that this user may have."""

    format: Format
    meaning: str
    masked: bool


@dataclass(frozen=True, slots=True)
class Named:
    """An agenda that this user may have."""

    audience: Audience
    id: str
    name: str


def offered(house: House, user: User, plan_id: str) -> list[Document]:
    """The documents of a plan, for this role."""
    with_scenario(house, user, plan_id, Action.READ_PLAN)
    return [
        Document(name, kind.meaning, kind.outside)
        for name, kind in FORMATS.items()
        if rights.may(user, _ACTION[kind.outside])
    ]


def document(house: House, user: User, plan_id: str, format_: Format) -> Files:
    """The files of a document, by path."""
    row, of = with_scenario(house, user, plan_id, _ACTION[FORMATS[format_].outside])
    with turn(house.making):
        if format_ == "ics":
            return _every_agenda(house, user, row, of)
        scenario, folder = house.scenario(of), house.plan(row)
        if not FORMATS[format_].outside:
            scenario, folder = _seen(scenario, folder, rights.sight(user))
        return export(scenario, folder, [format_])


def named_agendas(house: House, user: User, plan_id: str) -> list[Named]:
    """The agendas of a plan that this user may have."""
    row, of = with_scenario(house, user, plan_id, Action.READ_PUPILS)
    told = agendas(_facts(house, user, row, of))
    return [
        Named(audience, key, agenda.name)
        for audience in _AUDIENCES
        for key, agenda in told[audience].items()
    ]


def agenda(house: House, user: User, plan_id: str, audience: Audience, key: str) -> bytes:
    """One agenda, followed up from those of the calendars that were in force before this plan."""
    row, of = with_scenario(house, user, plan_id, Action.READ_PUPILS)
    files = _followed(house, user, row, of, (audience, key))
    if not files:
        raise Refusal("introuvable", "Aucun agenda de ce nom dans ce plan, pour vous.")
    return files[audience, key]


_AUDIENCES: tuple[Audience, ...] = ("divisions", "etablissements", "accueils")


def _seen(scenario: Scenario, folder: PlanFolder, sight: Sight) -> tuple[Scenario, PlanFolder]:
    """The part of a plan that may be shown exactly: all of it, or that of some establishments."""
    if sight.every_pupil:
        return scenario, folder
    mine = {d.id for d in scenario.divisions if sight.of(d.establishment)}
    part = changed(
        restricted(scenario, mine),
        establishments=tuple(e for e in scenario.establishments if sight.of(e.uai)),
    )
    pupils, plan = scenario.pupil_of, folder.plan
    return part, PlanFolder(
        Plan(
            departures=tuple(d for d in plan.departures if d.period in part.period_of),
            placements=tuple(p for p in plan.placements if pupils[p.pupil].division in mine),
        ),
        tuple(u for u in folder.unplaced if pupils[u.pupil].division in mine),
    )


def _facts(house: House, user: User, row: PlanRow, of: ScenarioRow) -> Facts:
    scenario, folder = _seen(house.scenario(of), house.plan(row), rights.sight(user))
    return Facts(scenario, folder.plan)


def _every_agenda(house: House, user: User, row: PlanRow, of: ScenarioRow) -> Files:
    return {
        f"agendas-{audience}/{file_name(key)}.ics": content
        for (audience, key), content in _followed(house, user, row, of).items()
    }


def _followed(
    house: House, user: User, row: PlanRow, of: ScenarioRow, only: tuple[str, str] | None = None
) -> dict[tuple[str, str], bytes]:
    """The agendas of a plan, each the follow-up of those published before: `SEQUENCE` goes up.

    Made from the plans alone, so that asking twice gives the same bytes.
    """
    files: dict[tuple[str, str], bytes] = {}
    for plan, scenario, at in (*_before(house, row), (row, of, row.published_at)):
        told: dict[tuple[str, str], Agenda] = {
            (audience, key): one
            for audience, those in agendas(_facts(house, user, plan, scenario)).items()
            for key, one in those.items()
            if only in (None, (audience, key))
        }
        gone = {path: Agenda("", ()) for path in files if path not in told}
        files = {
            path: ics(one, files.get(path), at or row.created_at)
            for path, one in (told | gone).items()
        }
    return files


def _before(house: House, row: PlanRow) -> list[tuple[PlanRow, ScenarioRow, datetime]]:
    """The calendars in force before this one, oldest first: public once, whoever asks now."""
    with house.database.reading() as session:
        return [
            (plan, scenarios.of_plan(session, plan), at)
            for plan, at in plans.published_before(session, row)
        ]
