"""Measured journeys, from a CSV or from a routing server.

Must not know: how a server is asked.
"""

from collections.abc import Sequence

from scenarios.cells import Unreadable, fold
from scenarios.importers.handed import Handed
from scenarios.importers.preview import Import
from scenarios.importers.route_servers import RouteServer
from scenarios.importers.sought import Sought, column, record, sought_rows
from solver.domain import Journey, Mode, Place, Scenario
from solver.errors import Fault

COLUMNS = (
    Sought("origine", ("origine", "origin", "from", "depart", "lieu_depart"), True),
    Sought("destination", ("destination", "to", "arrivee", "lieu_arrivee"), True),
    Sought("mode", ("mode", "profil", "profile")),
    Sought("minutes", ("minutes", "duree_minutes", "duree_min", "temps")),
    Sought("secondes", ("secondes", "duree_secondes", "duration", "seconds", "duree_s")),
)
_MODES: dict[str, Mode] = {
    "pied": "pied", "foot": "pied", "walk": "pied", "marche": "pied", "pedestrian": "pied",
    "velo": "velo", "bike": "velo", "bicycle": "velo", "cycling": "velo",
    "deux_roues": "deux_roues", "scooter": "deux_roues", "motor_scooter": "deux_roues",
    "voiture": "voiture", "car": "voiture", "driving": "voiture", "auto": "voiture",
    "tc": "tc", "transit": "tc", "bus": "tc", "train": "tc", "transports": "tc",
}  # fmt: skip


def journeys_from_table(file: Handed, places: Sequence[Place], mode: Mode | None = None) -> Import:
    """Journeys between places of the scenario. `mode`: that of a table without the column."""
    made = Import("trajets", file.file)
    known = {p.id for p in places}
    seen: dict[tuple[str, str, str], int] = {}
    for row in sought_rows(file, COLUMNS, made):
        try:
            ends = [row.text(name) for name in ("origine", "destination")]
            ends = [f"0{e}" if e not in known and f"0{e}" in known else e for e in ends]
            for end in ends:
                if end not in known:
                    raise Unreadable("lieu absent du scénario")
            word = fold(row.text("mode"))
            if word and word not in _MODES:
                raise Unreadable(f"mode « {row.text('mode')} » inconnu : pied velo voiture tc")
            by = _MODES.get(word) or mode
            if by is None:
                raise Unreadable("mode absent : le donner avec --mode")
            minutes = row.read("minutes", column("lieux", "lat"))
            seconds = row.read("secondes", column("lieux", "lat"))
            if minutes is None and seconds is None:
                raise Unreadable("durée absente")
            whole = -(-seconds // 60) if minutes is None else -(-minutes // 1)
            if not 0 <= whole <= 24 * 60:
                raise Unreadable("durée impossible")
            if (*ends, by) in seen:
                raise Unreadable(f"trajet déjà dit ligne {seen[ends[0], ends[1], by]}")
            made.add(
                record(
                    Journey,
                    {"origin": ends[0], "destination": ends[1], "mode": by, "minutes": int(whole)},
                )
            )
        except Unreadable as reason:
            made.refuse(row.line, reason.message)
            continue
        seen[ends[0], ends[1], by] = row.line
        exact = minutes if minutes is not None else seconds / 60
        made.take(row.line, "" if exact == whole else "arrondi à la minute supérieure")
    return made


def journeys_from_server(server: RouteServer, scenario: Scenario, mode: Mode) -> Import:
    """Journeys from every home and boarding house to every host. Raises `ServerUnavailable`.

    A pair counts as one row read; one that the server finds no way for is refused.
    """
    made = Import("trajets", server.url)
    place = {p.id: p for p in scenario.places}
    homes = {u.home for u in scenario.everyone} | {b.place for b in scenario.boarding_houses}
    ends = {h.place for h in scenario.hosts}
    origins = [place[i] for i in sorted(homes)]
    targets = [place[i] for i in sorted(ends)]
    if not origins or not targets:
        message = "aucun trajet à demander : il faut des domiciles et des structures d’accueil"
        made.faults.append(Fault("rien-a-prendre", message, file=server.url))
        return made
    found = server.minutes(origins, targets, mode)
    for origin, row in zip(origins, found, strict=True):
        for target, minutes in zip(targets, row, strict=True):
            made.rows_read += 1
            if minutes is None:
                made.refuse(made.rows_read, "aucun chemin pour ce mode")
                continue
            made.add(Journey(origin=origin.id, destination=target.id, mode=mode, minutes=minutes))
            made.take(made.rows_read)
    return made
