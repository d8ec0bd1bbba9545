"""Questions put to a plan: another week, another host, why not, and plans side by side.

One question at a time, and one of those that explore a whole plan beside it: neither changes the
`Standing`. Must not know: HTTP, how answers are found.
"""

from collections.abc import Callable, Sequence

from service.accounts import rights
from service.accounts.rights import Action, Sight, User
from service.acts.masks import small
from service.acts.plans import with_scenario
from service.acts.turns import turn
from service.house import House
from service.refusals import Refusal
from solver.compare import Comparison, Contender, Point, compare, pareto
from solver.domain import Scenario
from solver.errors import UnknownSubject
from solver.whatif import (
    Adapted,
    Prospect,
    Recommendation,
    Shift,
    Shortage,
    Standing,
    Why,
    adapted,
    prospect,
    recommendations,
    shifts,
    shortage,
    why,
)

_LOOK_SECONDS = 8.0


def lay_out(house: House, user: User, plan_id: str) -> None:
    """Make ready for questions about departures that are likely to come."""
    _standing(house, user, plan_id, Action.TRY_SHIFT)


def shift_table(
    house: House,
    user: User,
    plan_id: str,
    subject: str,
    *,
    told: Callable[[Shift], None] = lambda row: None,
    stop: Callable[[], bool] = lambda: False,
) -> list[Shift]:
    """Every week for a departure (a period or a common departure) and what each would change.

    A DDF asks about their own establishment's departures. `told` hears each week as it is known;
    once `stop` says so, the table ends there. Raises `UnknownSubject`.
    """
    standing = _standing(house, user, plan_id, Action.TRY_SHIFT)
    require_own_departure(standing.scenario, rights.sight(user), subject)
    table = []
    with turn(house.asking):
        for row in shifts(standing, subject):
            table.append(row)
            told(row)
            if stop():
                break
    return table


def adaptations(
    house: House, user: User, plan_id: str, subject: str,
    *, rows: Sequence[Shift] = (), stop: Callable[[], bool] = lambda: False,
) -> list[Adapted]:  # fmt: skip
    """The plan's week and the most promising others, once the departures around have adapted.

    `rows`: the table, where it is known. Small counts of pupils elsewhere are not told to whoever
    does not see every pupil. Raises `UnknownSubject`.
    """
    standing = _standing(house, user, plan_id, Action.TRY_SHIFT)
    sight = rights.sight(user)
    require_own_departure(standing.scenario, sight, subject)
    found = []
    with turn(house.asking):
        for one in adapted(standing, subject, rows or tuple(shifts(standing, subject))):
            hidden = small(one.rehoused) and not sight.every_pupil
            found.append(one.model_copy(update={"rehoused": None}) if hidden else one)
            if stop():
                break
    return found


def require_own_departure(scenario: Scenario, sight: Sight, subject: str) -> None:
    """Raises `UnknownSubject` where the departure is not of an establishment within sight."""
    schools = {
        scenario.division_of[p.division].establishment
        for p in scenario.periods
        if subject in (p.id, p.departure)
    }
    if not schools or not all(sight.of(uai) for uai in schools):
        raise UnknownSubject(subject, "une période ou un départ commun de votre établissement")


def reasons_of(
    house: House, user: User, plan_id: str, pupil: str, period: str | None,
    *, stop: Callable[[], bool] = lambda: False,
) -> tuple[Why, ...]:  # fmt: skip
    """Why a pupil has no place; who sits elsewhere is named only where the user may see them."""
    standing = _standing(house, user, plan_id, Action.READ_PUPILS)
    scenario, sight = standing.scenario, rights.sight(user)
    require_own_pupil(scenario, sight, pupil)
    with turn(house.asking):
        answers = why(standing, pupil, period, stop=stop)
    return tuple(_discreet(scenario, sight, answer) for answer in answers)


def other_hosts(
    house: House, user: User, plan_id: str, pupil: str, period: str
) -> tuple[Recommendation, ...]:
    """The ten best hosts for a pupil in a period, and what each would change."""
    standing = _standing(house, user, plan_id, Action.READ_PUPILS)
    require_own_pupil(standing.scenario, rights.sight(user), pupil)
    with turn(house.asking):
        return recommendations(standing, pupil, period)


def require_own_pupil(scenario: Scenario, sight: Sight, pupil: str) -> None:
    """Raises `UnknownSubject` where the pupil is not one the user may see."""
    known = scenario.pupil_of.get(pupil)
    if known is None or not sight.of(scenario.division_of[known.division].establishment):
        raise UnknownSubject(pupil, "un élève de votre établissement")


