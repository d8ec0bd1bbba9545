"""The bound, computed beside the search in a process of its own, and told as it rises.

The search sends its best plan from time to time: good prices start from a good plan.
"""

import os
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray

from solver.bound import Bound
from solver.problem import Problem, Solution

_NICENESS = 5
_LISTEN_SECONDS = 1.0


class Witness:
    """A child process that proves bounds until it is told to end. Use as a context manager.

    It ends by itself where its parent was killed.
    """

    def __init__(self, problem: Problem) -> None:
        context = get_context("fork")
        units, demands = len(problem.departures.periods), len(problem.demands.period)
        self._incumbent = np.frombuffer(context.RawArray("i", units + demands + 1), np.int32)
        self._told = context.Event()
        self._bound = context.Value("q", 0)
        self._parent = os.getpid()
        self._process = context.Process(target=self._prove, args=(problem, units), daemon=True)

    def __enter__(self) -> "Witness":
        self._process.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.join()

    def listen(self) -> int:
        """The best bound so far, in points."""
        return int(self._bound.value)

    def tell(self, incumbent: Solution) -> None:
        """Give the bound a plan to start its prices from."""
        self._incumbent[:-1] = np.concatenate([incumbent.start, incumbent.option])
        self._told.set()

    def _prove(self, problem: Problem, units: int) -> None:
        """Better and better bounds; begun anew from each incumbent told."""
        os.nice(_NICENESS)
        bound = Bound(problem)
        while not self._orphaned():
            incumbent = _received(self._incumbent, units) if self._told.is_set() else None
            self._told.clear()
            for value in bound.improve(incumbent=incumbent, should_stop=self._interrupted):
                self._bound.value = max(value, self._bound.value)
            while not self._told.wait(_LISTEN_SECONDS) and not self._orphaned():
                pass

    def _interrupted(self) -> bool:
        return self._told.is_set() or self._orphaned()

    def _orphaned(self) -> bool:
        return os.getppid() != self._parent


def _received(shared: NDArray[np.int32], units: int) -> Solution:
    return Solution(shared[:units].copy(), shared[units:-1].copy())
