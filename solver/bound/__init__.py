"""A proven lower bound on the cost of any plan: what is left to gain, and what stands in the way.

The limits that units share (seats, quotas, beds, …) are priced; for any prices the problem falls
apart into units, and the sum of their best cases less the value of what is on offer exceeds no
plan's cost. All of it is computed in integers. Must not know: how plans are searched.
"""

from collections.abc import Callable, Iterator
from time import monotonic

import numpy as np

from solver.bound.ascent import Ascent
from solver.bound.causes import causes
from solver.bound.relaxation import Relaxation
from solver.bound.seekers import SHARES, in_points
from solver.bound.tree import Leaf, Tree
from solver.bound.unplaced import unplaced_bound
from solver.problem import Floats, Longs, Problem, Solution

__all__ = ["Bound", "calendar_bound", "options_enough", "unplaced_bound"]

_OPTIONS = 70_000_000
"""Options that a proof may read at most, were all lists of pupil-periods full: memory."""
_FEWEST = 1000
"""More than a search reads: its plan is looked at beside the bound."""


def options_enough(demands: int) -> int:
    """How many options of each class of pupils a good bound is proven from, for so many demands.

    A search needs fewer, but what is left off a list counts as always free (L after 400 rounds:
    586,394 from 2,000, 588,438 from 4,000, 588,661 from all). Larger bassins have more classes and
    longer lists, and end far from their limit: XL has 76 million options in all.
    """
    return max(_FEWEST, _OPTIONS // max(1, demands))


class Bound:
    """The best bound so far, and the prices that prove it."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.value = 0
        """Points that every plan costs at least; meaningless where no calendar is feasible."""
        self._relaxation = Relaxation(problem)
        self._tree: Tree | None = None

    def improve(
        self,
        seconds: float | None = None,
        rounds: int | None = None,
        incumbent: Solution | None = None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> Iterator[int]:
        """The bound after each round, until the time, the rounds or the ideas are used up.

        The first `incumbent` given says where prices start; later calls go on where the last
        one ended. The same calls with `rounds` and without `seconds` give the same bounds.
        """
        deadline = None if seconds is None else monotonic() + seconds
        if self._tree is None:
            self._tree = Tree(self._relaxation, self._opening(incumbent))
        tree = self._tree
        done = 0
        while True:
            self.value = max(self.value, in_points(tree.lowest.value))
            yield self.value
            if rounds is not None and done >= rounds:
                return
            if (deadline is not None and monotonic() > deadline) or should_stop():
                return
            if not tree.step():
                return
            done += 1

    def causes(self, incumbent: Solution) -> dict[str, int]:
        """Points between the incumbent's cost and the bound, by cause (French), largest first."""
        proof = self._proof
        return causes(self._relaxation, proof.vector, proof.allowed, incumbent)

    @property
    def usual(self) -> Floats:
        """(U × W) how often the relaxation chose each start lately: where good plans may be."""
        if self._tree is None:
            return np.zeros(self.problem.departures.allowed.shape)
        return self._tree.usual

    @property
    def seat_prices(self) -> Longs:
        """(H × W) points that one more slot may save, by the prices of the bound, rounded down."""
        seats: Longs = self._relaxation.where.view(self._proof.vector, "seat") >> SHARES
        return seats

    @property
    def _proof(self) -> Leaf:
        """The prices and the starts that prove the bound: no prices at first."""
        if self._tree is not None:
            return self._tree.lowest
        nothing = self._relaxation.where.opening
        return Leaf(self.problem.departures.allowed, nothing, 0, 1.0)

    def _opening(self, incumbent: Solution | None) -> Longs:
        """Nothing has a price but the steps of `equite` that the incumbent is beyond."""
        where = self._relaxation.where
        vector = where.opening.copy()
        if incumbent is not None:
            problem = self.problem
            left_out = problem.establishment[problem.demands.period[incumbent.option < 0]]
            unplaced = np.bincount(left_out, minlength=len(problem.equity.allowance))
            beyond = unplaced[:, None] > problem.equity.allowance
            where.view(vector, "equity")[...] = beyond * where.view(where.highest, "equity")
        return vector


def calendar_bound(
    problem: Problem,
    plan: Solution,
    rounds: int = 400,
    should_stop: Callable[[], bool] = lambda: False,
) -> int:
    """A proven lower bound on the cost of any plan with the same starts as `plan`."""
    allowed = np.zeros_like(problem.departures.allowed)
    allowed[np.arange(len(plan.start)), plan.start] = True
    ascent = Ascent(Relaxation(problem), None, allowed)
    for _ in range(rounds):
        if should_stop() or not ascent.step():
            break
    return max(0, in_points(ascent.value))
