"""Units with one start each: quick bounds for all, the exact value for those that are chosen.

The quick bound keeps the host prices of the case's last exact solution: any prices are valid.
Must not know: how prices are improved.
"""

import numpy as np
from numba import njit

from solver.bound.chains import APART, best_starts
from solver.bound.transport import NONE, transport


@njit(cache=True)
def price(
    unit,
    start,
    slack,
    seekers,
    stays,
    tables,
    moved,
    begin,
    host,
    floor,
    cost,
    option,
    further,
    out,
):
    """Lay out for `transport` the open options of a case that cost less than `slack` (D) above the best.

    An option that costs no less than staying out never matters.
    """
    (
        first, period, establishment, sex, low, high, together, unplaced, kept,
        option_host, option_bed, option_cost, option_last,
    ) = seekers  # fmt: skip
    stay_of_period, weeks, room = stays
    seat_price, bed_price, surcharge = tables
    size = 0
    for i in range(first[unit], first[unit + 1]):
        k = i - first[unit]
        q = stay_of_period[period[i]]
        end = start + weeks[q] - 1
        begin[k] = size
        out[k] = unplaced[i] + surcharge[establishment[i]]
        further[k] = out[k]
        best = out[k]
        for o in range(low[i], high[i]):
            if option_cost[o] >= best + slack[i] or option_cost[o] >= out[k]:
                further[k] = min(out[k], option_cost[o])
                break
            h = option_host[o]
            if room[q, start, h] < together[i] or end > option_last[o]:
                continue
            c = option_cost[o] + seat_price[q, start, h]
            if kept[i] != NONE and kept[i] != h:
                c += moved
            if option_bed[o] >= 0:
                c += bed_price[q, option_bed[o], sex[i], start]
            if c < out[k]:
                host[size], floor[size], cost[size], option[size] = h, option_cost[o], c, o
                size += 1
                best = min(best, c)
    begin[first[unit + 1] - first[unit]] = size


@njit(cache=True)
def quick(unit, start, seekers, stays, tables, moved, local):
    """Sum over pupils of the cheapest open option under host prices `local` (H)."""
    (
        first,
        period,
        establishment,
        sex,
        low,
        high,
        together,
        unplaced,
        kept,
        ohost,
        obed,
        ocost,
        olast,
    ) = seekers
    stay_of_period, weeks, room = stays
    seat_price, bed_price, surcharge = tables
    total = np.int64(0)
    for i in range(first[unit], first[unit + 1]):
        q = stay_of_period[period[i]]
        end = start + weeks[q] - 1
        best = unplaced[i] + surcharge[establishment[i]]
        for o in range(low[i], high[i]):
            if ocost[o] >= best:
                break
            h = ohost[o]
            if room[q, start, h] < together[i] or end > olast[o]:
                continue
            c = ocost[o] + seat_price[q, start, h] + local[h]
            if c >= best:
                continue
            if kept[i] != NONE and kept[i] != h:
                c += moved
            if obed[o] >= 0:
                c += bed_price[q, obed[o], sex[i], start]
            if c < best:
                best = c
        total += best
    return total


@njit(cache=True)
def evaluate(
    allowed,
    fixed_cost,
    seekers,
    stays,
    stay_of_unit,
    tables,
    moved,
    forest,
    memory,
    widest,
    starts,
    taken,
    value,
    exact,
):
    """The relaxation's value at the given prices; what it chooses in `starts` (U), `taken` (D).

    `value` (U × W) and `exact` (U × W) tell what is known of each case.
    """
    first = seekers[0]
    room = stays[2]
    order, parent, tie, fits = forest
    remembered_host, remembered_price, slack = memory
    units, weeks = allowed.shape
    hosts = room.shape[2]
    local = np.zeros(hosts, np.int64)
    for u in range(units):
        n = first[u + 1] - first[u]
        q = stay_of_unit[u]
        for w in range(weeks):
            exact[u, w] = False
            if not allowed[u, w]:
                value[u, w] = APART
                continue
            at = first[u] * weeks + w * n
            rent = np.int64(0)
            for j in range(at, at + n):
                h = remembered_host[j]
                if h == NONE:
                    break
                local[h] = remembered_price[j]
                rent += remembered_price[j] * room[q, w, h]
            value[u, w] = (
                fixed_cost[u, w] + quick(u, w, seekers, stays, tables, moved, local) - rent
            )
            for j in range(at, at + n):
                h = remembered_host[j]
                if h == NONE:
                    break
                local[h] = 0
    most, entries = widest
    begin = np.zeros(most + 1, np.int32)
    out = np.zeros(most, np.int64)
    further = np.zeros(most, np.int64)
    got = np.zeros(most, np.int32)
    host = np.zeros(entries, np.int32)
    floor = np.zeros(entries, np.int64)
    cost = np.zeros(entries, np.int64)
    option = np.zeros(entries, np.int32)
    while True:
        total = best_starts(value, order, parent, tie, fits, starts)
        settled = True
        for u in range(units):
            w = starts[u]
            if exact[u, w] or not allowed[u, w]:
                continue
            settled = False
            n = first[u + 1] - first[u]
            while True:
                price(
                    u, w, slack, seekers, stays, tables, moved,
                    begin, host, floor, cost, option, further, out,
                )  # fmt: skip
                local[:] = 0
                least = transport(
                    begin[: n + 1], host, floor, cost, further,
                    slack[first[u] : first[u + 1]], out[:n],
                    room[stay_of_unit[u], w], local, got[:n],
                )  # fmt: skip
                if least >= 0:
                    break
            value[u, w] = fixed_cost[u, w] + least
            exact[u, w] = True
            at = first[u] * weeks + w * n
            stop = at
            for k in range(n):
                # a pupil's place only counts if its case is chosen in the end
                taken[w, first[u] + k] = NONE if got[k] == NONE else option[got[k]]
                if got[k] != NONE:
                    h = host[got[k]]
                    if local[h] > 0:
                        remembered_host[stop], remembered_price[stop] = h, local[h]
                        local[h] = 0
                        stop += 1
            if stop < at + n:
                remembered_host[stop] = NONE
        if settled:
            return total
