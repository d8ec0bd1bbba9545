"""Pupils who come back to the same host (`hote = meme`): each stay says whether the other is there.

A stay is at a host where the other one is too, or somewhere alone. Both stays name the same host
where they say that both are there, and one that is alone leaves the other without a place. Limits
on each host by itself would be of little use: a stay spread over many hosts meets them all by
halves. Must not know: how prices are improved.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from solver.bound.prices import HIGHEST
from solver.bound.seekers import FORCED, Seekers
from solver.bound.ties import NO_TIE, linked, numbered
from solver.native import native
from solver.problem import SAME, Floats, Ints, Longs, Problem

APART, UNSEEN = -1, -2
"""A host where the other stay cannot be; one that a search left off the other stay's list."""


class Roles(NamedTuple):
    """The stays that belong to a pair: of pair m those of roles 2m, the earlier one, and 2m + 1."""

    seeker: Ints
    """(2M) row among the seekers."""
    first: Ints
    """(2M + 1) where the list of the stay begins in `number`."""
    number: Ints
    """(N) the pair's number for the host of each option of the list, or APART, or UNSEEN."""


@dataclass(frozen=True, slots=True)
class Meetings:
    """Every pair of stays that have to be at the same host where both have a place."""

    roles: Roles
    row: Ints
    """(D) where the extra costs of a seeker's options begin in `Meets.extra`, or −1."""
    length: int
    """Of `Meets.extra`."""
    reach: Longs
    """(numbers) shares that a price for a host may reach, up and down."""
    alone: Longs
    """(M × 2) shares that the earlier, the later stay may pay at most for being alone."""


class Meets(NamedTuple):
    """What the pairs cost at the prices of the moment, none of it below 0 but `out`."""

    host: Longs
    """(numbers) shares that the earlier stay pays at a host, and the later one gains."""
    alone: Longs
    """(M × 2) shares that the earlier, the later stay pays for being alone."""
    row: Ints
    """(D)"""
    extra: Longs
    """(L) shares of each option of a seeker that is in a pair."""
    out: Longs
    """(D) shares on top of the price of no place."""
    beyond: Longs
    """(D) shares on top of a place off the list."""
    common: int
    """Shares that every choice pays, for extras not to fall below 0: to be taken off the bound."""


def meetings(problem: Problem, seekers: Seekers) -> Meetings:
    """The pairs of a problem; a stay between two others belongs to two."""
    pairs = linked(problem, seekers, SAME)
    lists = [seekers.host[seekers.low[i] : seekers.high[i]] for i in pairs.ravel()]
    numbers, count, reach = [], 0, []
    for mine, theirs, pair in zip(lists[::2], lists[1::2], pairs, strict=True):
        common = np.intersect1d(mine, theirs)
        for hosts, other in ((mine, pair[1]), (theirs, pair[0])):
            number = numbered(hosts, common, count)
            number[number == NO_TIE] = APART if seekers.tail[other] >= FORCED else UNSEEN
            numbers.append(number)
        count += len(common)
        reach.append(np.full(len(common), seekers.unplaced[pair].max()))
    begin = np.full(len(seekers.demand), -1, np.int32)
    length = 0
    for i in np.unique(pairs):
        begin[i] = length
        length += int(seekers.high[i] - seekers.low[i])
    times = np.maximum(np.bincount(pairs.ravel(), minlength=len(begin)), 1)
    return Meetings(
        roles=Roles(
            seeker=pairs.ravel(),
            first=np.concatenate([[0], np.cumsum([len(n) for n in numbers])]).astype(np.int32),
            number=np.concatenate([*numbers, np.zeros(0, np.int32)]),
        ),
        row=begin,
        length=length,
        reach=np.minimum(np.concatenate([*reach, np.zeros(0, np.int64)]), HIGHEST),
        # Who is alone pays what the other one gains by having no place.
        alone=np.minimum((seekers.unplaced // times)[pairs[:, ::-1]], HIGHEST),
    )


def paid(roles: Roles, met: Meets, placed: Ints) -> Longs:
    """(D) shares that seekers pay for their pairs, at the place `placed` of their lists.

    −1 has no place, and what is beyond the end of a list stands off it.
    """
    total = met.beyond.copy()
    host, alone = met.host, met.alone
    for r, i in enumerate(roles.seeker.tolist()):
        m, side = divmod(r, 2)
        hosts = roles.number[roles.first[r] : roles.first[r + 1]]
        if placed[i] < 0:
            total[i] -= alone[m, 1 - side]
        elif placed[roles.seeker[r ^ 1]] < 0:
            total[i] += alone[m, side]
        elif placed[i] < len(hosts) and hosts[placed[i]] >= 0:
            total[i] += -host[hosts[placed[i]]] if side else host[hosts[placed[i]]]
    return total


def meets(found: Meetings, host: Longs, alone: Longs) -> Meets:
    """At prices `host` (numbers), those of the earlier stay, and `alone` (M × 2)."""
    seekers = len(found.row)
    extra = np.zeros(found.length, np.int64)
    out, beyond = np.zeros(seekers, np.int64), np.zeros(seekers, np.int64)
    common = _spread(found.roles, found.row, host, alone, extra, out, beyond)
    return Meets(host, alone, found.row, extra, out, beyond, int(common))


@native()
def _spread(
    roles: Roles,
    row: Ints,
    host: Longs,
    alone: Longs,
    extra: Longs,
    out: Longs,
    beyond: Longs,
) -> np.int64:
    common = np.int64(0)
    for r in range(len(roles.seeker)):
        i, m, side = roles.seeker[r], r // 2, r % 2
        begin, size = roles.first[r], roles.first[r + 1] - roles.first[r]
        least = np.int64(0)
        for k in range(size):
            least = min(least, _cost(roles.number[begin + k], side, host, alone[m, side]))
        for k in range(size):
            cost = _cost(roles.number[begin + k], side, host, alone[m, side])
            extra[row[i] + k] += cost - least
        out[i] -= least + alone[m, 1 - side]
        beyond[i] -= least
        common -= least
    return common


@native()
def _cost(number: int, side: int, host: Longs, alone: np.int64) -> np.int64:
    """Of being at a host: with the other stay, or alone."""
    if number < 0:
        return alone if number == APART else np.int64(0)
    return min(-host[number] if side else host[number], alone)


@native()
def use(
    roles: Roles,
    option: Ints,
    out: Ints,
    host: Longs,
    alone: Longs,
    host_use: Floats,
    alone_use: Floats,
) -> None:
    """Add what the choices use: `option` (D) place in each list, −1 none; `out` (D) no place."""
    for r in range(len(roles.seeker)):
        i, m, side = roles.seeker[r], r // 2, r % 2
        if option[i] >= 0:
            number = roles.number[roles.first[r] + option[i]]
            if number >= 0 and _cost(number, side, host, alone[m, side]) < alone[m, side]:
                host_use[number] += -1.0 if side else 1.0
            elif number != UNSEEN:
                alone_use[m, side] += 1.0
        elif out[i]:
            alone_use[m, 1 - side] -= 1.0
