"""The figures of a plan, counted by hand on scenarios small enough for that."""

from datetime import date

import pytest

from scenarios.generate.tiny import tiny
from solver.calendar import SchoolCalendar
from solver.domain import (
    BoardingHouse,
    Departure,
    Division,
    Establishment,
    FoundPlace,
    Host,
    Period,
    Place,
    Placement,
    Plan,
    Pupil,
    Scenario,
)
from solver.explain.parts import changed
from solver.facts import Facts
from solver.funnel import Funnel
from solver.indicators import REASONS, Indicators, indicators, reasons
from solver.indicators.risks import risks
from solver.model import build
from solver.prepare import decode, prepare
from solver.week import Week

W = Week.parse
NEAR, FAR = "54329", "54039"
HOST, OTHER = "X-garage", "X-banque"


def bassin(**tables: object) -> Scenario:
    """One CAP division of two pupils, one three-week period, a host of one slot."""
    plain = Scenario(
        title="Chiffres",
        bassin="B",
        academy="A",
        year="2026-2027",
        zone="B",
        places=(
            Place(id=NEAR, latitude=48.5893, longitude=6.5014),
            Place(id=FAR, latitude=48.449, longitude=6.74),
            Place(id="75056", latitude=48.86, longitude=2.35),
        ),
        establishments=(
            Establishment(uai="0540037X", name="LP", type="LP", place=NEAR),
            Establishment(
                uai="0540001H", name="CLG", type="CLG", place=FAR, priority_education="rep"
            ),
        ),
        divisions=(
            Division(
                id="C",
                establishment="0540037X",
                public="CAP",
                diploma="50031211",
                sectors=("garages",),
                headcount=2,
            ),
        ),
        periods=(Period(id="C1", division="C", rank=1, duration_weeks=3, wished=W("2026-W47")),),
        pupils=(
            Pupil(id="a", division="C", home=NEAR, age=16),
            Pupil(id="b", division="C", home=NEAR, age=16),
        ),
        hosts=(
            Host(id=HOST, place=NEAR, publics=("CAP",), diplomas=("secteur:garages",), slots=1),
        ),
    )
    return changed(plain, **tables)


def plan(*placements: Placement, start: str = "2026-W47", period: str = "C1") -> Plan:
    return Plan(departures=(Departure(period=period, start=W(start)),), placements=placements)


def pupils(**fields: object) -> tuple[Pupil, ...]:
    return tuple(
        Pupil.model_validate({"id": i, "division": "C", "home": NEAR, "age": 16} | fields)
        for i in "ab"
    )


def host(**fields: object) -> Host:
    return Host.model_validate(
        {"id": HOST, "place": NEAR, "publics": ("CAP",), "diplomas": ("*",), "slots": 1} | fields
    )


A_PLACED = Placement(pupil="a", period="C1", host=HOST)


def why(scenario: Scenario, *placements: Placement) -> tuple[str, str]:
    """Reason and sentence of the one pupil `b`."""
    row = next(r for r in reasons(scenario, plan(*placements)) if r.pupil == "b")
    return row.reason, row.detail


def test_a_pupil_whose_public_nobody_takes_has_no_compatible_host() -> None:
    reason, detail = why(bassin(hosts=(host(publics=("3E",)),)))
    assert (reason, detail) == ("aucun-accueil", "Aucune structure n’accueille ce public (CAP).")


def test_a_pupil_whose_training_suits_nobody_is_told_so() -> None:
    reason, detail = why(bassin(hosts=(host(diplomas=("secteur:banques",)),)))
    assert reason == "aucun-accueil"
    assert "50031211" in detail


def test_a_pupil_whose_needs_nobody_meets_is_told_so() -> None:
    reason, detail = why(bassin(pupils=pupils(needs=("pmr",))))
    assert reason == "aucun-accueil"
    assert "pmr" in detail


def test_a_pupil_too_young_is_told_so() -> None:
    assert why(bassin(hosts=(host(age_min=18),)))[0] == "age-derogation"


