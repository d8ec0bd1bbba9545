"""`/plans/{id}/calendrier`: who is out when, over the whole bassin; picture, tables, A3 sheet.

Must not know: how departures are chosen.
"""

from collections.abc import Iterator

import htpy as h
from fastapi import Response
from nicegui import ui

from service.acts import weeks
from service.acts.weeks import Calendar, Filter, Mark
from service.exports.figures.style import FAMILY_NAMES, PUBLIC_LOOKS
from service.pages import navigation
from service.pages.doing import button
from service.pages.frame import frame
from service.pages.navigation import address
from service.pages.pictures.bars import described, legend, sheet
from service.pages.pieces import choice, empty, filters, notice, put, table
from service.pages.visit import Visit, page
from service.pages.words import count, number, sector
from service.refusals import Refusal
from solver.week import Week

_FEW = "moins de 5"
_SMALL_BASSIN = 8
"""Establishments up to which divisions come unfolded."""


@page("/plans/{plan_id}/calendrier")
async def calendar(
    visit: Visit,
    plan_id: str,
    public: str = "",
    secteur: str = "",
    commune: str = "",
    semaine: str = "",
    vue: str = "",
    deplie: str = "",
) -> Response | None:
    """The calendar of a plan."""
    seen = await visit.ask(weeks.calendar, plan_id, Filter(public, secteur, commune))
    chosen = parsed(semaine)
    here = f"/plans/{plan_id}/calendrier"
    kept = {"public": public, "secteur": secteur, "commune": commune, "deplie": deplie}

    def to(**changes: str) -> str:
        return address(here, **{**kept, "semaine": semaine, "vue": vue, **changes})

    async def wall() -> None:
        by: weeks.Rows = "divisions" if unfolded else "etablissements"
        ui.download(await visit.ask(weeks.sheet, plan_id, by), "calendrier-a3.pdf")

    unfolded = bool(deplie) or len(seen.schools) <= _SMALL_BASSIN
    with frame(
        visit,
        "Calendrier",
        crumbs=navigation.down_to_plan(seen.plan, seen.scenario),
        tabs=navigation.plan_tabs(visit.user, plan_id),
        lead=" · ".join(_looked_at(seen, Filter(public, secteur, commune))),
    ):
        put(
            filters(
                here,
                choice(
                    "public", "Public", ((p, PUBLIC_LOOKS[p].name) for p in seen.publics), public
                ),
                choice("secteur", "Secteur", ((s, sector(s)) for s in seen.sectors), secteur)
                if seen.sectors
                else None,
                choice("commune", "Commune", seen.communes, commune, "Toutes"),
                semaine=semaine,
                vue=vue,
                deplie=deplie,
            ),
        )
        with ui.element("div").classes("row no-print"):
            put(
                h.a(".button", href=to(vue="" if vue else "table"))[
                    "Voir en dessin" if vue else "Voir en tables"
                ],
                h.a(".button", href=to(deplie="" if deplie else "oui"))[
                    "Replier les divisions" if deplie else "Déplier les divisions"
                ]
                if not vue and len(seen.schools) > _SMALL_BASSIN
                else None,
                h.button(".button", type="button", data_print="oui")["Imprimer"],
                classes="row",
            )
            button("Affiche A3 (PDF)", wall)
        if not seen.schools:
            put(empty("Aucun départ ne répond à ces filtres.", h.a(href=here)["Tout montrer"]))
        elif vue == "table":
            put(_periods(seen), _weeks(seen))
        else:
            put(
                sheet(seen, lambda w: to(semaine=str(w)), chosen, unfolded=unfolded),
                legend(seen.publics),
            )
        if chosen is not None:
            put(_out(seen, chosen, to(semaine="")))
    return None


def _looked_at(seen: Calendar, chosen: Filter) -> Iterator[str]:
    """What a sheet of paper must say by itself: of what plan, and what is left out."""
    yield from dict.fromkeys((seen.scenario.title, seen.plan.title))
    yield count(len(seen.schools), "établissement")
    yield from (f"{PUBLIC_LOOKS[p].name} seulement" for p in seen.publics if p == chosen.public)
    if chosen.sector:
        yield f"secteur {sector(chosen.sector)} seulement"
    yield from (f"{name} seulement" for place, name in seen.communes if place == chosen.commune)


def parsed(text: str) -> Week | None:
    """The week of an address; None for none. Raises `Refusal`."""
    if not text:
        return None
    try:
        return Week.parse(text)
    except ValueError as error:
        raise Refusal("requete-invalide", str(error)) from None


def _marks(seen: Calendar) -> Iterator[tuple[str, str, Mark]]:
    """(establishment, division, departure)"""
    for school in seen.schools:
        for line in school.divisions:
            for lane in line.lanes:
                for mark in lane:
                    yield school.line.label, line.label, mark


def _heads(mark: Mark) -> str:
    return _FEW if mark.pupils is None else number(mark.pupils)


def _periods(seen: Calendar) -> h.Element:
    return table(
        "Départs",
        (
            "Établissement",
            "Division",
            "Public",
            "Semaines",
            "Nombre",
            "Du",
            "Au",
            "Élèves",
            "Remarque",
        ),
        (
            (
                school,
                division,
                PUBLIC_LOOKS[m.public].name,
                m.weeks[0].label(),
                number(len(m.weeks)),
                f"{m.weeks[0].monday:%d/%m/%Y}",
                f"{m.weeks[-1].friday:%d/%m/%Y}",
                _heads(m),
                " · ".join(described(m).split(" · ")[4:]),
            )
            for school, division, m in _marks(seen)
        ),
        "    d  d",
    )


def _weeks(seen: Calendar) -> h.Element:
    headers = ["Semaine"]
    for strip in seen.strips:
        headers += [f"{FAMILY_NAMES[strip.family]} : élèves partis", "places", "au-delà du seuil"]

    def cells(week: Week) -> list[str]:
        row = [week.label()]
        for strip in seen.strips:
            out = strip.out[week]
            row += [
                _FEW if out is None else number(out),
                number(strip.seats[week]) if strip.has_hosts else "–",
                "oui" if week in strip.over else "",
            ]
        return row

    return table(
        "Semaine par semaine, tout le bassin",
        headers,
        (cells(week) for week in seen.weeks if week in seen.usable),
        " dd dd",
    )


def _out(seen: Calendar, week: Week, close: str) -> h.Node:
    if week not in seen.usable:
        return notice(f"{week.label()} : pas de classe cette semaine-là.")
    those = [(s, d, m) for s, d, m in _marks(seen) if week in m.weeks]
    return (
        h.h2(id="semaine")[f"Parties en {week.label()} : {count(len(those), 'division')}"],
        h.p(".no-print")[h.a(href=close)["Fermer"]],
        table(
            f"Divisions parties en {week.label()}",
            ("Établissement", "Division", "Public", "Élèves", "Période"),
            ((s, d, PUBLIC_LOOKS[m.public].name, _heads(m), described(m)) for s, d, m in those),
            "   d",
            hidden_caption=True,
        )
        if those
        else None,
    )
