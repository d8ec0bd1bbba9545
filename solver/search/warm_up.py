"""Compile all loops before the clock starts: under half a minute the first time, none afterwards.

Machine code is cached on disk, so the bound's is compiled in a process beside the search's.
"""

from functools import cache
from multiprocessing import get_context

import numpy as np

from solver.bound import Bound
from solver.domain import Division, Establishment, Host, Period, Place, Scenario
from solver.prepare import prepare
from solver.problem import Problem, Solution
from solver.search.board import lay_out
from solver.search.climb import Budget, Climber


@cache
def warm_up() -> None:
    """Run every kind of move, and the bound, on a bassin of one division and one host."""
    problem = prepare(_smallest(), keep=1)
    beside = get_context("fork").Process(target=_prove, args=(problem,), daemon=True)
    beside.start()
    nobody = np.full(len(problem.demands.period), -1, np.int32)
    start = problem.departures.allowed.argmax(axis=1).astype(np.int32)
    climber = Climber(lay_out(problem), Solution(start, nobody), seed=0)
    climber.build()
    for _ in ("cold", "hot"):
        climber.climb(Budget(0.0, 1.0, moves=1))
    beside.join()


def _prove(problem: Problem) -> None:
    for _ in Bound(problem).improve(rounds=1):
        pass


def _smallest() -> Scenario:
    return Scenario(
        title="",
        bassin="",
        academy="",
        year="2026-2027",
        zone="A",
        places=(Place(id="1", latitude=48.0, longitude=6.0),),
        establishments=(Establishment(uai="0000000A", name="", type="CLG", place="1"),),
        divisions=(Division(id="1", establishment="0000000A", public="3E", headcount=1),),
        periods=(Period(id="1", division="1", rank=1, duration_weeks=1),),
        hosts=(Host(id="X-1", place="1", publics=("3E",), slots=1),),
    )
