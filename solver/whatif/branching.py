"""Best-first branching over a transport, for what a transport cannot say of a unit's pupils.

Pupils of two periods do not share a slot (`groupe_max`), slots hold `groupe_min` pupils, classmates
stay together (`binome`). Each branch closes rows or splits a host between periods, and is solved
again in about a millisecond. Must not know: weeks, why rows are open.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple, TypeAlias

import numpy as np

from solver.bound.transport import transport
from solver.problem import Ints, Longs

NEVER = 1 << 40
"""Points of a row that is closed, or of leaving out a pupil who must be placed."""

_MOST_PLACES = 30
"""Places tried one by one for a group; the others together, divided again when it is their turn."""


@dataclass(frozen=True, slots=True)
class Table:
    """What may be chosen: rows by pupil, then floor. Hosts from H on stand for having no place."""

    begin: Ints
    """(n + 1) rows of pupil k: begin[k] … begin[k + 1] − 1."""
    pupil: Ints
    """(rows)"""
    host: Ints
    """(rows)"""
    floor: Longs
    """(rows) at most the cost, never falling along a pupil's rows."""
    cost: Longs
    """(rows) points."""
    room: Ints
    """(hosts and no-places) pupils, all periods together."""
    slots: Ints
    """(H) slots left in the weeks that all periods share."""
    group_min: Ints
    """(H)"""
    group_max: Ints
    """(H)"""
    period: Ints
    """(n) period of each pupil, within the unit."""
    group: Ints
    """(n) pupils with equal values ≥ 0 stay together."""


class Node(NamedTuple):
    """A part of the solutions; rows closed and hosts split as branches say."""

    cost: Longs
    host: Ints
    room: Ints
    slots: Ints
    """(hosts, split ones after the no-places)"""


class Answer(NamedTuple):
    """The rows taken (−1: none), the least cost, and the host prices."""

    taken: Ints
    cost: int
    dual: Longs


def root(table: Table) -> Node:
    """All solutions."""
    unplaced = len(table.room) - len(table.slots)
    slots = np.concatenate([table.slots, np.zeros(unplaced, np.int32)])
    return Node(table.cost, table.host, table.room, slots)


def relaxed(table: Table, node: Node) -> Answer:
    """The best transport of a node: a bound on all its solutions. NEVER where there is none."""
    n = len(table.begin) - 1
    dual = np.zeros(len(node.room), np.int64)
    taken = np.zeros(n, np.int32)
    transport(
        table.begin,
        table.begin[1:],
        node.host,
        table.floor,
        node.cost,
        np.full(n, NEVER << 8, np.int64),
        np.ones(n, np.int64),
        np.full(n, NEVER, np.int64),
        node.room,
        dual,
        taken,
    )
    if (taken < 0).any() or (len(taken) and int(node.cost[taken].max()) >= NEVER):
        return Answer(taken, NEVER, dual)
    return Answer(taken, int(node.cost[taken].sum()), dual)


def reduced(table: Table, node: Node, dual: Longs) -> Longs:
    """(rows) what each row costs beyond its pupil's cheapest, at the host prices."""
    priced = node.cost + dual[node.host]
    cheapest = np.full(len(table.begin) - 1, np.int64(NEVER) << 8)
    np.minimum.at(cheapest, table.pupil, priced)
    beyond: Longs = priced - cheapest[table.pupil]
    return beyond


def _closed(node: Node, rows: Longs) -> Node:
    """The node without these rows."""
    cost = node.cost.copy()
    cost[rows] = NEVER
    return node._replace(cost=cost)


_Entry: TypeAlias = tuple[int, int, int, int, Node | Callable[[], Node], Answer | None]


