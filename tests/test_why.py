"""Why a pupil has no place: the funnel counts, seats are held by whom it says, remedies work."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from scenarios import write, write_plan
from scenarios.generate import generate, tiny
from service.cli import main
from solver.domain import (
    Capacity,
    Division,
    Establishment,
    Host,
    Period,
    Place,
    Placement,
    Plan,
    Pupil,
    Scenario,
)
from solver.errors import UnknownSubject
from solver.indicators import reasons
from solver.model import build
from solver.prepare import decode, prepare
from solver.rules import diplome
from solver.search import solve
from solver.verify import verify
from solver.week import Week
from solver.whatif import Applied, Remedies, openings, shortage, stand, why
from solver.whatif.edits import with_pupils, with_slots
from solver.whatif.standing import Standing

Demand = tuple[Pupil, Period]


@pytest.fixture(scope="module")
def standing() -> Standing:
    """A bassin of 400 pupils where places are scarce, planned in a hurry."""
    scenario = generate(3, 400, "haute")
    plan = solve(scenario, iterations=4000, cores=1).plan
    assert plan is not None
    return stand(scenario, plan)


def unplaced(of: Standing) -> list[Demand]:
    return [(u, p) for u, p in of.scenario.demands() if (u.id, p.id) not in of.plan.placement_of]


@pytest.fixture(scope="module")
def remedied(standing: Standing) -> dict[tuple[str, str], tuple[Applied, ...]]:
    remedies = Remedies(standing)
    return {(u.id, p.id): remedies.of(u, p) for u, p in unplaced(standing)}


def test_each_remedy_places_the_pupil_and_keeps_every_rule(
    standing: Standing, remedied: dict[tuple[str, str], tuple[Applied, ...]]
) -> None:
    assert len([d for d, found in remedied.items() if found]) > 0.9 * len(remedied) > 20
    for demand, found in remedied.items():
        for applied in found:
            report = verify(applied.scenario, applied.plan)
            assert not report.violations
            assert demand in applied.plan.placement_of
            assert applied.remedy.change == report.cost - standing.report.cost
            assert applied.remedy.host == applied.plan.placement_of[demand].host
        changes = [applied.remedy.change for applied in found]
        assert changes == sorted(changes)


def test_once_stopped_the_search_tells_the_remedies_it_had(
    standing: Standing, remedied: dict[tuple[str, str], tuple[Applied, ...]]
) -> None:
    (pupil, period), all_found = max(remedied.items(), key=lambda item: len(item[1]))
    assert len(all_found) > 1
    lengths = []
    for patience in range(12):
        asked = iter(range(patience))
        (said,) = why(standing, pupil, period, stop=lambda left=asked: next(left, None) is None)
        assert said.steps
        lengths.append(len(said.remedies))
    assert lengths[0] == 0
    assert lengths == sorted(lengths)


def test_a_remedy_keeps_what_it_does_not_name(
    standing: Standing, remedied: dict[tuple[str, str], tuple[Applied, ...]]
) -> None:
    for found in remedied.values():
        for applied in found:
            if applied.remedy.kind == "decalage":
                assert applied.scenario is standing.scenario
            else:
                assert applied.plan.departures == standing.plan.departures
                kept = applied.plan.placements[: len(standing.plan.placements)]
                assert kept == standing.plan.placements


def test_without_its_change_of_the_tables_a_remedy_breaks_a_rule(
    standing: Standing, remedied: dict[tuple[str, str], tuple[Applied, ...]]
) -> None:
    for found in remedied.values():
        for applied in found:
            if applied.remedy.kind in ("place", "age", "trajet", "internat"):
                assert verify(standing.scenario, applied.plan).violations


def plans(scenario: Scenario) -> tuple[Plan, ...]:
    """The best plan, and its calendar with nobody placed where nobody must be."""
    problem = prepare(scenario)
    answer = build(problem).solve(seconds=30)
    if answer.solution is None:
        return ()
    best = decode(scenario, problem, answer.solution)
    nobody = Plan(departures=best.departures, placements=())
    return (best,) if problem.demands.must.any() else (best, nobody)


@pytest.mark.parametrize(
    "seeds", [range(25), pytest.param(range(25, 150), marks=pytest.mark.slow)], ids=["few", "many"]
)
def test_remedies_hold_in_scenarios_where_every_rule_is_at_work(seeds: range) -> None:
    kinds = set()
    for seed in seeds:
        scenario = tiny(seed)
        for plan in plans(scenario):
            of = stand(scenario, plan)
            remedies = Remedies(of)
            for pupil, period in unplaced(of):
                for applied in remedies.of(pupil, period):
                    assert not verify(applied.scenario, applied.plan).violations
                    assert (pupil.id, period.id) in applied.plan.placement_of
                    kinds.add(applied.remedy.kind)
                    if applied.remedy.kind == "trajet":
                        assert breaks_if_a_minute_shorter(applied, pupil)
    assert {"rien", "place", "trajet", "decalage"} <= kinds


def breaks_if_a_minute_shorter(applied: Applied, pupil: Pupil) -> bool:
    """Whether somebody of the pupil's group needed every minute."""
    mates = [
        p
        for p in applied.scenario.pupils_of[pupil.division]
        if p.id == pupil.id or (pupil.group and p.group == pupil.group)
    ]
    less = with_pupils(
        applied.scenario,
        mates,
        lambda p: p.model_copy(update={"max_journey_minutes": (p.max_journey_minutes or 0) - 1}),
    )
    return "trajet" in {v.rule for v in verify(less, applied.plan).violations}


