"""The child: searches what its folder asks for. It is born in the nursery, the engine loaded.

The folder holds `order.json`, `scenario.<kind>` and, to go on from it, `start.zip`. Messages leave
by standard output, one a line; plans as files beside, whole before they are named. A line « stop »
on standard input ends the search and keeps its best plan; the end of standard input means that
nobody listens any more, and ends everything at once. Must not know: who asked.
"""

import contextlib
import gc
import os
import resource
import signal
import sys
import traceback
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic
from typing import TextIO

from scenarios import digest
from scenarios.folders import replace_file
from service.jobs.messages import SUMMING_UP, Better, End, Ending, Progress
from service.jobs.orders import Order, StopRules
from service.packing import pack_plan, read_scenario, unpack_plan
from solver.domain import Plan, Report, Result, Scenario
from solver.explain import explain_infeasible
from solver.facts import Facts
from solver.indicators import indicators, reasons
from solver.search import Progress as Stand
from solver.search import solve
from solver.search.warm_up import warm_up

NICENESS = 10
"""The service answers first."""
NAME = "bassin-calcul"
"""How `ps` and `top` name a search."""
_TELL_SECONDS = 0.5
_CLEARLY = 0.999
_SLACK_MEGABYTES = 2048
"""Beyond the limit of resident memory: code, stacks and reserves, counted but never touched."""


class Engine:
    """One search, from its folder to its last message."""

    def __init__(self, folder: Path, heard: TextIO, out: TextIO) -> None:
        self._folder, self._heard, self._out, self._lock = folder, heard, out, Lock()
        self._order = Order.model_validate_json((folder / "order.json").read_bytes())
        self._asked = Event()
        self._ruled = False
        """Whether a stop rule is met."""
        self._stand = Stand(0.0, None, None, None, "")
        self._told_at = 0.0
        self._watch = _Stalled(self._order.stop)
        self._plans = 0
        self._cost: int | None = None
        self._digest = ""

    def listen(self) -> None:
        """From another thread: stop when told, end with whoever listens."""
        for line in self._heard:
            if line.strip() == "stop":
                self._asked.set()
        os.killpg(0, signal.SIGKILL)

    def limit_memory(self) -> None:
        """A last resort: whoever keeps us looks twice a second, and memory may be taken faster."""
        most = (self._order.megabytes + _SLACK_MEGABYTES) * 2**20
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))

    def run(self) -> None:
        """Search; the last message says how it ended."""
        try:
            self._say(self._search().model_copy(update={"megabytes": _peak_megabytes()}))
        except MemoryError:
            said = f"Le calcul demandait plus de mémoire que permis ({self._order.megabytes} Mo)."
            self._say(End(ending="memory", seconds=self._stand.seconds, detail=said))
        except Exception:
            traceback.print_exc()
            detail = "".join(traceback.format_exception_only(*sys.exc_info()[:2])).strip()
            self._say(End(ending="failed", seconds=self._stand.seconds, detail=detail))

    def _search(self) -> End:
        order = self._order
        self._say(Progress(seconds=0, phase="lecture"))
        content = (self._folder / f"scenario.{order.kind}").read_bytes()
        scenario = read_scenario(content, order.kind).scenario
        if scenario is None:
            return End(ending="scenario", detail="Le scénario n’est plus lisible : le contrôler.")
        self._digest = digest(scenario)
        if order.digest not in (None, self._digest):
            return End(ending="scenario", detail="Le scénario n’est pas celui qui était attendu.")
        gc.freeze()
        start = self._folder / "start.zip"
        result = solve(
            scenario,
            seconds=order.stop.seconds,
            seed=order.seed,
            cores=order.cores,
            stop=lambda: self._ruled or self._asked.is_set(),
            progress=self._follow,
            start=unpack_plan(start.read_bytes(), scenario).plan if start.exists() else None,
            keep=lambda plan, report: self._keep(scenario, plan, report),
        )
        return self._end(scenario, result)

    def _end(self, scenario: Scenario, result: Result) -> End:
        ending: Ending = "stopped" if self._asked.is_set() else "done"
        if result.plan is None or result.report is None:
            found = () if result.status != "infeasible" else explain_infeasible(scenario)
            conflicts = tuple(c.model_dump(mode="json") for c in found)
            return End(
                ending=ending,
                outcome=result.status,
                seconds=result.seconds,
                bound=result.bound,
                conflicts=conflicts,
            )
        self._keep(scenario, result.plan, result.report, result.bound)
        self._tell(SUMMING_UP)
        facts = Facts(scenario, result.plan)
        unplaced = reasons(scenario, result.plan, facts)
        measured = indicators(scenario, result.plan, unplaced, facts).model_dump(mode="json")
        whole = pack_plan(
            scenario, result, unplaced=unplaced, indicators=measured, fingerprint=self._digest
        )
        replace_file(self._folder / "plan.zip", whole)
        return End(
            ending=ending,
            outcome=result.status,
            seconds=result.seconds,
            cost=result.report.cost,
            bound=result.bound,
            unplaced=len(unplaced),
            costs=result.report.costs,
            causes=result.causes,
            indicators=measured,
            plan="plan.zip",
        )

    def _follow(self, stand: Stand) -> None:
        """What the search tells, passed on twice a second; the stop rules read it."""
        new_phase = stand.phase != self._stand.phase
        self._stand = stand
        self._ruled = self._ruled or self._watch(stand)
        if new_phase or monotonic() - self._told_at > _TELL_SECONDS:
            self._tell(stand.phase)

    def _tell(self, phase: str) -> None:
        s = self._stand
        self._told_at = monotonic()
        self._say(
            Progress(
                seconds=s.seconds, cost=s.cost, unplaced=s.unplaced, bound=s.bound, phase=phase
            )
        )

    def _keep(
        self, scenario: Scenario, plan: Plan, report: Report, bound: int | None = None
    ) -> None:
        """Put a better plan down, then name it."""
        with self._lock:
            if self._cost is not None and report.cost >= self._cost:
                return
            self._cost, self._plans = report.cost, self._plans + 1
            file = f"plan-{self._plans}.zip"
        content = pack_plan(scenario, plan, fingerprint=self._digest)
        replace_file(self._folder / file, content)
        self._say(
            Better(
                file=file,
                seconds=self._stand.seconds,
                cost=report.cost,
                unplaced=len(scenario.demands()) - len(plan.placements),
                bound=bound or self._stand.bound,
            )
        )

    def _say(self, message: Progress | Better | End) -> None:
        line = message.model_dump_json(exclude_none=True) + "\n"
        with self._lock, contextlib.suppress(BrokenPipeError):
            self._out.write(line)
            self._out.flush()


