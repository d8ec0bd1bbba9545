"""Which run goes next: the pressing before the others, then each bassin in turn, then by age.

Must not know: databases, Dask.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from service.tables import RunRow

PRESSING, USUAL, BATCH = 10, 0, -10
"""Priorities: a question somebody waits for, a run, one of many."""


def in_turn(waiting: Iterable[RunRow], working: Iterable[RunRow]) -> Sequence[RunRow]:
    """The waiting runs in the order in which they should start.

    A bassin that has fewer runs at work goes first, so that a hundred runs of one bassin do not
    keep another waiting.
    """
    busy = Counter((run.academy, run.bassin) for run in working)
    left = sorted(waiting, key=lambda run: run.id)
    ordered: list[RunRow] = []
    while left:
        best = min(left, key=lambda r: (-r.priority, busy[r.academy, r.bassin], r.id))
        left.remove(best)
        ordered.append(best)
        busy[best.academy, best.bassin] += 1
    return ordered
