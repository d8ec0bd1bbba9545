"""One import, from what was asked to its preview: opens the tables that the source leans on.

The command, the API and the pages all come here. Must not know: how a preview is shown.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from scenarios.generate.recipe import Tension
from scenarios.importers.communes import Communes, read_communes
from scenarios.importers.divisions import LARGEST_TRAINING, Opening, from_headcounts, from_mef_list
from scenarios.importers.establishments import attachments, establishments
from scenarios.importers.handed import Given, handed
from scenarios.importers.identity import Identities
from scenarios.importers.journeys import journeys_from_server, journeys_from_table
from scenarios.importers.nomenclature import Nomenclature, read_nomenclature
from scenarios.importers.offers import offers
from scenarios.importers.preview import Import, listed
from scenarios.importers.pseudonyms import Pseudonyms, school_key
from scenarios.importers.pupils import absent, pupils
from scenarios.importers.route_servers import RouteServer
from scenarios.importers.sectors import sectors
from scenarios.importers.shared_hosts import shared_hosts
from scenarios.importers.simulated import REGULATED, simulated_hosts
from scenarios.importers.sirene import sirene
from solver.domain import Mode, Public, Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked: a source, its file, the tables beside it, and what it cannot say itself."""

    source: str
    scenario: Scenario
    """What stands already; without rows where all begins."""
    file: Given | None = None
    communes: Given | None = None
    diplomas: Given | None = None
    activities: Given | None = None
    attached: Given | None = None
    """UAI and bassin, for establishments whose row names none."""
    key: Path | None = None
    """File of the pseudonyms' key, outside of `folder`; without it, pupils come with theirs."""
    folder: Path | None = None
    school: str | None = None
    radius_km: float | None = None
    periods: bool = True
    largest: int = LARGEST_TRAINING
    publics: tuple[Public, ...] = ("3E", "2GT", "CAP", "BACPRO", "CS")
    slots: int = 1
    fewest: int = 1
    mode: Mode | None = None
    server: RouteServer | None = None
    seed: int = 0
    tension: Tension = "normale"

    def given(self) -> Given:
        if self.file is None:
            raise ValueError("this source reads a file")
        return self.file


def imported(request: Request) -> Import:
    """What the source gives, nothing written.

    Raises `KeyError` for a source it does not know, `UnusableTable`, `UnusableKey`,
    `ServerUnavailable`, `OSError`.
    """
    return SOURCES[request.source](request)


def _communes(request: Request) -> Communes:
    scenario = request.scenario
    communes = read_communes(request.communes, scenario.places)
    if request.radius_km is not None:
        homes = {e.place for e in scenario.establishments}
        centers = [p for p in scenario.places if p.id in homes]
        communes.reach = {p.id for p in communes.near(centers, request.radius_km)}
    return communes


def _nomenclature(request: Request) -> Nomenclature:
    return read_nomenclature(request.diplomas, request.activities)


def _opening(request: Request) -> Opening:
    made = Import(request.source, request.given().name)
    scenario = request.scenario
    return Opening(
        made,
        scenario.year,
        _nomenclature(request),
        request.periods,
        REGULATED,
        scenario.divisions,
        frozenset(p.division for p in scenario.periods),
    )


def _known(request: Request) -> set[str]:
    return {e.uai for e in request.scenario.establishments}


def _establishments(request: Request) -> Import:
    attached = attachments(request.attached) if request.attached else None
    scenario = request.scenario
    file = handed(request.given())
    return establishments(file, scenario.bassin, _communes(request), attached, scenario.academy)


def _divisions(request: Request) -> Import:
    file = handed(request.given())
    return from_mef_list(file, _known(request), _opening(request), request.largest)


def _headcounts(request: Request) -> Import:
    return from_headcounts(handed(request.given()), _known(request), _opening(request))


def _pupils(request: Request) -> Import:
    scenario = request.scenario
    pseudonyms = Pseudonyms(school_key(request.key, request.folder)) if request.key else None
    made = pupils(
        handed(request.given()),
        request.school,
        {e.uai: e.place for e in scenario.establishments},
        {b.establishment: b.id for b in scenario.boarding_houses if b.establishment},
        _communes(request),
        Identities(pseudonyms, scenario.year),
        _opening(request),
    )
    gone = absent(made, scenario)
    if gone and not made.faults:
        made.note(
            "Élèves du scénario, de ces établissements, absents du fichier (ils restent, à retirer "
            f"de eleves.csv s’ils sont partis) : {listed(gone)}."
        )
    return made


def _sirene(request: Request) -> Import:
    return sirene(
        handed(request.given()),
        _communes(request),
        _nomenclature(request),
        request.publics,
        request.slots,
        request.fewest,
        request.scenario.host_of,
    )


def _shared(request: Request) -> Import:
    known = request.scenario.hosts
    file = handed(request.given())
    return shared_hosts(file, _communes(request), _nomenclature(request), known)


def _offers(request: Request) -> Import:
    scenario = request.scenario
    year = int(scenario.year[:4])
    file = handed(request.given())
    return offers(file, _communes(request), _nomenclature(request), scenario.hosts, year)


def _journeys(request: Request) -> Import:
    if request.server is not None:
        return journeys_from_server(request.server, request.scenario, request.mode or "voiture")
    return journeys_from_table(handed(request.given()), request.scenario.places, request.mode)


def _sectors(request: Request) -> Import:
    return sectors(request.scenario, _nomenclature(request))


def _simulated(request: Request) -> Import:
    communes = _communes(request)
    return simulated_hosts(request.scenario, communes, request.seed, request.tension)


WITHOUT_FILE = frozenset({"secteurs", "simulation"})
"""Sources that read no file of their own."""
SOURCES: Mapping[str, Callable[[Request], Import]] = MappingProxyType(
    {
        "etablissements": _establishments,
        "divisions": _divisions,
        "effectifs": _headcounts,
        "eleves": _pupils,
        "sirene": _sirene,
        "entreprises": _shared,
        "offres": _offers,
        "trajets": _journeys,
        "secteurs": _sectors,
        "simulation": _simulated,
    }
)
