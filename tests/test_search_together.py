"""The search alone reaches the proven optimum where pupils only move together.

Few slots, drawn villages: whoever sits where another should leaves only with all its ranks
(`hote = meme`), or with the classmates without whom the slot would be incomplete (`groupe_min`).
"""

import random
from typing import Any

import pytest

from solver.domain import Division, Establishment, Host, Period, Place, Pupil, Scenario
from solver.model import build
from solver.prepare import decode, prepare
from solver.search.board import lay_out
from solver.search.climb import Budget, Climber
from solver.search.opening import opening
from solver.verify import verify
from solver.week import Week

LP = "0540037X"
PUPILS = 6
EARLIEST = (37, 45, 49)
"""Weeks of the ranks, clear of holidays."""


def bassin(
    seed: int, ranks: int = 2, *, moving: bool = False, link: str = "meme", **host: Any
) -> Scenario:
    """One division with its weeks set, or two with weeks to choose that want the same slots."""
    dice = random.Random(seed)
    villages = [
        Place(id=str(i), latitude=48.5 + dice.random() / 4, longitude=6.3 + dice.random() / 3)
        for i in range(2 * PUPILS)
    ]
    divisions = ("A", "B") if moving else ("A",)
    return Scenario(
        title="À la main",
        bassin="TEST",
        academy="Nancy-Metz",
        year="2026-2027",
        zone="B",
        places=villages,
        establishments=[Establishment(uai=LP, name="Lycée", type="LP", place="0")],
        divisions=[Division(id=d, establishment=LP, public="CAP", headcount=0) for d in divisions],
        periods=[
            Period(
                id=f"{d}{rank}",
                division=d,
                rank=rank,
                duration_weeks=2,
                host_link=link if rank > 1 else "libre",
                earliest=Week(2026, EARLIEST[rank - 1]),
                latest=Week(2026, EARLIEST[rank - 1] + (3 if moving else 1)),
            )
            for d in divisions
            for rank in range(1, ranks + 1)
        ],
        pupils=[
            Pupil(id=f"{d}{i}", division=d, home=str(dice.randrange(2 * PUPILS)), age=17)
            for d in divisions
            for i in range(PUPILS)
        ],
        hosts=[
            Host(
                id=f"X-{i}",
                place=str(i),
                publics=["CAP"],
                **{"slots": 1, "max_slot_weeks": 2 * ranks} | host,
            )
            for i in range(2 * PUPILS // host.get("group_max", 2))
        ],
    )


def reached(scenario: Scenario, seed: int) -> tuple[int, int]:
    """Points of the plan that one climber finds and of the best there is."""
    problem = prepare(scenario)
    proven = build(problem).solve(seconds=60)
    _, first = opening(problem, 0, None)
    assert first is not None
    climber, budget = Climber(lay_out(problem), first, seed), Budget(0.0, 1.0, moves=20_000)
    climber.build()
    while climber.moves < 20_000:
        climber.climb(budget)
    report = verify(scenario, decode(scenario, problem, climber.solution()))
    assert report.violations == ()
    assert report.cost == climber.best
    assert proven.status == "optimal"
    assert proven.cost is not None
    return report.cost, proven.cost


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("ranks", "moving"),
    [(2, False), (3, False), (2, True)],
    ids=["two ranks", "three ranks", "weeks to choose"],
)
def test_ranks_tied_to_one_host_reach_the_optimum(seed: int, ranks: int, moving: bool) -> None:
    found, best = reached(bassin(seed, ranks, moving=moving), seed)
    assert found == best


@pytest.mark.parametrize("link", ["libre", "meme"])
@pytest.mark.parametrize("village", [2, 3, 4, 5])
def test_slots_for_two_at_least_reach_the_optimum(village: int, link: str) -> None:
    scenario = bassin(village, link=link, group_min=2, group_max=3)
    runs = [reached(scenario, seed) for seed in range(3)]
    assert min(found for found, _ in runs) == runs[0][1]