def test_the_funnel_counts_what_each_rule_leaves(standing: Standing) -> None:
    found = standing.scenario.found_place_of
    pupil, period = next((u, p) for u, p in unplaced(standing) if (u.id, p.id) not in found)
    answer = next(w for w in why(standing, pupil.id) if w.period == period.id)
    scenario = standing.scenario
    division = scenario.division_of[pupil.division]
    steps = {s.key: s.hosts for s in answer.steps}
    welcome = [h for h in scenario.hosts if division.public in h.publics]
    suiting = [h for h in welcome if diplome.tier_of(pupil, division, h) is not None]
    assert steps["toutes"] == len(scenario.hosts)
    assert steps["public"] == len(welcome)
    assert steps["diplome"] == len(suiting)
    counts = [s.hosts for s in answer.steps]
    assert counts == sorted(counts, reverse=True)
    assert steps["liens"] == 0 or answer.remedies[0].kind == "rien"


def test_seats_are_held_by_whom_it_says(standing: Standing) -> None:
    told = 0
    for pupil, period in unplaced(standing)[:10]:
        answer = why(standing, pupil.id, period.id)[0]
        for seat in answer.seats:
            held = {
                p.pupil
                for p in standing.plan.placements
                if p.host == seat.host
                and not set(answer.weeks).isdisjoint(
                    standing.calendar.occupied(
                        standing.scenario.period_of[p.period], standing.plan.start_of[p.period]
                    )
                )
            }
            assert {u for h in seat.holders for u in h.pupils} == held
            told += len(held)
    assert told


def test_a_placed_pupil_is_told_where(standing: Standing) -> None:
    placement = standing.plan.placements[0]
    answer = why(standing, placement.pupil, placement.period)[0]
    assert (answer.host, answer.reason, answer.remedies) == (placement.host, "", ())


def test_the_reason_is_that_of_the_plan_folder(standing: Standing) -> None:
    row = reasons(standing.scenario, standing.plan)[0]
    answer = why(standing, row.pupil, row.period)[0]
    assert (answer.reason, answer.detail) == (row.reason, row.detail)


@pytest.mark.parametrize("name", ["personne", ""])
def test_an_unknown_pupil_is_told(standing: Standing, name: str) -> None:
    with pytest.raises(UnknownSubject):
        why(standing, name)


