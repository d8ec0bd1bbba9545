"""`/scenarios/{id}`: what a scenario holds, what is risky in it, and the way to a plan.

Must not know: how scenarios are measured.
"""

from typing import Any

import htpy as h
from nicegui import ui

from service.accounts.rights import Action
from service.acts import plans, runs, scenarios
from service.pages import navigation
from service.pages.bassin import plan_table, run_table
from service.pages.changes import changes
from service.pages.doing import button
from service.pages.frame import frame
from service.pages.pieces import figures, notice, put, table
from service.pages.visit import Visit, page
from service.pages.words import ORIGINS, duration, instant, number
from service.tables import ScenarioRow

_DURATIONS = {
    30: "30 secondes",
    60: "1 minute",
    300: "5 minutes",
    1200: "20 minutes",
    3600: "1 heure",
}
_USUAL = 300


@page("/scenarios/{scenario_id}")
async def scenario(visit: Visit, scenario_id: str) -> None:
    """One scenario."""
    row = await visit.ask(scenarios.one, scenario_id)
    made = (await visit.ask(plans.listed, scenario_id=row.id)).rows
    may_run = visit.may(Action.START_RUN)
    asked = (await visit.ask(runs.listed, scenario_id=row.id)).rows if may_run else ()
    with frame(
        visit,
        row.title,
        crumbs=navigation.down_to_bassin(row.academy, row.bassin),
        lead=f"Scénario {row.year}, {ORIGINS.get(row.origin, row.origin)} le "
        f"{instant(row.created_at)}.",
    ):
        put(_changes(row), _sizes(row))
        if may_run:
            _starting(visit, row)
        if visit.may(Action.DERIVE_SCENARIO):
            amend = f"/scenarios/{row.id}/retoucher"
            put(
                h.p[
                    h.a(href=amend)[
                        "Retoucher : fixer une semaine, fermer une structure, changer un prix"
                    ]
                ]
            )
        if visit.may(Action.WRITE_SCENARIO):
            bring = navigation.address("/importer", scenario=row.id)
            put(h.p[h.a(href=bring)["Compléter avec un fichier : structures, élèves, trajets…"]])
        put(
            (h.h2["Calculs"], run_table(asked)) if asked else None,
            (h.h2["Plans"], plan_table(made)) if made else None,
            _risks(row.measures.get("risques", ())),
            _warnings(row.warnings),
        )


def _sizes(row: ScenarioRow) -> h.Element:
    said = {
        "etablissements": ("Établissements", ""),
        "divisions": ("Divisions", "classes qui partent"),
        "periodes": ("Périodes", "départs à placer dans l’année"),
        "eleves": ("Élèves", ""),
        "demandes": ("Places à trouver", "une par élève et par période"),
        "accueils": ("Structures d’accueil", ""),
    }
    return figures(
        *((label, number(row.sizes.get(key, 0)), what) for key, (label, what) in said.items())
    )


def _starting(visit: Visit, row: ScenarioRow) -> None:
    most = visit.house.settings.run_seconds
    options = {s: text for s, text in _DURATIONS.items() if s <= most} or {
        int(most): duration(most)
    }

    async def start() -> str:
        run = await visit.ask(runs.start, row.id, seconds=float(chosen.value))
        return f"/calculs/{run.id}"

    put(h.h2["Calculer un plan"])
    with ui.element("div").classes("row"):
        chosen = (
            ui.select(
                options, value=_USUAL if _USUAL in options else min(options), label="Durée au plus"
            )
            .props("outlined dense options-dense")
            .classes("narrow")
        )
        button("Calculer", start, primary=True)
        put(
            h.span(".soft")[
                "Un bon plan vient en quelques secondes ; la durée sert à l’améliorer et à prouver "
                "ce qui manque. On peut arrêter à tout moment et garder le meilleur."
            ]
        )


def _risks(found: Any) -> h.Node:
    if not found:
        return None
    return (
        h.h2["À regarder avant de calculer"],
        table(
            "Risques",
            ("Lignes", "Ce que cela veut dire", "Par exemple"),
            (
                (number(r["nombre"]), r["message"], h.span(".soft")[" · ".join(r["exemples"])])
                for r in found
            ),
            "d",
            hidden_caption=True,
        ),
    )


def _warnings(said: Any) -> h.Node:
    if not said:
        return None
    return h.details[
        h.summary[f"{number(len(said))} avertissements à la lecture"],
        h.ul[
            (
                h.li[f"{w.get('file') or ''} {w.get('line') or ''} : {w['message']}"]
                for w in said[:200]
            )
        ],
    ]


def _changes(row: ScenarioRow) -> h.Node:
    """What a variant changes of the scenario it comes from."""
    if not row.patch:
        return None
    origin = h.a(href=f"/scenarios/{row.parent_id}")["scénario d’origine"]
    return notice(
        h.p["Variante. Ce qui change par rapport au ", origin, " :"],
        h.ul[(h.li[sentence] for sentence in changes(row.patch))],
    )
