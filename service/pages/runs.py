"""`/calculs/{id}`: cost and bound closing on each other, and « Arrêter et garder ».

Must not know: who searches, where.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import htpy as h
from nicegui import ui

from service.acts import runs, scenarios
from service.acts.runs import Known
from service.pages import navigation
from service.pages.doing import button
from service.pages.frame import frame
from service.pages.pieces import figures, main_action, notice, put, table, term
from service.pages.visit import Visit, aside, guarded, page
from service.pages.words import duration, instant, number, percent, weeks_in_words
from service.tables import FINAL, ProgressRow, RunRow

STATUSES = {
    "submitted": "en attente",
    "started": "se prépare",
    "active": "cherche",
    "completed": "terminé",
    "stopped": "arrêté",
    "failed": "en échec",
}
_FAILURES = {
    "memoire-depassee": "Le calcul demandait plus de mémoire que ce service n’en donne. "
    "L’administrateur peut en permettre davantage, puis relancer depuis le scénario.",
    "scenario-illisible": "Le scénario enregistré ne se relit plus : le déposer de nouveau.",
    "moteur-perdu": "La machine du calcul s’est arrêtée plusieurs fois, et aucun plan n’a pu être "
    "gardé. Le relancer depuis le scénario ; si cela recommence, prévenir l’administrateur.",
    "defaut-moteur": "Le calcul s’est arrêté sur un défaut du programme, qui est noté au journal. "
    "Le relancer depuis le scénario ; si cela recommence, prévenir l’administrateur.",
}
"""What happened and what to do, by what the run was written down with."""
_LOOK_SECONDS = 1.0
_BLUE, _ORANGE, _GREY = "#4a8ccb", "#c9741c", "#7d848d"


def status(run: RunRow) -> str:
    """How a run stands, in a word or two."""
    if run.stop_asked_at is not None and run.status not in FINAL:
        return "s’arrête"
    if run.conflicts or run.outcome == "infeasible":
        return "impossible"
    return STATUSES.get(run.status, run.status)


@page("/calculs/{run_id}")
async def run_page(visit: Visit, run_id: str) -> None:
    """One run, alive."""
    known = await visit.ask(runs.one, run_id)
    of = await visit.ask(scenarios.one, known.run.scenario_id)
    with frame(
        visit,
        f"Calcul · {known.run.title}",
        crumbs=navigation.down_to_scenario(of),
        lead=f"Au plus {duration(known.run.seconds)} de recherche.",
    ):
        _Watched(visit, known).build(await aside(partial(runs.curve, visit.house, run_id)))


class _Watched:
    """The living part of the page: figures, curve, buttons; looks again every second."""

    def __init__(self, visit: Visit, known: Known) -> None:
        self._visit, self._known = visit, known
        self._last = 0

    def build(self, points: Sequence[ProgressRow]) -> None:
        self._figures = put(classes="live")
        self._figures.props('aria-live="polite"')
        self._end = put()
        with ui.element("div").classes("row"):
            self._stop = button("Arrêter et garder", self._ask_to_stop, primary=True)
        self._curve = ui.element("div")
        with self._curve:
            put(h.h2["Le coût descend, la ", term("borne"), " monte"])
            self._chart = ui.echart(_chart(), renderer="svg").classes("curve")
            self._chart.props(
                'role="img" aria-label="Courbes du coût et de la borne ; la table suit"'
            )
            self._twin = put()
        self._points: list[ProgressRow] = []
        self._show(points)
        if self._known.run.status not in FINAL:
            self._timer = ui.timer(_LOOK_SECONDS, guarded(self._look))

    async def _ask_to_stop(self) -> None:
        await self._visit.ask(runs.stop, self._known.run.id)
        await self._look()

    async def _look(self) -> None:
        run_id = self._known.run.id
        self._known = await self._visit.ask(runs.one, run_id)
        self._show(await aside(partial(runs.curve, self._visit.house, run_id, self._last)))
        if self._known.run.status in FINAL:
            self._timer.deactivate()

    def _show(self, fresh: Sequence[ProgressRow]) -> None:
        run = self._known.run
        if fresh:
            self._last = fresh[-1].number
            self._points += fresh
            cost, bound = self._chart.options["series"]
            cost["data"] = [[p.seconds, p.cost] for p in self._points if p.cost is not None]
            bound["data"] = [[p.seconds, p.bound] for p in self._points if p.bound is not None]
        self._figures.set_content(str(_figures(run, self._points[-1:])))
        self._twin.set_content(str(_twin(self._points)))
        self._stop.set_visibility(run.status not in FINAL)
        self._stop.set_enabled(run.stop_asked_at is None)
        self._end.set_content(str(h.fragment[_end(self._known)]))
        told = run.status not in FINAL or any(p.cost is not None for p in self._points)
        for part in (self._figures, self._curve):
            part.set_visibility(told or run.cost is not None)


def _figures(run: RunRow, last: Sequence[ProgressRow]) -> h.Element:
    point = last[0] if last else None
    cost = run.cost if run.cost is not None else point.cost if point else None
    bound = run.bound if run.bound is not None else point.bound if point else None
    unplaced = run.unplaced if run.unplaced is not None else point.unplaced if point else None
    gap = None if not cost or bound is None else (cost - bound) / cost
    return figures(
        ("État", status(run), _phase(run, point)),
        ("Temps de recherche", duration(point.seconds) if point else "–", ""),
        ("Sans place", number(unplaced), "élèves et périodes, dans le meilleur plan"),
        ("Coût", number(cost), "points du meilleur plan"),
        ("Borne", number(bound), "aucun plan ne coûte moins"),
        ("Écart", percent(gap), "ce qu’on pourrait encore gagner, au plus"),
    )


def _phase(run: RunRow, point: ProgressRow | None) -> str:
    """What the engine does, while it does something."""
    if run.status in FINAL:
        return f"le {instant(run.ended_at)}" if run.ended_at else ""
    return run.phase or (point.phase if point else "")


def _end(known: Known) -> h.Node:
    run = known.run
    if run.status not in FINAL:
        return None
    if known.plan_id is not None:
        kept = (
            "On a arrêté ; le meilleur plan est gardé."
            if run.status == "stopped"
            else (
                "Le plan est prouvé le meilleur."
                if run.outcome == "optimal"
                else "Le plan est gardé."
            )
        )
        return notice(
            h.p[kept], h.p[main_action("Voir le calendrier", f"/plans/{known.plan_id}/calendrier")]
        )
    if run.conflicts:
        return notice(
            h.p["Aucun plan n’est possible : ces lignes et ces règles ne tiennent pas ensemble."],
            h.ul[
                (
                    h.li[
                        weeks_in_words(c["message"]),
                        h.p[h.em["Une issue : ", weeks_in_words(c["loosening"])]],
                    ]
                    for c in run.conflicts
                )
            ],
            h.p[
                h.a(".button", href=f"/scenarios/{run.scenario_id}/retoucher")[
                    "Retoucher le scénario"
                ]
            ],
            alert=True,
        )
    said = _FAILURES.get(run.error_code or "") or (
        "Arrêté avant le premier plan : relancer, ou laisser plus de temps."
    )
    return notice(
        h.p[said],
        h.p[h.a(".button", href=f"/scenarios/{run.scenario_id}")["Revenir au scénario"]],
        alert=True,
    )


def _twin(points: Sequence[ProgressRow]) -> h.Element:
    step = max(1, len(points) // 25)
    shown = [*points[::step], *points[-1:]] if points else []
    return h.details[
        h.summary["Les mêmes chiffres en table"],
        table(
            "Coût et borne au fil du temps",
            ("Temps", "Coût", "Borne", "Sans place", "Ce que fait le moteur"),
            (
                (duration(p.seconds), number(p.cost), number(p.bound), number(p.unplaced), p.phase)
                for p in shown
            ),
            "dddd",
            hidden_caption=True,
        ),
    ]


def _chart() -> dict[str, Any]:
    """Two steps: cost in blue, bound dashed in orange."""

    def line(name: str, colour: str, kind: str) -> dict[str, Any]:
        return {
            "name": name,
            "type": "line",
            "step": "end",
            "showSymbol": False,
            "data": [],
            "lineStyle": {"color": colour, "type": kind, "width": 2},
            "itemStyle": {"color": colour},
        }

    def axis(name: str, **more: Any) -> dict[str, Any]:
        return {
            "type": "value",
            "name": name,
            "nameTextStyle": {"color": _GREY},
            "axisLabel": {"color": _GREY, ":formatter": "(v) => v.toLocaleString('fr-FR')"},
            "splitLine": {"lineStyle": {"color": "#8884"}},
            **more,
        }

    return {
        "animation": False,
        "grid": {"left": 75, "right": 20, "top": 40, "bottom": 35},
        "legend": {"top": 0, "textStyle": {"color": _GREY}},
        "tooltip": {"trigger": "axis"},
        "xAxis": axis("secondes", nameLocation="middle", nameGap=22, splitLine={"show": False}),
        "yAxis": axis("points", scale=True),
        "series": [
            line("Coût du meilleur plan", _BLUE, "solid"),
            line("Borne prouvée", _ORANGE, "dashed"),
        ],
    }
