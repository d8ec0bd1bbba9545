"""Better prices, step by step: the volume algorithm (Barahona and Anbil 2000).

A step goes from the best prices along the mean excess of the choices seen so far; dear limits move
faster than cheap ones, for prices range from one point to thousands. Deterministic. Must not know:
what the prices stand for.
"""

import numpy as np

from solver.bound.prices import Floats
from solver.bound.relaxation import Relaxation
from solver.bound.seekers import SHARES
from solver.problem import Flags, Longs

_AIM = 0.1
"""Share by which the bound is hoped to rise: the step's length is measured against it."""
_SHORTEST = 1e-5
"""Steps never get shorter than this part of the aim's."""
_PATIENCE = 8
"""Steps without progress before the steps shorten."""
_SHORTER, _LONGER, _LONGEST = 0.66, 1.1, 2.0
_WEIGHT, _LIGHTEST = 0.1, 0.002
"""Largest weight of the newest choice in the mean: at first, and in the end."""
_STAGE = 100
"""Steps between two looks at whether the newest choice should weigh less."""
_STALLED = 0.005
"""A stage that gains less than this share of the bound halves the weight."""
_DEAR = 32 << SHARES
"""Price in shares at which a limit moves twice as fast as a free one."""


class Ascent:
    """A walk over price vectors; `value` (shares) and `vector` are the best seen."""

    def __init__(
        self, relaxation: Relaxation, vector: Longs | None = None, allowed: Flags | None = None
    ) -> None:
        """Start from `vector`, or from nothing; only starts `allowed` (U × W) count."""
        self._relaxation = relaxation
        self._allowed = allowed
        self._highest = relaxation.where.highest
        self.vector: Longs = np.zeros_like(self._highest) if vector is None else vector
        self.value = relaxation(self.vector, allowed)
        self._excess = relaxation.excess()
        self._stride = 1.0
        self._weight = _WEIGHT
        self._idle = 0
        self._steps = 0
        self._stage_value = self.value

    def step(self) -> bool:
        """One new price vector. False when no direction is left: the prices are optimal."""
        direction = self._excess.copy()
        direction[(self.vector <= 0) & (direction < 0)] = 0.0
        direction[(self.vector >= self._highest) & (direction > 0)] = 0.0
        scaled = direction * (1.0 + self.vector / _DEAR)
        norm = float((direction * scaled).sum())
        if norm == 0.0:
            return False
        length = self._stride * max(_AIM * abs(self.value), 1.0) / norm
        moved = np.clip(np.rint(self.vector + length * scaled), 0, self._highest)
        vector = moved.astype(np.int64)
        value = self._relaxation(vector, self._allowed)
        newest = self._relaxation.excess()
        self._lengthen(value, ahead=float((direction * newest).sum()) >= 0)
        if value > self.value:
            self.value, self.vector = value, vector
        self._blend(newest)
        self._close_stage()
        return True

    def _lengthen(self, value: int, *, ahead: bool) -> None:
        """Longer steps while the excess still points ahead, shorter ones after failures."""
        if value > self.value:
            self._idle = 0
            if ahead:
                self._stride = min(_LONGER * self._stride, _LONGEST)
            return
        self._idle += 1
        if self._idle >= _PATIENCE:
            self._stride = max(_SHORTER * self._stride, _SHORTEST)
            self._idle = 0

    def _blend(self, newest: Floats) -> None:
        """Mix the newest excess into the mean with the weight that makes the mean shortest."""
        difference = newest - self._excess
        norm = float((difference * difference).sum())
        best = -float((self._excess * difference).sum()) / norm if norm else self._weight
        weight = min(max(best, self._weight / 10), self._weight)
        self._excess = self._excess + weight * difference

    def _close_stage(self) -> None:
        self._steps += 1
        if self._steps % _STAGE:
            return
        if self.value - self._stage_value < _STALLED * abs(self.value):
            self._weight = max(self._weight / 2, _LIGHTEST)
        self._stage_value = self.value
