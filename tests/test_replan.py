"""A scenario that changed: repaired without a violation, moving little, and saying what moved."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from scenarios import write, write_plan
from scenarios.generate import generate, tiny
from service.cli import main
from solver.domain import Closure, Host, Period, Plan, Pupil, Scenario
from solver.errors import InvalidPlan, UnknownSubject
from solver.explain.parts import changed
from solver.model import build
from solver.prepare import decode, prepare
from solver.search import solve
from solver.verify import verify
from solver.week import Week
from solver.whatif import Replanned, replan

Change = Callable[[Scenario, Plan], Scenario]


@pytest.fixture(scope="module")
def bassin() -> tuple[Scenario, Plan]:
    scenario = generate(5, 500, "normale")
    plan = solve(scenario, iterations=60_000, cores=1).plan
    assert plan is not None
    return scenario, plan


def without(scenario: Scenario, *gone: str) -> Scenario:
    """The scenario without some hosts."""
    return changed(
        scenario,
        hosts=tuple(h for h in scenario.hosts if h.id not in gone),
        capacities=tuple(c for c in scenario.capacities if c.host not in gone),
        closures=tuple(c for c in scenario.closures if c.target not in gone),
        found_places=tuple(f for f in scenario.found_places if f.host not in gone),
    )


def with_periods(scenario: Scenario, edit: Callable[[Period], Period]) -> Scenario:
    return changed(scenario, periods=tuple(edit(p) for p in scenario.periods))


def busiest(scenario: Scenario, plan: Plan) -> Host:
    """The host with most pupils of whom none has signed there."""
    signed = {f.host for f in scenario.found_places}
    heads = [p.host for p in plan.placements if p.host not in signed]
    return scenario.host_of[max(sorted(set(heads)), key=heads.count)]


def plan_of(done: Replanned) -> Plan:
    assert done.result.plan is not None
    return done.result.plan


def check(scenario: Scenario, before: Plan, done: Replanned) -> None:
    """No violation, and every difference is told, once."""
    plan = plan_of(done)
    report = verify(scenario, plan)
    assert not report.violations
    assert done.result.report == report
    assert done.result.bound <= report.cost
    told = {r.period: (r.before, r.after) for r in done.redated}
    for period in scenario.periods:
        old, new = before.start_of.get(period.id), plan.start_of[period.id]
        assert (old != new) == (period.id in told)
        assert told.get(period.id, (old, new)) == (old, new)
    moved = {(r.pupil, r.period): (r.before, r.after) for r in done.rehoused}
    for pupil, p in scenario.demands():
        key = pupil.id, p.id
        sides = tuple(
            side.placement_of[key].host if key in side.placement_of else None
            for side in (before, plan)
        )
        assert (sides[0] != sides[1]) == (key in moved)
        assert moved.get(key, sides) == sides


def test_without_a_host_only_its_pupils_lose_their_place_and_all_dates_stay(
    bassin: tuple[Scenario, Plan],
) -> None:
    scenario, before = bassin
    gone = busiest(scenario, before)
    after = without(scenario, gone.id)
    done = replan(after, before, seconds=2)
    check(after, before, done)
    assert done.result.report is not None
    gap = done.result.report.cost - done.result.bound
    assert gap <= sum(done.result.causes.values()) + 6 <= 2 * gap + 12
    there = [p for p in before.placements if p.host == gone.id]
    assert done.untouched == len(before.placements) - len(there) > 0
    assert done.kept >= 0.97 * done.untouched
    assert done.kept_share == done.kept / done.untouched
    assert {(r.pupil, r.period) for r in done.rehoused if r.cause == "place-perdue"} == {
        (p.pupil, p.period) for p in there
    }
    assert all(r.cause == "place" for r in done.redated)


def test_nothing_changed_means_nothing_lost(bassin: tuple[Scenario, Plan]) -> None:
    scenario, before = bassin
    done = replan(scenario, before, seconds=1)
    check(scenario, before, done)
    assert not done.redated
    assert not done.lost
    assert done.untouched == len(before.placements)


def test_an_imposed_date_moves_that_departure_and_says_why(bassin: tuple[Scenario, Plan]) -> None:
    scenario, before = bassin
    period = next(
        p
        for p in scenario.periods
        if p.imposed is None and p.departure is None and not p.exclusions and p.rank == 1
        and sum(q.division == p.division for q in scenario.periods) == 1
    )  # fmt: skip
    week = next(
        w
        for w in (before.start_of[period.id].plus(i) for i in (1, -1, 2, -2, 3, -3))
        if not verify(
            scenario,
            Plan(
                departures=tuple(
                    d.model_copy(update={"start": w}) if d.period == period.id else d
                    for d in before.departures
                ),
                placements=(),
            ),
        ).violations
    )
    after = with_periods(
        scenario, lambda p: p.model_copy(update={"imposed": week}) if p.id == period.id else p
    )
    done = replan(after, before, seconds=1)
    check(after, before, done)
    forced = [r for r in done.redated if r.cause == "impossible"]
    assert [(r.period, r.after) for r in forced] == [(period.id, week)]


def test_new_pupils_find_a_place_and_are_counted(bassin: tuple[Scenario, Plan]) -> None:
    scenario, before = bassin
    model = scenario.pupils[0]
    new = tuple(
        model.model_copy(update={"id": f"nouveau{i}", "group": None, "boarding_house": None})
        for i in range(3)
    )
    after = changed(scenario, pupils=scenario.pupils + new)
    waiting = [
        (u.id, p.id) for u, p in scenario.demands() if (u.id, p.id) not in before.placement_of
    ]
    done = replan(after, before, seconds=1, waiting=waiting)
    check(after, before, done)
    periods = [p for p in scenario.periods if p.division == model.division]
    assert done.new == 3 * len(periods)
    assert {r.pupil for r in done.won} & {p.id for p in new}


def test_a_locked_pupil_and_a_locked_date_do_not_move(bassin: tuple[Scenario, Plan]) -> None:
    scenario, before = bassin
    host = busiest(scenario, before)
    there = [p for p in before.placements if p.host == host.id]
    one = there[0]
    after = changed(
        scenario,
        hosts=tuple(
            h.model_copy(update={"slots": 1, "max_slot_weeks": None}) if h.id == host.id else h
            for h in scenario.hosts
        ),
        capacities=tuple(c for c in scenario.capacities if c.host != host.id),
    )
    period = scenario.periods[-1].id
    done = replan(after, before, seconds=1, locks=[one.pupil, period], free_dates=True)
    check(after, before, done)
    mine = {k: p for k, p in before.placement_of.items() if k[0] == one.pupil}
    for key, placement in mine.items():
        assert plan_of(done).placement_of[key].host == placement.host
        assert plan_of(done).start_of[key[1]] == before.start_of[key[1]]
    assert plan_of(done).start_of[period] == before.start_of[period]


def test_a_lock_that_cannot_hold_is_refused_with_all_its_faults(
    bassin: tuple[Scenario, Plan],
) -> None:
    scenario, before = bassin
    host = busiest(scenario, before)
    pupils = sorted({p.pupil for p in before.placements if p.host == host.id})[:2]
    with pytest.raises(InvalidPlan) as refused:
        replan(without(scenario, host.id), before, seconds=1, locks=pupils)
    assert {f.code for f in refused.value.faults} == {"verrou-impossible"}
    assert all(any(pupil in f.message for f in refused.value.faults) for pupil in pupils)
    with pytest.raises(UnknownSubject, match="Vouliez-vous dire"):
        replan(scenario, before, seconds=1, locks=[pupils[0] + "x"])


def test_an_impossible_change_is_explained(bassin: tuple[Scenario, Plan]) -> None:
    scenario, before = bassin
    period = scenario.periods[0]
    school = scenario.division_of[period.division].establishment
    closed = Closure(target=school, first=Week.parse("2026-W35"), last=Week.parse("2027-W28"))
    done = replan(changed(scenario, closures=(*scenario.closures, closed)), before, seconds=5)
    assert done.result.status == "infeasible"
    assert done.result.plan is None
    assert any("blocages.csv" in row for c in done.result.conflicts for row in c.rows)


CHANGES: dict[str, Change] = {
    "a host less": lambda s, plan: without(s, *{p.host for p in plan.placements[:1]}),
    "one slot everywhere": lambda s, _: changed(
        s, hosts=tuple(h.model_copy(update={"slots": min(h.slots, 1)}) for h in s.hosts)
    ),
    "another week imposed": lambda s, plan: with_periods(
        s,
        lambda p: (
            p
            if p.id != s.periods[0].id
            else p.model_copy(update={"imposed": plan.start_of[p.id].plus(1)})
        ),
    ),
    "longer gaps": lambda s, _: with_periods(
        s, lambda p: p.model_copy(update={"min_gap_weeks": p.min_gap_weeks + 2})
    ),
    "a pupil more": lambda s, _: changed(
        s,
        pupils=(
            *s.everyone,
            Pupil(id="nouveau", division=s.divisions[0].id, home=s.places[0].id, age=17),
        ),
    ),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(
    "seeds", [range(6), pytest.param(range(6, 60), marks=pytest.mark.slow)], ids=["few", "many"]
)
def test_every_change_of_a_tiny_bassin_is_repaired_or_impossible(change: str, seeds: range) -> None:
    repaired = 0
    for seed in seeds:
        scenario = tiny(seed)
        problem = prepare(scenario)
        answer = build(problem).solve(seconds=30)
        if answer.solution is None:
            continue
        before = decode(scenario, problem, answer.solution)
        after = CHANGES[change](scenario, before)
        done = replan(after, before, seconds=0.2)
        if done.result.plan is None:
            assert done.result.status == "infeasible"
            assert build(prepare(after)).solve(seconds=30).status == "infeasible"
            continue
        check(after, before, done)
        repaired += 1
    assert repaired


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[object, str, str]:
    with pytest.raises(SystemExit) as ended:
        main([str(a) for a in arguments])
    said = capsys.readouterr()
    return ended.value.code, said.out, said.err


def test_the_verb_writes_a_plan_that_belongs_to_the_changed_scenario(
    bassin: tuple[Scenario, Plan], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario, before = bassin
    gone = busiest(scenario, before)
    old, new = tmp_path / "avant", tmp_path / "apres"
    write(scenario, old)
    write(without(scenario, gone.id), new)
    write_plan(tmp_path / "plan", scenario, before)
    arguments = (new, tmp_path / "plan", "--avant", old, "--temps", 1, "--sortie", tmp_path / "p2")
    code, out, _ = run(capsys, "replanifier", *arguments)
    assert code == 0
    assert "gardées sur" in out
    assert "D’où vient cet écart" in out
    assert run(capsys, "verify", new, tmp_path / "p2")[0] == 0
    moved = json.loads((tmp_path / "p2" / "changements.json").read_text(encoding="utf-8"))
    assert {r["avant"] for r in moved["deplaces"]} >= {gone.id}
    code, out, _ = run(capsys, "replanifier", *arguments, "--json")
    assert code == 0
    told = json.loads(out)
    assert told["part_gardee"] >= 0.97
    assert set(told["causes"]) & {"départs de 3e", "calendrier des formations"}
    code, _, err = run(capsys, "replanifier", old, tmp_path / "plan", "--avant", new)
    assert code == 1
    assert "autre scénario" in err


def test_the_verb_refuses_the_plan_of_another_bassin(
    bassin: tuple[Scenario, Plan], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(generate(1, 200), tmp_path / "autre")
    write_plan(tmp_path / "plan", *bassin)
    code, _, err = run(
        capsys, "replanifier", tmp_path / "autre", tmp_path / "plan", "--tables-changees"
    )
    assert code == 1
    assert "pas un état antérieur" in err