def test_a_minor_whose_waiver_ends_before_the_friday_is_told_so() -> None:
    division = bassin().divisions[0].model_copy(update={"regulated": True})
    friday = W("2026-W49").friday
    short = bassin(divisions=(division,), hosts=(host(waiver_until=friday.replace(day=3)),))
    enough = bassin(divisions=(division,), hosts=(host(waiver_until=friday),))
    assert friday > date(2026, 12, 3)
    assert why(short)[0] == "age-derogation"
    assert why(enough)[0] == "place-libre"


def test_a_pupil_who_lives_too_far_learns_the_shortest_journey() -> None:
    reason, detail = why(bassin(hosts=(host(place="75056"),)))
    assert reason == "trajet"
    assert "pour 75 min au plus" in detail


def test_a_pupil_after_whom_no_slot_is_left_meets_saturated_weeks() -> None:
    reason, detail = why(bassin(), A_PLACED)
    assert reason == "semaines-saturees"
    assert "de 2026-W47 à 2026-W49" in detail


def test_seats_that_age_or_waiver_bar_are_mentioned_to_those_who_find_none() -> None:
    elder = host(id=OTHER, age_min=18)
    reason, detail = why(bassin(hosts=(host(), elder)), A_PLACED)
    assert reason == "semaines-saturees"
    assert detail.endswith("Une autre en a, mais l’âge ou la dérogation l’exclut.")


def test_a_legal_quota_that_is_reached_saturates_the_weeks() -> None:
    chain = bassin(hosts=(host(id="30100000100025", slots=9, staff=3),))
    many = tuple(Pupil(id=i, division="C", home=NEAR, age=16) for i in "bcde")
    chain = changed(chain, pupils=many)
    taken = [Placement(pupil=i, period="C1", host="30100000100025") for i in "cde"]
    assert why(chain, *taken)[0] == "semaines-saturees"
    assert why(chain, *taken[:2])[0] == "place-libre"


def test_a_pupil_whose_found_place_was_given_away_is_told_so() -> None:
    found = (FoundPlace(pupil="b", period="C1", host=HOST, status="trouve"),)
    reason, detail = why(bassin(found_places=found), A_PLACED)
    assert reason == "semaines-saturees"
    assert detail.startswith("La place trouvée")


def test_a_pupil_who_would_need_a_bed_that_is_taken_is_told_so() -> None:
    house = BoardingHouse(id="INT", place="75056", beds_mixed=1, open=True)
    far = bassin(
        hosts=(host(place="75056", slots=2),),
        boarding_houses=(house,),
        pupils=pupils(accepts_boarding=True),
    )
    lodged = Placement(pupil="a", period="C1", host=HOST, lodging="INT")
    assert why(far, lodged)[0] == "internat"
    assert why(far)[0] == "place-libre"


def test_a_pair_that_no_host_takes_together_is_told_so() -> None:
    assert why(bassin(pupils=pupils(group="g")))[0] == "binome"
    assert why(bassin(pupils=pupils(group="g"), hosts=(host(slots=2),)))[0] == "place-libre"


def test_a_host_that_must_change_between_ranks_is_no_place() -> None:
    periods = (
        Period(id="C0", division="C", rank=1, duration_weeks=1),
        Period(id="C1", division="C", rank=2, duration_weeks=3, host_link="different"),
    )
    both = Plan(
        departures=(
            Departure(period="C0", start=W("2026-W45")),
            Departure(period="C1", start=W("2026-W47")),
        ),
        placements=(Placement(pupil="b", period="C0", host=HOST),),
    )
    rows = {(r.pupil, r.period): r.reason for r in reasons(bassin(periods=periods), both)}
    assert rows["b", "C1"] == "hote"
    assert rows["a", "C1"] == "place-libre"


def test_a_period_without_departure_is_told_as_such() -> None:
    rows = reasons(bassin(), Plan(departures=(), placements=()))
    assert {r.reason for r in rows} == {"sans-depart"}


def figures(scenario: Scenario, *placements: Placement, start: str = "2026-W47") -> Indicators:
    return indicators(scenario, plan(*placements, start=start))


