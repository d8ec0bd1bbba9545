"""Better prices, step by step: Adam (Kingma and Ba 2015) on the prices' excess.

Every price moves by its own excess measured against what that excess usually is, so that limits
which bind a little and limits which bind hard settle together. Deterministic. Must not know: what
the prices stand for.
"""

from typing import NamedTuple

import numpy as np

from solver.bound.prices import mean_unplaced
from solver.bound.relaxation import Relaxation
from solver.problem import Flags, Floats, Longs

_PROMISE = 2.0
"""What the first step would win if nobody chose anew, as a part of the bound at no prices. 1 is
better on large bassins at first (nancy after 10 s 339,986, against 335,556 with 2 and 321,877 with
one step for all instances, ten times too long there), 2 on small ones (luneville after 60 s 225,520
and 225,224)."""
_FIRST_WEIGHT = 0.2
"""First step of a weight, as a part of what all begin with."""
_COMPANY = 0.1
"""First step of a price of company, as a part of other prices' (nancy after 30 s 349,829; with 1
349,165: what is taken off makes longer parts of the lists matter)."""
_PATIENCE = 4
"""Steps without progress before steps shorten."""
_MEAN, _SPREAD = 0.9, 0.999
"""How long the mean excess and the mean square remember (Adam's usual values)."""
_STILL = 1e-3
_LOOK_BACK, _LOOSE, _LOOSENED = 10, 0.1, 200
"""Steps between two looks at the mean of the prices lately; what the newest weigh in it at first,
and after how many steps half as much. A walk swings around prices better than its own (nancy after
150 steps 343,455, their mean 345,555), and who knows the better value shortens steps sooner: nancy
after 30 s 349,829 instead of 348,595. A longer memory is better once steps are short (nancy ends
at 350,025 instead of 349,998), and slower before (after 10 s 329,300 instead of 332,900)."""
_LATELY = 0.05
"""Weight of the newest choice among the starts chosen lately."""


class Pace(NamedTuple):
    """How a walk slows down, and when it ends."""

    finest: float
    """Rate below which steps move nothing that matters."""
    shorter: float
    """To what part steps shorten."""
    newest: float
    """What the newest prices weigh in the mean at least."""


_STEADY = Pace(finest=2.0**-12, shorter=0.88, newest=0.05)
"""Of a walk from no prices."""


class Ascent:
    """A walk over price vectors; `value` (shares) and `vector` are the best seen."""

    def __init__(
        self,
        relaxation: Relaxation,
        vector: Longs | None = None,
        allowed: Flags | None = None,
        rate: float = 1.0,
        stride: Floats | None = None,
        pace: Pace = _STEADY,
    ) -> None:
        """Start from `vector`, or from no prices; only starts `allowed` (U × W) count.

        `stride` (n): what a step of rate 1 moves, or as suits a walk from no prices. `rate`:
        length of the first steps, 1 for such a walk; `pace`: how it slows down and ends.
        """
        self._relaxation = relaxation
        self._allowed = allowed
        self._highest = relaxation.where.highest
        self.vector: Longs = relaxation.where.opening if vector is None else vector
        self.rate, self._pace = rate, pace
        self._here: Floats = self.vector.astype(np.float64)
        self._middle: Floats = self._here.copy()
        """Where the walk was lately: it swings around prices that are better than its own."""
        self._mean: Floats = np.zeros_like(self._here)
        self._square: Floats = np.zeros_like(self._here)
        self._steps = self._idle = 0
        self.usual: Floats = np.zeros(relaxation.choice.value.shape)
        """(U × W) how often each start was chosen lately."""
        self.value = self._look(self.vector)
        self.stride: Floats = self._first_steps() if stride is None else stride

    def step(self) -> bool:
        """One new price vector. False when no direction, or no length that matters, is left."""
        free = ((self._here > 0) | (self._excess > 0)) & (
            (self._here < self._highest) | (self._excess < 0)
        )
        if self.rate < self._pace.finest or not self._excess[free].any():
            return False
        self._steps += 1
        self._mean += (1 - _MEAN) * (self._excess - self._mean)
        self._square += (1 - _SPREAD) * (self._excess**2 - self._square)
        mean = self._mean / (1 - _MEAN**self._steps)
        usual = np.sqrt(self._square / (1 - _SPREAD**self._steps)) + _STILL
        self._here += self.rate * self.stride * mean / usual
        np.clip(self._here, 0, self._highest, out=self._here)
        newest = max(self._pace.newest, _LOOSE / (1 + self._steps / _LOOSENED))
        self._middle += newest * (self._here - self._middle)
        better = False
        if self._steps % _LOOK_BACK == 0:
            middle = np.rint(self._middle).astype(np.int64)
            better = self._keep(middle, self._relaxation(middle, self._allowed))
        vector = np.rint(self._here).astype(np.int64)
        better |= self._keep(vector, self._look(vector))
        self._idle = 0 if better else self._idle + 1
        if self._idle == _PATIENCE:
            self.rate, self._idle = self._pace.shorter * self.rate, 0
        return True

    def _keep(self, vector: Longs, value: int) -> bool:
        """Whether it is the best so far."""
        better = value > self.value
        if better:
            self.value, self.vector = value, vector
        return better

    def _first_steps(self) -> Floats:
        """(n) In shares, by the instance: where many limits bind, each price moves by little."""
        where, unplaced = self._relaxation.where, mean_unplaced(self._relaxation.problem)
        begin = where.offset["weight"]
        wanted = np.where(self._highest > 0, np.maximum(self._excess, 0), 0)[:begin].sum()
        stride = np.full(len(self._here), _FIRST_WEIGHT * unplaced)
        stride[:begin] = _PROMISE * (max(0, self.value) + unplaced) / max(wanted, 1.0)
        where.view(stride, "company")[...] *= _COMPANY
        return stride

    def _look(self, vector: Longs) -> int:
        """The bound at `vector`, its excess and its starts."""
        value = self._relaxation(vector, self._allowed)
        self._excess = self._relaxation.excess()
        self.usual *= 1 - _LATELY
        self.usual[np.arange(len(self.usual)), self._relaxation.choice.starts] += _LATELY
        return value
