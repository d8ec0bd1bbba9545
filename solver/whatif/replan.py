"""A scenario that changed, from the plan of before: repaired first, then improved, moving little.

Dates that still stand are kept unless that costs a pupil a place; places that still stand move only
where it is worth their price (`stabilite_accueil`), and nobody loses one to a single other pupil.
Must not know: files, terminals.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from time import monotonic

import numpy as np

from solver.bound import options_enough
from solver.calendar import SchoolCalendar
from solver.domain import Conflict, Plan, Report, Result, Scenario, Status
from solver.errors import PlanRefused
from solver.explain import explain_infeasible
from solver.explain.parts import changed
from solver.facts import Facts
from solver.prepare import decode, encode, prepare
from solver.problem import Flags, Ints, Problem, Solution
from solver.search import Progress
from solver.search.board import lay_out
from solver.search.climb import Budget, Climber
from solver.search.solve import OPTIONS_KEPT
from solver.search.versions import versions
from solver.search.warm_up import warm_up
from solver.search.witness import Witness
from solver.travel import Journeys
from solver.verify import verify
from solver.whatif.holding import dated, rooted, sticky, unbound
from solver.whatif.locks import imposed, locked
from solver.whatif.obstacles import CALENDAR_RULES
from solver.whatif.occupation import Occupation
from solver.whatif.rematch import Rematch
from solver.whatif.reopening import reopened
from solver.whatif.replanned import Replanned, redated, rehoused

_DATE_SHARE = 0.75
"""Part of the price of a pupil without a place that a date costs, where dates should stand."""
_ALREADY = 2.0
"""The search begins cool: as if it had spent so many times the time that it is given."""
_STEADY_SHARE = 0.6
"""Part of the time with all dates as they are, where somebody loses a place."""
_DEARER = 3
"""Factor on `stabilite_accueil` once more than few places would move."""
_NODES = 30
"""Transports to put a unit back in its week."""


def replan(
    scenario: Scenario,
    before: Plan,
    *,
    seconds: float = 20.0,
    seed: int = 0,
    locks: Iterable[str] = (),
    waiting: Iterable[tuple[str, str]] | None = None,
    free_dates: bool = False,
    most_moved: float = 0.03,
    stop: Callable[[], bool] = lambda: False,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Replanned:
    """A verified plan of the scenario as it is now, close to `before`, and what moved.

    `before` is taken as the reference and may name what is no longer there. `locks`: periods,
    common departures or divisions that keep their dates, pupils who keep their dates and places.
    `waiting`: (pupil id, period id) of those who had no place, where that is known: others without
    a place in either plan are new. `free_dates`: dates may move wherever that is worth
    `stabilite_date`. `most_moved`: part of the places that still stand that may change. The
    result's report and bound are those of the scenario as given. Raises `UnknownSubject`, and
    `InvalidPlan` where what is locked no longer stands.
    """
    warm_up()
    known = None if waiting is None else frozenset(waiting)
    run = _Replanning(
        scenario, before, seconds, seed, tuple(locks), known, most_moved, stop, progress
    )
    return run(free_dates=free_dates)


class _Replanning:
    """One call of `replan`."""

    def __init__(
        self,
        scenario: Scenario,
        before: Plan,
        seconds: float,
        seed: int,
        locks: tuple[str, ...],
        waiting: frozenset[tuple[str, str]] | None,
        most_moved: float,
        stop: Callable[[], bool],
        progress: Callable[[Progress], None],
    ) -> None:
        self._given, self._before, self._seed = scenario, before, seed
        self._waiting, self._most_moved = waiting, most_moved
        self._stop, self._progress = stop, progress
        self._begin = monotonic()
        self._deadline = self._begin + seconds
        self._bound = 0
        self._causes: dict[str, int] = {}
        self._held: Solution
        """What stands of the plan of before, and the places that signed agreements take."""
        self._tell("préparation")
        self._scenario = changed(scenario, reference=before)
        self._calendar, self._journeys = SchoolCalendar(scenario), Journeys(scenario)
        self._locks = locks
        self._problem, self._known, self._was = self._prepared(OPTIONS_KEPT)
        self._demands = self._scenario.demands()

    def _prepared(self, keep: int) -> tuple[Problem, Solution, Ints]:
        """The problem with what is locked, the plan of before in it, and its starts.

        These (U) are −1 where no longer possible. `keep`: options of each class of pupils.
        """
        problem = prepare(self._scenario, keep=keep)
        known = encode(self._scenario, problem, self._before)
        starts = known.start
        if self._locks:
            problem = locked(self._scenario, self._before, problem, known, self._locks)
            known = encode(self._scenario, problem, self._before)
        return problem, known, starts

    def _provable(self) -> Problem:
        """What the bound is proven of: no reference, lists as long as proofs need."""
        return unbound(self._prepared(options_enough(len(self._problem.demands.period)))[0])

    def __call__(self, *, free_dates: bool) -> Replanned:
        """Repair, improve, ask whether other dates would save places, verify."""
        price = self._problem.prices.unplaced
        for calendar in (self._standing, self._reopened):
            status, found = calendar()
            if found is None:
                return self._impossible(status)
            kept = found
            problem = rooted(self._problem, kept.option >= 0, price)
            problem = sticky(problem, kept.start, 0 if free_dates else int(_DATE_SHARE * price))
            steady = problem if free_dates else dated(problem, kept.start, kept.start >= 0)
            climber = self._loaded(steady, kept)
            self._held = climber.solution()
            if (self._held.option[problem.demands.must] >= 0).all():
                break
        climber.build()
        best = climber.solution()
        self._verified(best)
        repaired_seconds = monotonic() - self._begin
        with Witness(self._problem, best, self._provable) as witness:
            quiet = free_dates or not self._losses(best)
            best = self._climbed(steady, climber, witness, 1.0 if quiet else _STEADY_SHARE)
            if not free_dates and self._losses(best):
                best = self._with_other_dates(problem, best, witness)
            witness.ask(best)
            verified = self._verified(best)
            self._bound, self._causes = witness.listen(), witness.answer()
        return self._told(kept.start, *verified, repaired_seconds, free_dates=free_dates)

    # --- what still stands

    def _standing(self) -> tuple[Status, Solution | None]:
        """The calendar nearest to the one of before, and the places that are possible there."""
        known = self._known
        if (known.start >= 0).all() and self._keeps_calendar(known.start):
            return "feasible", known
        return self._reopened()

    def _reopened(self) -> tuple[Status, Solution | None]:
        """As few units as possible move, every signed agreement has its seat."""
        self._tell("calendrier")
        status, opened = reopened(self._problem, self._was, self._seed, self._deadline)
        if opened is None:
            return status, None
        known = encode(self._scenario, self._problem, self._before, opened.start)
        signed = opened.option >= 0
        return status, Solution(known.start, np.where(signed, opened.option, known.option))

    def _keeps_calendar(self, start: Ints) -> bool:
        nobody = Solution(start, np.full(len(self._problem.demands.period), -1, np.int32))
        plan = decode(self._scenario, self._problem, nobody)
        facts = Facts(self._scenario, plan, self._calendar, self._journeys)
        return not any(True for rule in CALENDAR_RULES for _ in rule.violations(facts))

    def _loaded(self, problem: Problem, kept: Solution) -> Climber:
        """A climber with all of `kept` that still holds together."""
        self._tell("réparation")
        board = lay_out(problem)
        climber = Climber(board, kept, self._seed)
        held = climber.solution()
        short = incomplete(problem, held)
        if short.any():
            whole = np.where(short, -1, held.option).astype(np.int32)
            climber = Climber(board, Solution(held.start, whole), self._seed)
        return climber

    # --- the search

    def _climbed(
        self, problem: Problem, climber: Climber, witness: Witness, share: float
    ) -> Solution:
        """Improved during this share of the time that is left, few places moving.

        Once more than few would move, moving gets dearer.
        """
        now = monotonic()
        until = now + share * (self._deadline - self._reserve() - now)
        budget = Budget(now - _ALREADY * (until - now), until, None)
        best, cost = climber.solution(), climber.best
        while monotonic() < until and not self._stop() and cost != self._bound:
            climber.climb(budget)
            self._bound = witness.listen()
            self._tell("recherche", climber)
            if climber.best == cost:
                continue
            found, cost = climber.solution(), climber.best
            moved = self._moved(found)
            if moved.sum() <= self._most_moved * len(moved):
                best = found
            else:
                problem = _dearer(problem)
                climber = self._loaded(problem, best)
                climber.build()
        return best

    def _moved(self, solution: Solution) -> Flags:
        """(untouched demands) whether host or date changed."""
        held, problem = self._held, self._problem
        mine = np.flatnonzero(held.option >= 0)
        before, now = held.option[mine], solution.option[mine]
        unit = problem.departures.unit[problem.demands.period[mine]]
        host = problem.options.host
        moved: Flags = (
            (now < 0)
            | (host[np.maximum(now, 0)] != host[before])
            | (solution.start[unit] != held.start[unit])
        )
        return moved

    def _is_new(self, demand: tuple[str, str]) -> bool:
        """Whether the plan of before knew nothing of it."""
        if demand in self._before.placement_of:
            return False
        if self._waiting is None:
            return demand[1] not in self._before.start_of
        return demand not in self._waiting

    def _losses(self, solution: Solution) -> int:
        """Demands without a place that had one before, or did not exist."""
        before = self._before.placement_of
        return sum(
            bool(solution.option[d] < 0)
            and ((pupil.id, period.id) in before or self._is_new((pupil.id, period.id)))
            for d, (pupil, period) in enumerate(self._demands)
        )

    def _with_other_dates(self, problem: Problem, best: Solution, witness: Witness) -> Solution:
        """Where other dates save places: these dates, and no other that moved."""
        climber = self._loaded(problem, best)
        climber.build()
        moved = self._climbed(problem, climber, witness, 1.0)
        if moved.unplaced >= best.unplaced:
            return best
        for u in np.flatnonzero(moved.start != best.start):
            moved = self._put_back(problem, moved, int(u), int(best.start[u]))
        return moved if moved.unplaced < best.unplaced else best

    def _put_back(self, problem: Problem, solution: Solution, unit: int, start: int) -> Solution:
        """The unit in its old week, unless that is forbidden or costs a place."""
        starts = solution.start.copy()
        starts[unit] = start
        if not self._keeps_calendar(starts):
            return solution
        rematch = Rematch(problem, solution, Occupation.of(problem, solution), unit)
        matched = rematch.at(start, nodes=_NODES)
        if matched is None or matched.solution.unplaced > solution.unplaced:
            return solution
        return matched.solution

    # --- the answer

    def _verified(self, solution: Solution) -> tuple[Plan, Report]:
        plan = decode(self._scenario, self._problem, solution)
        report = verify(self._given, plan, self._calendar, self._journeys)
        if report.violations:
            raise PlanRefused(f"{v.rule} — {v.subject} : {v.message}" for v in report.violations)
        return plan, report

    def _told(
        self,
        nearest: Ints,
        plan: Plan,
        report: Report,
        repaired_seconds: float,
        *,
        free_dates: bool,
    ) -> Replanned:
        before, demands = self._before, self._demands
        stood = decode(self._scenario, self._problem, self._held)
        untouched = {
            key
            for key, placement in stood.placement_of.items()
            if key in before.placement_of
            and before.placement_of[key].host == placement.host
            and before.start_of.get(key[1]) == stood.start_of[key[1]]
        }
        unit = self._problem.departures.unit
        forced = {
            p.id
            for i, p in enumerate(self._scenario.periods)
            if nearest[unit[i]] != self._was[unit[i]]
        }
        return Replanned(
            result=self._result("feasible", plan, report),
            repaired_seconds=repaired_seconds,
            redated=tuple(redated(self._scenario, before, plan, forced, free=free_dates)),
            rehoused=tuple(rehoused(self._scenario, before, plan, untouched)),
            placed_before=len(before.placements),
            gone=len(before.placement_of.keys() - {(u.id, p.id) for u, p in demands}),
            new=sum(self._is_new((u.id, p.id)) for u, p in demands),
            untouched=len(untouched),
            kept=sum(
                key in plan.placement_of
                and plan.placement_of[key].host == before.placement_of[key].host
                and plan.start_of[key[1]] == before.start_of.get(key[1])
                for key in untouched
            ),
        )

    def _impossible(self, status: Status) -> Replanned:
        """Why, with the dates that are locked among the rows."""
        locked_dates = changed(self._given, periods=imposed(self._given, self._before, self._locks))
        conflicts = explain_infeasible(locked_dates) if status == "infeasible" else ()
        return Replanned(result=self._result(status, conflicts=conflicts))

    def _result(
        self,
        status: Status,
        plan: Plan | None = None,
        report: Report | None = None,
        conflicts: tuple[Conflict, ...] = (),
    ) -> Result:
        return Result(
            status="optimal" if report is not None and report.cost == self._bound else status,
            plan=plan,
            report=report,
            bound=self._bound,
            causes=self._causes if report is not None and report.cost > self._bound else {},
            conflicts=conflicts,
            seed=self._seed,
            seconds=monotonic() - self._begin,
            versions=versions(),
        )

    def _tell(self, phase: str, climber: Climber | None = None) -> None:
        best, unplaced = (climber.best, climber.unplaced) if climber else (None, None)
        elapsed = monotonic() - self._begin
        self._progress(Progress(elapsed, best, unplaced, self._bound or None, phase))

    def _reserve(self) -> float:
        """Seconds kept for what follows the search: decoding and verifying."""
        return 0.5 + len(self._problem.demands.period) / 10_000


def _dearer(problem: Problem) -> Problem:
    """Moving a place costs more."""
    price = max(1, _DEARER * problem.prices.host_stability)
    return replace(problem, prices=problem.prices.model_copy(update={"host_stability": price}))


def incomplete(problem: Problem, solution: Solution) -> Flags:
    """(D) pupils in a slot that holds fewer of their period than `groupe_min`."""
    limits, demands = problem.capacities, problem.demands
    placed = np.flatnonzero(solution.option >= 0)
    host = problem.options.host[solution.option[placed]]
    together = demands.period[placed].astype(np.int64) * len(limits.group_min) + host
    _, at, heads = np.unique(together, return_inverse=True, return_counts=True)
    slots = -(-heads[at] // limits.group_max[host])
    short = np.zeros(len(demands.period), np.bool_)
    short[placed] = slots * limits.group_min[host] > heads[at]
    return short
