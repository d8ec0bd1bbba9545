"""`/`: the bassins within reach, each with the calendar in force; or the first step.

Must not know: how bassins are reached.
"""

from collections.abc import Sequence

import htpy as h

from service.accounts.rights import Action
from service.acts import plans, scenarios
from service.pages import navigation
from service.pages.frame import frame
from service.pages.pieces import empty, main_action, put, table, term
from service.pages.visit import Visit, page
from service.pages.words import instant, number
from service.tables import PlanRow, ScenarioRow

_MOST = 200


@page("/")
async def home(visit: Visit) -> None:
    """The bassins of whoever looks."""
    rows = (await visit.ask(scenarios.listed, limit=_MOST)).rows
    in_force = (await visit.ask(plans.listed, in_force=True, limit=_MOST)).rows
    may_write = visit.may(Action.WRITE_SCENARIO)
    with frame(
        visit,
        "Bassins",
        action=main_action("Déposer un bassin", "/deposer") if may_write else None,
        lead=h.fragment["Un ", term("BEF", "bassin"), " par ligne, et le calendrier en vigueur."],
    ):
        if rows:
            put(_bassins(rows, {(p.academy, p.bassin): p for p in reversed(in_force)}))
        elif may_write:
            put(
                empty(
                    "Rien n’est encore déposé.",
                    h.p[
                        h.a(".button", href="/essai")["Essayer avec le bassin de démonstration"],
                        " ",
                        h.a(".button", href="/tables")["Prendre les tables vides"],
                    ],
                )
            )
        else:
            put(
                empty(
                    "Aucun calendrier n’est encore publié pour vous : la coordination du bassin "
                    "le publie, puis il paraît ici."
                )
            )


def _bassins(rows: Sequence[ScenarioRow], in_force: dict[tuple[str, str], PlanRow]) -> h.Element:
    bassins: dict[tuple[str, str], list[ScenarioRow]] = {}
    for row in rows:
        bassins.setdefault((row.academy, row.bassin), []).append(row)
    return table(
        "Bassins",
        ("Bassin", "Académie", "Scénarios", "Dernier dépôt", "Calendrier en vigueur"),
        (
            (
                h.a(href=navigation.bassin(*key).address)[key[1]],
                key[0],
                number(len(those)),
                instant(those[0].created_at),
                _in_force(in_force.get(key)),
            )
            for key, those in sorted(bassins.items())
        ),
        "  d",
        hidden_caption=True,
    )


def _in_force(plan: PlanRow | None) -> h.Node:
    if plan is None or plan.published_at is None:
        return h.span(".soft")["aucun"]
    return h.a(href=f"/plans/{plan.id}/calendrier")[
        f"{plan.year}, publié le {instant(plan.published_at)}"
    ]
