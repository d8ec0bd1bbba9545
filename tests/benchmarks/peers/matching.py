"""The best placement at a given calendar, and how far a plan is from it.

Starts are fixed; who goes where is solved by HiGHS, from the plan. A whole bassin has far more
options than an engine can hold, so only the cheapest of each class are laid out, and more wherever
the duals of the linear relaxation say that a dearer one might pay. Must not know: how the plan was
found.
"""

from dataclasses import dataclass, replace
from math import ceil, isfinite
from time import monotonic

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt.python import mathopt
from ortools.sat.python import cp_model
from peers import mip

from solver.model import Model, build
from solver.problem import NO_LIMIT, Ints, Options, Problem, Solution
from solver.rule import Requirement
from solver.rules import HARD_RULES, PREFERENCES, binome, taille_groupe
from solver.search.linear import Program, at, hinted, program, solve
from solver.variables import Variables, total

FIRST_KEEP = 30
RELAXED = (binome.RULE, taille_groupe.RULE)
"""Left out of the linear bound: there a dearer option can pay for what the duals do not show."""


@dataclass(frozen=True, slots=True)
class Matching:
    """The best placement found, and what any placement at this calendar costs at least."""

    solution: Solution
    bound: int
    status: str


def matching(problem: Problem, plan: Solution, seconds: float, seed: int = 0) -> Matching:
    """Improve the placement of `plan` as far as `seconds` allow, and bound what is possible."""
    deadline = monotonic() + seconds
    keep = np.full(len(problem.options.start) - 1, FIRST_KEEP, np.int32)
    bound, complete, reduced = 0, False, None
    while True:
        narrow, rows = narrowed(problem, keep, plan)
        here = Solution(plan.start, _renamed(plan.option, rows))
        relaxed = _relaxed(narrow, here)
        made = program(relaxed.cp)
        left = deadline - monotonic()
        result = solve(made, mathopt.SolverType.HIGHS, left, integer=False, seed=seed)
        if not result.has_dual_feasible_solution() or monotonic() > deadline:
            break
        wanting = _dearest(relaxed, made, result) > narrow.options.tail
        if not wanting.any():
            bound, complete = ceil(result.dual_bound() - 1e-4), True
            reduced = np.zeros(len(made.cost))
            for variable, value in result.reduced_costs().items():
                reduced[variable.id] = value
            break
        keep[wanting] = np.minimum(4 * keep[wanting], len(problem.options.host))
    option, status = plan.option, "sans le temps du programme entier"
    if reduced is not None and deadline - monotonic() > 1:
        found, status = _finish(narrow, here, reduced, bound, deadline - monotonic(), seed)
        option = np.full(len(found), -1, np.int32)
        option[found >= 0] = rows[found[found >= 0]]
    said = "borne sur toutes les options" if complete else "borne non prouvée"
    return Matching(Solution(plan.start, option), bound, f"{status}, {said}")


def narrowed(problem: Problem, keep: Ints, plan: Solution) -> tuple[Problem, Ints]:
    """The problem with `keep` options per class, those of the plan besides; and their rows."""
    o = problem.options
    begin, end = o.start[:-1], o.start[1:]
    rank = np.arange(len(o.host)) - np.repeat(begin, end - begin)
    keep = np.minimum(keep, end - begin)
    kept = rank < np.repeat(keep, end - begin)
    first_out = begin + keep
    cut = first_out < end
    tail = o.tail.copy()
    tail[cut] = np.minimum(tail[cut], o.cost[first_out[cut]])
    kept[plan.option[plan.option >= 0]] = True
    rows = np.flatnonzero(kept).astype(np.int32)
    start = np.concatenate(([0], np.cumsum(kept)))[o.start].astype(np.int32)
    columns = (o.host, o.bed, o.lodging, o.minutes, o.tier, o.cost, o.last)
    options = Options(start, *(c[rows] for c in columns), tail)
    return replace(problem, options=options), rows


def _renamed(option: Ints, rows: Ints) -> Ints:
    """The options of a solution as rows of the narrow problem."""
    return np.where(option < 0, -1, np.searchsorted(rows, option)).astype(np.int32)


