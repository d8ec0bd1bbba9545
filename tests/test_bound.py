"""The bound is a promise: never above the optimum, and equal to it where that is easy."""

from collections.abc import Iterable, Iterator
from itertools import product
from math import prod
from typing import Any

import numpy as np
import pytest

from scenarios.generate import generate, tiny
from solver.bound import Bound, calendar_bound, options_enough, unplaced_bound
from solver.bound.chains import best_starts, chains
from solver.bound.portions import WHOLE
from solver.bound.relaxation import Relaxation
from solver.bound.stays import filled
from solver.bound.transport import NONE, transport
from solver.domain import Closure, Scenario
from solver.explain.parts import changed
from solver.model import build
from solver.prepare import prepare
from solver.problem import Ints, Longs, Problem
from solver.search.solve import OPTIONS_KEPT
from solver.week import Week


def last(values: Iterator[int]) -> int:
    """The last value, none below the one before."""
    best = -1
    for value in values:
        assert value >= best
        best = value
    return best


def optimum(problem: Problem) -> int | None:
    """The proven least cost, or None where no calendar is feasible."""
    answer = build(problem).solve()
    assert answer.status in ("optimal", "infeasible")
    return answer.cost


def keeps_its_promise(seed: int, rounds: int = 60) -> tuple[int, int] | None:
    """Bound and optimum of a tiny scenario, or None where it is infeasible."""
    problem = prepare(tiny(seed))
    bound = Bound(problem)
    last(bound.improve(rounds=rounds))
    answer = build(problem).solve()
    assert answer.status in ("optimal", "infeasible")
    if answer.solution is None or answer.cost is None:
        return None
    best = answer.cost
    assert bound.value <= best, f"seed {seed}: bound {bound.value} above the optimum {best}"
    assert calendar_bound(problem, answer.solution, rounds=10) <= best, f"seed {seed}"
    causes = bound.causes(answer.solution)
    assert abs(sum(causes.values()) - (best - bound.value)) <= 6
    assert min(causes.values(), default=0) >= -6, f"seed {seed}: {causes}"
    fewest = unplaced_bound(problem, rounds=10)
    assert fewest <= np.sum(answer.solution.option < 0), f"seed {seed}: {fewest} unplaced"
    for keep in (1, 3):
        short = Bound(prepare(tiny(seed), keep=keep))
        last(short.improve(rounds=15))
        assert short.value <= best, f"seed {seed}, {keep} options kept: bound {short.value}"
    return bound.value, best


def test_the_first_steps_on_a_large_bassin_are_no_detour() -> None:
    """With one length of step for all instances, ten steps ended below where they began."""
    bound = Bound(prepare(generate(5, 2000), keep=50))
    first, *_, tenth = bound.improve(rounds=10)
    assert tenth > first


def test_no_bound_is_above_the_optimum_of_a_tiny_scenario() -> None:
    checked = [pair for seed in range(100) if (pair := keeps_its_promise(seed))]
    assert len(checked) > 50
    assert sum(bound == best for bound, best in checked) > len(checked) / 3


def test_the_causes_of_a_leaf_just_split_off_add_up_to_the_gap() -> None:
    assert keeps_its_promise(366, rounds=25)


@pytest.mark.slow
def test_no_bound_is_above_the_optimum_of_thousands_of_tiny_scenarios() -> None:
    checked = [pair for seed in range(100, 3100) if (pair := keeps_its_promise(seed, rounds=25))]
    assert len(checked) > 2000


@pytest.mark.parametrize("seed", range(5))
def test_any_prices_give_a_bound(seed: int) -> None:
    problem = prepare(tiny(seed))
    best = build(problem).solve().cost
    relaxation = Relaxation(problem)
    dice = np.random.default_rng(seed)
    highest = np.minimum(relaxation.where.highest, 3000 << 10)
    for _ in range(50):
        prices = (highest * dice.random(len(highest)) ** 8).astype(np.int64)
        assert best is None or -(-relaxation(prices) >> 10) <= best


