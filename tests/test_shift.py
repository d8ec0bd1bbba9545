"""The shift table: every week of a departure, against the verifier and against the whole model."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from scenarios import example, read, read_own_plan, write_plan
from scenarios.generate import generate, tiny
from service.cli import main
from service.exports.figures.shift_weeks import shift_weeks
from solver.calendar import SchoolCalendar
from solver.domain import Departure, Plan, Scenario
from solver.errors import InvalidPlan, UnknownSubject
from solver.model import build
from solver.prepare import decode, prepare
from solver.problem import Solution
from solver.search import solve
from solver.verify import verify
from solver.week import Week
from solver.whatif import Shift, adapted, shifted, shifts, stand
from solver.whatif.standing import Standing


def best_plan(scenario: Scenario) -> Plan | None:
    problem = prepare(scenario)
    answer = build(problem).solve(seconds=30)
    return None if answer.solution is None else decode(scenario, problem, answer.solution)


def standing(seed: int) -> Standing | None:
    """A tiny scenario with its best plan, if it has one."""
    scenario = tiny(seed)
    plan = best_plan(scenario)
    return None if plan is None else stand(scenario, plan)


def least_cost(of: Standing, unit: int, start: int) -> int | None:
    """By the model of all rules: everything fixed but the unit's pupils, its start given."""
    starts, options = of.solution.start.copy(), of.solution.option.copy()
    starts[unit] = start
    free = [
        d
        for p in of.problem.departures.periods[unit]
        for d in range(of.problem.demands.first[p], of.problem.demands.first[p + 1])
    ]
    options[free] = -1
    answer = build(of.problem, fixed=Solution(starts, options), free_demands=free).solve()
    return answer.cost


def check_every_week(of: Standing) -> tuple[int, int]:
    """Compare with the model and the verifier; gives the weeks allowed and forbidden."""
    allowed = forbidden = 0
    for unit in range(len(of.problem.departures.periods)):
        subject = of.scenario.periods[of.problem.departures.periods[unit][0]].id
        for start, row in enumerate(shifts(of, subject, exact=True)):
            plan = shifted(of, subject, row.week, exact=True)
            assert row.cost == least_cost(of, unit, start), (subject, row.week)
            assert row.current == (of.plan.start_of[subject] == row.week)
            if not row.allowed:
                assert plan is None
                assert row.obstacles[0].sentence.endswith(".")
                forbidden += 1
                continue
            assert plan is not None
            report = verify(of.scenario, plan)
            assert not report.violations
            assert report.cost == row.cost
            assert row.change == row.cost - of.report.cost
            assert row.saturation == report.costs["saturation"] - of.report.costs["saturation"]
            assert row.unplaced == len(of.plan.placements) - len(plan.placements)
            allowed += 1
    return allowed, forbidden


@pytest.mark.parametrize("seeds", [range(10)])
def test_every_week_costs_what_the_whole_model_and_the_verifier_find(seeds: range) -> None:
    found = [check_every_week(of) for seed in seeds if (of := standing(seed)) is not None]
    assert sum(allowed for allowed, _ in found) > 30
    assert sum(forbidden for _, forbidden in found) > 30


@pytest.mark.slow
@pytest.mark.parametrize("first", range(10, 310, 60))
def test_every_week_is_exact_on_hundreds_of_tiny_scenarios(first: int) -> None:
    for seed in range(first, first + 60):
        of = standing(seed)
        if of is not None:
            check_every_week(of)


@pytest.fixture(scope="module")
def small() -> Standing:
    scenario = read(example("small/base"))
    plan = best_plan(scenario)
    assert plan is not None
    return stand(scenario, plan)


def test_the_table_has_one_row_per_usable_week_in_order(small: Standing) -> None:
    rows = list(shifts(small, small.scenario.periods[0].id))
    assert tuple(r.week for r in rows) == SchoolCalendar(small.scenario).usable
    assert [r for r in rows if r.current]


def test_the_table_streams(small: Standing) -> None:
    first = next(shifts(small, small.scenario.periods[0].id))
    assert isinstance(first, Shift)


def test_a_forbidden_week_names_its_rule_and_the_rows(small: Standing) -> None:
    period = small.scenario.periods[0]
    told = [o for row in shifts(small, period.id) for o in row.obstacles]
    assert "fenetre" in {o.rule for o in told}
    assert all(o.sentence and o.messages for o in told)


def test_a_bounded_table_tells_what_it_has_not_proven() -> None:
    scenario = generate(3, 150, "haute")
    of = stand(scenario, _some_plan(scenario))
    units = of.problem.departures.periods
    largest = max(range(len(units)), key=lambda u: sum(of.problem.size[p] for p in units[u]))
    subject = scenario.periods[units[largest][0]].id
    quick, exact = shifts(of, subject), shifts(of, subject, exact=True)
    for soon, best in zip(quick, exact, strict=True):
        assert soon.allowed == best.allowed
        if soon.cost is not None and best.cost is not None:
            assert best.slack == 0
            assert best.cost <= soon.cost <= best.cost + soon.slack


def _some_plan(scenario: Scenario) -> Plan:
    """A plan with a calendar that holds and nobody placed but who must be."""
    problem = prepare(scenario)
    keep = problem.demands.must.nonzero()[0].tolist()
    nobody = Solution(problem.departures.allowed.argmax(axis=1).astype("int32"),
                      (problem.demands.must * 0 - 1).astype("int32"))  # fmt: skip
    units = range(len(problem.departures.periods))
    answer = build(problem, fixed=nobody, free_units=units, free_demands=keep).solve(seconds=20)
    assert answer.solution is not None
    return decode(scenario, problem, answer.solution)


