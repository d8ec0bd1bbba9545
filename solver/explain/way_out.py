"""The fewest cells to loosen, each as little as will do, to make an impossible scenario possible.

CP-SAT says which cells, the mildest step of each is found by applying it, and the engine's own
model reads the result. Must not know: how conflicts are told.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from time import monotonic

from solver.domain import Scenario
from solver.explain.guards import Guarded, Key, Statement
from solver.explain.loosen import LAST_RESORT, PREFERENCE, Loosening, loosenings
from solver.explain.parts import parts, restricted
from solver.explain.statements import stated
from solver.prepare import prepare
from solver.search.opening import opening

_CELL, _RESORT = 10_000, 2_000
"""Weights: a cell more outweighs any taste, a cell of last resort outweighs other tastes."""
_MOST_SETS = 20
"""Sets of cells tried: some cells cannot be loosened as far as it would take."""
_MOST_ALONE = 60
"""Cells of a conflict that are tried by themselves first: one cell is what people hope for."""

_CHECK_SECONDS = 30.0
"""Time at least for the engine to read the result."""


@dataclass(frozen=True, slots=True)
class WayOut:
    """Changes of the tables that make the scenario possible."""

    sentences: tuple[str, ...]
    """One per cell, in French, as an order to oneself."""
    fewest: bool
    """Whether it is proven that no smaller set of cells would do."""
    scenario: Scenario
    """With all changes applied; the engine has found a calendar and the signed places for it."""


def way_out(scenario: Scenario, seconds: float = 60.0) -> WayOut | None:
    """The smallest set of changes of cells; None where none was found in time.

    A scenario that is possible needs none: no sentences.
    """
    deadline = monotonic() + seconds
    stuck = [p for p in parts(scenario) if stated(p).possible() is False]
    if not stuck:
        return WayOut((), True, scenario)
    divisions = {d.id for part in stuck for d in part.divisions}
    found = _least(restricted(scenario, divisions), deadline)
    if found is None:
        return None
    changes, fewest = found
    loosened = _applied(scenario, changes)
    status, _ = opening(prepare(loosened), 0, max(_CHECK_SECONDS, deadline - monotonic()))
    if status != "feasible":
        return None
    sentences = (c.sentence[0].upper() + c.sentence[1:] + "." for c in changes)
    return WayOut(tuple(sentences), fewest, loosened)


def _least(part: Scenario, deadline: float) -> tuple[list[Loosening], bool] | None:
    """The changes, and whether their number is proven least."""
    guarded = stated(part)
    weights = {k: w for k, s in guarded.statements.items() if (w := _weight(s)) is not None}
    barred: list[tuple[Key, ...]] = []
    for key in _alone(guarded, weights, deadline):
        changes = _mildest(part, [guarded.statements[key]])
        if changes is not None:
            return changes, True
        barred.append((key,))
    while len(barred) < _MOST_SETS and monotonic() < deadline:
        answer = guarded.fewest_off(weights, barred, deadline - monotonic())
        if answer is None:
            return None
        keys, proven = answer
        changes = _mildest(part, [guarded.statements[k] for k in keys])
        if changes is not None:
            return changes, proven
        barred.append(keys)
    return None


def _alone(guarded: Guarded, weights: Mapping[Key, int], deadline: float) -> Iterator[Key]:
    """Cells that would do by themselves, the lightest first.

    Every way out switches off one statement at least of each conflict, so those of one are tried.
    """
    conflict = [key for key in guarded.conflict() or () if key in weights]
    for key in sorted(conflict, key=weights.__getitem__)[:_MOST_ALONE]:
        if monotonic() > deadline:
            return
        if guarded.possible([k for k in guarded.statements if k != key]):
            yield key


def _weight(statement: Statement) -> int | None:
    """How dear it is to loosen a cell; None where it cannot be."""
    if statement.column in PREFERENCE:
        return _CELL + 10 * PREFERENCE.index(statement.column)
    return _CELL + _RESORT if statement.column in LAST_RESORT else None


def _mildest(part: Scenario, statements: Sequence[Statement]) -> list[Loosening] | None:
    """One step for each statement, as mild as the others allow; None where the strongest fail."""
    chosen: list[Loosening] = []
    tables = part
    for statement in statements:
        steps = list(loosenings(tables, statement))
        if not steps:
            return None
        chosen.append(steps[-1])
        tables = steps[-1].apply(tables)
    if not stated(tables).possible(otherwise=True):
        return None
    for i, statement in enumerate(statements):
        others = _applied(part, chosen[:i] + chosen[i + 1 :])
        steps = list(loosenings(others, statement))
        low, high = 0, len(steps) - 1
        while low < high:
            middle = (low + high) // 2
            if stated(steps[middle].apply(others)).possible():
                high = middle
            else:
                low = middle + 1
        chosen[i] = steps[high]
    return chosen


def _applied(part: Scenario, changes: Iterable[Loosening]) -> Scenario:
    return reduce(lambda tables, change: change.apply(tables), changes, part)
