"""`/departs` and `/plans/{plan}/departs`: the periods one may try to move, each with its week.

A DDF opens on their own lycée's. Must not know: how a shift is priced.
"""

from collections.abc import Iterator, Sequence

import htpy as h
from nicegui import background_tasks
from starlette.responses import RedirectResponse

from scenarios.tables import CalendarRow
from service.accounts.rights import Action, sight
from service.acts import plans, questions
from service.pages.frame import frame
from service.pages.navigation import address, down_to_plan, plan_tabs
from service.pages.pieces import choice, empty, filters, put, table, term
from service.pages.visit import Visit, aside, page
from service.pages.words import count
from service.tables import PlanRow
from solver.domain import Scenario
from solver.week import Week


@page("/departs")
async def in_force(visit: Visit) -> RedirectResponse | None:
    """The calendars in force that hold one's establishments; straight there if only one does."""
    rows = (await visit.ask(plans.listed, in_force=True)).rows
    if len(rows) == 1:
        return RedirectResponse(f"/plans/{rows[0].id}/departs", 303)
    with frame(visit, "Mes périodes"):
        if rows:
            put(_choice(rows))
        else:
            put(
                empty(
                    "Aucun calendrier n’est encore publié pour votre établissement : la "
                    "coordination du bassin le publie, puis vos périodes paraissent ici."
                )
            )
    return None


def _choice(rows: Sequence[PlanRow]) -> h.Element:
    return table(
        "Calendriers en vigueur",
        ("Calendrier", "Bassin", "Année"),
        ((h.a(href=f"/plans/{p.id}/departs")[p.title], p.bassin, p.year) for p in rows),
    )


@page("/plans/{plan_id}/departs")
async def departures(visit: Visit, plan_id: str, etablissement: str = "") -> None:
    """Every period of the establishments one may speak for.

    The plan is laid out meanwhile: the table of a period is there sooner after the click.
    """
    row, of = await visit.ask(plans.with_scenario, plan_id, Action.TRY_SHIFT)
    scenario = await aside(lambda: visit.house.scenario(of))
    lines = await visit.ask(plans.calendar, plan_id)
    background_tasks.create(visit.ask(questions.lay_out, plan_id))
    seen = sight(visit.user)
    schools = [e for e in scenario.establishments if seen.of(e.uai)]
    chosen = etablissement or (schools[0].uai if schools else "")
    with frame(
        visit,
        "Départs",
        crumbs=down_to_plan(row, of),
        tabs=plan_tabs(visit.user, plan_id),
        lead=h.fragment[
            "Chaque ", term("PFMP", "période"), " et sa semaine dans ce plan. Ouvrir une période "
            "pour voir ce que changerait chaque autre semaine.",
        ],
    ):  # fmt: skip
        if len(schools) > 1:
            options = [(e.uai, e.name) for e in schools]
            put(
                filters(
                    f"/plans/{plan_id}/departs",
                    choice("etablissement", "Établissement", options, chosen, "Le premier"),
                )
            )
        mine = [line for line in lines if line.establishment == chosen]
        if mine:
            put(_table(plan_id, scenario, mine))
        else:
            put(empty("Aucune période de votre établissement dans ce plan."))


def _table(plan_id: str, scenario: Scenario, lines: Sequence[CalendarRow]) -> h.Element:
    return table(
        "Périodes",
        ("Période", "Division", "Élèves", "Durée", "Semaine du plan", "Souhait", "Écart"),
        _rows(plan_id, scenario, lines),
        "  d   d",
        hidden_caption=True,
    )


def _rows(
    plan_id: str, scenario: Scenario, lines: Sequence[CalendarRow]
) -> Iterator[Sequence[h.Node]]:
    for line in sorted(lines, key=lambda one: (one.division, one.start)):
        period = scenario.period_of[line.period]
        division = scenario.division_of[line.division]
        yield (
            h.a(href=shift_address(plan_id, period.id))[period.id],
            f"{division.name or division.id} ({division.public})",
            str(len(scenario.pupils_of[division.id])),
            count(period.duration_weeks, "semaine"),
            line.start.label() + (" (imposée)" if period.imposed else ""),
            "–" if period.wished is None else period.wished.label(),
            _apart(line.start, period.wished),
        )


def _apart(start: Week, wished: Week | None) -> str:
    """« +2 sem. », nothing where the wish is met."""
    weeks = start.since(wished) if wished is not None else 0
    return f"{'+' if weeks > 0 else '−'}{abs(weeks)} sem." if weeks else ""


def shift_address(plan_id: str, subject: str, week: str = "") -> str:
    """Where a departure is tried in other weeks."""
    return address(f"/plans/{plan_id}/depart", sujet=subject, semaine=week)