def _peak_megabytes() -> int:
    """Of this process, or of the largest that it started."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(who).ru_maxrss for who in whose) // 1024


class _Stalled:
    """Whether the rules of gap and of diminishing returns say that it is enough."""

    def __init__(self, rules: StopRules) -> None:
        self._rules = rules
        self._cost: int | None = None
        self._since = 0.0

    def __call__(self, stand: Stand) -> bool:
        if stand.cost is None:
            return False
        if self._cost is None or stand.cost < _CLEARLY * self._cost:
            self._cost, self._since = stand.cost, stand.seconds
        gap, patience = self._rules.gap, self._rules.stalled_seconds
        close = gap is not None and stand.cost - (stand.bound or 0) <= gap * stand.cost
        return close or (patience is not None and stand.seconds - self._since >= patience)


def ready() -> None:
    """Load all that a search needs, once for all children: half a minute the first time."""
    warm_up()


def main(folder: Path) -> None:
    """Run the order of a folder; what else is printed goes to standard error.

    Both pipes move away from where the processes that the search forks would find them: these
    close their standard input, and would wait for ever for the thread that reads it. Where Linux
    shares the processor between sessions first, it is this session that gives way.
    """
    heard = os.fdopen(os.dup(0), encoding="utf-8")
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    os.nice(NICENESS)
    with contextlib.suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(NICENESS), encoding="ascii")
    with contextlib.suppress(OSError):
        Path("/proc/self/comm").write_text(NAME)
    engine = Engine(folder, heard, out)
    engine.limit_memory()
    Thread(target=engine.listen, daemon=True).start()
    engine.run()
    os._exit(0)