class Branching:
    """The nodes still open. A search is over when its answer keeps the rules branched on."""

    def __init__(self, table: Table, *, deepest_first: bool = False) -> None:
        """`deepest_first` finds some answer soon; otherwise the first one found is the best."""
        self._table = table
        self._deepest_first = deepest_first
        self._tie = count()
        self._heap: list[_Entry] = []
        self._push(0, 0, root(table), None)
        self.nodes = 0

    def _push(
        self, bound: int, depth: int, node: Node | Callable[[], Node], answer: Answer | None
    ) -> None:
        """A node, or how to make it: most are never looked at."""
        heappush(self._heap, (*self._order(bound, depth), next(self._tie), depth, node, answer))

    def _order(self, bound: int, depth: int) -> tuple[int, int]:
        return (-depth, bound) if self._deepest_first else (bound, -depth)

    def search(self, most_nodes: int) -> tuple[Answer | None, bool]:
        """An answer that keeps the rules, and True; None and True where there is none.

        After `most_nodes` transports: the relaxed answer of an open node, and False; best-first,
        its cost is a bound on all answers.
        """
        while self._heap:
            *_, depth, open_node, answer = heappop(self._heap)
            node = open_node if isinstance(open_node, Node) else open_node()
            if answer is None:
                self.nodes += 1
                answer = relaxed(self._table, node)
                if answer.cost >= NEVER:
                    continue
                if self._heap and self._order(answer.cost, depth) > self._heap[0][:2]:
                    self._push(answer.cost, depth, node, answer)
                    continue
            if not self._branch(node, answer, depth):
                return answer, True
            if self.nodes >= most_nodes:
                return answer, False
        return None, True

    def _branch(self, node: Node, answer: Answer, depth: int) -> bool:
        """Divide the node by the first thing that is wrong; False where nothing is."""
        return (
            self._split_host(node, answer, depth)
            or self._gather(node, answer, depth)
            or self._complete(node, answer, depth)
        )

    def _seats(self, node: Node, taken: Ints) -> tuple[Ints, Ints, Ints]:
        """Hosts in use (as the node names them), the periods there, and their pupils."""
        table = self._table
        host = node.host[taken]
        real = self._real(host, taken)
        at = real >= 0
        periods = int(table.period.max(initial=0)) + 1
        places, heads = np.unique(host[at] * periods + table.period[at], return_counts=True)
        return places // periods, places % periods, heads

    def _real(self, host: Ints, taken: Ints) -> Ints:
        """The host of the table behind each, −1 for no place."""
        original = self._table.host[taken]
        real: Ints = np.where(original < len(self._table.slots), original, -1)
        return real

    def _split_host(self, node: Node, answer: Answer, depth: int) -> bool:
        """Two periods in more slots than there are: some for one of them, the rest for others."""
        table = self._table
        host, period, heads = self._seats(node, answer.taken)
        original = self._original(node, answer, host)
        slots = -(-heads // table.group_max[original])
        used = np.bincount(host, slots, minlength=len(node.room)).astype(np.int64)
        shared = np.bincount(host, minlength=len(node.room)) > 1
        crowded = np.flatnonzero(shared & (used > node.slots))
        if not len(crowded):
            return False
        h = int(crowded[0])
        here = np.flatnonzero(host == h)
        size = int(table.group_max[original[here[0]]])
        loose = here[heads[here] % size != 0]
        p = int(period[loose[0]])
        theirs = np.flatnonzero((node.host == h) & (table.period[table.pupil] == p))
        for slots_given in range(int(node.slots[h]) + 1):
            given, left = slots_given * size, (int(node.slots[h]) - slots_given) * size
            host_of_row = node.host.copy()
            host_of_row[theirs] = len(node.room)
            room = np.append(node.room, min(int(node.room[h]), given)).astype(np.int32)
            room[h] = min(int(room[h]), left)
            slots_of = np.append(node.slots, slots_given).astype(np.int32)
            slots_of[h] -= slots_given
            self._push(answer.cost, depth + 1, Node(node.cost, host_of_row, room, slots_of), None)
        return True

    def _original(self, node: Node, answer: Answer, host: Ints) -> Ints:
        """The host of the table that each of the node's hosts is a part of."""
        original = np.arange(len(node.room), dtype=np.int32)
        split = node.host[answer.taken] >= len(self._table.room)
        rows = answer.taken[split]
        original[node.host[rows]] = self._table.host[rows]
        there: Ints = original[host]
        return there

    def _gather(self, node: Node, answer: Answer, depth: int) -> bool:
        """Classmates apart: all at one host, host by host; or all without a place."""
        table = self._table
        target = node.host[answer.taken]
        target = np.where(self._real(target, answer.taken) >= 0, target, -1)
        for g in np.unique(table.group[table.group >= 0]):
            members = np.flatnonzero(table.group == g)
            if len(set(target[members].tolist())) == 1:
                continue
            self._gather_group(node, answer, depth, members)
            return True
        return False

    def _gather_group(self, node: Node, answer: Answer, depth: int, members: Longs) -> None:
        table = self._table
        mine = [np.arange(table.begin[k], table.begin[k + 1]) for k in members]
        least = np.zeros(len(node.room) + 1, np.int64)
        for rows in mine:
            cheapest = np.full(len(least), NEVER, np.int64)
            priced = node.cost[rows] + answer.dual[node.host[rows]]
            np.minimum.at(cheapest, self._places(node, rows), priced - priced.min())
            least += cheapest
        together = np.concatenate(mine)
        order = np.argsort(least, kind="stable")
        order = order[least[order] < NEVER]
        for place in order[:_MOST_PLACES]:
            gathered = partial(self._gathered, node, together, np.array([place]))
            self._push(answer.cost + int(least[place]), depth + 1, gathered, None)
        if len(order) > _MOST_PLACES:
            elsewhere = partial(self._gathered, node, together, order[_MOST_PLACES:])
            bound = answer.cost + int(least[order[_MOST_PLACES]])
            self._push(bound, depth + 1, elsewhere, None)

    def _places(self, node: Node, rows: Longs) -> Longs:
        """Where rows lead: the node's host, or one place beyond all for « no place »."""
        real = self._table.host[rows] < len(self._table.slots)
        places: Longs = np.where(real, node.host[rows], len(node.room))
        return places

    def _gathered(self, node: Node, rows: Longs, places: Longs) -> Node:
        """The node with those of the rows that lead elsewhere closed."""
        allowed = np.zeros(len(node.room) + 1, np.bool_)
        allowed[places] = True
        return _closed(node, rows[~allowed[self._places(node, rows)]])

    def _complete(self, node: Node, answer: Answer, depth: int) -> bool:
        """A slot with too few pupils: none of the period there, or one more of them."""
        table = self._table
        host, period, heads = self._seats(node, answer.taken)
        original = self._original(node, answer, host)
        slots = -(-heads // table.group_max[original])
        short = np.flatnonzero(slots * table.group_min[original] > heads)
        if not len(short):
            return False
        i = int(short[0])
        h, p, size = int(host[i]), int(period[i]), int(table.group_max[original[i]])
        least = int(table.group_min[original[i]])
        theirs = np.flatnonzero((node.host == h) & (table.period[table.pupil] == p))
        fewer = next((n for n in range(int(heads[i]) - 1, 0, -1) if -(-n // size) * least <= n), 0)
        cost, host_of_row, room = node.cost.copy(), node.host.copy(), node.room
        slots_of = node.slots
        if fewer:
            host_of_row[theirs] = len(room)
            room = np.append(room, fewer).astype(np.int32)
            slots_of = np.append(slots_of, -(-fewer // size)).astype(np.int32)
        else:
            cost[theirs] = NEVER
        self._push(answer.cost, depth + 1, Node(cost, host_of_row, room, slots_of), None)
        there = set(table.pupil[answer.taken[node.host[answer.taken] == h]].tolist())
        for row in theirs.tolist():
            k = int(table.pupil[row])
            if k in there or node.cost[row] >= NEVER:
                continue
            rows = np.arange(table.begin[k], table.begin[k + 1])
            shut = rows[node.host[rows] != h]
            priced = node.cost[rows] + answer.dual[node.host[rows]]
            bound = answer.cost + int(node.cost[row] + answer.dual[h] - priced.min())
            self._push(bound, depth + 1, partial(_closed, node, shut), None)
        return True
