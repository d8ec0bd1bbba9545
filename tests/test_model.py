"""The CP-SAT model as a machine: cuts, hints, neighbourhoods, honest statuses."""

import math

import numpy as np
import pytest
from ortools.linear_solver.python import model_builder
from ortools.sat.python import cp_model

from scenarios.generate.tiny import tiny
from solver.errors import ModelRefused
from solver.model import Model, build
from solver.prepare import decode, prepare
from solver.problem import Problem, Solution
from solver.variables import Variables
from solver.verify import verify

SEEDS = range(40)


def solved(seed: int) -> tuple[Problem, Solution, int]:
    """The first tiny problem from `seed` on that has a plan, with its best one."""
    for number in range(seed, seed + 1000):
        problem = prepare(tiny(number))
        answer = build(problem).solve(seconds=30)
        if answer.status == "optimal":
            assert answer.solution is not None
            assert answer.cost is not None
            return problem, answer.solution, answer.cost
    raise AssertionError("no tiny scenario has a plan")


@pytest.mark.parametrize("seed", SEEDS)
def test_with_or_without_cuts_the_optimum_is_the_same(seed: int) -> None:
    problem = prepare(tiny(seed))
    with_cuts, without = (build(problem, cuts=cuts).solve(seconds=30) for cuts in (True, False))
    assert (with_cuts.status, with_cuts.cost) == (without.status, without.cost)
    assert with_cuts.status in ("optimal", "infeasible")


def test_half_a_group_in_half_a_slot_is_cut_off_the_relaxation_and_no_plan_is() -> None:
    """At a calendar, where the only cuts are those of the groups and of shared slots."""
    gained = 0
    for seed in range(100):
        problem = prepare(tiny(seed))
        nobody = np.full(len(problem.demands.period), -1, np.int32)
        here = Solution(problem.departures.allowed.argmax(axis=1).astype(np.int32), nobody)
        made = [build(problem, here, (), range(len(nobody)), cuts=cuts) for cuts in (True, False)]
        bound, without = (_linear_bound(model.cp) for model in made)
        assert bound >= without - 1e-6
        gained += math.inf > bound > without + 0.5
        assert len({model.solve(seconds=30).cost for model in made}) == 1
    assert gained


def _linear_bound(cp: cp_model.CpModel) -> float:
    """The value of the linear relaxation, infinite where it has no solution."""
    linear = model_builder.Model()
    proto = cp.proto
    columns = [linear.new_num_var(*v.domain, "") for v in proto.variables]
    for c in proto.constraints:
        if not c.has_linear():
            return math.inf
        terms = zip(c.linear.vars, c.linear.coeffs, strict=True)
        low, high = (
            side if abs(side) < 2**60 else math.copysign(math.inf, side) for side in c.linear.domain
        )
        linear.add_linear_constraint(sum(k * columns[i] for i, k in terms), low, high)
    priced = zip(proto.objective.vars, proto.objective.coeffs, strict=True)
    linear.minimize(sum(k * columns[i] for i, k in priced) + proto.objective.offset)
    engine = model_builder.Solver("glop")
    status = engine.solve(linear)
    return engine.objective_value if status == model_builder.SolveStatus.OPTIMAL else math.inf


@pytest.mark.parametrize("seed", range(0, 400, 20))
def test_a_hint_says_a_value_for_every_variable_and_holds(seed: int) -> None:
    problem, best, cost = solved(seed)
    model = build(problem)
    hinted = model.cp.clone()
    for variable, value in model.hint(best):
        hinted.add_hint(variable, value)
    assert len(hinted.proto.solution_hint.vars) == len(hinted.proto.variables)
    engine = cp_model.CpSolver()
    engine.parameters.fix_variables_to_their_hinted_value = True
    assert engine.solve(hinted) == cp_model.OPTIMAL
    assert engine.objective_value == cost


@pytest.mark.parametrize("seed", range(0, 400, 20))
def test_a_neighbourhood_keeps_what_is_fixed_and_never_gets_worse(seed: int) -> None:
    problem, best, cost = solved(seed)
    emptied = Solution(best.start, np.full_like(best.option, -1))
    free = [0] if len(problem.departures.periods) else []
    for demands in (range(len(best.option)), range(0, len(best.option), 2)):
        answer = build(problem, best, free_units=free, free_demands=demands).solve(seconds=30)
        assert answer.status == "optimal"
        assert answer.cost == cost
        fixed = np.setdiff1d(np.arange(len(best.option)), demands)
        assert answer.solution is not None
        assert (answer.solution.option[fixed] == best.option[fixed]).all()
        assert (answer.solution.start[1:] == best.start[1:]).all()
    refilled = build(problem, emptied, free_demands=range(len(best.option))).solve(seconds=30)
    assert refilled.cost == cost


@pytest.mark.parametrize("seed", range(0, 400, 20))
def test_a_finished_plan_is_a_model_without_variables(seed: int) -> None:
    problem, best, cost = solved(seed)
    model = build(problem, best)
    assert len(model.cp.proto.variables) == 0
    assert model.solve(seconds=30).cost == cost


def test_infeasible_is_told_of_scenarios_without_a_plan() -> None:
    answers = [build(prepare(tiny(seed))).solve(seconds=30) for seed in SEEDS]
    assert {answer.status for answer in answers} == {"optimal", "infeasible"}
    assert all((a.status == "infeasible") == (a.solution is None) for a in answers)


def test_infeasible_is_told_only_when_a_second_configuration_agrees(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    problem, _, cost = solved(0)
    honest, asked = cp_model.CpSolver.solve, []

    def hasty(engine: cp_model.CpSolver, cp: cp_model.CpModel) -> cp_model.CpSolverStatus:
        asked.append(engine.parameters.cp_model_presolve)
        return cp_model.INFEASIBLE if len(asked) == 1 else honest(engine, cp)

    monkeypatch.setattr(cp_model.CpSolver, "solve", hasty)
    answer = build(problem).solve(seconds=30)
    assert (answer.status, answer.cost) == ("optimal", cost)
    assert asked == [True, False]


def test_without_time_there_is_an_honest_bound_and_no_plan() -> None:
    problem, _, cost = solved(0)
    answer = build(problem).solve(deterministic_limit=0)
    assert answer.status in ("out_of_time", "feasible", "optimal")
    assert 0 <= answer.bound <= cost


def test_an_invalid_model_is_our_defect() -> None:
    problem, _, _ = solved(0)
    cp = cp_model.CpModel()
    broken = cp.new_int_var(0, 2**62, "beyond")
    cp.add(4 * broken <= 3)
    with pytest.raises(ModelRefused):
        Model(problem, Variables(problem, cp), cp).solve(seconds=5)


def test_one_worker_and_a_deterministic_limit_give_the_same_plan_twice() -> None:
    problem, _, _ = solved(3)
    first, second = (build(problem).solve(deterministic_limit=1, seed=7) for _ in range(2))
    assert first.solution is not None
    assert second.solution is not None
    assert (first.solution.start == second.solution.start).all()
    assert (first.solution.option == second.solution.option).all()


@pytest.mark.parametrize("seed", range(40, 60))
def test_the_plan_of_the_model_is_accepted_at_its_price(seed: int) -> None:
    scenario = tiny(seed)
    problem = prepare(scenario)
    answer = build(problem).solve(seconds=30)
    if answer.solution is None:
        assert answer.status == "infeasible"
        return
    report = verify(scenario, decode(scenario, problem, answer.solution))
    assert report.violations == ()
    assert report.cost == answer.cost == answer.bound
