"""Units whose order is tied: the best starts of all of them together, tree by tree.

`ordre` ties the ranks of a division, so units form a graph; a spanning forest of it is kept (exact
for the usual chains, a relaxation otherwise). Must not know: demands, prices.
"""

from typing import NamedTuple

import numpy as np

from solver.native import native
from solver.problem import Departures, Flags, Ints, Longs

APART = np.int64(1 << 58)
"""Value of what cannot be."""


class Chains(NamedTuple):
    """A forest over units."""

    order: Ints
    """(U) units, every child before its parent."""
    parent: Ints
    """(U) or −1 for a root."""
    tie: Ints
    """(U) row of `fits` against the parent."""
    fits: Flags
    """(n × W × W) start of the child, start of the parent: both hold."""


def chains(departures: Departures) -> Chains:
    """A spanning forest of the units that `ordre` ties."""
    units = len(departures.periods)
    weeks = len(departures.ordinal)
    ties: dict[tuple[int, int], Flags] = {}
    for before, after, gap in departures.gaps:
        a, b = int(departures.unit[before]), int(departures.unit[after])
        fits = _fits(departures, int(before), int(gap))
        if a > b:
            a, b, fits = b, a, fits.T
        if a != b:
            ties[a, b] = ties.get((a, b), np.ones((weeks, weeks), np.bool_)) & fits
    neighbours: list[list[int]] = [[] for _ in range(units)]
    for a, b in ties:
        neighbours[a].append(b)
        neighbours[b].append(a)
    parent = np.full(units, -1, np.int32)
    tie = np.zeros(units, np.int32)
    rows: list[Flags] = []
    found: list[int] = []
    visited = np.zeros(units, np.bool_)
    for root in range(units):
        if visited[root]:
            continue
        visited[root] = True
        queue = [root]
        for unit in queue:
            for child in neighbours[unit]:
                if not visited[child]:
                    visited[child] = True
                    parent[child] = unit
                    tie[child] = len(rows)
                    rows.append(ties[child, unit] if child < unit else ties[unit, child].T)
                    queue.append(child)
        found += queue
    fits = np.array(rows, np.bool_).reshape(-1, weeks, weeks)
    return Chains(np.array(found[::-1], np.int32), parent, tie, fits)


def _fits(departures: Departures, before: int, gap: int) -> Flags:
    """(W × W) start of the earlier period, start of the later one: `ordre` holds."""
    weeks = len(departures.ordinal)
    last = np.minimum(np.arange(weeks) + departures.duration[before] - 1, weeks - 1)
    end, start = departures.ordinal[last], departures.ordinal
    fits: Flags = start[None, :] - end[:, None] - 1 >= gap
    return fits


@native()
def best_starts(value: Longs, forest: Chains, starts: Ints) -> np.int64:
    """Least sum of `value` (U × W) over starts that fit; `starts` (U) becomes the choice."""
    order, parent, tie, fits = forest
    units, weeks = value.shape
    below = value.copy()
    pick = np.zeros((units, weeks), np.int32)
    total = np.int64(0)
    for u in order:
        if parent[u] < 0:
            best = 0
            for w in range(weeks):
                if below[u, w] < below[u, best]:
                    best = w
            starts[u] = best
            total += below[u, best]
            continue
        for v in range(weeks):
            best = -1
            for w in range(weeks):
                if fits[tie[u], w, v] and (best < 0 or below[u, w] < below[u, best]):
                    best = w
            pick[u, v] = max(best, 0)
            message = APART if best < 0 else below[u, best]
            below[parent[u], v] = min(below[parent[u], v] + message, APART)
    for k in range(len(order) - 1, -1, -1):
        u = order[k]
        if parent[u] >= 0:
            starts[u] = pick[u, starts[parent[u]]]
    return total
