"""`/scenarios/{scenario}/retoucher`: small changes, said in words, kept as a variant; each undone.

The scenario itself never changes. Must not know: how a variant is made.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import htpy as h
from nicegui import ui

from service.accounts.rights import Action
from service.acts import plans, scenarios, variants
from service.pages.changes import change
from service.pages.doing import button
from service.pages.frame import frame
from service.pages.navigation import down_to_scenario
from service.pages.pieces import notice, put, term
from service.pages.visit import Visit, aside, page
from service.pages.words import number
from service.patches import Operation
from service.refusals import Refusal
from service.tables import ScenarioRow
from solver.calendar import SchoolCalendar
from solver.domain import Prices, Scenario

_PRICES = {
    (column.alias or name): (column.description or name, name)
    for name, column in Prices.model_fields.items()
    if column.annotation is int
}
"""Each price that is a number: its key, its meaning, its field."""


@dataclass(frozen=True, slots=True)
class Change:
    """An operation, and what it does in a sentence."""

    operation: Operation
    sentence: str


@dataclass
class Draft:
    """Changes not yet kept; the last one can be taken back."""

    row: ScenarioRow
    scenario: Scenario
    show: Callable[[], None]
    changes: list[Change] = field(default_factory=list)

    def add(self, op: str, path: str, value: object, more: str = "") -> None:
        operation = Operation.model_validate({"op": op, "path": path, "value": value})
        self.changes.append(Change(operation, change(op, path, value) + more))
        self.show()


@page("/scenarios/{scenario_id}/retoucher")
async def amend(visit: Visit, scenario_id: str) -> None:
    """Three small changes to choose from, the list of those chosen, and the variant."""
    row = await visit.ask(scenarios.one, scenario_id)
    if not visit.may(Action.DERIVE_SCENARIO):
        raise Refusal("droit-absent", "Votre rôle ne fait pas de variante d’un scénario.")
    scenario = await aside(lambda: visit.house.scenario(row))
    calendar = await aside(lambda: SchoolCalendar(scenario))
    weeks = {str(week): week.label() for week in calendar.usable}
    with frame(
        visit,
        "Retoucher",
        crumbs=down_to_scenario(row),
        lead=h.fragment[
            "Les changements font une ", term("variante"), " : « ", row.title, " » reste tel quel."
        ],
    ):
        if row.parent_id is not None:
            _parent(visit, row)
        draft = Draft(row, scenario, lambda: None)
        with ui.element("div").classes("amend"):
            with ui.element("div"):
                _week(draft, weeks)
                _closure(draft, weeks)
                _price(draft)
            listed = ui.element("div")
        draft.show = lambda: _show(visit, draft, listed)
        draft.show()


def _parent(visit: Visit, row: ScenarioRow) -> None:
    """A variant can be given up: back to what it was made from."""
    put(
        notice(
            h.p["Ce scénario est déjà une variante. ",
                h.a(href=f"/scenarios/{row.parent_id}")["Voir celui d’origine"], "."]
        )
    )  # fmt: skip

    async def undo() -> str:
        await visit.ask(scenarios.remove, row.id)
        return f"/scenarios/{row.parent_id}"

    if visit.may(Action.WRITE_SCENARIO):
        button("Annuler cette variante", undo)


def _week(draft: Draft, weeks: dict[str, str]) -> None:
    put(h.h2["Fixer une semaine"], h.p["La période part cette semaine-là, quoi qu’il en coûte."])
    division = draft.scenario.division_of
    periods = {
        p.id: f"{p.id} ({division[p.division].name or p.division})" for p in draft.scenario.periods
    }
    with ui.element("div").classes("row"):
        period = ui.select(periods, label="Période", with_input=True).classes("plan-choice")
        week = ui.select(weeks, label="Semaine de départ").classes("week")

    async def lock() -> None:
        chosen, start = _said(period.value, "la période"), _said(week.value, "la semaine")
        path = f"/periodes/[periode={chosen}]/debut_impose"
        draft.add("replace", path, start)

    async def free() -> None:
        chosen = _said(period.value, "la période")
        path = f"/periodes/[periode={chosen}]/debut_impose"
        draft.add("remove", path, None)

    with ui.element("div").classes("row"):
        button("Fixer", lock)
        button("Libérer", free)


def _closure(draft: Draft, weeks: dict[str, str]) -> None:
    put(h.h2["Fermer une structure d’accueil"], h.p["Elle n’accueille personne ces semaines-là."])
    hosts = {host.id: f"{host.name or host.id} ({host.id})" for host in draft.scenario.hosts}
    with ui.element("div").classes("row"):
        host = ui.select(hosts, label="Structure", with_input=True).classes("plan-choice")
        first = ui.select(weeks, label="De").classes("week")
        last = ui.select(weeks, label="à").classes("week")
        reason = ui.input("Motif").classes("week")

    async def close() -> None:
        target = _said(host.value, "la structure")
        start, end = _said(first.value, "la première semaine"), _said(last.value, "la dernière")
        closed = {"cible": target, "debut": start, "fin": end, "motif": reason.value or ""}
        draft.add("add", "/blocages/-", closed)

    button("Fermer", close)


def _price(draft: Draft) -> None:
    put(
        h.h2["Changer un prix"],
        h.p["Ce qu’on préfère éviter, en points : plus c’est cher, plus ce sera rare."],
    )
    held = draft.scenario.prices
    names = {key: f"{meaning} ({key})" for key, (meaning, _) in _PRICES.items()}
    with ui.element("div").classes("row"):
        key = ui.select(names, label="Prix").classes("plan-choice")
        points = ui.number("Valeur", min=0, precision=0).classes("week")

    def today() -> None:
        points.set_value(getattr(held, _PRICES[str(key.value)][1]))

    key.on_value_change(today)

    async def set_price() -> None:
        chosen = _said(key.value, "le prix")
        if points.value is None:
            raise Refusal("requete-invalide", "Dire la nouvelle valeur.")
        before = getattr(held, _PRICES[chosen][1])
        draft.add(
            "replace", f"/bareme/{chosen}", int(points.value), f" (aujourd’hui {number(before)})"
        )

    button("Changer", set_price)


def _said(value: object, what: str) -> str:
    if not value:
        raise Refusal("requete-invalide", f"Choisir d’abord {what}.")
    return str(value)


def _show(visit: Visit, draft: Draft, place: ui.element) -> None:
    """The changes in order, and what may be done of them."""
    place.clear()
    with place:
        put(h.h2["Changements"])
        if not draft.changes:
            put(h.p(".soft")["Aucun pour l’instant : en choisir un."])
            return
        put(h.ol(".changes", aria_live="polite")[(h.li[c.sentence] for c in draft.changes)])
        close = ui.checkbox("Rester proche du calendrier en vigueur", value=True)

        async def undo() -> None:
            draft.changes.pop()
            draft.show()

        async def keep() -> str:
            reference = None
            if close.value:
                found = await visit.ask(plans.listed, bassin=draft.row.bassin, in_force=True)
                in_force = found.rows
                same = [p for p in in_force if p.scenario_id == draft.row.id]
                reference = same[0].id if same else None
            operations = [change.operation for change in draft.changes]
            made = await visit.ask(
                variants.vary, draft.row.id, operations, reference=reference, tags=("retouche",)
            )
            return f"/scenarios/{made.id}"

        with ui.element("div").classes("row"):
            button("Créer la variante", keep, primary=True)
            button("Annuler le dernier", undo)
