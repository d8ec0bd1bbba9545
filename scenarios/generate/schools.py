"""Schools of a fictional bassin and their divisions: who teaches what, where, to how many.

Must not know: weeks, pupils, hosts.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from scenarios.generate import names
from scenarios.generate.identifiers import uai
from scenarios.generate.recipe import Recipe
from scenarios.generate.territory import Site, Territory
from scenarios.generate.trades import AFTER_BACCALAUREATE, BACPRO, CAP, SPECIALISED, Track
from solver.domain import Division, Establishment, Public, SchoolType

_DIVISION_3E, _DIVISION_2GT, _DIVISION_TRAINING = 23.5, 30.0, 15.5
_AWAY_SHARE = 0.57
"""Vocational lycées let about this share of their divisions out in the same week."""
_TITLES: dict[SchoolType, str] = {
    "CLG": "Collège",
    "LG": "Lycée général",
    "LGT": "Lycée général et technologique",
    "LP": "Lycée professionnel",
    "LPO": "Lycée polyvalent",
    "MFR": "Maison familiale rurale",
}
_LEVELS: dict[Public, tuple[tuple[str, str], ...]] = {
    "BACPRO": (("2P", "2de pro"), ("1P", "1re pro"), ("TP", "Tle pro")),
    "CAP": (("CAP1", "CAP 1"), ("CAP2", "CAP 2")),
    "BTS": (("BTS1", "1re année"), ("BTS2", "2e année")),
    "CS": (("CS", ""),),
}


@dataclass(slots=True)
class School:
    """An establishment being filled with divisions."""

    row: Establishment
    site: Site
    divisions: list[Division] = field(default_factory=list)

    def open(
        self,
        code: str,
        name: str,
        public: Public,
        headcount: int,
        track: Track | None = None,
        level: int = 0,
    ) -> None:
        """Adds a division; `code` is unique in the school."""
        self.divisions.append(
            Division(
                id=f"{self.row.uai}-{code}",
                establishment=self.row.uai,
                name=name,
                public=public,
                diploma=track.diplomas[level] if track else None,
                sectors=track.sectors if track else (),
                headcount=headcount,
                regulated=track.regulated if track else False,
            )
        )

    def open_track(self, dice: random.Random, track: Track) -> None:
        """One division per year of the track."""
        for level, (code, year) in enumerate(_LEVELS[track.public]):
            rank = len(self.divisions) + 1
            name = f"{year} {track.name}".strip()
            size = _size(dice, _DIVISION_TRAINING, 0.25)
            self.open(f"{code}{rank:02d}", name, track.public, size, track, level)

    def count(self, public: Public) -> int:
        return sum(d.public == public for d in self.divisions)


def level(division: Division) -> str:
    """The year within a track (`2P`, `CAP1`, `BTS2`), or the public where it has no years."""
    if division.public in ("BACPRO", "CAP", "BTS"):
        return division.id.partition("-")[2][:-2]
    return division.public


def schools(recipe: Recipe, land: Territory) -> tuple[School, ...]:
    """Collèges, general and vocational lycées in the proportions of a real bassin."""
    dice = recipe.dice("établissements")
    opened = _Opened(dice, recipe.ground.schools_before)
    colleges = _colleges(recipe, land, opened)
    vocational = _vocational(recipe, land, opened)
    _general(recipe, land, opened, [s for s in vocational if s.row.type == "LPO"])
    if recipe.has("autres_publics"):
        _other_publics(recipe.dice("autres publics"), land, opened, colleges, vocational)
    return tuple(_with_limit(school) for school in opened.schools)


class _Opened:
    """Gives each new school its UAI and its name."""

    def __init__(self, dice: random.Random, before: int) -> None:
        self.schools: list[School] = []
        self._names: Iterator[str] = names.schools(dice)
        self._numbers = count(before + 1)

    def add(self, type_: SchoolType, site: Site, rep: bool = False) -> School:
        row = Establishment(
            uai=uai(next(self._numbers)),
            name=f"{_TITLES[type_]} {next(self._names)}",
            type=type_,
            place=site.place.id,
            priority_education="rep" if rep else "",
        )
        self.schools.append(School(row, site))
        return self.schools[-1]


def _colleges(recipe: Recipe, land: Territory, opened: _Opened) -> list[School]:
    """One in three in a town, larger than those of market towns; some in priority education."""
    dice = recipe.dice("collèges")
    pupils = recipe.pupils * recipe.shares.third_year
    total = max(1, round(0.6 + pupils / 115))
    in_town = max(1, round(total * 0.36))
    rural = _spread(dice, land.market_towns + land.villages[: total // 3], total - in_town)
    sites = [*(dice.choice(land.towns) for _ in range(in_town)), *rural]
    colleges = [
        opened.add("CLG", site, rep=i < in_town and dice.random() < 0.3)
        for i, site in enumerate(sites)
    ]
    weights = [dice.uniform(1, 1.6) if i < in_town else dice.uniform(0.6, 1) for i in range(total)]
    for school, weight in zip(colleges, weights, strict=True):
        size = pupils * weight / sum(weights)
        divisions = max(1, round(size / _DIVISION_3E))
        for i in range(divisions):
            letter = chr(ord("A") + i)
            headcount = _size(dice, size / divisions, 0.05)
            school.open(f"3{letter}", f"3e {letter}", "3E", headcount)
    return colleges


def _vocational(recipe: Recipe, land: Territory, opened: _Opened) -> list[School]:
    """LP and, for one in three, LPO, each with tracks of its own until its pupils are seated."""
    dice = recipe.dice("voie professionnelle")
    pupils = recipe.pupils * recipe.shares.training
    total = max(1, round(1 + pupils / 330))
    sites = [*land.towns, *_spread(dice, land.towns * 2 + land.market_towns, total)][:total]
    lycees = [opened.add("LPO" if i % 3 == 1 else "LP", site) for i, site in enumerate(sites)]
    for school, size in zip(lycees, _shares(dice, pupils, total), strict=True):
        bac, cap = _unrepeated(dice, BACPRO), _unrepeated(dice, CAP)
        while sum(d.headcount for d in school.divisions) < size - _DIVISION_TRAINING:
            school.open_track(dice, next(cap if dice.random() < 0.25 else bac))
    return lycees


def _general(
    recipe: Recipe, land: Territory, opened: _Opened, polyvalent: Sequence[School]
) -> None:
    """2de GT in LGT, LG, and the LPO that stand already."""
    dice = recipe.dice("voie générale")
    pupils = recipe.pupils * recipe.shares.general
    total = max(1, round(0.8 + pupils / 230))
    new = max(1, total - len(polyvalent))
    sites = [*land.towns, *_spread(dice, land.towns * 2 + land.market_towns, new)][:new]
    lycees = [opened.add("LG" if i % 4 == 2 else "LGT", site) for i, site in enumerate(sites)]
    lycees += polyvalent
    for school, size in zip(lycees, _shares(dice, pupils, len(lycees)), strict=True):
        divisions = max(1, round(size / _DIVISION_2GT))
        for i in range(1, divisions + 1):
            headcount = _size(dice, size / divisions, 0.04)
            school.open(f"2{i:02d}", f"2de {i}", "2GT", headcount)


def _other_publics(
    dice: random.Random,
    land: Territory,
    opened: _Opened,
    colleges: Sequence[School],
    vocational: Sequence[School],
) -> None:
    """SEGPA in one collège of five, prépa-métiers, BTS and CS in some lycées, and one MFR."""
    for school in dice.sample(colleges, max(1, len(colleges) // 5)):
        school.open("3S", "3e SEGPA", "SEGPA", dice.randint(9, 14))
    for school in dice.sample(vocational, max(1, len(vocational) // 4)):
        school.open("3PM", "3e prépa-métiers", "3PM", dice.randint(14, 22))
    for school in dice.sample(vocational, max(1, len(vocational) // 5)):
        school.open_track(dice, dice.choice(AFTER_BACCALAUREATE))
    for school in dice.sample(vocational, max(1, len(vocational) // 8)):
        school.open_track(dice, dice.choice(SPECIALISED))
    rural_school = opened.add("MFR", dice.choice(land.market_towns))
    rural_school.open("4E", "4e", "4E", dice.randint(12, 20))
    rural_school.open("3E", "3e", "3E", dice.randint(12, 20))


def _with_limit(school: School) -> School:
    training = sum(d.family == "formation" for d in school.divisions)
    if training:
        limit = max(2, -int(-training * _AWAY_SHARE // 1))
        school.row = school.row.model_copy(update={"max_divisions_away": limit})
    return school


def _spread(dice: random.Random, sites: Sequence[Site], wanted: int) -> list[Site]:
    """`wanted` sites, each once before any twice."""
    drawn: list[Site] = []
    while len(drawn) < wanted:
        drawn += dice.sample(sites, min(len(sites), wanted - len(drawn)))
    return drawn


def _shares(dice: random.Random, pupils: float, schools: int) -> list[float]:
    """`pupils` shared out unevenly: the largest school has about three times the smallest."""
    weights = [dice.uniform(0.5, 1.5) for _ in range(schools)]
    return [pupils * w / sum(weights) for w in weights]


def _size(dice: random.Random, mean: float, spread: float) -> int:
    return max(3, round(mean * dice.uniform(1 - 1.7 * spread, 1 + 1.7 * spread)))


def _unrepeated(dice: random.Random, tracks: Sequence[Track]) -> Iterator[Track]:
    """Tracks by chance and weight, all of them once before any twice."""
    while True:
        left = list(tracks)
        while left:
            track = dice.choices(left, weights=[t.weight for t in left])[0]
            left.remove(track)
            yield track
