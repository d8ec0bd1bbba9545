"""A scenario cut into parts whose calendars do not touch: a conflict never spans two of them.

Must not know: CP-SAT.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator

from solver.domain import TRAINING, Scenario


def changed(scenario: Scenario, **fields: object) -> Scenario:
    """The scenario with other values for some fields (nothing remembered from the old one)."""
    kept = {name: getattr(scenario, name) for name in Scenario.model_fields}
    return Scenario.model_validate(kept | fields)


def parts(scenario: Scenario) -> Iterator[Scenario]:
    """The scenario restricted to each group of divisions that bind one another."""
    for divisions in _tied(scenario):
        yield restricted(scenario, divisions)


def restricted(scenario: Scenario, divisions: Collection[str]) -> Scenario:
    """The scenario with these divisions only."""
    periods = tuple(p for p in scenario.periods if p.division in divisions)
    pupils = tuple(p for p in scenario.pupils if p.division in divisions)
    kept = {p.id for p in periods}
    signed = tuple(f for f in scenario.found_places if f.period in kept)
    return changed(
        scenario,
        divisions=tuple(d for d in scenario.divisions if d.id in divisions),
        periods=periods,
        pupils=pupils,
        found_places=signed,
        reference=None,
    )


def _tied(scenario: Scenario) -> list[set[str]]:
    """Divisions grouped by what they share: departures, exclusions, absences, signed hosts."""
    shared: dict[tuple[str, str], set[str]] = defaultdict(set)
    for division in scenario.divisions:
        shared["division", division.id].add(division.id)
        if division.public in TRAINING:
            shared["absences", division.establishment].add(division.id)
    limited = {e.uai for e in scenario.establishments if e.max_divisions_away is not None}
    for period in scenario.periods:
        if period.departure:
            shared["depart", period.departure].add(period.division)
        for name in period.exclusions:
            shared["exclusion", name].add(period.division)
    for found in scenario.found_places:
        if found.status == "signee":
            signer = scenario.period_of[found.period].division
            host = scenario.host_of[found.host]
            shared["accueil", host.id].add(signer)
            if scenario.boarding_houses and _has_companions(scenario, signer):
                shared["internats", ""].add(signer)
            if host.legal_person and scenario.regulation.legal_quota:
                shared["siren", host.legal_person].add(signer)
    groups: dict[str, set[str]] = {d.id: {d.id} for d in scenario.divisions}
    for (kind, name), members in shared.items():
        if kind == "absences" and name not in limited:
            continue
        union = set().union(*(groups[member] for member in members))
        for member in union:
            groups[member] = union
    return list({id(group): group for group in groups.values()}.values())


def _has_companions(scenario: Scenario, division: str) -> bool:
    """Whether a signed pupil there may bring classmates along, who may need beds."""
    signed = [f for f in scenario.found_places if f.status == "signee"]
    hosts = {f.host for f in signed if scenario.period_of[f.period].division == division}
    grouped = any(p.group for p in scenario.pupils_of[division])
    return grouped or any(scenario.host_of[h].group_min > 1 for h in hosts)
