"""`/plans/{id}/documents`: what people take away from a plan, each role its own.

Must not know: how documents are made, who may have which.
"""

from collections.abc import Iterable
from urllib.parse import quote

import htpy as h

from service.accounts.rights import Action
from service.acts import documents, plans
from service.acts.documents import Document, Named
from service.api.documents import address
from service.exports.delivery import Format
from service.pages import navigation
from service.pages.frame import frame
from service.pages.pieces import choice, filters, notice, put, table
from service.pages.visit import Visit, page
from service.pages.words import number

_WORDS: dict[Format, tuple[str, str, str]] = {
    "pdf": ("Calendrier au mur", "Par établissement, et par division", "PDF A3, dans un zip"),
    "rapport": ("Rapport pour une réunion", "Le plan en chiffres", "PDF"),
    "geojson": ("Carte", "Établissements et structures, à leur commune", "GeoJSON"),
    "csv": ("Tableaux", "Par établissement, par structure, par semaine", "CSV, dans un zip"),
    "xlsx": ("Classeur", "Dates, élèves placés et sans place, structures", "Excel"),
    "ics": ("Tous les agendas", "Par division, établissement et structure",
            "iCalendar, dans un zip"),
    "lettres": ("Lettres aux structures", "Qui vient, quand, combien", "PDF et CSV, dans un zip"),
    "conventions": ("Données des conventions", "Une ligne par placement, pour le publipostage",
                    "CSV"),
}  # fmt: skip
"""What each document is called, what it holds, how it comes."""
_AUDIENCES = (
    ("etablissements", "établissements"), ("divisions", "divisions"), ("accueils", "structures"),
)  # fmt: skip
_MOST = 100


@page("/plans/{plan_id}/documents")
async def handed_out(visit: Visit, plan_id: str, pour: str = "etablissements", q: str = "") -> None:
    """The documents; `pour` and `q` choose among the agendas."""
    row, of = await visit.ask(plans.with_scenario, plan_id, Action.READ_PLAN)
    offered = await visit.ask(documents.offered, plan_id)
    inside = visit.may(Action.READ_PUPILS)
    named = await visit.ask(documents.named_agendas, plan_id) if inside else []
    with frame(
        visit,
        "Documents du plan",
        crumbs=navigation.down_to_plan(row, of),
        tabs=navigation.plan_tabs(visit.user, plan_id),
        lead="Ce que chacun emporte : à l’écran, au mur, dans son agenda.",
    ):
        put(
            h.p(".busy.making", role="status"),
            h.h2["À diffuser"],
            h.p(".soft")["Tout le bassin ; les effectifs de 1 à 4 élèves y sont masqués."],
            _table(plan_id, "À diffuser", (d for d in offered if d.masked)),
        )
        if not inside:
            return
        part = visit.user.role == "ddf"
        put(
            h.h2["À garder entre nous"],
            h.p(".soft")[
                "La part de votre établissement, avec les pseudonymes de ses élèves."
                if part
                else "Pseudonymes et effectifs exacts : entre établissements, coordination et "
                "structure concernée."
            ],
            _table(plan_id, "À garder entre nous", (d for d in offered if not d.masked)),
            _agendas(plan_id, named, pour, q),
        )


def _table(plan_id: str, caption: str, offered: Iterable[Document]) -> h.Element:
    return table(
        caption,
        ("Document", "Ce qu’il contient", "Format"),
        (
            (h.a(href=address(plan_id, d.format, d.masked), download=True)[title], holds, kind)
            for d in offered
            for title, holds, kind in (_WORDS[d.format],)
        ),
        hidden_caption=True,
    )


def _agendas(plan_id: str, named: list[Named], audience: str, words: str) -> h.Node:
    wanted = words.casefold().split()
    found = [
        a
        for a in named
        if a.audience == audience and all(word in f"{a.name} {a.id}".casefold() for word in wanted)
    ]
    return (
        h.h2["Un agenda à la fois"],
        h.p(".soft")[
            "À importer dans l’agenda de chacun. Un plan publié après un autre met à jour les "
            "mêmes rendez-vous, et annule ceux qui n’ont plus lieu."
        ],
        filters(
            f"/plans/{plan_id}/documents",
            choice("pour", "Pour", _AUDIENCES, audience, every="Choisir"),
            h.label[h.span["Nom ou code"], h.input(type="search", name="q", value=words)],
        ),
        table(
            "Agendas",
            ("Agenda", "Code"),
            (
                (
                    h.a(
                        href=f"/api/v1/plans/{plan_id}/agendas/{a.audience}/{quote(a.id, safe='')}",
                        download=True,
                    )[a.name],
                    a.id,
                )
                for a in found[:_MOST]
            ),
            hidden_caption=True,
        )
        if found
        else notice("Aucun agenda ne répond."),
        h.p(".soft")[f"Les {_MOST} premiers sur {number(len(found))}."]
        if len(found) > _MOST
        else None,
    )
