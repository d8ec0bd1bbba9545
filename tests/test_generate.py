"""Generated bassins: the same from the same seed, valid, believable; tiny ones, diverse."""

from collections import Counter
from pathlib import Path
from statistics import median

import pytest

from scenarios.generate import (
    DEFAULT_FEATURES,
    FEATURES,
    agreements,
    demo,
    generate,
    raw_plans,
    tiny,
)
from scenarios.generate.identifiers import passes_luhn, siren, siret, uai
from scenarios.writing import files
from solver.calendar import SchoolCalendar
from solver.domain import Frozen, Placement, Plan, Scenario
from solver.integrity import faults
from solver.model import build
from solver.prepare import decode, prepare
from solver.verify import verify

TINY = [tiny(seed) for seed in range(500)]
TABLES = {
    "places": 1.0, "journeys": 0.2, "establishments": 1.0, "divisions": 1.0, "periods": 1.0,
    "pupils": 0.8, "hosts": 0.8, "capacities": 0.2, "boarding_houses": 0.4, "found_places": 0.2,
    "closures": 0.2,
}  # fmt: skip


@pytest.fixture(scope="module")
def small() -> Scenario:
    return generate(1, "S")


def trains(scenario: Scenario, division: str) -> bool:
    return scenario.division_of[division].family == "formation"


def test_a_uai_carries_the_check_letter_of_real_ones() -> None:
    real = "0540037X"
    assert uai(1) == "0990001N"
    assert all(
        u[-1] == "ABCDEFGHJKLMNPRSTUVWXYZ"[int(u[:-1]) % 23] for u in (uai(7), uai(1234), real)
    )


def test_siren_and_siret_pass_the_check_that_real_ones_pass() -> None:
    assert passes_luhn("73282932000074")
    assert not passes_luhn("73282932000075")
    assert len(siret(siren(12), 3)) == 14
    assert all(passes_luhn(siren(n)) and passes_luhn(siret(siren(n), n + 1)) for n in range(50))


def test_the_same_arguments_give_the_same_bassin_to_the_byte(small: Scenario) -> None:
    assert generate(1, "S").model_dump_json() == small.model_dump_json()
    assert tiny(7).model_dump_json() == tiny(7).model_dump_json()


def test_another_seed_gives_another_bassin(small: Scenario) -> None:
    other = generate(2, "S")
    assert other.hosts != small.hosts
    assert other.pupils != small.pupils


@pytest.mark.parametrize(("size", "expected"), [("S", 2_500), ("M", 6_700)])
def test_sizes_count_pupil_periods_as_the_shared_bassins_do(size: str, expected: int) -> None:
    demands = [len(generate(seed, size).demands()) for seed in range(3)]  # type: ignore[arg-type]
    assert all(0.85 * expected < n < 1.15 * expected for n in demands), demands


@pytest.mark.slow
@pytest.mark.parametrize(("size", "expected"), [("L", 17_000), ("XL", 51_000)])
def test_large_sizes_count_pupil_periods_as_promised(size: str, expected: int) -> None:
    scenario = generate(3, size)  # type: ignore[arg-type]
    assert 0.9 * expected < len(scenario.demands()) < 1.1 * expected
    assert faults(scenario) == ()


@pytest.mark.parametrize("pupils", [1, 30, 200, 900])
@pytest.mark.parametrize("tension", ["basse", "normale", "haute"])
def test_bassins_of_any_size_and_tension_are_without_fault(pupils: int, tension: str) -> None:
    for seed in range(3):
        assert faults(generate(seed, pupils, tension)) == ()  # type: ignore[arg-type]


@pytest.mark.parametrize("feature", sorted(FEATURES))
def test_each_feature_alone_or_left_out_gives_a_bassin_without_fault(feature: str) -> None:
    assert faults(generate(4, 150, features=[feature])) == ()  # type: ignore[list-item]
    assert faults(generate(4, 150, features=FEATURES - {feature})) == ()


def test_tension_is_a_matter_of_slots_per_pupil() -> None:
    low, normal, high = (generate(6, "S", t) for t in ("basse", "normale", "haute"))
    slots = [sum(h.slots for h in s.hosts) / len(s.everyone) for s in (low, normal, high)]
    assert 0.62 < slots[0] < 0.72
    assert 0.42 < slots[1] < 0.57
    assert 0.35 < slots[2] < 0.42


