"""A plan week by week, as pages draw it: who is out, what seats are taken, who is there.

Must not know: HTTP, how it is drawn.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from service.accounts import rights
from service.accounts.rights import Action, Sight, User
from service.acts.masks import small
from service.acts.plans import with_scenario
from service.exports.figures.bars import Bar, Row, rows
from service.exports.wall import wall
from service.house import House
from service.tables import PlanRow, ScenarioRow
from solver.domain import FAMILIES, Division, Family, Public, Scenario
from solver.facts import Facts
from solver.indicators.presence import presence
from solver.indicators.seats import Seats
from solver.week import Week

Rows = Literal["etablissements", "divisions"]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which divisions to look at; empty: all."""

    public: str = ""
    sector: str = ""
    commune: str = ""

    def takes(self, scenario: Scenario, division: Division) -> bool:
        school = next(e for e in scenario.establishments if e.uai == division.establishment)
        return (
            self.public in ("", division.public)
            and (not self.sector or self.sector in division.sectors)
            and self.commune in ("", school.place)
        )

    def __bool__(self) -> bool:
        return bool(self.public or self.sector or self.commune)


@dataclass(frozen=True, slots=True)
class Mark:
    """A departure as it is drawn; `pupils` is None where the reader may not know so few."""

    public: Public
    runs: tuple[tuple[Week, int], ...]
    weeks: tuple[Week, ...]
    imposed: bool
    moved_weeks: int
    divisions: int
    pupils: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """An establishment or a division: its marks lane by lane, its closed weeks."""

    key: str
    label: str
    lanes: tuple[tuple[Mark, ...], ...]
    blocked: tuple[Week, ...]


@dataclass(frozen=True, slots=True)
class School:
    """An establishment and its divisions."""

    line: Line
    divisions: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Strip:
    """Pupils of a family out, against the seats, in the usable weeks; None: too few to tell."""

    family: Family
    out: dict[Week, int | None]
    seats: dict[Week, int]
    over: frozenset[Week]
    has_hosts: bool


@dataclass(frozen=True, slots=True)
class Calendar:
    """The whole picture, and what one may filter by (value, words)."""

    plan: PlanRow
    scenario: ScenarioRow
    weeks: tuple[Week, ...]
    usable: frozenset[Week]
    strips: tuple[Strip, ...]
    schools: tuple[School, ...]
    publics: tuple[Public, ...]
    sectors: tuple[str, ...]
    communes: tuple[tuple[str, str], ...]


def calendar(house: House, user: User, plan_id: str, chosen: Filter) -> Calendar:
    """Who is out when, within a filter."""
    row, of, facts = _facts(house, user, plan_id)
    scenario, sight = facts.scenario, rights.sight(user)
    among = {d.id for d in scenario.divisions if chosen.takes(scenario, d)} if chosen else None
    lines = [_line(facts, r, sight) for r in rows(facts, "divisions", among)]
    below: dict[str, list[Line]] = {}
    for line in lines:
        below.setdefault(scenario.division_of[line.key].establishment, []).append(line)
    return Calendar(
        plan=row,
        scenario=of,
        weeks=facts.calendar.weeks,
        usable=frozenset(facts.calendar.usable),
        strips=tuple(s for f in FAMILIES if (s := _strip(facts, f, sight)) is not None),
        schools=tuple(
            School(_line(facts, r, sight), tuple(below.get(r.establishment, ())))
            for r in rows(facts, "etablissements", among)
        ),
        publics=tuple(dict.fromkeys(d.public for d in scenario.divisions)),
        sectors=tuple(sorted({s for d in scenario.divisions for s in d.sectors})),
        communes=tuple(_communes(scenario, (e.place for e in scenario.establishments))),
    )


def sheet(house: House, user: User, plan_id: str, by: Rows) -> bytes:
    """The calendar to hang on a wall: a PDF in A3."""
    _, _, facts = _facts(house, user, plan_id)
    return wall(facts, by)


@dataclass(frozen=True, slots=True)
class Occupied:
    """Slots of the hosts of a commune, week by week; used is None where too few to tell."""

    commune: str
    name: str
    offered: dict[Week, int]
    used: dict[Week, int | None]


