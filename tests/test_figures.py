"""The pictures of a plan: what is drawn is what the scenario and the plan say."""

from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import pytest
from matplotlib.axes import Axes
from matplotlib.colors import same_color
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from scenarios.generate import generate
from service.exports.figures import calendar, journeys, placement_rate, presence, save_all
from service.exports.figures.style import CLOSED, PUBLIC_LOOKS, number, percent
from solver.calendar import SchoolCalendar
from solver.domain import (
    Closure,
    Departure,
    Division,
    Establishment,
    Frozen,
    Host,
    Period,
    Place,
    Placement,
    Plan,
    Pupil,
    Scenario,
)
from solver.travel import Journeys
from solver.week import Week

W = Week.parse
Model = TypeVar("Model", bound=Frozen)


def division(name: str, school: str, public: str, headcount: int) -> Division:
    return Division(
        id=f"{school}-{name}",
        establishment=school,
        name=name,
        public=public,
        headcount=headcount,  # type: ignore[arg-type]
    )


def period(division_id: str, rank: int, weeks: int, **more: object) -> Period:
    return Period(
        id=f"{division_id}-{rank}",
        division=division_id,
        rank=rank,
        duration_weeks=weeks,
        **more,  # type: ignore[arg-type]
    )


def host(name: str, place: str, publics: tuple[str, ...], slots: int) -> Host:
    return Host(id=name, place=place, publics=publics, slots=slots)  # type: ignore[arg-type]


def changed(model: Model, **fields: object) -> Model:
    """A copy with other fields, and nothing remembered from the first one."""
    kept = {name: getattr(model, name) for name in type(model).model_fields}
    return type(model)(**{**kept, **fields})


COLLEGE, LYCEE = "0990001N", "0990002P"


@pytest.fixture
def scenario() -> Scenario:
    """Two schools: 3e A and B leave together, a CAP straddles Christmas, 2de GT is imposed."""
    return Scenario(
        title="Deux écoles",
        bassin="ESSAI",
        academy="Académie fictive",
        year="2026-2027",
        zone="B",
        places=(
            Place(id="V001", latitude=48.50, longitude=6.50),
            Place(id="V002", latitude=48.60, longitude=6.50),
        ),
        establishments=(
            Establishment(
                uai=COLLEGE, name="Collège du Gué", type="CLG", place="V001",
                priority_education="rep",
            ),
            Establishment(uai=LYCEE, name="Lycée des Forges", type="LPO", place="V002"),
        ),
        divisions=(
            division("3A", COLLEGE, "3E", 3),
            division("3B", COLLEGE, "3E", 2),
            division("CAP1", LYCEE, "CAP", 4),
            division("201", LYCEE, "2GT", 2),
        ),
        periods=(
            period(f"{COLLEGE}-3A", 1, 1, wished=W("2026-W50")),
            period(f"{COLLEGE}-3B", 1, 1, wished=W("2026-W50")),
            period(f"{LYCEE}-CAP1", 1, 3, wished=W("2026-W49"), may_straddle=True),
            period(f"{LYCEE}-CAP1", 2, 3),
            period(f"{LYCEE}-201", 1, 2, imposed=W("2027-W24")),
        ),
        pupils=tuple(
            Pupil(id=f"e{i}", division=f"{COLLEGE}-3A", home="V001", modes=("pied", "voiture"))
            for i in range(3)
        ),
        hosts=(
            host("X-1", "V001", ("3E", "2GT"), 4),
            host("X-2", "V002", ("CAP",), 3),
            host("X-3", "V002", ("3E", "CAP"), 1),
        ),
        closures=(Closure(target=LYCEE, first=W("2027-W20"), last=W("2027-W20")),),
    )  # fmt: skip


@pytest.fixture
def plan(scenario: Scenario) -> Plan:
    """3e as wished, the CAP two weeks late, over Christmas; one pupil of 3e without a place."""
    starts = {
        f"{COLLEGE}-3A-1": "2026-W50",
        f"{COLLEGE}-3B-1": "2026-W50",
        f"{LYCEE}-CAP1-1": "2026-W51",
        f"{LYCEE}-CAP1-2": "2027-W10",
        f"{LYCEE}-201-1": "2027-W24",
    }
    hosts = {"3E": "X-1", "CAP": "X-2", "2GT": "X-1"}
    return Plan(
        departures=tuple(Departure(period=p, start=W(w)) for p, w in starts.items()),
        placements=tuple(
            Placement(pupil=u.id, period=p.id, host=hosts[scenario.division_of[u.division].public])
            for u, p in scenario.demands()
            if u.id != "e2"
        ),
    )