def test_a_period_of_another_division_is_refused(standing: Standing) -> None:
    pupil = standing.scenario.everyone[0]
    other = next(p for p in standing.scenario.periods if p.division != pupil.division)
    with pytest.raises(UnknownSubject, match="une période de la division"):
        why(standing, pupil.id, other.id)


# --- for many ------------------------------------------------------------------------------------


def test_each_opening_places_as_many_as_it_says(standing: Standing) -> None:
    thinned = stand(
        standing.scenario,
        Plan(departures=standing.plan.departures, placements=_without_some(standing)),
    )
    found = openings(thinned)
    assert found[0].opening.kind == "rien"
    base, cost = len(thinned.plan.placements), thinned.report.cost
    for i, one in enumerate(found):
        report = verify(one.scenario, one.plan)
        assert not report.violations
        assert one.opening.placed == len(one.plan.placements) - base > 0
        assert one.opening.change == report.cost - cost
        if i == 0:
            base, cost = len(one.plan.placements), report.cost
    placed = [one.opening.placed for one in found[1:]]
    assert placed == sorted(placed, reverse=True)
    assert "place" in {one.opening.kind for one in found}


def _without_some(of: Standing) -> tuple[Placement, ...]:
    """Every tenth pupil taken out, where no rule binds them to others or to their place."""
    scenario = of.scenario
    signed = {(f.pupil, f.period) for f in scenario.found_places}
    small = {h.id for h in scenario.hosts if h.group_min == 1}
    return tuple(
        p
        for i, p in enumerate(of.plan.placements)
        if i % 10
        or (p.pupil, p.period) in signed
        or scenario.pupil_of[p.pupil].group
        or p.host not in small
    )


def test_an_establishment_is_told_its_own_share(standing: Standing) -> None:
    whole = shortage(standing)
    assert whole.unplaced == len(unplaced(standing)) == sum(whole.reasons.values())
    schools = [shortage(standing, e.uai) for e in standing.scenario.establishments]
    assert sum(s.unplaced for s in schools) == whole.unplaced
    assert whole.fewest is not None
    assert 0 < whole.fewest <= whole.unplaced
    assert {s.fewest for s in schools} == {None}


def test_an_unknown_establishment_is_told(standing: Standing) -> None:
    with pytest.raises(UnknownSubject):
        shortage(standing, "0000000A")


# --- edits ---------------------------------------------------------------------------------------


def test_more_slots_split_the_rows_they_fall_in(standing: Standing) -> None:
    weeks = [Week(2026, 47), Week(2026, 48), Week(2026, 49), Week(2026, 50)]
    host = standing.scenario.hosts[0].id
    row = Capacity(host=host, public="*", first=weeks[0], last=weeks[-1], slots=2)
    scenario = Scenario.model_validate(
        {n: getattr(standing.scenario, n) for n in Scenario.model_fields} | {"capacities": (row,)}
    )
    edited = with_slots(scenario, host, None, {weeks[1]: 3})
    assert [(c.first, c.last, c.slots) for c in edited.capacities] == [
        (weeks[0], weeks[0], 2),
        (weeks[1], weeks[1], 3),
        (weeks[2], weeks[3], 2),
    ]


def test_a_division_known_by_its_head_count_keeps_all_its_pupils() -> None:
    whole = generate(3, 60)
    bare = Scenario.model_validate(
        {n: getattr(whole, n) for n in Scenario.model_fields} | {"pupils": (), "found_places": ()}
    )
    one = bare.everyone[0]
    edited = with_pupils(bare, [one], lambda p: p.model_copy(update={"age": 17}))
    assert {p.id for p in edited.everyone} == {p.id for p in bare.everyone}
    assert edited.pupil_of[one.id].age == 17


# --- the verb ------------------------------------------------------------------------------------

Said = tuple[int, str, str]


