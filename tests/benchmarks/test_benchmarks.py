"""Peers hand in plans that the verifier accepts, and the table forgets no row."""

import argparse
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import contenders
import national
import numpy as np
import pytest
import release
import run
from memory import Peak
from peers import matching, practice, timefold, whole

from scenarios.generate import demo, generate, tiny
from solver.domain import Report, Scenario
from solver.prepare import decode, prepare
from solver.problem import Problem, Solution
from solver.verify import verify

RUN = release.Run(
    date="2026-11-22T01:00:00+00:00",
    commit="abc1234",
    machine="essai",
    scenario="S-normale",
    demands=2500,
    contender="bassin",
    budget=10.0,
    seed=0,
    cores=2,
    seconds=10.1,
    first_plan=0.4,
    cost=250_000,
    unplaced=90,
    bound=220_000,
    gap=0.12,
    violations=0,
    peak_mib=300,
    note="",
)


def report(scenario: Scenario, problem: Problem, solution: Solution | None) -> Report:
    """The verdict on a plan that must be there and break nothing."""
    assert solution is not None
    verdict = verify(scenario, decode(scenario, problem, solution))
    assert not verdict.violations
    return verdict


def test_today_s_practice_of_the_demo_breaks_no_rule_and_places_most() -> None:
    scenario = demo()
    problem = prepare(scenario)
    solution = practice.practice(problem)
    report(scenario, problem, solution)
    assert solution is not None
    assert np.mean(solution.option >= 0) > 0.5


def test_those_who_found_a_place_gain_by_being_first() -> None:
    scenario = demo()
    problem = prepare(scenario)
    found = np.array([(u.id, p.id) in scenario.found_place_of for u, p in scenario.demands()])
    costs = [
        report(scenario, problem, practice.practice(problem, first)).costs["non_place"]
        for first in (None, found)
    ]
    assert costs[1] < costs[0]


def test_whole_models_agree_on_the_optimum_and_no_peer_is_below_it() -> None:
    solved = 0
    for seed in range(25):
        scenario = tiny(seed)
        problem = prepare(scenario)
        solution, bound, status = whole.monolith(problem, 10, 0, 1)
        by_hand = practice.practice(problem)
        if solution is None:
            assert status.startswith("infeasible")
            continue
        best = report(scenario, problem, solution).cost
        assert bound == best
        other, other_bound, _ = whole.highs(problem, 10, 0, 1)
        assert report(scenario, problem, other).cost == best
        assert other_bound <= best
        if by_hand is not None:
            verdict = verify(scenario, decode(scenario, problem, by_hand))
            assert verdict.cost >= best or verdict.violations
        solved += 1
    assert solved > 15


def test_the_exact_matching_improves_a_plan_and_its_bound_is_a_bound() -> None:
    scenario = generate(3, 40)
    problem = prepare(scenario)
    first = practice.practice(problem)
    before = report(scenario, problem, first).cost
    assert first is not None
    answer = matching.matching(problem, first, 30)
    after = report(scenario, problem, answer.solution).cost
    assert after < before
    assert 0 < answer.bound <= after
    assert (answer.solution.start == first.start).all()
    assert after - answer.bound < 0.1 * after


def test_options_left_out_are_asked_for_where_they_could_pay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scenario = generate(3, 40)
    problem = prepare(scenario)
    first = practice.practice(problem)
    assert first is not None
    costs = []
    for keep in (1, 10_000):
        monkeypatch.setattr(matching, "FIRST_KEEP", keep)
        answer = matching.matching(problem, first, 30)
        assert answer.status.endswith("toutes les options")
        costs.append(answer.bound)
    assert costs[0] == costs[1]


def test_more_options_than_there_are_may_be_asked_for() -> None:
    """Four times as many, again and again, go beyond what 32 bits hold."""
    problem = prepare(generate(3, 40))
    nobody = Solution(
        problem.departures.allowed.argmax(axis=1).astype(np.int32),
        np.full(len(problem.demands.period), -1, np.int32),
    )
    for keep in (1, 10_000, 2**31 - 1):
        narrow, rows = matching.narrowed(problem, np.full_like(problem.options.tail, keep), nobody)
        laid_out = np.minimum(np.diff(problem.options.start), keep)
        assert (np.diff(narrow.options.start) == laid_out).all()
        whole = laid_out == np.diff(problem.options.start)
        assert (narrow.options.tail[whole] == problem.options.tail[whole]).all()
        assert (rows < len(problem.options.host)).all()


@pytest.mark.skipif(
    not (shutil.which("javac") and (timefold.CACHE / "jars").is_dir()),
    reason="no Java, or the wheel is not in the cache (tests fetch nothing)",
)
def test_timefold_counts_as_the_verifier_does() -> None:
    scenario = generate(5, 40)
    problem = prepare(scenario)
    solution, curve, status = timefold.solve(problem, 120, seed=1, moves=50_000)
    assert status == "plan complet"
    assert curve[-1][1] == report(scenario, problem, solution).cost


