"""From a scenario to a verified plan and its distance to the best: the whole search, in order.

Must not know: terminals, files.
"""

from collections.abc import Callable
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from time import monotonic, sleep

from solver.bound import Bound, options_enough
from solver.domain import Plan, Report, Result, Scenario, Status
from solver.errors import PlanRefused
from solver.model import build, literals
from solver.prepare import decode, encode, prepare, relisted
from solver.problem import NO_LIMIT, Problem, Solution
from solver.search.board import MUST_COST, attract, lay_out
from solver.search.climb import Budget, Climber
from solver.search.crew import Crew
from solver.search.finish import Finish
from solver.search.keeper import Keeper
from solver.search.opening import opening
from solver.search.versions import versions
from solver.search.warm_up import warm_up
from solver.search.witness import Witness
from solver.verify import verify

OPTIONS_KEPT = 500
"""Options of each class of pupils that the search looks at, the cheapest first."""
SMALL_SIZE = 1500
"""Literals (options of each demand, and starts) up to which CP-SAT solves the whole problem."""
SMALL_CLIMB = 0.05
"""Part of the time after which a small problem passes from annealing to CP-SAT."""
PROOF_LIMIT = 20.0
"""Deterministic time of that proof where the search is limited in moves instead of time."""
BOUND_ROUNDS = 60
"""Rounds of the bound where the search is limited in moves instead of time."""
RESUMED = 1.0
"""A search that goes on from a plan begins cool: as if so many times its seconds were spent."""
_LISTEN_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a search stands: elapsed seconds, best cost, pupil-periods unplaced, proven bound."""

    seconds: float
    cost: int | None
    unplaced: int | None
    bound: int | None
    phase: str


def solve(
    scenario: Scenario,
    *,
    seconds: float = 60.0,
    seed: int = 0,
    cores: int = 2,
    iterations: int | None = None,
    stop: Callable[[], bool] | None = None,
    progress: Callable[[Progress], None] | None = None,
    start: Plan | None = None,
    keep: Callable[[Plan, Report], None] | None = None,
) -> Result:
    """The best plan found within `seconds`, verified, with a proven bound on the cost of any plan.

    `iterations`: search so many moves with one core instead; the same seed then gives the same
    plan to the byte. `stop` is asked often: True ends the search and keeps the best plan.
    `start`: a plan of this scenario to go on from. `keep` is given clearly better plans, verified,
    every few seconds, from another thread. Raises `UnknownSchoolYear`; `PlanRefused` if the
    verifier refuses what was found (our defect).
    """
    run = _Run(
        scenario, seconds, seed, cores, iterations, stop or _never, progress or _silent, start, keep
    )
    return run.result()


def _never() -> bool:
    return False


def _silent(_: Progress) -> None:
    return None


class _Run:
    """One call of `solve`."""

    def __init__(
        self,
        scenario: Scenario,
        seconds: float,
        seed: int,
        cores: int,
        iterations: int | None,
        stop: Callable[[], bool],
        progress: Callable[[Progress], None],
        start: Plan | None,
        keep: Callable[[Plan, Report], None] | None,
    ) -> None:
        self.scenario, self.seed, self.cores = scenario, seed, cores
        self.start, self.keep = start, keep
        self.iterations, self.stop, self.progress = iterations, stop, progress
        self.begin = monotonic()
        self.bound = 0
        self.causes: dict[str, int] = {}
        self.verified: tuple[Plan, Report] | None = None
        """The last plan that was verified beside the search."""
        self._tell(None, None, "compilation (la première fois seulement)")
        warm_up()
        self.begin = monotonic()
        self.deadline = self.begin + seconds
        self._tell(None, None, "préparation")
        self.problem = prepare(scenario, keep=OPTIONS_KEPT)
        self.is_small = literals(self.problem) <= SMALL_SIZE
        if self.is_small:
            self.problem = prepare(scenario)

    def result(self) -> Result:
        """Open, climb, prove, verify."""
        with ExitStack() as stack:
            witness = finish = None
            if self.iterations is None:
                witness = stack.enter_context(Witness(self.problem, provable=self._provable))
                finish = stack.enter_context(Finish(self.problem, self.deadline - self.begin))
            status, first = self._first()
            if first is None:
                return self._answer(status, None)
            self._tell(None, None, "construction")
            if witness is None or finish is None:
                best = self._climb_counted(first)
            else:
                best = self._climb_timed(first, witness, finish.seconds)
            if best.best is None:
                return self._answer("out_of_time", None)
            found = best.best, best.solution()
            if witness is not None and finish is not None:
                if finish.seconds > 0 and best.best < MUST_COST:
                    found = self._finished(finish, witness, *found)
                self.bound = witness.listen()
                if not self.is_small:
                    witness.ask(found[1])
                    self.verified = self._verified(found[1], found[0])
                    self.causes = witness.answer()
        return self._concluded(*found)

    def _first(self) -> tuple[Status, Solution | None]:
        """The plan to go on from where it stands whole, else a calendar to build on."""
        if self.start is not None:
            known = encode(self.scenario, self.problem, self.start)
            if (known.start >= 0).all() and (known.option[self.problem.demands.must] >= 0).all():
                return "feasible", known
        self.start = None
        seconds = None if self.iterations else self._left()
        return opening(self.problem, self.seed, seconds, should_stop=self.stop)

    def _climb_counted(self, first: Solution) -> Climber:
        """So many rounds of the bound, then so many moves: the same every time."""
        budget = Budget(self.begin, self.deadline, self.iterations)
        board = lay_out(self.problem)
        crew = Crew(board, first, self.seed, 1, budget)
        bound = Bound(self._provable())
        for value in bound.improve(rounds=BOUND_ROUNDS, should_stop=self.stop):
            self.bound = value
            self._tell(None, None, "borne")
        attract(board, bound.usual)

        def told_to_stop() -> bool:
            self._tell(crew.leader.best, crew.leader.unplaced, "recherche")
            return self.stop()

        crew.climb(0, told_to_stop)
        if not self.is_small and crew.leader.best is not None:
            best = relisted(crew.leader.solution(), self.problem, bound.problem)
            self.causes = bound.causes(best)
        return crew.leader

    def _provable(self) -> Problem:
        """The problem with lists as long as proofs need."""
        if (self.problem.options.tail == NO_LIMIT).all():
            return self.problem
        return prepare(self.scenario, keep=options_enough(len(self.problem.demands.period)))

    def _climb_timed(self, first: Solution, witness: Witness, afterwards: float) -> Climber:
        """The crew, the bound beside it, until so many seconds are left for the finish."""
        until = self.deadline - self._reserve() - afterwards
        if self.is_small:
            until = min(until, monotonic() + SMALL_CLIMB * (until - monotonic()))
        spent = RESUMED * max(0.0, until - monotonic()) if self.start else 0.0
        budget = Budget(monotonic() - spent, until, None)
        board = lay_out(self.problem)
        crew = Crew(board, first, self.seed, max(1, self.cores - 1), budget)
        with ExitStack() as stack:
            keeper = None
            if self.keep is not None:
                keeper = stack.enter_context(Keeper(self.scenario, self.problem, self.keep))
            threads = crew.threads(lambda: self.stop() or crew.leader.best == self.bound)
            for thread in threads:
                thread.start()
            while any(thread.is_alive() for thread in threads):
                sleep(_LISTEN_SECONDS)
                self.bound = witness.listen()
                attract(board, witness.usual)
                best = crew.leader
                phase = "construction" if best.best is None else "recherche"
                self._tell(best.best, best.unplaced, phase)
                if keeper is not None and best.best is not None:
                    keeper.offer(best.best, best.solution)
        self.verified = keeper.verified if keeper is not None else None
        return crew.leader

    def _finished(
        self, finish: Finish, witness: Witness, cost: int, solution: Solution
    ) -> tuple[int, Solution]:
        """What the exact finish makes of it."""
        best = cost, solution

        def told_to_stop() -> bool:
            self.bound = witness.listen()
            self._tell(best[0], best[1].unplaced, "finition")
            return self.stop() or best[0] == self.bound

        alone = finish.is_whole and not self.is_small
        with witness.resting() if alone else nullcontext():
            for won, better in finish.better(solution, told_to_stop):
                best = cost - won, better
        return best

    def _concluded(self, cost: int, solution: Solution) -> Result:
        """Prove small problems whole; verify; answer."""
        status: Status = "feasible"
        if self.is_small and not self.stop():
            self._tell(cost, solution.unplaced, "preuve")
            answer = build(self.problem).solve(
                seconds=None if self.iterations else self._left(),
                deterministic_limit=PROOF_LIMIT if self.iterations else None,
                seed=self.seed,
                workers=1 if self.iterations else self.cores,
                hint=solution,
                should_stop=self.stop,
            )
            self.bound = max(self.bound, answer.bound)
            if answer.solution is not None:
                solution, status = answer.solution, answer.status
                self.verified = None
        plan, report = self._verified(solution, cost)
        if report.violations:
            raise PlanRefused(f"{v.rule} — {v.subject} : {v.message}" for v in report.violations)
        if report.cost < self.bound:
            raise PlanRefused([f"coût {report.cost} inférieur à la borne prouvée {self.bound}"])
        if report.cost == self.bound:
            status = "optimal"
        return self._answer(status, plan, report)

    def _verified(self, solution: Solution, cost: int) -> tuple[Plan, Report]:
        """The plan of a solution and its verdict; known already where it was handed over last."""
        if self.verified is not None and self.verified[1].cost == cost:
            return self.verified
        plan = decode(self.scenario, self.problem, solution)
        return plan, verify(self.scenario, plan)

    def _answer(self, status: Status, plan: Plan | None, report: Report | None = None) -> Result:
        return Result(
            status=status,
            plan=plan,
            report=report,
            bound=self.bound,
            causes=self.causes if report is not None and report.cost > self.bound else {},
            seed=self.seed,
            seconds=monotonic() - self.begin,
            versions=versions(),
        )

    def _tell(self, cost: int | None, unplaced: int | None, phase: str) -> None:
        elapsed = monotonic() - self.begin
        self.progress(Progress(elapsed, cost, unplaced, self.bound or None, phase))

    def _left(self) -> float:
        """Seconds left, never quite none: CP-SAT takes no negative limit."""
        return max(0.1, self.deadline - monotonic())

    def _reserve(self) -> float:
        """Seconds kept for what follows the climb, decoding and verifying: twice what they take."""
        return 0.3 + len(self.problem.demands.period) / 12_000
