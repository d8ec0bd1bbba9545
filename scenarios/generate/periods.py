# ruff: noqa: E501  (a table: one level, one line)
"""When the divisions of a fictional bassin go out to work: windows, wishes, gaps, workshops.

Shaped after the calendars of real establishments in 2026-2027, zone B: one week for 3e, the two
imposed weeks of June for 2de GT, two stays of three to five weeks for CAP and bac pro.
Must not know: pupils, hosts.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scenarios.generate.recipe import Recipe
from scenarios.generate.schools import School, level
from solver.domain import Closure, Division, Period, SchoolYearChanges
from solver.week import Week

YEAR: Final = "2026-2027"
ZONE: Final = "B"
_W = Week.parse
_WISHES_3E = {
    _W("2026-W50"): 22, _W("2026-W51"): 20, _W("2027-W04"): 22, _W("2027-W07"): 14,
    _W("2027-W06"): 9, _W("2027-W05"): 7, _W("2027-W03"): 4, _W("2027-W12"): 2,
}  # fmt: skip
_SHORT_STAY_WEEKS = 3
"""A stay no longer than this is kept clear of holidays; a longer one may straddle them."""


@dataclass(frozen=True, slots=True)
class Stay:
    """One rank of a level: weeks of work, window, and the week most schools wish."""

    weeks: int
    earliest: str
    latest: str
    wished: str
    min_gap: int = 0


# fmt: off
STAYS: dict[str, tuple[Stay, ...]] = {
    "2P": (Stay(3, "2026-W38", "2027-W07", "2026-W48", 3), Stay(3, "2027-W01", "2027-W26", "2027-W23", 3)),
    "1P": (Stay(5, "2026-W38", "2027-W07", "2027-W03", 3), Stay(3, "2027-W01", "2027-W26", "2027-W19", 3)),
    "TP": (Stay(3, "2026-W38", "2027-W07", "2026-W46", 3), Stay(3, "2027-W01", "2027-W20", "2027-W11", 3)),
    "CAP1": (Stay(4, "2026-W38", "2027-W07", "2026-W49", 3), Stay(3, "2027-W01", "2027-W26", "2027-W22", 3)),
    "CAP2": (Stay(4, "2026-W38", "2027-W07", "2026-W46", 3), Stay(3, "2027-W01", "2027-W20", "2027-W11", 3)),
    "BTS1": (Stay(4, "2027-W01", "2027-W26", "2027-W21"),),
    "BTS2": (Stay(4, "2026-W38", "2026-W51", "2026-W46"), Stay(4, "2027-W01", "2027-W15", "2027-W03", 2)),
    "CS": (Stay(6, "2026-W38", "2027-W07", "2026-W45"), Stay(6, "2027-W01", "2027-W26", "2027-W11", 2)),
    "SEGPA": (Stay(2, "2026-W46", "2027-W07", "2026-W48"), Stay(2, "2027-W01", "2027-W21", "2027-W12", 3)),
    "3PM": (Stay(2, "2026-W41", "2027-W07", "2026-W47"), Stay(2, "2027-W01", "2027-W21", "2027-W13", 3)),
    "4E": (Stay(1, "2026-W41", "2027-W07", "2026-W50"), Stay(1, "2027-W01", "2027-W26", "2027-W18", 3)),
}
# fmt: on
STAY_3E = Stay(1, "2026-W46", "2027-W21", "2027-W04")
_2GT = Stay(2, "2027-W24", "2027-W25", "2027-W24")
_COUNCIL_WEEKS = ("2026-W42", "2026-W47", "2026-W50", "2027-W02", "2027-W12", "2027-W20")
_OFFSETS = (-1, 0, 0, 1)
"""How many weeks a school's habits stand from the most usual ones."""


def periods(recipe: Recipe, schools: Sequence[School]) -> tuple[Period, ...]:
    """The periods of every division, by school and division."""
    dice = recipe.dice("périodes")
    meme = recipe.dice("même structure")
    rows: list[Period] = []
    for school in schools:
        offset = dice.choice(_OFFSETS)
        week_3e = dice.choices(list(_WISHES_3E), weights=list(_WISHES_3E.values()))[0]
        workshops = _workshops(dice, school)
        for division in school.divisions:
            if division.public == "3E":
                rows.append(_alone(division, STAY_3E, "3e", wished=week_3e))
            elif division.public == "2GT":
                rows.append(_alone(division, _2GT, "2gt", imposed=_W(_2GT.wished)))
            else:
                ranks = _ranks(dice, division, offset, workshops)
                if recipe.has("hote_meme") and len(ranks) > 1 and meme.random() < 0.1:
                    ranks[1] = ranks[1].model_copy(update={"host_link": "meme"})
                rows += ranks
    return tuple(rows)


def closures(recipe: Recipe, schools: Sequence[School]) -> tuple[Closure, ...]:
    """Weeks of councils and exams in two vocational schools of three."""
    dice = recipe.dice("blocages")
    weeks = [
        _W(w) for w in ("2026-W42", "2026-W47", "2026-W50", "2027-W02", "2027-W12", "2027-W20")
    ]
    return tuple(
        Closure(target=school.row.uai, first=week, last=week, reason="conseils et CCF")
        for school in schools
        if school.row.max_divisions_away is not None
        for week in sorted(dice.sample(weeks, dice.choice((0, 1, 1, 2))))
    )


def school_year(recipe: Recipe) -> SchoolYearChanges:
    """One local day off, and one week given to the whole bassin's career fair."""
    if not recipe.has("fermetures"):
        return SchoolYearChanges()
    return SchoolYearChanges(closures=(_W("2027-W14"), _W("2027-W20").friday))


def _alone(
    division: Division,
    stay: Stay,
    group: str,
    wished: Week | None = None,
    imposed: Week | None = None,
) -> Period:
    """The one period of a division that leaves with all those of its level in the school."""
    return Period(
        id=f"{division.id}-1",
        division=division.id,
        rank=1,
        duration_weeks=stay.weeks,
        earliest=_W(stay.earliest),
        latest=_W(stay.latest),
        wished=wished,
        imposed=imposed,
        departure=f"{division.establishment}-{group}",
    )


def _ranks(
    dice: random.Random, division: Division, offset: int, workshops: dict[str, str]
) -> list[Period]:
    stays = STAYS[level(division)]
    other_host = dice.random() < 0.18
    workshop = workshops.get(division.id)
    return [
        Period(
            id=f"{division.id}-{rank}",
            division=division.id,
            rank=rank,
            duration_weeks=stay.weeks,
            earliest=_W(stay.earliest),
            latest=_W(stay.latest),
            wished=_W(stay.wished).plus(offset),
            may_straddle=stay.weeks > _SHORT_STAY_WEEKS,
            min_gap_weeks=stay.min_gap,
            exclusions=(workshop,) if workshop else (),
            host_link="different" if rank > 1 and other_host else "libre",
        )
        for rank, stay in enumerate(stays, 1)
    ]


def _workshops(dice: random.Random, school: School) -> dict[str, str]:
    """Divisions of regulated trades that share a workshop, so that one is always at school."""
    shared: dict[str, list[Division]] = {}
    for division in school.divisions:
        if division.public == "BACPRO" and division.regulated and division.speciality_group:
            shared.setdefault(division.speciality_group, []).append(division)
    return {
        division.id: f"{school.row.uai}-atelier-{group}"
        for group, divisions in shared.items()
        if len(divisions) == 3 and dice.random() < 0.7
        for division in divisions
    }
