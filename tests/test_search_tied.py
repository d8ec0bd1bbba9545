"""Ranks tied to one host (`hote = meme`) move as one: the search alone reaches the proven optimum.

Few slots, drawn villages: whoever sits where another should only leaves with all its ranks.
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


def bassin(seed: int, ranks: int, moving: bool, **host: Any) -> Scenario:
    """Two divisions that want the same slots; every rank goes where the rank before it went."""
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
                host_link="meme" if rank > 1 else "libre",
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


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("ranks", "moving", "host"),
    [
        (2, False, {}),
        (3, False, {}),
        (2, True, {}),
    ],
    ids=["two ranks", "three ranks", "weeks to choose"],
)
def test_tied_ranks_reach_the_proven_optimum(
    seed: int, ranks: int, moving: bool, host: dict[str, Any]
) -> None:
    scenario = bassin(seed, ranks, moving, **host)
    problem = prepare(scenario)
    proven = build(problem).solve(seconds=60)
    _, first = opening(problem, 0, None)
    assert first is not None
    climber, budget = Climber(lay_out(problem), first, seed), Budget(0.0, 1.0, moves=20_000)
    climber.build()
    while climber.moves < 20_000:
        climber.climb(budget)

    assert proven.status == "optimal"
    report = verify(scenario, decode(scenario, problem, climber.solution()))
    assert report.violations == ()
    assert report.cost == climber.best == proven.cost
