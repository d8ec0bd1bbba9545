"""`/plans/{plan}/prospecter`: where one more place would help, on a map and in a table.

Must not know: how prices are found.
"""

from collections.abc import Iterator, Sequence

import htpy as h

from service.accounts.rights import Action
from service.acts import plans, questions
from service.pages.doing import Stopped, later
from service.pages.frame import frame
from service.pages.navigation import down_to_plan, plan_tabs
from service.pages.pictures.territory import Mark, territory
from service.pages.pieces import empty, put, table, term
from service.pages.visit import Visit, aside, page
from service.pages.words import number, percent, sector
from solver.domain import Scenario
from solver.whatif import Idle, Lead, Prospect

_SHOWN = 25


@page("/plans/{plan_id}/prospecter")
async def prospect(visit: Visit, plan_id: str) -> None:
    """The leads, those tried first, then the places that nobody needs."""
    row, of = await visit.ask(plans.with_scenario, plan_id, Action.READ_PLAN)
    scenario = await aside(lambda: visit.house.scenario(of))
    with frame(
        visit,
        "Où chercher des places",
        crumbs=down_to_plan(row, of),
        tabs=plan_tabs(visit.user, plan_id),
        lead=h.fragment[
            "Ce que vaudrait une place de plus, par secteur, zone et semaines, en ",
            term("points"),
            ". Les premières pistes sont essayées : une structure de plus, le plan relu.",
        ],
    ):

        async def fill(stopped: Stopped) -> None:
            found = await visit.ask(questions.leads, plan_id, stop=stopped)
            _show(scenario, found)

        later(
            "Les prix de chaque place sont calculés, puis les dix meilleures pistes essayées…",
            fill,
            stoppable="S’en tenir aux prix trouvés",
        )


def _show(scenario: Scenario, found: Prospect) -> None:
    if not found.leads:
        put(empty("Aucune place de plus ne vaudrait quoi que ce soit : rien à prospecter."))
    else:
        leads = found.leads[:_SHOWN]
        put(
            h.div(".beside")[
                h.figure(".map")[
                    territory("Carte du bassin et des zones à prospecter", _marks(scenario, leads)),
                    h.figcaption(".hint")[
                        "Carrés : établissements. Disques : zones à prospecter, d’autant plus "
                        "grands que les places y valent ; un clic mène à la première piste."
                    ],
                ],
                _leads(leads),
            ]
        )
    if found.idle:
        put(h.h2["Des places dont personne n’a besoin"], _idle(found.idle[:_SHOWN]))


def _marks(scenario: Scenario, leads: Sequence[Lead]) -> list[Mark]:
    """Establishments by place, and each zone with what its leads are worth."""
    place = {p.id: p for p in scenario.places}
    schools: dict[str, list[str]] = {}
    for school in scenario.establishments:
        schools.setdefault(school.place, []).append(school.name)
    marks = [
        Mark(place[at].latitude, place[at].longitude, place[at].name or at,
             f"{place[at].name or at} : {', '.join(names)}", "school")
        for at, names in schools.items()
    ]  # fmt: skip
    zones = {place[at].name or at: place[at] for at in schools}
    worth: dict[str, int] = {}
    first: dict[str, int] = {}
    for rank, lead in enumerate(leads):
        worth[lead.zone] = worth.get(lead.zone, 0) + max(lead.gain or 0, lead.price)
        first.setdefault(lead.zone, rank)
    most = max(worth.values(), default=1) or 1
    for zone, points in worth.items():
        if zone in zones:
            sentence = f"{zone} : pistes pour {number(points)} points"
            at = zones[zone]
            marks.append(
                Mark(at.latitude, at.longitude, zone, sentence, "lead", points / most,
                     f"#piste-{first[zone]}")
            )  # fmt: skip
    return marks


def _leads(leads: Sequence[Lead]) -> h.Element:
    return table(
        "Où une place de plus serait le plus utile",
        ("Secteur", "Zone", "Semaines", "Gain (points)", "Placés en plus", "Prix (borne)"),
        (list(_lead(rank, lead)) for rank, lead in enumerate(leads)),
        "   ddd",
    )


def _lead(rank: int, lead: Lead) -> Iterator[h.Node]:
    yield h.span(id=f"piste-{rank}", tabindex="-1")[_sector(lead.sector)]
    yield lead.zone
    first, last = (week.label().split(" ", 1)[0] for week in (lead.first, lead.last))
    yield first if first == last else f"{first}\u00a0à\u00a0{last}"
    yield "pas essayée" if lead.gain is None else number(lead.gain)
    yield "–" if lead.placed is None else number(lead.placed)
    yield number(lead.price)


def _sector(key: str) -> str:
    return sector(key) or "sans secteur"


def _idle(rows: Sequence[Idle]) -> h.Element:
    return table(
        "Structures sans prix de toute l’année",
        ("Secteur", "Zone", "Structures", "Dont vides", "Semaines-places", "Utilisées"),
        (
            (
                _sector(row.sector), row.zone, number(row.hosts), number(row.unused),
                number(row.offered), percent(row.used / row.offered),
            )
            for row in rows
        ),
        "  dddd",
        hidden_caption=True,
    )  # fmt: skip