def _discreet(scenario: Scenario, sight: Sight, answer: Why) -> Why:
    """The answer without the names of pupils of other establishments."""
    if sight.every_pupil:
        return answer

    def own(period: str) -> bool:
        return sight.of(scenario.division_of[scenario.period_of[period].division].establishment)

    seats = tuple(
        seat.model_copy(
            update={
                "holders": tuple(
                    h if own(h.period) else h.model_copy(update={"pupils": ()})
                    for h in seat.holders
                )
            }
        )
        for seat in answer.seats
    )
    return answer.model_copy(update={"seats": seats})


def shortage_of(
    house: House, user: User, plan_id: str, uai: str | None,
    *, stop: Callable[[], bool] = lambda: False,
) -> Shortage:  # fmt: skip
    """What would place most of those without a place, in the bassin or one establishment."""
    standing = _standing(house, user, plan_id, Action.READ_PUPILS)
    sight = rights.sight(user)
    if uai is None and not sight.every_pupil:
        raise Refusal("requete-invalide", "Préciser « uai » : un établissement qui est le vôtre.")
    if uai is not None and (
        uai not in {e.uai for e in standing.scenario.establishments} or not sight.of(uai)
    ):
        raise UnknownSubject(uai, "un établissement à votre portée")
    with turn(house.exploring):
        return shortage(standing, uai, stop=stop)


def leads(
    house: House, user: User, plan_id: str, *, stop: Callable[[], bool] = lambda: False
) -> Prospect:
    """Where one more place would help, and places nobody needs; found once for a plan.

    Whoever does not see every pupil reads no gain of fewer than five.
    """
    row, _ = with_scenario(house, user, plan_id, Action.READ_PLAN)
    standing = _standing(house, user, plan_id, Action.READ_PLAN)

    def found() -> Prospect:
        with turn(house.exploring):
            return prospect(standing, seconds=_LOOK_SECONDS, stop=stop)

    answer = house.prospect(row, found)
    if rights.sight(user).every_pupil:
        return answer
    told = (
        lead.model_copy(update={"placed": None}) if small(lead.placed) else lead
        for lead in answer.leads
    )
    return answer.model_copy(update={"leads": tuple(told)})


def comparison(
    house: House, user: User, plan_ids: Sequence[str], *, stop: Callable[[], bool] = lambda: False
) -> Comparison:
    """Plans side by side, the first as the base; pupils and small counts as the user may see.

    Raises `Refusal` once `stop` says so: nothing can be told of plans half read.
    """

    def go_on(_: Contender) -> None:
        if stop():
            raise Refusal("etat-contraire", "La comparaison est arrêtée.")

    contenders = []
    seen: set[str] = set()
    for plan_id in plan_ids:
        row, of = with_scenario(house, user, plan_id, Action.READ_PLAN)
        if row.id in seen:
            raise Refusal("requete-invalide", "Le même plan est donné deux fois.")
        seen.add(row.id)
        contenders.append(Contender(row.id, house.scenario(of), house.plan(row).plan, row.bound))
    with turn(house.asking):
        compared = compare(contenders, told=go_on)
    return _veiled(compared, [c.scenario for c in contenders], rights.sight(user))


def front(house: House, user: User, plan_ids: Sequence[str], x: str, y: str) -> tuple[Point, ...]:
    """The plans on the plane of two measures, and which are beaten on both."""
    compared = comparison(house, user, plan_ids)
    try:
        return pareto(compared, x, y)
    except KeyError:
        known = ", ".join(m.key for m in (*compared.measures, *compared.costs))
        raise Refusal(
            "requete-invalide", f"Mesure inconnue ; les mesures sont : {known}."
        ) from None


def _veiled(compared: Comparison, scenarios: Sequence[Scenario], sight: Sight) -> Comparison:
    """Other establishments' small counts and pupils left out."""
    if sight.every_pupil:
        return compared
    division_of = {
        period.id: scenario.division_of[period.division].establishment
        for scenario in scenarios
        for period in scenario.periods
    }
    schools = tuple(
        s
        for s in compared.schools
        if sight.of(s.uai)
        or not any(small(n) or small(d - n) for n, d in zip(s.unplaced, s.demands, strict=True))
    )
    pairs = tuple(
        pair.model_copy(
            update={
                "lost": tuple(d for d in pair.lost if sight.of(division_of[d.period])),
                "won": tuple(d for d in pair.won if sight.of(division_of[d.period])),
            }
        )
        for pair in compared.pairs
    )
    measures = tuple(
        m.model_copy(update={"values": tuple(None if small(_whole(v)) else v for v in m.values)})
        if m.key == "sans_place"
        else m
        for m in compared.measures
    )
    return compared.model_copy(update={"schools": schools, "pairs": pairs, "measures": measures})


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def _standing(house: House, user: User, plan_id: str, action: Action) -> Standing:
    row, of = with_scenario(house, user, plan_id, action)
    with turn(house.asking):
        return house.standing(row, of)
