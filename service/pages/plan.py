"""`/plans/{id}`: a plan at a glance, and making it the calendar in force.

Must not know: how plans are measured, who may publish.
"""

from typing import Any

import htpy as h
from nicegui import ui

from service.accounts.rights import Action
from service.acts import plans
from service.exports.figures.style import FAMILY_NAMES
from service.pages import navigation
from service.pages.doing import button
from service.pages.frame import frame
from service.pages.pieces import figures, notice, put, table, term
from service.pages.visit import Visit, page
from service.pages.words import COSTS, count, instant, number, percent
from service.tables import PlanRow
from solver.week import Week


@page("/plans/{plan_id}")
async def plan(visit: Visit, plan_id: str) -> None:
    """One plan."""
    row, of = await visit.ask(plans.with_scenario, plan_id, Action.READ_PLAN)
    said = await visit.ask(plans.figures, plan_id)
    with frame(
        visit,
        row.title,
        crumbs=navigation.down_to_scenario(of),
        tabs=navigation.plan_tabs(visit.user, plan_id),
        lead=_state(row),
    ):
        if visit.may(Action.PUBLISH) and not row.in_force:
            _publishing(visit, row)
        compare = navigation.address("/comparer", plan=row.id)
        put(
            _figures(row, said),
            h.p(".no-print")[h.a(href=compare)["Comparer à d’autres plans"]],
            h.div(".columns")[
                h.div[_reasons(said), _costs(row), _gap(row)], h.div[_schools(said), _loads(said)]
            ],
        )


def _state(row: PlanRow) -> str:
    made = f"Fait le {instant(row.created_at)}"
    if row.published_at is None:
        return f"{made}. Pas encore publié."
    if row.superseded_at is None:
        return f"{made}. En vigueur depuis le {instant(row.published_at)}."
    return f"{made}. A été en vigueur jusqu’au {instant(row.superseded_at)}."


def _publishing(visit: Visit, row: PlanRow) -> None:
    if row.violations:
        put(
            notice(
                f"Ce plan enfreint {number(row.violations)} règles : il ne peut pas être publié.",
                alert=True,
            )
        )
        return

    async def publish() -> str:
        question.close()
        await visit.ask(plans.publish, row.id)
        return f"/plans/{row.id}"

    async def ask() -> None:
        question.open()

    async def later() -> None:
        question.close()

    with ui.dialog() as question, ui.card().classes("ask"):
        put(
            h.h2["Publier ce plan ?"],
            h.p[
                "Il devient le calendrier en vigueur du bassin : chaque DDF voit les périodes "
                "de son lycée. Le précédent reste lisible."
            ],
        )
        with ui.element("div").classes("row"):
            button("Publier", publish, primary=True)
            button("Pas maintenant", later)
    with ui.element("div").classes("row"):
        button("Publier…", ask, primary=True)


def _figures(row: PlanRow, said: dict[str, Any]) -> h.Element:
    demands = said["demandes"]
    gap = None if not row.bound or not row.cost else 1 - row.bound / row.cost
    missing = said["sans_place"]
    share = None if missing is None or not demands else missing / demands
    journeys = said["trajets"]
    return figures(
        (
            "Sans place",
            "moins de 5" if missing is None else number(missing),
            f"sur {number(demands)} places à trouver ({percent(share)})",
        ),
        (
            "Coût",
            number(row.cost),
            f"points, {percent(gap)} au plus au-dessus du possible"
            if gap is not None
            else "points",
        ),
        (
            "Divisions décalées",
            number(said["divisions_decalees"]),
            "n’ont pas la semaine souhaitée",
        ),
        (
            "Trajet médian",
            f"{number(journeys['mediane'])} min" if journeys["mediane"] is not None else "–",
            f"neuf élèves sur dix : {number(journeys['d9'])} min au plus"
            if journeys["d9"] is not None
            else "",
        ),
        (
            "Structures complètes",
            number(said["accueils_complets"]),
            f"sur {number(said['accueils_utilises'])} utilisées",
        ),
        ("Nuitées d’internat", number(said["nuitees"]), "loin de chez soi ou de son internat"),
    )


def _reasons(said: dict[str, Any]) -> h.Node:
    if not said["motifs"]:
        return None
    return (
        h.h2["Pourquoi des élèves restent sans place"],
        table(
            "Motifs",
            ("Motif", "Élèves et périodes"),
            (
                (r["libelle"], "moins de 5" if r["nombre"] is None else number(r["nombre"]))
                for r in said["motifs"]
            ),
            " d",
            hidden_caption=True,
        ),
    )


def _costs(row: PlanRow) -> h.Node:
    total = sum(row.costs.values()) or 1
    return (
        h.h2["De quoi est fait le coût, en ", term("points")],
        table(
            "Coût par préférence",
            ("Préférence", "Points", "Part"),
            (
                (COSTS.get(key, key), number(value), percent(value / total, 0))
                for key, value in sorted(row.costs.items(), key=lambda pair: -pair[1])
                if value
            ),
            " dd",
            hidden_caption=True,
        ),
    )


def _gap(row: PlanRow) -> h.Node:
    if not row.causes:
        return None
    whole = sum(row.causes.values())
    return (
        h.h2["D’où vient l’écart à la ", term("borne")],
        table(
            "Écart par cause",
            ("Cause", "Points", "Part"),
            (
                (cause, number(points), percent(points / whole, 0))
                for cause, points in row.causes.items()
            ),
            " dd",
            hidden_caption=True,
        ),
    )


def _schools(said: dict[str, Any]) -> h.Node:
    rows = sorted(said["etablissements"], key=lambda r: (r["taux"] is None, r["taux"]))
    return (
        h.h2["Par établissement"],
        table(
            "Par établissement",
            ("Établissement", "À placer", "Placés", "Part"),
            (
                (
                    r["nom"],
                    number(r["demandes"]),
                    h.span(".soft")["masqué"] if r["places"] is None else number(r["places"]),
                    "" if r["taux"] is None else percent(r["taux"]),
                )
                for r in rows
            ),
            " ddd",
            hidden_caption=True,
        ),
        h.p(".hint")["Masqué : de 1 à 4 élèves sans place, trop peu pour le dire ici."]
        if any(r["places"] is None for r in rows)
        else None,
    )


def _loads(said: dict[str, Any]) -> h.Node:
    rows = [r for r in said["charges"] if r["semaine_pointe"]]
    return (
        h.h2["Les semaines les plus chargées"],
        table(
            "Semaines les plus chargées",
            ("Famille", "Semaine", "Élèves partis", "Places", "Au-delà du seuil"),
            (
                (
                    FAMILY_NAMES[r["famille"]],
                    Week.parse(r["semaine_pointe"]).label(),
                    number(r["pointe"]),
                    number(r["places"]),
                    count(len(r["semaines_saturees"]), "semaine"),
                )
                for r in rows
            ),
            "  ddd",
            hidden_caption=True,
        ),
    )
