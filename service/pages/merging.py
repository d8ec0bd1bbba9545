"""`/reunir`: two bassins planned as one, against their separate plans.

Must not know: how bassins are merged.
"""

from collections.abc import Sequence

import htpy as h
from nicegui import ui

from service.accounts.rights import Action
from service.acts import merging, plans, runs
from service.pages.academy import over_bassins, tabs
from service.pages.doing import button
from service.pages.frame import frame
from service.pages.navigation import address
from service.pages.pieces import empty, put, table
from service.pages.visit import Visit, page
from service.pages.words import instant, number
from service.tables import PlanRow, RunRow


@page("/reunir")
async def reunite(visit: Visit) -> None:
    """Two plans of two bassins; then the mergers already asked for."""
    listed = (await visit.ask(plans.listed, limit=200)).rows
    single = [p for p in listed if not p.violations and "réunion" not in p.tags]
    asked = (await visit.ask(runs.listed, tag="réunion", limit=50)).rows
    with frame(
        visit,
        "Réunir deux bassins",
        tabs=tabs(visit),
        lead="Mettre en commun les places de deux bassins place-t-il plus d’élèves, et qui alors "
        "va plus loin ? Les deux bassins d’origine ne changent pas.",
    ):
        if len({p.bassin for p in single}) < 2:
            put(empty("Il faut un plan sans infraction dans deux bassins au moins."))
        elif visit.may(Action.DERIVE_SCENARIO) and over_bassins(visit):
            _new(visit, single)
        if asked:
            put(_mergers(listed, asked))


def _new(visit: Visit, single: Sequence[PlanRow]) -> None:
    options = {p.id: f"{p.bassin} · {p.title} ({instant(p.created_at)})" for p in single}
    other = next(p.id for p in single if p.bassin != single[0].bassin)
    with ui.element("div").classes("row"):
        one = ui.select(options, value=single[0].id, label="Un plan").classes("plan-choice")
        two = ui.select(options, value=other, label="Un plan d’un autre bassin")
        two.classes("plan-choice")

    async def merge() -> str:
        await visit.ask(merging.merge, [str(one.value), str(two.value)])
        return "/reunir"

    button("Réunir et calculer", merge, primary=True)


def _mergers(listed: Sequence[PlanRow], asked: Sequence[RunRow]) -> h.Element:
    """Each merger with its two plans, once the run has ended."""
    separate = {p.scenario_id: p for p in listed if p.run_id is None and "réunion" in p.tags}
    found = {p.run_id: p for p in listed if p.run_id is not None}

    def line(run: RunRow) -> tuple[h.Node, ...]:
        before, after = separate.get(run.scenario_id), found.get(run.id)
        compare: h.Node = h.a(href=f"/calculs/{run.id}")["Suivre le calcul"]
        if before is not None and after is not None:
            target = address("/comparer", plan=before.id) + f"&plan={after.id}"
            compare = h.a(href=target)["Comparer"]
        return (
            run.title,
            instant(run.submitted_at),
            "–" if before is None else number(before.cost),
            number(after.cost if after else run.cost),
            compare,
        )

    return h.fragment[
        h.h2["Réunions demandées"],
        table(
            "Réunions",
            ("Réunion", "Demandée le", "Plans séparés (points)", "Ensemble (points)", "Suite"),
            (line(run) for run in asked),
            "  dd",
            hidden_caption=True,
        ),
    ]  # type: ignore[return-value]
