"""Branching on starts: where a relaxed unit leaves a little in several weeks, each gets its turn.

The bound of a tree is that of its lowest leaf. The lowest leaf is walked until its prices settle,
then split over the starts of one unit. Must not know: what the prices stand for.
"""

from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np

from solver.bound.ascent import Ascent, Pace
from solver.bound.relaxation import Relaxation
from solver.problem import Flags, Longs

_STAGE = 25
"""Steps on one leaf before the lowest is looked for again."""
_AFRESH, _HASTY = 1.5, Pace(finest=2.0**-9, shorter=0.8, newest=0.1)
"""Rate of the first steps after a split, and the pace from there. Short first steps never leave
the prices of before (M after 90 s 325,379, and 323,380 from 0.75), and the last thousandth of what
a leaf has is worth less than its parts. They shorten sooner than where all calendars are walked
together (M after 1,340 steps 323,173, and 322,857 with its part; 0.7 wins more there, 323,736, and
loses as much on luneville). That walk goes on to the end: on nancy nothing more is ever won."""


@dataclass(slots=True)
class Leaf:
    """A part of all calendars: those with `allowed` (U × W) starts, and what is proven of it."""

    allowed: Flags
    vector: Longs
    value: int
    """Shares: the relaxation at `vector` over `allowed`."""
    rate: float


class Tree:
    """Leaves that cover every calendar between them."""

    def __init__(self, relaxation: Relaxation, vector: Longs) -> None:
        """One leaf with all starts, its prices at `vector`."""
        departures = relaxation.problem.departures
        self._relaxation = relaxation
        self._size = np.zeros(len(departures.allowed))
        np.add.at(self._size, departures.unit, relaxation.problem.size * departures.duration)
        self._others: list[tuple[int, int, Leaf]] = []
        self._count = 0
        root = Leaf(departures.allowed, vector, 0, 1.0)
        self._walk_on(root, Ascent(relaxation, vector, root.allowed))
        self._stride = self._walk.stride
        self.usual = self._walk.usual
        """(U × W) how often each start was chosen lately while all of them were open."""

    @property
    def lowest(self) -> Leaf:
        """The leaf that says what the whole tree proves."""
        if self._others and self._others[0][0] < self._leaf.value:
            return self._others[0][2]
        return self._leaf

    def step(self) -> bool:
        """One new price vector. False where nothing is left to split."""
        going = self._walk.step()
        leaf, walk = self._leaf, self._walk
        leaf.value, leaf.vector, leaf.rate = walk.value, walk.vector, walk.rate
        self._steps += 1
        if going and (self._steps % _STAGE or self.lowest is leaf):
            return True
        parts = [leaf] if going else self._split(leaf)
        for part in parts:
            self._count += 1
            heappush(self._others, (part.value, self._count, part))
        if parts:
            self._walk_on_part(heappop(self._others)[2])
        return bool(parts)

    def _walk_on_part(self, leaf: Leaf) -> None:
        """The root's stride, scaled by the rate of the leaf."""
        start = leaf.vector, leaf.allowed, leaf.rate
        self._walk_on(leaf, Ascent(self._relaxation, *start, self._stride, _HASTY))

    def _walk_on(self, leaf: Leaf, walk: Ascent) -> None:
        self._leaf, self._walk, self._steps = leaf, walk, 0
        leaf.value = walk.value

    def _split(self, leaf: Leaf) -> list[Leaf]:
        """A leaf for each start of the most undecided unit.

        Starts that the walk never chose get one too: together they would leave the unit as
        undecided as before, and be split again (luneville after 60 s 225,787, against 225,579).
        """
        chosen = np.where(leaf.allowed, self._walk.usual, 0.0)
        chosen /= np.maximum(chosen.sum(axis=1, keepdims=True), 1e-9)
        undecided = self._size * (1.0 - (chosen**2).sum(axis=1))
        undecided[leaf.allowed.sum(axis=1) < 2] = 0.0
        if not undecided.any():
            return []
        unit = int(undecided.argmax())
        return [
            self._part(leaf, unit, start) for start in np.flatnonzero(leaf.allowed[unit]).tolist()
        ]

    def _part(self, leaf: Leaf, unit: int, start: int) -> Leaf:
        allowed = leaf.allowed.copy()
        allowed[unit] = False
        allowed[unit, start] = True
        return Leaf(allowed, leaf.vector, self._relaxation(leaf.vector, allowed), _AFRESH)
