"""One climber: a plan in the making, annealed while the budget lasts. Several run side by side.

Must not know: processes, terminals, the bound.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from time import monotonic, perf_counter

import numpy as np

from solver.problem import Longs, Solution
from solver.search.anneal import (
    NO_PLAN,
    Mix,
    anneal,
    construct,
    empty_record,
    note_best,
    seed_moves,
    shake,
)
from solver.search.board import MUST_COST, Board
from solver.search.compiled import compiled
from solver.search.state import (
    State,
    empty_state,
    fits,
    forget,
    leave_at,
    place,
)

MOVES_A_DEGREE, MOST_DEGREES = 20.0, 5.0
"""First heat of unit moves, in degrees: what it costs to rebuild a few units at random (median).
One degree for so many moves a demand in the whole budget, up to a limit: who has time may wander.
At 10 s, two seeds each on an L, an M and nancy: 15 and 25 win or tie against 45 and 90; at 40 s a
limit of 10 is no better than 5 (L, nancy); at 10 s 3 is worse and 8 the same (S, luneville)."""
_SETTLING = 0.02
"""Part of the budget spent cold, before a degree is measured."""
_SAMPLES = 300
PUPIL_HEAT = 0.3
"""Heat of pupil moves against that of unit moves."""
UNIT_SHARE, REBUILD_SHARE, MOST_REBUILT = 0.025, 0.8, 3
"""Moves of units to other starts among all; among these, units rebuilt; units rebuilt together at
most."""
EXCHANGE_SHARE = 0.05
"""Exchanges of the starts of two units among all moves. They cost an eighth of a rebuilding, and
end what it cannot: two units of one school, each in the weeks in which the other finds its hosts.
One climber, 20 seeds on luneville at 6 s: 8 end above 235,000 without, where units move twice as
often (0.05, 0.6); 1 does with. Of 6 seeds on an S at 6 s the mean falls from 281,696 to 279,911."""
FINISH, FINISH_UNIT_SHARE, FINISH_EXCHANGE_SHARE = 0.9, 0.003, 0.03
"""Part of the budget from which unit moves, which by then win next to nothing and take nine tenths
of the time, are few. Paired runs with and without, six of six cheaper: luneville by 2,599 and 1,035
points, a loose S by 211, a tense S by 438, two M by 1,222 and 969 (4 s of CPU, 12 on the M)."""
_BUILT_TOGETHER = 4
"""Units filled between two looks at the wish to stop."""
_CHUNK_SECONDS = 0.1
_FIRST_CHUNK_MOVES = 500


@dataclass(frozen=True, slots=True)
class Budget:
    """Until when to search: a moment of `monotonic`, and a number of moves, whichever is first."""

    begin: float
    deadline: float
    moves: int | None

    def shared(self, climbers: int) -> "Budget":
        """What each of some climbers has that take turns."""
        return replace(self, moves=None if self.moves is None else max(1, self.moves // climbers))

    def spent(self, moves: int) -> float:
        """Fraction of the budget used, 0 to 1 and beyond."""
        if self.moves is not None:
            return moves / max(1, self.moves)
        return (monotonic() - self.begin) / max(1e-9, self.deadline - self.begin)


class Climber:
    """Builds a plan from an opening, then improves it chunk by chunk."""

    def __init__(self, board: Board, opening: Solution, seed: int) -> None:
        self.board = board
        self._seed = seed
        self.state = loaded(board, opening)
        self._movable = np.flatnonzero(board.allowed.sum(axis=1) > 1)
        self.record = empty_record(self.state)
        self._settled = NO_PLAN, self.record.start.copy(), self.record.option.copy()
        """The best plan as other threads may read it, while this one goes on writing."""
        self.moves = 0
        self._chunk = _FIRST_CHUNK_MOVES
        self._degree: float | None = None

    def build(self, should_stop: Callable[[], bool] = lambda: False) -> None:
        """Give everybody a place where there is one, largest units first.

        Told to stop, the units that were not reached stay as the opening has them: it is a plan.
        """
        seed_moves(self._seed)
        period, unit = self.board.period, self.board.unit
        size = [period["size"][self.board.unit_period[r["first"] : r["end"]]].sum() for r in unit]
        order = np.argsort(-np.array(size), kind="stable")
        held = np.zeros(len(unit), np.bool_)
        held[period["unit"][self.board.party["period"][self.state.option >= 0]]] = True
        for first in range(0, len(order), _BUILT_TOGETHER):
            construct(self.board, self.state, order[first : first + _BUILT_TOGETHER], held)
            if should_stop():
                break
        self._note_best()

    def follow(self, other: "Climber") -> None:
        """Go on from the best plan that another has met."""
        self.state = loaded(self.board, other.solution())
        self._note_best()

    def climb(self, budget: Budget) -> None:
        """One chunk of moves at the heat that the budget's spent part asks for."""
        heat = self._heat(budget)
        moves = self._chunk
        if budget.moves is not None:
            moves = min(_FIRST_CHUNK_MOVES, budget.moves - self.moves)
        finishing = budget.spent(self.moves) >= FINISH
        begin = perf_counter()
        mix = Mix(
            pupil_heat=PUPIL_HEAT * heat,
            unit_heat=heat,
            unit_share=FINISH_UNIT_SHARE if finishing else UNIT_SHARE,
            rebuild_share=REBUILD_SHARE,
            most_rebuilt=MOST_REBUILT,
            exchange_share=FINISH_EXCHANGE_SHARE if finishing else EXCHANGE_SHARE,
        )
        anneal(self.board, self.state, self._movable, moves, mix, self.record)
        self._settle()
        self.moves += moves
        elapsed = perf_counter() - begin
        self._chunk = max(1, min(10**7, int(moves * min(4.0, _CHUNK_SECONDS / max(elapsed, 1e-6)))))

    def _heat(self, budget: Budget) -> float:
        """Heat of unit moves, by the moves that the whole budget holds and the part spent."""
        spent = budget.spent(self.moves)
        if spent < _SETTLING:
            return 0.0
        if self._degree is None:
            rises = np.zeros(_SAMPLES, np.int64)
            shake(self.board, self.state, self._movable, MOST_REBUILT, rises)
            self._degree = float(np.median(rises[rises > 0])) if (rises > 0).any() else 1.0
        moves = budget.moves if budget.moves is not None else self.moves / spent
        degrees = moves / max(1, len(self.board.member)) / MOVES_A_DEGREE
        return self._degree * min(max(1.0, degrees), MOST_DEGREES) * cooling(spent)

    @property
    def best(self) -> int | None:
        """Points of the best plan met, signed agreements without a place priced beyond all else."""
        best = self._settled[0]
        return best if best < NO_PLAN else None

    @property
    def unplaced(self) -> int:
        """Demands without a place in the best plan."""
        return int(self.board.party["size"][self._settled[2] < 0].sum())

    def solution(self) -> Solution:
        """The best plan met, in the Problem's options."""
        _, start, option = self._settled
        return unloaded(self.board, start, option)

    def _note_best(self) -> None:
        note_best(self.state, self.record)
        self._settle()

    def _settle(self) -> None:
        cost = int(self.record.cost[0])
        if cost < self._settled[0]:
            self._settled = cost, self.record.start.copy(), self.record.option.copy()