def test_the_table_keeps_worse_rows_beside_better_ones(tmp_path: Path) -> None:
    table = tmp_path / "0.1.0.csv"
    worse = replace(RUN, commit="def5678", date="2026-11-23T01:00:00+00:00", cost=260_000)
    silent = replace(RUN, contender="cp-sat", cost=None, gap=None, unplaced=None, violations=None)
    for one in (RUN, worse, silent):
        release.append(table, [one])
    assert release.load(table) == (RUN, worse, silent)
    page = release.page("0.1.0", release.load(table), "Lire ceci.", "Une note.")
    lines = [line for line in page.splitlines() if line.startswith("| ")]
    assert any("250 000" in line and "abc1234" in line for line in lines)
    assert any("260 000" in line and "def5678" in line for line in lines)
    assert any("cp-sat" in line and "pas de plan" in line for line in lines)
    assert page.index("Lire ceci.") < page.index("Une note.")


def test_seeds_are_summed_up_by_their_median_and_peers_as_ratios() -> None:
    runs = [replace(RUN, seed=i, cost=c) for i, c in enumerate((240_000, 250_000, 300_000))]
    peer = replace(RUN, contender="timefold", cost=500_000)
    page = release.page("x", [*runs, peer], "", "")
    assert "| bassin | 10 | 3 | 250 000 | 240 000 … 300 000 | 1,000 |" in page
    assert "| timefold | 10 | 1 | 500 000 | 500 000 … 500 000 | 2,000 |" in page


def test_where_we_stand_is_told_by_the_latest_five_seeds() -> None:
    def seeds(count: int, commit: str, day: int, cost: int) -> list[release.Run]:
        date = f"2026-12-{day:02}T00:00:00+00:00"
        one = replace(RUN, commit=commit, date=date, cost=cost)
        return [replace(one, seed=seed) for seed in range(count)]

    runs = [*seeds(5, "aaaaaaa", 1, 1_000), *seeds(5, "bbbbbbb", 2, 2_000)]
    runs += seeds(1, "ccccccc", 3, 3_000)
    assert [(s[0].commit, len(s)) for s in release.current(runs)] == [("bbbbbbb", 5)]
    stands = release.page("x", runs, "", "").partition("## Tous les essais")[0]
    assert "| 2 000 … 2 000 |" in stands
    assert "1 000 …" not in stands
    assert "3 000 …" not in stands


def test_the_readme_says_what_the_table_says() -> None:
    page = (run.RESULTS / "0.1.0.md").read_text(encoding="utf-8")
    part = (run.ROOT / "README.md").read_text(encoding="utf-8").split("## Ce que cela vaut\n")[1]
    told = [_cells(line) for line in part.split("\n## ")[0].splitlines() if "-normale" in line]
    stand, _, rest = page.partition("## Contre les autres")
    stands = [_cells(line) for line in stand.splitlines() if " | 60 | " in line]
    against = [_cells(line) for line in rest.splitlines() if "| pratique |" in line]
    assert len(told) >= 3
    for name, demands, cost, unplaced, bound, gap, usual in told:
        (row,) = [r for r in stands if r[0] == name]
        assert [row[i] for i in (1, 3, 4, 7, 8, 9)] == [demands, "5", cost, unplaced, bound, gap]
        assert usual == next(r[3] for r in against if r[0] == name)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_a_bound_that_was_not_proven_is_marked() -> None:
    large = replace(RUN, demands=17_000, bound=123_456)
    before = release.page("x", [replace(large, date="2026-11-27T00:00:00+00:00")], "", "")
    since = release.page("x", [replace(large, date="2026-11-29T00:00:00+00:00")], "", "")
    assert before.count("123 456 †") == 2
    assert "123 456 †" not in since


def test_a_plan_that_breaks_rules_says_which_in_its_row() -> None:
    job = run.Job("timefold", "S-normale", 10.0, 0, 2)
    wrote = {"cost": 10, "bound": None, "violations": 2, "broken": {"hote": 2}, "note": "2 points"}
    made = run.row(job, wrote, 100, "abc", "essai")
    assert (made.violations, made.note) == (2, "2 points; hote × 2")


def test_the_command_knows_every_contender_and_asks_each_once() -> None:
    assert set(run.CONTENDERS) == set(contenders.CONTENDERS)
    assert set(run.TIMELESS) == set(contenders.TIMELESS)
    options = argparse.Namespace(
        scenarios=["S-normale", "30-normale"],
        budgets=[2.0, 10.0],
        seeds=5,
        peers=list(run.CONTENDERS),
        cores=2,
        all_seeds=False,
    )
    asked = list(run.jobs(options))
    assert len({job.key for job in asked}) == len(asked)
    assert sum(job.contender == "bassin" for job in asked) == 2 * 2 * 5
    assert sum(job.contender == "pratique" for job in asked) == 2


def test_memory_of_children_counts() -> None:
    child = "import time; held = bytearray(200 << 20); time.sleep(2)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    process = subprocess.Popen([sys.executable, "-c", parent])
    peak = Peak(process)
    process.wait()
    assert 200 <= peak.mib < 400


@pytest.mark.slow
def test_a_small_rehearsal_with_workers_killed_has_every_plan_once(tmp_path: Path) -> None:
    manifest, output = national.territory(tmp_path, 6, 720), tmp_path / "lot"
    code, seen = national.run(manifest, output, 20, workers=2, kill_every=15)
    assert code == 0
    assert seen[-1].kills >= 1
    found = national.judged(manifest, output)
    assert found["tâches"] == found["clés"] == found["lignes"] == found["résultats"] == 12
    assert found["plans relus et vérifiés"] == 12
    assert found["résultats sans tâche"] == found["échecs comptés"] == 0
    assert national.told(seen, output, 2)["morts"] == seen[-1].kills
