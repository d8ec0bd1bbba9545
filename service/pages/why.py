"""What the page of one pupil says: why there is no place, and what would give one.

Must not know: how remedies are found, who sees whom, addresses.
"""

from collections.abc import Sequence

import htpy as h

from service.acts import questions
from service.exports.comparison import signed
from service.pages.doing import Stopped
from service.pages.pieces import notice, put, table
from service.pages.visit import Visit
from service.pages.words import number, weeks_in_words
from solver.domain import Scenario
from solver.whatif import Why
from solver.whatif.why import Holder, Seat


async def why(visit: Visit, plan_id: str, scenario: Scenario, pupil: str, stopped: Stopped) -> None:
    """Each period of the pupil: placed where, or why not and what would help."""
    answers = await visit.ask(questions.reasons_of, plan_id, pupil, None, stop=stopped)
    if stopped():
        put(notice("Recherche arrêtée : tous les remèdes n’ont pas été essayés."))
    put([_why(scenario, answer) for answer in answers])


def _why(scenario: Scenario, answer: Why) -> h.Node:
    span = answer.weeks[0].label() if answer.weeks else "sans semaine"
    many = len(answer.weeks)
    length = f", {many} semaines" if many > 1 else ""
    host = scenario.host_of.get(answer.host or "")
    return (
        h.h2[f"Départ {span}{length} ({answer.period})"],
        notice(
            h.p[f"Placé chez {host.name or host.id}, à {answer.minutes} min."]
            if host
            else h.p[h.strong["Sans place. "], weeks_in_words(answer.detail)],
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
        ((weeks_in_words(r.sentence), signed(r.change)) for r in answer.remedies),
        " d",
    )
