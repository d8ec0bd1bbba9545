"""Why a scenario has no plan at all: the fewest rows that cannot hold together, and a way out.

Only the calendar rules and signed agreements can make a scenario impossible (unplaced pupils have a
price). A conflict is shrunk by deletion, confirmed with another configuration of OR-Tools before it
is told, and its loosening is applied and solved again. Must not know: prices, search.
"""

import random
from collections import Counter
from collections.abc import Iterable
from time import monotonic

from solver.domain import Conflict, Scenario
from solver.explain.guards import Guarded, Key, Statement
from solver.explain.loosen import LAST_RESORT, PREFERENCE, Loosening, loosenings
from solver.explain.parts import parts
from solver.explain.statements import stated
from solver.explain.way_out import WayOut, way_out

__all__ = ["Conflict", "WayOut", "explain_infeasible", "way_out"]

_ORDERS = 3
"""Deletion orders tried; the smallest conflict found is told."""
_FEW = 12
"""A conflict of more statements is told as it is found; so many of them are tried loosened."""
_MOST_CONFLICTS = 20
"""Conflicts told for one part of the scenario."""


def explain_infeasible(scenario: Scenario, seconds: float = 60.0) -> tuple[Conflict, ...]:
    """The conflicts that make a scenario impossible; empty where it is possible.

    Each conflict is irreducible: without any one of its rows it disappears. Applying every
    `loosening` makes the scenario possible. Past `seconds` what is told is still a conflict, but
    may have rows too many, or no way out.
    """
    deadline = monotonic() + seconds
    return tuple(c for part in parts(scenario) for c in _conflicts(part, deadline))


def _conflicts(part: Scenario, deadline: float) -> list[Conflict]:
    told: list[Conflict] = []
    while len(told) < _MOST_CONFLICTS:
        guarded = stated(part)
        start = guarded.conflict()
        if start is None:
            return told
        keys = _smallest(guarded, start, deadline)
        if guarded.possible(keys, otherwise=True) is not False:
            return told
        statements = [guarded.statements[k] for k in keys]
        way_out = _loosening(part, statements, deadline)
        told.append(_conflict(statements, way_out))
        if way_out is None:
            return told
        part = way_out.apply(part)
    return told


def _smallest(guarded: Guarded, start: tuple[Key, ...], deadline: float) -> tuple[Key, ...]:
    """The smallest irreducible conflict that a few deletion orders find."""
    best = _shrunk(guarded, start, deadline)
    for seed in range(1, _ORDERS if len(best) <= _FEW else 1):
        order = list(start)
        random.Random(seed).shuffle(order)
        best = min(best, _shrunk(guarded, order, deadline), key=len)
    return tuple(k for k in guarded.statements if k in set(best))


def _shrunk(guarded: Guarded, keys: Iterable[Key], deadline: float) -> tuple[Key, ...]:
    """Delete every statement without which the rest still conflicts."""
    kept = tuple(keys)
    for key in kept:
        if key in kept and monotonic() < deadline:
            rest = guarded.conflict([k for k in kept if k != key])
            kept = kept if rest is None else rest
    return kept


def _loosening(part: Scenario, statements: list[Statement], deadline: float) -> Loosening | None:
    """The mildest change of one cell that makes the part possible; else that ends this conflict."""
    for keys in (None, [s.key for s in statements]):
        for columns in (PREFERENCE, LAST_RESORT):
            eligible = [s for s in statements if s.column in columns]
            eligible.sort(key=lambda s: columns.index(s.column))
            eligible = _spread(eligible)[:_FEW]
            best: tuple[int, Loosening] | None = None
            for statement in eligible:
                steps = list(loosenings(part, statement))
                if steps and _resolves(part, steps[-1], keys):
                    first = _first(part, steps, keys)
                    if best is None or first < best[0]:
                        best = first, steps[first]
                if best is not None and (best[0] == 0 or monotonic() > deadline):
                    break
            if best is not None or monotonic() > deadline:
                return best[1] if best else None
    return None


def _spread(statements: list[Statement]) -> list[Statement]:
    """The first of each column, then the second of each, and so on."""
    seen: Counter[str] = Counter()
    turn = []
    for statement in statements:
        turn.append(seen[statement.column])
        seen[statement.column] += 1
    return [s for _, s in sorted(zip(turn, statements, strict=True), key=lambda pair: pair[0])]


def _first(part: Scenario, steps: list[Loosening], keys: list[Key] | None) -> int:
    """The mildest change that resolves; the last one does, and each outdoes the one before."""
    low, high = 0, len(steps) - 1
    while low < high:
        middle = (low + high) // 2
        if _resolves(part, steps[middle], keys):
            high = middle
        else:
            low = middle + 1
    return high


def _resolves(part: Scenario, loosening: Loosening, keys: list[Key] | None) -> bool:
    """Whether the change makes these statements (all by default) hold together."""
    return bool(stated(loosening.apply(part)).possible(keys))


def _conflict(statements: list[Statement], way_out: Loosening | None) -> Conflict:
    rows: dict[tuple[str, str], list[str]] = {}
    for s in statements:
        cell = f"{s.column} = {s.value}" if s.column else ""
        rows.setdefault((s.table, s.row), []).append(cell)
    return Conflict(
        rules=tuple(dict.fromkeys(s.rule for s in statements)),
        rows=tuple(
            f"{table}.csv, {row}" + (" : " + ", ".join(cells) if any(cells) else "")
            for (table, row), cells in rows.items()
        ),
        message="Ne peuvent pas tenir ensemble : "
        + " ; ".join(s.sentence for s in statements)
        + ".",
        loosening=(
            way_out.sentence[0].upper() + way_out.sentence[1:] + "."
            if way_out
            else "Aucun changement d’une seule case ne suffit."
        ),
    )
