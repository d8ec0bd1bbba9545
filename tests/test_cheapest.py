"""The cheapest options of each class, against all of them sorted the plain way."""

import numpy as np
import pytest

from scenarios.generate import generate
from solver.prepare import prepare
from solver.prepare.cheapest import sort_first


@pytest.mark.parametrize("seed", range(30))
def test_the_first_are_sorted_and_nothing_is_lost(seed: int) -> None:
    draw = np.random.default_rng(seed)
    key = draw.integers(0, 50 if seed % 2 else 10**12, draw.integers(1, 400))
    end = int(draw.integers(0, len(key) + 1))
    most = int(draw.integers(0, end + 1))
    order = np.arange(len(key))

    sort_first(key, order, end, most)

    assert sorted(order[:end]) == list(range(end))
    assert (order[end:] == np.arange(end, len(key))).all()
    assert (key[order[:most]] == np.sort(key[:end])[:most]).all()


@pytest.mark.parametrize("keep", [1, 3, 20])
def test_those_kept_are_the_cheapest_and_the_tail_says_what_the_next_costs(keep: int) -> None:
    scenario = generate(5, 150)
    whole, few = prepare(scenario).options, prepare(scenario, keep=keep).options

    cut = 0
    for seeker in range(len(few.tail)):
        every = whole.cost[whole.start[seeker] : whole.start[seeker + 1]]
        kept = few.cost[few.start[seeker] : few.start[seeker + 1]]
        assert (np.diff(every) >= 0).all()
        assert (np.diff(kept) >= 0).all()
        assert (kept[:keep] == every[:keep]).all()
        if len(every) > keep:
            assert few.tail[seeker] == every[keep]
            cut += 1
    assert cut > 0
