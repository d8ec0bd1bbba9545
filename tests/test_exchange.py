"""Two units, each in the weeks where the other should be, exchange them in one move."""

import numpy as np
import pytest
from test_rules_by_hand import bassin, division, host, period, pupil, week

from solver.domain import Report, Scenario
from solver.prepare import decode, prepare
from solver.problem import Problem, Solution
from solver.search.anneal import Mix, anneal, seed_moves
from solver.search.board import lay_out
from solver.search.climb import Climber, unloaded
from solver.verify import verify

PUPILS = 3
EARLY, LATE, LAST = week(45), week(47), week(48)


def town() -> Scenario:
    """A and B share a host that takes one of them at a time; A wishes to be late, B early."""
    return bassin(
        divisions=[division(d) for d in "AB"],
        periods=[
            period(d, division=d, duration_weeks=2, earliest=EARLY, latest=LAST, wished=wish)
            for d, wish in (("A", LATE), ("B", EARLY))
        ],
        pupils=[pupil(f"{d}{i}", division=d) for d in "AB" for i in range(PUPILS)],
        hosts=[host(slots=PUPILS)],
    )


def against_wishes(problem: Problem) -> Climber:
    """Everybody placed, A early and B late."""
    first = np.flatnonzero(problem.departures.allowed[0])
    start = np.array([first[0], first[-1]], np.int32)
    taken = problem.options.start[problem.demands.seeker].astype(np.int32)
    return Climber(lay_out(problem), Solution(start, taken), 1)


def moved(climber: Climber, moves: int, unit_share: float, exchange_share: float) -> list[int]:
    """The starts after so many cold moves; nothing but `exchange_share` brings exchanges."""
    seed_moves(1)
    mix = Mix(0.0, 0.0, unit_share, 0.0, 1, exchange_share)
    anneal(climber.board, climber.state, np.arange(2), moves, mix, climber.record)
    return climber.state.start.tolist()


def verified(climber: Climber, scenario: Scenario, problem: Problem) -> Report:
    """What the verifier says of the plan in the making."""
    solution = unloaded(climber.board, climber.state.start, climber.state.option)
    return verify(scenario, decode(scenario, problem, solution))


def test_the_starts_are_exchanged_where_no_unit_gains_by_moving_alone() -> None:
    scenario = town()
    problem = prepare(scenario)
    early, late = against_wishes(problem).state.start.tolist()

    assert moved(against_wishes(problem), 2000, 0.5, 0.0) == [early, late]
    climber = against_wishes(problem)
    assert moved(climber, 50, 0.0, 1.0) == [late, early]
    report = verified(climber, scenario, problem)
    assert report.violations == ()
    before = verified(against_wishes(problem), scenario, problem).costs
    assert before["decalage_semaine"] > 0
    assert report.costs == before | {"decalage_semaine": 0}


@pytest.mark.parametrize("share", [0.3, 1.0])
def test_nobody_takes_a_start_that_is_not_open_to_it(share: float) -> None:
    climber = against_wishes(prepare(town()))
    board, (early, late) = climber.board, climber.state.start.tolist()
    board.allowed[1, early] = False
    assert moved(climber, 2000, 0.0, share) == [early, late]
