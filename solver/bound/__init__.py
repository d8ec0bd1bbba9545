"""A proven lower bound on the cost of any plan: what is left to gain, and what stands in the way.

The limits that units share (seats, quotas, beds, …) are priced; for any prices the problem falls
apart into units, and the sum of their best cases less the value of what is on offer can exceed no
plan's cost. All of it is computed in integers. Must not know: how plans are searched.
"""

from collections.abc import Callable, Iterator
from time import monotonic

import numpy as np

from solver.bound.ascent import Ascent
from solver.bound.relaxation import Relaxation
from solver.bound.seekers import SHARES, in_points
from solver.bound.unplaced import unplaced_bound
from solver.problem import Longs, Problem, Solution

__all__ = ["Bound", "unplaced_bound"]


class Bound:
    """The best bound so far, and the prices that prove it."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._relaxation = Relaxation(problem)
        self._prices = np.zeros(len(self._relaxation.where.limit), np.int64)
        self.value = 0
        """Points that every plan costs at least; meaningless where no calendar is feasible."""

    def improve(
        self,
        seconds: float | None = None,
        rounds: int | None = None,
        incumbent: Solution | None = None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> Iterator[int]:
        """Better and better bounds, until the time, the rounds or the ideas are used up.

        The same calls with the same `rounds` and no `seconds` give the same bounds.
        """
        deadline = None if seconds is None else monotonic() + seconds
        ascent = Ascent(self._relaxation, self._prices)
        done = 0
        while True:
            self._prices = ascent.vector
            if in_points(ascent.value) > self.value:
                self.value = in_points(ascent.value)
                yield self.value
            if rounds is not None and done >= rounds:
                return
            if (deadline is not None and monotonic() > deadline) or should_stop():
                return
            if not ascent.step():
                return
            done += 1

    @property
    def seat_prices(self) -> Longs:
        """(H × W) points that one more slot would save, by the current prices (rounded down)."""
        seats: Longs = self._relaxation.where.view(self._prices, "seat") >> SHARES
        return seats
