"""The demands as the bound reads them: sorted by unit, groups spread evenly over their members.

Costs are in shares, 2**-SHARES of a point, so that a group's mean loses nothing that matters.
Must not know: prices, how the bound climbs.
"""

from dataclasses import dataclass

import numpy as np

from solver.problem import Ints, Longs, Problem

SHARES = 10
"""Binary digits after the point."""
FORCED = 1 << 40
"""Shares that leaving out a demand which has to be placed is worth: above any sum of costs."""


@dataclass(frozen=True, slots=True)
class Seekers:
    """Demands sorted by unit, each with its list of options, cheapest first."""

    first: Ints
    """(U + 1) the demands of unit u are first[u] … first[u + 1] − 1."""
    demand: Ints
    """(D) position in the Problem."""
    row: Ints
    """(D) where a demand of the Problem stands here: the other direction of `demand`."""
    period: Ints
    """(D)"""
    establishment: Ints
    """(D)"""
    sex: Ints
    """(D)"""
    low: Ints
    """(D) its options are low … high − 1."""
    high: Ints
    """(D)"""
    together: Ints
    """(D) pupils who must be at the same host: the size of the group, or 1."""
    unplaced: Longs
    """(D) shares; a group's mean."""
    tail: Longs
    """(D) shares that a place off its list costs at least, or FORCED; a group's mean."""
    kept_host: Ints
    """(D) host that costs no `stabilite_accueil`; −1 where every host is free of it."""
    crowd_low: Ints
    """(D) its options at hosts that want several pupils at a time: `crowd` from here …"""
    crowd_high: Ints
    """(D) … up to here."""
    crowd: Ints
    """(N) options at such hosts (`groupe_min` > 1)."""
    host: Ints
    """(O) options of the Problem, then those of the groups."""
    bed: Ints
    """(O) boarding house whose bed is used, or −1 (always −1 for groups)."""
    cost: Longs
    """(O) shares."""
    last: Ints
    """(O) last week in which the stay may end."""


def seekers(problem: Problem) -> Seekers:
    """Demands by unit; a group's members share its mean costs, which keeps every plan's sum."""
    demands, options = problem.demands, problem.options
    unit = problem.departures.unit[demands.period] if len(demands.period) else demands.period
    order = np.argsort(unit, kind="stable").astype(np.int32)
    low = options.start[demands.seeker]
    high = options.start[demands.seeker + 1]
    unplaced = demands.unplaced_cost << SHARES
    unplaced[demands.must] = FORCED
    # What a search left off its lists counts as a place always free at the price of the first.
    tail = np.minimum(options.tail, FORCED >> SHARES)[demands.seeker] << SHARES
    kept = demands.reference_host.copy()
    together = np.ones(len(order), np.int32)
    host, bed, last = [options.host], [options.bed], [options.last]
    cost = [options.cost.astype(np.int64) << SHARES]
    end = len(options.host)
    for g in range(len(demands.groups)):
        members = demands.groups[g]
        together[members] = len(members)
        unplaced[members] = unplaced[members].sum() // len(members)
        off = (tail[members] == FORCED).any()
        common, costs, weeks = _common(problem, members, tail)
        tail[members] = FORCED if off else tail[members].sum() // len(members)
        kept[members] = -1
        host.append(common)
        cost.append(costs)
        last.append(weeks)
        bed.append(np.full(len(common), -1, np.int32))
        low[members], high[members] = end, end + len(common)
        end += len(common)
    hosts = np.concatenate(host).astype(np.int32)
    several = problem.capacities.group_min[hosts] > 1
    crowd = np.append(0, np.cumsum(several)).astype(np.int32)
    return Seekers(
        first=np.searchsorted(unit[order], np.arange(len(problem.departures.periods) + 1)).astype(
            np.int32
        ),
        demand=order,
        row=np.argsort(order).astype(np.int32),
        period=demands.period[order],
        establishment=problem.establishment[demands.period[order]],
        sex=demands.sex[order],
        low=low[order].astype(np.int32),
        high=high[order].astype(np.int32),
        together=together[order],
        unplaced=unplaced[order],
        tail=tail[order],
        kept_host=kept[order],
        crowd_low=crowd[low[order]],
        crowd_high=crowd[high[order]],
        crowd=np.flatnonzero(several).astype(np.int32),
        host=hosts,
        bed=np.concatenate(bed).astype(np.int32),
        cost=np.concatenate(cost).astype(np.int64),
        last=np.concatenate(last).astype(np.int32),
    )


def _common(problem: Problem, members: Ints, tail: Longs) -> tuple[Ints, Longs, Ints]:
    """Hosts open to every member, the mean cost in shares there, and the last week of the stay.

    Each member lodges where it costs least and stays as long as any lodging allows: both at once
    is more than a plan can have, never less. A host that a search left off the list of one of them
    counts as open at its `tail`.
    """
    demands, options = problem.demands, problem.options
    hosts = problem.capacities.slots.shape[0]
    count = np.zeros(hosts, np.int32)
    total = np.zeros(hosts, np.int64)
    end = np.full(hosts, problem.weeks, np.int32)
    for d in members:
        mine = slice(options.start[demands.seeker[d]], options.start[demands.seeker[d] + 1])
        cheapest = np.full(hosts, np.iinfo(np.int64).max)
        np.minimum.at(cheapest, options.host[mine], options.cost[mine])
        stay = np.full(hosts, -1, np.int32)
        np.maximum.at(stay, options.host[mine], options.last[mine])
        seen = stay >= 0
        kept = demands.reference_host[d]
        if kept != -1:
            away = seen.copy()
            if kept >= 0:
                away[kept] = False
            cheapest[away] += problem.prices.host_stability
        if tail[d] < FORCED:
            cheapest[~seen], stay[~seen], seen[:] = tail[d] >> SHARES, problem.weeks, True
        count += seen
        total[seen] += cheapest[seen]
        end[seen] = np.minimum(end[seen], stay[seen])
    shared = np.flatnonzero(count == len(members))
    mean = (total[shared] << SHARES) // len(members)
    by_cost = np.argsort(mean, kind="stable")
    return shared[by_cost].astype(np.int32), mean[by_cost], end[shared[by_cost]]


def in_points(shares: int) -> int:
    """Whole points that a bound in shares proves: costs are integers, so it is rounded up."""
    return -(-shares >> SHARES)
