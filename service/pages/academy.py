"""`/academie`: every bassin on one page, what it gives and what calls for somebody.

Must not know: how figures and alerts are found.
"""

from collections.abc import Iterator, Sequence

import htpy as h

from service.accounts.rights import Action, reach
from service.acts import academy
from service.acts.academy import Pole
from service.exports.comparison import french
from service.exports.figures.style import FAMILY_NAMES
from service.pages import navigation
from service.pages.frame import frame
from service.pages.navigation import Link
from service.pages.pieces import empty, figures, put, table, term
from service.pages.visit import Visit, page
from service.pages.words import count, number, percent
from solver.week import Week

_TABS = (
    (Link("Vue d’ensemble", "/academie"), False),
    (Link("Comparer", "/comparer"), False),
    (Link("Réunir deux bassins", "/reunir"), True),
    (Link("Lots", "/lots"), False),
)
"""Each page, and whether it is for those who look after a whole académie."""


def tabs(visit: Visit) -> list[Link]:
    """The pages of the académie that are of use to whoever looks."""
    if not visit.may(Action.READ_RUN):
        return []
    return [link for link, whole in _TABS if not whole or over_bassins(visit)]


def over_bassins(visit: Visit) -> bool:
    """Whether the reader may plan bassins that are not theirs together."""
    return reach(visit.user).bassins is None


@page("/academie")
async def overview(visit: Visit) -> None:
    """A line a bassin, alerts first among the figures."""
    poles = await visit.ask(academy.overview)
    name = poles[0].scenario.academy if len({p.scenario.academy for p in poles}) == 1 else ""
    with frame(
        visit,
        f"Académie de {name}" if name else "Académie",
        tabs=tabs(visit),
        lead=h.fragment[
            "Chaque ", term("BEF", "bassin"), " avec son calendrier en vigueur, ou à défaut son "
            "dernier plan. Les effectifs de 1 à 4 élèves sont masqués.",
        ],
    ):  # fmt: skip
        if not poles:
            put(
                empty(
                    "Aucun bassin déposé : chaque coordination dépose ses tables, puis son bassin "
                    "paraît ici."
                )
            )
            return
        put(_whole(poles), _poles(poles), _tension(poles))


def _whole(poles: Sequence[Pole]) -> h.Element:
    planned = [p for p in poles if p.plan is not None]
    demands = sum(p.figures["demandes"] for p in planned)
    known = [p for p in planned if p.figures["places"] is not None]
    placed = sum(p.figures["places"] for p in known)
    asked = sum(p.figures["demandes"] for p in known)
    published = sum(p.plan is not None and p.plan.published_at is not None for p in poles)
    return figures(
        (
            "Bassins",
            number(len(poles)),
            count(published, "calendrier publié", "calendriers publiés"),
        ),
        ("Élève-périodes à placer", number(demands), "un élève compte une fois par période"),
        ("Placées", percent(placed / asked) if asked else "–", "dans les plans montrés"),
        (
            "Appellent quelqu’un",
            number(sum(bool(p.alerts) for p in poles)),
            "bassins avec au moins une alerte",
        ),
    )  # fmt: skip


def _poles(poles: Sequence[Pole]) -> h.Element:
    return table(
        "Les bassins",
        (
            "Bassin", "Alertes", "Calendrier", "Élève-périodes", "Placées", "Trajet médian",
            "9 sur 10 au plus", "Divisions décalées", "Calculs en cours",
        ),
        (list(_pole(pole)) for pole in poles),
        "   dddddd",
    )  # fmt: skip


def _pole(pole: Pole) -> Iterator[h.Node]:
    scenario, plan, told = pole.scenario, pole.plan, pole.figures
    yield h.a(href=navigation.bassin(scenario.academy, scenario.bassin).address)[scenario.bassin]
    yield (
        h.ul(".alerts")[(h.li[alert] for alert in pole.alerts)]
        if pole.alerts
        else h.span(".soft")["rien à signaler"]
    )
    if plan is None:
        yield h.span(".soft")["aucun plan"]
        yield from ("–",) * 5
    else:
        shown = "publié" if plan.published_at else "non publié"
        yield h.a(href=f"/plans/{plan.id}")[f"{plan.year}, {shown}"]
        yield number(told["demandes"])
        rate = told["taux_placement"]
        yield percent(rate) if rate is not None else "> 99\u202f%"
        yield _minutes(told["trajets"]["mediane"])
        yield _minutes(told["trajets"]["d9"])
        yield number(told["divisions_decalees"])
    yield number(pole.running) if pole.running else "–"


def _minutes(value: int | None) -> str:
    return "–" if value is None else f"{value} min"


def _tension(poles: Sequence[Pole]) -> h.Node:
    """The national indicator: offers for each pupil, in the busiest week of each bassin."""
    loads = [
        (load["places"] / load["pointe"], pole.scenario.bassin, load)
        for pole in poles
        for load in pole.figures.get("charges", ())
        if load["pointe"]
    ]
    if not loads:
        return None
    return table(
        "Offres ÷ élèves, la semaine la plus chargée",
        ("Bassin", "Famille", "Semaine", "Élèves", "Places", "Offres ÷ élèves"),
        (
            (
                bassin,
                FAMILY_NAMES[load["famille"]],
                Week.parse(load["semaine_pointe"]).label(),
                number(load["pointe"]),
                number(load["places"]),
                french(round(ratio, 2)),
            )
            for ratio, bassin, load in sorted(loads, key=lambda one: one[:2])
        ),
        "   ddd",
    )
