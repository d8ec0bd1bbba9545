"""« Where should we look for hosts? »: what one more place would be worth, and places nobody needs.

The bound's prices say where (`solver.bound`); the ten dearest are tried: one more host is put into
the tables, pupils move there, and the verifier reads the plan. Must not know: how it is shown.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, NamedTuple

import numpy as np

from solver.bound import Bound
from solver.domain import Capacity, Frozen, Host, Scenario, column
from solver.errors import PlanRefused
from solver.explain.parts import changed
from solver.problem import Longs
from solver.verify import verify
from solver.week import Week
from solver.whatif.reseating import Reseating
from solver.whatif.standing import Standing

TRIED = 10
"""Leads confirmed by solving again: the best of each of so many sectors and zones."""
_PEAK_SHARE = 0.25
"""A lead's weeks are those whose price is at least this part of the dearest."""
Cell = tuple[str, str]
"""Sector and zone."""


class Lead(Frozen):
    """One more place of a sector, in a zone, for some weeks."""

    sector: Annotated[str, column("secteur", "Secteur, vide pour les structures sans secteur")]
    zone: Annotated[str, column("zone", "Commune de l’établissement le plus proche")]
    first: Annotated[Week, column("debut", "Première semaine")]
    last: Annotated[Week, column("fin", "Dernière semaine, comprise")]
    price: Annotated[int, column("prix", "Points qu’une place de plus vaudrait, d’après la borne")]
    like: Annotated[str, column("comme", "Structure dont la nouvelle serait la jumelle")]
    gain: Annotated[
        int | None, column("gain", "Points gagnés quand on l’essaie ; vide : pas essayé")
    ] = None
    placed: Annotated[int | None, column("places", "Élève-périodes placées en plus")] = None


class Idle(Frozen):
    """Places of a sector and a zone that have no price all year, and how few are used."""

    sector: Annotated[str, column("secteur", "Secteur, vide pour les structures sans secteur")]
    zone: Annotated[str, column("zone", "Commune de l’établissement le plus proche")]
    hosts: Annotated[int, column("structures", "Structures sans prix de toute l’année")]
    unused: Annotated[int, column("inutilisees", "Parmi elles, celles où personne ne va")]
    offered: Annotated[int, column("offertes", "Semaines-places offertes")]
    used: Annotated[int, column("utilisees", "Semaines-places utilisées")]


class Prospect(Frozen):
    """Where to look, and where not."""

    leads: Annotated[tuple[Lead, ...], column("pistes", "Les plus utiles d’abord")]
    idle: Annotated[tuple[Idle, ...], column("inutiles", "Les plus vides d’abord")]
    weekly: Annotated[
        Mapping[str, tuple[int, ...]],
        column("par_semaine", "Prix de chaque semaine, par « secteur · zone »"),
    ]
    bound: Annotated[int, column("borne", "Borne prouvée avec ces prix")]


