"""The cheapest options of each class, against all of them sorted the plain way."""

import numpy as np
import pytest

from scenarios.generate import generate
from solver.prepare import prepare
from solver.prepare.cheapest import HOUSES, sort_first
from solver.problem import SAME, Ints, Problem


@pytest.mark.parametrize("seed", range(30))
def test_the_first_are_sorted_and_nothing_is_lost(seed: int) -> None:
    draw = np.random.default_rng(seed)
    key = draw.integers(0, 50 if seed % 2 else 10**12, draw.integers(1, 400))
    end = int(draw.integers(0, len(key) + 1))
    most = int(draw.integers(0, end + 1))
    order = np.arange(len(key))

    sort_first(key, order, 0, end, most)

    assert sorted(order[:end]) == list(range(end))
    assert (order[end:] == np.arange(end, len(key))).all()
    assert (key[order[:most]] == np.sort(key[:end])[:most]).all()


@pytest.mark.parametrize("keep", [1, 3, 20])
def test_those_kept_are_the_cheapest_and_the_tail_says_what_the_next_costs(keep: int) -> None:
    scenario = generate(5, 150)
    whole, few = prepare(scenario), prepare(scenario, keep=keep)
    meeting = {s for m in (*_groups(whole), *_pairs(whole)) for s in whole.demands.seeker[m]}
    every_option, few_options = whole.options, few.options
    cut = 0
    for seeker in range(len(few_options.tail)):
        every = every_option.cost[every_option.start[seeker] : every_option.start[seeker + 1]]
        kept = few_options.cost[few_options.start[seeker] : few_options.start[seeker + 1]]
        assert (np.diff(every) >= 0).all()
        assert (np.diff(kept) >= 0).all()
        assert (kept[:keep] == every[:keep]).all()
        if seeker in meeting:
            assert len(kept) == len(every)
        elif len(every) > keep:
            assert few_options.tail[seeker] == every[keep]
            cut += 1
    assert cut > 0


def test_pupils_who_have_to_meet_keep_every_host_where_they_may() -> None:
    """Who live far apart may have no host in common among their cheapest."""
    whole, few = prepare(generate(5, 1_500)), prepare(generate(5, 1_500), keep=3)
    for apart in (_groups(whole), _pairs(whole)):
        assert apart
        assert [_common(whole, m) for m in apart] == [_common(few, m) for m in apart]
    assert len(few.options.host) < len(whole.options.host) / 2


def test_full_beds_leave_other_houses_and_home() -> None:
    """The cheapest options of who may board are often all in one house, whose beds run out."""
    keep, fewest = 40, 40 // HOUSES
    scenario = generate(5, 1_500)
    whole, few = prepare(scenario).options, prepare(scenario, keep=keep).options
    short = 0
    for seeker in range(len(few.tail)):
        every = whole.bed[whole.start[seeker] : whole.start[seeker + 1]]
        kept = few.bed[few.start[seeker] : few.start[seeker + 1]]
        for bed in set(every.tolist()):
            wish = keep if bed < 0 else fewest
            assert (kept == bed).sum() >= min(wish, (every == bed).sum())
            short += (every[:keep] == bed).sum() < min(wish, (every == bed).sum())
    assert short > 0
    assert len(few.host) < len(whole.host) / 2


def _groups(problem: Problem) -> list[Ints]:
    """Demands of each group whose members are of different classes."""
    groups = problem.demands.groups
    return _apart(problem, [groups[g] for g in range(len(groups))])


def _pairs(problem: Problem) -> list[Ints]:
    """Both ranks of each pupil who has to come back, where they are of different classes."""
    demands = problem.demands
    same = np.flatnonzero((demands.link == SAME) & (demands.previous >= 0))
    return _apart(problem, list(np.column_stack((same, demands.previous[same]))))


def _apart(problem: Problem, together: list[Ints]) -> list[Ints]:
    return [m for m in together if len(set(problem.demands.seeker[m])) > 1]


def _common(problem: Problem, members: Ints) -> set[int]:
    options, seekers = problem.options, problem.demands.seeker[members]
    rows = (slice(options.start[s], options.start[s + 1]) for s in seekers)
    return set.intersection(*(set(options.host[row].tolist()) for row in rows))
