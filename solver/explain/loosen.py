"""What would loosen a statement: the scenario with one cell changed, from mildest to strongest.

Each proposal is a French sentence and a function of the scenario. Must not know: CP-SAT.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from solver.calendar import SchoolCalendar
from solver.domain import Closure, Frozen, Period, Scenario
from solver.explain.agreements import capacity_row
from solver.explain.departures import closure_row
from solver.explain.guards import Statement
from solver.explain.parts import changed
from solver.week import Week

PREFERENCE = (
    "fin_max", "debut_min", "ecart_min", "coupure", "", "divisions_absentes_max", "debut_impose",
    "exclusion", "depart", "places", "tuteurs", "semaines_max", "hote", "groupe_min", "groupe",
    "derogation_jusqu_au", "reglemente", "places_f, places_g, places_mixtes", "effectif", "age_min",
    "rang",
)  # fmt: skip
"""Columns in the order in which people would rather loosen them; others only where these fail."""
LAST_RESORT = ("duree", "besoins", "statut")

MOST_STEPS = 60
"""A cell is loosened by at most so many steps (weeks, slots)."""


@dataclass(frozen=True, slots=True)
class Loosening:
    """One change of the tables."""

    sentence: str
    """What to change, in French, as an order to oneself: « permettre à … »."""
    apply: Callable[[Scenario], Scenario]


def loosenings(scenario: Scenario, statement: Statement) -> Iterator[Loosening]:
    """The changes that weaken a statement, from the mildest to the strongest."""
    if statement.table == "periodes":
        period = scenario.period_of[statement.row]
        yield from _PERIOD[statement.column](scenario, period, statement)
    elif statement.table == "blocages":
        yield from _closure(scenario, statement)
    else:
        yield from _other(scenario, statement)


def _set(
    table: str, match: Callable[..., bool], **fields: object
) -> Callable[[Scenario], Scenario]:
    """Rows of a table that match, with other values."""

    def apply(scenario: Scenario) -> Scenario:
        rows: tuple[Frozen, ...] = getattr(scenario, table)
        return changed(
            scenario,
            **{table: tuple(r.model_copy(update=fields) if match(r) else r for r in rows)},
        )

    return apply


def _period(period: Period, **fields: object) -> Callable[[Scenario], Scenario]:
    return _set("periods", lambda row: row.id == period.id, **fields)


def _earliest(scenario: Scenario, period: Period, said: Statement) -> Iterator[Loosening]:
    usable = SchoolCalendar(scenario).usable
    for week in reversed([w for w in usable if period.earliest and w < period.earliest]):
        sentence = f"permettre à {period.id} de commencer dès {week} (debut_min)"
        yield Loosening(sentence, _period(period, earliest=week))


def _latest(scenario: Scenario, period: Period, said: Statement) -> Iterator[Loosening]:
    for week in SchoolCalendar(scenario).usable:
        if period.latest and week > period.latest:
            sentence = f"permettre à {period.id} de finir en {week} (fin_max)"
            yield Loosening(sentence, _period(period, latest=week))


def _imposed(scenario: Scenario, period: Period, said: Statement) -> Iterator[Loosening]:
    sentence = f"ne plus imposer de semaine à {period.id} (debut_impose)"
    yield Loosening(sentence, _period(period, imposed=None))


def _shorter(scenario: Scenario, period: Period, said: Statement) -> Iterator[Loosening]:
    for weeks in range(period.duration_weeks - 1, 0, -1):
        plural = "s" if weeks > 1 else ""
        sentence = f"ramener {period.id} à {weeks} semaine{plural} (duree)"
        yield Loosening(sentence, _period(period, duration_weeks=weeks))


def _straddle(scenario: Scenario, period: Period, said: Statement) -> Iterator[Loosening]:
    sentence = f"permettre à {period.id} d’enjamber des vacances (coupure = oui)"
    yield Loosening(sentence, _period(period, may_straddle=True))


def _nearer(scenario: Scenario, period: Period, said: Statement) -> Iterator[Loosening]:
    for weeks in range(period.min_gap_weeks - 1, -1, -1):
        sentence = f"ramener à {weeks} l’écart avant {period.id} (ecart_min)"
        yield Loosening(sentence, _period(period, min_gap_weeks=weeks))


def _alone(scenario: Scenario, period: Period, said: Statement) -> Iterator[Loosening]:
    sentence = f"laisser {period.id} partir à une autre date que le départ {said.value}"
    yield Loosening(sentence, _period(period, departure=None))


def _out_of_exclusion(scenario: Scenario, period: Period, said: Statement) -> Iterator[Loosening]:
    others = tuple(name for name in period.exclusions if name != said.value)
    sentence = f"retirer {period.id} du groupe d’exclusion {said.value}"
    yield Loosening(sentence, _period(period, exclusions=others))


def _free_host(scenario: Scenario, period: Period, said: Statement) -> Iterator[Loosening]:
    yield Loosening(f"mettre « hote » de {period.id} à libre", _period(period, host_link="libre"))


def _nothing(scenario: Scenario, period: Period, said: Statement) -> Iterator[Loosening]:
    yield from ()


_PERIOD: dict[str, Callable[[Scenario, Period, Statement], Iterator[Loosening]]] = {
    "debut_min": _earliest,
    "fin_max": _latest,
    "debut_impose": _imposed,
    "duree": _shorter,
    "coupure": _straddle,
    "ecart_min": _nearer,
    "depart": _alone,
    "exclusion": _out_of_exclusion,
    "hote": _free_host,
    "rang": _nothing,
}


def _closure(scenario: Scenario, said: Statement) -> Iterator[Loosening]:
    rows = [c for c in scenario.closures if closure_row(c) == said.row]
    for row in rows:
        weeks = [row.first.plus(i) for i in range(row.last.since(row.first) + 1)]
        usable = [w for w in weeks if SchoolCalendar(scenario).is_usable(w)]
        for week in usable if len(weeks) > 1 else []:
            yield Loosening(f"rouvrir {week} pour {row.target} (blocages)", _reopen(row, week))
        span = str(row.first) if len(weeks) == 1 else f"{row.first} à {row.last}"
        yield Loosening(f"rouvrir {span} pour {row.target} (blocages)", _reopen(row, *weeks))


def _reopen(row: Closure, *weeks: Week) -> Callable[[Scenario], Scenario]:
    sides = (
        row.model_copy(update={"last": weeks[0].plus(-1)}),
        row.model_copy(update={"first": weeks[-1].plus(1)}),
    )
    kept = tuple(c for c in sides if c.first <= c.last)
    return lambda scenario: changed(
        scenario, closures=tuple(c for c in scenario.closures if c != row) + kept
    )


def _other(scenario: Scenario, said: Statement) -> Iterator[Loosening]:
    """Establishments, agreements, pupils, hosts and boarding houses."""
    match said.table, said.column:
        case "etablissements", "divisions_absentes_max":
            for limit in range(int(said.value) + 1, int(said.value) + MOST_STEPS):
                divisions = "1 division absente" if limit == 1 else f"{limit} divisions absentes"
                yield Loosening(
                    f"admettre {divisions} à la fois à {said.row}",
                    _set("establishments", _id_is(said, "uai"), max_divisions_away=limit),
                )
        case "placements", _:
            pupil, period = said.row.split(", ")
            yield Loosening(
                f"renoncer à la convention de {pupil} pour {period} (statut = trouve)",
                _set(
                    "found_places",
                    lambda r: (r.pupil, r.period) == (pupil, period),
                    status="trouve",
                ),
            )
        case "accueils", "effectif":
            if not scenario.regulation.rector_waiver:
                waived = scenario.regulation.model_copy(update={"rector_waiver": True})
                yield Loosening(
                    "demander la dérogation du recteur (quota_derogation_recteur = true)",
                    lambda s: changed(s, regulation=waived),
                )
        case "accueils", column:
            yield from _host(scenario, said, column)
        case "capacites", _:
            for slots in range(int(said.value) + 1, int(said.value) + MOST_STEPS):
                yield Loosening(
                    f"porter à {slots} les places de la ligne {said.row} de capacites.csv",
                    _set("capacities", lambda r: capacity_row(r) == said.row, slots=slots),
                )
        case "eleves", "groupe":
            yield Loosening(
                f"retirer {said.row} du groupe {said.value}",
                _set("pupils", _id_is(said), group=None),
            )
        case "eleves", "besoins":
            yield Loosening(
                f"trouver une solution pour les besoins de {said.row} ({said.value})",
                _set("pupils", _id_is(said), needs=()),
            )
        case "internats", _:
            beds = scenario.boarding_house_of[said.row].beds_mixed
            for more in range(1, MOST_STEPS):
                yield Loosening(
                    f"ajouter {more} lit(s) mixte(s) à {said.row}",
                    _set("boarding_houses", _id_is(said), beds_mixed=beds + more),
                )


def _host(scenario: Scenario, said: Statement, column: str) -> Iterator[Loosening]:
    host = scenario.host_of[said.row]
    counts = {
        "places": ("slots", "places par semaine", host.slots),
        "tuteurs": ("tutors", "tuteurs", host.tutors or 0),
        "semaines_max": (
            "max_slot_weeks",
            "places-semaines dans l’année",
            host.max_slot_weeks or 0,
        ),
    }
    if column in counts:
        field, words, now = counts[column]
        for value in range(now + 1, now + MOST_STEPS):
            yield Loosening(
                f"porter {host.id} à {value} {words}", _set("hosts", _id_is(said), **{field: value})
            )
    elif column == "groupe_min":
        for value in range(host.group_min - 1, 0, -1):
            yield Loosening(
                f"ramener à {value} le groupe minimal de {host.id} (groupe_min)",
                _set("hosts", _id_is(said), group_min=value),
            )
    elif column == "age_min":
        yield Loosening(
            f"renoncer à l’âge minimal de {host.id} (age_min)",
            _set("hosts", _id_is(said), age_min=0),
        )
    elif column == "derogation_jusqu_au":
        for week in SchoolCalendar(scenario).usable:
            if host.waiver_until is None or week.friday > host.waiver_until:
                until = week.friday + timedelta(days=2)
                yield Loosening(
                    f"obtenir de {host.id} une dérogation jusqu’au {until}",
                    _set("hosts", _id_is(said), waiver_until=until),
                )


def _id_is(said: Statement, field: str = "id") -> Callable[[Frozen], bool]:
    return lambda row: getattr(row, field) == said.row
