"""`/plans/{id}/accueils`: weeks × communes or sectors, presence against seats; who is there.

Must not know: how seats are counted.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import htpy as h

from service.accounts.rights import Action
from service.acts import plans, weeks
from service.acts.weeks import There
from service.exports.figures.style import PUBLIC_LOOKS
from service.pages import navigation
from service.pages.calendar import parsed
from service.pages.frame import frame
from service.pages.navigation import address
from service.pages.pictures.heat import Cell, heat
from service.pages.pieces import empty, put, table
from service.pages.visit import Visit, page
from service.pages.words import count, number, sector
from solver.week import Week

_FEW = "moins de 5"


@page("/plans/{plan_id}/accueils")
async def hosts(
    visit: Visit, plan_id: str, par: str = "commune", semaine: str = "", ligne: str = ""
) -> None:
    """Where and when seats run out."""
    row, of = await visit.ask(plans.with_scenario, plan_id, Action.READ_PLAN)
    here = f"/plans/{plan_id}/accueils"
    by_sector = par == "secteur"
    rows = (
        _by_sector(await visit.ask(plans.figures, plan_id))
        if by_sector
        else _by_commune(await visit.ask(weeks.occupation, plan_id))
    )
    chosen = parsed(semaine)
    with frame(
        visit,
        "Accueils",
        crumbs=navigation.down_to_plan(row, of),
        tabs=navigation.plan_tabs(visit.user, plan_id),
        lead="Élèves partis par rapport aux places qui conviennent à leur formation."
        if by_sector
        else "Places prises par rapport aux places ouvertes.",
    ):
        options = (("commune", "Commune des structures"), ("secteur", "Public et secteur"))
        put(
            h.form(".filters", method="get", action=here)[
                h.label[
                    h.span["Par"],
                    h.select(name="par")[
                        (h.option(value=v, selected=v == par)[text] for v, text in options)
                    ],
                ],
                h.button(type="submit")["Afficher"],
            ]
        )
        if not rows:
            put(empty("Ce bassin n’a pas encore de structures d’accueil : le calendrier seul est "
                      "calculé, et les départs y sont étalés."))  # fmt: skip
            return
        put(
            heat(
                rows,
                lambda key, week: address(here, par=par, semaine=str(week), ligne=key) + "#qui",
                (ligne, chosen),
            )
        )
        if chosen is not None and ligne:
            public, _, sector = ligne.partition("|")
            found = await (
                visit.ask(weeks.there, plan_id, chosen, sector=sector, public=public)
                if by_sector
                else visit.ask(weeks.there, plan_id, chosen, commune=ligne)
            )
            put(_who(found, rows[ligne][0] if ligne in rows else ligne, chosen))


def _by_commune(found: Iterable[weeks.Occupied]) -> dict[str, tuple[str, dict[Week, Cell]]]:
    return {
        o.commune: (
            o.name,
            {week: Cell(o.used[week], seats) for week, seats in o.offered.items()},
        )
        for o in found
        if any(o.offered.values())
    }


def _by_sector(said: Mapping[str, Any]) -> dict[str, tuple[str, dict[Week, Cell]]]:
    found: dict[str, tuple[str, dict[Week, Cell]]] = {}
    for row in said["tension"]:
        name = PUBLIC_LOOKS[row["public"]].name
        label = f"{name} · {sector(row['secteur'])}" if row["secteur"] else name
        key = f"{row['public']}|{row['secteur']}"
        cells = found.setdefault(key, (label, {}))[1]
        cells[Week.parse(row["semaine"])] = Cell(row["eleves"], row["offres"])
    return dict(sorted(found.items(), key=lambda pair: pair[1][0]))


def _who(found: Sequence[There], name: str, week: Week) -> h.Node:
    if not found:
        return h.p(id="qui")[f"{name}, {week.label()} : aucune structure."]
    offered = sum(t.offered for t in found)
    known = [t.used for t in found if t.used is not None]
    free = f", {number(max(0, offered - sum(known)))} libres" if len(known) == len(found) else ""
    return (
        h.h2(id="qui")[f"{name} · {week.label()}"],
        h.p(".soft")[f"{count(len(found), 'structure')}, {count(offered, 'place')}{free}."],
        table(
            f"Qui est là, {name}, {week.label()}",
            ("Structure", "Places", "Prises", "Libres", "Qui est là"),
            (
                (
                    t.name or t.host,
                    number(t.offered),
                    _FEW if t.used is None else number(t.used),
                    "" if t.used is None else number(max(0, t.offered - t.used)),
                    " · ".join(
                        f"{who} ({_FEW if heads is None else number(heads)})"
                        for who, heads in t.who
                    ) or h.span(".soft")["personne"],
                )
                for t in found
            ),
            " ddd",
            hidden_caption=True,
        ),
    )  # fmt: skip
