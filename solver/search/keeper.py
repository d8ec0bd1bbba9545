"""Better plans handed over while the search goes on: decoded, verified, in a thread of its own.

A search that is killed has then lost seconds, not hours. Must not know: who keeps the plans.
"""

from collections.abc import Callable
from threading import Event, Thread
from time import monotonic

from solver.domain import Plan, Report, Scenario
from solver.prepare import decode
from solver.problem import Problem, Solution
from solver.verify import verify

_PAUSE_SECONDS = 2.0
_BUSY_SHARE = 0.1
"""Part of the time that may go into decoding and verifying."""


class Keeper:
    """Gives each clearly better plan to `keep`, verified, at a bearable pace. A context manager.

    A plan that the verifier refuses is not handed over: the search ends on its own verdict.
    """

    def __init__(
        self, scenario: Scenario, problem: Problem, keep: Callable[[Plan, Report], None]
    ) -> None:
        self._scenario, self._problem, self._keep = scenario, problem, keep
        self._told = 2**62
        self._offer: Callable[[], Solution] | None = None
        self._offered, self._over = Event(), Event()
        self.verified: tuple[Plan, Report] | None = None
        """The last plan found to be right."""
        self._thread = Thread(target=self._work, daemon=True)

    def __enter__(self) -> "Keeper":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """What it has in hand is finished: it may be the best, which then is verified."""
        self._over.set()
        self._offered.set()
        self._thread.join()

    def offer(self, cost: int, solution: Callable[[], Solution]) -> None:
        """There is a plan at this cost; `solution` is asked for it when its turn comes."""
        if cost < self._told and not self._offered.is_set():
            self._told, self._offer = cost, solution
            self._offered.set()

    def _work(self) -> None:
        while True:
            self._offered.wait()
            if self._over.is_set() or self._offer is None:
                return
            begin = monotonic()
            plan = decode(self._scenario, self._problem, self._offer())
            report = verify(self._scenario, plan)
            if not report.violations:
                self.verified = plan, report
                self._keep(plan, report)
            rest = max(_PAUSE_SECONDS, (monotonic() - begin) * (1 / _BUSY_SHARE - 1))
            if self._over.wait(rest):
                return
            self._offered.clear()
