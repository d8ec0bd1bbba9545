"""« What would place most pupils? »: one change for many, for an establishment or the bassin.

Each is applied, the pupils without a place are put one after the other on what it opens, and the
verifier reads the plan. Must not know: how the answer is shown.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from solver.bound import unplaced_bound
from solver.domain import Frozen, Plan, Scenario, column
from solver.errors import UnknownSubject
from solver.indicators import REASONS, reasons
from solver.problem import NO_LIMIT, PUBLICS
from solver.verify import verify
from solver.week import Week
from solver.whatif.edits import with_slots
from solver.whatif.filling import Filling, Party
from solver.whatif.remedies import Kind, with_boarding, with_longer_journeys
from solver.whatif.shift import shifted, shifts
from solver.whatif.standing import Standing, stand

_MINUTES = (10, 20, 30)
_HOSTS_TRIED = 5
_UNITS_TRIED = 5
_ROUNDS = 60
"""Rounds of the bound on those without a place (luneville: 86 in a second, 90 after 300)."""


class Opening(Frozen):
    """One change, and how many pupils it places."""

    kind: Annotated[Kind, column("nature", "Ce qu’on change")]
    sentence: Annotated[str, column("phrase", "Le changement, en une phrase")]
    placed: Annotated[int, column("places", "Élève-périodes qui trouvent une place")]
    change: Annotated[int, column("ecart", "Points de plus sur le plan entier")]


class Shortage(Frozen):
    """Who has no place, why, and what would help most."""

    scope: Annotated[str, column("perimetre", "UAI, ou vide pour le bassin")]
    unplaced: Annotated[int, column("sans_place", "Élève-périodes sans place")]
    fewest: Annotated[
        int | None,
        column(
            "sans_place_au_moins",
            "Sans place dans tout plan, au moins ; vide pour un établissement",
        ),
    ]
    reasons: Annotated[dict[str, int], column("motifs", "Par motif")]
    openings: Annotated[tuple[Opening, ...], column("ouvertures", "Ce qui en place le plus")]


@dataclass(frozen=True, slots=True)
class Opened:
    """An opening with the tables and the plan in which it has been verified."""

    opening: Opening
    scenario: Scenario
    plan: Plan


def shortage(
    standing: Standing,
    establishment: str | None = None,
    *,
    stop: Callable[[], bool] = lambda: False,
) -> Shortage:
    """The answer for the whole bassin or one establishment; raises `UnknownSubject`.

    Once `stop` says so, nothing more is tried: what was found is the answer.
    """
    found = openings(standing, establishment, stop=stop)
    told = reasons(standing.scenario, standing.plan)
    scope = [u for u in told if _within(standing.scenario, u.period, establishment)]
    return Shortage(
        scope=establishment or "",
        unplaced=len(scope),
        fewest=None if establishment else _fewest(standing, stop),
        reasons={
            label: count
            for key, label in REASONS.items()
            if (count := sum(u.reason == key for u in scope))
        },
        openings=tuple(one.opening for one in found),
    )


def _fewest(standing: Standing, stop: Callable[[], bool]) -> int:
    """What no plan of the bassin can do without."""
    return unplaced_bound(standing.problem, rounds=_ROUNDS, should_stop=stop)


def openings(
    standing: Standing,
    establishment: str | None = None,
    *,
    stop: Callable[[], bool] = lambda: False,
) -> tuple[Opened, ...]:
    """Every change that places somebody: first what the seats still free allow, if anything.

    The others come by the number of pupils they place besides; they are counted once those free
    seats are taken, so that no change gets the credit of what needed none.
    """
    known = {e.uai for e in standing.scenario.establishments}
    if establishment is not None and establishment not in known:
        raise UnknownSubject(establishment, "un établissement (UAI)")
    first = tuple(_Shortage(standing, establishment, stop).as_it_is())
    for one in first:
        standing = stand(standing.scenario, one.plan, standing.problem)
    return first + _Shortage(standing, establishment, stop).changes()


def _within(scenario: Scenario, period: str, establishment: str | None) -> bool:
    division = scenario.division_of[scenario.period_of[period].division]
    return establishment in (None, division.establishment)


class _Shortage:
    """The pupils of one scope who have no place, and what is tried for them."""

    def __init__(
        self, standing: Standing, establishment: str | None, stop: Callable[[], bool]
    ) -> None:
        self._standing, self._stop = standing, stop
        self._scenario = standing.scenario
        self._filling = self._filled(standing.scenario)
        self._waiting = [
            party
            for party in self._filling.waiting()
            if _within(standing.scenario, party.period.id, establishment)
        ]

    def as_it_is(self) -> Iterator[Opened]:
        sentence = "les placer où il reste des places, sans rien changer aux tables"
        yield from self._try("rien", sentence, self._scenario, self._waiting)

    def changes(self) -> tuple[Opened, ...]:
        found = [*self._minutes(), *self._boarding(), *self._hosts(), *self._shifts()]
        return tuple(sorted(found, key=lambda one: (-one.opening.placed, one.opening.change)))

    def _filled(self, scenario: Scenario) -> Filling:
        standing = self._standing
        return Filling(scenario, standing.plan, standing.calendar, standing.journeys)

    def _try(
        self,
        kind: Kind,
        sentence: str,
        scenario: Scenario,
        parties: Iterable[Party],
        only: int | None = None,
    ) -> Iterator[Opened]:
        """The change applied, the parties put on what it opens; nothing once asked to stop."""
        if self._stop():
            return
        filling = self._filled(scenario)
        for party in parties:
            pupils = tuple(scenario.pupil_of[p.id] for p in party.pupils)
            filling.place(Party(pupils, party.period), only)
        yield from self._verified(kind, sentence, scenario, filling.plan)

    def _verified(
        self, kind: Kind, sentence: str, scenario: Scenario, plan: Plan
    ) -> Iterator[Opened]:
        standing = self._standing
        placed = len(plan.placements) - len(standing.plan.placements)
        if placed <= 0:
            return
        report = verify(scenario, plan, standing.calendar, standing.journeys)
        if not report.violations:
            change = report.cost - standing.report.cost
            opening = Opening(kind=kind, sentence=sentence, placed=placed, change=change)
            yield Opened(opening, scenario, plan)

    def _minutes(self) -> Iterator[Opened]:
        pupils = {p.id: p for party in self._waiting for p in party.pupils}
        for more in _MINUTES if pupils else ():
            scenario = with_longer_journeys(self._scenario, tuple(pupils.values()), more)
            sentence = f"admettre {more} min de trajet de plus pour les élèves sans place"
            yield from self._try("trajet", sentence, scenario, self._waiting)

    def _boarding(self) -> Iterator[Opened]:
        pupils = {p.id: p for party in self._waiting for p in party.pupils}
        homes = [p for p in pupils.values() if not p.accepts_boarding]
        if homes and any(house.open for house in self._scenario.boarding_houses):
            scenario = with_boarding(self._scenario, homes)
            sentence = "loger à l’internat les élèves sans place qui n’y étaient pas prêts"
            yield from self._try("internat", sentence, scenario, self._waiting)

    def _hosts(self) -> Iterator[Opened]:
        """One more place all along the weeks of those it would serve, one after the other."""
        wanted: dict[int, list[Party]] = defaultdict(list)
        for party in self._waiting:
            hosts = self._filling.linked(party)
            for reach in self._filling.reaches(party):
                hosts = hosts & reach.reachable
            for h in hosts.nonzero()[0].tolist():
                wanted[h].append(party)
        served = {h: self._in_turn(parties) for h, parties in wanted.items()}
        ranked = sorted(served, key=lambda h: (-sum(len(p.pupils) for p in served[h]), h))
        for h in ranked[:_HOSTS_TRIED]:
            host = self._scenario.hosts[h]
            sentence = f"obtenir une place de plus chez {host.name or host.id} ({host.id})"
            weeks = {week for party in served[h] for week in self._filling.weeks(party)}
            scenario = self._one_more(h, weeks)
            yield from self._try("place", sentence + _span(weeks), scenario, served[h], h)

    def _one_more(self, h: int, weeks: Iterable[Week]) -> Scenario:
        index, limits = self._standing.calendar.index, self._filling.seats.limits
        host = self._scenario.hosts[h]
        slots = {week: int(limits.slots[h, index[week]]) + 1 for week in weeks}
        scenario = with_slots(self._scenario, host.id, None, slots)
        for position, public in enumerate(PUBLICS):
            row = int(limits.public_row[h, position])
            if row >= 0:
                capped = {w: int(limits.public_slots[row, index[w]]) + 1 for w in slots}
                capped = {w: n for w, n in capped.items() if n <= NO_LIMIT}
                scenario = with_slots(scenario, host.id, public, capped)
        return scenario

    def _in_turn(self, parties: Sequence[Party]) -> list[Party]:
        """As many as one place can serve: those that end first, as long as they do not meet."""
        turn: list[Party] = []
        for party in sorted(parties, key=lambda p: self._filling.weeks(p)[-1:]):
            weeks = self._filling.weeks(party)
            if weeks and (not turn or weeks[0] > self._filling.weeks(turn[-1])[-1]):
                turn.append(party)
        return turn

    def _shifts(self) -> Iterator[Opened]:
        """Another week for the departures that leave most pupils without a place."""
        standing = self._standing
        unit = standing.problem.departures.unit
        position = {p.id: i for i, p in enumerate(self._scenario.periods)}
        missing: Counter[int] = Counter()
        for party in self._waiting:
            missing[int(unit[position[party.period.id]])] += len(party.pupils)
        for u, _ in missing.most_common(_UNITS_TRIED):
            if self._stop():
                return
            period = self._scenario.periods[standing.problem.departures.periods[u][0]]
            rows = [r for r in shifts(standing, period.id) if r.allowed and not r.current]
            if not rows:
                continue
            best = min(rows, key=lambda r: (r.unplaced or 0, r.cost or 0))
            plan = shifted(standing, period.id, best.week)
            if plan is not None:
                who = period.departure or period.id
                sentence = f"faire partir {who} en {best.week}"
                yield from self._verified("decalage", sentence, self._scenario, plan)


def _span(weeks: Iterable[Week]) -> str:
    """« , de 2026-W40 à 2027-W10 »."""
    first, last = min(weeks, default=None), max(weeks, default=None)
    if first is None or last is None:
        return ""
    return f", en {first}" if first == last else f", de {first} à {last}"
