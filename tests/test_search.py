"""The search: every plan verified, the same seed the same plan, stop keeps the best."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from processes import alive, until

import scenarios
from scenarios.generate import generate, tiny
from solver.domain import Closure, FoundPlace, Plan, Report, Scenario
from solver.errors import PlanRefused
from solver.explain.parts import changed
from solver.model import build
from solver.prepare import decode, prepare, relisted
from solver.problem import NO_LIMIT, Solution
from solver.search import Progress, solve
from solver.search.board import lay_out
from solver.search.climb import Budget, Climber
from solver.search.opening import opening
from solver.search.state import COST, GROUP_BREACH, empty_state
from solver.verify import verify
from solver.week import Week

search = sys.modules["solver.search.solve"]


@pytest.fixture
def without_cp_sat(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave even small problems to the annealing alone."""
    monkeypatch.setattr(search, "SMALL_SIZE", 0)
    monkeypatch.setattr(search, "BOUND_ROUNDS", 2)


@pytest.mark.parametrize("seed", range(40))
def test_a_tiny_scenario_is_solved_to_its_proven_optimum(seed: int) -> None:
    scenario = tiny(seed)
    best = build(prepare(scenario)).solve(seconds=20)
    result = solve(scenario, iterations=500, seed=seed)
    assert result.status == best.status
    if result.report is not None:
        assert result.report.cost == result.bound == best.cost


@pytest.mark.usefixtures("without_cp_sat")
def test_annealing_alone_reaches_nearly_every_tiny_optimum() -> None:
    reached, solved = 0, 0
    for seed in range(60):
        scenario = tiny(seed)
        best = build(prepare(scenario)).solve(seconds=20)
        result = solve(scenario, iterations=3000, seed=seed)
        assert (result.plan is None) == (best.solution is None)
        if result.report is None or best.cost is None:
            continue
        assert result.bound <= best.cost <= result.report.cost
        solved += 1
        reached += result.report.cost == best.cost
    assert solved > 20
    assert reached >= 0.9 * solved


@pytest.mark.slow
@pytest.mark.parametrize("tension", ["basse", "normale", "haute"])
def test_a_generated_bassin_with_every_feature_gets_a_verified_plan(tension: str) -> None:
    scenario = generate(11, 600, tension)
    result = solve(scenario, iterations=60_000, seed=1)
    assert result.plan is not None
    report = verify(scenario, result.plan)
    assert report.violations == ()
    assert result.report is not None
    assert 0 < result.bound <= report.cost == result.report.cost


def test_the_same_seed_gives_the_same_plan_to_the_byte() -> None:
    scenario = generate(5, 150)
    first, second = (solve(scenario, iterations=5000, seed=3) for _ in range(2))
    assert first.plan is not None
    assert second.plan is not None
    assert first.plan.model_dump_json() == second.plan.model_dump_json()
    assert first.bound == second.bound
    other = solve(scenario, iterations=5000, seed=4)
    assert other.plan != first.plan


def test_more_moves_do_better_than_the_construction() -> None:
    scenario = generate(5, 300)
    short, long = (solve(scenario, iterations=n, seed=0) for n in (1, 20_000))
    assert short.report is not None
    assert long.report is not None
    assert long.report.cost < short.report.cost


def test_stopping_keeps_the_best_plan_so_far() -> None:
    seen: list[Progress] = []
    scenario = generate(5, 300)

    def enough() -> bool:
        return any(p.cost is not None for p in seen)

    result = solve(scenario, seconds=600, stop=enough, progress=seen.append)
    assert result.plan is not None
    assert verify(scenario, result.plan).violations == ()
    assert result.seconds < 300


def test_the_construction_looks_at_the_wish_to_stop_and_keeps_what_is_built() -> None:
    scenario = generate(5, 300)
    phases: list[str] = []
    result = solve(
        scenario,
        seconds=600,
        stop=lambda: "construction" in phases,
        progress=lambda p: phases.append(p.phase),
    )
    whole = solve(scenario, iterations=1)
    assert result.plan is not None
    assert whole.plan is not None
    assert verify(scenario, result.plan).violations == ()
    assert len(result.plan.placements) < 0.7 * len(whole.plan.placements)


def test_signed_agreements_are_placed_whatever_they_displace() -> None:
    scenario = _first_pupil_signs(scenarios.read(scenarios.example("small/base")))
    result = solve(scenario, iterations=2000)
    assert result.plan is not None
    for signed in scenario.found_places:
        assert result.plan.placement_of[signed.pupil, signed.period].host == signed.host


def test_a_host_closed_when_its_agreement_is_signed_makes_the_scenario_impossible() -> None:
    scenario = _first_pupil_signs(scenarios.read(scenarios.example("small/base")))
    host = scenario.found_places[0].host
    shut = Closure(target=host, first=Week(2026, 35), last=Week(2027, 27))
    result = solve(changed(scenario, closures=(*scenario.closures, shut)), iterations=100)
    assert result.status == "infeasible"
    assert result.plan is None


def test_a_plan_that_the_verifier_refuses_never_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = scenarios.read(scenarios.example("small/base"))

    def nowhere(*arguments: object) -> object:
        plan = decode(*arguments)  # type: ignore[arg-type]
        return plan.model_copy(update={"departures": plan.departures[1:]})

    monkeypatch.setattr(search, "decode", nowhere)
    with pytest.raises(PlanRefused):
        solve(scenario, iterations=100)


