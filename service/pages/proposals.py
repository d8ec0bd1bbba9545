"""`/propositions`: what DDF ask for, with the table they saw; the coordination answers.

Must not know: how a week is priced, what accepting does.
"""

from collections.abc import Mapping
from functools import partial

import htpy as h
from nicegui import ui

from service.accounts.rights import Action
from service.acts import plans, proposals
from service.pages.departures import shift_address
from service.pages.doing import button
from service.pages.frame import frame
from service.pages.navigation import Link
from service.pages.pictures.shift_row import (
    HEADS,
    NUMBERS,
    best,
    legend,
    shift_row,
    table_rows,
)
from service.pages.pieces import empty, figures, notice, put, table
from service.pages.visit import Visit, aside, page
from service.pages.words import count, instant
from service.tables import ProposalRow, ProposalStatus, ScenarioRow
from solver.calendar import SchoolCalendar
from solver.week import Week
from solver.whatif import Shift

STATES: Mapping[ProposalStatus, str] = {
    "open": "attend une réponse",
    "accepted": "acceptée",
    "declined": "déclinée",
    "withdrawn": "retirée",
}
_RUN_SECONDS = 120.0
_LIST = Link("Propositions", "/propositions")


@page("/propositions")
async def listing(visit: Visit) -> None:
    """The proposals within reach, those that wait first."""
    rows = (await visit.ask(proposals.listed, limit=200)).rows
    of = {
        plan_id: (await visit.ask(plans.with_scenario, plan_id, Action.READ_PLAN))[1]
        for plan_id in {row.plan_id for row in rows}
    }
    named = {row.id: await aside(partial(_names, visit, of[row.plan_id], row)) for row in rows}
    waiting = sum(row.status == "open" for row in rows)
    with frame(
        visit,
        "Propositions",
        lead="Les décalages demandés par les établissements"
        + (f" : {count(waiting, 'attend', 'attendent')} une réponse." if waiting else "."),
    ):
        if not rows:
            put(
                empty(
                    "Aucune proposition. Un établissement en fait depuis la page « Départs » du "
                    "calendrier en vigueur : choisir une période, puis une semaine."
                )
            )
            return
        put(
            table(
                "Propositions",
                ("Départ", "Semaine demandée", "Établissement", "Faite le", "Réponse"),
                (
                    (
                        h.a(href=f"/propositions/{row.id}", title=row.subject)[named[row.id][0]],
                        Week.parse(row.week).label(),
                        named[row.id][1],
                        instant(row.created_at),
                        h.strong[STATES["open"]] if row.status == "open" else _state(row),
                    )
                    for row in sorted(rows, key=lambda r: r.status != "open")
                ),
                hidden_caption=True,
            )
        )


def _names(visit: Visit, of: ScenarioRow, row: ProposalRow) -> tuple[str, str]:
    """Division and establishment as people call them."""
    scenario = visit.house.scenario(of)
    period = next(p for p in scenario.periods if row.subject in (p.id, p.departure))
    division = scenario.division_of[period.division]
    school = next((e.name for e in scenario.establishments if e.uai == row.uai), row.uai)
    return division.name or division.id, school


def _state(row: ProposalRow) -> str:
    return STATES[row.status]  # type: ignore[index]


@page("/propositions/{proposal_id}")
async def one(visit: Visit, proposal_id: str) -> None:
    """A proposal, the table as it was shown, and the answer."""
    row = await visit.ask(proposals.one, proposal_id)
    _, of = await visit.ask(plans.with_scenario, row.plan_id, Action.READ_PLAN)
    calendar = await aside(lambda: SchoolCalendar(visit.house.scenario(of)))
    division, school = await aside(partial(_names, visit, of, row))
    shown = [Shift.model_validate(shift) for shift in row.shifts]
    week = Week.parse(row.week)
    with frame(
        visit,
        f"{division} en {week.label()} ?",
        crumbs=(_LIST,),
        lead=f"Départ {row.subject}, {school}. Proposé le {instant(row.created_at)} ; "
        f"{_state(row)}.",
    ):
        put(
            notice(h.p[f"« {row.message} »"]) if row.message else None,
            _change(next(r for r in shown if r.week == week)),
            shift_row(calendar.weeks, {r.week: r for r in shown}, chosen=week, finished=True),
            legend(),
            h.p(".best")[best(shown)],
            h.details(".twin")[
                h.summary["Le même tableau, en chiffres et en phrases"],
                table("Chaque semaine et ce qu’elle changerait", HEADS, table_rows(shown), NUMBERS),
            ],
            _answer(visit, row),
        )
        if row.status == "open":
            _decide(visit, row)


def _change(row: Shift) -> h.Element:
    _, _, points, unplaced, minutes, saturation = table_rows([row])[0]
    return figures(
        ("Coût du plan entier", points, "points de plus ou de moins"),
        ("Élèves sans place", unplaced, "de plus ou de moins, dans tout le bassin"),
        ("Trajets", minutes, "minutes en tout"),
        ("Saturation", saturation, "points"),
    )


def _answer(visit: Visit, row: ProposalRow) -> h.Node:
    """The answer, and where it leads whoever may follow it."""
    if row.status == "open" or row.decided_at is None:
        return None
    return (
        h.h2["Réponse"],
        h.p[f"{STATES[row.status].capitalize()} le {instant(row.decided_at)}."],  # type: ignore[index]
        h.p[f"« {row.reason} »"] if row.reason else None,
        h.p[
            h.a(href=f"/calculs/{row.run_id}")["Suivre le calcul"],
            " · ",
            h.a(href=f"/scenarios/{row.variant_id}")["Voir la variante"],
        ]
        if row.run_id and visit.may(Action.READ_RUN)
        else h.p[
            "La coordination calcule un plan avec cette semaine ; le calendrier en vigueur ne "
            "change qu’une fois ce plan publié."
        ]
        if row.run_id
        else None,
    )


def _decide(visit: Visit, row: ProposalRow) -> None:
    """Accept or decline for the coordination, withdraw for whoever proposed."""
    here = f"/propositions/{row.id}"

    async def accept() -> str:
        await visit.ask(proposals.accept, row.id, seconds=_RUN_SECONDS, reason=reason.value or "")
        return here

    async def decline() -> str | None:
        if not (reason.value or "").strip():
            ui.notify("Dire pourquoi : l’établissement le lira.", type="warning")
            return None
        await visit.ask(proposals.decline, row.id, reason.value)
        return here

    async def withdraw() -> str:
        await visit.ask(proposals.withdraw, row.id)
        return here

    if visit.may(Action.DECIDE):
        put(
            h.h2["Répondre"],
            h.p[
                "Accepter crée une variante où cette semaine est imposée et lance son calcul, au "
                "plus près du plan en vigueur. Rien n’est publié sans vous."
            ],
        )
        reason = ui.textarea("Votre réponse (l’établissement la lira)").props(
            "maxlength=2000 rows=2"
        )
        with ui.element("div").classes("row"):
            button("Accepter et calculer", accept, primary=True)
            button("Décliner", decline)
        put(h.p[h.a(href=shift_address(row.plan_id, row.subject, row.week))["Essayer de nouveau"]])
    elif visit.may(Action.PROPOSE):
        button("Retirer la proposition", withdraw)
