"""The calendar of a plan as iCalendar files (RFC 5545): per division, establishment and host.

An appointment keeps its UID from plan to plan; where it changes, SEQUENCE goes up; where it goes,
it stays in the file as cancelled, so that agendas that subscribe follow. Must not know: how plans
are found, pupils' pseudonyms.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from icalendar import Calendar, Event

from service.exports.figures.style import PUBLIC_LOOKS
from service.exports.visits import runs, visits
from solver.domain import Division, Period, Scenario
from solver.facts import Facts
from solver.week import Week

PRODUCT = "-//calendrier-bassin//Calendrier des stages et PFMP//FR"


@dataclass(frozen=True, slots=True)
class Appointment:
    """Whole days, from `first` to `last` included."""

    uid: str
    summary: str
    first: date
    last: date
    description: str
    location: str = ""


@dataclass(frozen=True, slots=True)
class Agenda:
    """One file that people subscribe to."""

    name: str
    appointments: tuple[Appointment, ...]


def agendas(facts: Facts) -> dict[str, dict[str, Agenda]]:
    """Agendas by audience (`divisions`, `etablissements`, `accueils`), then by identifier."""
    scenario = facts.scenario
    names = {e.uai: e.name for e in scenario.establishments}
    of_division: dict[str, list[Appointment]] = {d.id: [] for d in scenario.divisions}
    of_school: dict[str, list[Appointment]] = {uai: [] for uai in names}
    for period in scenario.periods:
        division = scenario.division_of[period.division]
        for appointment in _of_period(facts, division, period):
            of_division[division.id].append(appointment)
            of_school[division.establishment].append(appointment)
    return {
        "divisions": {
            d.id: _agenda(f"{d.name or d.id} — {names[d.establishment]}", of_division[d.id])
            for d in scenario.divisions
        },
        "etablissements": {uai: _agenda(name, of_school[uai]) for uai, name in names.items()},
        "accueils": _of_hosts(facts),
    }


def _agenda(name: str, appointments: list[Appointment]) -> Agenda:
    return Agenda(name, tuple(sorted(appointments, key=lambda a: (a.first, a.uid))))


def _of_period(facts: Facts, division: Division, period: Period) -> Iterator[Appointment]:
    size = facts.size(period)
    yield from _stretches(
        facts.scenario,
        (period.id,),
        facts.weeks_of[period.id],
        f"{division.name or division.id} : {stay_name(division, period)}",
        f"{PUBLIC_LOOKS[division.public].name} · {size} élèves · période {period.id}",
    )


def _of_hosts(facts: Facts) -> dict[str, Agenda]:
    towns = {p.id: p.name for p in facts.scenario.places}
    found: dict[str, list[Appointment]] = {}
    for v in visits(facts):
        pupils = "1 élève" if v.pupils == 1 else f"{v.pupils} élèves"
        found.setdefault(v.host.id, []).extend(
            _stretches(
                facts.scenario,
                (v.host.id, v.period.id),
                v.weeks,
                f"{pupils} de {v.division.name or v.division.id} ({v.establishment.name})",
                f"{stay_name(v.division, v.period)} · {PUBLIC_LOOKS[v.division.public].name} · "
                f"période {v.period.id}",
                towns[v.host.place],
            )
        )
    hosts = facts.scenario.host_of
    return {host: _agenda(hosts[host].name or host, those) for host, those in found.items()}


def stay_name(division: Division, period: Period) -> str:
    """What the stay is called: « PFMP 2 », « stage 1 », « séquence d’observation »."""
    if division.family == "observation":
        return "séquence d’observation"
    return f"{'stage' if division.public == 'BTS' else 'PFMP'} {period.rank}"


def _stretches(
    scenario: Scenario,
    subject: tuple[str, ...],
    weeks: tuple[Week, ...],
    summary: str,
    description: str,
    location: str = "",
) -> Iterator[Appointment]:
    """One appointment per stretch of weeks: holidays are no stay."""
    for i, (first, last) in enumerate(runs(weeks)):
        key = "\n".join((scenario.bassin, scenario.year, *subject, str(i)))
        uid = f"{sha256(key.encode()).hexdigest()[:32]}@calendrier-bassin"
        yield Appointment(uid, summary, first.monday, last.friday, description, location)


# --- files ---------------------------------------------------------------------------------------


def ics(agenda: Agenda, before: bytes | None = None, now: datetime | None = None) -> bytes:
    """The `.ics` file of an agenda; `before`: the file that it replaces, if there is one.

    What did not change keeps its bytes. `now` (default: the clock) dates what did. A `before` that
    is no iCalendar file raises `ValueError`.
    """
    now = (now or datetime.now(UTC)).replace(microsecond=0)
    known = {str(event["UID"]): event for event in _events(before)} if before else {}
    calendar = Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", "PUBLISH")
    calendar.add("NAME", agenda.name)
    calendar.add("X-WR-CALNAME", agenda.name)
    for appointment in agenda.appointments:
        old = known.pop(appointment.uid, None)
        if old is not None and _confirmed(old) and _read(old) == appointment:
            calendar.add_component(old)
        else:
            calendar.add_component(_event(appointment, _next(old), now))
    for old in known.values():
        cancelled = old
        if _confirmed(old):
            cancelled = _event(_read(old), _next(old), now, status="CANCELLED")
        calendar.add_component(cancelled)
    return bytes(calendar.to_ical())


def read_ics(content: bytes) -> Agenda:
    """The agenda that a file written by `ics` holds; cancelled appointments are left out."""
    calendar = Calendar.from_ical(content)
    events = [_read(event) for event in _events(content) if _confirmed(event)]
    return _agenda(str(calendar["X-WR-CALNAME"]), events)


def _events(content: bytes) -> list[Event]:
    found = Calendar.from_ical(content).walk("VEVENT")
    return [event for event in found if isinstance(event, Event)]


def _confirmed(event: Event) -> bool:
    return str(event.get("STATUS", "")) != "CANCELLED"


def _next(old: Event | None) -> int:
    return 0 if old is None else int(old.get("SEQUENCE", 0)) + 1


def _event(a: Appointment, sequence: int, now: datetime, status: str = "CONFIRMED") -> Event:
    event = Event()
    values: Mapping[str, object] = {
        "UID": a.uid,
        "DTSTAMP": now,
        "LAST-MODIFIED": now,
        "SEQUENCE": sequence,
        "STATUS": status,
        "SUMMARY": a.summary,
        "DTSTART": a.first,
        "DTEND": a.last + timedelta(days=1),
        "DESCRIPTION": a.description,
        "TRANSP": "TRANSPARENT",
    }
    for name, value in values.items():
        event.add(name, value)
    if a.location:
        event.add("LOCATION", a.location)
    return event


def _read(event: Event) -> Appointment:
    return Appointment(
        uid=str(event["UID"]),
        summary=str(event["SUMMARY"]),
        first=event.decoded("DTSTART"),
        last=event.decoded("DTEND") - timedelta(days=1),
        description=str(event["DESCRIPTION"]),
        location=str(event.get("LOCATION", "")),
    )
