"""The time of a batch shared between its tasks. Must not know: what a task is."""

from collections.abc import Sequence

LEAST_SECONDS = 1.0
BESIDE_SECONDS, BESIDE_PER_DEMAND = 0.5, 1 / 2000
"""What a task costs besides its search: reading, preparing, verifying, measuring; at first and per
pupil-period (measured on bassins of 500 to 17,000)."""


def beside(demands: int) -> float:
    """Seconds that a task of so many pupil-periods takes besides its search."""
    return BESIDE_SECONDS + BESIDE_PER_DEMAND * demands


def shares(demands: Sequence[int], seconds: float, slots: int) -> list[float]:
    """Seconds of search for each task, so that `slots` of them at a time end within `seconds`.

    In proportion to size: twice the pupils take twice the time to come as near to the best plan,
    and gain twice the points. No task has less than a second, whatever that costs the whole.
    """
    left = seconds * slots - sum(map(beside, demands))
    given = [LEAST_SECONDS] * len(demands)
    large = list(range(len(demands)))
    while large:
        rate = (left - LEAST_SECONDS * (len(demands) - len(large))) / max(
            1, sum(demands[i] for i in large)
        )
        enough = [i for i in large if demands[i] * rate > LEAST_SECONDS]
        if len(enough) == len(large):
            for i in large:
                given[i] = demands[i] * rate
            break
        large = enough
    return given
