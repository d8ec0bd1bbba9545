"""Another map of the pôles: bassins put together, cut apart, or sharing the hosts of one trade.

What `bases` does for folders, for scenarios at hand; local pseudonyms may collide, nothing else.
Must not know: files, plans' worth.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel

from scenarios.tables import scenario_tables
from scenarios.writing import rows_of
from solver.domain import Host, Plan, Scenario
from solver.errors import Fault, InvalidScenario
from solver.explain.parts import changed

_SHARED = ("academy", "year", "zone", "regulation", "prices", "school_year")
"""What bassins must agree on to be planned together."""


def distinct(scenarios: Mapping[str, Scenario]) -> dict[str, Scenario]:
    """The same bassins, pupils under `bassin/pseudonym` where two bassins use one pseudonym."""
    seen = Counter(p.id for s in scenarios.values() for p in s.pupils)
    return {
        name: _renamed(name, scenario) if any(seen[p.id] > 1 for p in scenario.pupils) else scenario
        for name, scenario in scenarios.items()
    }


def _renamed(name: str, scenario: Scenario) -> Scenario:
    described = {p.id for p in scenario.pupils}
    pupils = (p.model_copy(update={"id": f"{name}/{p.id}"}) for p in scenario.pupils)
    found = (
        f.model_copy(update={"pupil": f"{name}/{f.pupil}"}) if f.pupil in described else f
        for f in scenario.found_places
    )
    return changed(scenario, pupils=tuple(pupils), found_places=tuple(found), reference=None)


def pooled(scenarios: Mapping[str, Scenario], title: str) -> Scenario:
    """Bassins planned as one; a row that several of them hold is kept once.

    Raises `InvalidScenario` with every row or setting on which they disagree.
    """
    first_name, first = next(iter(scenarios.items()))
    faults: list[Fault] = []
    for name, scenario in scenarios.items():
        for field in _SHARED:
            here, there = getattr(first, field), getattr(scenario, field)
            if here != there:
                header = Scenario.model_fields[field].alias
                faults.append(_quarrel(header, _differences(here, there), first_name, name))
    tables: dict[str, tuple[Any, ...]] = {}
    for table in scenario_tables().values():
        rows: dict[tuple[Any, ...], tuple[Any, str]] = {}
        for name, scenario in scenarios.items():
            for row in getattr(scenario, table.field):
                key = tuple(getattr(row, c.name) for c in table.keys)
                known, whose = rows.setdefault(key, (row, name))
                if known != row:
                    written = " ; ".join(rows_of(table, [row])[0][: len(key)])
                    faults.append(_quarrel(table.name, written, whose, name))
        tables[table.field] = tuple(row for row, _ in rows.values())
    if faults:
        raise InvalidScenario(faults)
    bassin = "+".join(s.bassin for s in scenarios.values())
    return changed(first, title=title, bassin=bassin, reference=None, **tables)


def _differences(one: Any, other: Any) -> str:
    """The two values; of a group of settings, the keys on which they differ."""
    if not isinstance(one, BaseModel):
        return f"{one} ; {other}"
    return ", ".join(
        field.alias or name
        for name, field in type(one).model_fields.items()
        if getattr(one, name) != getattr(other, name)
    )


def _quarrel(what: str | None, row: str, one: str, other: str) -> Fault:
    message = f"« {one} » et « {other} » ne disent pas la même chose"
    return Fault(
        "bases-en-conflit", message, what, value=row, expected="la même chose des deux côtés"
    )


def parted(scenario: Scenario, uais: Collection[str], title: str) -> Scenario:
    """One part of a bassin cut in two: these establishments, and the hosts nearest to them.

    A host where pupils have found or signed a place goes with most of them; a place found on the
    other side is found no more. Raises `InvalidScenario` for an unknown establishment, or where
    a signed agreement would be lost.
    """
    known = {e.uai for e in scenario.establishments}
    if unknown := sorted(set(uais) - known):
        raise InvalidScenario(
            [
                Fault(
                    "reference-inconnue",
                    "établissement absent du bassin",
                    "etablissements",
                    value=u,
                )
                for u in unknown
            ]
        )
    divisions = {d.id for d in scenario.divisions if d.establishment in uais}
    pupils = {p.id for p in scenario.everyone if p.division in divisions}
    hosts = _hosts_of_part(scenario, uais, pupils)
    mine = [f for f in scenario.found_places if f.pupil in pupils]
    if lost := [f for f in mine if f.status == "signee" and f.host not in hosts]:
        raise InvalidScenario(
            [
                Fault(
                    "convention-coupee",
                    "la limite sépare un élève de la structure avec laquelle il a signé",
                    "placements",
                    value=f"{f.pupil} — {f.host}",
                )
                for f in lost
            ]
        )
    lived_in = {p.boarding_house for p in scenario.pupils if p.division in divisions}
    kept = {*uais, *divisions, *hosts}
    return changed(
        scenario,
        title=title,
        establishments=_with(scenario.establishments, "uai", uais),
        divisions=_with(scenario.divisions, "id", divisions),
        periods=_with(scenario.periods, "division", divisions),
        pupils=_with(scenario.pupils, "division", divisions),
        hosts=tuple(_told_apart(h, uais) for h in scenario.hosts if h.id in hosts),
        capacities=_with(scenario.capacities, "host", hosts),
        boarding_houses=tuple(
            b for b in scenario.boarding_houses if b.establishment in uais or b.id in lived_in
        ),
        found_places=tuple(f for f in mine if f.host in hosts),
        closures=_with(scenario.closures, "target", kept),
        reference=None,
    )


def _with(rows: Iterable[Any], field: str, values: Collection[str]) -> tuple[Any, ...]:
    return tuple(row for row in rows if getattr(row, field) in values)


def _told_apart(host: Host, uais: Collection[str]) -> Host:
    """Reserved for those of its schools that are on this side."""
    kept = tuple(u for u in host.reserved_for if u in uais)
    return host.model_copy(update={"reserved_for": kept}) if host.reserved_for else host


def _hosts_of_part(scenario: Scenario, uais: Collection[str], pupils: Collection[str]) -> set[str]:
    """Hosts that are reserved, then known (signed, found), else nearest to these schools."""
    ties: Counter[str] = Counter()
    for found in scenario.found_places:
        weight = 1000 if found.status == "signee" else 1
        ties[found.host] += weight if found.pupil in pupils else -weight
    at = {p.id: (p.latitude, p.longitude) for p in scenario.places}
    schools = [(at[e.place], e.uai in uais) for e in scenario.establishments]

    @cache
    def near(place: str) -> bool:
        return min(schools, key=lambda school: _apart(school[0], at[place]))[1]

    def stays(host: Host) -> bool:
        reserved = set(host.reserved_for)
        if reserved and (reserved <= set(uais) or not reserved & set(uais)):
            return reserved <= set(uais)
        return ties[host.id] > 0 if ties[host.id] else near(host.place)

    return {host.id for host in scenario.hosts if stays(host)}


def _apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Something that grows with the distance, near enough within an académie."""
    east = (one[1] - other[1]) * math.cos(math.radians(one[0]))
    return math.hypot(one[0] - other[0], east)