def by_gid(axes: Axes, gid: str) -> list[Rectangle]:
    return [p for p in axes.patches if p.get_gid() == gid and isinstance(p, Rectangle)]


def texts(axes: Axes) -> list[str]:
    return [t.get_text() for t in axes.findobj(Text)]  # type: ignore[attr-defined]


# calendar


def test_departures_of_one_school_that_leave_together_are_one_bar(
    scenario: Scenario, plan: Plan
) -> None:
    bars = by_gid(calendar(scenario, plan), "depart")
    blue = [b for b in bars if same_color(b.get_facecolor(), PUBLIC_LOOKS["3E"].colour)]
    assert len(blue) == 1
    assert round(blue[0].get_width()) == 1


def test_by_division_each_has_its_row_and_its_own_bar(scenario: Scenario, plan: Plan) -> None:
    axes = calendar(scenario, plan, by="divisions")
    assert [t.get_text() for t in axes.get_yticklabels()] == ["3A", "3B", "CAP1", "201"]
    bars = by_gid(axes, "depart")
    blue = [b for b in bars if same_color(b.get_facecolor(), PUBLIC_LOOKS["3E"].colour)]
    assert len(blue) == 2
    assert "Collège du Gué" in texts(axes)


def test_a_bar_starts_in_its_week_and_is_as_long_as_the_stay(
    scenario: Scenario, plan: Plan
) -> None:
    weeks = SchoolCalendar(scenario).weeks
    bars = by_gid(calendar(scenario, plan), "depart")
    spans = Counter((round(b.get_x()), round(b.get_width())) for b in bars)
    assert spans == {
        (weeks.index(W("2026-W50")), 1): 1,
        (weeks.index(W("2026-W51")), 1): 1,  # one week before Christmas …
        (weeks.index(W("2027-W01")), 2): 1,  # … and two after
        (weeks.index(W("2027-W10")), 3): 1,
        (weeks.index(W("2027-W24")), 2): 1,
    }


def test_only_imposed_departures_are_outlined(scenario: Scenario, plan: Plan) -> None:
    bars = by_gid(calendar(scenario, plan), "depart")
    outlined = [b for b in bars if b.get_linewidth() > 1]
    assert len(outlined) == 1
    assert same_color(outlined[0].get_facecolor(), PUBLIC_LOOKS["2GT"].colour)


def test_a_triangle_points_to_where_a_departure_moved(scenario: Scenario, plan: Plan) -> None:
    def triangles(axes: Axes) -> list[object]:
        return [line.get_marker() for line in axes.lines if line.get_gid() == "decalage"]

    assert triangles(calendar(scenario, plan)) == [">"]
    early = changed(
        plan,
        departures=tuple(
            Departure(period=d.period, start=W("2026-W47")) if "CAP1-1" in d.period else d
            for d in plan.departures
        ),
    )
    assert triangles(calendar(scenario, early)) == ["<"]


def test_every_week_without_class_is_shaded_and_named_as_people_say(
    scenario: Scenario, plan: Plan
) -> None:
    school = SchoolCalendar(scenario)
    axes = calendar(scenario, plan)
    shaded = {round(b.get_x()) for b in by_gid(axes, "semaine-fermee")}
    assert shaded == {i for i, w in enumerate(school.weeks) if w not in school.usable}
    assert school.weeks.index(W("2026-W52")) in shaded
    assert [t.get_text() for t in axes.get_xticklabels()] == [w.label() for w in school.weeks]


def test_weeks_blocked_for_one_school_are_hatched_in_its_row(
    scenario: Scenario, plan: Plan
) -> None:
    blocked = by_gid(calendar(scenario, plan), "blocage")
    assert len(blocked) == 1
    weeks = SchoolCalendar(scenario).weeks
    assert round(blocked[0].get_x()) == weeks.index(W("2027-W20"))
    assert blocked[0].get_hatch()


def test_the_strip_above_shows_pupils_out_of_both_families(scenario: Scenario, plan: Plan) -> None:
    axes = calendar(scenario, plan)
    (strip,) = axes.child_axes
    heights = Counter(int(p.get_height()) for p in strip.patches if p.get_height() > 1)  # type: ignore[attr-defined]
    # 5 pupils of 3e one week; 2 of 2de two weeks; 4 of CAP three weeks, twice
    assert heights == {5: 1, 2: 2, 4: 6}


