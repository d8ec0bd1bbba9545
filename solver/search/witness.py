"""The bound, computed beside the search in a process of its own, and told as it rises.

The search sends its best plan from time to time: good prices start from a good plan.
"""

import os
from multiprocessing import get_context
from multiprocessing.connection import Connection

from solver.bound import Bound
from solver.problem import Problem, Solution

_NICENESS = 5


class Witness:
    """A child process that proves bounds until it is told to end. Use as a context manager."""

    def __init__(self, problem: Problem) -> None:
        context = get_context("fork")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=_prove, args=(problem, theirs), daemon=True)
        self.value = 0
        """Best bound told so far, in points."""

    def __enter__(self) -> "Witness":
        self._process.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.join()

    def listen(self) -> int:
        """The best bound so far."""
        while self._ours.poll():
            try:
                self.value = max(self.value, self._ours.recv())
            except EOFError:
                break
        return self.value

    def tell(self, incumbent: Solution) -> None:
        """Give the bound a plan to start its prices from."""
        if self._process.is_alive():
            self._ours.send(incumbent)


def _prove(problem: Problem, parent: Connection) -> None:
    """Send better and better bounds; begin anew from each incumbent received."""
    os.nice(_NICENESS)
    bound = Bound(problem)
    incumbent: Solution | None = None
    while True:
        for value in bound.improve(incumbent=incumbent, should_stop=parent.poll):
            parent.send(value)
        incumbent = parent.recv()