def cooling(spent: float) -> float:
    """Heat left, from 1 to 0: geometric over the budget, with a cold finish."""
    return 0.0 if spent >= 0.95 else math.pow(0.01, spent / 0.95)


def loaded(board: Board, solution: Solution) -> State:
    """A solution of the Problem as the moves know it, signed agreements first.

    Left out: what does not fit. Larger parties go to their host, lodged as the board says.
    """
    party, taken = board.party, solution.option
    option = taken[board.member["demand"][party["member"]]].astype(np.int64)
    for q in np.flatnonzero(party["size"] > 1):
        mine = slice(party[q]["member"], party[q]["member"] + party[q]["size"])
        rows = slice(party[q]["first"], party[q]["end"])
        if (taken[board.member["demand"][mine]] < 0).any():
            option[q] = -1
            continue
        there = board.option["host"][rows] == board.option[option[q]]["host"]
        option[q] = rows.start + there.argmax() if there.any() else -1
    state = empty_state(board)
    order = np.argsort(party["unplaced_cost"] < MUST_COST, kind="stable")
    _load(board, state, solution.start.astype(np.int64), option, order)
    return state


def unloaded(board: Board, start: Longs, option: Longs) -> Solution:
    """The solution, in the Problem's options, behind the starts and the board's options."""
    member, party = board.member, board.party
    taken = np.full(len(member), -1, np.int32)
    taken[member["demand"][party["member"]]] = option
    for q in np.flatnonzero((party["size"] > 1) & (option >= 0)):
        mine = slice(party[q]["member"], party[q]["member"] + party[q]["size"])
        choice = board.option[option[q]]["choice"]
        taken[member["demand"][mine]] = board.member_option[choice : choice + party[q]["size"]]
    return Solution(start.astype(np.int32), taken)


@compiled
def _load(board: Board, state: State, start: Longs, option: Longs, order: Longs) -> None:
    for u in range(len(start)):
        leave_at(board, state, u, start[u])
        forget(state)
    for i in range(len(order)):
        q = order[i]
        if option[q] >= 0 and fits(board, state, q, option[q]):
            place(board, state, q, option[q])
            forget(state)