def test_some_trades_are_short_of_places_and_others_have_plenty() -> None:
    """Slot-weeks offered per pupil-week needed, by sector: luneville and nancy show a median of
    2.5 and 5 and a tenth to a third of the sectors below 2."""
    scenario = generate(2, "M")
    usable = len(SchoolCalendar(scenario).usable)
    need: Counter[str] = Counter()
    for pupil, period in scenario.demands():
        sectors = scenario.division_of[pupil.division].sectors
        for sector in sectors:
            need[sector] += period.duration_weeks / len(sectors)  # type: ignore[assignment]
    offer = {
        sector: usable * sum(h.slots for h in scenario.hosts if f"secteur:{sector}" in h.diplomas)
        for sector in need
    }
    ratios = sorted(offer[s] / need[s] for s in need)
    assert 2 < median(ratios) < 7
    assert 0.05 < sum(r < 2 for r in ratios) / len(ratios) < 0.45
    assert ratios[-1] > 10


def test_periods_have_the_shape_of_real_calendars(small: Scenario) -> None:
    by_public: dict[str, list[int]] = {}
    for period in small.periods:
        public = small.division_of[period.division].public
        by_public.setdefault(public, []).append(period.duration_weeks)
        if public == "2GT":
            assert str(period.imposed) == "2027-W24"
        if public in ("3E", "2GT"):
            school = small.division_of[period.division].establishment
            assert (period.departure or "").startswith(school)
    assert set(by_public["3E"]) == {1}
    assert set(by_public["2GT"]) == {2}
    assert set(by_public["BACPRO"]) == {3, 5}
    assert set(by_public["CAP"]) == {3, 4}


def test_departures_of_3e_leave_together_with_their_own_school(small: Scenario) -> None:
    schools = {}
    for period in small.periods:
        if period.departure:
            establishment = small.division_of[period.division].establishment
            schools.setdefault(period.departure, set()).add(establishment)
    assert schools
    assert all(len(s) == 1 for s in schools.values())


def test_every_period_can_start_somewhere_in_its_window() -> None:
    for seed in range(3):
        scenario = generate(seed, 500)
        calendar = SchoolCalendar(scenario)
        for period in scenario.periods:
            starts = [
                w
                for w in calendar.usable
                if period.imposed in (None, w)
                and (period.earliest is None or w >= period.earliest)
                and (weeks := calendar.occupied(period, w))
                and (period.latest is None or weeks[-1] <= period.latest)
            ]
            assert starts, period.id


def test_signed_places_fit_together_in_the_worst_week(monkeypatch: pytest.MonkeyPatch) -> None:
    """All signed pupils of a host at once, whatever the calendar, though every pupil would sign."""
    monkeypatch.setattr(agreements, "_SIGNED", 1.0)
    scenario = generate(8, "M")
    signed = [f for f in scenario.found_places if f.status == "signee"]
    assert len(signed) >= 100
    at_host: dict[str, list[str]] = {}
    trainees: Counter[str] = Counter()
    untouched = {c.host for c in scenario.capacities} | {c.target for c in scenario.closures}
    for row in signed:
        pupil, host = scenario.pupil_of[row.pupil], scenario.host_of[row.host]
        division = scenario.division_of[pupil.division]
        at_host.setdefault(host.id, []).append(row.period)
        trainees[host.id[:9] if host.legal_person else host.id] += trains(scenario, division.id)
        assert host.id not in untouched
        assert host.group_min == 1
        assert pupil.group is None
        assert (pupil.age or 0) >= host.age_min
        assert set(pupil.needs) <= set(host.equipment)
        if division.regulated and (pupil.age or 0) < 18:
            assert host.waiver_until is not None
            assert host.waiver_until >= SchoolCalendar(scenario).weeks[-2].friday
    for identifier, periods in at_host.items():
        host = scenario.host_of[identifier]
        weeks = sum(scenario.period_of[p].duration_weeks for p in periods)
        assert len(periods) <= host.slots
        assert host.max_slot_weeks is None or weeks <= host.max_slot_weeks
        assert host.tutors is None or len(periods) <= 3 * host.tutors
    assert max(trainees.values()) <= 3