@pytest.fixture
def bassin(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    def run(*arguments: str | Path) -> Said:
        with pytest.raises(SystemExit) as ended:
            main([str(a) for a in arguments])
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


@pytest.fixture(scope="module")
def folders(standing: Standing, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    home = tmp_path_factory.mktemp("pourquoi")
    write(standing.scenario, home / "bassin")
    write_plan(home / "plan", standing.scenario, standing.plan)
    return home / "bassin", home / "plan"


def test_the_verb_answers_for_a_pupil(
    bassin: Callable[..., Said], folders: tuple[Path, Path], standing: Standing
) -> None:
    pupil, period = unplaced(standing)[0]
    code, said, _ = bassin("pourquoi", *folders, pupil.id, "--periode", period.id)
    assert code == 0
    assert "Sans place" in said
    assert "structures du bassin" in said
    code, said, _ = bassin("pourquoi", *folders, pupil.id, "--periode", period.id, "--json")
    told = json.loads(said)
    assert told[0]["remedes"] == [
        r.model_dump(mode="json") for r in why(standing, pupil.id, period.id)[0].remedies
    ]


def test_the_verb_answers_for_the_bassin_and_for_an_establishment(
    bassin: Callable[..., Said], folders: tuple[Path, Path], standing: Standing
) -> None:
    code, said, _ = bassin("pourquoi", *folders)
    assert code == 0
    assert "sans place dans le bassin" in said
    uai = standing.scenario.establishments[0].uai
    code, said, _ = bassin("pourquoi", *folders, uai, "--json")
    assert code == 0
    assert json.loads(said)["perimetre"] == uai


def test_the_verb_names_the_nearest_pupil(
    bassin: Callable[..., Said], folders: tuple[Path, Path], standing: Standing
) -> None:
    name = standing.scenario.everyone[0].id
    code, _, said = bassin("pourquoi", *folders, name + "9")
    assert code == 2
    assert "Vouliez-vous dire" in said


def one_host(pupils: int, regulated: bool = False, **host: object) -> Standing:
    """A division of pupils of 16 and one host that cannot take them all; planned at best."""
    scenario = Scenario(
        title="Un accueil",
        bassin="B",
        academy="A",
        year="2026-2027",
        zone="B",
        places=(Place(id="L1", latitude=48.6, longitude=6.5),),
        establishments=(Establishment(uai="0540037X", name="LP", type="LP", place="L1"),),
        divisions=(
            Division(
                id="A", establishment="0540037X", public="CAP", headcount=pupils,
                regulated=regulated,
            ),
        ),
        periods=(Period(id="A1", division="A", rank=1, duration_weeks=3),),
        pupils=tuple(Pupil(id=f"a{i}", division="A", home="L1", age=16) for i in range(pupils)),
        hosts=(
            Host.model_validate(
                {"id": "30100000100025", "place": "L1", "publics": ("CAP",), "slots": pupils} | host
            ),
        ),
    )  # fmt: skip
    plan = plans(scenario)[0]
    return stand(scenario, plan)


@pytest.mark.parametrize(
    ("of", "kind", "words"),
    [
        (one_host(1, age_min=18), "age", "dès 16 ans"),
        (one_host(1, regulated=True), "age", "une dérogation aux travaux réglementés jusqu’au"),
        (one_host(4, staff=5), "place", "un quota de stagiaires élargi"),
    ],
    ids=["age", "derogation", "quota"],
)
def test_an_age_a_waiver_or_a_quota_in_the_way_has_its_remedy(
    of: Standing, kind: str, words: str
) -> None:
    ((pupil, period),) = unplaced(of)
    (applied,) = Remedies(of).of(pupil, period)
    assert applied.remedy.kind == kind
    assert applied.remedy.unplaced == -1
    assert words in applied.remedy.sentence
    report = verify(applied.scenario, applied.plan)
    assert not report.violations
    assert (pupil.id, period.id) in applied.plan.placement_of
    assert applied.remedy.change == report.cost - of.report.cost
    assert verify(of.scenario, applied.plan).violations
