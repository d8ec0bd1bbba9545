"""A front: verified plans, each with its bound, of which none beats another."""

import json
from pathlib import Path

import pytest

from scenarios import read_own_plan, write
from scenarios.generate import generate
from service.cli import main
from service.exports.figures.front_plans import front_plans
from solver.domain import Closure, Scenario
from solver.explain.parts import changed
from solver.verify import verify
from solver.week import Week
from solver.whatif import Front, front
from solver.whatif.front import LEANINGS


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return generate(3, 250, "haute")


@pytest.fixture(scope="module")
def found(scenario: Scenario) -> Front:
    return front(scenario, iterations=24_000, cores=1)


def test_every_plan_is_verified_and_priced_by_both_lists(scenario: Scenario, found: Front) -> None:
    leaning_of = {leaning.name: leaning for leaning in LEANINGS}
    for choice in found.choices:
        report = verify(scenario, choice.plan)
        assert not report.violations
        assert choice.cost == report.cost
        assert choice.result.report == report
        assert found.bound == choice.result.bound <= report.cost
        tables = changed(scenario, prices=leaning_of[choice.name].lean(scenario.prices))
        assert choice.own_cost == verify(tables, choice.plan).cost
        assert choice.own_bound <= choice.own_cost
        assert 0 <= choice.own_gap <= 1
        demands = len(scenario.demands())
        assert choice.unplaced == demands - len(choice.plan.placements)


def test_no_plan_beats_another_and_they_differ(found: Front) -> None:
    marks = [(c.unplaced, c.pupil_weeks, c.minutes) for c in found.choices]
    assert len(marks) >= 3
    assert found.tried == 5
    for a in marks:
        assert not any(
            b != a and all(x <= y for x, y in zip(b, a, strict=True)) for b in marks
        )  # fmt: skip
    assert len(set(marks)) == len(marks)


def test_leaning_on_dates_moves_fewer_than_leaning_on_journeys(found: Front) -> None:
    by_name = {c.name: c for c in found.choices}
    dates = min(c.pupil_weeks for n, c in by_name.items() if n in ("dates", "voeux"))
    journeys = [c for n, c in by_name.items() if n in ("trajets", "proche", "souple")]
    assert journeys
    assert all(dates < c.pupil_weeks for c in journeys)
    assert min(c.mean_minutes for c in journeys) < by_name[
        min(by_name, key=lambda n: by_name[n].pupil_weeks)
    ].mean_minutes  # fmt: skip


def test_an_impossible_bassin_has_no_front(scenario: Scenario) -> None:
    school = scenario.establishments[0].uai
    closed = Closure(target=school, first=Week.parse("2026-W35"), last=Week.parse("2027-W28"))
    nothing = front(changed(scenario, closures=(closed,)), seconds=3)
    assert nothing.choices == ()
    assert nothing.status == "infeasible"


def test_the_figure_has_a_disc_per_plan(found: Front) -> None:
    axes = front_plans(found)
    assert len([line for line in axes.lines if line.get_gid() == "plan"]) == len(found.choices)


def test_the_verb_writes_folders_that_belong_to_the_scenario(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario = generate(1, 150)
    write(scenario, tmp_path / "bassin")
    out = tmp_path / "choix"
    arguments = ["front", str(tmp_path / "bassin"), "--temps", "3", "--plans", "2"]
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--sortie", str(out), "--json"])
    assert ended.value.code == 0
    told = json.loads(capsys.readouterr().out)
    assert json.loads((out / "front.json").read_text(encoding="utf-8"))["plans"] == told["plans"]
    for row in told["plans"]:
        folder = read_own_plan(out / row["dossier"], scenario)
        assert folder.summary["cout"] == row["cout"] == verify(scenario, folder.plan).cost
    assert (out / "front.svg").is_file()
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--sortie", str(tmp_path / "bassin")])
    assert ended.value.code == 2
