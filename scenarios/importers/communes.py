"""Where communes are: from their name, postcode or Insee code to a place with coordinates.

Must not know: establishments, pupils, hosts.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from scenarios.cells import Unreadable, fold
from scenarios.importers.handed import Given, handed
from scenarios.importers.preview import Import
from scenarios.importers.sought import Sought, column, record, sought_rows
from solver.domain import Place
from solver.errors import CalendrierBassinError

_KM_PER_DEGREE = 111.195
COLUMNS = (
    Sought("code_insee", ("code_insee", "code_commune", "codecommune", "insee", "com"), True),
    Sought("nom", ("nom", "nom_commune", "commune", "libelle", "nom_standard"), True),
    Sought("lat", ("lat", "latitude", "latitude_centre", "latitude_mairie"), True),
    Sought("lon", ("lon", "longitude", "longitude_centre", "longitude_mairie"), True),
    Sought("codes_postaux", ("codes_postaux", "code_postal", "cp")),
    Sought("population", ("population", "pmun", "ptot")),
)


@dataclass(slots=True)
class Communes:
    """Places by Insee code, and what tells them from a name or a postcode."""

    places: dict[str, Place] = field(default_factory=dict)
    population: dict[str, int] = field(default_factory=dict)
    by_name: dict[str, set[str]] = field(default_factory=dict)
    by_postcode: dict[str, set[str]] = field(default_factory=dict)
    reach: set[str] | None = None
    """Insee codes of the communes asked for; None for all."""

    def put(self, place: Place, postcodes: Iterable[str] = (), population: int = 0) -> None:
        self.places[place.id] = place
        self.population[place.id] = population
        if place.name:
            self.by_name.setdefault(commune_key(place.name), set()).add(place.id)
        for postcode in postcodes:
            self.by_postcode.setdefault(postcode, set()).add(place.id)

    def find(self, code: str = "", name: str = "", postcode: str = "") -> Place:
        """The place of a commune. Raises `Unreadable` where none or several answer, or too far."""
        place = self._find(code, name, postcode)
        if self.reach is not None and place.id not in self.reach:
            raise Unreadable("hors du rayon demandé")
        return place

    def _find(self, code: str, name: str, postcode: str) -> Place:
        code = code.strip().upper()
        if len(code) == 4 and code.isdigit():
            code = f"0{code}"
        if code in self.places:
            return self.places[code]
        named = self.by_name.get(commune_key(name), set()) if name else None
        posted = self.by_postcode.get(postcode.strip().zfill(5), set()) if postcode else None
        either = (named & posted or named) if named and posted else named or posted or set()
        if len(either) == 1:
            return self.places[next(iter(either))]
        said = name or postcode or code
        if not said:
            raise Unreadable("commune absente")
        if either:
            raise Unreadable(f"« {said} » : plusieurs communes possibles, donner le code Insee")
        raise Unreadable(f"commune « {said} » inconnue : compléter la table des communes")

    def near(self, centers: Iterable[Place], km: float) -> list[Place]:
        """The communes within that distance of any of the centers, by code."""
        around = list(centers)
        return [p for _, p in sorted(self.places.items())
                if any(distance_km(p, c) <= km for c in around)]  # fmt: skip


def commune_key(name: str) -> str:
    """How names of communes are compared: `St-Dié des Vosges` is `saint_die_des_vosges`."""
    words = re.sub(r"\b(cedex|arrondissement)\b.*", "", fold(name).replace("_", " ")).split()
    short = {"st": "saint", "ste": "sainte", "s": "sur"}
    return "_".join(short.get(word, word) for word in words)


def distance_km(one: Place, other: Place) -> float:
    """Distance as the crow flies."""
    x = (one.longitude - other.longitude) * math.cos(math.radians(one.latitude))
    return _KM_PER_DEGREE * math.hypot(x, one.latitude - other.latitude)


class UnusableTable(CalendrierBassinError):
    """A reference table (communes, sectors…) that an import leans on cannot be used."""

    def __init__(self, made: Import) -> None:
        self.faults = tuple(made.faults)
        said = [str(f) for f in self.faults] or [f"{made.file} : aucune ligne utilisable"]
        super().__init__("La table de référence ne peut pas servir :\n- " + "\n- ".join(said))


def read_communes(path: Given | None, known: Iterable[Place] = ()) -> Communes:
    """The communes of a table, and the places a scenario knows. Raises `UnusableTable`."""
    communes = Communes()
    if path is not None:
        made = Import("communes", path.name)
        for row in sought_rows(handed(path), COLUMNS, made):
            try:
                people = row.read("population", column("divisions", "effectif"))
                place = record(
                    Place,
                    {
                        "id": row.text("code_insee").zfill(5),
                        "name": row.text("nom"),
                        "latitude": row.read("lat", column("lieux", "lat")),
                        "longitude": row.read("lon", column("lieux", "lon")),
                    },
                )
            except Unreadable as reason:
                made.refuse(row.line, reason.message)
                continue
            assert isinstance(place, Place)
            communes.put(place, row.text("codes_postaux").split(), people or 0)
        if made.faults or not communes.places:
            raise UnusableTable(made)
    for place in known:
        if place.id not in communes.places:
            communes.put(place)
    return communes
