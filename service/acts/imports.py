"""Files people already have, brought into a scenario: shown first, kept once accepted.

A file stays in memory and goes with its request: what is kept is the scenario made of it. The key
of pseudonyms never comes here, so that pupils come with theirs, and a file that names them is
refused whole. Must not know: HTTP, pages, how sources are read.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scenarios.importers.communes import UnusableTable
from scenarios.importers.desk import WITHOUT_FILE, Request, imported
from scenarios.importers.handed import Held
from scenarios.importers.into import Landed, joined, new_scenario
from scenarios.importers.preview import Import
from service.accounts import rights
from service.accounts.rights import Action, User
from service.acts import found, scenarios
from service.acts.turns import turn
from service.house import House
from service.packing import pack_scenario
from service.refusals import Refusal
from service.tables import ScenarioRow
from service.uploads import check, check_rows, kind_of, too_large
from solver.domain import Scenario
from solver.errors import Fault

ORIGIN = "import"
BESIDE = ("communes", "diplomas", "activities", "attached")
"""Reference tables that an import may lean on."""
_REFUSED = "Ce fichier ne peut pas servir : voir « fautes ». Rien n’en est gardé."


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """A scenario that begins with this import."""

    bassin: str
    academy: str
    year: str
    zone: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One import: a source, its files by name (`file`, `communes`, …), what they cannot say."""

    source: str
    into: str | Beginning
    """The id of a scenario, or a new one."""
    files: Mapping[str, Held] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    """Fields of `desk.Request`."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What the file gives, and the scenario it makes, ready to be stored."""

    made: Import
    landed: Landed | None
    """None where no row is taken."""
    content: bytes
    parent: ScenarioRow | None


def preview(house: House, user: User, asked: Asked) -> Brought:
    """What would be kept, nothing stored.

    Raises `Refusal` where the file cannot be used as a whole, `InvalidScenario` where what it
    gives does not hold together.
    """
    rights.require(user, Action.WRITE_SCENARIO)
    parent, first = _standing(house, user, asked.into)
    if asked.source not in WITHOUT_FILE and "file" not in asked.files:
        raise Refusal("fichier-refuse", "Il manque le fichier (« file ») : l’envoyer.", fautes=[])
    for held in asked.files.values():
        _bounded(house, held)
    with turn(house.making):
        made = _imported(asked, first)
        if not made.usable:
            return Brought(made, None, b"", parent)
        landed = joined(first, made.tables)
        return Brought(made, landed, pack_scenario(landed.scenario), parent)


def keep(house: House, user: User, brought: Brought, *, tags: Sequence[str] = ()) -> ScenarioRow:
    """Store the scenario of a preview: a variant of the one it was brought into, or a new one."""
    rights.require(user, Action.WRITE_SCENARIO)
    landed, parent = brought.landed, brought.parent
    if landed is None:
        raise Refusal(
            "fichier-refuse", "Aucune ligne n’est à prendre : voir pourquoi dans l’aperçu.",
            fautes=[],
        )  # fmt: skip
    if not any(landed.added.values()) and not any(landed.changed.values()):
        raise Refusal("etat-contraire", "Le scénario a déjà tout ce que ce fichier apporte.")
    rights.require_bassin(user, landed.scenario.academy, landed.scenario.bassin)
    if parent is not None:
        with house.database.reading() as session:
            parent = found.scenario(session, user, parent.id)
    return scenarios.store(
        house, user, landed.scenario, brought.content, "zip",
        tags=tags, origin=ORIGIN, parent=parent,
    )  # fmt: skip


def _standing(
    house: House, user: User, into: str | Beginning
) -> tuple[ScenarioRow | None, Scenario]:
    """What the import is laid over, within reach."""
    if isinstance(into, Beginning):
        rights.require_bassin(user, into.academy, into.bassin)
        return None, new_scenario(into.bassin, into.academy, into.year, into.zone, into.title)
    with house.database.reading() as session:
        row = found.scenario(session, user, into)
    return row, house.scenario(row)


def _bounded(house: House, held: Held) -> None:
    """Raises `Refusal` where reading it could cost too much."""
    if held.content[:4] == b"PK\x03\x04":
        check(held.content, kind_of(held.content), house.settings)
    elif len(held.content) > house.settings.upload_bytes:
        raise too_large(house.settings)
    else:
        check_rows(held.content)


def _imported(asked: Asked, first: Scenario) -> Import:
    told: dict[str, Any] = {name: asked.files.get(name) for name in ("file", *BESIDE)}
    request = Request(source=asked.source, scenario=first, **told, **asked.options)
    try:
        made = imported(request)
    except UnusableTable as unusable:
        raise _refused(unusable.faults, str(unusable)) from None
    if made.faults:
        raise _refused(made.faults, _REFUSED)
    return made


def _refused(faults: Iterable[Fault], sentence: str) -> Refusal:
    return Refusal("fichier-refuse", sentence, fautes=[scenarios.fault(f) for f in faults])
