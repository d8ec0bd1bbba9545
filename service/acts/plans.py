"""Plans: kept, read by whoever may, published. Must not know: HTTP, how plans are searched."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from scenarios.plans import calendar_rows, placement_rows
from scenarios.tables import CalendarRow, PlacementRow
from service.accounts import rights
from service.accounts.rights import Action, Sight, User
from service.acts import found
from service.acts.masks import masked_indicators, small
from service.house import House
from service.packing import pack_plan, unpack_plan
from service.refusals import Refusal
from service.store import journal, plans, scenarios
from service.store.lists import Page
from service.tables import PlanRow, RunRow, ScenarioRow, now
from service.uploads import check, kind_of
from solver.domain import Plan, Result, Scenario, Unplaced, Violation
from solver.indicators import indicators, reasons
from solver.verify import verify


@dataclass(frozen=True, slots=True)
class Made:
    """A plan measured and packed, ready to be stored in one short transaction."""

    row: PlanRow
    content: bytes


def made(
    row: ScenarioRow,
    scenario: Scenario,
    result: Result | Plan,
    *,
    owner_id: str,
    origin: str,
    run: RunRow | None = None,
    title: str = "",
    tags: Sequence[str] = (),
) -> Made:
    """Verify and measure a plan of a stored scenario; heavy, and no database."""
    plan = result if isinstance(result, Plan) else result.plan
    if plan is None:
        raise ValueError("no plan to keep: the search found none")
    report = verify(scenario, plan)
    unplaced = reasons(scenario, plan)
    figures = indicators(scenario, plan, unplaced).model_dump(mode="json")
    content = pack_plan(scenario, result, unplaced=unplaced, indicators=figures)
    return Made(
        PlanRow(
            scenario_id=row.id,
            digest=row.digest,
            bassin=row.bassin,
            academy=row.academy,
            year=row.year,
            run_id=run.id if run else None,
            origin=origin,
            owner_id=owner_id,
            title=title or row.title,
            tags=list(tags),
            cost=report.cost,
            bound=result.bound if isinstance(result, Result) else None,
            unplaced=figures["sans_place"],
            violations=len(report.violations),
            costs=dict(report.costs),
            causes=dict(result.causes) if isinstance(result, Result) else {},
            indicators=figures,
        ),
        content,
    )


def post(
    house: House, user: User, scenario_id: str, content: bytes, *, title: str, tags: Sequence[str]
) -> PlanRow:
    """Keep a plan made by hand, rules broken or not; refused where it names the unknown."""
    rights.require(user, Action.WRITE_PLAN)
    with house.database.reading() as session:
        of = found.scenario(session, user, scenario_id)
    kind = kind_of(content)
    if kind != "zip":
        raise Refusal("format-inconnu", "Un plan s’envoie en .zip de son dossier (format.md).")
    check(content, kind, house.settings)
    scenario = house.scenario(of)
    folder = unpack_plan(content, scenario, own=True)
    kept = made(of, scenario, folder.plan, owner_id=user.id, origin="main", title=title, tags=tags)
    return keep(house, user, kept)


def keep(house: House, user: User, plan: Made) -> PlanRow:
    """Store a plan; the caller has asked `rights`."""
    with house.database.session() as session:
        plans.add(session, plan.row, plan.content)
        _noted(session, user, "plan.depose", plan.row)
    return plan.row


def listed(
    house: House,
    user: User,
    *,
    bassin: str | None = None,
    scenario_id: str | None = None,
    tag: str | None = None,
    in_force: bool = False,
    published: bool = False,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[PlanRow]:
    """Those within reach, newest first."""
    rights.require(user, Action.READ_PLAN)
    with house.database.reading() as session:
        return plans.listed(
            session,
            rights.reach(user),
            bassin=bassin,
            scenario_id=scenario_id,
            tag=tag,
            in_force=in_force,
            published=published,
            cursor=cursor,
            limit=limit,
        )


def one(house: House, user: User, plan_id: str, action: Action = Action.READ_PLAN) -> PlanRow:
    """The plan, for this action."""
    rights.require(user, action)
    with house.database.reading() as session:
        return found.plan(session, user, plan_id)


def with_scenario(
    house: House, user: User, plan_id: str, action: Action
) -> tuple[PlanRow, ScenarioRow]:
    """The plan and the row of its scenario, for this action."""
    row = one(house, user, plan_id, action)
    with house.database.reading() as session:
        return row, found.scenario(session, user, row.scenario_id)


def folder(house: House, user: User, plan_id: str) -> bytes:
    """The zip of the plan folder."""
    row = one(house, user, plan_id, Action.READ_PLAN_CONTENT)
    with house.database.reading() as session:
        content = plans.content(session, row.id)
        assert content is not None
        return content


def calendar(house: House, user: User, plan_id: str) -> list[CalendarRow]:
    """Who is out when: every period of the bassin."""
    row, of = with_scenario(house, user, plan_id, Action.READ_PLAN)
    return calendar_rows(house.scenario(of), house.plan(row).plan)


def placements(
    house: House, user: User, plan_id: str, *, uai: str | None = None
) -> list[PlacementRow]:
    """Where each pupil goes, for the pupils the user may see (of one establishment)."""
    row, of = with_scenario(house, user, plan_id, Action.READ_PUPILS)
    scenario, sight = house.scenario(of), rights.sight(user)
    plan = house.plan(row).plan
    seen = _seen(scenario, sight, uai)
    mine = Plan(
        departures=plan.departures,
        placements=tuple(p for p in plan.placements if scenario.pupil_of[p.pupil].division in seen),
    )
    return placement_rows(scenario, mine)


def unplaced(house: House, user: User, plan_id: str, *, uai: str | None = None) -> list[Unplaced]:
    """Who has no place and why, among the pupils the user may see (of one establishment)."""
    row, of = with_scenario(house, user, plan_id, Action.READ_PUPILS)
    scenario = house.scenario(of)
    seen = _seen(scenario, rights.sight(user), uai)
    return [u for u in house.plan(row).unplaced if scenario.pupil_of[u.pupil].division in seen]


def _seen(scenario: Scenario, sight: Sight, uai: str | None) -> set[str]:
    """The divisions whose pupils may be shown."""
    return {
        d.id
        for d in scenario.divisions
        if sight.of(d.establishment) and uai in (None, d.establishment)
    }


def figures(house: House, user: User, plan_id: str) -> dict[str, Any]:
    """The indicators, small counts hidden from whoever may not see the pupils."""
    row = one(house, user, plan_id)
    return masked_indicators(row.indicators, rights.sight(user))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the verifier says: counts for everyone, sentences for whoever sees every pupil."""

    cost: int
    costs: dict[str, int]
    broken: dict[str, int | None]
    """Violations by rule; None: fewer than five."""
    violations: tuple[Violation, ...]


