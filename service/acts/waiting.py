"""Who has no place in a plan, told with what people know them by. Must not know: HTTP."""

from dataclasses import dataclass

from service.accounts import rights
from service.accounts.rights import Action, User
from service.acts import plans
from service.house import House
from solver.domain import Establishment
from solver.indicators.models import REASONS, ReasonKey
from solver.week import Week


@dataclass(frozen=True, slots=True)
class Waiting:
    """A pupil without a place in one period."""

    pupil: str
    period: str
    division: str
    school: str
    start: Week | None
    reason: ReasonKey
    label: str
    detail: str


def waiting(house: House, user: User, plan_id: str, *, uai: str | None = None) -> list[Waiting]:
    """Those without a place among the pupils the user may see, in the order of the scenario."""
    rows = plans.unplaced(house, user, plan_id, uai=uai)
    row, of = plans.with_scenario(house, user, plan_id, Action.READ_PUPILS)
    scenario, departures = house.scenario(of), house.plan(row).plan.departures
    starts = {d.period: d.start for d in departures}
    names = {e.uai: e.name for e in scenario.establishments}
    found = []
    for one in rows:
        division = scenario.division_of[scenario.pupil_of[one.pupil].division]
        reason: ReasonKey = next(key for key in REASONS if key == one.reason)
        found.append(
            Waiting(
                one.pupil, one.period, division.name or division.id,
                names[division.establishment], starts.get(one.period), reason, REASONS[reason],
                one.detail,
            )
        )  # fmt: skip
    return found


def schools(house: House, user: User, plan_id: str) -> list[Establishment]:
    """The establishments whose pupils the user may see."""
    _, of = plans.with_scenario(house, user, plan_id, Action.READ_PUPILS)
    sight = rights.sight(user)
    return [e for e in house.scenario(of).establishments if sight.of(e.uai)]