@pytest.mark.parametrize("price", [10, 100, 1900, 5000])
def test_pupils_who_share_a_slot_share_its_price(price: int) -> None:
    problem = prepare(one_seat(weeks=1, pupils=3))
    relaxation = Relaxation(problem)
    prices = np.zeros_like(relaxation.where.highest)
    open_weeks = problem.departures.allowed.any(axis=0)
    relaxation.where.view(prices, "seat")[:, open_weeks] = price << 10
    relaxation.where.view(prices, "equity")[...] = relaxation.where.view(
        relaxation.where.highest, "equity"
    )
    best = optimum(problem)
    assert best is not None
    assert -(-relaxation(prices) >> 10) <= best


@pytest.mark.parametrize("seed", range(20))
def test_no_pupils_who_fit_into_a_slot_pay_more_than_the_slot(seed: int) -> None:
    problem = prepare(tiny(seed))
    relaxation = Relaxation(problem)
    shared, dice = relaxation.sharing, np.random.default_rng(seed)
    weights = (
        2.0 ** (40 * dice.random(shared.weights)) * dice.integers(0, 2, shared.weights)
    ).astype(np.int64)
    own, others = shared.scaled(weights)
    for p, row in product(range(len(problem.size)), range(len(shared.group_max))):
        group = int(shared.group_max[row])
        paid = [int(others[p, row])] * group
        for i in np.flatnonzero(relaxation.seekers.period == p):
            hosts = relaxation.seekers.host[relaxation.seekers.low[i] : relaxation.seekers.high[i]]
            here = np.flatnonzero(shared.row[hosts[: own.shape[1]]] == row)
            paid += [int(own[i, k]) for k in here[:1]]
        assert sum(sorted(paid)[-group:]) <= 1 << WHOLE


def test_who_is_alone_to_want_a_slot_for_two_pays_all_of_it() -> None:
    two_for_one_seat = one_seat(weeks=1)
    hosts = tuple(h.model_copy(update={"group_max": 2}) for h in two_for_one_seat.hosts)
    scenario = two_for_one_seat.model_copy(update={"hosts": hosts})
    problem = prepare(scenario)
    bound = Bound(problem)
    last(bound.improve(rounds=200))
    assert bound.value == optimum(problem)


def test_one_seat_for_two_pupils_is_bounded_exactly() -> None:
    scenario = one_seat(weeks=1)
    problem = prepare(scenario)
    bound = Bound(problem)
    last(bound.improve(rounds=200))
    assert bound.value == optimum(problem)
    assert unplaced_bound(problem) == 1


@pytest.mark.parametrize("apart", ["exclusion", "absences-simultanees"])
def test_divisions_that_may_not_be_away_together_are_bounded_exactly(apart: str) -> None:
    free = one_seat(weeks=2)
    scenario = changed(
        free,
        hosts=_each(free.hosts, slots=3, publics=("CAP",)),
        divisions=_each(free.divisions, public="CAP"),
        periods=_each(free.periods, wished=free.periods[0].earliest),
    )
    together = optimum(prepare(scenario))
    if apart == "exclusion":
        held_apart = changed(scenario, periods=_each(scenario.periods, exclusions=("atelier",)))
    else:
        schools = _each(scenario.establishments, max_divisions_away=1)
        held_apart = changed(scenario, establishments=schools)
    problem = prepare(held_apart)
    bound = Bound(problem)
    last(bound.improve(rounds=200))
    assert together is not None
    assert bound.value == optimum(problem) == together + scenario.prices.week_shift


def test_who_is_alone_where_a_host_wants_two_is_bounded_exactly() -> None:
    town = one_seat(weeks=1)
    (place,), (host,) = town.places, town.hosts
    village = place.model_copy(update={"id": "B", "latitude": place.latitude + 0.05})
    for_two = host.model_copy(update={"slots": 2, "group_min": 2, "group_max": 2})
    far = host.model_copy(update={"id": "X-2", "place": "B", "slots": 2})
    scenario = changed(town, places=(place, village), hosts=(for_two, far))
    problem = prepare(scenario)
    bound = Bound(problem)
    last(bound.improve(rounds=200))
    assert bound.value == optimum(problem)


