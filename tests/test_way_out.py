"""Ways out of impossible scenarios, and conflicts planted in whole bassins."""

import importlib.util
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from scenarios import read, write
from scenarios.generate import generate, tiny
from service.cli import main
from solver.calendar import SchoolCalendar
from solver.domain import Closure, Period, Scenario
from solver.explain import explain_infeasible, way_out
from solver.explain.loosen import loosenings
from solver.explain.parts import changed
from solver.explain.statements import stated
from solver.model import build
from solver.prepare import may_start, prepare
from solver.week import Week

SHARED = Path(__file__).parents[2] / "shared" / "scenarios"


def _neighbour(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


planted = _neighbour("test_explain")


# --- ways out


@pytest.mark.parametrize("name", planted.PLANTED)
def test_one_cell_is_enough_for_a_planted_conflict(name: str) -> None:
    scenario, _ = planted.PLANTED[name]
    out = way_out(scenario)
    assert out is not None
    assert len(out.sentences) == 1
    assert out.sentences[0].endswith(".")
    assert out.fewest
    assert explain_infeasible(out.scenario) == ()
    assert build(prepare(out.scenario)).solve(seconds=20).solution is not None


def test_a_possible_scenario_needs_no_way_out() -> None:
    scenario = planted.bassin()
    out = way_out(scenario)
    assert out is not None
    assert (out.sentences, out.fewest, out.scenario) == ((), True, scenario)


def test_one_change_ends_two_conflicts_that_share_a_row() -> None:
    closure = Closure(
        target="0540037X", first=Week.parse("2026-W47"), last=Week.parse("2026-W47"), reason="CCF"
    )
    scenario = planted.pinned(planted.bassin(periods=planted.TOGETHER), closure)
    assert len(explain_infeasible(scenario)) == 2
    out = way_out(scenario)
    assert out is not None
    assert out.sentences == ("Rouvrir 2026-W47 pour 0540037X (blocages).",)


@pytest.mark.parametrize(
    "seeds", [range(20), pytest.param(range(20, 400), marks=pytest.mark.slow)], ids=["few", "many"]
)
def test_no_smaller_set_of_cells_would_do(seeds: range) -> None:
    sizes = []
    for seed in seeds:
        scenario = tiny(seed)
        if not explain_infeasible(scenario):
            continue
        out = way_out(scenario)
        assert out is not None
        assert build(prepare(out.scenario)).solve(seconds=30).solution is not None
        sizes.append(len(out.sentences))
        if out.fewest and len(out.sentences) > 1:
            for statement in stated(scenario).statements.values():
                steps = list(loosenings(scenario, statement))
                assert not steps or stated(steps[-1].apply(scenario)).possible() is False
    assert sizes


# --- planted in a whole bassin

Planted = tuple[Scenario, set[str], list[Scenario]]
"""The scenario, the rows that conflict, and the scenario without each of them."""
PERIOD, CLOSURE, SCHOOL = "periodes.csv, {} : {}", "blocages.csv, {}", "etablissements.csv, {} : {}"


def edited(scenario: Scenario, **values: dict[str, object]) -> Scenario:
    """Periods with other values, by id with `_` for what Python does not take."""
    return changed(
        scenario,
        periods=tuple(
            p.model_copy(update=values[p.id]) if p.id in values else p for p in scenario.periods
        ),
    )


def free_weeks(scenario: Scenario, period: Period) -> list[Week]:
    calendar = SchoolCalendar(scenario)
    allowed = may_start(scenario, calendar, period)
    return [week for week, free in zip(calendar.usable, allowed, strict=True) if free]


def alone(scenario: Scenario, length: int) -> Iterator[Period]:
    """The only periods of their divisions; what else ties them, `plain` takes away."""
    count = {d.id: sum(p.division == d.id for p in scenario.periods) for d in scenario.divisions}
    for p in scenario.periods:
        if count[p.division] == 1 and p.duration_weeks >= length:
            yield p


def plain(scenario: Scenario, *periods: Period) -> Scenario:
    """These periods without windows, so that only what is planted binds them."""
    bare = {"earliest": None, "latest": None, "imposed": None, "departure": None, "exclusions": ()}
    closed = {p.division for p in periods} | {
        scenario.division_of[p.division].establishment for p in periods
    }
    scenario = edited(scenario, **{p.id: bare for p in periods})
    return changed(scenario, closures=tuple(c for c in scenario.closures if c.target not in closed))


def window(scenario: Scenario) -> Planted:
    (p, *_) = alone(scenario, 2)
    base = plain(scenario, p)
    (a, *_) = free_weeks(base, p)
    hard = edited(base, **{p.id: {"earliest": a, "latest": a, "may_straddle": False}})
    rows = {PERIOD.format(p.id, f"duree = {p.duration_weeks}, debut_min = {a}, fin_max = {a}")}
    return (
        hard,
        rows,
        [
            edited(hard, **{p.id: {"earliest": None}}),
            edited(hard, **{p.id: {"latest": None}}),
            edited(hard, **{p.id: {"duration_weeks": 1}}),
        ],
    )


def closed_week(scenario: Scenario) -> Planted:
    (p, *_) = alone(scenario, 1)
    base = plain(scenario, p)
    (a, *_) = free_weeks(base, p)
    closure = Closure(target=p.division, first=a, last=a, reason="CCF")
    hard = changed(edited(base, **{p.id: {"imposed": a}}), closures=(*base.closures, closure))
    rows = {PERIOD.format(p.id, f"debut_impose = {a}"), CLOSURE.format(f"{p.division}, {a} à {a}")}
    return (
        hard,
        rows,
        [edited(hard, **{p.id: {"imposed": None}}), changed(hard, closures=base.closures)],
    )


def departure(scenario: Scenario) -> Planted:
    (p, q, *_) = alone(scenario, 1)
    base = plain(scenario, p, q)
    a, b = free_weeks(base, p)[2], free_weeks(base, q)[6 + p.duration_weeks]
    hard = edited(
        base,
        **{
            p.id: {"departure": "plante", "latest": a, "duration_weeks": 1},
            q.id: {"departure": "plante", "earliest": b},
        },
    )
    rows = {
        PERIOD.format(p.id, f"fin_max = {a}, depart = plante"),
        PERIOD.format(q.id, f"debut_min = {b}, depart = plante"),
    }
    return (
        hard,
        rows,
        [
            edited(hard, **{x.id: {field: None}})
            for x, field in ((p, "departure"), (q, "departure"), (p, "latest"), (q, "earliest"))
        ],
    )


def exclusion(scenario: Scenario) -> Planted:
    (p, q, *_) = alone(scenario, 1)
    base = plain(scenario, p, q)
    a = next(w for w in free_weeks(base, p) if w in free_weeks(base, q))
    hard = edited(base, **{x.id: {"imposed": a, "exclusions": ("plante",)} for x in (p, q)})
    rows = {PERIOD.format(x.id, f"debut_impose = {a}, exclusion = plante") for x in (p, q)}
    return (
        hard,
        rows,
        [
            edited(hard, **{x.id: {field: empty}})
            for x in (p, q)
            for field, empty in (("imposed", None), ("exclusions", ()))
        ],
    )


def order(scenario: Scenario) -> Planted:
    p, q = next(
        (p, scenario.period_of[after])
        for after, p in scenario.previous_period.items()
        if sum(x.division == p.division for x in scenario.periods) == 2
    )
    base = plain(scenario, p, q)
    a = next(w for w in free_weeks(base, p)[3:] if w in free_weeks(base, q))
    hard = edited(base, **{p.id: {"imposed": a}, q.id: {"imposed": a, "min_gap_weeks": 0}})
    rows = {
        PERIOD.format(p.id, f"debut_impose = {a}"),
        PERIOD.format(q.id, f"debut_impose = {a}, rang = {q.rank}"),
    }
    return hard, rows, [edited(hard, **{x.id: {"imposed": None}}) for x in (p, q)]


def absences(scenario: Scenario) -> Planted:
    training = {d.id: d.establishment for d in scenario.divisions if d.family == "formation"}
    pairs = (
        (p, q)
        for p in scenario.periods
        for q in scenario.periods
        if p.division in training and q.division in training and p.division < q.division
        and training[p.division] == training[q.division] and p.rank == q.rank == 1
        and not (p.departure or q.departure or set(p.exclusions) & set(q.exclusions))
    )  # fmt: skip
    for p, q in pairs:
        uai = training[p.division]
        base = plain(scenario, p, q)
        school = scenario.division_of[p.division].establishment
        shared = [w for w in free_weeks(base, p) if w in free_weeks(base, q)]
        a = shared[2]
        limited = tuple(
            e.model_copy(update={"max_divisions_away": 1}) if e.uai == school else e
            for e in base.establishments
        )
        # the other divisions of the school make no conflict of their own: they have no period
        others = tuple(
            x for x in base.periods if training.get(x.division) != uai or x.id in (p.id, q.id)
        )
        kept = {x.id for x in others}
        found = tuple(f for f in base.found_places if f.period in kept)
        base = changed(base, periods=others, found_places=found)
        hard = changed(
            edited(base, **{x.id: {"imposed": a} for x in (p, q)}), establishments=limited
        )
        rows = {PERIOD.format(x.id, f"debut_impose = {a}") for x in (p, q)} | {
            SCHOOL.format(uai, "divisions_absentes_max = 1")
        }
        cures = [edited(hard, **{x.id: {"imposed": None}}) for x in (p, q)]
        return hard, rows, [*cures, changed(hard, establishments=base.establishments)]
    raise AssertionError("no pair of divisions to plant in")


KINDS: dict[str, Callable[[Scenario], Planted]] = {
    "fenetre": window, "blocage": closed_week, "depart": departure, "exclusion": exclusion,
    "ordre": order, "absences": absences,
}  # fmt: skip


@pytest.fixture(
    scope="module",
    params=["invente", *(pytest.param(n, marks=pytest.mark.slow) for n in ("luneville", "nancy"))],
)
def whole(request: pytest.FixtureRequest) -> Scenario:
    if request.param == "invente":
        return generate(3, 400)
    path = SHARED / f"{request.param}-2026"
    if not path.is_dir():
        pytest.skip("the shared scenarios are not here")
    return read(path)


@pytest.mark.parametrize("kind", KINDS)
def test_in_a_whole_bassin_exactly_the_planted_rows_are_named(whole: Scenario, kind: str) -> None:
    hard, rows, without_one = KINDS[kind](whole)
    (conflict,) = explain_infeasible(hard)
    assert set(conflict.rows) == rows
    for scenario in without_one:
        assert explain_infeasible(scenario) == ()
    out = way_out(hard, seconds=300)
    assert out is not None
    assert len(out.sentences) == 1
    assert explain_infeasible(out.scenario) == ()


# --- the verb


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[object, str, str]:
    with pytest.raises(SystemExit) as ended:
        main([str(a) for a in arguments])
    said = capsys.readouterr()
    return ended.value.code, said.out, said.err


def test_the_verb_explains_and_writes_a_scenario_that_is_possible(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario, rows = planted.PLANTED["more divisions away than allowed"]
    write(scenario, tmp_path / "bassin")
    cured = tmp_path / "corrige"
    code, out, _ = run(capsys, "expliquer", tmp_path / "bassin", "--sortie", cured)
    assert code == 3
    assert all(row in out for row in rows)
    assert "Le plus petit ensemble de changements qui suffit (1 case, vérifié)" in out
    code, out, _ = run(capsys, "expliquer", cured, "--json")
    assert code == 0
    assert json.loads(out)["possible"] is True
    code, out, _ = run(capsys, "expliquer", tmp_path / "bassin", "--json")
    told = json.loads(out)
    assert code == 3
    assert (len(told["conflits"]), len(told["changements"])) == (1, 1)
    assert told["verifie"] is told["le_moins_possible"] is True
    assert run(capsys, "expliquer", tmp_path / "bassin", "--sortie", cured)[0] == 2
