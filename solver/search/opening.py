"""A first calendar that keeps all calendar rules and every signed agreement, or the proof of none.

CP-SAT solves the Problem with nobody in it but those whose agreement is signed.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from solver.domain import Status
from solver.model import build
from solver.problem import FREE, Demands, Flags, Ints, Problem, Ragged, Solution


def opening(
    problem: Problem,
    seed: int,
    seconds: float | None,
    kept: Ints | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> tuple[Status, Solution | None]:
    """A solution in which all units have a start and only signed agreements a place.

    `kept`: the units that have a start (≥ 0) there leave then. « infeasible » is proven;
    « out_of_time » where `seconds` were not enough (None: no limit), or where told to stop.
    """
    signed = _signed(problem)
    bare = replace(problem, demands=_only(problem.demands, signed))
    if kept is None:
        model = build(bare)
    else:
        nobody = Solution(kept, np.full(int(signed.sum()), -1, np.int32))
        model = build(bare, nobody, np.flatnonzero(kept < 0).tolist(), range(int(signed.sum())))
    answer = model.solve(seconds=seconds, seed=seed, should_stop=should_stop)
    if answer.solution is None:
        return answer.status, None
    option = np.full(len(signed), -1, np.int32)
    option[signed] = answer.solution.option
    return "feasible", Solution(answer.solution.start, option)


def _signed(problem: Problem) -> Flags:
    """(D) demands that must be placed, with those that they may need beside them.

    These are the rest of their group and, where a slot takes no fewer than `groupe_min`, their
    whole division.
    """
    demands, options = problem.demands, problem.options
    signed = demands.must.copy()
    for d in np.flatnonzero(demands.must):
        seeker, period = demands.seeker[d], demands.period[d]
        hosts = options.host[options.start[seeker] : options.start[seeker + 1]]
        if (problem.capacities.group_min[hosts] > 1).any():
            signed[demands.first[period] : demands.first[period + 1]] = True
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
    before_kept = demands.previous[kept]
    previous = np.where(before_kept >= 0, position[before_kept], -1).astype(np.int32)
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
        previous=previous,
        link=np.where(previous >= 0, demands.link[kept], FREE).astype(np.int32),
        reference_host=demands.reference_host[kept],
    )


def _ragged(rows: list[Ints]) -> Ragged:
    start = np.zeros(len(rows) + 1, np.int32)
    np.cumsum([len(row) for row in rows], out=start[1:])
    return Ragged(start, np.concatenate([np.empty(0, np.int32), *rows]).astype(np.int32))
