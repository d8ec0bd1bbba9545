"""Small steps from names to arrays, shared by the rooms of `prepare`."""

from collections.abc import Iterable, Sequence

import numpy as np

from solver.problem import Ints, Ragged


def ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, np.int32)


def positions(ids: Iterable[str], wanted: Iterable[str]) -> Ints:
    """Position in `ids` of each name wanted."""
    index = {name: i for i, name in enumerate(ids)}
    return ints(index[name] for name in wanted)


def ragged(rows: Sequence[Sequence[int]]) -> Ragged:
    start = np.zeros(len(rows) + 1, np.int32)
    np.cumsum([len(row) for row in rows], out=start[1:])
    return Ragged(start, ints(value for row in rows for value in row))