def test_a_common_departure_may_be_named_instead_of_a_period() -> None:
    scenario = next(s for s in map(tiny, range(200)) if any(p.departure for p in s.periods)
                    and best_plan(s) is not None)  # fmt: skip
    plan = best_plan(scenario)
    assert plan is not None
    of = stand(scenario, plan)
    period = next(p for p in scenario.periods if p.departure)
    assert period.departure is not None
    assert list(shifts(of, period.departure)) == list(shifts(of, period.id))


def test_an_unknown_period_is_told_with_the_nearest(small: Standing) -> None:
    name = small.scenario.periods[0].id
    with pytest.raises(UnknownSubject, match=f"Vouliez-vous dire « {name} »"):
        next(shifts(small, name + "x"))


def test_a_plan_that_breaks_a_rule_is_refused(small: Standing) -> None:
    week = Week.parse("2027-W27")
    late = Plan(
        departures=tuple(Departure(period=d.period, start=week) for d in small.plan.departures),
        placements=small.plan.placements,
    )
    with pytest.raises(InvalidPlan, match=small.scenario.periods[0].id):
        stand(small.scenario, late)


def test_promising_weeks_adapt_their_neighbours_and_never_get_worse() -> None:
    scenario = generate(3, 300, "haute")
    plan = solve(scenario, iterations=2000, cores=1).plan
    assert plan is not None
    of = stand(scenario, plan)
    units = of.problem.departures
    largest = max(range(len(units.periods)), key=lambda u: int(units.allowed[u].sum()))
    subject = scenario.periods[units.periods[largest][0]].id
    rows = list(shifts(of, subject))
    found = list(adapted(of, subject, rows))
    assert [one.current for one in found] == [True, False, False, False]
    for one in found:
        row = next(r for r in rows if r.week == one.week)
        report = verify(scenario, one.plan)
        assert not report.violations
        assert report.cost == one.cost == of.report.cost + one.change
        assert row.cost is not None
        assert one.cost <= row.cost
        assert one.plan.start_of[subject] == one.week
        elsewhere = [p for p, w in one.plan.start_of.items() if w != of.plan.start_of[p]]
        assert set(one.moved) <= set(elsewhere)
    assert any(one.moved or one.rehoused for one in found)
    assert list(adapted(of, subject, rows)) == found


@pytest.fixture
def folder(small: Standing, tmp_path: Path) -> Path:
    write_plan(tmp_path / "plan", small.scenario, small.plan)
    return tmp_path / "plan"


Said = tuple[int, str, str]
Bassin = Callable[..., Said]


@pytest.fixture
def bassin(capsys: pytest.CaptureFixture[str]) -> Bassin:
    def run(*arguments: str | Path) -> Said:
        with pytest.raises(SystemExit) as ended:
            main([str(a) for a in arguments])
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


def test_the_verb_tells_every_week_and_draws_the_year(
    small: Standing, folder: Path, bassin: Bassin, tmp_path: Path
) -> None:
    period = small.scenario.periods[0].id
    code, said, _ = bassin(
        "decaler", example("small/base"), folder, period, "--figure", tmp_path / "an.png"
    )
    assert code == 0
    for week in SchoolCalendar(small.scenario).usable:
        assert week.label() in said
    assert "interdite : fenetre" in said
    assert {f.name for f in tmp_path.glob("an.*")} == {"an.png", "an.svg"}


def test_the_verb_writes_json_for_programs(small: Standing, folder: Path, bassin: Bassin) -> None:
    period = small.scenario.periods[0].id
    code, said, _ = bassin("decaler", example("small/base"), folder, period, "--json")
    told = json.loads(said)
    assert code == 0
    assert told["cout"] == small.report.cost
    assert len(told["semaines"]) == len(small.calendar.usable)
    assert told["apres_adaptation"][0]["actuelle"] is True


def test_the_verb_writes_the_plan_of_the_week_chosen(
    small: Standing, folder: Path, bassin: Bassin, tmp_path: Path
) -> None:
    period = small.scenario.periods[0].id
    row = next(r for r in shifts(small, period) if r.allowed and not r.current)
    code, _, _ = bassin(
        "decaler", example("small/base"), folder, period, "--sans-adapter",
        "--semaine", str(row.week), "--sortie", tmp_path / "autre",
    )  # fmt: skip
    written = read_own_plan(tmp_path / "autre", small.scenario).plan
    assert code == 0
    assert written.start_of[period] == row.week
    assert verify(small.scenario, written).cost == row.cost


def test_a_plan_of_another_scenario_is_refused_with_a_clear_sentence(
    small: Standing, folder: Path, bassin: Bassin
) -> None:
    period = small.scenario.periods[0].id
    for other in ("small/binome", "demo"):
        code, _, said = bassin("decaler", example(other), folder, period)
        assert code == 1
        assert "calculé pour un autre scénario" in said


def test_the_picture_outlines_the_week_of_the_plan_and_hatches_what_is_forbidden(
    small: Standing,
) -> None:
    rows = list(shifts(small, small.scenario.periods[0].id))
    axes = shift_weeks("P", small.calendar.weeks, rows)
    kinds = Counter(patch.get_gid() for patch in axes.patches)
    assert kinds["interdite"] == sum(not r.allowed for r in rows)
    assert kinds["permise"] == sum(r.allowed for r in rows)
    assert kinds["fermee"] == len(small.calendar.weeks) - len(rows)
    assert kinds[None] == 1
