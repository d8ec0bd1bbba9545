"""From head counts alone to a calendar of the 3e weeks."""

from collections import Counter
from datetime import date

import pytest

from scenarios.head_counts import (
    HeadCounts,
    colleges,
    scenario,
    school_year,
    usual_weeks,
    zone_of,
)
from solver.errors import InvalidScenario
from solver.search import solve
from solver.verify import verify

TWELVE = "\n".join(f"Collège {i} ; {80 + i}" for i in range(12))


def counts(text: str = TWELVE, seats: int | None = None, together: bool = True) -> HeadCounts:
    first, last = usual_weeks("2026-2027")
    return HeadCounts(
        bassin="LUNEVILLE", academy="Nancy-Metz", year="2026-2027", colleges=colleges(text),
        first=first, last=last, seats=seats, together=together,
    )  # fmt: skip


def test_lines_are_read_as_people_paste_them() -> None:
    read = colleges("Collège Guynemer ; 96\n\n0540038Y\tLouis Pergaud\t58\n120;Jean Lamour\n")
    assert [(c.name, c.pupils, c.uai) for c in read] == [
        ("Collège Guynemer", 96, ""),
        ("Louis Pergaud", 58, "0540038Y"),
        ("Jean Lamour", 120, ""),
    ]


def test_every_line_that_cannot_be_read_is_told_at_once() -> None:
    with pytest.raises(InvalidScenario) as refused:
        colleges("Collège sans effectif\nCollège A ; 96\n; 12\nCollège B ; 0\nC ; 3 ; 4")
    assert [fault.line for fault in refused.value.faults] == [1, 3, 4, 5]
    with pytest.raises(InvalidScenario):
        colleges("  \n")


def test_a_wrong_uai_is_said() -> None:
    with pytest.raises(InvalidScenario) as refused:
        scenario(counts("Collège A ; 50 ; 0540038Y\nCollège B ; 40 ; 0540038Y"))
    assert refused.value.faults


def test_classes_hold_every_pupil_and_leave_together() -> None:
    made = scenario(counts())
    assert sum(d.headcount for d in made.divisions) == sum(80 + i for i in range(12))
    assert max(d.headcount for d in made.divisions) <= 30
    assert len({p.departure for p in made.periods}) == 12
    apart = scenario(counts(together=False))
    assert {p.departure for p in apart.periods} == {None}


def test_departures_spread_over_the_weeks_without_any_host() -> None:
    made = scenario(counts())
    result = solve(made, iterations=2_000, cores=1)
    assert result.plan is not None
    assert not verify(made, result.plan).violations
    weeks = Counter(d.start for d in result.plan.departures)
    assert len(weeks) == 12, "twelve collèges, eighteen weeks: one each"


def test_seats_place_the_pupils_they_can() -> None:
    made = scenario(counts(seats=100))
    result = solve(made, iterations=2_000, cores=1)
    assert result.plan is not None
    assert len(result.plan.placements) == len(made.everyone)


def test_a_school_year_turns_in_july_and_each_academie_has_its_zone() -> None:
    assert school_year(date(2026, 6, 30)) == "2025-2026"
    assert school_year(date(2026, 7, 1)) == "2026-2027"
    assert (zone_of("Nancy-Metz"), zone_of("Lyon"), zone_of("Créteil")) == ("B", "A", "C")