def test_bars_of_a_row_never_overlap() -> None:
    bassin = generate(3, 400)
    calendar_axes = calendar(bassin, wished(bassin))
    taken: dict[int, list[tuple[float, float]]] = {}
    for bar in by_gid(calendar_axes, "depart"):
        lane = round(bar.get_y() * 100)
        taken.setdefault(lane, []).append((bar.get_x(), bar.get_x() + bar.get_width()))
    for spans in taken.values():
        ordered = sorted(spans)
        assert all(a[1] <= b[0] for a, b in pairwise(ordered))
    assert len(taken) > 5


def wished(scenario: Scenario) -> Plan:
    """Every departure in the usable week nearest to the wish; nobody placed."""
    school = SchoolCalendar(scenario)
    starts = []
    for p in scenario.periods:
        able = [w for w in school.usable if school.occupied(p, w)]
        aim = p.imposed or p.wished or able[0]
        starts.append(Departure(period=p.id, start=min(able, key=lambda w: abs(w.since(aim)))))
    return Plan(departures=tuple(starts), placements=())


# presence


def line_values(axes: Axes, label: str) -> dict[int, float]:
    """Value of a stair by position of the week, where it has one."""
    (patch,) = [p for p in axes.patches if str(p.get_label()).startswith(label)]
    values = patch.get_data().values  # type: ignore[attr-defined]
    return {i: float(v) for i, v in enumerate(values) if v == v}


def test_presence_stacks_pupils_out_by_public_week_by_week(scenario: Scenario, plan: Plan) -> None:
    axes = presence(scenario, plan, family="formation")
    weeks = SchoolCalendar(scenario).weeks
    out = {
        round(p.get_x() - 0.08): round(p.get_height())
        for p in axes.patches
        if isinstance(p, Rectangle)
        and same_color(p.get_facecolor(), PUBLIC_LOOKS["CAP"].colour)
        and p.get_height()
    }
    expected = ("2026-W51", "2027-W01", "2027-W02", "2027-W10", "2027-W11", "2027-W12")
    assert out == {weeks.index(W(w)): 4 for w in expected}


