"""The bound, computed beside the search in a process of its own.

It tells the bound as it rises, at which starts the relaxation sees each unit, and where the
distance between a plan and the bound comes from.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context

import numpy as np

from solver.bound import Bound
from solver.prepare import relisted
from solver.problem import Floats, Problem, Solution

_NICENESS = 5
_LOOK_SECONDS = 0.5
"""How often it looks, while it rests, whether its parent still lives."""
_ANSWER_SECONDS = 2.0
"""How long its parent waits for an answer."""


class Witness:
    """A child process that proves bounds until it is told to end. Use as a context manager.

    Good prices start from a good plan: `incumbent`, where there is one. `provable`, called there,
    makes the same problem with lists as long as proofs need. It ends by itself where its parent
    was killed.
    """

    def __init__(
        self,
        problem: Problem,
        incumbent: Solution | None = None,
        provable: Callable[[], Problem] | None = None,
    ) -> None:
        context = get_context("fork")
        shape = problem.departures.allowed.shape
        self._bound = context.Value("q", 0)
        shared = np.frombuffer(context.RawArray("d", shape[0] * shape[1] + 1), np.float64)
        self.usual: Floats = shared[:-1].reshape(shape)
        """(U × W) how often the relaxation chose each start lately; it changes meanwhile."""
        self._at_work = context.Event()
        self._at_work.set()
        self._parent = os.getpid()
        sizes = shape[0], len(problem.demands.period)
        self._start, self._option = (
            np.frombuffer(context.RawArray("i", n + 1), np.int32)[:n] for n in sizes
        )
        self._asked = context.Event()
        self._answers, self._told = context.Pipe(duplex=False)
        arguments = (problem, provable or (lambda: problem), incumbent)
        self._process = context.Process(target=self._prove, args=arguments, daemon=True)

    def __enter__(self) -> "Witness":
        self._process.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.join()

    def listen(self) -> int:
        """The best bound so far, in points."""
        return int(self._bound.value)

    def ask(self, solution: Solution) -> None:
        """Where does the distance between this solution and the bound come from?"""
        self._start[:], self._option[:] = solution.start, solution.option
        self._asked.set()

    def answer(self) -> dict[str, int]:
        """Points by cause (French), largest first; nothing where it does not know in time."""
        if not self._answers.poll(_ANSWER_SECONDS):
            return {}
        told: dict[str, int] = self._answers.recv()
        return told

    @contextmanager
    def resting(self) -> Iterator[None]:
        """Its core is free for others meanwhile."""
        self._at_work.clear()
        try:
            yield
        finally:
            self._at_work.set()

    def _prove(
        self, problem: Problem, provable: Callable[[], Problem], incumbent: Solution | None
    ) -> None:
        os.nice(_NICENESS)
        proven = provable()
        bound = Bound(proven)

        def answer() -> None:
            asked = Solution(self._start, self._option)
            self._told.send(bound.causes(relisted(asked, problem, proven)))
            self._asked.clear()

        for value in bound.improve(incumbent=incumbent, should_stop=self._is_orphan):
            self._bound.value = value
            self.usual[:] = bound.usual
            if self._asked.is_set():
                answer()
        while not self._is_orphan():
            if self._asked.wait(_LOOK_SECONDS):
                answer()

    def _is_orphan(self) -> bool:
        """Asked between two rounds: here it rests, where it has to."""
        while not self._at_work.wait(_LOOK_SECONDS):
            if os.getppid() != self._parent:
                return True
        return os.getppid() != self._parent
