"""A first calendar that keeps all calendar rules and every signed agreement, or the proof of none.

CP-SAT solves the Problem with nobody in it but those whose agreement is signed (and their pairs).
"""

from dataclasses import replace

import numpy as np

from solver.domain import Status
from solver.model import build
from solver.problem import Demands, Flags, Ints, Problem, Ragged, Solution


def opening(problem: Problem, seed: int, seconds: float | None) -> tuple[Status, Solution | None]:
    """A solution in which all units have a start and only signed agreements a place.

    « infeasible » is proven; « out_of_time » where `seconds` were not enough (None: no limit).
    """
    signed = _signed(problem.demands)
    bare = replace(problem, demands=_only(problem.demands, signed))
    answer = build(bare).solve(seconds=seconds, seed=seed)
    if answer.solution is None:
        return answer.status, None
    option = np.full(len(signed), -1, np.int32)
    option[signed] = answer.solution.option
    return "feasible", Solution(answer.solution.start, option)


def _signed(demands: Demands) -> Flags:
    """(D) demands that must be placed, with those grouped with them."""
    signed = demands.must.copy()
    for g in range(len(demands.groups)):
        members = demands.groups[g]
        signed[members] = signed[members].any()
    return signed


def _only(demands: Demands, kept: Flags) -> Demands:
    """The kept demands alone."""
    position = np.where(kept, np.cumsum(kept) - 1, -1).astype(np.int32)
    before = np.concatenate(([0], np.cumsum(kept)))
    groups = [g for g in range(len(demands.groups)) if kept[demands.groups[g]].all()]
    group_of = np.full(len(demands.groups) + 1, -1, np.int32)
    group_of[groups] = np.arange(len(groups))
    previous = demands.previous[kept]
    return Demands(
        period=demands.period[kept],
        first=before[demands.first].astype(np.int32),
        pupil=demands.pupil[kept],
        seeker=demands.seeker[kept],
        sex=demands.sex[kept],
        unplaced_cost=demands.unplaced_cost[kept],
        must=demands.must[kept],
        group=group_of[demands.group[kept]],
        groups=_ragged([position[demands.groups[g]] for g in groups]),
        previous=np.where(previous >= 0, position[previous], -1).astype(np.int32),
        link=demands.link[kept],
        reference_host=demands.reference_host[kept],
    )


def _ragged(rows: list[Ints]) -> Ragged:
    start = np.zeros(len(rows) + 1, np.int32)
    np.cumsum([len(row) for row in rows], out=start[1:])
    return Ragged(start, np.concatenate([np.empty(0, np.int32), *rows]).astype(np.int32))