@pytest.mark.parametrize("limit", [{"tutors": 1}, {"id": "30100000100025", "staff": 10}])
def test_three_trainees_are_two_where_a_host_takes_them_by_two(limit: dict[str, Any]) -> None:
    town = one_seat(weeks=1, pupils=3)
    taken = {"slots": 2, "publics": ("CAP",), "group_min": 2, "group_max": 2}
    scenario = changed(
        town,
        hosts=_each(town.hosts, **taken, **limit),
        divisions=_each(town.divisions, public="CAP"),
    )
    problem = prepare(scenario)
    bound = Bound(problem)
    last(bound.improve(rounds=200))
    assert bound.value == optimum(problem)


def test_who_has_to_come_back_to_a_host_is_bounded_exactly() -> None:
    """Two hosts are open for the first stay, two others for the second: one stay has no place."""
    town = one_seat(weeks=1)
    (host,), first = town.hosts, town.periods[0]
    weeks = Week.parse("2026-W47"), Week.parse("2026-W48")
    again = {"id": "3A-2", "rank": 2, "earliest": weeks[1], "latest": weeks[1]}
    hosts = [host.model_copy(update={"id": f"X-{i}"}) for i in range(4)]
    scenario = changed(
        town,
        hosts=tuple(hosts),
        divisions=town.divisions[:1],
        periods=(first, first.model_copy(update={**again, "host_link": "meme"})),
        closures=tuple(
            Closure(target=h.id, first=weeks[i % 2], last=weeks[i % 2], reason="")
            for i, h in enumerate(hosts)
        ),
    )
    free = changed(scenario, periods=_each(scenario.periods, host_link="libre"))
    assert unplaced_bound(prepare(free)) == 0
    problem = prepare(scenario)
    bound = Bound(problem)
    last(bound.improve(rounds=400))
    assert bound.value == optimum(problem)
    assert unplaced_bound(problem) == 1


def test_a_proof_reads_no_less_than_a_search_however_large_the_bassin() -> None:
    assert all(options_enough(demands) >= OPTIONS_KEPT for demands in (0, 17_000, 10_000_000))