def test_the_national_indicator_divides_open_slots_by_pupils_out() -> None:
    hosts = (host(slots=3), host(id=OTHER, slots=5, diplomas=("secteur:banques",)))
    cells = figures(bassin(hosts=hosts)).tension
    assert [(str(c.week), c.public, c.sector, c.offers, c.pupils, c.ratio) for c in cells] == [
        (week, "CAP", "garages", 3, 2, 1.5) for week in ("2026-W47", "2026-W48", "2026-W49")
    ]


def test_placement_is_counted_by_establishment_and_priority_education() -> None:
    made = figures(bassin(), A_PLACED)
    assert (made.demands, made.placed, made.unplaced, made.rate) == (2, 1, 1, 0.5)
    assert [(e.group, e.demands, e.placed, e.rate) for e in made.establishments] == [
        ("0540037X", 2, 1, 0.5),
        ("0540001H", 0, 0, None),
    ]
    assert [(e.group, e.demands) for e in made.priority_education] == [("rep", 0), ("hors", 2)]


def test_the_peak_and_the_saturated_weeks_are_those_of_all_pupils_out() -> None:
    training = figures(bassin(hosts=(host(slots=2),))).loads[1]
    assert (training.family, training.peak_pupils, training.seats) == ("formation", 2, 2)
    assert [str(w) for w in training.weeks_over] == ["2026-W47", "2026-W48", "2026-W49"]
    assert figures(bassin(hosts=(host(slots=3),))).loads[1].weeks_over == ()


def test_journeys_are_summed_up_over_placed_pupils_only() -> None:
    journeys = figures(bassin(), A_PLACED).journeys
    minutes = 19  # 12 + 1.5 km × 1.3 at 18 km/h = 18.5, half up
    assert (journeys.mean, journeys.median, journeys.longest) == (minutes, minutes, minutes)
    assert (journeys.over_45, figures(bassin()).journeys.mean) == (0, None)


def test_moved_periods_tell_by_how_many_weeks_and_which_way() -> None:
    made = figures(bassin(), start="2026-W45")
    assert [(m.period, m.weeks) for m in made.moves] == [("C1", -2)]
    assert (made.wishes, made.divisions_moved, made.mean_move_weeks) == (1, 1, 2)
    assert figures(bassin()).moves == ()


def test_public_holidays_count_by_the_place_of_the_host() -> None:
    strasbourg = Place(id="67482", latitude=48.58, longitude=7.75)
    home = bassin(pupils=pupils(home="67482"), places=(*bassin().places, strasbourg))
    there = changed(home, hosts=(host(place="67482"),))
    good_friday = W("2027-W12")
    calendar = SchoolCalendar(there)
    assert calendar.is_usable(good_friday)
    lost = indicators(there, plan(A_PLACED, start=str(good_friday))).days_lost
    assert lost == 2  # Good Friday, Easter Monday
    far = changed(home, hosts=(host(),))
    assert indicators(far, plan(A_PLACED, start=str(good_friday))).days_lost == 1


def test_nights_are_counted_only_in_beds_for_pupils_from_elsewhere() -> None:
    house = BoardingHouse(id="INT", place=NEAR, beds_mixed=2, open=True)
    lodged = Placement(pupil="a", period="C1", host=HOST, lodging="INT")
    stranger = bassin(boarding_houses=(house,), pupils=pupils(accepts_boarding=True))
    own = bassin(boarding_houses=(house,), pupils=pupils(boarding_house="INT"))
    assert figures(stranger, lodged).boarding_nights == 12
    assert figures(own, lodged).boarding_nights == 0


def test_hosts_at_their_quota_and_full_hosts_are_counted() -> None:
    chain = bassin(hosts=(host(id="30100000100025", slots=3, staff=3),))
    many = tuple(Pupil(id=i, division="C", home=NEAR, age=16) for i in "abc")
    chain = changed(chain, pupils=many)
    placed = [Placement(pupil=i, period="C1", host="30100000100025") for i in "abc"]
    made = indicators(chain, plan(*placed))
    assert (made.hosts_at_quota, made.hosts_full, made.hosts_used) == (1, 1, 1)
    fewer = indicators(chain, plan(*placed[:2]))
    assert (fewer.hosts_at_quota, fewer.hosts_full) == (0, 0)