def prospect(
    standing: Standing,
    *,
    seconds: float | None = 20.0,
    rounds: int | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Prospect:
    """Leads and idle places; `seconds` (or `rounds`) go into the prices.

    A gain compares two plans after as many moves, one with the place and one without; both keep
    every rule and the calendar of the plan, where a price also counts on dates that would move.
    """
    bound = Bound(standing.problem)
    for _ in bound.improve(seconds, rounds, standing.solution, stop):
        pass
    cells = _cells(standing.scenario)
    prices = np.maximum(bound.seat_prices, _missed(standing))
    weekly = {cell: prices[hosts].max(axis=0) for cell, hosts in cells.items()}
    leads = sorted(
        (lead for cell, hosts in cells.items() for lead in _leads(standing, cell, hosts, prices)),
        key=lambda lead: (-lead.price, lead.zone, lead.sector),
    )
    best_of: dict[Cell, Lead] = {}
    for lead in leads:
        best_of.setdefault((lead.sector, lead.zone), lead)
    tried = list(best_of.values())[:TRIED]
    confirmed = sorted(_confirmed(standing, tried), key=lambda lead: -(lead.gain or 0))
    return Prospect(
        leads=(*confirmed, *(lead for lead in leads if lead not in tried)),
        idle=tuple(_idle(standing, cells, prices)),
        weekly={
            cell_name(*cell): tuple(price.tolist())
            for cell, price in sorted(weekly.items(), key=lambda kv: -int(kv[1].sum()))
            if price.any()
        },
        bound=bound.value,
    )


def _missed(standing: Standing) -> Longs:
    """(H × W) what those without a place lose each week by not being at their best host.

    The bound puts no price on what one departure lacks by itself: it knows that from within. Who
    has found a place goes nowhere else: another host is of no use to them.
    """
    problem, solution = standing.problem, standing.solution
    scenario = standing.scenario
    demands, options = problem.demands, problem.options
    missed = np.zeros(problem.capacities.slots.shape, np.int64)
    for d in np.flatnonzero(solution.option < 0):
        period = demands.period[d]
        pupil = scenario.everyone[demands.pupil[d]].id
        if (pupil, scenario.periods[period].id) in scenario.found_place_of:
            continue
        best, end = options.start[demands.seeker[d] : demands.seeker[d] + 2]
        if best == end:
            continue
        start = solution.start[problem.departures.unit[period]]
        weeks = problem.departures.duration[period]
        loss = (int(demands.unplaced_cost[d]) - int(options.cost[best])) // int(weeks)
        seat = missed[options.host[best], start : start + weeks]
        np.maximum(seat, loss, out=seat)
    return missed


def cell_name(sector: str, zone: str) -> str:
    """« superettes · Lunéville »."""
    return f"{sector or 'sans secteur'} · {zone}"


def _cells(scenario: Scenario) -> dict[Cell, list[int]]:
    """Positions of the hosts of each sector (the first that they name) and zone."""
    place = {p.id: p for p in scenario.places}
    schools = [place[e.place] for e in scenario.establishments]
    zone_of: dict[str, str] = {}
    for p in scenario.places:
        apart = [
            (p.latitude - s.latitude) ** 2
            + ((p.longitude - s.longitude) * np.cos(np.radians(p.latitude))) ** 2
            for s in schools
        ]
        nearest = schools[int(np.argmin(apart))] if schools else p
        zone_of[p.id] = nearest.name or nearest.id
    cells: dict[Cell, list[int]] = defaultdict(list)
    for h, host in enumerate(scenario.hosts):
        cells[_sector(host), zone_of[host.place]].append(h)
    return dict(cells)


def _sector(host: Host) -> str:
    named = (t.removeprefix("secteur:") for t in host.diplomas if t.startswith("secteur:"))
    return next(named, "")


def _leads(standing: Standing, cell: Cell, hosts: list[int], prices: Longs) -> Iterator[Lead]:
    """Stretches of weeks in which a place of the cell is dear."""
    usable = standing.calendar.usable
    dearest = prices[hosts].max(axis=0)
    dear = dearest >= max(1, _PEAK_SHARE * int(dearest.max(initial=0)))
    edges = np.flatnonzero(np.diff(np.concatenate([[False], dear, [False]]).astype(np.int8)))
    for first, end in edges.reshape(-1, 2).tolist():
        worth = prices[hosts, first:end].sum(axis=1)
        best = int(worth.argmax())
        yield Lead(
            sector=cell[0],
            zone=cell[1],
            first=usable[first],
            last=usable[end - 1],
            price=int(worth[best]),
            like=standing.scenario.hosts[hosts[best]].id,
        )


# --- trying


class _Twin(NamedTuple):
    """A lead and the host that it would be."""

    lead: Lead
    host: Host


def _confirmed(standing: Standing, leads: list[Lead]) -> Iterator[Lead]:
    """Each lead with what it wins when it is tried."""
    if not leads:
        return
    scenario = standing.scenario
    twins = [_Twin(lead, _twin(scenario, lead, i)) for i, lead in enumerate(leads, 1)]
    whole = changed(scenario, hosts=scenario.hosts + tuple(t.host for t in twins))
    reseating = Reseating(whole, standing.plan, closed=[t.host.id for t in twins])
    without = reseating.without()
    before = verify(scenario, without).cost
    for lead, host in twins:
        tables = with_new_host(scenario, host, lead.first, lead.last)
        plan = reseating.opened(host.id, lead.first, lead.last)
        report = verify(tables, plan)
        if report.violations:
            raise PlanRefused(f"{v.rule} — {v.subject} : {v.message}" for v in report.violations)
        gain, placed = before - report.cost, len(plan.placements) - len(without.placements)
        useful = gain > 0  # else the plan without it stays, and nobody goes there
        yield lead.model_copy(
            update={"gain": gain if useful else 0, "placed": placed if useful else 0}
        )


def with_new_host(scenario: Scenario, host: Host, first: Week, last: Week) -> Scenario:
    """The scenario with one more host, open these weeks only."""
    weeks = Capacity(host=host.id, public="*", first=first, last=last, slots=host.slots)
    return changed(
        scenario,
        hosts=(*scenario.hosts, host.model_copy(update={"slots": 0})),
        capacities=(*scenario.capacities, weeks),
    )


def _twin(scenario: Scenario, lead: Lead, number: int) -> Host:
    """A host like another, with one place and no limit besides."""
    return scenario.host_of[lead.like].model_copy(
        update={
            "id": f"X-PROSPECTION-{number}",
            "name": "Nouvelle structure",
            "slots": 1,
            "staff": None,
            "tutors": None,
            "max_slot_weeks": None,
            "reserved_for": (),
        }
    )


# --- places nobody needs


def _idle(standing: Standing, cells: Mapping[Cell, list[int]], prices: Longs) -> Iterator[Idle]:
    """Cells with hosts that no price wants, most empty slot-weeks first."""
    offered = standing.problem.capacities.slots.sum(axis=1)
    used = standing.occupation.slots.sum(axis=1)
    rows = []
    for (sector, zone), hosts in cells.items():
        free = [h for h in hosts if not prices[h].any() and offered[h]]
        if free:
            rows.append(
                Idle(
                    sector=sector,
                    zone=zone,
                    hosts=len(free),
                    unused=sum(not used[h] for h in free),
                    offered=int(offered[free].sum()),
                    used=int(used[free].sum()),
                )
            )
    yield from sorted(rows, key=lambda row: (row.used - row.offered, row.zone, row.sector))
