"""Pupils of a fictional bassin and the boarding houses some of them live in.

Proportions (homes, modes, ages, needs, pairs) follow two bassins simulated from public statistics.
Must not know: periods, hosts.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from scenarios.generate.recipe import Recipe
from scenarios.generate.schools import School, level
from scenarios.generate.territory import Nearness, Territory
from solver.domain import BoardingHouse, Division, Mode, Pupil

_YOUNGEST: dict[str, int] = {
    "4E": 13, "3E": 14, "SEGPA": 14, "3PM": 14, "2GT": 15, "CAP1": 15, "CAP2": 16,
    "2P": 15, "1P": 16, "TP": 17, "CS": 17, "BTS1": 18, "BTS2": 19,
}  # fmt: skip
_LATE = (0, 0, 0, 0, 0, 0, 0, 1, 1, 2)
"""Years above the youngest age of the level."""
_REACH_KM: dict[str, float] = {"college": 3.5, "general": 8, "vocational": 12}
_AT_SCHOOL_PLACE: dict[str, float] = {"college": 0.15, "general": 0.15, "vocational": 0.05}
"""Share of pupils who live where their school stands, besides those that nearness brings."""
_MINUTES_2GT = 60
_PAIRS = 0.042
"""Chance that a 3e pupil opens a pair or a trio: 9 % of them are in one."""


def boarding_houses(recipe: Recipe, schools: Sequence[School]) -> tuple[BoardingHouse, ...]:
    """At three lycées of four; three of four are open to pupils from elsewhere."""
    dice, mixed = recipe.dice("internats"), recipe.dice("lits mixtes")
    rows = []
    for school in schools:
        beds, away, open_ = dice.randint(4, 12), dice.random() < 0.75, dice.random() < 0.75
        if school.row.type == "CLG" or not away:
            continue
        shared = mixed.random() < 0.3 and recipe.has("lits_mixtes")
        rows.append(
            BoardingHouse(
                id=f"INT-{school.row.uai}",
                establishment=school.row.uai,
                place=school.site.place.id,
                beds_girls=0 if shared else beds,
                beds_boys=0 if shared else beds,
                beds_mixed=beds if shared else 0,
                open=open_,
            )
        )
    return tuple(rows)


def pupils(
    recipe: Recipe,
    land: Territory,
    schools: Sequence[School],
    houses: Sequence[BoardingHouse],
) -> tuple[Pupil, ...]:
    """Every division's pupils, in order, `e00001`…; none where a head count must do."""
    homes = {kind: Nearness(land.home, reach) for kind, reach in _REACH_KM.items()}
    house_of = {house.establishment: house.id for house in houses}
    abroad = land.abroad[0].country if land.abroad else None
    counted_only = _counted_only(recipe, schools)
    rows: list[Pupil] = []
    for school in schools:
        dice = recipe.dice(f"élèves {school.row.uai}")
        draw = _Draw(
            dice,
            school,
            homes[_kind(school)],
            house_of.get(school.row.uai),
            recipe.has("inconnus"),
            abroad,
        )
        for division in school.divisions:
            if division.id in counted_only:
                continue
            for group in _groups(dice, division):
                id_ = f"{recipe.ground.prefix}e{len(rows) + 1:05d}"
                rows.append(draw.pupil(id_, division, group))
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class _Draw:
    """What the pupils of one school have in common."""

    dice: random.Random
    school: School
    near: Nearness
    own_house: str | None
    with_unknowns: bool
    abroad: str | None

    def pupil(self, id_: str, division: Division, group: str | None) -> Pupil:
        dice = self.dice
        age = _YOUNGEST[level(division)] + dice.choice(_LATE)
        local = dice.random() < _AT_SCHOOL_PLACE[_kind(self.school)]
        home = self.school.site if local else self.near.draw(dice, self.school.site)
        old_enough = division.public not in ("3E", "4E", "SEGPA")
        boards = dice.random() < 0.08 and old_enough and home is not self.school.site
        accepts = dice.random() < 0.35 and old_enough
        hidden_sex, hidden_age, crosses = (dice.random() for _ in range(3))
        return Pupil(
            id=id_,
            division=division.id,
            home=home.place.id,
            modes=_modes(dice, division, age),
            max_journey_minutes=_MINUTES_2GT if division.public == "2GT" else None,
            age=None if self.with_unknowns and hidden_age < 0.02 else age,
            sex=None if self.with_unknowns and hidden_sex < 0.02 else dice.choice(("f", "g")),
            needs=("pmr",) if dice.random() < 0.011 else (),
            priority=_priority(dice, division, self.school),
            group=group,
            boarding_house=self.own_house if boards else None,
            accepts_boarding=accepts,
            countries=("FR", self.abroad) if self.abroad and crosses < 0.06 else ("FR",),
        )


def _kind(school: School) -> str:
    match school.row.type:
        case "CLG":
            return "college"
        case "LG" | "LGT":
            return "general"
        case _:
            return "vocational"


def _counted_only(recipe: Recipe, schools: Sequence[School]) -> frozenset[str]:
    """Divisions of the smallest collège, known by their head count alone."""
    colleges = [s for s in schools if s.row.type == "CLG"]
    if not recipe.has("effectifs_seuls") or len(colleges) < 2:
        return frozenset()
    smallest = min(colleges, key=lambda s: (sum(d.headcount for d in s.divisions), s.row.uai))
    return frozenset(d.id for d in smallest.divisions)


def _groups(dice: random.Random, division: Division) -> list[str | None]:
    """The group of each pupil in turn: pairs and some trios in 3e, none elsewhere."""
    groups: list[str | None] = []
    number = 0
    while len(groups) < division.headcount:
        together = 1
        if division.public == "3E" and dice.random() < _PAIRS:
            together = dice.choice((2, 2, 2, 3))
        if 1 < together <= division.headcount - len(groups):
            number += 1
            groups += [f"{division.id}-b{number}"] * together
        else:
            groups.append(None)
    return groups


def _modes(dice: random.Random, division: Division, age: int) -> tuple[Mode, ...]:
    """On foot, by bus and bicycle at collège; a moped or a car for some of the older ones."""
    if age < 15 or division.public in ("3E", "SEGPA"):
        return ("tc", "pied", "velo")
    moped = dice.random() < (0.04 if division.public == "2GT" else 0.14)
    car = dice.random() < 0.5 and age >= 18
    return ("tc", "velo", *(("deux_roues",) if moped else ()), *(("voiture",) if car else ()))


def _priority(dice: random.Random, division: Division, school: School) -> int:
    """3 for the pupils a school worries about; 2 in CAP and in priority education."""
    if dice.random() < 0.02:
        return 3
    return 2 if division.public == "CAP" or school.row.priority_education else 1
