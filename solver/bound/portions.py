"""Portions: what part of a slot's price each pupil pays where a slot takes several of a period.

n pupils take ⌈n / group_max⌉ slots, so portions prove a bound as long as no `group_max` pupils of
a period pay more than the whole between them: who is alone to want a slot may pay all of it, as in
the dual of facility location (Erlenkotter, Operations Research 26(6), 1978). Pupils have weights of
any size; portions are weights brought to scale. Must not know: what slots cost.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from solver.bound.seekers import Seekers
from solver.bound.ties import DEPTH
from solver.native import native
from solver.problem import Flags, Floats, Ints, Longs, Problem

WHOLE = 20
"""Binary digits of a portion: 2**WHOLE is a whole slot."""
ALONE = -1
"""Row of a host whose slots take one pupil."""


class Pairs(NamedTuple):
    """The (period, host) pairs in which some pupil has a weight."""

    first: Ints
    """(M + 1) the weights of pair m are first[m] … first[m + 1] − 1."""
    others: Flags
    """(M) whether the last of them is that of all pupils who have the host further down."""
    period: Ints
    """(M)"""
    row: Ints
    """(M) position among the hosts that are shared."""


class Portions(NamedTuple):
    """Parts of 2**WHOLE."""

    own: Ints
    """(D × DEPTH) for the options at the head of each list; 0 where slots take one pupil."""
    others: Ints
    """(P × G) for options further down."""


@dataclass(frozen=True, slots=True)
class Sharing:
    """The hosts whose slots take several pupils, and who has a weight there."""

    row: Ints
    """(H) position among these hosts, or ALONE."""
    group_max: Ints
    """(G)"""
    group_min: Ints
    """(G)"""
    company: Ints
    """(P × G) row of family « company » where the host wants several pupils at a time, or ALONE."""
    pairs: Pairs
    own: Ints
    """(D × DEPTH) the weight that goes with each option at the head of a list, or ALONE."""
    others: Ints
    """(P × G) the weight that goes with options further down, or ALONE where nobody has one."""
    portions: Portions
    """Of the moment, in the same cells."""

    @property
    def companies(self) -> int:
        """How many pairs of a period and a host want several pupils at a time."""
        return int(self.company.max(initial=ALONE)) + 1

    @property
    def weights(self) -> int:
        """How many there are."""
        return int(self.pairs.first[-1])

    def scaled(self, weights: Longs) -> Portions:
        """The portions that these weights (≥ 0) make."""
        _scale(weights, self.group_max, self.pairs, self.own, self.portions)
        return self.portions


@native(inline="always")
def at(own: Ints, others: Ints, i: int, k: int, period: int, row: int) -> np.int32:
    """What stands for the k-th option of demand i: its own at the head of the list, else theirs."""
    found: np.int32 = own[i, k] if k < DEPTH else others[period, row]
    return found


def sharing(problem: Problem, seekers: Seekers) -> Sharing:
    """One weight for each pupil and shared host at the head of its list, one for all others."""
    group_max = problem.capacities.group_max
    shared = np.flatnonzero(group_max > 1)
    row = np.full(len(group_max), ALONE, np.int32)
    row[shared] = np.arange(len(shared))
    demands, periods = len(seekers.demand), len(problem.size)
    pair_of, cell, further = _heads(seekers, row, periods, len(shared))
    key = pair_of * (demands + 1) + cell // DEPTH
    known = np.unique(pair_of)
    crowd = known[further.ravel()[known]]
    keys = np.unique(np.concatenate([key, crowd * (demands + 1) + demands]))
    first = np.append(np.searchsorted(keys, known * (demands + 1)), len(keys))
    pairs = Pairs(
        first=first.astype(np.int32),
        others=further.ravel()[known],
        period=(known // max(1, len(shared))).astype(np.int32),
        row=(known % max(1, len(shared))).astype(np.int32),
    )
    own = np.full((demands, DEPTH), ALONE, np.int32)
    own.ravel()[cell] = np.searchsorted(keys, key)
    others = np.full((periods, len(shared)), ALONE, np.int32)
    others.ravel()[known[pairs.others]] = pairs.first[1:][pairs.others] - 1
    even = (1 << WHOLE) // group_max[shared]
    portions = Portions(np.zeros_like(own), np.tile(even, (periods, 1)).astype(np.int32))
    group_min = problem.capacities.group_min[shared].astype(np.int32)
    wanted = known[group_min[pairs.row] > 1]
    company = np.full((periods, len(shared)), ALONE, np.int32)
    company.ravel()[wanted] = np.arange(len(wanted))
    return Sharing(
        row, group_max[shared].astype(np.int32), group_min, company, pairs, own, others, portions
    )


def _heads(seekers: Seekers, row: Ints, periods: int, shared: int) -> tuple[Longs, Longs, Flags]:
    """Pair and cell of each shared option at the head of a list; (P × G) pairs met further down."""
    length = np.minimum(seekers.high - seekers.low, DEPTH)
    demand = np.repeat(np.arange(len(length)), length)
    place = np.arange(len(demand)) - np.repeat(np.cumsum(length) - length, length)
    host_row = row[seekers.host[seekers.low[demand] + place]]
    kept = host_row != ALONE
    demand, place = demand[kept], place[kept]
    pair = seekers.period[demand].astype(np.int64) * shared + host_row[kept]
    further = np.zeros((periods, shared), np.bool_)
    long = np.flatnonzero(seekers.high - seekers.low > DEPTH)
    lists = np.unique(
        np.stack([seekers.period[long], seekers.low[long], seekers.high[long]], axis=1), axis=0
    )
    for period, low, high in lists.tolist():
        rows = row[seekers.host[low + DEPTH : high]]
        further[period, rows[rows != ALONE]] = True
    return pair, demand * np.int64(DEPTH) + place, further


@native()
def _heaviest(weights: Longs, begin: int, end: int, others: bool, g: int) -> tuple[int, int]:
    """What the g heaviest pupils weigh together, and the lightest of them alone.

    The weights are begin … end − 1; the last counts for g pupils where it is that of the others.
    """
    heaviest = np.zeros(g, np.int64)
    if others:
        end -= 1
        heaviest[:] = weights[end]
    for e in range(begin, end):
        j = g - 1
        if weights[e] <= heaviest[j]:
            continue
        while j > 0 and heaviest[j - 1] < weights[e]:
            heaviest[j] = heaviest[j - 1]
            j -= 1
        heaviest[j] = weights[e]
    return heaviest.sum(), heaviest[g - 1]


@native()
def _scale(weights: Longs, group_max: Ints, pairs: Pairs, own: Ints, portions: Portions) -> None:
    """Bring each pair to scale: its heaviest pupils pay for one slot between them.

    Lighter ones pay what the lightest of these pays, which costs the others nothing.
    """
    first, others, period, row = pairs
    whole = np.int64(1) << WHOLE
    scaled = np.zeros(len(weights), np.int32)
    for m in range(len(first) - 1):
        g = group_max[row[m]]
        total, least = _heaviest(weights, first[m], first[m + 1], others[m], g)
        for e in range(first[m], first[m + 1]):
            scaled[e] = max(weights[e], least) * whole // total if total > 0 else whole // g
        portions.others[period[m], row[m]] = least * whole // total if total > 0 else whole // g
    for i in range(own.shape[0]):
        for k in range(own.shape[1]):
            if own[i, k] != ALONE:
                portions.own[i, k] = scaled[own[i, k]]


@native()
def pull(weights: Longs, group_max: Ints, pairs: Pairs, there: Floats) -> None:
    """Turn `there`, the pupils of each weight at their host, into where the weights should go.

    The derivative of what they pay in all, but for a factor that each pair has of its own: the
    price of its slots. That must not count, for a slot without a price gets one only if portions
    already let those who sit there pay for all of it.
    """
    first, others, row = pairs.first, pairs.others, pairs.row
    for m in range(len(first) - 1):
        begin, end, g = first[m], first[m + 1], group_max[row[m]]
        total, least = _heaviest(weights, begin, end, others[m], g)
        if total == 0:
            there[begin:end] = 0
            continue
        paid, heavier, level = 0.0, 0, 0
        for e in range(begin, end):
            paid += there[e] * max(weights[e], least) / total
            heavier += weights[e] > least
            level += weights[e] == least
        for e in range(begin, end):
            if weights[e] > least:
                there[e] -= paid
            elif weights[e] == least:
                there[e] -= paid * (g - heavier) / level