def test_every_default_feature_shows_in_a_small_bassin(small: Scenario) -> None:
    persons = Counter(h.legal_person for h in small.hosts if h.legal_person)
    described = {p.division for p in small.pupils}
    publics = {d.public for d in small.divisions}
    shown = {
        "siren_partages": max(persons.values()) > 1,
        "conventions_signees": any(f.status == "signee" for f in small.found_places),
        "hote_meme": any(p.host_link == "meme" for p in small.periods),
        "uai_reserves": any(h.reserved_for for h in small.hosts),
        "frontaliers": any(h.country != "FR" for h in small.hosts)
        and any(len(p.countries) > 1 for p in small.pupils),
        "trajets": bool(small.journeys),
        "lits_mixtes": any(b.beds_mixed for b in small.boarding_houses),
        "inconnus": any(p.age is None for p in small.pupils)
        and any(p.sex is None for p in small.pupils)
        and any(h.staff is None for h in small.hosts),
        "fermetures": bool(small.school_year.closures),
        "autres_publics": {"BTS", "CS", "SEGPA", "3PM", "4E"} <= publics,
        "effectifs_seuls": any(d.id not in described for d in small.divisions),
        "groupe_min": any(h.group_min == 2 for h in small.hosts),
    }
    assert set(shown) == set(DEFAULT_FEATURES)
    assert [feature for feature, there in shown.items() if not there] == []


def test_without_features_none_of_them_shows() -> None:
    plain = generate(1, "S", features=())
    assert all(f.status == "trouve" for f in plain.found_places)
    assert all(h.country == "FR" and not h.reserved_for for h in plain.hosts)
    assert len({h.legal_person for h in plain.hosts}) == len(plain.hosts)
    assert plain.journeys == ()
    assert plain.school_year.closures == ()
    assert {d.public for d in plain.divisions} == {"3E", "2GT", "CAP", "BACPRO"}
    assert len(plain.pupils) == len(plain.everyone)


def test_a_bassin_may_have_no_host_at_all() -> None:
    scenario = generate(1, 200, features={"sans_accueil"})
    assert scenario.hosts == ()
    assert scenario.found_places == ()
    assert scenario.periods


def test_the_quota_of_a_legal_person_can_bind() -> None:
    """Some legal person with fewer than 20 staff offers more than 3 slots to trainees."""
    scenario = generate(1, "M")
    staff: Counter[str] = Counter()
    slots: Counter[str] = Counter()
    for host in scenario.hosts:
        if host.legal_person and host.staff is not None and "CAP" in host.publics:
            staff[host.legal_person] += host.staff
            slots[host.legal_person] += host.slots * host.group_max
    assert sum(slots[p] > 3 and staff[p] < 20 for p in slots) >= 5


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"size": "XXL"}, "XXL"),
        ({"size": 0}, "0"),
        ({"tension": "forte"}, "forte"),
        ({"features": {"licornes"}}, "licornes"),
    ],
)
def test_unknown_words_are_refused_with_the_known_ones(
    arguments: dict[str, object], word: str
) -> None:
    with pytest.raises(ValueError, match=f"{word}.*attendu"):
        generate(1, **arguments)  # type: ignore[arg-type]


def test_the_demo_is_a_bassin_that_a_person_can_grasp() -> None:
    scenario = demo()
    assert len(scenario.establishments) == 8
    assert 40 <= len(scenario.divisions) <= 45
    assert any(e.priority_education for e in scenario.establishments)
    assert any(b.open for b in scenario.boarding_houses)
    assert any(p.group for p in scenario.pupils)
    assert scenario.found_places
    assert "Aubrelle" in scenario.title


# Tiny scenarios


def test_tiny_scenarios_are_small_enough_to_enumerate() -> None:
    for scenario in TINY:
        usable = SchoolCalendar(scenario).usable
        assert 1 <= len(scenario.divisions) <= 3
        assert 1 <= len(scenario.everyone) <= 5
        assert len(scenario.hosts) <= 4
        assert raw_plans(scenario) <= 20_000
        for period in scenario.periods:
            window = [
                w
                for w in usable
                if (period.earliest or w) <= w <= (period.latest or w)
                and period.imposed in (None, w)
            ]
            assert len(window) <= 8


def test_tiny_scenarios_are_without_fault() -> None:
    assert {str(f) for s in TINY for f in faults(s)} == set()


def test_a_broken_tiny_scenario_would_be_noticed() -> None:
    """So that the test above can fail."""
    scenario = next(s for s in TINY if s.pupils)
    lost = scenario.pupils[0].model_copy(update={"home": "nulle-part"})
    assert faults(scenario.model_copy(update={"pupils": (lost, *scenario.pupils[1:])}))


