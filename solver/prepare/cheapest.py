"""The cheapest options of every class of pupils: the compiled part of `options`.

Plain loops where numpy has a word for it: its sorting and slicing take numba ten seconds to
compile, these one. Must not know: scenarios, rules.
"""

import numpy as np

from solver.native import native
from solver.problem import NO_LIMIT, Flags, Ints, Longs

HOUSES = 20
"""One in so many of what is kept of all is kept of each boarding house besides: whoever may board
in thirty has 500 options at the same price, most of them in houses that are full. XL-haute, in the
same time: 6 % cheaper."""


@native()
def _shuffle(c: int, h: int) -> int:
    """20 bits that order equal costs differently for each class: not all go to the same host."""
    mixed = (h + 1) * 2654435761 + (c + 1) * 2246822519
    return ((mixed ^ (mixed >> 15)) * 48271 >> 8) & 0xFFFFF


@native()
def sort_first(key: Longs, order: Longs, begin: int, end: int, most: int) -> None:
    """Sort order[begin:end] by key as far as order[:most]: a quicksort that leaves the rest."""
    lows, highs, depth = np.empty(64, np.int64), np.empty(64, np.int64), 1
    lows[0], highs[0] = begin, end - 1
    while depth > 0:
        depth -= 1
        low, high = lows[depth], highs[depth]
        while low < high and low < most:
            pivot = key[order[(low + high) // 2]]
            i, j = low, high
            while i <= j:
                while key[order[i]] < pivot:
                    i += 1
                while key[order[j]] > pivot:
                    j -= 1
                if i <= j:
                    order[i], order[j] = order[j], order[i]
                    i += 1
                    j -= 1
            # The larger part waits, so no more than 64 ever do.
            if j - low > high - i:
                lows[depth], highs[depth] = low, j
                low = i
            else:
                lows[depth], highs[depth] = i, high
                high = j
            depth += 1


@native()
def _choose(
    key: Longs,
    order: Longs,
    house: Ints,
    houses: int,
    taken: int,
    found: int,
    most: int,
    chosen: Flags,
) -> None:
    """Mark those of order[taken:found] to keep beside the cheapest: as many without a bed as if
    there were no houses, and a share of each house (`house`: 1 on, 0 without a bed).
    """
    begin = np.zeros(houses + 2, np.int64)
    kept = np.zeros(houses + 1, np.int64)
    for i in range(taken):
        kept[house[order[i]]] += 1
    for i in range(taken, found):
        begin[house[order[i]] + 1] += 1
    for g in range(houses + 1):
        begin[g + 1] += begin[g]
    rest, at = np.empty(found - taken, np.int64), begin.copy()
    for i in range(taken, found):
        rest[at[house[order[i]]]] = order[i]
        at[house[order[i]]] += 1
    for g in range(houses + 1):
        wish = (most if g == 0 else most // HOUSES) - kept[g]
        end = min(begin[g + 1], begin[g] + max(0, wish))
        if begin[g] < end:
            sort_first(key, rest, begin[g], begin[g + 1], end)
        for i in range(begin[g], end):
            chosen[rest[i]] = True


@native()
def cheapest(
    eligible_row: Ints,
    eligible_start: Ints,
    host: Ints,
    tier: Ints,
    last: Ints,
    place: Ints,
    mode_row: Ints,
    minutes: Ints,
    limit: Ints,
    lodging_start: Ints,
    lodging: Ints,
    prices: Longs,
    most: Longs,
    wanted_start: Ints,
    wanted: Ints,
    host_count: int,
) -> tuple[Ints, Longs, Ints]:
    """Rows (host, bed, lodging, minutes, tier, cost, last) of every class, with their starts."""
    classes = len(eligible_row)
    start = np.zeros(classes + 1, np.int32)
    tail = np.full(classes, NO_LIMIT, np.int64)
    table = np.empty((max(1024, 64 * classes), 7), np.int32)
    is_wanted = np.zeros(host_count, np.bool_)
    total = 0
    for c in range(classes):
        first, end = eligible_start[eligible_row[c]], eligible_start[eligible_row[c] + 1]
        houses = lodging_start[c + 1] - lodging_start[c]
        rows = np.empty(((end - first) * houses, 7), np.int32)
        key = np.empty(len(rows), np.int64)
        order = np.empty(len(rows), np.int64)
        house = np.empty(len(rows), np.int32)
        found = 0
        for i in range(first, end):
            h = host[i]
            begin = found
            bedless = np.int64(NO_LIMIT)
            for j in range(lodging_start[c], lodging_start[c + 1]):
                time = minutes[mode_row[c], lodging[j, 1], place[h]]
                if time > limit[c]:
                    continue
                cost = (
                    time * prices[0]
                    + max(0, time - prices[1]) * prices[2]
                    + lodging[j, 2] * prices[3]
                    + prices[4 + tier[i]]
                )
                if lodging[j, 2] == 0:
                    if cost >= bedless:
                        continue
                    bedless = cost
                rows[found, 0] = h
                rows[found, 1] = lodging[j, 0] if lodging[j, 2] else -1
                rows[found, 2] = lodging[j, 0]
                rows[found, 3] = time
                rows[found, 4] = tier[i]
                rows[found, 5] = cost
                rows[found, 6] = last[i]
                house[found] = j - lodging_start[c] + 1 if lodging[j, 2] else 0
                found += 1
            # What uses a bed and costs no less than going without one is useless.
            kept = begin
            for r in range(begin, found):
                dearer = rows[r, 5] >= bedless if rows[r, 1] >= 0 else rows[r, 5] > bedless
                if not dearer:
                    for x in range(7):
                        rows[kept, x] = rows[r, x]
                    house[kept] = house[r]
                    key[kept] = (np.int64(rows[r, 5]) << 32) + _shuffle(c, h) * 4096 + kept - begin
                    order[kept] = kept
                    kept += 1
            found = kept
        taken = min(found, most[c])
        sort_first(key, order, 0, found, min(found, taken + 1))
        if taken < found:
            tail[c] = key[order[taken]] >> 32
            for i in range(wanted_start[c], wanted_start[c + 1]):
                is_wanted[wanted[i]] = True
            chosen = np.zeros(found, np.bool_)
            _choose(key, order, house, houses, taken, found, most[c], chosen)
            beyond = taken
            for i in range(beyond, found):
                if chosen[order[i]] or is_wanted[rows[order[i], 0]]:
                    order[taken], order[i] = order[i], order[taken]
                    taken += 1
            sort_first(key, order, 0, taken, taken)
            for i in range(wanted_start[c], wanted_start[c + 1]):
                is_wanted[wanted[i]] = False
        while total + taken > len(table):
            larger = np.empty((2 * len(table), 7), np.int32)
            for r in range(total):
                for x in range(7):
                    larger[r, x] = table[r, x]
            table = larger
        for r in range(taken):
            for x in range(7):
                table[total + r, x] = rows[order[r], x]
        total += taken
        start[c + 1] = total
    return start, tail, table[:total]
