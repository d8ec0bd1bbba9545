"""No verb answers about a plan that belongs to another scenario: it says so and ends."""

from collections.abc import Callable
from pathlib import Path

import pytest

from scenarios import example, read, write, write_plan
from service.cli import main
from solver.domain import Scenario
from solver.explain.parts import changed
from solver.search import solve

Said = tuple[int, str]
Bassin = Callable[..., Said]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A plan, its scenario, the same with one slot more, another bassin."""
    home = tmp_path_factory.mktemp("appartenance")
    scenario = read(example("small/base"))
    plan = solve(scenario, iterations=3000, cores=1).plan
    assert plan is not None
    write_plan(home / "plan", scenario, plan)
    write_plan(home / "plan-b", scenario, plan)
    write(_one_slot_more(scenario), home / "change")
    return {
        "plan": home / "plan",
        "own": example("small/base"),
        "changed": home / "change",
        "foreign": example("demo"),
    }


def _one_slot_more(scenario: Scenario) -> Scenario:
    first, *others = scenario.hosts
    more = first.model_copy(update={"slots": first.slots + 1})
    return changed(scenario, hosts=(more, *others))


@pytest.fixture
def bassin(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Bassin:
    def run(verb: str, scenario: Path, plan: Path, *more: str | Path) -> Said:
        words = [verb, scenario, plan, *more]
        if verb == "comparer":
            words = [verb, plan, plan.with_name("plan-b"), "--scenario", scenario, *more]
        if verb in ("replanifier", "exporter"):
            words += ["--sortie", tmp_path / "sortie"]
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out + said.err

    return run


PERIOD = read(example("small/base")).periods[0].id
VERBS: dict[str, tuple[str, ...]] = {
    "decaler": (PERIOD,),
    "replanifier": ("--temps", "1"),
    "pourquoi": (),
    "prospecter": ("--temps", "1"),
    "comparer": (),
    "indicateurs": (),
    "exporter": ("--format", "csv"),
}
"""All that read a plan but `verify`, which judges any."""


@pytest.mark.parametrize("state", ["changed", "foreign"])
@pytest.mark.parametrize("verb", VERBS)
def test_a_plan_of_another_scenario_or_of_another_state_is_refused(
    folders: dict[str, Path], bassin: Bassin, verb: str, state: str
) -> None:
    code, said = bassin(verb, folders[state], folders["plan"], *VERBS[verb])
    assert code == 1
    assert "ce plan" in said
    assert "calculé pour" in said
    assert not list(folders["plan"].parent.glob("sortie*"))


def test_verify_judges_any_plan_and_says_that_it_is_another_s(
    folders: dict[str, Path], bassin: Bassin
) -> None:
    _, said = bassin("verify", folders["changed"], folders["plan"])
    assert "ce plan a été calculé pour un autre état du scénario" in said


@pytest.mark.parametrize(
    ("state", "more", "expected"),
    [
        ("own", (), 0),
        ("changed", (), 1),
        ("changed", ("--tables-changees",), 0),
        ("changed", ("--avant", "own"), 0),
        ("changed", ("--avant", "changed"), 1),
        ("changed", ("--avant", "changed", "--tables-changees"), 1),
        ("foreign", ("--tables-changees",), 1),
    ],
)
def test_only_replanning_takes_a_plan_of_another_state_shown_or_said(
    folders: dict[str, Path], bassin: Bassin, state: str, more: tuple[str, ...], expected: int
) -> None:
    words = [folders.get(word, word) for word in more]
    code, said = bassin("replanifier", folders[state], folders["plan"], "--temps", "1", *words)
    assert code == expected
    if expected and not more:
        assert "--avant" in said
        assert "--tables-changees" in said
    elif expected:
        assert "calculé pour un autre scénario" in said or "pas un état antérieur" in said
