"""Where the distance between a plan and the bound comes from, part by part, in points.

The parts add up to the gap: for each unit what its plan costs at the prices beyond its best case,
the value of what is priced and not used, and what thresholds cost beyond their price. Must not
know: how prices are improved.
"""

import numpy as np

from solver.bound.meetings import paid as paid_to_meet
from solver.bound.portions import ALONE, WHOLE
from solver.bound.prices import Tables
from solver.bound.relaxation import Relaxation
from solver.bound.seekers import SHARES
from solver.bound.ties import DEPTH
from solver.problem import PUBLICS, Flags, Ints, Longs, Problem, Solution

FREE_SEATS = "places recherchées restées libres"
TRAINING_CALENDAR = "calendrier des formations"
OBSERVATION_CALENDAR = "départs en observation"
EQUITY = "seuils d’équité"
SATURATION = "semaines saturées"
AWAY = "divisions absentes ensemble"
_DEPARTURES = {"3E": "départs de 3e", "2GT": "départs de 2de"}


def causes(relaxation: Relaxation, vector: Longs, allowed: Flags, plan: Solution) -> dict[str, int]:
    """Points of the gap by cause, largest first; small rounding goes to the free seats.

    The bound is the one at prices `vector` over starts `allowed` (U × W).
    """
    problem = relaxation.problem
    bound = relaxation(vector, allowed)
    value = relaxation.choice.value
    best = value[np.arange(len(value)), relaxation.choice.starts]
    prices = relaxation.tables(vector)
    own, paid, left_out = _paid(relaxation, prices, vector, plan)
    start = plan.start[problem.departures.unit]
    present = prices.present[np.arange(len(start)), start]
    surcharge = prices.surcharge[problem.establishment]
    away = prices.away[np.arange(len(start)), start]
    over = own + paid + present + away + surcharge * left_out
    by_unit = np.zeros(len(value), np.int64)
    np.add.at(by_unit, problem.departures.unit, over)
    by_unit += problem.departures.cost[np.arange(len(value)), plan.start] << SHARES
    by_unit -= best
    points: dict[str, int] = {}
    for u, extra in enumerate(by_unit.tolist()):
        label = _label(problem, u)
        points[label] = points.get(label, 0) + extra
    equity = _equity_cost(problem, left_out)
    saturation = _saturation_cost(problem, start)
    offered = vector * relaxation.where.limit
    free = {f: int(relaxation.where.view(offered, f).sum()) for f in ("equity", "present", "away")}
    points[EQUITY] = (equity << SHARES) - int((surcharge * left_out).sum()) + free["equity"]
    points[AWAY] = free["away"] - int(away.sum())
    points[SATURATION] = (saturation << SHARES) - int(present.sum()) + free["present"]
    cost = int(own.sum()) + int(
        (problem.departures.cost[np.arange(len(value)), plan.start] << SHARES).sum()
    )
    gap = cost + ((equity + saturation) << SHARES) - bound
    points[FREE_SEATS] = gap - sum(points.values())
    whole = {label: round(extra / (1 << SHARES)) for label, extra in points.items()}
    return dict(sorted(((k, v) for k, v in whole.items() if v), key=lambda kv: -kv[1]))


def _paid(
    relaxation: Relaxation, prices: Tables, vector: Longs, plan: Solution
) -> tuple[Longs, Longs, Longs]:
    """(P) shares of the plan's own costs, shares it pays for limits, pupils left out."""
    problem = relaxation.problem
    demands, options = problem.demands, problem.options
    period = demands.period
    placed = plan.option >= 0
    option = np.maximum(plan.option, 0)
    if not len(options.host):
        own = demands.unplaced_cost.copy()
        paid = np.zeros_like(own)
    else:
        start = plan.start[problem.departures.unit[period]]
        stay = relaxation.stays.of_period[period]
        host = options.host[option]
        changed = (demands.reference_host != -1) & (demands.reference_host != host)
        cost = options.cost[option] + changed * np.int64(problem.prices.host_stability)
        own = np.where(placed, cost, demands.unplaced_cost)
        lodged = options.bed[option]
        beds = np.zeros(len(period), np.int64)
        used = np.flatnonzero(lodged >= 0)
        beds[used] = prices.bed[stay[used], lodged[used], demands.sex[used], start[used]]
        asked = np.zeros(len(period), np.int64)
        row = relaxation.sharing.row[host]
        standing = np.full(len(period), -1, np.int32)
        for d in np.flatnonzero(placed).tolist():
            i, k = relaxation.place(d, int(host[d]))
            standing[i] = k
            if k < DEPTH:
                asked[d] = prices.tied[i, k]
            if row[d] == ALONE:
                continue
            less = int(prices.company[period[d], row[d]])
            slot = int(prices.slot[stay[d], start[d], row[d]])
            slot += int(relaxation.sharing.group_min[row[d]]) * less
            asked[d] += (slot * relaxation.portion(i, k, int(row[d])) >> WHOLE) - less
        paid = np.where(placed, prices.seat[stay, start, host] + asked + beds, 0)
        meets, roles = relaxation.meets(vector), relaxation.meetings.roles
        paid[relaxation.seekers.demand] += paid_to_meet(roles, meets, standing)
    periods = len(problem.size)
    return (
        _by_period(period, own << SHARES, periods),
        _by_period(period, paid, periods),
        _by_period(period, (~placed).astype(np.int64), periods),
    )


def _by_period(period: Ints, amount: Longs, periods: int) -> Longs:
    total = np.zeros(periods, np.int64)
    np.add.at(total, period, amount)
    return total


def _label(problem: Problem, unit: int) -> str:
    period = problem.departures.periods[unit][0]
    if problem.family[period]:
        return TRAINING_CALENDAR
    return _DEPARTURES.get(PUBLICS[problem.public[period]], OBSERVATION_CALENDAR)


def _equity_cost(problem: Problem, left_out: Longs) -> int:
    unplaced = np.zeros(len(problem.equity.allowance), np.int64)
    np.add.at(unplaced, problem.establishment, left_out)
    beyond = np.maximum(0, unplaced[:, None] - problem.equity.allowance)
    return int((beyond * problem.equity.surcharge).sum())


def _saturation_cost(problem: Problem, start: Ints) -> int:
    out = np.zeros_like(problem.saturation_threshold)
    for p, size in enumerate(problem.size.tolist()):
        out[problem.family[p], start[p] : start[p] + problem.departures.duration[p]] += size
    beyond = np.maximum(0, out - problem.saturation_threshold)
    return int(beyond.sum()) * problem.prices.saturation