@pytest.mark.parametrize("seed", range(12))
def test_costs_kept_by_difference_equal_the_verifiers(seed: int) -> None:
    scenario = tiny(seed)
    problem = prepare(scenario)
    _, first = opening(problem, 0, None)
    if first is None:
        pytest.skip("calendrier impossible")
    climber = Climber(lay_out(problem), first, seed)
    climber.build()
    for _ in range(5):
        climber.climb(Budget(0.0, 1.0, moves=5000))
        state = climber.state
        if state.total[GROUP_BREACH] or climber.best is None or climber.best >= 10**7:
            continue
        report = verify(scenario, decode(scenario, problem, climber.solution()))
        assert report.violations == ()
        assert report.cost == climber.best


def test_the_finish_is_for_pupils_and_takes_the_time_of_few_unit_moves() -> None:
    problem = prepare(generate(4, 60))
    _, first = opening(problem, 0, None)
    assert first is not None
    climber, budget = Climber(lay_out(problem), first, 0), Budget(0.0, 1.0, moves=20_000)
    climber.build()
    while climber.moves < 18_000:
        climber.climb(budget)
    before = climber.record.tally[:, 0].copy()
    while climber.moves < 20_000:
        climber.climb(budget)
    unit, pupil, waiting, rebuilt, exchanged = climber.record.tally[:, 0] - before

    assert before[0] + before[3] > 0.015 * before.sum()
    assert unit + rebuilt < 0.0075 * (pupil + waiting)
    assert 0.015 * (pupil + waiting) < exchanged < before[4] / 9


def test_an_empty_state_costs_what_leaving_everybody_unplaced_does() -> None:
    scenario = scenarios.read(scenarios.example("small/base"))
    board = lay_out(prepare(scenario))
    state = empty_state(board)
    plan = decode(
        scenario,
        prepare(scenario),
        search.Solution(
            prepare(scenario).departures.allowed.argmax(axis=1).astype(np.int32),
            np.full(len(board.member), -1, np.int32),
        ),
    )
    costs = verify(scenario, plan).costs
    assert state.total[COST] == costs["non_place"] + costs["equite"]


def _first_pupil_signs(scenario: Scenario) -> Scenario:
    problem = prepare(scenario)
    pupil, period = scenario.demands()[0]
    first = problem.options.start[problem.demands.seeker[0]]
    host = scenario.hosts[problem.options.host[first]].id
    signed = FoundPlace(pupil=pupil.id, period=period.id, host=host, status="signee")
    return changed(scenario, found_places=(signed,))


def test_the_gap_is_told_by_cause_and_the_parts_add_up() -> None:
    result = solve(generate(5, 300), iterations=20_000)
    assert result.report is not None
    assert result.bound < result.report.cost
    assert abs(sum(result.causes.values()) - (result.report.cost - result.bound)) <= 6
    assert "calendrier des formations" in result.causes
    assert list(result.causes.values()) == sorted(result.causes.values(), reverse=True)


def test_the_gap_is_told_by_cause_beside_a_search_too() -> None:
    result = solve(generate(5, 300), seconds=6)
    assert result.report is not None
    gap = result.report.cost - result.bound
    assert gap <= sum(result.causes.values()) + 6 <= 2 * gap + 12


def test_a_solution_keeps_its_places_where_lists_are_longer() -> None:
    scenario = generate(5, 150)
    few, all_of_them = prepare(scenario, keep=5), prepare(scenario)
    start = few.departures.allowed.argmax(axis=1)
    last = few.options.start[few.demands.seeker + 1] - 1
    taken = Solution(start.astype(np.int32), last.astype(np.int32))
    assert (few.options.tail < NO_LIMIT).any()
    longer = relisted(taken, few, all_of_them)
    assert decode(scenario, all_of_them, longer) == decode(scenario, few, taken)


def test_the_bound_beside_a_search_that_is_killed_ends_by_itself(tmp_path: Path) -> None:
    program = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from scenarios.generate import generate\n"
        "from solver.prepare import prepare\n"
        "from solver.search.witness import Witness\n"
        "with Witness(prepare(generate(0, 60))) as witness:\n"
        "    Path(sys.argv[1]).write_text(str(witness._process.pid))\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    noted = tmp_path / "pid"
    subprocess.run([sys.executable, "-c", program, str(noted)], check=False)
    pid = int(noted.read_text())
    until(lambda: not alive(pid))


def test_better_plans_are_handed_over_verified_while_the_search_goes_on() -> None:
    scenario = generate(5, 600)
    kept: list[tuple[Plan, Report]] = []
    result = solve(scenario, seconds=4, keep=lambda plan, report: kept.append((plan, report)))
    assert result.report is not None
    assert kept
    for plan, report in kept:
        assert verify(scenario, plan) == report
        assert report.violations == ()
    costs = [report.cost for _, report in kept]
    assert costs == sorted(costs, reverse=True)
    assert result.report.cost <= costs[-1]


@pytest.mark.parametrize("size", [30, 600])
def test_a_search_that_goes_on_from_a_plan_ends_no_worse(size: int) -> None:
    scenario = generate(2, size)
    before = solve(scenario, seconds=2)
    assert before.plan is not None
    assert before.report is not None
    after = solve(scenario, seconds=0.6, seed=9, start=before.plan)
    assert after.report is not None
    assert after.report.cost <= before.report.cost
