"""Units with one start each: quick bounds for all, the exact value for those that are chosen.

The quick bound keeps the host prices of the case's last exact solution: any prices are valid.
Must not know: how prices are improved.
"""

from typing import NamedTuple

import numpy as np

from solver.bound.chains import APART, Chains, best_starts
from solver.bound.portions import WHOLE, at
from solver.bound.ties import DEPTH
from solver.bound.transport import FAR, NONE, transport
from solver.native import native
from solver.problem import Flags, Ints, Longs


class Pupils(NamedTuple):
    """The columns of `Seekers` that compiled code reads."""

    first: Ints
    period: Ints
    establishment: Ints
    sex: Ints
    low: Ints
    high: Ints
    together: Ints
    unplaced: Longs
    tail: Longs
    kept_host: Ints
    crowd_low: Ints
    crowd_high: Ints
    crowd: Ints
    host: Ints
    bed: Ints
    cost: Longs
    last: Ints


class Terms(NamedTuple):
    """What hosts ask and allow: `Stays`, the `Tables` and the `Portions` of the moment."""

    stay: Ints
    """(P)"""
    unit_stay: Ints
    """(U)"""
    weeks: Ints
    """(Q)"""
    room: Ints
    """(Q × W × H)"""
    seat: Longs
    """(Q × W × H)"""
    slot: Longs
    """(Q × W × G)"""
    shared: Ints
    """(H)"""
    own: Ints
    """(D × DEPTH)"""
    others: Ints
    """(P × G)"""
    bed: Longs
    """(Q × B × 3 × W)"""
    surcharge: Longs
    """(E)"""
    company: Longs
    """(P × G)"""
    group_min: Ints
    """(G)"""
    relief: Longs
    """(P) the most that `company` takes off for a pupil."""
    tied: Longs
    """(D × DEPTH)"""
    meets: Ints
    """(D)"""
    extra: Longs
    """(L)"""
    out: Longs
    """(D)"""
    beyond: Longs
    """(D)"""
    moved: int
    """Shares for another host than in the reference plan."""


class Memory(NamedTuple):
    """What exact solutions leave behind, to make the next ones quick."""

    host: Ints
    """(W × D) hosts with a price in the case's last exact solution; −1 ends a case's block."""
    price: Longs
    """(W × D) that price."""
    slack: Longs
    """(D) how far above a pupil's cheapest option its list goes; raised where too short."""


class Choice(NamedTuple):
    """What the relaxation chooses at the prices of the moment."""

    starts: Ints
    """(U)"""
    taken: Ints
    """(W × D) option of each pupil by the start of its unit; only those of `starts` count."""
    value: Longs
    """(U × W) a lower bound on each case, in shares."""
    exact: Flags
    """(U × W) whether the bound is the case's own least cost."""


class Desk(NamedTuple):
    """Room for the options of one case, as `transport` reads them."""

    begin: Ints
    aside: Ints
    host: Ints
    floor: Longs
    cost: Longs
    option: Ints
    further: Longs
    out: Longs
    got: Ints


