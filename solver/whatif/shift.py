"""« And if we left another week? »: every week for one departure, with what each would change.

Everything else keeps its week and its places; the pupils concerned are rematched exactly on the
seats that are left. Must not know: how a whole plan is searched.
"""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Annotated

from solver.domain import Frozen, Plan, column
from solver.errors import UnknownSubject
from solver.problem import Solution
from solver.week import Week
from solver.whatif.obstacles import Obstacle, Obstacles, unkept_agreement
from solver.whatif.occupation import Bill, bill
from solver.whatif.rematch import Rematch
from solver.whatif.standing import Standing

NODES_PER_TABLE, NODES_PER_WEEK = 600, 100
"""Transports for one table, about a second; what they leave unproven is told by `slack`."""

MOVES_TO_ADAPT = 30_000
"""Moves of the short search around a week: about a second."""


class Shift(Frozen):
    """One start week for a departure, and what becomes of the whole plan. None where forbidden."""

    week: Annotated[Week, column("semaine", "Semaine de départ")]
    current: Annotated[bool, column("actuelle", "La semaine du plan")]
    obstacles: Annotated[tuple[Obstacle, ...], column("obstacles", "Règles qui l’interdisent")] = ()
    cost: Annotated[int | None, column("cout", "Coût du plan entier, en points")] = None
    change: Annotated[int | None, column("ecart", "Points de plus que le plan")] = None
    unplaced: Annotated[int | None, column("sans_place", "Élèves sans place, en plus")] = None
    minutes: Annotated[int | None, column("minutes", "Minutes de trajet en plus, en tout")] = None
    saturation: Annotated[int | None, column("saturation", "Points de saturation en plus")] = None
    slack: Annotated[
        int, column("marge", "Points qu’un meilleur placement gagnerait encore, au plus")
    ] = 0

    @property
    def allowed(self) -> bool:
        return not self.obstacles


class Adapted(Frozen):
    """A start week, once the departures around it have adapted for a short while."""

    week: Annotated[Week, column("semaine", "Semaine de départ")]
    current: Annotated[bool, column("actuelle", "La semaine du plan, pour comparer")]
    cost: Annotated[int, column("cout", "Coût du plan entier, en points")]
    change: Annotated[int, column("ecart", "Points de plus que le plan")]
    moved: Annotated[tuple[str, ...], column("decalees", "Autres périodes qui changent de date")]
    rehoused: Annotated[
        int | None,
        column("deplaces", "Élèves d’ailleurs qui changent d’accueil ; null : moins de 5"),
    ]
    plan: Annotated[Plan, column("plan", "Le plan entier, que rien n’écrit", exclude=True)]


def unit_of(standing: Standing, subject: str) -> int:
    """The unit of a period, or of a `depart`; raises `UnknownSubject`."""
    known = []
    for position, period in enumerate(standing.scenario.periods):
        if subject in (period.id, period.departure):
            return int(standing.problem.departures.unit[position])
        known += [period.id, period.departure or period.id]
    near = get_close_matches(subject, known, n=1)
    raise UnknownSubject(subject, "une période ou un départ commun", near)


def shifts(standing: Standing, subject: str, *, exact: bool = False) -> Iterator[Shift]:
    """Every usable week in turn, for the departure of a period (or a `depart`).

    Costs are those of the whole plan: `verify` finds the same on `shifted`. Differences are against
    the plan as it stands; the current week may win points too, where its own pupils are not placed
    at best. Placements are proven best but in the largest departures of a tight plan, where `slack`
    tells what is left to prove; `exact` proves all, at the price of minutes. Raises
    `UnknownSubject`.
    """
    unit = unit_of(standing, subject)
    obstacles = Obstacles(standing, unit)
    rematch: Rematch | None = None
    for start, week in enumerate(standing.calendar.usable):
        current = start == standing.solution.start[unit]
        forbidden = obstacles.at(week)
        if forbidden:
            yield Shift(week=week, current=current, obstacles=forbidden)
            continue
        rematch = rematch or _rematch(standing, unit)
        matched = rematch.at(start, nodes=None if exact else _nodes(standing, unit))
        if matched is None:
            signed = (unkept_agreement(standing, unit),)
            yield Shift(week=week, current=current, obstacles=signed)
            continue
        after = bill(standing.problem, matched.solution, rematch.occupation(matched.solution))
        yield _told(standing, week, current, after, matched.slack)