def test_indicators_are_written_under_their_french_names() -> None:
    written = figures(bassin(), A_PLACED).model_dump(mode="json")
    assert written["sans_place"] == 1
    assert written["motifs"] == [
        {"motif": "semaines-saturees", "libelle": "Semaines saturées", "nombre": 1}
    ]
    assert Indicators.model_validate(written) == figures(bassin(), A_PLACED)


@pytest.mark.parametrize("seed", range(60))
def test_the_funnel_finds_the_same_hosts_as_the_engine(seed: int) -> None:
    """Every pupil-period, on scenarios with every rule at a high dose."""
    scenario = tiny(seed)
    problem = prepare(scenario)
    funnel = Funnel(scenario)
    for d, (pupil, period) in enumerate(scenario.demands()):
        seeker = problem.demands.seeker[d]
        low, high = problem.options.start[seeker], problem.options.start[seeker + 1]
        engine = {scenario.hosts[h].id for h in problem.options.host[low:high]}
        reach = funnel.reach(pupil, period, ())
        ours = {h.id for h, near in zip(scenario.hosts, reach.reachable, strict=True) if near}
        # The engine leaves out hosts whose waiver ends before the first usable week.
        assert engine <= ours
        if not scenario.division_of[pupil.division].regulated:
            assert engine == ours
        assert funnel.can_go_somewhere(pupil, period) == bool(ours)


@pytest.mark.parametrize("seed", range(60))
def test_every_unplaced_pupil_of_a_best_plan_gets_one_reason(seed: int) -> None:
    scenario = tiny(seed)
    problem = prepare(scenario)
    solution = build(problem).solve(seconds=20).solution
    if solution is None:
        return
    best = decode(scenario, problem, solution)
    rows = reasons(scenario, best)
    missing = Facts(scenario, best).unplaced
    assert [(r.pupil, r.period) for r in rows] == [(u.id, p.id) for u, p in missing]
    assert {r.reason for r in rows} <= REASONS.keys()
    assert all(r.detail.endswith(".") for r in rows)
    made = indicators(scenario, best, rows)
    assert sum(r.count for r in made.reasons) == made.unplaced == len(rows)


def codes(scenario: Scenario) -> dict[str, int]:
    return {r.code: r.count for r in risks(scenario)}


def test_a_sound_scenario_has_no_risk() -> None:
    assert codes(bassin(hosts=(host(slots=2),))) == {}


def test_a_division_that_no_week_can_hold_is_risky() -> None:
    assert codes(bassin())["secteur-sous-dote"] == 1


def test_pupils_whom_nobody_may_take_are_risky() -> None:
    assert codes(bassin(hosts=(host(slots=2, place="75056"),)))["eleve-sans-accueil"] == 2


def test_unknown_waivers_and_ages_are_risky() -> None:
    division = bassin().divisions[0].model_copy(update={"regulated": True})
    unknown = bassin(divisions=(division,), hosts=(host(slots=2),), pupils=pupils(age=None))
    assert codes(unknown)["derogation-inconnue"] == 1
    assert codes(unknown)["age-inconnu"] == 2
    assert codes(bassin(hosts=(host(slots=2, age_min=15),), pupils=pupils(age=None))) == {
        "eleve-sans-accueil": 2,
        "age-inconnu": 2,
    }


def test_a_head_count_that_differs_from_the_rows_is_risky() -> None:
    division = bassin().divisions[0].model_copy(update={"headcount": 3})
    assert codes(bassin(divisions=(division,), hosts=(host(slots=2),))) == {"effectif-different": 1}


def test_a_period_that_can_start_nowhere_or_in_one_week_only_is_risky() -> None:
    def window(first: str, last: str) -> Scenario:
        period = bassin().periods[0].model_copy(update={"earliest": W(first), "latest": W(last)})
        return bassin(periods=(period,), hosts=(host(slots=2),))

    assert codes(window("2026-W47", "2026-W48")) == {"depart-impossible": 1}
    assert codes(window("2026-W47", "2026-W49")) == {"depart-unique": 1}
