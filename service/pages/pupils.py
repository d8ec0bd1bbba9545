"""`/plans/{id}/eleves`: who has no place, why, and what would help most.

Must not know: how reasons are found.
"""

from collections import Counter
from collections.abc import Sequence

import htpy as h

from service.accounts.rights import Action, sight
from service.acts import plans, questions
from service.acts import waiting as acts
from service.acts.waiting import Waiting
from service.pages import navigation
from service.pages.doing import Stopped, later
from service.pages.frame import frame
from service.pages.navigation import address
from service.pages.pieces import choice, empty, filters, put, table
from service.pages.visit import Visit, page
from service.pages.words import count, number
from solver.indicators.models import REASONS

_SHOWN = 500


@page("/plans/{plan_id}/eleves")
async def pupils(
    visit: Visit, plan_id: str, motif: str = "", etablissement: str = "", aides: str = ""
) -> None:
    """The list, filtered by reason and establishment; `aides`: with what would place them."""
    row, of = await visit.ask(plans.with_scenario, plan_id, Action.READ_PUPILS)
    schools = await visit.ask(acts.schools, plan_id)
    uai = etablissement or None
    found = await visit.ask(acts.waiting, plan_id, uai=uai)
    here = f"/plans/{plan_id}/eleves"
    shown = [w for w in found if motif in ("", w.reason)]
    with frame(
        visit,
        "Élèves sans place",
        crumbs=navigation.down_to_plan(row, of),
        tabs=navigation.plan_tabs(visit.user, plan_id),
        lead=f"{count(len(found), 'place')} à trouver encore, une par élève et par période. Les "
        "élèves sont désignés par leur pseudonyme.",
    ):
        counts = Counter(w.reason for w in found)
        reasons = [
            (k, f"{label} ({number(counts[k])})") for k, label in REASONS.items() if counts[k]
        ]
        put(
            filters(
                here,
                choice("motif", "Motif", reasons, motif),
                choice("etablissement", "Établissement", [(e.uai, e.name) for e in schools],
                       etablissement),
                aides=aides,
            )
        )  # fmt: skip
        if not found:
            put(empty("Tous ces élèves ont une place.",
                      h.a(href=f"/plans/{plan_id}/calendrier")["Voir le calendrier"]))  # fmt: skip
            return
        every = sight(visit.user).every_pupil
        if every or uai:
            _remedies(visit, plan_id, uai, address(here, motif=motif, etablissement=etablissement,
                                                   aides="oui"), asked=bool(aides))  # fmt: skip
        put(h.h2[f"La liste : {number(len(shown))}"], _list(plan_id, shown[:_SHOWN]))
        if len(shown) > _SHOWN:
            put(h.p(".soft")[f"Les {_SHOWN} premiers ; filtrer pour voir les autres."])


def _remedies(visit: Visit, plan_id: str, uai: str | None, again: str, *, asked: bool) -> None:
    put(h.h2["Ce qui en placerait le plus"])
    if not asked:
        put(
            h.p[
                "Chaque assouplissement est essayé sur le plan entier, vérifié, puis chiffré. ",
                h.a(".button", href=again)["Chercher les assouplissements"],
            ]
        )
        return

    async def fill(stopped: Stopped) -> None:
        said = await visit.ask(questions.shortage_of, plan_id, uai)
        put(
            table(
                "Assouplissements",
                ("Élèves placés", "Ce qu’on change", "Points de plus ou de moins"),
                (
                    (
                        number(o.placed),
                        o.sentence,
                        f"{'+' if o.change > 0 else ''}{number(o.change)}",
                    )
                    for o in said.openings
                ),
                "d d",
                hidden_caption=True,
            )
            if said.openings
            else h.p["Aucun changement d’une seule chose n’en placerait davantage."]
        )

    later("Chaque assouplissement est essayé sur le plan entier…", fill)


def _list(plan_id: str, rows: Sequence[Waiting]) -> h.Element:
    return table(
        "Élèves sans place",
        ("Élève", "Division", "Établissement", "Départ", "Motif", "En une phrase"),
        (
            (
                h.a(href=address(f"/plans/{plan_id}/pourquoi", eleve=w.pupil))[w.pupil],
                w.division, w.school, w.start.label() if w.start else "–", w.label, w.detail,
            )
            for w in rows
        ),
        hidden_caption=True,
    )  # fmt: skip
