"""`/bassin`: what there is of a bassin: the calendar in force, scenarios, plans, runs.

Must not know: how they are found.
"""

from collections.abc import Sequence

import htpy as h

from service.accounts.rights import Action
from service.acts import plans, runs, scenarios
from service.pages import navigation
from service.pages.changes import first_change
from service.pages.frame import frame
from service.pages.pieces import empty, main_action, put, table, term
from service.pages.runs import status
from service.pages.visit import Visit, page
from service.pages.words import ORIGINS, count, instant, number, percent
from service.tables import PlanRow, RunRow, ScenarioRow


@page("/bassin")
async def bassin(visit: Visit, academie: str = "", nom: str = "") -> None:
    """One bassin."""
    rows = await visit.ask(scenarios.listed, bassin=nom, limit=200)
    those = [row for row in rows.rows if row.academy == academie]
    made = (await visit.ask(plans.listed, bassin=nom, limit=50)).rows
    made = [row for row in made if row.academy == academie]
    working: Sequence[RunRow] = ()
    if visit.may(Action.READ_RUN):
        found = (await visit.ask(runs.listed, bassin=nom, limit=10)).rows
        working = [row for row in found if row.academy == academie]
    may_write = visit.may(Action.WRITE_SCENARIO)
    with frame(
        visit,
        f"Bassin {nom}",
        crumbs=(navigation.HOME,),
        action=main_action("Déposer un scénario", "/deposer") if may_write else None,
        lead=academie,
    ):
        if not those and not made:
            put(
                empty(
                    f"Rien n’est encore déposé pour « {nom} », ou ce bassin n’est pas dans votre "
                    "territoire. Un scénario déposé ou calculé paraît ici.",
                    h.a(".button", href="/tables")["Prendre les tables vides"]
                    if may_write
                    else h.a(href="/")["Revenir aux bassins"],
                )
            )
            return
        put(
            _force([p for p in made if p.in_force]),
            h.h2["Scénarios et ", term("variante", "variantes")],
            scenario_tree(those),
            h.h2["Plans"],
            plan_table(made)
            if made
            else h.p(".soft")["Aucun plan : ouvrir un scénario et calculer."],
            (h.h2["Calculs"], run_table(working)) if working else None,
        )


def _force(in_force: Sequence[PlanRow]) -> h.Node:
    if not in_force:
        return h.p(".soft")["Aucun calendrier n’est publié."]
    return [
        h.p[
            "Calendrier en vigueur ",
            h.strong[plan.year],
            " : ",
            h.a(href=f"/plans/{plan.id}/calendrier")[plan.title],
            f", publié le {instant(plan.published_at)}." if plan.published_at else ".",
        ]
        for plan in in_force
    ]


def scenario_tree(rows: Sequence[ScenarioRow]) -> h.Element:
    """Scenarios, each variant under the one it comes from."""
    known = {row.id for row in rows}
    children: dict[str | None, list[ScenarioRow]] = {}
    for row in reversed(rows):
        parent = row.parent_id if row.parent_id in known else None
        children.setdefault(parent, []).append(row)

    def branch(parent: str | None) -> h.Node:
        below = children.get(parent, [])
        return (
            h.ul(".tree")[
                (
                    h.li[
                        h.a(href=f"/scenarios/{row.id}")[row.title],
                        h.span(".soft")[
                            f" {row.year} · {ORIGINS.get(row.origin, row.origin)} le "
                            f"{instant(row.created_at)} · "
                            + (
                                first_change(row.patch)
                                if row.patch
                                else count(row.sizes.get("divisions", 0), "division")
                            )
                        ],
                        branch(row.id),
                    ]
                    for row in below
                )
            ]
            if below
            else None
        )

    return h.div[branch(None)]


def plan_table(rows: Sequence[PlanRow]) -> h.Element:
    """Plans in a few figures."""
    return table(
        "Plans",
        (
            "Plan",
            "Fait le",
            "Sans place",
            "Coût",
            "Écart à la borne",
            "Règles enfreintes",
            "Publication",
        ),
        (
            (
                h.a(href=f"/plans/{row.id}")[row.title],
                instant(row.created_at),
                number(row.unplaced),
                number(row.cost),
                percent(None if not row.bound or not row.cost else 1 - row.bound / row.cost),
                number(row.violations),
                "en vigueur" if row.in_force else "a été en vigueur" if row.published_at else "",
            )
            for row in rows
        ),
        "  dddd",
        hidden_caption=True,
    )


def run_table(rows: Sequence[RunRow]) -> h.Element:
    """Runs and how they stand."""
    return table(
        "Calculs",
        ("Calcul", "Demandé le", "État", "Sans place", "Coût"),
        (
            (
                h.a(href=f"/calculs/{row.id}")[row.title],
                instant(row.submitted_at),
                status(row),
                number(row.unplaced),
                number(row.cost),
            )
            for row in rows
        ),
        "   dd",
        hidden_caption=True,
    )
