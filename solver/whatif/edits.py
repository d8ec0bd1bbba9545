"""One change of the tables at a time: places, minutes, boarding. The rest is as it was.

Must not know: whom the change helps.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import groupby

from solver.domain import Capacity, Host, Public, Pupil, Scenario
from solver.explain.parts import changed
from solver.week import Week


def with_pupils(
    scenario: Scenario, pupils: Iterable[Pupil], edit: Callable[[Pupil], Pupil]
) -> Scenario:
    """Some pupils edited; a division known by its head count only gets a row per pupil."""
    ids = {p.id for p in pupils}
    described = {p.division for p in scenario.pupils}
    named = {scenario.pupil_of[i].division for i in ids} - described
    rows = scenario.pupils + tuple(p for d in named for p in scenario.pupils_of[d])
    return changed(scenario, pupils=tuple(edit(p) if p.id in ids else p for p in rows))


def with_host(scenario: Scenario, host: Host, **fields: object) -> Scenario:
    """One host with other values."""
    edited = host.model_copy(update=fields)
    return changed(scenario, hosts=tuple(edited if h.id == host.id else h for h in scenario.hosts))


def with_slots(
    scenario: Scenario, host: str, public: Public | None, slots: Mapping[Week, int]
) -> Scenario:
    """Other places a week at a host, all publics (None) or one; other weeks keep theirs."""
    key = public or "*"
    kept = [c for c in scenario.capacities if (c.host, c.public) != (host, key)]
    weekly: dict[Week, int] = {}
    for row in scenario.capacities:
        if (row.host, row.public) == (host, key):
            weeks = range(row.last.since(row.first) + 1)
            weekly.update({row.first.plus(i): row.slots for i in weeks})
    weekly |= slots
    return changed(scenario, capacities=(*kept, *_rows(host, key, weekly)))


def _rows(host: str, public: str, weekly: Mapping[Week, int]) -> Iterable[Capacity]:
    """One row per stretch of consecutive weeks with the same places."""
    weeks = sorted(weekly)
    stretches = groupby(
        enumerate(weeks), key=lambda pair: (pair[1].plus(-pair[0]), weekly[pair[1]])
    )
    for (_, slots), stretch in stretches:
        span = [week for _, week in stretch]
        yield Capacity.model_validate(
            {"host": host, "public": public, "first": span[0], "last": span[-1], "slots": slots}
        )
