"""The priced relaxation of a Problem: for given prices a proven bound, and where demand exceeds it.

Must not know: how prices are improved.
"""

import numpy as np
from numba import njit

from solver.bound.cases import evaluate
from solver.bound.chains import chains
from solver.bound.prices import Floats, layout, tables
from solver.bound.seekers import SHARES, seekers
from solver.bound.stays import stays
from solver.bound.transport import NONE
from solver.problem import Flags, Longs, Problem


_SLACK = 8 << SHARES
"""How far above a pupil's cheapest option its list first goes; raised where too short."""


class Relaxation:
    """All limits that units share are priced; each unit respects its own. Built once per Problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.stays = stays(problem)
        self.seekers = seekers(problem)
        self.where = layout(problem)
        self.chains = chains(problem.departures)
        units, weeks = problem.departures.allowed.shape
        demands = len(self.seekers.demand)
        s = self.seekers
        sizes = np.diff(s.first)
        lists = (s.high - s.low).astype(np.int64)
        per_unit = [int(lists[a:b].sum()) for a, b in zip(s.first, s.first[1:], strict=False)]
        self._widest = int(sizes.max(initial=0)), max(per_unit, default=0)
        self._memory = (
            np.full(demands * weeks, NONE, np.int32),
            np.zeros(demands * weeks, np.int64),
            np.full(demands, _SLACK, np.int64),
        )
        self._seekers = (
            s.first, s.period, s.establishment, s.sex, s.low, s.high, s.together, s.unplaced,
            s.kept_host, s.host, s.bed, s.cost, s.last,
        )  # fmt: skip
        self._stays = self.stays.of_period, self.stays.weeks, self.stays.room
        c = self.chains
        self._forest = c.order, c.parent, c.tie, c.fits
        self.starts = np.zeros(units, np.int32)
        self.taken = np.full((weeks, demands), NONE, np.int32)
        self.value = np.zeros((units, weeks), np.int64)
        self.exact = np.zeros((units, weeks), np.bool_)

    def __call__(self, vector: Longs, allowed: Flags | None = None) -> int:
        """The bound in shares at these prices; leaves the choice in `starts` and `taken`."""
        problem = self.problem
        priced = tables(problem, self.stays, self.where, vector)
        fixed = problem.departures.cost << SHARES
        np.add.at(fixed, problem.departures.unit, priced.present)
        total = evaluate(
            problem.departures.allowed if allowed is None else allowed,
            fixed,
            self._seekers,
            self._stays,
            self.stays.of_unit,
            (priced.seat, priced.bed, priced.surcharge),
            problem.prices.host_stability << SHARES,
            self._forest,
            self._memory,
            self._widest,
            self.starts,
            self.taken,
            self.value,
            self.exact,
        )
        return int(total) - int(np.dot(vector, self.where.limit))

    def excess(self) -> Floats:
        """(n) use of each limit by the last choice, minus the limit: the direction of the prices."""
        problem, where = self.problem, self.where
        gradient = -where.limit.astype(np.float64)
        view = {name: where.view(gradient, name) for name in where.shapes}
        capacities = problem.capacities
        group = 1.0 / capacities.group_max
        _use(
            self.starts, self.taken, self.seekers.first, self.seekers.period, self.seekers.sex,
            self.seekers.establishment, self.seekers.host, self.seekers.bed, problem.public,
            self.stays.training[self.stays.of_period], problem.departures.duration,
            capacities.public_row, where.tutor, where.legal, group, view["seat"], view["row"],
            view["year"], view["tutor"], view["legal"], view["bed"], view["equity"],
        )  # fmt: skip
        size = problem.size
        for p, unit in enumerate(problem.departures.unit):
            start = self.starts[unit]
            out = slice(start, start + problem.departures.duration[p])
            view["present"][problem.family[p], out] += size[p]
        return gradient


@njit(cache=True)
def _use(
    starts, taken, first, period, sex, establishment, option_host, option_bed, public, training,
    duration, public_row, tutor_row, legal_row, group, seat, row, year, tutor, legal, bed, equity,
):  # fmt: skip
    for u in range(len(starts)):
        start = starts[u]
        for i in range(first[u], first[u + 1]):
            o = taken[start, i]
            if o == NONE:
                equity[establishment[i]] += 1.0
                continue
            h, p, b = option_host[o], period[i], option_bed[o]
            r = public_row[h, public[p]]
            year[h] += duration[p] * group[h]
            for w in range(start, start + duration[p]):
                seat[h, w] += group[h]
                if r >= 0:
                    row[r, w] += group[h]
                if training[p]:
                    if tutor_row[h] >= 0:
                        tutor[tutor_row[h], w] += 1.0
                    if legal_row[h] >= 0:
                        legal[legal_row[h], w] += 1.0
                if b >= 0:
                    bed[b, 3, w] += 1.0
                    if sex[i] != 1:
                        bed[b, 1, w] += 1.0
                    if sex[i] != 0:
                        bed[b, 2, w] += 1.0
                    if sex[i] == 2:
                        bed[b, 0, w] += 1.0
