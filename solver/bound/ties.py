"""Pupils who have to change hosts between two ranks (`hote`): one limit for each pair and host.

A pupil's two stays use such a host at most once. Only the hosts that come first in both lists are
limited: leaving a limit out keeps the bound valid. Must not know: prices, how the bound climbs.
"""

import numpy as np

from solver.bound.seekers import Seekers
from solver.problem import DIFFERENT, Ints, Problem

DEPTH = 48
"""Options at the head of each list that are looked at."""
NO_TIE = -1


def ties(problem: Problem, seekers: Seekers) -> tuple[Ints, int]:
    """(D × DEPTH × 2) the limits that each option of a list meets, or NO_TIE; and how many exist.

    The first is shared with the rank before, the second with the rank after.
    """
    met = np.full((len(seekers.demand), DEPTH, 2), NO_TIE, np.int32)
    count = 0
    for earlier, later in linked(problem, seekers, DIFFERENT):
        mine, theirs = _head(seekers, later), _head(seekers, earlier)
        common = np.intersect1d(mine, theirs)
        met[later, : len(mine), 0] = numbered(mine, common, count)
        met[earlier, : len(theirs), 1] = numbered(theirs, common, count)
        count += len(common)
    return met, count


def _head(seekers: Seekers, i: int) -> Ints:
    """The hosts of the options at the head of a demand's list."""
    return seekers.host[seekers.low[i] : min(seekers.high[i], seekers.low[i] + DEPTH)]


def linked(problem: Problem, seekers: Seekers, kind: int) -> Ints:
    """(M × 2) rows of the earlier and the later stay of each pair linked so (`hote`)."""
    rows: Ints = seekers.row[problem.demands.linked(kind)]
    return rows


def numbered(hosts: Ints, common: Ints, first: int) -> Ints:
    """For each host its limit, counted from `first` in the order of `common`, or NO_TIE."""
    if not len(common):
        return np.full(len(hosts), NO_TIE, np.int32)
    place = np.minimum(np.searchsorted(common, hosts), len(common) - 1)
    number: Ints = np.where(common[place] == hosts, first + place, NO_TIE).astype(np.int32)
    return number
