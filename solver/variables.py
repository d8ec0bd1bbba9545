"""The decisions of a plan, answered with a variable where they are open, a constant where settled.

So one reading of a rule serves the whole model, a neighbourhood with the rest fixed, and a finished
plan. Rules speak to these types only. Must not know: which rules there are, how models are solved.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from ortools.sat.python import cp_model

from solver.problem import Problem, Solution

Expression: TypeAlias = cp_model.LinearExpr | int
"""A linear expression over variables, or its value."""
Constraint: TypeAlias = cp_model.BoundedLinearExpression | bool
"""A linear constraint, or whether it holds."""
Key: TypeAlias = tuple[Any, ...]
"""Name of an auxiliary variable: equal in a model and in a finished plan."""


def total(terms: Iterable[Expression]) -> Expression:
    """Sum of variables and constants; a plain int where nothing is open."""
    constant, open_terms = 0, []
    for term in terms:
        if isinstance(term, int):
            constant += term
        else:
            open_terms.append(term)
    if not open_terms:
        return constant
    sum_of_open: cp_model.LinearExpr = cp_model.LinearExpr.sum([*open_terms, constant])
    return sum_of_open


def weighted(terms: Iterable[tuple[int, Expression]]) -> Expression:
    """Sum of coefficient × expression."""
    return total(weight * term for weight, term in terms if weight)


class Flow:
    """What a period sends to a place (pupils, slots or beds) in the weeks it is out.

    Flows of periods that are out together may be merged: `parts` names them all, as (kind, period,
    place); kinds are `heads` and `slots` at a host, `beds` in a boarding house × 3 + sex.
    """

    def __init__(
        self,
        variables: "Variables",
        parts: tuple[tuple[str, int, int], ...],
        amount: Expression,
        most: int,
    ) -> None:
        self._variables = variables
        self.parts = parts
        self.period = parts[0][1]
        self.total = amount
        """While the period lasts."""
        self.most = most
        """Upper bound of `total`."""

    @property
    def starts(self) -> Mapping[int, Expression]:
        return self._variables.starts(self.period)

    @property
    def is_settled(self) -> bool:
        """Whether both the amount and the start are constants."""
        return isinstance(self.total, int) and not any(
            not isinstance(literal, int) for literal in self.starts.values()
        )

    @cached_property
    def weeks(self) -> Mapping[int, Sequence[int]]:
        """The weeks in which the period may be out, each with the starts that make it so."""
        return self._variables.weeks_out(self.period)

    def out(self, week: int) -> Expression:
        """What is there that week: `total` where the period is out, else 0."""
        return total(self.per_start[s] for s in self.weeks.get(week, ()))

    @cached_property
    def per_start(self) -> Mapping[int, Expression]:
        """`total`, told apart by the week in which the period starts (at most one is not 0).

        A convex hull: much tighter than « total if out » written with a big constant.
        """
        if all(isinstance(literal, int) for literal in self.starts.values()):
            return dict.fromkeys(self.starts, self.total)
        if isinstance(self.total, int):
            return {s: self.total * literal for s, literal in self.starts.items()}
        return self._variables.spread(self)

    @property
    def bundle(self) -> tuple[int, int]:
        """Flows with the same bundle are always out together."""
        return self._variables.bundle(self.period)

    @staticmethod
    def sum(flows: Sequence["Flow"]) -> "Flow":
        """The flows of one bundle as one."""
        return flows[0]._variables.sum_of(flows)

    def note_scarcest(self, room: Sequence[int]) -> None:
        """Note, for the model, that a start leaves no more than its scarcest week."""
        for s, most in self.scarcest(room).items():
            if most < self.most:
                self._variables.cuts.append(self.per_start[s] <= most * self.starts[s])

    def scarcest(self, room: Sequence[int]) -> Mapping[int, int]:
        """For each start, what the week with the least `room` leaves for this flow."""
        duration = self._variables.duration(self.period)
        return {s: max(0, min([self.most, *room[s : s + duration]])) for s in self.starts}


def within(flows: Iterable[Flow], limits: Sequence[int]) -> Iterator[tuple[int, Constraint]]:
    """(week, constraint): together the flows stay within the limit of each week.

    Constraints that cannot bind are left out. Week −1 stands for all weeks at once: a flow that
    has a place to itself needs one constraint, no matter how many weeks it may fall in.
    """
    room, open_flows = [*limits], []
    for flow in flows:
        if not flow.is_settled:
            open_flows.append(flow)
        elif isinstance(flow.total, int):
            for week in flow.weeks:
                room[week] -= flow.total
    yield from ((week, False) for week, left in enumerate(room) if left < 0)
    merged = _merged(open_flows)
    if len(merged) == 1:
        yield from _alone(merged[0], room)
        return
    most = [sum(flow.most for flow in merged if w in flow.weeks) for w in range(len(room))]
    crowded = [week for week, left in enumerate(room) if most[week] > left]
    for week in crowded:
        yield week, total(flow.out(week) for flow in merged) <= max(0, room[week])
    if crowded:
        for flow in merged:
            flow.note_scarcest(room)


def _alone(flow: Flow, room: Sequence[int]) -> Iterator[tuple[int, Constraint]]:
    """One constraint over all weeks; exact because the period starts once."""
    scarcest = flow.scarcest(room)
    if any(most < flow.most for most in scarcest.values()):
        yield -1, flow.total <= weighted((n, flow.starts[s]) for s, n in scarcest.items())


def _merged(flows: Iterable[Flow]) -> list[Flow]:
    """The flows of periods that are always out together, added up."""
    together: dict[tuple[int, int], list[Flow]] = defaultdict(list)
    for flow in flows:
        if flow.most:
            together[flow.bundle].append(flow)
    return [group[0] if len(group) == 1 else Flow.sum(group) for group in together.values()]


class Variables:
    """Every decision of `problem`, open or settled.

    Without `fixed` all is open. With it, only `free_units` and `free_demands` are; the rest is as
    in `fixed`. `cp` receives the variables and the definitions of auxiliary ones; it may be None
    where nothing is open.
    """

    def __init__(
        self,
        problem: Problem,
        cp: cp_model.CpModel | None = None,
        fixed: Solution | None = None,
        free_units: Collection[int] = (),
        free_demands: Collection[int] = (),
    ) -> None:
        self.problem = problem
        self._cp = cp
        self.auxiliary: dict[Key, cp_model.IntVar] = {}
        """Open auxiliary variables by key."""
        self.cuts: list[Constraint] = []
        """What the rules already imply, worth saying to an engine all the same."""
        self.excesses: dict[Key, Expression] = {}
        """What `excess` answered, by key."""
        units = range(len(problem.departures.periods))
        demands = range(len(problem.demands.period))
        free_units = units if fixed is None else set(free_units)
        free_demands = demands if fixed is None else set(free_demands)
        self._starts = tuple(
            self._open_starts(u) if fixed is None or u in free_units else _settled(fixed.start[u])
            for u in units
        )
        self._choices = tuple(
            self._open_choices(d)
            if fixed is None or d in free_demands
            else _settled(fixed.option[d])
            for d in demands
        )
        self._unit: list[int] = problem.departures.unit.tolist()
        self._duration: list[int] = problem.departures.duration.tolist()
        self._host: list[int] = problem.options.host.tolist()
        self._heads: dict[tuple[int, int], Flow] = {}
        self._slots: dict[tuple[int, int], Flow] = {}
        self._sums: dict[tuple[tuple[str, int, int], ...], Flow] = {}
        self._weeks_out: dict[tuple[int, int], Mapping[int, Sequence[int]]] = {}

    # --- the calendar

    def unit_starts(self, unit: int) -> Mapping[int, Expression]:
        """For each week in which the unit may start, whether it does."""
        return self._starts[unit]

    def starts(self, period: int) -> Mapping[int, Expression]:
        """For each week in which the period may start, whether it does."""
        return self._starts[self._unit[period]]

    def duration(self, period: int) -> int:
        return self._duration[period]

    def bundle(self, period: int) -> tuple[int, int]:
        """(unit, duration): periods with the same bundle are always out together."""
        return self._unit[period], self._duration[period]

    def weeks_out(self, period: int) -> Mapping[int, Sequence[int]]:
        """The weeks in which the period may be out, each with the starts that make it so."""
        bundle = self.bundle(period)
        if bundle not in self._weeks_out:
            weeks: dict[int, list[int]] = defaultdict(list)
            for start in self.starts(period):
                for week in range(start, min(start + bundle[1], self.problem.weeks)):
                    weeks[week].append(start)
            self._weeks_out[bundle] = dict(weeks)
        return self._weeks_out[bundle]

    def out(self, period: int, week: int) -> Expression:
        """Whether the period is out that week."""
        starts = self.starts(period)
        return total(starts[s] for s in self.weeks_out(period).get(week, ()))

    def may_be_out(self, period: int, week: int) -> bool:
        return week in self.weeks_out(period)

    # --- who goes where

    def choices(self, demand: int) -> Mapping[int, Expression]:
        """For each option that the demand may take, whether it does."""
        return self._choices[demand]

    def placed(self, demand: int) -> Expression:
        """Number of options taken: 1 where placed."""
        return total(self._choices[demand].values())

    def hosts(self, demand: int) -> list[int]:
        """The hosts the demand may go to, ascending."""
        return sorted({self._host[o] for o in self._choices[demand]})

    def at(self, demand: int, host: int) -> Expression:
        """Whether the demand is at that host."""
        return total(x for o, x in self._choices[demand].items() if self._host[o] == host)

    # --- what hosts and boarding houses see

    @cached_property
    def visitors(self) -> Mapping[int, tuple[int, ...]]:
        """The periods that may send pupils to each host; hosts without any are absent."""
        periods: dict[int, dict[int, None]] = defaultdict(dict)
        for period, host in self._arrivals:
            periods[host][period] = None
        return {host: tuple(sorted(periods[host])) for host in sorted(periods)}

    def heads(self, period: int, host: int) -> Flow:
        """Pupils of the period at the host."""
        key = period, host
        if key not in self._heads:
            per_demand = self._arrivals.get(key, {})
            amount = total(x for choices in per_demand.values() for x in choices)
            most = amount if isinstance(amount, int) else len(per_demand)
            self._heads[key] = Flow(self, (("heads", *key),), amount, most)
        return self._heads[key]

    def slots(self, period: int, host: int) -> Flow:
        """Slots that the period uses at the host: the fewest that hold its pupils there."""
        key = period, host
        if key not in self._slots:
            heads = self.heads(period, host)
            group_max = int(self.problem.capacities.group_max[host])
            most = -(-heads.most // group_max)
            if group_max == 1:
                self._slots[key] = heads
            elif isinstance(heads.total, int):
                self._slots[key] = Flow(self, (("slots", *key),), most, most)
            else:
                slots = self._integer(("slots", *key), most)
                self._define(group_max * slots >= heads.total)
                self._define(group_max * slots <= heads.total + (group_max - 1))
                for demand, choices in self._arrivals[key].items():
                    needed = -(-self._together[demand] // group_max)
                    self._note(needed * total(choices) <= slots)
                self._slots[key] = Flow(self, (("slots", *key),), slots, most)
        return self._slots[key]

    def note_fit(self, host: int, room: Sequence[int]) -> None:
        """Note, for the model, that a `binome` goes where and when there are slots for all of it.

        `room`: the slots of the host in each week.
        """
        group_max = int(self.problem.capacities.group_max[host])
        for period in self.visitors[host]:
            duration, starts = self._duration[period], self.starts(period)
            for demand, choices in self._arrivals[period, host].items():
                needed = -(-self._together[demand] // group_max)
                if needed > 1:
                    wide = [s for s in starts if min(room[s : s + duration]) >= needed]
                    if len(wide) < len(starts):
                        self._note(total(choices) <= total(starts[s] for s in wide))

    @cached_property
    def beds(self) -> Mapping[tuple[int, int], Sequence[Flow]]:
        """By (boarding house, sex): the beds for pupils from elsewhere that each period takes."""
        bed, sex = self.problem.options.bed, self.problem.demands.sex
        taken: dict[tuple[int, int, int], dict[int, list[Expression]]] = defaultdict(dict)
        for demand, choices in enumerate(self._choices):
            period = int(self.problem.demands.period[demand])
            for option, chosen in choices.items():
                if bed[option] >= 0:
                    place = int(bed[option]), int(sex[demand]), period
                    taken[place].setdefault(demand, []).append(chosen)
        flows: dict[tuple[int, int], list[Flow]] = defaultdict(list)
        for (house, s, period), per_demand in taken.items():
            amount = total(x for choices in per_demand.values() for x in choices)
            most = amount if isinstance(amount, int) else len(per_demand)
            flows[house, s].append(Flow(self, (("beds", period, house * 3 + s),), amount, most))
        return flows

    # --- auxiliary quantities

    def excess(self, key: Key, amount: Expression, allowance: int, most: int) -> Expression:
        """max(0, amount − allowance), to be minimised; `most` bounds `amount` from above."""
        if isinstance(amount, int):
            self.excesses[key] = max(0, amount - allowance)
        elif most <= allowance:
            self.excesses[key] = 0
        else:
            over = self._integer(key, most - allowance)
            self._define(over >= amount - allowance)
            self.excesses[key] = over
        return self.excesses[key]

    def spread(self, flow: Flow) -> Mapping[int, Expression]:
        """One variable per start, none of them above 0 but for the start taken; see `Flow`."""
        parts = {s: self._integer(("start", s, *flow.parts), flow.most) for s in flow.starts}
        for s, part in parts.items():
            self._define(part <= flow.most * flow.starts[s])
        self._define(total(parts.values()) == flow.total)
        return parts

    def sum_of(self, flows: Sequence[Flow]) -> Flow:
        """The flows of one bundle as one, the same each time it is asked for."""
        parts = tuple(part for flow in flows for part in flow.parts)
        if parts not in self._sums:
            amount = total(flow.total for flow in flows)
            self._sums[parts] = Flow(self, parts, amount, sum(flow.most for flow in flows))
        return self._sums[parts]

    def value(self, key: Key) -> int:
        """Value of an auxiliary variable of another model; only where nothing is open here."""
        if key in self.excesses:
            return _settled_value(self.excesses[key])
        if key[0] != "start":
            return self._amount(key)
        _, start, *parts = key
        return sum(self._amount(part) for part in parts if start in self.starts(part[1]))

    def _amount(self, part: Key) -> int:
        kind, period, place = part
        if kind == "beds":
            flows = [f for f in self.beds.get(divmod(place, 3), ()) if f.period == period]
            return sum(_settled_value(flow.total) for flow in flows)
        flow = self.heads(period, place) if kind == "heads" else self.slots(period, place)
        return _settled_value(flow.total)

    @cached_property
    def _arrivals(self) -> Mapping[tuple[int, int], Mapping[int, list[Expression]]]:
        """By (period, host), then demand: the choices that bring it there."""
        arrivals: dict[tuple[int, int], dict[int, list[Expression]]] = defaultdict(dict)
        period = self.problem.demands.period.tolist()
        for demand, choices in enumerate(self._choices):
            for option, chosen in choices.items():
                place = period[demand], self._host[option]
                arrivals[place].setdefault(demand, []).append(chosen)
        return arrivals

    def _open_starts(self, unit: int) -> Mapping[int, Expression]:
        weeks = self.problem.departures.allowed[unit].nonzero()[0].tolist()
        return {w: self._open_model.new_bool_var(f"start {unit} {w}") for w in weeks}

    def _open_choices(self, demand: int) -> Mapping[int, Expression]:
        options = self.problem.options
        seeker = self.problem.demands.seeker[demand]
        span = range(int(options.start[seeker]), int(options.start[seeker + 1]))
        return {o: self._open_model.new_bool_var(f"choice {demand} {o}") for o in span}

    def _integer(self, key: Key, most: int) -> cp_model.IntVar:
        self.auxiliary[key] = self._open_model.new_int_var(0, most, " ".join(map(str, key)))
        return self.auxiliary[key]

    def _define(self, constraint: Constraint) -> None:
        self._open_model.add(constraint)

    def _note(self, cut: Constraint) -> None:
        """Keep a cut; one on settled decisions alone says nothing."""
        if not isinstance(cut, bool):
            self.cuts.append(cut)

    @cached_property
    def _together(self) -> list[int]:
        """(D) how many are placed with each demand, itself included."""
        group, groups = self.problem.demands.group, self.problem.demands.groups
        sizes: list[int] = np.append(np.diff(groups.start), 1)[group].tolist()
        return sizes

    @property
    def _open_model(self) -> cp_model.CpModel:
        assert self._cp is not None, "an open decision needs a model to live in"
        return self._cp


def _settled(value: int) -> Mapping[int, Expression]:
    return {int(value): 1} if value >= 0 else {}


def _settled_value(expression: Expression) -> int:
    assert isinstance(expression, int), "the decision is still open"
    return expression