def test_seats_and_threshold_are_those_of_the_hosts_that_take_the_family(
    scenario: Scenario, plan: Plan
) -> None:
    """Observation: X-1 and X-3, 5 slots, threshold ⌊80 × 5 / 100⌋; training: X-2 and X-3, 4."""
    for family, slots in (("observation", 5), ("formation", 4)):
        axes = presence(scenario, plan, family=family)  # type: ignore[arg-type]
        usable = len(SchoolCalendar(scenario).usable)
        assert list(line_values(axes, "places").values()) == [slots] * usable
        assert list(line_values(axes, "seuil").values()) == [80 * slots // 100] * usable


def test_a_closed_host_lowers_seats_and_threshold_in_that_week_only(
    scenario: Scenario, plan: Plan
) -> None:
    week = W("2026-W47")
    closed = changed(scenario, closures=(Closure(target="X-1", first=week, last=week),))
    threshold = line_values(presence(closed, plan), "seuil")
    at = SchoolCalendar(scenario).weeks.index(week)
    assert threshold.pop(at) == 0
    assert set(threshold.values()) == {4}


def test_what_stands_above_the_threshold_is_outlined(scenario: Scenario, plan: Plan) -> None:
    """5 pupils of 3e for a threshold of 4: one pupil above; 4 CAP pupils for 3: six weeks."""
    observation = presence(scenario, plan)
    training = presence(scenario, plan, family="formation")

    def above(axes: Axes) -> list[tuple[float, float]]:
        return [
            (p.get_y(), p.get_height())
            for c in axes.containers
            if c.get_label() == "au-delà du seuil"
            for p in c.patches  # type: ignore[attr-defined]
        ]

    assert above(observation) == [(4, 1)]
    assert above(training) == [(3, 1)] * 6
    assert any("6 semaines au-delà du seuil" in t for t in texts(training))


def test_without_hosts_the_threshold_smooths_the_mean_load(scenario: Scenario, plan: Plan) -> None:
    """24 CAP pupil-weeks over the year, at 150 %, whole."""
    empty = changed(scenario, hosts=())
    alone = changed(plan, placements=())
    axes = presence(empty, alone, family="formation")
    expected = 150 * 24 // (100 * len(SchoolCalendar(scenario).usable))
    assert set(line_values(axes, "seuil de lissage").values()) == {expected}
    assert not [p for p in axes.patches if str(p.get_label()).startswith("places")]


# placement rate


def test_each_school_shows_its_rate_its_missing_places_and_its_network(
    scenario: Scenario, plan: Plan
) -> None:
    axes = placement_rate(scenario, plan)
    assert [t.get_text() for t in axes.get_yticklabels()] == ["Collège du Gué", "Lycée des Forges"]
    written = texts(axes)
    assert "80,0\u202f%  ·  REP" in written
    assert "1 sans place sur 5" in written
    assert "100\u202f%" in written
    assert "tous placés" in written
    placed = by_gid(axes, "places")
    without = by_gid(axes, "sans-place")
    assert [b.get_width() for b in placed] == [80, 100]
    assert [b.get_width() for b in without] == [20, 0]


def test_the_least_well_served_school_comes_first(scenario: Scenario, plan: Plan) -> None:
    nobody_of_the_lycee = changed(
        plan, placements=tuple(p for p in plan.placements if LYCEE not in p.period)
    )
    axes = placement_rate(scenario, nobody_of_the_lycee)
    assert axes.get_yticklabels()[0].get_text() == "Lycée des Forges"


def test_the_mean_of_the_bassin_counts_every_pupil_period(scenario: Scenario, plan: Plan) -> None:
    """15 pupil-periods, 14 placed."""
    axes = placement_rate(scenario, plan)
    (mean,) = [line.get_xdata()[0] for line in axes.lines]  # type: ignore[index]
    assert mean == pytest.approx(100 * 14 / 15)
    assert any(t.startswith("93,3\u202f% des 15") for t in texts(axes))


# journeys


def test_every_placed_pupil_period_is_in_one_bar_of_its_minutes(
    scenario: Scenario, plan: Plan
) -> None:
    journey = Journeys(scenario)
    expected = Counter(
        journey.minutes(scenario.pupil_of[p.pupil], p.host) // 5 for p in plan.placements
    )
    drawn: Counter[int] = Counter()
    for bar in journeys(scenario, plan).patches:
        if isinstance(bar, Rectangle) and bar.get_height():
            drawn[int(bar.get_x() // 5)] += round(bar.get_height())
    assert drawn == expected
    assert sum(drawn.values()) == 14


def test_comfort_and_limits_stand_where_the_rules_put_them(scenario: Scenario, plan: Plan) -> None:
    rules = changed(scenario.regulation, max_journey_training_minutes=62)
    axes = journeys(changed(scenario, regulation=rules), plan)
    assert sorted(line.get_xdata()[0] for line in axes.lines) == [30, 45, 62]  # type: ignore[index]
    assert "limite formation\n62 min" in texts(axes)


# all


def test_a_plan_without_placements_or_departures_is_still_drawn(scenario: Scenario) -> None:
    empty = Plan(departures=(), placements=())
    assert by_gid(calendar(scenario, empty), "depart") == []
    assert "Aucun départ." in texts(presence(scenario, empty))
    assert "Aucun élève placé." in texts(journeys(scenario, empty))
    assert "0,0\u202f%" in texts(placement_rate(scenario, empty))


def test_pictures_are_drawn_on_the_axes_they_are_given(scenario: Scenario, plan: Plan) -> None:
    for draw in (calendar, presence, placement_rate, journeys):
        axes = Figure().add_subplot()
        assert draw(scenario, plan, axes) is axes


def test_all_pictures_are_saved_twice_the_same(
    scenario: Scenario, plan: Plan, tmp_path: Path
) -> None:
    first = save_all(scenario, plan, tmp_path / "a")
    second = save_all(scenario, plan, tmp_path / "b")
    assert sorted({p.suffix for p in first}) == [".png", ".svg"]
    assert len(first) == 10
    assert [a.read_bytes() for a in first] == [b.read_bytes() for b in second]


def test_numbers_are_written_the_french_way() -> None:
    assert number(12345) == "12\u202f345"
    assert percent(1, 3) == "33,3\u202f%"
    assert percent(9999, 10000) == "99,9\u202f%"
    assert percent(3, 3) == "100\u202f%"
    assert percent(0, 0) == "–"
    assert same_color(CLOSED, "#e4e4e4")
