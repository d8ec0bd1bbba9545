"""Maps planned and judged: every pôle of a new map against the bassins as they are.

The bassins are planned first. Then, for the same time again, the bassins go on from their plans and
the new pôles go on from the bassins' plans put together: what a map gains owes nothing to time, and
a merger is never worse than the sum of the separate plans. Both sides are judged by one verifier on
one scenario, that of all bassins the map ties together.
Must not know: terminals, how tasks are run.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scenarios import digest, read, read_plan, write, write_plan
from scenarios.maps import distinct, pooled, united, within
from service.batch.conduct import Standing
from service.batch.gather import Aside, Task
from service.batch.store import Store
from service.maps.wanted import WantedMap
from solver.compare import Comparison, Contender, compare
from solver.domain import Plan, Scenario
from solver.errors import Fault, InvalidScenario
from solver.verify import verify

RunAll = Callable[[Sequence[Task], Store, float], Mapping[str, Standing]]
"""Runs tasks within so many seconds; each result is in the store afterwards."""
AS_IS, NEW = "carte actuelle", "nouvelle carte"


@dataclass(frozen=True, slots=True)
class Judged:
    """A part of a map that stands alone: the bassins it ties, before and after."""

    title: str
    bassins: tuple[str, ...]
    comparison: Comparison
    """The bassins as they are, then the new pôles; same scenario, same verifier."""
    separate: int
    """Sum of the costs of the separate plans, each in its own bassin."""
    kept: bool
    """The new pôle found nothing better than the separate plans, which it keeps."""

    @property
    def gain(self) -> int:
        """Points that the new map saves."""
        before, after = (side.cost for side in self.comparison.sides)
        return before - after


class Evaluation:
    """An académie on the table: its bassins, what was planned, where it is kept."""

    def __init__(
        self, bassins: Mapping[str, Scenario], folder: Path, seconds: float, run_all: RunAll
    ) -> None:
        """`seconds`: to plan all bassins once; a map takes as long for those that it touches."""
        self.bassins = distinct(bassins)
        self.folder = folder
        self.store = Store(folder)
        self._seconds, self._run_all = seconds, run_all
        self._first: dict[str, Plan] = {}

    def plans(self, names: Sequence[str]) -> dict[str, Plan]:
        """A plan of each of these bassins, as they are."""
        missing = [n for n in names if n not in self._first]
        tasks = {n: self._task(n, self.bassins[n]) for n in missing}
        self._run(list(tasks.values()))
        self._first |= {n: self._plan(t) for n, t in tasks.items()}
        return {n: self._first[n] for n in names}

    def judge(self, maps: Sequence[WantedMap]) -> list[Judged]:
        """Every map, cut into parts that have nothing to do with one another."""
        first = self.plans(sorted({b for m in maps for b in m.bassins}))
        again = {n: self._task(n, self.bassins[n], first[n], "départ ") for n in first}
        news: list[tuple[WantedMap, dict[str, Task]]] = []
        for m in maps:
            scenarios = dict(m.plannings(self.bassins))
            whole = united(first[b] for b in sorted(m.bassins))
            news.append(
                (
                    m,
                    {
                        n: self._task(n, s, within(whole, s), "départ ")
                        for n, s in scenarios.items()
                    },
                )
            )
        self._run([*again.values(), *(t for _, tasks in news for t in tasks.values())])
        best = {n: self._better(self.bassins[n], first[n], again[n]) for n in first}
        return [
            self._judged(m, component, tasks, best)
            for m, tasks in news
            for component in m.components()
        ]

    def _judged(
        self,
        wanted: WantedMap,
        component: set[str],
        tasks: Mapping[str, Task],
        best: Mapping[str, Plan],
    ) -> Judged:
        names = tuple(sorted(component))
        title = wanted.title if len(wanted.components()) == 1 else " + ".join(names)
        whole = pooled({n: self.bassins[n] for n in names}, title)
        before = united(best[n] for n in names)
        after, kept = self._after(component, tasks, before)
        return Judged(
            title,
            names,
            compare([Contender(AS_IS, whole, before), Contender(NEW, whole, after)]),
            sum(verify(self.bassins[n], best[n]).cost for n in names),
            kept,
        )

    def _after(
        self, component: set[str], tasks: Mapping[str, Task], before: Plan
    ) -> tuple[Plan, bool]:
        """The plans of the new pôles; a pôle that found nothing better keeps the separate plans."""
        schools = {e.uai for b in component for e in self.bassins[b].establishments}
        parts, kept = [], []
        for task in tasks.values():
            scenario = task.scenario()
            assert scenario is not None
            if schools.isdisjoint(e.uai for e in scenario.establishments):
                continue
            plan, known = self._plan(task), within(before, scenario)
            judged = verify(scenario, known)
            kept.append(not judged.violations and judged.cost <= verify(scenario, plan).cost)
            parts.append(known if kept[-1] else plan)
        return united(parts), all(kept)

    def _better(self, scenario: Scenario, plan: Plan, task: Task) -> Plan:
        later = self._plan(task)
        return later if verify(scenario, later).cost < verify(scenario, plan).cost else plan

    def _task(
        self, name: str, scenario: Scenario, start: Plan | None = None, what: str = ""
    ) -> Task:
        """A task of a scenario at hand: written beside the results, with what it goes on from."""
        content = digest(scenario)
        key, begin = hashlib.sha256(f"{content}/0".encode()).hexdigest()[:24], None
        home = self.folder / "scenarios" / content[:24]
        if not home.exists():
            write(scenario, home)
        if start is not None:
            started = "\n".join(
                [*(str(d) for d in start.departures), *(str(p) for p in start.placements)]
            )
            key = hashlib.sha256(f"{key}/{started}".encode()).hexdigest()[:24]
            begin = self.folder / "departs" / key
            if not begin.exists():
                write_plan(begin, scenario, start)
        return Task(key, what + name, home, "", 0, content, len(scenario.demands()), {}, begin)

    def _run(self, tasks: Sequence[Task]) -> None:
        """Raises `NoPlan` where one has none, `KeyboardInterrupt` where it was stopped."""
        if not tasks:
            return
        whole = sum(len(s.demands()) for s in self.bassins.values())
        seconds = self._seconds * sum(t.demands for t in tasks) / max(1, whole)
        ended = self._run_all(tasks, self.store, seconds)
        if any(s.state in ("attente", "en cours") for s in ended.values()):
            raise KeyboardInterrupt
        lost = [s for s in ended.values() if s.state == "écarté"]
        if lost:
            raise NoPlan([Aside(s.planned.task.name, s.reasons) for s in lost])

    def _plan(self, task: Task) -> Plan:
        return read_plan(self.store.plan(task.key))


class NoPlan(InvalidScenario):
    """A bassin or a new pôle has no plan, so that maps cannot be compared."""

    def __init__(self, lost: Sequence[Aside]) -> None:
        super().__init__(
            Fault(
                "sans-plan", f"pas de plan pour {a.name} : {' ; '.join(a.faults) or 'interrompu'}"
            )
            for a in lost
        )


def academy(paths: Mapping[str, Path]) -> dict[str, Scenario]:
    """The bassins at these paths. Raises `InvalidScenario` for the first with faults."""
    return {name: read(path) for name, path in paths.items()}
