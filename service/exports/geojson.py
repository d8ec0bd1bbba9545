"""Hosts and establishments as points of a map (GeoJSON, RFC 7946), with masked counts.

Points stand at the commune. Must not know: pupils' homes, how plans are found.
"""

import json
from collections import Counter
from typing import Any

from service.exports.masking import masked
from service.exports.visits import visits
from solver.facts import Facts

Points = list[tuple[str, dict[str, Any]]]
"""Place and properties of each point."""


def geojson(facts: Facts) -> bytes:
    """A `FeatureCollection`; longitude first, WGS 84; counts from 1 to 4 are `< 5`."""
    places = {p.id: p for p in facts.scenario.places}
    features = [
        {
            "type": "Feature",
            "geometry": {
                "type": "Point",
                "coordinates": [round(places[at].longitude, 5), round(places[at].latitude, 5)],
            },
            "properties": {"commune": places[at].name, **properties},
        }
        for at, properties in (*_schools(facts), *_hosts(facts))
    ]
    collection = {"type": "FeatureCollection", "name": facts.scenario.title, "features": features}
    return (json.dumps(collection, ensure_ascii=False, indent=1) + "\n").encode()


def _schools(facts: Facts) -> Points:
    scenario = facts.scenario
    of = {p.id: scenario.division_of[p.division].establishment for p in scenario.periods}
    demands = Counter(of[period.id] for _, period in scenario.demands())
    missing = Counter(of[period.id] for _, period in facts.unplaced)
    schools = scenario.establishments
    without = masked([missing[e.uai] for e in schools], total_told=True)
    return [
        (
            school.place,
            {
                "nature": "etablissement",
                "uai": school.uai,
                "nom": school.name,
                "type": school.type,
                "rep": school.priority_education,
                "eleve_periodes": masked([demands[school.uai]])[0],
                "sans_place": unplaced,
            },
        )
        for school, unplaced in zip(schools, without, strict=True)
    ]


def _hosts(facts: Facts) -> Points:
    pupils: Counter[str] = Counter()
    weeks: dict[str, set[object]] = {}
    for visit in visits(facts):
        pupils[visit.host.id] += visit.pupils
        weeks.setdefault(visit.host.id, set()).update(visit.weeks)
    return [
        (
            host.place,
            {
                "nature": "accueil",
                "accueil": host.id,
                "nom": host.name,
                "publics": list(host.publics),
                "places": host.slots,
                "eleve_periodes": masked([pupils[host.id]])[0],
                "semaines_occupees": len(weeks.get(host.id, ())),
            },
        )
        for host in facts.scenario.hosts
    ]
