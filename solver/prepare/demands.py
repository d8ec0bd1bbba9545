"""Who has to be placed: scenario to `Demands`, and the classes of pupils with the same options."""

from collections import defaultdict
from typing import NamedTuple

import numpy as np

from solver.domain import Pupil, Scenario
from solver.prepare.arrays import ragged
from solver.problem import BOY, DIFFERENT, FREE, GIRL, SAME, UNKNOWN_SEX, Demands

_LINKS = {"libre": FREE, "meme": SAME, "different": DIFFERENT}
_SEXES = {"f": GIRL, "g": BOY, None: UNKNOWN_SEX}


class _Seeker(NamedTuple):
    """All that decides where a pupil may go: pupils with equal seekers share their options."""

    division: str
    home: str
    modes: frozenset[str]
    max_journey_minutes: int | None
    age: int | None
    needs: frozenset[str]
    countries: frozenset[str]
    boarding_house: str | None
    accepts_boarding: bool
    found: str | None


def demands(scenario: Scenario) -> tuple[Demands, list[tuple[Pupil, str | None]]]:
    """The demands, and one (pupil, found host) standing for each class of seekers."""
    prices, found_place_of = scenario.prices, scenario.found_place_of
    classes: dict[_Seeker, int] = {}
    standing: list[tuple[Pupil, str | None]] = []
    position = {p.id: i for i, p in enumerate(scenario.everyone)}
    period_index = {p.id: i for i, p in enumerate(scenario.periods)}
    host_index = {h.id: i for i, h in enumerate(scenario.hosts)}
    reference = scenario.reference.placement_of if scenario.reference else {}
    groups: dict[tuple[int, str], list[int]] = defaultdict(list)
    demand_of: dict[tuple[int, str], int] = {}
    rows = []
    for d, (pupil, period) in enumerate(scenario.demands()):
        found = found_place_of.get((pupil.id, period.id))
        seeker = _Seeker(
            pupil.division,
            pupil.home,
            frozenset(pupil.modes),
            pupil.max_journey_minutes,
            pupil.age,
            frozenset(pupil.needs),
            frozenset(pupil.countries),
            pupil.boarding_house,
            pupil.accepts_boarding,
            found.host if found else None,
        )
        if seeker not in classes:
            classes[seeker] = len(standing)
            standing.append((pupil, seeker.found))
        p = period_index[period.id]
        demand_of[position[pupil.id], period.id] = d
        if pupil.group:
            groups[p, pupil.group].append(d)
        kept = reference.get((pupil.id, period.id))
        rows.append(
            (
                p,
                position[pupil.id],
                classes[seeker],
                _SEXES[pupil.sex],
                prices.unplaced * pupil.priority * (prices.found_place_factor if found else 1),
                found is not None and found.status == "signee",
                host_index.get(kept.host, -2) if kept else -1,
            )
        )
    table = np.array(rows, np.int64).reshape(-1, 7)
    together = [members for members in groups.values() if len(members) > 1]
    group = np.full(len(rows), -1, np.int32)
    for g, members in enumerate(together):
        group[members] = g
    previous = np.full(len(rows), -1, np.int32)
    link = np.zeros(len(rows), np.int32)
    for (pupil_position, period_id), d in demand_of.items():
        before = scenario.previous_period.get(period_id)
        if before is not None:
            previous[d] = demand_of[pupil_position, before.id]
            link[d] = _LINKS[scenario.period_of[period_id].host_link]
    period_of_demand = table[:, 0].astype(np.int32)
    return Demands(
        period=period_of_demand,
        first=np.searchsorted(period_of_demand, np.arange(len(scenario.periods) + 1)).astype(
            np.int32
        ),
        pupil=table[:, 1].astype(np.int32),
        seeker=table[:, 2].astype(np.int32),
        sex=table[:, 3].astype(np.int32),
        unplaced_cost=table[:, 4].copy(),
        must=table[:, 5].astype(np.bool_),
        group=group,
        groups=ragged(together),
        previous=previous,
        link=link,
        reference_host=table[:, 6].astype(np.int32),
    ), standing