def _relaxed(problem: Problem, plan: Solution) -> Model:
    """The model of the placement with the rules that a linear bound can do without left out."""
    cp = cp_model.CpModel()
    variables = Variables(problem, cp, plan, (), range(len(plan.option)))
    for rule in HARD_RULES:
        if isinstance(rule, Requirement) and rule not in RELAXED:
            for _, constraint in rule.constraints(problem, variables):
                if not isinstance(constraint, bool):
                    cp.add(constraint)
    cp.minimize(total(preference.price(problem, variables) for preference in PREFERENCES))
    for cut in variables.cuts:
        cp.add(cut)
    return Model(problem, variables, cp)


def _dearest(model: Model, made: Program, result: mathopt.SolveResult) -> NDArray[np.float64]:
    """(C) what the dearest pupil of each class may pay for an option at most, at these duals.

    The reduced cost of an option is its price plus what its seats cost (never negative) less what
    its pupil is worth: being placed at all, in the rows that know the pupil and not the host.
    """
    problem = model.problem
    dual = np.zeros(len(made.low))
    for constraint, value in result.dual_values().items():
        dual[constraint.id] = value
    worth = np.zeros(len(problem.options.tail))
    share = made.coefficient * dual[made.row]
    own = _rows_of_pupils_alone(model, made)
    by_column = np.zeros(len(made.cost))
    np.add.at(by_column, made.column[own[made.row]], share[own[made.row]])
    for demand, seeker in enumerate(problem.demands.seeker.tolist()):
        for option, literal in model.variables.choices(demand).items():
            assert isinstance(literal, cp_model.IntVar)
            gain = by_column[literal.index] - made.cost[literal.index]
            worth[seeker] = max(worth[seeker], gain + problem.options.cost[option])
            break
    return np.where(problem.options.tail < NO_LIMIT, worth, 0.0)


def _rows_of_pupils_alone(model: Model, made: Program) -> NDArray[np.bool_]:
    """(rows) those where every option of a pupil weighs the same: equity, one place at most."""
    demand_of = np.full(len(made.cost), -1)
    options_of = np.zeros(len(model.problem.demands.period), np.int64)
    for demand in range(len(options_of)):
        for literal in model.variables.choices(demand).values():
            assert isinstance(literal, cp_model.IntVar)
            demand_of[literal.index] = demand
            options_of[demand] += 1
    demand = demand_of[made.column]
    known = demand >= 0
    pairs = made.row[known].astype(np.int64) * len(options_of) + demand[known]
    pair, times = np.unique(pairs, return_counts=True)
    alone = np.ones(len(made.low), np.bool_)
    alone[(pair // len(options_of))[times < options_of[pair % len(options_of)]]] = False
    return alone


def _finish(
    problem: Problem,
    plan: Solution,
    reduced: NDArray[np.float64],
    bound: int,
    seconds: float,
    seed: int,
) -> tuple[Ints, str]:
    """(D) options of the best placement met, from the plan on, with every rule.

    A choice whose reduced cost in the linear relaxation exceeds what the plan has above the bound
    is in no better placement: it is closed. `reduced` is by column of the relaxation, whose first
    columns are the choices, as in the whole model.
    """
    model = build(problem, plan, (), range(len(plan.option)))
    made = program(model.cp)
    hint = hinted(made, model.hint(plan))
    choices = sum(len(model.variables.choices(d)) for d in range(len(plan.option)))
    above = _cost(problem, plan) - bound
    useless = np.flatnonzero((reduced[:choices] > above + 1) & (hint[:choices] == 0))
    made.upper[useless] = 0
    answer = mip.solve_apart(made, seconds, seed, hint)
    within = f" (borne {ceil(answer.bound - 1e-4)} parmi eux)" if isfinite(answer.bound) else ""
    status = f"{answer.reason}, {choices - len(useless)} choix{within}"
    if answer.values is None:
        return plan.option, status
    return model.read(at(answer.values)).option, status


def _cost(problem: Problem, plan: Solution) -> int:
    settled = Variables(problem, fixed=plan)
    prices = [preference.price(problem, settled) for preference in PREFERENCES]
    return sum(price for price in prices if isinstance(price, int))
