"""Better prices, step by step: the volume algorithm (Barahona and Anbil 2000).

A step goes from the best prices along the mean excess of the choices seen so far; the mean also
estimates the fractional plan that the prices support. Deterministic. Must not know: what the
prices stand for.
"""

import numpy as np

from solver.bound.prices import Floats
from solver.bound.relaxation import Relaxation
from solver.problem import Flags, Longs

_AIM = 0.04
"""Share by which the bound is hoped to rise: the step's length is measured against it."""
_PATIENCE = 15
"""Steps without progress before the steps shorten."""
_WEIGHT = 0.15
"""Largest weight of the newest choice in the mean, at first."""
_STAGE = 100
"""Steps between two looks at whether the newest choice should weigh less."""


class Ascent:
    """A walk over price vectors; `value` (shares) and `vector` are the best seen."""

    def __init__(
        self,
        relaxation: Relaxation,
        vector: Longs | None = None,
        allowed: Flags | None = None,
    ) -> None:
        self._relaxation = relaxation
        self._allowed = allowed
        self._highest = relaxation.where.highest
        if vector is None:
            vector = np.zeros(len(relaxation.where.limit), np.int64)
        self.value = relaxation(vector, allowed)
        self.vector = vector
        self.excess: Floats = relaxation.excess()
        """(n) mean use of each limit beyond what it allows."""
        self.choice: Floats = self._newest_choice()
        """(U × W) how much of each start the mean chooses; rows sum to 1."""
        self._stride = 1.0
        self._weight = _WEIGHT
        self._idle = 0
        self._steps = 0
        self._stage_value = self.value

    def step(self) -> bool:
        """One new price vector. False when no direction is left: the prices are optimal."""
        direction = self.excess.copy()
        direction[(self.vector <= 0) & (direction < 0)] = 0.0
        direction[(self.vector >= self._highest) & (direction > 0)] = 0.0
        norm = float((direction * direction).sum())
        if norm == 0.0:
            return False
        length = self._stride * max(_AIM * abs(self.value), 1.0) / norm
        moved = np.clip(np.rint(self.vector + length * direction), 0, self._highest)
        vector = moved.astype(np.int64)
        value = self._relaxation(vector, self._allowed)
        newest = self._relaxation.excess()
        ahead = float((direction * newest).sum()) >= 0
        self._blend(newest)
        self._steps += 1
        if value > self.value:
            self.value, self.vector = value, vector
            self._idle = 0
            if ahead:
                self._stride = min(1.1 * self._stride, 2.0)
        else:
            self._idle += 1
            if self._idle >= _PATIENCE:
                self._stride = max(0.66 * self._stride, 1e-4)
                self._idle = 0
        if self._steps % _STAGE == 0:
            if self.value - self._stage_value < 0.002 * abs(self.value):
                self._weight = max(self._weight / 1.5, 0.005)
            self._stage_value = self.value
        return True

    def _blend(self, newest: Floats) -> None:
        """Mix the newest excess into the mean with the weight that makes the mean shortest."""
        difference = newest - self.excess
        norm = float((difference * difference).sum())
        best = -float((self.excess * difference).sum()) / norm if norm else self._weight
        weight = min(max(best, self._weight / 10), self._weight)
        self.excess = self.excess + weight * difference
        self.choice += weight * (self._newest_choice() - self.choice)

    def _newest_choice(self) -> Floats:
        starts = self._relaxation.starts
        choice = np.zeros(self._relaxation.value.shape)
        choice[np.arange(len(starts)), starts] = 1.0
        return choice
