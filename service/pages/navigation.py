"""Addresses: the entries of each role, the way down from the académie, the pages of a plan.

Every address is written here once. Must not know: what pages show.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from service.accounts.rights import Action, User, may
from service.tables import PlanRow, RunRow, ScenarioRow


@dataclass(frozen=True, slots=True)
class Link:
    """A text and where it leads."""

    text: str
    address: str


_ENTRIES = (
    (Link("Bassins", "/"), Action.READ_SCENARIO),
    (Link("Mes périodes", "/departs"), Action.PROPOSE),
    (Link("Académie", "/academie"), Action.READ_RUN),
    (Link("Déposer un bassin", "/deposer"), Action.WRITE_SCENARIO),
    (Link("Importer", "/importer"), Action.WRITE_SCENARIO),
    (Link("Semaines de 3e", "/harmoniser"), Action.WRITE_SCENARIO),
    (Link("Propositions", "/propositions"), Action.READ_PROPOSAL),
    (Link("Comptes", "/comptes"), Action.MANAGE_ACCOUNTS),
    (Link("Aide", "/aide"), Action.OWN_ACCOUNT),
)


def entries(user: User) -> list[Link]:
    """The main navigation, for this role."""
    return [link for link, action in _ENTRIES if may(user, action)]


def address(path: str, **query: str | int | None) -> str:
    """A path and what of the query says something."""
    said = {key: value for key, value in query.items() if value not in (None, "")}
    return f"{path}?{urlencode(said)}" if said else path


HOME = Link("Bassins", "/")


def bassin(academy: str, name: str) -> Link:
    return Link(name, address("/bassin", academie=academy, nom=name))


def scenario(row: ScenarioRow) -> Link:
    return Link(row.title, f"/scenarios/{row.id}")


def run(row: RunRow) -> Link:
    return Link(f"Calcul · {row.title}", f"/calculs/{row.id}")


def plan(row: PlanRow) -> Link:
    return Link(row.title, f"/plans/{row.id}")


def down_to_bassin(academy: str, name: str) -> Sequence[Link]:
    """The way down to the pages of a bassin, the bassin included."""
    return (HOME, bassin(academy, name))


def down_to_scenario(row: ScenarioRow) -> Sequence[Link]:
    return (*down_to_bassin(row.academy, row.bassin), scenario(row))


def down_to_plan(row: PlanRow, of: ScenarioRow) -> Sequence[Link]:
    """The way down to the pages of a plan, the plan included."""
    return (*down_to_scenario(of), Link(f"Plan du {row.created_at:%d/%m/%Y}", f"/plans/{row.id}"))


_PLAN_PAGES = (
    ("Vue d’ensemble", "", Action.READ_PLAN),
    ("Calendrier", "/calendrier", Action.READ_PLAN),
    ("Accueils", "/accueils", Action.READ_PLAN),
    ("Élèves", "/eleves", Action.READ_PUPILS),
    ("Départs", "/departs", Action.TRY_SHIFT),
    ("Prospecter", "/prospecter", Action.READ_PLAN),
    ("Documents", "/documents", Action.READ_PLAN),
)


def plan_tabs(user: User, plan_id: str) -> list[Link]:
    """The pages of a plan that this role may open."""
    return [
        Link(text, f"/plans/{plan_id}{path}")
        for text, path, action in _PLAN_PAGES
        if may(user, action)
    ]