def test_filled_slots_hold_the_most_that_a_limit_allows() -> None:
    for most, least, size in product(range(15), range(1, 5), range(1, 5)):
        if least > size:
            continue
        fitting = [k for k in range(most + 1) if -(-k // size) * least <= k]
        assert filled(np.array([most]), np.array([least]), np.array([size])) == max(fitting)


def _each(rows: Iterable[Any], **changes: Any) -> tuple[Any, ...]:
    return tuple(row.model_copy(update=changes) for row in rows)


def test_two_weeks_for_two_divisions_leave_nobody_out() -> None:
    assert unplaced_bound(prepare(one_seat(weeks=2))) == 0


def test_a_dear_seat_shows_where_one_more_host_helps() -> None:
    problem = prepare(one_seat(weeks=1))
    bound = Bound(problem)
    last(bound.improve(rounds=200))
    assert bound.seat_prices.shape == problem.capacities.slots.shape
    assert bound.seat_prices.max() > 500


def test_the_same_rounds_give_the_same_bounds() -> None:
    problem = prepare(tiny(7))
    assert list(Bound(problem).improve(rounds=30)) == list(Bound(problem).improve(rounds=30))


def test_a_second_call_goes_on_where_the_first_ended() -> None:
    problem = prepare(tiny(7))
    whole, parts = Bound(problem), Bound(problem)
    last(whole.improve(rounds=40))
    last(parts.improve(rounds=15))
    last(parts.improve(rounds=25))
    assert parts.value == whole.value


def test_a_scenario_without_hosts_leaves_everybody_out() -> None:
    scenario = one_seat(weeks=1)
    bare = scenario.model_copy(update={"hosts": ()})
    problem = prepare(Scenario.model_validate(bare.model_dump(by_alias=True)))
    bound = Bound(problem)
    last(bound.improve(rounds=50))
    assert bound.value == optimum(problem)
    assert unplaced_bound(problem) == len(problem.demands.period)


def test_transport_finds_the_least_cost_of_any_assignment() -> None:
    for seed in range(300):
        dice = np.random.default_rng(seed)
        n, hosts = int(dice.integers(1, 6)), int(dice.integers(1, 4))
        room = dice.integers(0, 3, hosts).astype(np.int32)
        out = dice.integers(0, 20, n)
        cost = np.sort(dice.integers(0, 20, (n, hosts)), axis=1)
        host = np.array([dice.permutation(hosts) for _ in range(n)], np.int32)
        taken = np.zeros(n, np.int32)
        dual = np.zeros(hosts, np.int64)
        least = transport(
            np.arange(n + 1, dtype=np.int32) * hosts,
            np.arange(1, n + 1, dtype=np.int32) * hosts,
            host.ravel(),
            cost.ravel(),
            cost.ravel(),
            out,
            np.ones(n, np.int64),
            out,
            room,
            dual,
            taken,
        )
        assert least == least_by_trying(cost, host, room, out)
        assert least == sum(out[k] if o == NONE else cost.ravel()[o] for k, o in enumerate(taken))
        reduced = np.minimum(out, (cost + dual[host]).min(axis=1))
        assert least == reduced.sum() - (dual * room).sum()


def least_by_trying(cost: Longs, host: Ints, room: Ints, out: Longs) -> int:
    """The least cost over every assignment."""
    n, options = cost.shape
    best = int(out.sum())
    for choice in product(range(-1, options), repeat=n):
        used = np.bincount(
            [host[k, o] for k, o in enumerate(choice) if o >= 0], minlength=len(room)
        )
        if (used <= room).all():
            paid = [out[k] if o < 0 else cost[k, o] for k, o in enumerate(choice)]
            best = min(best, int(sum(paid)))
    return best


def test_chains_find_the_best_starts_that_keep_their_order() -> None:
    seen = 0
    for seed in range(60):
        departures = prepare(tiny(seed)).departures
        units, weeks = departures.allowed.shape
        choices = [np.flatnonzero(row) for row in departures.allowed]
        if not len(departures.gaps) or prod(map(len, choices)) > 5000:
            continue
        dice = np.random.default_rng(seed)
        value = np.full((units, weeks), 1 << 58, np.int64)
        value[departures.allowed] = dice.integers(0, 1000, int(departures.allowed.sum()))
        starts = np.zeros(units, np.int32)
        total = best_starts(value, chains(departures), starts)
        sums = [
            sum(int(value[u, w]) for u, w in enumerate(choice))
            for choice in product(*choices)
            if all(
                departures.ordinal[choice[departures.unit[b]]]
                - departures.ordinal[choice[departures.unit[a]] + departures.duration[a] - 1]
                - 1
                >= gap
                for a, b, gap in departures.gaps
            )
        ]
        if sums:
            seen += 1
            assert total <= min(sums)
            if len(departures.gaps) < units:
                assert total == min(sums)
    assert seen > 3


def one_seat(weeks: int, pupils: int = 1) -> Scenario:
    """Two divisions of `pupils`, one host with one slot for as many, `weeks` weeks to leave in."""
    return Scenario.model_validate(
        {
            "titre": "Une place",
            "bassin": "TEST",
            "academie": "Nancy-Metz",
            "annee": "2026-2027",
            "zone": "B",
            "lieux": [{"lieu": "A", "nom": "A", "lat": 48.6, "lon": 6.5}],
            "etablissements": [{"uai": "0540001H", "nom": "Collège", "type": "CLG", "lieu": "A"}],
            "divisions": [
                {"division": d, "uai": "0540001H", "public": "3E", "effectif": pupils}
                for d in ("3A", "3B")
            ],
            "periodes": [
                {
                    "periode": f"{d}-1",
                    "division": d,
                    "rang": 1,
                    "duree": 1,
                    "debut_min": "2026-W47",
                    "fin_max": f"2026-W{46 + weeks}",
                }
                for d in ("3A", "3B")
            ],
            "accueils": [
                {
                    "accueil": "X-1",
                    "nom": "Garage",
                    "lieu": "A",
                    "publics": ["3E"],
                    "diplomes": [],
                    "places": 1,
                    "groupe_max": pupils,
                }
            ],
        }
    )
