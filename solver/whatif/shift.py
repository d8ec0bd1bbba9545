"""« And if we left another week? »: every week for one departure, with what each would change.

Everything else keeps its week and its places; the pupils concerned are rematched exactly on the
seats that are left. Must not know: how a whole plan is searched.
"""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Annotated

from solver.domain import Frozen, Plan, column
from solver.errors import UnknownSubject
from solver.week import Week
from solver.whatif.obstacles import Obstacle, obstacles, unkept_agreement
from solver.whatif.occupation import Bill, bill
from solver.whatif.rematch import Rematch
from solver.whatif.standing import Standing

NODES_PER_TABLE = 600
"""Transports for one table, about a second; what they leave unproven is told by `slack`."""


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
    rematch: Rematch | None = None
    for start, week in enumerate(standing.calendar.usable):
        current = start == standing.solution.start[unit]
        forbidden = obstacles(standing, unit, week)
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
    return max(1, NODES_PER_TABLE // int(standing.problem.departures.allowed[unit].sum()))


def shifted(standing: Standing, subject: str, week: Week, *, exact: bool = False) -> Plan | None:
    """The plan behind a row of `shifts`; None where the week is forbidden."""
    unit = unit_of(standing, subject)
    if not standing.calendar.is_usable(week) or obstacles(standing, unit, week):
        return None
    nodes = None if exact else _nodes(standing, unit)
    matched = _rematch(standing, unit).at(standing.calendar.index[week], nodes=nodes)
    return None if matched is None else standing.decoded(matched.solution)


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
