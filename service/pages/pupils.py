"""`/plans/{id}/eleves`: who has no place, why, and what would help; `?eleve=`: one of them.

Must not know: how reasons are found.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import htpy as h

from service.accounts.rights import Action, sight
from service.acts import plans, questions
from service.acts import waiting as acts
from service.acts.waiting import Waiting
from service.exports.comparison import signed
from service.pages import navigation
from service.pages.doing import Stopped, later
from service.pages.frame import frame
from service.pages.navigation import Link, address
from service.pages.pieces import choice, empty, filters, put, table
from service.pages.visit import Visit, aside, page
from service.pages.why import why
from service.pages.words import count, number, weeks_in_words
from service.tables import ScenarioRow
from solver.indicators.models import REASONS, ReasonKey

_SHOWN = 500


@page("/plans/{plan_id}/eleves")
async def pupils(
    visit: Visit,
    plan_id: str,
    eleve: str = "",
    motif: str = "",
    etablissement: str = "",
    aides: str = "",
) -> None:
    """One pupil, or the list by reason and establishment; `aides`: with what would place them."""
    row, of = await visit.ask(plans.with_scenario, plan_id, Action.READ_PUPILS)
    here = f"/plans/{plan_id}/eleves"
    crumbs, tabs = navigation.down_to_plan(row, of), navigation.plan_tabs(visit.user, plan_id)
    if eleve.strip():
        await _one(visit, plan_id, of, eleve.strip(), (*crumbs, Link("Élèves sans place", here)))
        return
    schools = await visit.ask(acts.schools, plan_id)
    name = next((e.name for e in schools if e.uai == etablissement), "")
    found = await visit.ask(acts.waiting, plan_id, uai=etablissement or None)
    shown = [w for w in found if motif in ("", w.reason)]
    with frame(
        visit,
        f"Élèves sans place, {name}" if name else "Élèves sans place",
        crumbs=crumbs,
        tabs=tabs,
        lead=f"{count(len(found), 'place')} à trouver encore, une par élève et par période. Les "
        "élèves sont désignés par leur pseudonyme : l’ouvrir dit pourquoi, et ce qui l’aiderait.",
    ):
        put(
            filters(
                here,
                choice("etablissement", "Établissement", [(e.uai, e.name) for e in schools],
                       etablissement),
                choice("motif", "Motif", [(k, REASONS[k]) for k in _counted(found)], motif),
                _seek(),
                aides=aides,
            )
        )  # fmt: skip
        if not found:
            put(empty("Tous ces élèves ont une place.",
                      h.a(href=f"/plans/{plan_id}/calendrier")["Voir le calendrier"]))  # fmt: skip
            return

        def to(**changed: str) -> str:
            kept = {"motif": motif, "etablissement": etablissement, "aides": aides}
            return address(here, **{**kept, **changed})

        put(h.h2["Pourquoi"], _reasons(_counted(found), lambda key: to(motif=key)))
        if sight(visit.user).every_pupil or etablissement:
            _remedies(visit, plan_id, etablissement or None, to(aides="oui"), asked=bool(aides))
        put(h.h2[f"La liste : {number(len(shown))}"], _list(here, shown[:_SHOWN]))
        if len(shown) > _SHOWN:
            put(h.p(".soft")[f"Les {_SHOWN} premiers ; filtrer pour voir les autres."])


async def _one(
    visit: Visit, plan_id: str, of: ScenarioRow, pupil: str, crumbs: Sequence[Link]
) -> None:
    """Why one pupil has no place."""
    scenario = await aside(lambda: visit.house.scenario(of))
    questions.require_own_pupil(scenario, sight(visit.user), pupil)
    division = scenario.division_of[scenario.pupil_of[pupil].division]
    school = next(e for e in scenario.establishments if e.uai == division.establishment)
    with frame(
        visit,
        f"Élève {pupil}",
        crumbs=crumbs,
        tabs=navigation.plan_tabs(visit.user, plan_id),
        lead=f"{division.name or division.id}, {school.name}. Ce qui ferme chaque structure, et ce "
        "qui donnerait une place : chaque remède est appliqué et le plan entier relu.",
    ):
        put(filters(f"/plans/{plan_id}/eleves", _seek(pupil)))
        later(
            "Les remèdes sont essayés un à un…",
            lambda stopped: why(visit, plan_id, scenario, pupil, stopped),
            stoppable="S’en tenir à ce qui est trouvé",
        )


def _seek(pupil: str = "") -> h.Element:
    return h.label[
        h.span["Un élève (pseudonyme)"],
        h.input(name="eleve", value=pupil, maxlength="200", spellcheck="false", size="12"),
    ]


def _counted(found: Sequence[Waiting]) -> dict[ReasonKey, int]:
    counts = Counter(w.reason for w in found)
    return {key: counts[key] for key in REASONS if counts[key]}


def _reasons(counts: Mapping[ReasonKey, int], to: Callable[[str], str]) -> h.Element:
    """Each reason with its bar, a link to those it concerns."""
    most = max(counts.values())
    return h.ul(".funnel")[
        (
            h.li[
                h.a(".funnel-words", href=to(key))[h.strong[number(n)], f" {REASONS[key]}"],
                h.span(".funnel-bar", aria_hidden="true", style=f"width:{100 * n / most:.1f}%"),
            ]
            for key, n in counts.items()
        )
    ]


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
        said = await visit.ask(questions.shortage_of, plan_id, uai, stop=stopped)
        if said.fewest:
            least = number(said.fewest)
            put(h.p[f"Aucun plan du bassin n’en laisse moins de {least} : c’est prouvé."])
        put(
            table(
                "Un seul changement, vérifié sur le plan entier",
                ("Ce qu’on change", "Placés en plus", "Points de plus ou de moins"),
                (
                    (weeks_in_words(o.sentence), number(o.placed), signed(o.change))
                    for o in said.openings
                ),
                " dd",
                hidden_caption=True,
            )
            if said.openings
            else h.p["Aucun changement d’une seule chose n’en placerait davantage."]
        )

    later(
        "Chaque assouplissement est essayé sur le plan entier…", fill,
        stoppable="S’en tenir à ce qui est trouvé",
    )  # fmt: skip


def _list(here: str, rows: Sequence[Waiting]) -> h.Element:
    return table(
        "Élèves sans place",
        ("Élève", "Division", "Établissement", "Départ", "Motif", "En une phrase"),
        (
            (
                h.a(href=address(here, eleve=w.pupil))[w.pupil],
                w.division, w.school, w.start.label() if w.start else "–", w.label,
                weeks_in_words(w.detail),
            )
            for w in rows
        ),
        hidden_caption=True,
    )  # fmt: skip