def verification(house: House, user: User, plan_id: str) -> Verdict:
    """The plan read again by the verifier, now."""
    row, of = with_scenario(house, user, plan_id, Action.READ_PLAN)
    report = verify(house.scenario(of), house.plan(row).plan)
    every = rights.sight(user).every_pupil
    tally: dict[str, int | None] = {}
    for violation in report.violations:
        tally[violation.rule] = (tally.get(violation.rule) or 0) + 1
    return Verdict(
        report.cost,
        dict(report.costs),
        {rule: None if small(n) and not every else n for rule, n in tally.items()},
        report.violations if every else (),
    )


def publish(house: House, user: User, plan_id: str) -> PlanRow:
    """Make a plan the calendar in force of its bassin and year; the earlier one stays readable."""
    rights.require(user, Action.PUBLISH)
    with house.database.session() as session:
        row = found.plan(session, user, plan_id)
        if row.violations:
            raise Refusal(
                "etat-contraire",
                f"Ce plan enfreint {row.violations} règles : il ne peut pas être publié.",
            )
        if row.in_force:
            return row
        if scenarios.stands_on(session, row.scenario_id, "demo"):
            raise Refusal("etat-contraire", "La démonstration s’essaie : elle ne se publie pas.")
        at = now()
        earlier = plans.supersede(session, row, at)
        row.published_at, row.published_by, row.superseded_at = at, user.id, None
        session.add(row)
        _noted(session, user, plans.PUBLISHED, row, remplace=list(earlier))
        return row


def relabel(house: House, user: User, plan_id: str, title: str, tags: Iterable[str]) -> PlanRow:
    """Change the title and the tags."""
    rights.require(user, Action.WRITE_PLAN)
    with house.database.session() as session:
        row = found.plan(session, user, plan_id)
        row.title, row.tags = title, list(tags)
        session.add(row)
        _noted(session, user, "plan.etiquettes", row)
        return row


def remove(house: House, user: User, plan_id: str) -> None:
    """Remove a plan that was never published and that nobody proposes to change."""
    rights.require(user, Action.WRITE_PLAN)
    with house.database.session() as session:
        row = found.plan(session, user, plan_id)
        if row.published_at is not None or plans.has_proposals(session, row.id):
            raise Refusal(
                "encore-utilise",
                "Ce plan a été publié, ou une proposition y tient : il reste lisible.",
            )
        session.delete(row)
        _noted(session, user, "plan.supprime", row)


def _noted(session: Any, user: User, action: str, row: PlanRow, **detail: Any) -> None:
    journal.write(
        session, user.id, action, "plan", row.id,
        bassin=row.bassin, academy=row.academy, digest=row.digest, **detail,
    )  # fmt: skip
