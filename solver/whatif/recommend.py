"""« Where else could this pupil go? »: the cheapest hosts for the whole plan, all else as it is.

Pupils of one group go together, so the answer is for all of them. Must not know: how plans are
searched, how the answer is shown.
"""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Annotated

import numpy as np

from solver.domain import Frozen, column
from solver.errors import UnknownSubject
from solver.problem import DIFFERENT, SAME, Flags, Ints, Solution
from solver.whatif.rematch import Rematch
from solver.whatif.standing import Standing

MOST = 10
"""Hosts told."""


class Recommendation(Frozen):
    """A host that has room, and what going there would change."""

    host: Annotated[str, column("accueil", "Structure")]
    name: Annotated[str, column("nom", "Nom")]
    lodging: Annotated[str | None, column("internat", "Internat ; vide = domicile")]
    minutes: Annotated[int, column("minutes", "Trajet, en minutes")]
    current: Annotated[bool, column("actuelle", "La structure du plan")]
    change: Annotated[int, column("ecart", "Points de plus sur le plan entier")]


def recommendations(
    standing: Standing, pupil_id: str, period_id: str, *, most: int = MOST
) -> tuple[Recommendation, ...]:
    """The `most` hosts with room whose choice makes the whole plan cheapest, best first.

    Every rule holds and nobody else moves: `verify` finds the same on the plan so changed. Raises
    `UnknownSubject`.
    """
    problem, before = standing.problem, standing.solution
    members = _members(standing, pupil_id, period_id)
    unit = int(problem.departures.unit[problem.demands.period[members[0]]])
    rematch = Rematch(problem, before, standing.occupation, unit)
    own = next(
        m for m in members
        if standing.scenario.everyone[problem.demands.pupil[m]].id == pupil_id
    )  # fmt: skip
    told: list[Recommendation] = []
    seen: set[int] = set()
    for options in _by_cost(standing, members):
        host = int(problem.options.host[options[0]])
        if host in seen:
            continue
        moved = before.option.copy()
        moved[members] = options
        solution = Solution(before.start, moved)
        if not rematch.keeps_rules(solution):
            continue
        seen.add(host)
        option = int(moved[own])
        lodging = int(problem.options.lodging[option])
        houses = standing.scenario.boarding_houses
        was = int(before.option[own])
        told.append(
            Recommendation(
                host=standing.scenario.hosts[host].id,
                name=standing.scenario.hosts[host].name,
                lodging=houses[lodging].id if lodging >= 0 else None,
                minutes=int(problem.options.minutes[option]),
                current=was >= 0 and int(problem.options.host[was]) == host,
                change=standing.billed(solution, rematch.occupation(solution)).cost
                - standing.bill.cost,
            )
        )
        if len(told) == most:
            break
    return tuple(told)


def _members(standing: Standing, pupil_id: str, period_id: str) -> Ints:
    """The demand of the pupil in the period, with those of its group."""
    scenario, demands = standing.scenario, standing.problem.demands
    pupil = scenario.pupil_of.get(pupil_id)
    if pupil is None:
        near = get_close_matches(pupil_id, scenario.pupil_of, n=1)
        raise UnknownSubject(pupil_id, "un élève", near)
    periods = {p.id: i for i, p in enumerate(scenario.periods)}
    mine = [p.id for p in scenario.periods if p.division == pupil.division]
    if period_id not in mine:
        near = get_close_matches(period_id, mine, n=1)
        raise UnknownSubject(period_id, f"une période de la division {pupil.division}", near)
    first, last = demands.first[periods[period_id]], demands.first[periods[period_id] + 1]
    position = scenario.everyone.index(pupil)
    demand = int(first + np.flatnonzero(demands.pupil[first:last] == position)[0])
    group = int(demands.group[demand])
    alone: Ints = np.array([demand], np.int32)
    return alone if group < 0 else demands.groups[group]


def _by_cost(standing: Standing, members: Ints) -> Iterator[Ints]:
    """What the members could take together, cheapest first: any option of one alone, the cheapest
    of each at a common host for a group."""
    problem, demands, options = standing.problem, standing.problem.demands, standing.problem.options
    rows: list[tuple[Ints, Ints]] = []
    for demand in members.tolist():
        seeker = int(demands.seeker[demand])
        all_of = np.arange(options.start[seeker], options.start[seeker + 1], dtype=np.int32)
        kept = all_of[_open(standing, demand, all_of)]
        before = int(demands.reference_host[demand])
        moved = (before != -1) & (options.host[kept] != before)
        price = options.cost[kept] + moved * problem.prices.host_stability
        order = np.argsort(price, kind="stable")
        rows.append((kept[order], price[order].astype(np.int32)))
    if len(rows) == 1:
        yield from rows[0][0][:, None]
        return
    cheapest = []
    for kept, price in rows:
        best: dict[int, tuple[int, int]] = {}
        for option, cost in zip(kept.tolist(), price.tolist(), strict=True):
            best.setdefault(int(options.host[option]), (cost, option))
        cheapest.append(best)
    common = set.intersection(*(set(best) for best in cheapest))
    for host in sorted(common, key=lambda h: (sum(best[h][0] for best in cheapest), h)):
        yield np.array([best[host][1] for best in cheapest], np.int32)


def _open(standing: Standing, demand: int, candidates: Ints) -> Flags:
    """Which options last until the end of the stay (`derogation`) and agree with `hote`."""
    problem, solution = standing.problem, standing.solution
    demands, options = problem.demands, problem.options
    period = int(demands.period[demand])
    start = int(solution.start[problem.departures.unit[period]])
    kept: Flags = options.last[candidates] >= start + int(problem.departures.duration[period]) - 1
    host = options.host[candidates]
    neighbours = [(int(demands.previous[demand]), int(demands.link[demand]))]
    neighbours += [
        (after, int(demands.link[after]))
        for after in np.flatnonzero(demands.previous == demand).tolist()
    ]
    for neighbour, link in neighbours:
        taken = int(solution.option[neighbour]) if neighbour >= 0 else -1
        if taken < 0:
            continue
        same = host == options.host[taken]
        if link == SAME:
            kept = kept & same
        elif link == DIFFERENT:
            kept = kept & ~same
    return kept