def occupation(house: House, user: User, plan_id: str) -> tuple[Occupied, ...]:
    """Slots used and offered by commune and usable week; communes with most slots first."""
    _, _, facts = _facts(house, user, plan_id)
    seats, weeks = Seats(facts), facts.calendar.usable
    sight = rights.sight(user)
    at: dict[str, list[int]] = {}
    for i, host in enumerate(facts.scenario.hosts):
        at.setdefault(host.place, []).append(i)
    names = dict(_communes(facts.scenario, at))
    found = []
    for place, hosts in at.items():
        offered = seats.limits.slots[hosts].sum(axis=0)
        used = seats.slots_used[hosts].sum(axis=0)
        found.append(
            Occupied(
                place,
                names[place],
                dict(zip(weeks, map(int, offered), strict=True)),
                {w: _told(int(n), sight) for w, n in zip(weeks, used, strict=True)},
            )
        )
    return tuple(sorted(found, key=lambda o: -max(o.offered.values(), default=0)))


@dataclass(frozen=True, slots=True)
class There:
    """A host in a week: its slots, and who is there (division, pupils) as far as one may see."""

    host: str
    name: str
    offered: int
    used: int | None
    who: tuple[tuple[str, int | None], ...]


def there(
    house: House,
    user: User,
    plan_id: str,
    week: Week,
    *,
    commune: str = "",
    sector: str = "",
    public: str = "",
) -> tuple[There, ...]:
    """The hosts of a commune, or those where a sector's divisions may go, and who is there."""
    _, _, facts = _facts(house, user, plan_id)
    scenario, sight = facts.scenario, rights.sight(user)
    if week not in facts.calendar.index:
        return ()
    seats, column = Seats(facts), facts.calendar.index[week]
    found = []
    for i, host in enumerate(scenario.hosts):
        token = f"secteur:{sector}"
        if (
            (commune and host.place != commune)
            or (public and public not in host.publics)
            or (sector and not {token, "*"} & set(host.diplomas))
        ):
            continue
        present = facts.present(host.id).get(week, {}) if host.id in facts.heads else {}
        who = []
        for period, heads in present.items():
            division = facts.division(period)
            own = sight.of(division.establishment)
            who.append((division.name or division.id, heads if own or not small(heads) else None))
        used = int(seats.slots_used[i, column])
        found.append(
            There(
                host.id,
                host.name,
                int(seats.limits.slots[i, column]),
                _told(used, sight),
                tuple(who),
            )
        )
    return tuple(sorted(found, key=lambda t: (-t.offered, t.name)))


def _facts(house: House, user: User, plan_id: str) -> tuple[PlanRow, ScenarioRow, Facts]:
    row, of = with_scenario(house, user, plan_id, Action.READ_PLAN)
    return row, of, Facts(house.scenario(of), house.plan(row).plan)


def _told(count: int, sight: Sight) -> int | None:
    return None if small(count) and not sight.every_pupil else count


def _line(facts: Facts, row: Row, sight: Sight) -> Line:
    own = sight.of(row.establishment)

    def mark(bar: Bar) -> Mark:
        return Mark(
            bar.public,
            tuple(bar.runs),
            bar.weeks,
            bar.imposed,
            bar.moved_weeks,
            bar.divisions,
            bar.pupils if own or not small(bar.pupils) else None,
        )

    blocked = set().union(*(facts.calendar.closed_weeks(target) for target in row.targets))
    return Line(
        key=row.targets[-1],
        label=row.label,
        lanes=tuple(tuple(mark(bar) for bar in lane) for lane in row.lanes),
        blocked=tuple(sorted(w for w in blocked if facts.calendar.is_usable(w))),
    )


def _strip(facts: Facts, family: Family, sight: Sight) -> Strip | None:
    load = presence(facts, family)
    if not load.out.any():
        return None
    return Strip(
        family=family,
        out={w: _told(int(n), sight) for w, n in zip(load.weeks, load.out, strict=True)},
        seats={w: int(n) for w, n in zip(load.weeks, load.seats, strict=True)},
        over=frozenset(
            w for w, far in zip(load.weeks, load.out > load.threshold, strict=True) if far
        ),
        has_hosts=load.has_hosts,
    )


def _communes(scenario: Scenario, places: Iterable[str]) -> list[tuple[str, str]]:
    names = {p.id: p.name or p.id for p in scenario.places}
    return sorted({(place, names[place]) for place in places}, key=lambda pair: pair[1])
