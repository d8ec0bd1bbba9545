"""Where the time of a search goes: `profile_search.py SCENARIO SECONDS > results/NAME-profil.txt`.

All threads are sampled every 5 ms, so compiled loops, which release the interpreter, show under the
Python line that called them; the process of the bound is another and is not seen. Must not know:
what the functions do.
"""

import sys
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import sleep
from types import CodeType, FrameType

from contenders import warm_up
from run import ROOT, commit_now, machine_here
from scenes import scene

from solver.search import solve

_EVERY_SECONDS = 0.005
_ROWS = 40


class Sampler(threading.Thread):
    """Counts, for each function of the project, samples in it and samples below it."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.own: Counter[str] = Counter()
        self.below: Counter[str] = Counter()
        self.samples = 0
        self.done = threading.Event()

    def run(self) -> None:
        while not self.done.is_set():
            for ident, frame in sys._current_frames().items():
                if ident != self.ident:
                    self._count(frame)
            self.samples += 1
            sleep(_EVERY_SECONDS)

    def _count(self, frame: FrameType) -> None:
        names = list(dict.fromkeys(_stack(frame)))
        if names:
            self.own[names[0]] += 1
            self.below.update(names)


def _stack(frame: FrameType | None) -> Iterator[str]:
    """Functions of the project from the innermost outwards."""
    while frame is not None:
        if Path(frame.f_code.co_filename).is_relative_to(ROOT / "solver"):
            yield _name(frame.f_code, frame.f_lineno)
        frame = frame.f_back


def _name(code: CodeType, line: int) -> str:
    return f"{Path(code.co_filename).relative_to(ROOT)}:{line} {code.co_qualname}"


def main(name: str, seconds: str) -> None:
    scenario = scene(name)
    warm_up()
    sampler = Sampler()
    sampler.start()
    result = solve(scenario, seconds=float(seconds))
    sampler.done.set()
    sampler.join()
    cost = result.report.cost if result.report else None
    out = sys.stdout.write
    out(f"{name}, {seconds} s, coût {cost}, borne {result.bound}, {sampler.samples} relevés\n")
    out(f"{datetime.now(UTC):%Y-%m-%d}, commit {commit_now()}, {machine_here()}\n")
    for title, counts in (("en propre", sampler.own), ("avec ce qui est appelé", sampler.below)):
        out(f"\n{title} (part des relevés, tous fils)\n")
        for function, n in counts.most_common(_ROWS):
            out(f"{100 * n / max(1, sampler.samples):6.1f} %  {function}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