@native()
def quick(unit: int, start: int, pupils: Pupils, terms: Terms, local: Longs) -> np.int64:
    """Sum over pupils of the cheapest open option under host prices `local` (H).

    Where `company` takes something off, the hosts concerned are read aside: a list is read up to
    the best option found, these as much further as they may be cheaper than they look.
    """
    first, period, school, sex, low, high, together, unplaced, tail = pupils[:9]
    kept, crowd_low, crowd_high, crowd, host, bed, costs, last = pupils[9:]
    stay, _, weeks, rooms, seats, slots, shared, own, others, beds, surcharge = terms[:11]
    company, group_min, relief, tied, meets, extra, left, beyond, moved = terms[11:]
    total = np.int64(0)
    for i in range(first[unit], first[unit + 1]):
        q = stay[period[i]]
        end = start + weeks[q] - 1
        room, seat, slot = rooms[q, start], seats[q, start], slots[q, start]
        off = relief[period[i]]
        best = min(unplaced[i] + surcharge[school[i]] + left[i], tail[i] + beyond[i] - off)
        for aside in range(2 if off else 1):
            begin, stop = (crowd_low[i], crowd_high[i]) if aside else (low[i], high[i])
            for j in range(begin, stop):
                o = crowd[j] if aside else j
                if costs[o] - aside * off >= best:
                    break
                h = host[o]
                g, k = shared[h], o - low[i]
                wanted = 1 if g < 0 else group_min[g]
                if room[h] < together[i] or end > last[o] or (off and aside != (wanted > 1)):
                    continue
                cost = costs[o] + seat[h] + local[h]
                if k < DEPTH:
                    cost += tied[i, k]
                if meets[i] >= 0:
                    cost += extra[meets[i] + k]
                if g >= 0:
                    less = company[period[i], g] if wanted > 1 else 0
                    part = at(own, others, i, k, period[i], g)
                    cost += (((slot[g] + wanted * less) * part) >> WHOLE) - less
                if kept[i] != NONE and kept[i] != h:
                    cost += moved
                if bed[o] >= 0:
                    cost += beds[q, bed[o], sex[i], start]
                best = min(best, cost)
        total += best
    return total


@native()
def recall(at: int, size: int, memory: Memory, room: Ints, local: Longs) -> np.int64:
    """Put a case's remembered host prices into `local` (H). Returns prices × room."""
    rent = np.int64(0)
    for j in range(at, at + size):
        h = memory.host[j]
        if h == NONE:
            break
        local[h] = memory.price[j]
        rent += memory.price[j] * room[h]
    return rent


@native()
def forget(at: int, size: int, memory: Memory, local: Longs) -> None:
    """Take them out again."""
    for j in range(at, at + size):
        h = memory.host[j]
        if h == NONE:
            break
        local[h] = 0


@native()
def remember(at: int, size: int, desk: Desk, memory: Memory, local: Longs) -> None:
    """Move the host prices of an exact solution from `local` (H) to the memory.

    Only full hosts have a price, so each of them has one of the pupils.
    """
    stop = at
    for k in range(size):
        if desk.got[k] != NONE:
            h = desk.host[desk.got[k]]
            if local[h] > 0:
                memory.host[stop], memory.price[stop] = h, local[h]
                local[h] = 0
                stop += 1
    if stop < at + size:
        memory.host[stop] = NONE


@native()
def lay_out(unit: int, start: int, pupils: Pupils, terms: Terms, slack: Longs, desk: Desk) -> None:
    """Put on the desk the open options of a case, each pupil's cheapest ones first.

    Those that cost `slack` more than the best, by their floors, stay out; so do those that cost
    no less than no place at all. The same sum as in `quick`, told twice because a call for each
    option takes five times longer, and one put in its place by numba fourteen times.
    """
    first, period, school, sex, low, high, together, unplaced, tail = pupils[:9]
    kept, crowd_low, crowd_high, crowd, host, bed, costs, last = pupils[9:]
    stay, _, weeks, rooms, seats, slots, shared, own, others, beds, surcharge = terms[:11]
    company, group_min, relief, tied, meets, extra, left, beyond, moved = terms[11:]
    laid_begin, laid_aside, laid_host, laid_floor, laid_cost, laid_option, further, out, _ = desk
    size = 0
    for i in range(first[unit], first[unit + 1]):
        k = i - first[unit]
        q = stay[period[i]]
        end = start + weeks[q] - 1
        room, seat, slot = rooms[q, start], seats[q, start], slots[q, start]
        off = relief[period[i]]
        most = min(unplaced[i] + surcharge[school[i]] + left[i], tail[i] + beyond[i] - off)
        best = most
        laid_begin[k], out[k], further[k] = size, most, most
        for aside in range(2 if off else 1):
            begin, stop = (crowd_low[i], crowd_high[i]) if aside else (low[i], high[i])
            for j in range(begin, stop):
                o = crowd[j] if aside else j
                floor = costs[o] - aside * off
                if floor >= best + slack[i] or floor >= most:
                    further[k] = min(further[k], floor)
                    break
                h = host[o]
                g, d = shared[h], o - low[i]
                wanted = 1 if g < 0 else group_min[g]
                if room[h] < together[i] or end > last[o] or (off and aside != (wanted > 1)):
                    continue
                cost = costs[o] + seat[h]
                if d < DEPTH:
                    cost += tied[i, d]
                if meets[i] >= 0:
                    cost += extra[meets[i] + d]
                if g >= 0:
                    less = company[period[i], g] if wanted > 1 else 0
                    part = at(own, others, i, d, period[i], g)
                    cost += (((slot[g] + wanted * less) * part) >> WHOLE) - less
                if kept[i] != NONE and kept[i] != h:
                    cost += moved
                if bed[o] >= 0:
                    cost += beds[q, bed[o], sex[i], start]
                if cost < most:
                    laid_host[size], laid_option[size] = h, o
                    laid_floor[size], laid_cost[size] = floor, cost
                    size += 1
                    best = min(best, cost)
            if not aside:
                laid_aside[k] = size
    laid_begin[first[unit + 1] - first[unit]] = size


