"""Starts that the relaxation of the bound chooses are tried more readily, and others still are."""

from time import sleep

import numpy as np
from processes import until

from scenarios.generate import generate
from solver.bound import Bound
from solver.prepare import prepare
from solver.problem import Problem
from solver.search.anneal import seed_moves
from solver.search.board import LEAST_APPEAL, Board, attract, lay_out
from solver.search.climb import Budget, loaded
from solver.search.compiled import compiled
from solver.search.crew import Crew
from solver.search.moves import other_start
from solver.search.opening import opening
from solver.search.state import State
from solver.search.witness import Witness


@compiled
def drawn(board, state, u, counts):  # type: ignore[no-untyped-def]
    """How often each other start is drawn; the last cell counts « none »."""
    for _ in range(20_000):
        counts[other_start(board, state, u)] += 1


def opened() -> tuple[Board, State, int]:
    """A first calendar with nobody placed, and the unit with most possible starts."""
    problem = prepare(generate(5, 150), keep=50)
    board = lay_out(problem)
    _, first = opening(problem, 0, None)
    assert first is not None
    return board, loaded(board, first), int(board.allowed.sum(axis=1).argmax())


def climbed(problem: Problem, moves: int, rounds: int) -> int:
    """The cost after so many moves, attracted by so many rounds of the bound."""
    _, first = opening(problem, 0, None)
    assert first is not None
    board = lay_out(problem)
    crew = Crew(board, first, 1, 1, Budget(0, 0, moves))
    bound = Bound(problem)
    for _ in bound.improve(rounds=rounds):
        pass
    attract(board, bound.usual)
    crew.climb(0, lambda: False)
    assert crew.leader.best is not None
    return crew.leader.best


def test_a_start_is_drawn_in_proportion_to_how_often_it_was_chosen() -> None:
    board, state, u = opened()
    others = np.flatnonzero(board.allowed[u])
    others = others[others != state.start[u]]
    usual = np.zeros(board.allowed.shape)
    usual[u, others[0]], usual[u, others[1]] = 0.65, 0.35
    attract(board, usual)
    counts = np.zeros(board.allowed.shape[1] + 1, np.int64)
    seed_moves(0)
    drawn(board, state, u, counts)
    assert counts[-1] == 0
    assert counts.sum() == counts[others].sum()
    weight = np.full(len(others), LEAST_APPEAL)
    weight[:2] = 1.0, 0.35 / 0.65
    share = weight / weight.sum()
    assert np.abs(counts[others] / counts.sum() - share).max() < 0.02
    unknown = np.delete(np.where(board.allowed, board.appeal, 1), u, axis=0)
    assert (unknown == 1).all()


def test_a_unit_with_one_start_has_no_other() -> None:
    board, state, u = opened()
    board.allowed[u] = False
    board.allowed[u, state.start[u]] = True
    assert other_start(board, state, u) == -1


def test_moves_attracted_by_the_bound_win_more_than_as_many_others() -> None:
    problem = prepare(generate(7, 900), keep=100)
    assert climbed(problem, 30_000, 60) < climbed(problem, 30_000, 0)


def test_the_witness_tells_where_the_relaxation_has_each_unit_leave() -> None:
    problem = prepare(generate(5, 150), keep=50)
    with Witness(problem) as witness:
        until(lambda: bool(witness.usual.any()))
        told = witness.usual.copy()
    assert told.any(axis=1).all()
    assert not told[~problem.departures.allowed].any()


def test_a_witness_that_rests_tells_nothing_new_until_it_goes_on() -> None:
    problem = prepare(generate(5, 150), keep=50)
    with Witness(problem) as witness:
        until(lambda: witness.listen() > 0)
        with witness.resting():
            sleep(1)
            told = witness.listen()
            sleep(1)
            assert witness.listen() == told
        until(lambda: witness.listen() > told)
        assert witness.listen() > told
