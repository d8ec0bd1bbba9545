"""Pupils who move to a host that opens, everybody else making the best of it; dates stay.

A fixed number of moves that never lose a point, so that with and without can be compared. Must not
know: why a host opens.
"""

from collections.abc import Collection

import numpy as np

from solver.calendar import SchoolCalendar
from solver.domain import Plan, Scenario
from solver.prepare import decode, encode, prepare
from solver.problem import Longs
from solver.search.anneal import seed_moves
from solver.search.board import Board, lay_out
from solver.search.climb import loaded, unloaded
from solver.search.compiled import compiled
from solver.search.state import State, fits, forget, place, placement_cost, saving
from solver.week import Week
from solver.whatif.polish import descend

_TO_SETTLE = 400_000
"""Moves before anything is compared, so that what is won afterwards is owed to what opens."""
_FIRST, _ALL = 20_000, 60_000
"""Moves of those who could go to the host, then of everybody."""


class Reseating:
    """A plan, settled; ask `opened` for each host of `closed`, which takes nobody before."""

    def __init__(self, scenario: Scenario, plan: Plan, closed: Collection[str]) -> None:
        self._scenario = scenario
        self._index = SchoolCalendar(scenario).index
        self._problem = prepare(scenario)
        self._board = lay_out(self._problem)
        self._host = {h.id: i for i, h in enumerate(scenario.hosts)}
        self._open = self._board.slots.copy()
        self._board.slots[[self._host[h] for h in closed]] = 0
        self._everybody = np.arange(len(self._board.party), dtype=np.int64)
        state = loaded(self._board, encode(scenario, self._problem, plan))
        self._descend(state, self._everybody, _TO_SETTLE)
        self._base = unloaded(self._board, state.start, state.option)

    def without(self) -> Plan:
        """The plan where nothing opens, after as many moves."""
        state = loaded(self._board, self._base)
        self._descend(state, self._everybody, _FIRST + _ALL)
        return self._plan(state)

    def opened(self, host: str, first: Week, last: Week) -> Plan:
        """The plan once `host` is open from `first` to `last`."""
        board, h = self._board, self._host[host]
        weeks = [i for week, i in self._index.items() if first <= week <= last]
        board.slots[h, weeks] = self._open[h, weeks]
        state = loaded(board, self._base)
        _seat(board, state, h)
        self._descend(state, _who_could(board, h), _FIRST)
        self._descend(state, self._everybody, _ALL)
        board.slots[h] = 0
        return self._plan(state)

    def _plan(self, state: State) -> Plan:
        solution = unloaded(self._board, state.start, state.option)
        return decode(self._scenario, self._problem, solution)

    def _descend(self, state: State, parties: Longs, moves: int) -> None:
        seed_moves(0)
        descend(self._board, state, parties, np.empty(0, np.int64), moves, 0)


def _who_could(board: Board, host: int) -> Longs:
    """The parties that have an option at the host."""
    rows = np.flatnonzero(board.option["host"] == host)
    first, end = (
        np.searchsorted(rows, board.party["first"]),
        np.searchsorted(rows, board.party["end"]),
    )
    return np.flatnonzero(end > first)


@compiled
def _seat(board: Board, state: State, host: int) -> None:
    """Whoever is without a place and fits at the host goes there, where that is worth it."""
    for q in range(len(board.party)):
        if state.option[q] >= 0:
            continue
        for o in range(board.party[q].first, board.party[q].end):
            if (
                board.option[o].host == host
                and fits(board, state, q, o)
                and placement_cost(board, state, q, o) < saving(board, state, q)
            ):
                place(board, state, q, o)
                forget(state)
                break
