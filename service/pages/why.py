"""`/plans/{plan}/pourquoi`: why a pupil has no place, or an establishment so many; what would help.

Must not know: how remedies are found, who sees whom.
"""

from collections.abc import Sequence

import htpy as h

from service.accounts.rights import Action, sight
from service.acts import plans, questions
from service.exports.comparison import signed
from service.pages.doing import Stopped, later
from service.pages.frame import frame
from service.pages.navigation import address, down_to_plan, plan_tabs
from service.pages.pieces import choice, empty, filters, notice, put, table
from service.pages.visit import Visit, aside, page
from service.pages.words import count, number
from solver.domain import Scenario
from solver.whatif import Shortage, Why
from solver.whatif.why import Holder, Seat

_MOST_LISTED, _MOST_OPEN = 300, 25


@page("/plans/{plan_id}/pourquoi")
async def why(visit: Visit, plan_id: str, eleve: str = "", etablissement: str = "") -> None:
    """A pupil by pseudonym, else an establishment, else who has no place."""
    row, of = await visit.ask(plans.with_scenario, plan_id, Action.READ_PUPILS)
    scenario = await aside(lambda: visit.house.scenario(of))
    seen = sight(visit.user)
    schools = [(e.uai, e.name) for e in scenario.establishments if seen.of(e.uai)]
    if not eleve and not etablissement and not seen.every_pupil and schools:
        etablissement = schools[0][0]
    who = eleve or dict(schools).get(etablissement, "") or etablissement
    with frame(
        visit,
        f"Pourquoi ? {who}".strip(),
        crumbs=down_to_plan(row, of),
        tabs=plan_tabs(visit.user, plan_id),
        lead="Pourquoi un élève n’a pas de place, et ce qui la lui donnerait : chaque remède est "
        "appliqué et le plan entier relu.",
    ):
        put(
            filters(
                f"/plans/{plan_id}/pourquoi",
                h.label[
                    h.span["Élève (pseudonyme)"],
                    h.input(name="eleve", value=eleve, maxlength="200", spellcheck="false"),
                ],
                choice("etablissement", "Ou un établissement", schools, etablissement, "–"),
            )
        )
        if eleve:
            later(
                "Les remèdes sont essayés un à un…",
                lambda stopped: _pupil(visit, plan_id, scenario, eleve),
            )
        else:
            later(
                "Ce qui en placerait le plus est essayé et vérifié…",
                lambda stopped: _establishment(visit, plan_id, etablissement or None, stopped),
            )
            await _unplaced(visit, plan_id, scenario, etablissement or None)


async def _pupil(visit: Visit, plan_id: str, scenario: Scenario, pupil: str) -> None:
    answers = await visit.ask(questions.reasons_of, plan_id, pupil, None)
    put([_why(scenario, answer) for answer in answers])


def _why(scenario: Scenario, answer: Why) -> h.Node:
    span = answer.weeks[0].label() if answer.weeks else "sans semaine"
    host = scenario.host_of.get(answer.host or "")
    return (
        h.h2[f"Période {answer.period}, départ {span}"],
        notice(
            h.p[f"Placé chez {host.name or host.id}, à {answer.minutes} min."]
            if host
            else h.p[h.strong["Sans place. "], answer.detail],
            alert=host is None,
        ),
        h.h3["De toutes les structures à celles qui peuvent"],
        _funnel(answer),
        h.h3["Les plus proches, et qui y est"],
        table(
            f"Structures à portée, période {answer.period}",
            ("Structure", "Trajet", "Places", "Une place libre ?", "Qui y est ces semaines-là"),
            ((*_seat(seat), _holders(seat.holders)) for seat in answer.seats),
            " dd",
            hidden_caption=True,
        )
        if answer.seats
        else h.p(".soft")["Aucune structure à portée."],
        _remedies(answer) if host is None else None,
    )


def _funnel(answer: Why) -> h.Element:
    """Each step with its bar: what is left of the hosts."""
    most = max((step.hosts for step in answer.steps), default=1) or 1
    return h.ol(".funnel")[
        (
            h.li[
                h.span(".funnel-words")[h.strong[number(step.hosts)], f" {step.label}"],
                h.span(
                    ".funnel-bar",
                    aria_hidden="true",
                    style=f"width:{100 * step.hosts / most:.1f}%",
                ),
            ]
            for step in answer.steps
        )
    ]


def _seat(seat: Seat) -> tuple[h.Node, ...]:
    return (
        seat.name or seat.host, f"{seat.minutes} min", number(seat.slots),
        "oui" if seat.room else "non",
    )  # fmt: skip


def _holders(holders: Sequence[Holder]) -> h.Node:
    if not holders:
        return "personne"
    return ", ".join(
        f"{holder.period} ({', '.join(holder.pupils)})" if holder.pupils else holder.period
        for holder in holders
    )


def _remedies(answer: Why) -> h.Node:
    if not answer.remedies:
        return h.p["Aucun changement simple ne lui donnerait une place."]
    return table(
        f"Ce qui lui donnerait une place (période {answer.period}), vérifié sur le plan entier",
        ("Changement", "Points de plus sur le plan entier"),
        ((remedy.sentence, signed(remedy.change)) for remedy in answer.remedies),
        " d",
    )


async def _unplaced(
    visit: Visit, plan_id: str, scenario: Scenario, establishment: str | None
) -> None:
    rows = await visit.ask(plans.unplaced, plan_id, uai=establishment)
    if not rows:
        put(empty("Chaque élève a une place."))
        return
    title = f"{count(len(rows), 'élève-période')} sans place"
    put(
        h.h2[title],
        h.details(".twin", open=len(rows) <= _MOST_OPEN)[
            h.summary["Chacun et pourquoi"],
            table(
                title,
                ("Élève", "Période", "Division", "Pourquoi"),
                (
                    (
                        h.a(href=address(f"/plans/{plan_id}/pourquoi", eleve=u.pupil))[u.pupil],
                        u.period,
                        scenario.division_of[scenario.period_of[u.period].division].name,
                        u.detail,
                    )
                    for u in rows[:_MOST_LISTED]
                ),
                hidden_caption=True,
            ),
            h.p(".hint")[f"… et {number(len(rows) - _MOST_LISTED)} autres."]
            if len(rows) > _MOST_LISTED
            else None,
        ],
    )


async def _establishment(
    visit: Visit, plan_id: str, establishment: str | None, stopped: Stopped
) -> None:
    found = await visit.ask(questions.shortage_of, plan_id, establishment)
    if not stopped():
        put(_shortage(found))


def _shortage(found: Shortage) -> h.Node:
    if not found.unplaced:
        return None
    return (
        h.h2["Par motif"],
        table(
            "Élève-périodes sans place, par motif",
            ("Motif", "Élève-périodes"),
            ((label, number(n)) for label, n in found.reasons.items()),
            " d",
            hidden_caption=True,
        ),
        h.h2["Ce qui en placerait le plus"],
        table(
            "Un seul changement, vérifié sur le plan entier",
            ("Changement", "Placés en plus", "Points de plus"),
            ((o.sentence, number(o.placed), signed(o.change)) for o in found.openings),
            " dd",
            hidden_caption=True,
        )
        if found.openings
        else h.p["Aucun changement simple n’en placerait davantage."],
    )
