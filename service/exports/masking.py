"""Small counts of pupils, hidden where a file leaves the schools.

A count from 1 to 4 could point at a child; 0 points at nobody. One function, for every export, page
and answer of the API that people outside the schools may read.
Must not know: what is counted.
"""

from collections.abc import Sequence

SMALLEST_TOLD = 5
FEW = f"< {SMALLEST_TOLD}"
"""What stands for a count from 1 to 4."""
WITHHELD = "n. c."
"""What stands for a larger count that would give a small one away: « non communiqué »."""

Told = int | str


def small(count: int | None) -> bool:
    """Whether a count would tell of somebody in particular."""
    return count is not None and 0 < count < SMALLEST_TOLD


def masked(counts: Sequence[int], *, total_told: bool = False) -> list[Told]:
    """The counts as they may be told outside: `FEW` for 1 to 4.

    `total_told`: their sum is told as well. A single hidden count could then be subtracted, so the
    smallest other one (not 0) is withheld with it.
    """
    told: list[Told] = [FEW if small(n) else n for n in counts]
    if total_told and told.count(FEW) == 1:
        others = [i for i, value in enumerate(told) if value != FEW and counts[i]]
        if others:
            told[min(others, key=lambda i: counts[i])] = WITHHELD
    return told
