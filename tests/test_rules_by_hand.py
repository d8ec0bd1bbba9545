"""Each rule on its own, in scenarios legible by eye; what is said of a plan, both readings say."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from solver.domain import (
    BoardingHouse,
    Capacity,
    Closure,
    Departure,
    Division,
    EquityStep,
    Establishment,
    FoundPlace,
    Host,
    Period,
    Place,
    Placement,
    Plan,
    Prices,
    Pupil,
    Regulation,
    Report,
    Scenario,
)
from solver.prepare import encode, prepare
from solver.rule import Requirement
from solver.rules import HARD_RULES, PREFERENCES, RULES, diplome, quota_legal
from solver.variables import Variables
from solver.verify import verify
from solver.week import Week

LP, COLLEGE = "0540037X", "0540001H"
HOST, SISTER, OTHER = "30100000100025", "30100000100033", "30100000200023"
"""The first two share a SIREN."""


def week(number: int, year: int = 2026) -> Week:
    return Week(year, number)


def division(id: str = "CAP1", **fields: Any) -> Division:
    return Division(**{"establishment": LP, "public": "CAP", "headcount": 0} | fields, id=id)


def period(id: str = "P1", **fields: Any) -> Period:
    return Period(**{"division": "CAP1", "rank": 1, "duration_weeks": 1} | fields, id=id)


def pupil(id: str = "a", **fields: Any) -> Pupil:
    return Pupil(**{"division": "CAP1", "home": "ici", "age": 17} | fields, id=id)


def host(id: str = HOST, **fields: Any) -> Host:
    return Host(**{"place": "ici", "publics": ["CAP", "3E"], "slots": 9} | fields, id=id)


def bassin(**fields: Any) -> Scenario:
    """One division of one pupil, one host, one period; all at the same place (19 min by bus)."""
    defaults: dict[str, Any] = {
        "places": [
            Place(id="ici", latitude=48.6, longitude=6.5),
            Place(id="loin", latitude=48.6, longitude=7.3),
        ],
        "establishments": [
            Establishment(uai=LP, name="Lycée", type="LP", place="ici"),
            Establishment(uai=COLLEGE, name="Collège", type="CLG", place="ici"),
        ],
        "divisions": [division()],
        "periods": [period()],
        "pupils": [pupil()],
        "hosts": [host()],
    }
    return Scenario(
        **defaults | fields,
        title="À la main",
        bassin="TEST",
        academy="Nancy-Metz",
        year="2026-2027",
        zone="B",
    )


def plan(
    starts: Mapping[str, Week], *places: tuple[str, str, str] | tuple[str, str, str, str]
) -> Plan:
    """`places`: pupil, period, host and, where not home, lodging."""
    fields = ("pupil", "period", "host", "lodging")
    return Plan(
        departures=tuple(Departure(period=p, start=w) for p, w in starts.items()),
        placements=tuple(Placement(**dict(zip(fields, place, strict=False))) for place in places),
    )


def judge(scenario: Scenario, made: Plan) -> Report:
    """The verifier's report, once the model's reading agrees wherever it can say that plan."""
    report = verify(scenario, made)
    problem = prepare(scenario)
    solution = encode(scenario, problem, made)
    said = (solution.start >= 0).all() and (solution.option >= 0).sum() == len(made.placements)
    if said:
        settled = Variables(problem, fixed=solution)
        refused = {
            rule.key
            for rule in HARD_RULES
            if isinstance(rule, Requirement)
            and not all(holds for _, holds in rule.constraints(problem, settled))
        }
        assert refused == {violation.rule for violation in report.violations}
        for preference in PREFERENCES:
            assert preference.price(problem, settled) == report.costs[preference.key]
    else:
        assert report.violations, "the engine lacks an option that the verifier accepts"
    return report


def broken(scenario: Scenario, made: Plan) -> set[str]:
    return {violation.rule for violation in judge(scenario, made).violations}


def alone(**fields: Any) -> set[str]:
    """What breaks when pupil a goes to the host in week 40, in a bassin with these `fields`."""
    return broken(bassin(**fields), plan({"P1": week(40)}, ("a", "P1", HOST)))


# --- the calendar


@pytest.mark.parametrize(
    ("fields", "start", "holds"),
    [
        ({}, week(40), True),
        ({}, week(43), False),  # Toussaint
        ({"duration_weeks": 2}, week(42), False),
        ({"duration_weeks": 2, "may_straddle": True}, week(42), True),
        ({"duration_weeks": 2, "may_straddle": True, "latest": week(45)}, week(42), True),
        ({"duration_weeks": 2, "may_straddle": True, "latest": week(44)}, week(42), False),
        ({"earliest": week(40)}, week(39), False),
        ({"latest": week(40)}, week(41), False),
        ({"imposed": week(41)}, week(40), False),
        ({"imposed": week(41)}, week(41), True),
        ({"duration_weeks": 2, "may_straddle": True}, week(26, 2027), False),  # the year ends
        ({}, week(18, 2027), True),  # Ascension: three days of class
    ],
)
def test_a_period_lies_in_its_window(fields: dict[str, Any], start: Week, holds: bool) -> None:
    found = broken(bassin(periods=[period(**fields)]), plan({"P1": start}))
    assert found == (set() if holds else {"fenetre"})


def test_a_week_of_three_days_is_closed_where_four_are_asked() -> None:
    strict = bassin(regulation=Regulation(min_days_per_week=4))
    assert broken(strict, plan({"P1": week(18, 2027)})) == {"fenetre"}


@pytest.mark.parametrize("target", [LP, "CAP1"])
def test_a_period_avoids_the_blocked_weeks_of_its_school_and_division(target: str) -> None:
    blocked = bassin(
        periods=[period(duration_weeks=2)],
        closures=[Closure(target=target, first=week(40), last=week(40))],
    )
    assert broken(blocked, plan({"P1": week(39)})) == {"fenetre"}
    assert broken(blocked, plan({"P1": week(41)})) == set()


def test_a_period_without_a_departure_is_a_violation() -> None:
    assert broken(bassin(), plan({})) == {"fenetre"}


@pytest.mark.parametrize(("gap", "holds"), [(0, True), (2, True), (3, False)])
def test_holiday_weeks_count_between_two_periods(gap: int, holds: bool) -> None:
    two = bassin(periods=[period(), period("P2", rank=2, min_gap_weeks=gap)])
    found = broken(two, plan({"P1": week(42), "P2": week(45)}))
    assert found == (set() if holds else {"ordre"})


def test_the_second_period_never_comes_first() -> None:
    two = bassin(periods=[period(), period("P2", rank=2)])
    assert broken(two, plan({"P1": week(40), "P2": week(40)})) == {"ordre"}
    assert broken(two, plan({"P1": week(41), "P2": week(40)})) == {"ordre"}


def two_divisions(**fields: Any) -> Scenario:
    school = Establishment(
        uai=LP, name="Lycée", type="LP", place="ici", max_divisions_away=fields.pop("away", None)
    )
    return bassin(
        establishments=[school],
        divisions=[division(), division("CAP2", public=fields.pop("public", "CAP"))],
        periods=[period(**fields), period("P2", division="CAP2", **fields)],
        pupils=[pupil(), pupil("b", division="CAP2")],
    )


def test_a_common_departure_is_one_week() -> None:
    common = two_divisions(departure="3e")
    assert broken(common, plan({"P1": week(40), "P2": week(40)})) == set()
    assert broken(common, plan({"P1": week(40), "P2": week(41)})) == {"depart-commun"}


def test_divisions_that_exclude_each_other_share_no_week() -> None:
    apart = two_divisions(exclusions=["atelier"], duration_weeks=2)
    assert broken(apart, plan({"P1": week(39), "P2": week(40)})) == {"exclusion"}
    assert broken(apart, plan({"P1": week(39), "P2": week(41)})) == set()


@pytest.mark.parametrize(
    ("public", "away", "holds"),
    [("CAP", 1, False), ("CAP", 2, True), ("CAP", None, True), ("3E", 1, True)],
)
def test_only_training_divisions_count_as_absent(
    public: str, away: int | None, holds: bool
) -> None:
    made = plan({"P1": week(40), "P2": week(40)})
    found = broken(two_divisions(public=public, away=away), made)
    assert found == (set() if holds else {"absences-simultanees"})


# --- who may go where


@pytest.mark.parametrize(
    ("rule", "who", "division_fields", "where"),
    [
        ("public", {}, {"public": "BTS"}, {}),
        ("diplome", {}, {"diploma": "50025436"}, {"diplomas": []}),
        ("diplome", {}, {"diploma": "50025436"}, {"diplomas": ["nsf:255", "50025437"]}),
        ("age", {}, {}, {"age_min": 18}),
        ("age", {"age": None}, {}, {"age_min": 1}),
        ("derogation", {}, {"regulated": True}, {}),
        ("derogation", {"age": None}, {"regulated": True}, {}),
        ("derogation", {}, {"regulated": True}, {"waiver_until": date(2026, 10, 1)}),
        ("accessibilite", {"needs": ["pmr", "boucle"]}, {}, {"equipment": ["pmr"]}),
        ("pays", {}, {}, {"country": "LU"}),
        ("reserve", {}, {}, {"reserved_for": [COLLEGE]}),
        ("trajet", {"max_journey_minutes": 18}, {}, {}),
        ("trajet", {}, {}, {"place": "loin"}),
    ],
)
def test_a_host_refuses(
    rule: str, who: dict[str, Any], division_fields: dict[str, Any], where: dict[str, Any]
) -> None:
    fields = {
        "pupils": [pupil(**who)],
        "divisions": [division(**division_fields)],
        "hosts": [host(**where)],
    }
    assert alone(**fields) == {rule}
    found = FoundPlace(pupil="a", period="P1", host=HOST, status="trouve")
    waived = rule in {"public", "diplome", "pays", "reserve", "trajet"}
    assert alone(**fields, found_places=[found]) == (set() if waived else {rule})


@pytest.mark.parametrize(
    ("who", "division_fields", "where"),
    [
        ({"age": None}, {}, {"age_min": 0}),
        ({"age": 18}, {"regulated": True}, {}),
        ({}, {"regulated": True}, {"waiver_until": date(2026, 10, 2)}),  # Friday of week 40
        ({"needs": ["pmr"]}, {}, {"equipment": ["boucle", "pmr"]}),
        ({"countries": ["FR", "LU"]}, {}, {"country": "LU"}),
        ({}, {}, {"reserved_for": [COLLEGE, LP]}),
        ({"max_journey_minutes": 19}, {}, {}),
        ({}, {"public": "3E", "diploma": "50025436"}, {}),  # observation needs no diploma
        ({}, {"diploma": None}, {"diplomas": []}),
    ],
)
def test_a_host_accepts(
    who: dict[str, Any], division_fields: dict[str, Any], where: dict[str, Any]
) -> None:
    fields = {
        "pupils": [pupil(**who)],
        "divisions": [division(**division_fields)],
        "hosts": [host(**where)],
    }
    assert alone(**fields) == set()


@pytest.mark.parametrize(
    ("tokens", "tier"),
    [
        (["*", "nsf:254", "50025436"], diplome.EXACT),
        (["*", "nsf:254"], diplome.SPECIALITY),
        (["secteur:garages"], diplome.SECTOR),
        (["*"], diplome.SECTOR),
        (["secteur:ehpad", "nsf:255"], None),
    ],
)
def test_the_closest_fit_counts(tokens: Sequence[str], tier: int | None) -> None:
    trained = division(diploma="50025436", sectors=["garages"])
    assert diplome.tier_of(pupil(), trained, host(diplomas=tokens)) == tier


HOUSE = "INT-1"


@pytest.mark.parametrize(
    ("who", "is_open", "holds"),
    [
        ({"accepts_boarding": True}, True, True),
        ({"accepts_boarding": True}, False, False),
        ({}, True, False),
        ({"boarding_house": HOUSE}, False, True),
    ],
)
def test_a_pupil_lodges_where_they_live_or_accept(
    who: dict[str, Any], is_open: bool, holds: bool
) -> None:
    far = bassin(
        pupils=[pupil(home="loin", **who)],
        boarding_houses=[BoardingHouse(id=HOUSE, place="ici", open=is_open, beds_mixed=1)],
    )
    found = broken(far, plan({"P1": week(40)}, ("a", "P1", HOST, HOUSE)))
    assert found == (set() if holds else {"internat-ouvert"})


def test_a_found_place_is_the_only_place() -> None:
    found = bassin(
        hosts=[host(), host(OTHER)],
        found_places=[FoundPlace(pupil="a", period="P1", host=HOST, status="trouve")],
    )
    assert broken(found, plan({"P1": week(40)}, ("a", "P1", OTHER))) == {"place-trouvee"}
    assert broken(found, plan({"P1": week(40)}, ("a", "P1", HOST))) == set()
    assert broken(found, plan({"P1": week(40)})) == set()


def test_a_signed_agreement_is_honoured() -> None:
    signed = FoundPlace(pupil="a", period="P1", host=HOST, status="signee")
    found = broken(bassin(found_places=[signed]), plan({"P1": week(40)}))
    assert found == {"convention-signee"}


def test_nobody_is_in_two_places() -> None:
    twice = plan({"P1": week(40)}, ("a", "P1", HOST), ("a", "P1", OTHER))
    found = {v.rule for v in verify(bassin(hosts=[host(), host(OTHER)]), twice).violations}
    assert found == {"une-place"}


@pytest.mark.parametrize(
    ("link", "hosts", "holds"),
    [
        ("meme", (HOST, HOST), True),
        ("meme", (HOST, OTHER), False),
        ("different", (HOST, HOST), False),
        ("different", (HOST, SISTER), True),
        ("libre", (HOST, HOST), True),
        ("meme", (None, OTHER), True),
    ],
)
def test_the_host_against_the_previous_rank(
    link: str, hosts: tuple[str | None, str], holds: bool
) -> None:
    two = bassin(
        periods=[period(), period("P2", rank=2, host_link=link)],
        hosts=[host(), host(SISTER), host(OTHER)],
    )
    places = [("a", p, h) for p, h in zip(("P1", "P2"), hosts, strict=True) if h]
    found = broken(two, plan({"P1": week(40), "P2": week(41)}, *places))
    assert found == (set() if holds else {"hote"})


@pytest.mark.parametrize(
    ("hosts", "holds"),
    [((HOST, HOST), True), ((None, None), True), ((HOST, None), False), ((HOST, OTHER), False)],
)
def test_a_pair_stays_together(hosts: tuple[str | None, str | None], holds: bool) -> None:
    pair = bassin(pupils=[pupil(group="g"), pupil("b", group="g")], hosts=[host(), host(OTHER)])
    places = [(u, "P1", h) for u, h in zip("ab", hosts, strict=True) if h]
    assert broken(pair, plan({"P1": week(40)}, *places)) == (set() if holds else {"binome"})


# --- capacities


def crowd(n: int, *, weeks: int = 1, **fields: Any) -> set[str]:
    """What breaks when n pupils of one division are at one host from week 40 on."""
    extra = {
        key: fields.pop(key) for key in ("capacities", "closures", "regulation") if key in fields
    }
    names = "abcdefgh"[:n]
    scenario = bassin(
        pupils=[pupil(name) for name in names],
        periods=[period(duration_weeks=weeks)],
        hosts=[host(**fields)],
        **extra,
    )
    return broken(scenario, plan({"P1": week(40)}, *((name, "P1", HOST) for name in names)))


@pytest.mark.parametrize(
    ("n", "group", "slots", "expected"),
    [
        (2, (1, 1), 2, set()),
        (3, (1, 1), 2, {"capacite"}),
        (4, (1, 2), 2, set()),
        (5, (1, 2), 2, {"capacite"}),
        (2, (2, 2), 1, set()),
        (3, (2, 2), 2, {"taille-groupe"}),
        (1, (2, 3), 1, {"taille-groupe"}),
        (5, (2, 3), 2, set()),
        (4, (2, 3), 1, {"capacite"}),
    ],
)
def test_slots_hold_whole_groups(
    n: int, group: tuple[int, int], slots: int, expected: set[str]
) -> None:
    assert crowd(n, group_min=group[0], group_max=group[1], slots=slots) == expected


def row(slots: int, public: str = "*", first: int = 41, last: int = 41) -> Capacity:
    return Capacity(host=HOST, public=public, first=week(first), last=week(last), slots=slots)


def test_a_row_of_capacites_replaces_the_default_both_ways() -> None:
    assert crowd(1, weeks=2, slots=1, capacities=[row(0)]) == {"capacite"}
    assert crowd(2, slots=1, capacities=[row(2, first=40, last=40)]) == set()
    assert crowd(1, slots=1, capacities=[row(0)]) == set()


def test_a_closed_host_takes_nobody_whatever_its_row_says() -> None:
    closed = [Closure(target=HOST, first=week(41), last=week(41))]
    assert crowd(1, weeks=2, slots=3, closures=closed, capacities=[row(3)]) == {"capacite"}


def test_a_row_for_a_public_caps_that_public_only() -> None:
    assert crowd(2, weeks=2, slots=3, capacities=[row(1, "CAP")]) == {"capacite-public"}
    assert crowd(2, weeks=2, slots=3, capacities=[row(1, "3E")]) == set()


def test_slot_weeks_add_up_over_the_year() -> None:
    assert crowd(2, weeks=3, slots=2, max_slot_weeks=5) == {"semaines-max"}
    assert crowd(2, weeks=3, slots=2, max_slot_weeks=6) == set()
    assert crowd(4, weeks=3, slots=2, group_max=2, max_slot_weeks=6) == set()


def test_tutors_follow_so_many_trainees() -> None:
    assert crowd(4, tutors=1) == {"tuteurs"}
    assert crowd(3, tutors=1) == set()
    assert crowd(4, tutors=None) == set()
    assert crowd(2, tutors=1, regulation=Regulation(trainees_per_tutor=1)) == {"tuteurs"}


@pytest.mark.parametrize(
    ("staff", "rector", "most"),
    [
        (0, False, 3),
        (19, False, 3),
        (20, False, 3),
        (21, False, 4),
        (100, False, 15),
        (29, True, 5),
        (30, True, 6),
        (31, True, 7),
    ],
)
def test_the_legal_quota(staff: int, rector: bool, most: int) -> None:
    assert quota_legal.limit(staff, rector) == most


def at_three_hosts(*staff: int | None, regulation: Regulation | None = None) -> set[str]:
    """Two pupils at each of two hosts of one SIREN, two at another's."""
    hosts = [host(id, staff=n) for id, n in zip((HOST, SISTER, OTHER), staff, strict=True)]
    names = "abcdef"
    scenario = bassin(
        pupils=[pupil(name) for name in names],
        hosts=hosts,
        regulation=regulation or Regulation(),
    )
    where = [(name, "P1", hosts[i // 2].id) for i, name in enumerate(names)]
    return broken(scenario, plan({"P1": week(40)}, *where))


def test_the_quota_counts_a_legal_person_over_its_hosts() -> None:
    assert at_three_hosts(5, 5, 5) == {"quota-legal"}
    assert at_three_hosts(11, 11, 5) == set()
    assert at_three_hosts(5, 5, 5, regulation=Regulation(rector_waiver=True)) == set()
    assert at_three_hosts(5, 5, 5, regulation=Regulation(legal_quota=False)) == set()


def test_a_host_of_unknown_staff_is_outside_the_quota() -> None:
    assert at_three_hosts(5, None, None) == set()
    assert at_three_hosts(None, None, None) == set()


@pytest.mark.parametrize(
    ("sexes", "beds", "holds"),
    [
        ("f", (0, 0, 0), False),
        ("f", (1, 0, 0), True),
        ("ff", (1, 0, 1), True),
        ("fg", (2, 0, 0), False),
        ("ffgg", (1, 1, 1), False),
        ("ffgg", (1, 1, 2), True),
        ("?", (1, 1, 0), False),
        ("?f", (0, 0, 1), False),
        ("?fg", (1, 1, 1), True),
    ],
)
def test_mixed_beds_take_who_is_left(sexes: str, beds: tuple[int, int, int], holds: bool) -> None:
    girls, boys, mixed = beds
    names = "abcd"[: len(sexes)]
    scenario = bassin(
        pupils=[
            pupil(name, home="loin", sex=None if s == "?" else s, accepts_boarding=True)
            for name, s in zip(names, sexes, strict=True)
        ],
        boarding_houses=[
            BoardingHouse(
                id=HOUSE,
                place="ici",
                beds_girls=girls,
                beds_boys=boys,
                beds_mixed=mixed,
                open=True,
            )
        ],
    )
    found = broken(scenario, plan({"P1": week(40)}, *((n, "P1", HOST, HOUSE) for n in names)))
    assert found == (set() if holds else {"internat-places"})


# --- preferences


def costs(scenario: Scenario, made: Plan) -> dict[str, int]:
    """The costs that are not 0."""
    return {key: cost for key, cost in judge(scenario, made).costs.items() if cost}


CALM = Prices(saturation=0)


def test_an_unplaced_pupil_costs_by_priority_and_more_with_a_found_place() -> None:
    prices = CALM.model_copy(update={"equity": ()})
    found = [FoundPlace(pupil="a", period="P1", host=HOST, status="trouve")]
    nowhere = plan({"P1": week(40)})
    important = [pupil(priority=4)]
    assert costs(bassin(prices=prices), nowhere) == {"non_place": 1000}
    assert costs(bassin(prices=prices, pupils=important), nowhere) == {"non_place": 4000}
    assert costs(bassin(prices=prices, pupils=important, found_places=found), nowhere) == {
        "non_place": 12000
    }


def test_equity_adds_up_step_by_step_beyond_each_threshold() -> None:
    steps = (
        EquityStep(threshold_percent=25, surcharge_percent=50),
        EquityStep(threshold_percent=50, surcharge_percent=100),
    )
    prices = CALM.model_copy(update={"equity": steps})
    four = bassin(prices=prices, pupils=[pupil(name) for name in "abcd"])
    nowhere = plan({"P1": week(40)})
    assert costs(four, nowhere)["equite"] == 500 * 3 + 1000 * 2


def test_a_shift_costs_per_pupil_and_calendar_week_and_nothing_where_imposed() -> None:
    pupils = [pupil(), pupil("b")]
    prices = CALM.model_copy(update={"unplaced": 0})
    wished = bassin(pupils=pupils, prices=prices, periods=[period(wished=week(42))])
    assert costs(wished, plan({"P1": week(45)})) == {"decalage_semaine": 2 * 2 * 3}
    imposed = [period(wished=week(42), imposed=week(45))]
    assert (
        costs(bassin(pupils=pupils, prices=prices, periods=imposed), plan({"P1": week(45)})) == {}
    )


def test_minutes_boarding_and_fit_are_paid_by_who_is_placed() -> None:
    prices = CALM.model_copy(update={"journey_comfort_minutes": 15, "journey_discomfort": 2})
    fields = {
        "prices": prices,
        "divisions": [division(diploma="50025436")],
        "hosts": [host(diplomas=["nsf:254"])],
    }
    made = plan({"P1": week(40)}, ("a", "P1", HOST))
    expected = {"trajet_minute": 19, "trajet_inconfort": 8}
    assert costs(bassin(**fields), made) == expected | {"adequation_nsf": 10}
    found = [FoundPlace(pupil="a", period="P1", host=HOST, status="trouve")]
    assert costs(bassin(**fields, found_places=found), made) == expected
    away = {
        "pupils": [pupil(home="loin", accepts_boarding=True)],
        "boarding_houses": [BoardingHouse(id=HOUSE, place="ici", open=True, beds_mixed=1)],
    }
    lodged = plan({"P1": week(40)}, ("a", "P1", HOST, HOUSE))
    assert costs(bassin(**fields, **away), lodged)["internat"] == 30
    home = {**away, "pupils": [pupil(home="loin", boarding_house=HOUSE)]}
    assert "internat" not in costs(bassin(**fields, **home), lodged)


def test_saturation_counts_pupils_out_beyond_the_share_of_slots() -> None:
    prices = Prices(unplaced=0)
    pupils = [pupil(name) for name in "abcd"]
    made = plan({"P1": week(40)})
    assert costs(bassin(prices=prices, pupils=pupils, hosts=[host(slots=3)]), made) == {
        "saturation": 5 * 2  # ⌊80 % of 3⌋ = 2
    }
    closed = [Closure(target=HOST, first=week(40), last=week(40))]
    assert costs(bassin(prices=prices, pupils=pupils, closures=closed), made) == {
        "saturation": 5 * 4
    }


def test_without_a_host_the_load_is_smoothed() -> None:
    prices = Prices(unplaced=0, smoothing_threshold_percent=3600)
    pupils = [pupil(name) for name in "abcd"]
    bare = bassin(prices=prices, pupils=pupils, hosts=[])
    # 4 pupil-weeks over 36 usable weeks × 3600 % = 4: nothing is above.
    assert costs(bare, plan({"P1": week(40)})) == {}
    cheaper = prices.model_copy(update={"smoothing_threshold_percent": 3500})
    assert costs(bare.model_copy(update={"prices": cheaper}), plan({"P1": week(40)})) == {
        "saturation": 5
    }


def test_a_reference_holds_dates_and_hosts() -> None:
    prices = CALM.model_copy(update={"journey_minute": 0, "unplaced": 0})
    fields = {
        "prices": prices,
        "pupils": [pupil(), pupil("b")],
        "hosts": [host(), host(OTHER)],
        "reference": plan({"P1": week(39)}, ("a", "P1", HOST)),
    }
    moved = plan({"P1": week(41)}, ("a", "P1", OTHER), ("b", "P1", OTHER))
    assert costs(bassin(**fields), moved) == {
        "stabilite_date": 5 * 2 * 2,
        "stabilite_accueil": 50,
    }
    gone = {**fields, "reference": plan({"P1": week(41)}, ("a", "P1", SISTER))}
    assert costs(bassin(**gone), moved) == {"stabilite_accueil": 50}


# --- the list


def test_every_rule_says_what_it_is_in_french_and_where_it_comes_from() -> None:
    keys = [rule.key for rule in RULES]
    assert len(set(keys)) == len(keys) == 37
    for rule in RULES:
        assert rule.sentence.endswith(".")
        assert len(rule.sentence) > 30
        assert rule.source
