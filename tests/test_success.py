"""Units whose moves made the plan cheaper lately are visited more often, the others still are."""

import numpy as np

from scenarios.generate import generate
from solver.prepare import prepare
from solver.problem import Floats, Longs
from solver.search.anneal import Mix, anneal, empty_record, promising, seed_moves
from solver.search.board import lay_out
from solver.search.climb import Budget, Climber
from solver.search.compiled import compiled
from solver.search.opening import opening
from solver.search.state import objective

TRIES = 4000


@compiled
def drawn(movable, success, counts):  # type: ignore[no-untyped-def]
    """How often each unit is drawn."""
    for _ in range(40_000):
        counts[promising(movable, success)] += 1


def climber(moves: int) -> tuple[Climber, Longs]:
    """A plan after so many moves, and its units with more than one start."""
    problem = prepare(generate(5, 150), keep=50)
    _, first = opening(problem, 0, None)
    assert first is not None
    climber = Climber(lay_out(problem), first, 1)
    climber.build()
    while climber.moves < moves:
        climber.climb(Budget(0, 0, moves))
    return climber, np.flatnonzero(climber.board.allowed.sum(axis=1) > 1)


def unit_move(climber: Climber, movable: Longs, success: Floats) -> Floats:
    """One cold unit move; the success of each unit after it."""
    record = empty_record(climber.state)
    record.success[:] = success
    anneal(climber.board, climber.state, movable, 1, Mix(0.0, 0.0, 1.0, 0.5, 2, 0.0), record)
    assert record.tally[[0, 3], 0].sum() == 1
    return record.success


def test_of_two_units_the_one_with_more_success_is_drawn() -> None:
    movable = np.array([1, 3, 4])
    success = np.array([0.9, 0.1, 0.9, 0.5, 0.2])
    counts = np.zeros(5, np.int64)
    seed_moves(1)
    drawn(movable, success, counts)
    share = counts / counts.sum()
    # Each pair of draws of three is as likely as any: 5 of 9 hold the best, 1 of 9 the worst alone.
    assert np.abs(share - np.array([0, 1 / 9, 0, 5 / 9, 3 / 9])).max() < 0.01


def test_a_unit_with_success_is_visited_almost_twice_as_often() -> None:
    found, movable = climber(20_000)
    units = len(movable)
    favourite = movable[units // 2]
    visits = np.zeros(len(found.board.unit), np.int64)
    for _ in range(TRIES):
        success = np.full(len(visits), 0.5)
        success[favourite] = 0.6
        visits += unit_move(found, movable, success) != success
    assert visits.sum() == TRIES
    assert (visits[movable] > 0).all()
    often = 1 - (1 - 1 / units) ** 2
    assert abs(visits[favourite] / TRIES - often) < 4 * np.sqrt(often / TRIES)


def test_success_falls_with_each_move_that_wins_nothing_and_rises_with_one_that_does() -> None:
    found, movable = climber(200)
    success = np.full(len(found.board.unit), 0.5)
    risen = fallen = 0
    for _ in range(TRIES):
        cost, before = int(objective(found.state)), success
        success = unit_move(found, movable, before)
        changed = np.flatnonzero(success != before)
        assert len(changed) == 1
        won = success[changed[0]] > before[changed[0]]
        assert won == (objective(found.state) < cost)
        risen, fallen = risen + int(won), fallen + int(not won)
    assert risen > 10
    assert fallen > 10