def _nodes(standing: Standing, unit: int) -> int:
    """The same share of `NODES_PER_TABLE` for each week, so that a week asked alone is the same."""
    weeks = int(standing.problem.departures.allowed[unit].sum())
    return min(NODES_PER_WEEK, max(1, NODES_PER_TABLE // max(1, weeks)))


def shifted(standing: Standing, subject: str, week: Week, *, exact: bool = False) -> Plan | None:
    """The plan behind a row of `shifts`; None where the week is forbidden."""
    unit = unit_of(standing, subject)
    if not standing.calendar.is_usable(week) or Obstacles(standing, unit).at(week):
        return None
    nodes = None if exact else _nodes(standing, unit)
    matched = _rematch(standing, unit).at(standing.calendar.index[week], nodes=nodes)
    return None if matched is None else standing.decoded(matched.solution)


def adapted(
    standing: Standing, subject: str, rows: Iterable[Shift], *, weeks: int = 3
) -> Iterator[Adapted]:
    """The week of the plan, then the most promising others, after a short search around each.

    The departure keeps its week; those that meet it at the hosts may change theirs, and their
    pupils their places. Nothing is ever worse than in the table; the week of the plan tells what
    the same search wins without any shift.
    """
    unit = unit_of(standing, subject)
    priced = [row for row in rows if row.cost is not None]
    others = sorted((r for r in priced if not r.current), key=lambda r: (r.cost or 0, r.week))
    promising = [*(r for r in priced if r.current), *others[:weeks]]
    for row in promising:
        start = standing.calendar.index[row.week]
        matched = _rematch(standing, unit).at(start, nodes=_nodes(standing, unit))
        if matched is None or row.cost is None:
            continue
        found = standing.polish.around(matched.solution, unit, MOVES_TO_ADAPT)
        better = found is not None and found.cost < row.cost
        solution = found.solution if better and found else matched.solution
        cost = found.cost if better and found else row.cost
        yield _adaptation(standing, unit, row, solution, cost)


def _adaptation(
    standing: Standing, unit: int, row: Shift, solution: Solution, cost: int
) -> Adapted:
    problem, before = standing.problem, standing.solution
    own = problem.departures.unit == unit
    start = problem.departures.unit
    moved = (solution.start[start] != before.start[start]) & ~own
    both = (solution.option >= 0) & (before.option >= 0) & ~own[problem.demands.period]
    hosts = problem.options.host
    rehoused = hosts[solution.option[both]] != hosts[before.option[both]]
    periods = standing.scenario.periods
    return Adapted(
        week=row.week,
        current=row.current,
        cost=cost,
        change=cost - standing.report.cost,
        moved=tuple(periods[p].id for p in moved.nonzero()[0]),
        rehoused=int(rehoused.sum()),
        plan=standing.decoded(solution),
    )


def _rematch(standing: Standing, unit: int) -> Rematch:
    return Rematch(standing.problem, standing.solution, standing.occupation, unit)


def _told(standing: Standing, week: Week, current: bool, after: Bill, slack: int) -> Shift:
    before = standing.bill
    return Shift(
        week=week,
        current=current,
        cost=after.cost,
        change=after.cost - standing.report.cost,
        unplaced=after.unplaced - before.unplaced,
        minutes=after.minutes - before.minutes,
        saturation=after.saturation - before.saturation,
        slack=slack,
    )
