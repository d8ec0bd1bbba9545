"""The exact finish: the placement at a calendar is that of the model, and never worse."""

from time import sleep

import numpy as np
import pytest
from ortools.math_opt.python import mathopt

from scenarios.generate import generate
from scenarios.generate.tiny import tiny
from solver.model import build
from solver.prepare import decode, prepare
from solver.problem import DIFFERENT, SAME, Problem, Solution
from solver.rules import PREFERENCES
from solver.search import solve
from solver.search.board import lay_out
from solver.search.climb import Budget
from solver.search.crew import Crew
from solver.search.finish import WHOLE, Finish, finished, seconds_for, solved_whole
from solver.search.linear import solve as solve_program
from solver.search.linear import values
from solver.search.opening import opening
from solver.search.seating import seating
from solver.variables import Variables
from solver.verify import verify

ALL = 10**6


@pytest.fixture
def calendar_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where a problem is too large to be solved whole."""
    monkeypatch.setattr("solver.search.finish.WHOLE", 0)


def cost(problem: Problem, solution: Solution) -> int:
    settled = Variables(problem, fixed=solution)
    prices = [preference.price(problem, settled) for preference in PREFERENCES]
    return sum(price for price in prices if isinstance(price, int))


def climbed(problem: Problem, moves: int) -> Solution:
    """A plan after so many moves, or the opening where there are none."""
    _, first = opening(problem, 0, None)
    assert first is not None
    if moves == 0:
        return first
    crew = Crew(lay_out(problem), first, 1, 1, Budget(0, 0, moves))
    crew.climb(0, lambda: False)
    return crew.leader.solution()


def test_the_program_of_the_placement_has_the_optimum_of_the_model() -> None:
    """On tiny scenarios with every column at a high dose, whose rules bite."""
    met = dict.fromkeys(("binôme", "même", "différent", "lits", "quota", "signée", "groupe_min"), 0)
    placed = 0
    for seed in range(250):
        problem = prepare(tiny(seed))
        _, first = opening(problem, seed, None)
        if first is None or not len(first.option):
            continue
        demands, capacities = problem.demands, problem.capacities
        met["binôme"] += len(demands.groups) > 0
        met["même"] += bool((demands.link == SAME).any())
        met["différent"] += bool((demands.link == DIFFERENT).any())
        met["lits"] += bool((problem.options.bed >= 0).any())
        met["quota"] += bool((capacities.legal_person >= 0).any())
        met["signée"] += bool(demands.must.any())
        met["groupe_min"] += bool((capacities.group_min > 1).any())
        expected = build(problem, first, (), range(len(first.option))).solve(seconds=30)
        seats = seating(problem, first, ALL)
        found = values(
            solve_program(seats.program, mathopt.SolverType.HIGHS, 30, hint=seats.plan),
            len(seats.plan),
        )
        assert found is not None
        best = Solution(first.start, seats.options(found, len(first.option)))
        assert cost(problem, best) == expected.cost, seed
        won = seats.program.cost @ (seats.plan - found)
        assert won == pytest.approx(cost(problem, first) - cost(problem, best)), seed
        assert not verify(tiny(seed), decode(tiny(seed), problem, best)).violations, seed
        placed += bool((best.option >= 0).any())
    assert placed > 100
    assert min(met.values()) > 4, met


@pytest.mark.parametrize("moves", [0, 3000])
def test_a_finished_plan_costs_what_was_won_less_and_keeps_every_rule(moves: int) -> None:
    scenario = generate(5, 250)
    problem = prepare(scenario, keep=100)
    plan = climbed(problem, moves)
    before, last = cost(problem, plan), 0
    for won, better in finished(problem, plan, 20, 60):
        assert won > last
        last = won
        assert np.array_equal(better.start, plan.start)
        report = verify(scenario, decode(scenario, problem, better))
        assert not report.violations
        assert report.cost == before - won
    assert last > 0


@pytest.mark.parametrize("seed", range(20))
def test_a_small_problem_is_solved_whole_to_the_proven_optimum(seed: int) -> None:
    scenario = tiny(seed)
    problem = prepare(scenario)
    proven = build(problem).solve(seconds=60)
    if proven.solution is None or proven.cost is None:
        pytest.skip("calendrier impossible")
    assert proven.status == "optimal"
    model, plan = build(problem), climbed(problem, 0)
    if cost(problem, plan) == proven.cost:
        pytest.skip("rien à gagner")
    ((won, better),) = solved_whole(model, plan, 60)
    report = verify(scenario, decode(scenario, problem, better))
    assert not report.violations
    assert report.cost == cost(problem, plan) - won == proven.cost
    assert list(solved_whole(model, better, 60)) == []


def test_a_small_problem_is_solved_whole_by_the_child_where_there_is_time() -> None:
    problem = prepare(generate(5, 12))
    plan = climbed(problem, 0)
    assert seconds_for(problem, 10.0)[1] == WHOLE
    assert seconds_for(problem, 1.0)[1] != WHOLE
    assert seconds_for(prepare(generate(5, 250)), 1e6)[1] not in (0, WHOLE)
    with Finish(problem, 100) as finish:
        *_, (won, better) = finish.better(plan)
    assert cost(problem, better) == cost(problem, plan) - won
    assert not np.array_equal(better.start, plan.start)


def test_without_time_the_finish_says_nothing() -> None:
    problem = prepare(generate(5, 150), keep=100)
    assert list(finished(problem, climbed(problem, 0), 20, -1.0)) == []


@pytest.mark.usefixtures("calendar_stays")
def test_the_finish_takes_a_part_of_the_time_that_fits_the_size() -> None:
    problem = prepare(generate(5, 150), keep=100)
    for budget in (1.0, 10.0, 100.0, 1000.0):
        seconds, options = seconds_for(problem, budget)
        assert 0 <= seconds < budget / 2
        assert (seconds > 0) == (options > 0)
    assert seconds_for(problem, 0.5) == (0.0, 0)
    assert seconds_for(problem, 10.0)[1] <= seconds_for(problem, 100.0)[1]


@pytest.mark.usefixtures("calendar_stays")
def test_a_child_finishes_the_plan_it_is_given() -> None:
    problem = prepare(generate(5, 150), keep=100)
    plan = climbed(problem, 0)
    before = cost(problem, plan)
    with Finish(problem, 600) as finish:
        assert finish.seconds > 0
        *_, (won, better) = finish.better(plan)
    assert won > 0
    assert cost(problem, better) == before - won
    assert np.array_equal(better.start, plan.start)


@pytest.mark.usefixtures("calendar_stays")
def test_a_child_that_is_told_to_stop_says_no_more() -> None:
    problem = prepare(generate(5, 150), keep=100)
    with Finish(problem, 600) as finish:
        assert list(finish.better(climbed(problem, 0), should_stop=lambda: True)) == []


@pytest.mark.usefixtures("calendar_stays")
def test_where_the_finish_cannot_pay_there_is_no_child() -> None:
    with Finish(prepare(generate(5, 150), keep=100), 1.0) as finish:
        assert finish.seconds == 0


def test_a_timed_search_hands_over_the_finished_plan_where_it_is_cheaper(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The search itself is kept from improving what it built."""
    monkeypatch.setattr("solver.search.climb.Climber.climb", lambda *_: sleep(0.1))
    costs = []
    for share in (0.0, 0.8):
        monkeypatch.setattr("solver.search.finish.SHARE", share)
        result = solve(generate(5, 250), seconds=6, seed=1, cores=2)
        assert result.report is not None
        assert not result.report.violations
        costs.append(result.report.cost)
    assert costs[1] < costs[0]