def exchanged(scenarios: Mapping[str, Scenario], sectors: Collection[str], title: str) -> Scenario:
    """Bassins that keep their hosts to themselves, but those of some sectors.

    A host that trains for one of the sectors is open to every establishment that teaches it, and
    its pupils may sleep in the other bassin's open boarding houses. Raises as `pooled`.
    """
    together = pooled(scenarios, title)
    tokens = {f"secteur:{sector}" for sector in sectors}
    teaching = {d.establishment for d in together.divisions if set(d.sectors) & set(sectors)}
    home = {h.id: {e.uai for e in s.establishments} for s in scenarios.values() for h in s.hosts}

    def limited(host: Host) -> Host:
        if host.reserved_for:
            return host
        allowed = home[host.id] | (teaching if tokens & set(host.diplomas) else set())
        return host.model_copy(update={"reserved_for": tuple(sorted(allowed))})

    return changed(together, hosts=tuple(limited(h) for h in together.hosts))


def united(plans: Iterable[Plan]) -> Plan:
    """The plans of several bassins as one."""
    plans = list(plans)
    return Plan(
        departures=tuple(d for plan in plans for d in plan.departures),
        placements=tuple(p for plan in plans for p in plan.placements),
    )


def within(plan: Plan, scenario: Scenario) -> Plan:
    """What a plan says of this scenario's pupils, periods, hosts and boarding houses."""
    houses = {None, *scenario.boarding_house_of}
    return Plan(
        departures=tuple(d for d in plan.departures if d.period in scenario.period_of),
        placements=tuple(
            p
            for p in plan.placements
            if p.pupil in scenario.pupil_of and p.host in scenario.host_of and p.lodging in houses
        ),
    )
