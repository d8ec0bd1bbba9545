"""The priced relaxation of a Problem: a proven bound for any prices, and where demand exceeds it.

Must not know: how prices are improved.
"""

from typing import NamedTuple

import numpy as np

from solver.bound.cases import Choice, Desk, Memory, Pupils, Terms, evaluate
from solver.bound.chains import chains
from solver.bound.meetings import Meets, meetings, meets, use
from solver.bound.portions import ALONE, WHOLE, Portions, at, pull, sharing
from solver.bound.prices import Tables, layout, tables
from solver.bound.seekers import SHARES, seekers
from solver.bound.stays import stays
from solver.bound.ties import DEPTH, NO_TIE, ties
from solver.bound.transport import NONE
from solver.native import native
from solver.problem import BOY, GIRL, UNKNOWN_SEX, Flags, Floats, Ints, Longs, Problem

_SLACK = 8 << SHARES
"""How far above a pupil's cheapest option its list first goes."""


class Relaxation:
    """All limits that units share are priced; each unit respects its own. Once per Problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.stays = stays(problem)
        self.seekers = seekers(problem)
        self._met, count = ties(problem, self.seekers)
        self.sharing = sharing(problem, self.seekers)
        self.meetings = meetings(problem, self.seekers)
        self.where = layout(
            problem,
            count,
            self.sharing.companies,
            self.sharing.weights,
            self.meetings.reach,
            self.meetings.alone,
        )
        self._chains = chains(problem.departures)
        columns = self.seekers
        self._pupils = Pupils(*(getattr(columns, name) for name in Pupils._fields))
        units, weeks = problem.departures.allowed.shape
        pupils = len(columns.demand)
        self._memory = Memory(
            host=np.full(pupils * weeks, NONE, np.int32),
            price=np.zeros(pupils * weeks, np.int64),
            slack=np.full(pupils, _SLACK, np.int64),
        )
        self.choice = Choice(
            starts=np.zeros(units, np.int32),
            taken=np.full((weeks, pupils), NONE, np.int32),
            value=np.zeros((units, weeks), np.int64),
            exact=np.zeros((units, weeks), np.bool_),
        )
        self._desk = _desk(columns.first, columns.high - columns.low)

    def __call__(self, vector: Longs, allowed: Flags | None = None) -> int:
        """The bound in shares at these prices, for starts `allowed`; leaves its `choice`."""
        problem = self.problem
        prices = self.tables(vector)
        self._weights = self.where.view(vector, "weight")
        portions = self.sharing.scaled(self._weights)
        self._surcharge = prices.surcharge
        self._meets = paired = self.meets(vector)
        departures = problem.departures
        fixed = departures.cost << SHARES
        np.add.at(fixed, departures.unit, prices.present + prices.away)
        total = evaluate(
            departures.allowed if allowed is None else allowed,
            fixed,
            self._pupils,
            Terms(
                stay=self.stays.of_period,
                unit_stay=self.stays.of_unit,
                weeks=self.stays.weeks,
                room=self.stays.room,
                seat=prices.seat,
                slot=prices.slot,
                shared=self.sharing.row,
                own=portions.own,
                others=portions.others,
                bed=prices.bed,
                surcharge=prices.surcharge,
                company=prices.company,
                group_min=self.sharing.group_min,
                relief=prices.company.max(axis=1, initial=0),
                tied=prices.tied,
                meets=paired.row,
                extra=paired.extra,
                out=paired.out,
                beyond=paired.beyond,
                moved=problem.prices.host_stability << SHARES,
            ),
            self._chains,
            self._memory,
            self._desk,
            self.choice,
        )
        return int(total) - int(np.dot(vector, self.where.limit)) - paired.common

    def tables(self, vector: Longs) -> Tables:
        """What the multipliers mean for one pupil and one case."""
        return tables(self.problem, self.stays, self.where, self._met, self.sharing.company, vector)

    def meets(self, vector: Longs) -> Meets:
        """What the multipliers mean for those who come back to the same host."""
        host = self.where.view(vector, "meeting") - self.meetings.reach
        return meets(self.meetings, host, self.where.view(vector, "alone"))

    def place(self, demand: int, host: int) -> tuple[int, int]:
        """Row of a demand among the seekers, and how far down its list the host stands.

        A host that the list lacks stands after its end.
        """
        i = self.seekers.row[demand]
        hosts = self.seekers.host[self.seekers.low[i] : self.seekers.high[i]]
        found = np.flatnonzero(hosts == host)
        return int(i), int(found[0]) if len(found) else len(hosts)

    def portion(self, i: int, k: int, row: int) -> int:
        """What part of a slot of a shared host a seeker pays there, of 2**WHOLE."""
        portions = self.sharing.portions
        return int(at(portions.own, portions.others, i, k, self.seekers.period[i], row))

    def excess(self) -> Floats:
        """(n) what the last choice uses of each limit, minus the limit; where weights should go."""
        problem, where = self.problem, self.where
        gradient = -where.limit.astype(np.float64)
        starts = self.choice.starts[problem.departures.unit]
        _use(
            starts,
            self.choice.taken,
            self._pupils,
            _Uses(
                public=problem.public,
                training=self.stays.training[self.stays.of_period],
                weeks=problem.departures.duration,
                public_row=problem.capacities.public_row,
                tutor_row=where.tutor,
                legal_row=where.legal,
                shared=self.sharing.row,
                own=self.sharing.own,
                others=self.sharing.others,
                company=self.sharing.company,
                group_min=self.sharing.group_min,
                met=self._met,
            ),
            self.sharing.portions,
            _Use(*(where.view(gradient, family) for family in _Use._fields)),
        )
        taken = self.choice.taken[starts[self.seekers.period], np.arange(len(self.seekers.period))]
        school = self.seekers.establishment
        none = self.seekers.unplaced + self._surcharge[school] + self._meets.out
        use(
            self.meetings.roles,
            np.where(taken == NONE, -1, taken - self.seekers.low).astype(np.int32),
            (taken == NONE) & (none < self.seekers.tail + self._meets.beyond),
            self._meets.host,
            self._meets.alone,
            where.view(gradient, "meeting"),
            where.view(gradient, "alone"),
        )
        week = np.arange(problem.weeks)
        out = week >= starts[:, None]
        out &= week < (starts + problem.departures.duration)[:, None]
        np.add.at(where.view(gradient, "present"), problem.family, out * problem.size[:, None])
        np.add.at(where.view(gradient, "away"), where.away_group, out[where.away_period])
        pull(
            self._weights,
            self.sharing.group_max,
            self.sharing.pairs,
            where.view(gradient, "weight"),
        )
        return gradient


def _desk(first: Ints, options: Ints) -> Desk:
    """Room for the widest unit."""
    most = int(np.diff(first).max(initial=0))
    before = np.concatenate([[0], np.cumsum(options, dtype=np.int64)])
    widest = int((before[first[1:]] - before[first[:-1]]).max(initial=0))
    return Desk(
        begin=np.zeros(most + 1, np.int32),
        aside=np.zeros(most, np.int32),
        host=np.zeros(widest, np.int32),
        floor=np.zeros(widest, np.int64),
        cost=np.zeros(widest, np.int64),
        option=np.zeros(widest, np.int32),
        further=np.zeros(most, np.int64),
        out=np.zeros(most, np.int64),
        got=np.zeros(most, np.int32),
    )


class _Uses(NamedTuple):
    """Which limits a placement meets."""

    public: Ints
    """(P)"""
    training: Flags
    """(P)"""
    weeks: Ints
    """(P)"""
    public_row: Ints
    """(H × 9)"""
    tutor_row: Ints
    """(H)"""
    legal_row: Ints
    """(H)"""
    shared: Ints
    """(H) row among the hosts whose slots are shared."""
    own: Ints
    """(D × DEPTH) weight of each pupil there."""
    others: Ints
    """(P × G) weight of pupils who have the host further down."""
    company: Ints
    """(P × G)"""
    group_min: Ints
    """(G)"""
    met: Ints
    """(D × DEPTH × 2)"""


class _Use(NamedTuple):
    """What is used of each family of limits; shapes as in `Layout`."""

    seat: Floats
    row: Floats
    year: Floats
    tutor: Floats
    legal: Floats
    bed: Floats
    equity: Floats
    tie: Floats
    company: Floats
    weight: Floats
    """Pupils of each weight who are there."""


@native()
def _use(
    starts: Ints,
    taken: Ints,
    pupils: Pupils,
    uses: _Uses,
    portions: Portions,
    use: _Use,
) -> None:
    """Add what every placed pupil uses; starts (P)."""
    for i in range(len(pupils.period)):
        p = pupils.period[i]
        start = starts[p]
        o = taken[start, i]
        if o == NONE:
            if pupils.unplaced[i] < pupils.tail[i]:
                use.equity[pupils.establishment[i]] += 1.0
            continue
        h, b, sex = pupils.host[o], pupils.bed[o], pupils.sex[i]
        row = uses.public_row[h, uses.public[p]]
        k, g, part = o - pupils.low[i], uses.shared[h], 1.0
        if g != ALONE:
            part = at(portions.own, portions.others, i, k, p, g) / 2.0**WHOLE
            weight = at(uses.own, uses.others, i, k, p, g)
            if weight != ALONE:
                use.weight[weight] += 1.0
            company = uses.company[p, g]
            if company != ALONE:
                use.company[company] += uses.group_min[g] * part - 1.0
        use.year[h] += uses.weeks[p] * part
        if k < DEPTH:
            for side in range(2):
                if uses.met[i, k, side] != NO_TIE:
                    use.tie[uses.met[i, k, side]] += 1.0
        for w in range(start, start + uses.weeks[p]):
            use.seat[h, w] += part
            if row >= 0:
                use.row[row, w] += part
            if uses.training[p] and uses.tutor_row[h] >= 0:
                use.tutor[uses.tutor_row[h], w] += 1.0
            if uses.training[p] and uses.legal_row[h] >= 0:
                use.legal[uses.legal_row[h], w] += 1.0
            if b >= 0:
                use.bed[b, 3, w] += 1.0
                if sex != BOY:
                    use.bed[b, 1, w] += 1.0
                if sex != GIRL:
                    use.bed[b, 2, w] += 1.0
                if sex == UNKNOWN_SEX:
                    use.bed[b, 0, w] += 1.0
