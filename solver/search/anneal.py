"""Simulated annealing over pupil and unit moves (Kirkpatrick, Gelatt, Vecchi, Science 1983).

Units whose moves made the plan cheaper lately are visited more often (after Ropke, Pisinger,
Transportation Science 2006), by tournaments of two, which need no scale of success. One call runs
a given number of moves at given temperatures; the clock stays with the caller.
"""

from typing import NamedTuple

import numpy as np

from solver.problem import Flags, Floats, Longs
from solver.search.board import Board
from solver.search.compiled import compiled, hold
from solver.search.moves import (
    exchange_units,
    fill_unit,
    move_pupil,
    move_unit,
    other_start,
    rebuild_units,
    settle_unit,
)
from solver.search.state import (
    GROUP_BREACH,
    JOURNAL,
    WAITING,
    State,
    forget,
    leave_at,
    objective,
    take_out_unit,
    undo_to,
)

NO_PLAN = 2**60
"""Points of the best plan before there is one."""
_LATELY = 0.03
"""Weight of the newest move in a unit's success. One climber with a bound that stands, 8 s on an
M: seven seeds of seven end between 333,483 and 334,435; where units are drawn evenly, two of four
end above 336,000. In whole runs on five bassins, with tournaments of 3 and 5, and with 0.1: no
difference beyond that of seeds."""


class Mix(NamedTuple):
    """How hot the moves are, and how many there are of each kind."""

    pupil_heat: float
    unit_heat: float
    unit_share: float  # of all moves, those that give a unit another start
    rebuild_share: float  # of these, those that build it anew, with related ones
    most_rebuilt: int  # units at most
    exchange_share: float  # of all moves, those that exchange the starts of two units


class Record(NamedTuple):
    """The best plan met, and how the moves fared."""

    cost: Longs  # (1) points
    start: Longs  # (U)
    option: Longs  # (Q)
    tally: Longs  # (5 × 2) tried, kept: unit, pupil, waiting pupil, units rebuilt, starts exchanged
    success: Floats  # (U) how often the moves of each made the plan cheaper lately


def empty_record(state: State) -> Record:
    """No plan met yet, all units alike."""
    record = Record(
        cost=np.array([NO_PLAN], np.int64),
        start=state.start.copy(),
        option=state.option.copy(),
        tally=np.zeros((5, 2), np.int64),
        success=np.ones(len(state.start)),
    )
    return hold(record)


@compiled
def seed_moves(seed: int) -> None:
    """Seed the generator that the compiled moves draw from."""
    np.random.seed(seed)


@compiled
def construct(board: Board, state: State, order: Longs, held: Flags) -> None:
    """Fill the units one after the other, each at the start where that costs least.

    The units `held` stay where they are: the opening has places for them.
    """
    for i in range(len(order)):
        u = order[i]
        if board.allowed[u].sum() > 1 and not held[u]:
            forget(state)
            take_out_unit(board, state, u)
            leave_at(board, state, u, -1)
            settle_unit(board, state, u, 0.0)
        else:
            fill_unit(board, state, u, objective(state))
        forget(state)


@compiled
def shake(board: Board, state: State, movable: Longs, most: int, rises: Longs) -> None:
    """What it costs to rebuild up to `most` units, measured len(rises) times and taken back."""
    if len(movable) == 0:
        return
    for i in range(len(rises)):
        before = objective(state)
        forget(state)
        mark = state.total[JOURNAL]
        u = movable[np.random.randint(len(movable))]
        if rebuild_units(board, state, u, 1 + np.random.randint(most), 0.1, 2**60):
            rises[i] = objective(state) - before
        undo_to(board, state, mark)


@compiled
def anneal(
    board: Board, state: State, movable: Longs, moves: int, mix: Mix, record: Record
) -> None:
    """Run `moves` moves, and keep record of the best plan met and of how they fared.

    `movable`: units with more than one possible start.
    """
    parties = len(board.party)
    if parties == 0:
        return
    for _ in range(moves):
        before = objective(state)
        forget(state)
        mark = state.total[JOURNAL]
        draw = np.random.random() if len(movable) > 0 else 1.0
        if draw < mix.unit_share:
            kind = 0
            u = promising(movable, record.success)
            ceiling = before - int(mix.unit_heat * np.log(np.random.random()))
            if np.random.random() < mix.rebuild_share:
                kind = 3
                count = 1 + np.random.randint(mix.most_rebuilt)
                kept = rebuild_units(board, state, u, count, 0.1, ceiling)
            else:
                s = other_start(board, state, u)
                kept = s >= 0 and move_unit(board, state, u, s, ceiling)
            won = 1.0 if kept and objective(state) < before else 0.0
            record.success[u] += _LATELY * (won - record.success[u])
        elif draw < mix.unit_share + mix.exchange_share:
            kind = 4
            u = movable[np.random.randint(len(movable))]
            ceiling = before - int(mix.unit_heat * np.log(np.random.random()))
            kept = exchange_units(board, state, u, ceiling)
        else:
            kind = 1
            if state.total[WAITING] > 0 and np.random.random() < 0.2:
                kind = 2
                q = state.waiting[np.random.randint(state.total[WAITING])]
            else:
                q = np.random.randint(parties)
            ceiling = before - int(mix.pupil_heat * np.log(np.random.random()))
            kept = move_pupil(board, state, q, ceiling)
        record.tally[kind, 0] += 1
        if not kept:
            undo_to(board, state, mark)
        else:
            record.tally[kind, 1] += 1
            note_best(state, record)


@compiled
def note_best(state: State, record: Record) -> None:
    """Keep the plan where it is the best met, with nobody missing to `groupe_min`."""
    if objective(state) < record.cost[0] and state.total[GROUP_BREACH] == 0:
        record.cost[0] = objective(state)
        for u in range(len(state.start)):
            record.start[u] = state.start[u]
        for q in range(len(state.option)):
            record.option[q] = state.option[q]


@compiled
def promising(movable: Longs, success: Floats) -> int:
    """A unit picked at random: of two, the one with more success."""
    u = movable[np.random.randint(len(movable))]
    v = movable[np.random.randint(len(movable))]
    return int(v if success[v] > success[u] else u)
