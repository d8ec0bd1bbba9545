"""Plans side by side: every figure is the verifier's or the indicators', every row is found."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from scenarios import example, read, write_plan
from scenarios.generate import generate
from service.cli import main
from service.exports.comparison import MOST_ROWS, markdown
from service.exports.figures.dumbbell import dumbbell
from service.exports.figures.pareto import pareto as drawn_pareto
from solver.calendar import SchoolCalendar
from solver.compare import Comparison, Contender, compare, pareto
from solver.domain import Departure, Plan, Result, Scenario
from solver.indicators import indicators
from solver.search import solve
from solver.verify import verify
from solver.whatif import shifted, shifts, stand


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return read(example("small/base"))


@pytest.fixture(scope="module")
def plan(scenario: Scenario) -> Plan:
    found = solve(scenario, iterations=2000, cores=1).plan
    assert found is not None
    return found


@pytest.fixture(scope="module")
def other(scenario: Scenario, plan: Plan) -> Plan:
    """The plan with the first period a week away, and one pupil without a place."""
    standing = stand(scenario, plan)
    period = scenario.periods[0].id
    week = next(r.week for r in shifts(standing, period) if r.allowed and not r.current)
    moved = shifted(standing, period, week)
    assert moved is not None
    return Plan(departures=moved.departures, placements=moved.placements[1:])


@pytest.fixture(scope="module")
def comparison(scenario: Scenario, plan: Plan, other: Plan) -> Comparison:
    return compare([Contender("A", scenario, plan, 7), Contender("B", scenario, other)])


def test_costs_are_the_verifiers(
    comparison: Comparison, scenario: Scenario, plan: Plan, other: Plan
) -> None:
    for i, one in enumerate((plan, other)):
        report = verify(scenario, one)
        assert comparison.sides[i].cost == report.cost
        assert comparison.measure("cout").values[i] == report.cost
        for measure in comparison.costs:
            assert measure.values[i] == report.costs[measure.key]


def test_differences_are_against_the_first_plan(comparison: Comparison) -> None:
    cost = comparison.measure("cout")
    assert cost.differences == (comparison.sides[1].cost - comparison.sides[0].cost,)
    assert comparison.sides[0].bound == 7


def test_indicators_are_those_of_each_plan(
    comparison: Comparison, scenario: Scenario, plan: Plan, other: Plan
) -> None:
    for i, one in enumerate((plan, other)):
        figures = indicators(scenario, one)
        assert comparison.measure("sans_place").values[i] == figures.unplaced
        assert comparison.measure("trajet_moyen").values[i] == figures.journeys.mean
        assert comparison.measure("divisions_decalees").values[i] == figures.divisions_moved


def test_every_pupil_placed_in_one_plan_only_is_named(
    comparison: Comparison, plan: Plan, other: Plan
) -> None:
    pair = comparison.pairs[0]
    lost = {(d.pupil, d.period) for d in pair.lost}
    won = {(d.pupil, d.period) for d in pair.won}
    assert lost == set(plan.placement_of) - set(other.placement_of)
    assert won == set(other.placement_of) - set(plan.placement_of)
    assert lost | won
    both = set(plan.placement_of) & set(other.placement_of)
    moved = [d for d in both if plan.placement_of[d].host != other.placement_of[d].host]
    assert pair.rehoused == len(moved)


def test_every_period_that_moves_is_told_with_its_weeks(
    comparison: Comparison, scenario: Scenario, plan: Plan, other: Plan
) -> None:
    told = {r.period: r for r in comparison.pairs[0].redated}
    moved = {p for p in plan.start_of if plan.start_of[p] != other.start_of[p]}
    assert set(told) == moved
    assert moved
    for period in moved:
        assert told[period].weeks == other.start_of[period].since(plan.start_of[period])


def test_establishments_add_up_to_the_bassin(
    comparison: Comparison, plan: Plan, other: Plan
) -> None:
    for i, one in enumerate((plan, other)):
        demands = sum(s.demands[i] for s in comparison.schools)
        unplaced = sum(s.unplaced[i] for s in comparison.schools)
        assert unplaced == comparison.measure("sans_place").values[i]
        assert demands - unplaced == len(one.placements)


def test_a_plan_against_itself_differs_in_nothing(scenario: Scenario, plan: Plan) -> None:
    same = compare([Contender("A", scenario, plan), Contender("B", scenario, plan)])
    assert all(d in (0, None) for m in (*same.measures, *same.costs) for d in m.differences)
    pair = same.pairs[0]
    assert (pair.redated, pair.lost, pair.won, pair.rehoused) == ((), (), (), 0)


def test_plans_of_different_scenarios_are_compared_where_they_meet(
    scenario: Scenario, plan: Plan
) -> None:
    gone = scenario.divisions[-1].id
    smaller = Scenario.model_validate(
        {name: getattr(scenario, name) for name in Scenario.model_fields}
        | {
            "divisions": scenario.divisions[:-1],
            "periods": tuple(p for p in scenario.periods if p.division != gone),
            "pupils": tuple(p for p in scenario.pupils if p.division != gone),
            "found_places": (),
        }
    )
    kept = {p.id for p in smaller.periods}
    less = Plan(
        departures=tuple(d for d in plan.departures if d.period in kept),
        placements=tuple(p for p in plan.placements if p.period in kept),
    )
    found = compare([Contender("A", scenario, plan), Contender("B", smaller, less)])
    assert not found.same_scenario
    assert found.pairs[0].only_base == len(scenario.demands()) - len(smaller.demands())
    assert found.pairs[0].only_other == 0
    assert not found.pairs[0].redated


def test_fewer_than_two_plans_or_twins_are_refused(scenario: Scenario, plan: Plan) -> None:
    for names in (("A",), ("A", "A")):
        with pytest.raises(ValueError, match="two plans"):
            compare([Contender(name, scenario, plan) for name in names])


def test_the_front_holds_what_no_other_plan_beats(scenario: Scenario, plan: Plan) -> None:
    usable = SchoolCalendar(scenario).usable
    nobody = Plan(departures=plan.departures, placements=())
    late = Plan(
        departures=tuple(Departure(period=d.period, start=usable[-1]) for d in plan.departures),
        placements=(),
    )
    three = compare(
        [Contender(n, scenario, p) for n, p in (("bon", plan), ("vide", nobody), ("tard", late))]
    )
    points = {p.name: p for p in pareto(three, "sans_place", "decalage_semaine")}
    assert not points["bon"].dominated
    assert points["tard"].dominated
    rates = {p.name: p for p in pareto(three, "taux", "cout")}
    assert rates["vide"].dominated
    assert not rates["bon"].dominated
    with pytest.raises(KeyError):
        pareto(three, "cout", "rien")


def test_the_page_holds_every_section_and_is_french(comparison: Comparison) -> None:
    page = markdown(comparison, ["etablissements-1.png"])
    for title in ("Indicateurs", "Coût par préférence", "Qui gagne, qui perd", "De « A » à « B »"):
        assert f"## {title}" in page
    assert "![etablissements-1.png](etablissements-1.png)" in page
    assert f"{comparison.sides[0].cost:,}".replace(",", "\u202f") in page
    for line in page.splitlines():
        if line.startswith("|"):
            assert line.endswith("|")


def test_long_tables_of_the_page_are_cut_and_say_so() -> None:
    scenario = generate(3, 300)
    plan = solve(scenario, iterations=500, cores=1).plan
    assert plan is not None
    nobody = Plan(departures=plan.departures, placements=())
    page = markdown(compare([Contender("A", scenario, plan), Contender("B", scenario, nobody)]))
    assert f"… et {len(plan.placements) - MOST_ROWS} autres lignes." in page


def test_the_dumbbells_tie_each_establishment_that_has_pupils(comparison: Comparison) -> None:
    axes = dumbbell(comparison)
    assert sum(line.get_gid() == "lien" for line in axes.lines) == len(comparison.schools)


def test_the_front_is_drawn_with_a_disc_per_plan(comparison: Comparison) -> None:
    axes = drawn_pareto(comparison, "cout", "sans_place")
    assert sum(line.get_gid() == "plan" for line in axes.lines) == 2


# --- the verb ------------------------------------------------------------------------------------

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


@pytest.fixture
def folders(tmp_path: Path, scenario: Scenario, plan: Plan, other: Plan) -> list[Path]:
    result = Result(status="feasible", plan=plan, report=verify(scenario, plan), bound=3)
    write_plan(tmp_path / "un", scenario, result)
    write_plan(tmp_path / "deux", scenario, other)
    return [tmp_path / "un", tmp_path / "deux"]


def test_the_verb_writes_the_page_the_json_and_the_figures(
    bassin: Bassin, folders: list[Path], tmp_path: Path, comparison: Comparison
) -> None:
    code, said, _ = bassin(
        "comparer", *folders, "--scenario", example("small/base"), "--sortie", tmp_path / "c"
    )
    assert code == 0
    assert "A = un" in said
    assert {f.name for f in (tmp_path / "c").iterdir()} == {
        "comparaison.md", "comparaison.json", "etablissements-1.png", "etablissements-1.svg",
        "pareto.png", "pareto.svg",
    }  # fmt: skip
    told = json.loads((tmp_path / "c" / "comparaison.json").read_text(encoding="utf-8"))
    assert [side["cout"] for side in told["plans"]] == [side.cost for side in comparison.sides]
    assert told["plans"][0]["borne"] == 3


def test_each_plan_finds_its_own_scenario_by_its_digest(
    bassin: Bassin, folders: list[Path], tmp_path: Path
) -> None:
    binome = read(example("small/binome"))
    found = solve(binome, iterations=500, cores=1)
    write_plan(tmp_path / "trois", binome, found)
    scenarios = ("--scenario", example("small/binome"), "--scenario", example("small/base"))
    code, said, _ = bassin("comparer", folders[0], tmp_path / "trois", *scenarios, "--json")
    assert code == 0
    assert json.loads(said)["meme_scenario"] is False


def test_a_plan_of_none_of_the_scenarios_is_refused(bassin: Bassin, folders: list[Path]) -> None:
    code, _, said = bassin("comparer", *folders, "--scenario", example("small/binome"))
    assert code == 1
    assert "n’a été calculé pour aucun des scénarios donnés" in said


@pytest.mark.parametrize("axes", ["cout", "cout,rien"])
def test_a_wrong_axis_is_a_usage_error(bassin: Bassin, folders: list[Path], axes: str) -> None:
    code, _, said = bassin(
        "comparer", *folders, "--scenario", example("small/base"), "--axes", axes
    )
    assert code == 2
    assert "mesure" in said