def test_no_found_place_price_is_cut_to_whole_points() -> None:
    assert all(
        s.prices.unplaced * step.surcharge_percent % 100 == 0
        for s in TINY
        for step in s.prices.equity
    )


@pytest.mark.parametrize(("table", "share"), TABLES.items())
def test_each_table_has_rows_in_a_fair_share_of_tiny_scenarios(table: str, share: float) -> None:
    assert sum(bool(getattr(s, table)) for s in TINY) >= share * len(TINY)


def _fields() -> list[tuple[str, str]]:
    """(table, field) of every optional column, and every setting."""
    rows = [
        (table, name)
        for table in TABLES
        for name, field in _model(table).model_fields.items()
        if not field.is_required()
    ]
    settings = [
        (section, name)
        for section in ("regulation", "prices")
        for name in type(getattr(TINY[0], section)).model_fields
    ]
    return rows + settings


def _model(table: str) -> type[Frozen]:
    row = next(getattr(s, table)[0] for s in TINY if getattr(s, table))
    assert isinstance(row, Frozen)
    return type(row)


@pytest.mark.parametrize(("table", "name"), _fields())
def test_each_optional_column_is_used_in_a_fair_share_of_tiny_scenarios(
    table: str, name: str
) -> None:
    """Used: some row holds something else than the default."""
    used = 0
    for scenario in TINY:
        held = getattr(scenario, table)
        rows = held if isinstance(held, tuple) else (held,)
        default = type(rows[0]).model_fields[name].default if rows else None
        used += any(getattr(row, name) != default for row in rows)
    assert used >= 0.03 * len(TINY), used


def test_tiny_scenarios_show_every_public_type_of_token_and_link() -> None:
    publics = Counter(d.public for s in TINY for d in s.divisions)
    tokens = Counter(
        t.partition(":")[0] if ":" in t or t == "*" else "code"
        for s in TINY
        for h in s.hosts
        for t in h.diplomas
    )
    links = Counter(p.host_link for s in TINY for p in s.periods)
    statuses = Counter(f.status for s in TINY for f in s.found_places)
    assert len(publics) == 9
    assert set(tokens) == {"code", "nsf", "secteur", "*"}
    assert set(links) == {"libre", "meme", "different"}
    assert set(statuses) == {"trouve", "signee"}
    assert min(*publics.values(), *tokens.values(), *links.values(), *statuses.values()) >= 20


def test_some_tiny_scenarios_have_a_reference_closed_days_or_no_host() -> None:
    assert sum(s.reference is not None for s in TINY) > 75
    assert sum(bool(s.school_year.closures) for s in TINY) > 50
    assert sum(not s.hosts for s in TINY) > 10


def test_the_committed_demo_is_what_the_generator_makes() -> None:
    """Byte for byte: `write(demo(), "scenarios/examples/demo")` would change nothing."""
    folder = Path(__file__).parent.parent / "scenarios" / "examples" / "demo"
    made = {name: text.encode() for name, text in files(demo()).items()}
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert sorted(made) == sorted(kept)
    assert [name for name in made if made[name] != kept[name]] == []


@pytest.mark.parametrize(("seed", "size"), [(0, 10), (1, 40), (2, 300), (3, 900)])
def test_a_generated_bassin_has_a_calendar_in_which_all_signed_places_hold(
    seed: int, size: int
) -> None:
    """CP-SAT finds the calendar without looking at hosts; `verify` judges it with the signed."""
    scenario = generate(seed, size)
    rows = {name: getattr(scenario, name) for name in Scenario.model_fields}
    hosts = {host.id for host in scenario.hosts}
    closures = tuple(c for c in scenario.closures if c.target not in hosts)
    calendar_only = Scenario(
        **{**rows, "hosts": (), "capacities": (), "found_places": (), "closures": closures}
    )
    problem = prepare(calendar_only)
    answer = build(problem).solve(seconds=30)
    assert answer.solution is not None
    departures = decode(calendar_only, problem, answer.solution).departures
    signed = tuple(
        Placement(pupil=f.pupil, period=f.period, host=f.host)
        for f in scenario.found_places
        if f.status == "signee"
    )
    report = verify(scenario, Plan(departures=departures, placements=signed))
    assert report.violations == ()
