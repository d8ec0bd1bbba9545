"""The exact inner problem: pupils of one unit to hosts with room, at least cost, in integers.

Successive shortest paths; every pupil may also stay without a place, at a price. Must not know:
weeks, where costs come from.
"""

from typing import NamedTuple

import numpy as np

from solver.native import native
from solver.problem import Flags, Ints, Longs

NONE = -1
FAR = np.int64(1 << 60)


class Reached(NamedTuple):
    """Hosts on the way of one pupil's search, by host but for the last."""

    label: Longs
    """Least distance so far, or FAR."""
    by: Ints
    """The pupil who would move there."""
    via: Ints
    """The option that pupil would take."""
    closed: Flags
    """Whether its distance is final."""
    seen: Ints
    """The hosts with a label, in order of appearance."""


@native(inline="always")
def _scan(
    k: int,
    base: int,
    begin: Ints,
    aside: Ints,
    host: Ints,
    floor: Longs,
    cost: Longs,
    further: Longs,
    slack: Longs,
    out: Longs,
    paid: Longs,
    dual: Longs,
    room: Ints,
    count: Ints,
    reached: Reached,
    state: Longs,
) -> None:
    """Relax the options of pupil k, reached at distance `base`.

    `state` = (least distance to an end, pupil left out there, host with room there, hosts seen,
    whether an option that is not laid out might have mattered).
    """
    label, by, via, closed, seen = reached
    shift = base - paid[k]
    if shift + out[k] < state[0]:
        state[0], state[1], state[2] = shift + out[k], k, NONE
    for part in range(2):
        for o in range(aside[k] if part else begin[k], begin[k + 1] if part else aside[k]):
            if shift + floor[o] >= state[0]:
                break
            h = host[o]
            if closed[h]:
                continue
            distance = shift + cost[o] + dual[h]
            if distance < state[0] and distance < label[h]:
                if label[h] == FAR:
                    seen[state[3]] = h
                    state[3] += 1
                label[h], by[h], via[h] = distance, k, o
                if count[h] < room[h]:
                    state[0], state[1], state[2] = distance, NONE, h
    if shift + further[k] < state[0]:
        state[4] = 1
        slack[k] *= 4
        further[k] = FAR


@native()
def transport(
    begin: Ints,
    aside: Ints,
    host: Ints,
    floor: Longs,
    cost: Longs,
    further: Longs,
    slack: Longs,
    out: Longs,
    room: Ints,
    dual: Longs,
    taken: Ints,
) -> np.int64:
    """The least cost of n pupils; `taken` (n) becomes the option of each, or −1.

    Options of pupil k are begin[k] … begin[k + 1] − 1, each with a host, a cost, and a floor that
    is no more than the cost and never falls up to `aside[k]`, nor from there on; those not laid out
    cost `further[k]` at least. `out` (n) is the price of no place, `room` (H) the hosts' limits.
    `dual` (H, zero on entry) becomes the optimal host prices. Returns −FAR where an option not laid
    out might matter, after raising `slack` (n) of the pupils concerned.
    """
    n, hosts = len(out), len(room)
    head = np.full(hosts, NONE, np.int32)
    after = np.full(n, NONE, np.int32)
    count = np.zeros(hosts, np.int32)
    paid = np.zeros(n, np.int64)
    label = np.full(hosts, FAR, np.int64)
    by = np.full(hosts, NONE, np.int32)
    via = np.full(hosts, NONE, np.int32)
    closed = np.zeros(hosts, np.bool_)
    seen = np.empty(hosts, np.int32)
    state = np.zeros(5, np.int64)
    total = np.int64(0)
    reached = Reached(label, by, via, closed, seen)
    for k in range(n):
        taken[k] = NONE
        state[0], state[1], state[2], state[3] = FAR, NONE, NONE, 0
        _scan(
            k,
            0,
            begin,
            aside,
            host,
            floor,
            cost,
            further,
            slack,
            out,
            paid,
            dual,
            room,
            count,
            reached,
            state,
        )
        while True:
            nearest = NONE
            distance = state[0]
            for s in range(state[3]):
                h = seen[s]
                if not closed[h] and label[h] < distance:
                    distance, nearest = label[h], h
            if nearest == NONE:
                break
            closed[nearest] = True
            j = head[nearest]
            while j != NONE:
                _scan(
                    j,
                    distance,
                    begin,
                    aside,
                    host,
                    floor,
                    cost,
                    further,
                    slack,
                    out,
                    paid,
                    dual,
                    room,
                    count,
                    reached,
                    state,
                )
                j = after[j]
        length = state[0]
        total += length
        for s in range(state[3]):
            h = seen[s]
            if closed[h]:
                rise = length - label[h]
                dual[h] += rise
                j = head[h]
                while j != NONE:
                    paid[j] += rise
                    j = after[j]
        paid[k] = length
        # Walk the path back: the last host takes one more, each host before swaps a pupil.
        end = state[2]
        mover = by[end] if end != NONE else state[1]
        option = via[end] if end != NONE else NONE
        while True:
            old = NONE if taken[mover] == NONE else host[taken[mover]]
            if old != NONE:
                _leave(head, after, old, mover)
                count[old] -= 1
            taken[mover] = option
            if option == NONE:
                paid[mover] = out[mover]
            else:
                h = host[option]
                after[mover] = head[h]
                head[h] = mover
                count[h] += 1
                paid[mover] = cost[option] + dual[h]
            if mover == k:
                break
            mover, option = by[old], via[old]
        for s in range(state[3]):
            h = seen[s]
            label[h], closed[h] = FAR, False
    return total if state[4] == 0 else -FAR


@native()
def _leave(head: Ints, after: Ints, h: int, k: int) -> None:
    """Take pupil k off the chain of host h."""
    if head[h] == k:
        head[h] = after[k]
        return
    j = head[h]
    while after[j] != k:
        j = after[j]
    after[j] = after[k]
