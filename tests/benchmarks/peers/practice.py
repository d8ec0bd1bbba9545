"""Today's practice: every division leaves when it wishes, first come is first served.

Each division gets its wished week, or the nearest that the calendar rules allow. Then pupils come
in the order of the tables; each takes the nearest host that may have it and is free, and nobody is
ever asked to move. Must not know: prices, other than to stay at the wish.
"""

from collections import defaultdict
from dataclasses import replace

import numpy as np

from solver.model import build
from solver.problem import DIFFERENT, FREE, NO_LIMIT, SAME, Flags, Ints, Problem, Solution


def practice(problem: Problem, found: Flags | None = None) -> Solution | None:
    """The plan of today's practice, or None where no calendar is possible.

    `found` (D): pupils who bring a place of their own and are written down before the others. None:
    all in the order of the tables, which is how the design measured practice.
    """
    start = wished_weeks(problem)
    return None if start is None else Solution(start, first_come(problem, start, found))


def wished_weeks(problem: Problem) -> Ints | None:
    """(U) starts with the fewest pupil-weeks away from the wish, agreements signed being kept."""
    demands = problem.demands
    nobody = Solution(
        np.full(len(problem.departures.periods), -1, np.int32),
        np.full(len(demands.period), -1, np.int32),
    )
    signed = np.flatnonzero(demands.must)
    wish = replace(problem, prices=problem.prices.model_copy(update={"saturation": 0}))
    units = range(len(nobody.start))
    answer = build(wish, nobody, units, signed.tolist()).solve(deterministic_limit=60)
    return None if answer.solution is None else answer.solution.start


def first_come(problem: Problem, start: Ints, found: Flags | None = None) -> Ints:
    """(D) options: agreements signed, then places found, then the order of the tables."""
    demands, options = problem.demands, problem.options
    diary = Diary(problem, start)
    first = np.zeros(len(demands.period), np.bool_) if found is None else found
    for d in np.lexsort((~first, ~demands.must)).tolist():
        if diary.settled[d]:
            continue
        party = [d] if demands.group[d] < 0 else demands.groups[demands.group[d]].tolist()
        for member in party:
            diary.settled[member] = True
        if len(party) == 1:
            low, high = options.start[demands.seeker[d]], options.start[demands.seeker[d] + 1]
            nearest = low + np.argsort(options.minutes[low:high], kind="stable")
            for option in nearest.tolist():
                if diary.takes(party, [option]):
                    break
        else:
            for choice in _together(problem, party):
                if diary.takes(party, choice):
                    break
    return diary.option


def _together(problem: Problem, party: list[int]) -> list[list[int]]:
    """For each host that every member may go to, the nearest option of each; nearest first."""
    options, seeker = problem.options, problem.demands.seeker
    per_host: dict[int, dict[int, int]] = defaultdict(dict)
    for d in party:
        for o in range(int(options.start[seeker[d]]), int(options.start[seeker[d] + 1])):
            best = per_host[int(options.host[o])].setdefault(d, o)
            if options.minutes[o] < options.minutes[best]:
                per_host[int(options.host[o])][d] = o
    common = [[found[d] for d in party] for found in per_host.values() if len(found) == len(party)]
    return sorted(common, key=lambda choice: int(options.minutes[choice].sum()))


class Diary:
    """Who is where, and what is left: a secretary's wall of cards."""

    def __init__(self, problem: Problem, start: Ints) -> None:
        self.problem = problem
        self.start = start
        self.option = np.full(len(problem.demands.period), -1, np.int32)
        self.settled = np.zeros(len(self.option), np.bool_)
        c = problem.capacities
        self._slots = c.slots.astype(np.int64)
        self._rows = c.public_slots.astype(np.int64)
        self._year = c.slot_weeks.astype(np.int64)
        self._trainees = np.repeat(c.trainees.astype(np.int64)[:, None], problem.weeks, axis=1)
        self._quota = np.repeat(c.quota.astype(np.int64)[:, None], problem.weeks, axis=1)
        self._beds = np.zeros((len(c.beds), 3, problem.weeks), np.int64)
        self._heads: dict[tuple[int, int], int] = defaultdict(int)

    def takes(self, party: list[int], choice: list[int]) -> bool:
        """Whether the party, all at one host, fits there; if so it is written down."""
        problem, demands, options = self.problem, self.problem.demands, self.problem.options
        c = problem.capacities
        period, host = int(demands.period[party[0]]), int(options.host[choice[0]])
        first = int(self.start[problem.departures.unit[period]])
        weeks = slice(first, first + int(problem.departures.duration[period]))
        if any(options.last[o] < weeks.stop - 1 for o in choice):
            return False
        heads = self._heads[period, host]
        slots = -(-(heads + len(party)) // c.group_max[host])
        more = slots - -(-heads // c.group_max[host])
        if slots * c.group_min[host] > heads + len(party):
            return False
        row = int(c.public_row[host, problem.public[period]])
        person = int(c.legal_person[host])
        trainees = len(party) if problem.family[period] == 1 else 0
        length = weeks.stop - weeks.start
        if (
            self._slots[host, weeks].min() < more
            or (row >= 0 and self._rows[row, weeks].min() < more)
            or self._year[host] < more * length
            or (trainees and self._trainees[host, weeks].min() < trainees)
            or (trainees and person >= 0 and self._quota[person, weeks].min() < trainees)
            or not all(self._link_allows(d, host) for d in party)
        ):
            return False
        for d, o in zip(party, choice, strict=True):
            if options.bed[o] >= 0:
                self._beds[options.bed[o], demands.sex[d], weeks] += 1
        if not self._beds_suffice(choice, weeks):
            for d, o in zip(party, choice, strict=True):
                if options.bed[o] >= 0:
                    self._beds[options.bed[o], demands.sex[d], weeks] -= 1
            return False
        self._slots[host, weeks] -= more
        if row >= 0:
            self._rows[row, weeks] -= more
        if self._year[host] < NO_LIMIT:
            self._year[host] -= more * length
        self._trainees[host, weeks] -= trainees
        if person >= 0:
            self._quota[person, weeks] -= trainees
        self._heads[period, host] += len(party)
        self.option[party] = choice
        return True

    def _link_allows(self, d: int, host: int) -> bool:
        """`hote`, against the ranks before and after, wherever they are settled already."""
        demands, options = self.problem.demands, self.problem.options
        pairs = [(demands.link[d], demands.previous[d])]
        pairs += [(demands.link[n], n) for n in self._following.get(d, ())]
        for link, other in pairs:
            if link == FREE or other < 0 or self.option[other] < 0:
                continue
            same = options.host[self.option[other]] == host
            if (link == SAME and not same) or (link == DIFFERENT and same):
                return False
        return True

    @property
    def _following(self) -> dict[int, list[int]]:
        if not hasattr(self, "_after"):
            self._after: dict[int, list[int]] = defaultdict(list)
            for d in np.flatnonzero(self.problem.demands.link != FREE).tolist():
                self._after[int(self.problem.demands.previous[d])].append(d)
        return self._after

    def _beds_suffice(self, choice: list[int], weeks: slice) -> bool:
        for house in {int(self.problem.options.bed[o]) for o in choice} - {-1}:
            girls, boys, unknown = self._beds[house][:, weeks]
            for_girls, for_boys, mixed = self.problem.capacities.beds[house]
            beyond = np.maximum(girls - for_girls, 0) + np.maximum(boys - for_boys, 0) + unknown
            if (beyond > mixed).any():
                return False
        return True