@native()
def settle(
    unit: int, start: int, pupils: Pupils, terms: Terms, memory: Memory, desk: Desk, local: Longs
) -> np.int64:
    """The least cost of a case; its choice stays on the desk, its host prices in the memory."""
    begin, end = pupils.first[unit], pupils.first[unit + 1]
    n = end - begin
    slack = memory.slack[begin:end]
    while True:
        lay_out(unit, start, pupils, terms, memory.slack, desk)
        least = transport(
            desk.begin[: n + 1],
            desk.aside[:n],
            desk.host,
            desk.floor,
            desk.cost,
            desk.further,
            slack,
            desk.out[:n],
            terms.room[terms.unit_stay[unit], start],
            local,
            desk.got[:n],
        )
        if least > -FAR:
            break
        local[:] = 0
    at = begin * terms.room.shape[1] + start * n
    remember(at, n, desk, memory, local)
    return least


@native()
def evaluate(
    allowed: Flags,
    fixed: Longs,
    pupils: Pupils,
    terms: Terms,
    forest: Chains,
    memory: Memory,
    desk: Desk,
    choice: Choice,
) -> np.int64:
    """The least sum over units of their cases, in shares, with the choice that attains it.

    `allowed` (U × W) starts, `fixed` (U × W) shares of each start besides its pupils. Every case
    is first bounded quickly; those that win are settled until the winners are all exact.
    """
    starts, taken, value, exact = choice
    units, weeks = allowed.shape
    local = np.zeros(terms.room.shape[2], np.int64)
    for u in range(units):
        n = pupils.first[u + 1] - pupils.first[u]
        for w in range(weeks):
            exact[u, w] = False
            value[u, w] = APART
            if allowed[u, w]:
                at = pupils.first[u] * weeks + w * n
                rent = recall(at, n, memory, terms.room[terms.unit_stay[u], w], local)
                value[u, w] = fixed[u, w] + quick(u, w, pupils, terms, local) - rent
                forget(at, n, memory, local)
    while True:
        total = best_starts(value, forest, starts)
        settled = True
        for u in range(units):
            w = starts[u]
            if exact[u, w] or not allowed[u, w]:
                continue
            settled = False
            value[u, w] = fixed[u, w] + settle(u, w, pupils, terms, memory, desk, local)
            exact[u, w] = True
            for k in range(pupils.first[u + 1] - pupils.first[u]):
                got = desk.got[k]
                taken[w, pupils.first[u] + k] = NONE if got == NONE else desk.option[got]
        if settled:
            return total
