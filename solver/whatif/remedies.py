"""What would give one pupil a place: a single change, applied and verified before it is told.

Must not know: how the answer is shown.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from solver.domain import (
    BoardingHouse,
    Division,
    Frozen,
    Host,
    Period,
    Plan,
    Pupil,
    Scenario,
    column,
)
from solver.explain.parts import changed
from solver.problem import NO_LIMIT, PUBLICS, Flags
from solver.rules import age, derogation, trajet
from solver.verify import verify
from solver.week import Week
from solver.whatif.edits import with_host, with_pupils, with_slots
from solver.whatif.filling import Filling, Party
from solver.whatif.nearby import change_nearby
from solver.whatif.obstacles import Obstacles
from solver.whatif.rematch import Rematch
from solver.whatif.standing import Standing

Kind = Literal["rien", "place", "age", "trajet", "internat", "decalage"]
_TRIES = 3
"""Candidates of a kind that are applied before giving it up."""
_NODES = 30
"""Transports per week of a shifted departure."""


class Remedy(Frozen):
    """One change that places the pupil, and what it does to the whole plan."""

    kind: Annotated[Kind, column("nature", "Ce qu’on change")]
    sentence: Annotated[str, column("phrase", "Le changement, en une phrase")]
    host: Annotated[str | None, column("accueil", "Structure qui accueillerait l’élève")] = None
    weeks: Annotated[tuple[Week, ...], column("semaines", "Semaines concernées")] = ()
    amount: Annotated[int, column("quantite", "Places, minutes ou semaines de plus")] = 0
    change: Annotated[int, column("ecart", "Points de plus sur le plan entier")]
    unplaced: Annotated[int, column("sans_place", "Élèves sans place, en plus")]


@dataclass(frozen=True, slots=True)
class Applied:
    """A remedy with the tables and the plan in which it has been verified."""

    remedy: Remedy
    scenario: Scenario
    plan: Plan


@dataclass(frozen=True, slots=True)
class _Draft:
    """A change to try."""

    kind: Kind
    sentence: str
    scenario: Scenario
    host: int | None
    weeks: tuple[Week, ...] = ()
    amount: int = 0


class Remedies:
    """The questions put to one plan; ask `of` for each pupil without a place.

    Once `stop` says so, nothing more is tried: what was found is the answer.
    """

    def __init__(self, standing: Standing, stop: Callable[[], bool] = lambda: False) -> None:
        self._standing, self._stop = standing, stop
        self.filling = Filling(
            standing.scenario, standing.plan, standing.calendar, standing.journeys
        )

    def of(self, pupil: Pupil, period: Period) -> tuple[Applied, ...]:
        """The best verified change of each kind, cheapest for the whole plan first."""
        party = self.filling.party(pupil, period)
        found = []
        for drafts in (
            self._as_it_is(party),
            self._places(party),
            self._ages(party),
            self._minutes(party),
            self._boarding(party),
        ):
            if self._stop():
                break
            tried = (self._applied(party, draft) for draft, _ in zip(drafts, range(_TRIES)))  # noqa: B905
            found += [a for a in [next((a for a in tried if a is not None), None)] if a is not None]
        shifted = self._shift(party)
        found += [shifted] if shifted is not None else []
        return tuple(sorted(found, key=lambda applied: applied.remedy.change))

    # --- tables

    def _as_it_is(self, party: Party) -> Iterator[_Draft]:
        sentence = "le placer où il reste une place, sans rien changer aux tables"
        yield _Draft("rien", sentence, self._standing.scenario, None)

    def _places(self, party: Party) -> Iterator[_Draft]:
        """One more place in a host within reach, in the weeks where it is full."""
        filling = self.filling
        hosts = filling.linked(party)
        for reach in filling.reaches(party):
            hosts = hosts & reach.reachable
        hosts &= ~filling.seats.room(party.period, len(party.pupils))
        for _, h, _ in filling.choices(party, hosts):
            draft = self._one_more_place(party, h)
            if draft is not None:
                yield draft

    def _one_more_place(self, party: Party, h: int) -> _Draft | None:
        """What the host lacks for this party: places, the cap of a public, the year, tutors."""
        scenario, calendar = self._standing.scenario, self._standing.calendar
        seats, limits = self.filling.seats, self.filling.seats.limits
        host, period, heads = scenario.hosts[h], party.period, len(party.pupils)
        weeks = self.filling.weeks(party)
        if any(calendar.is_closed(host.id, week) for week in weeks):
            return None
        span = [calendar.index[week] for week in weeks]
        present = int(seats.heads[_position(scenario, period), h])
        slots = -(-(present + heads) // host.group_max)
        if slots * host.group_min > present + heads:
            return None
        more = slots - -(-present // host.group_max)
        edited, lacking = scenario, []
        used = {
            week: int(seats.slots_used[h, w]) + more for week, w in zip(weeks, span, strict=True)
        }
        short = {k: n for k, n in used.items() if n > limits.slots[h, calendar.index[k]]}
        if short:
            edited = with_slots(edited, host.id, None, short)
            lacking.append("une place")
        division = scenario.division_of[period.division]
        row = int(limits.public_row[h, PUBLICS.index(division.public)])
        if row >= 0:
            own = self._public_need(row, weeks, more)
            if own:
                edited = with_slots(edited, host.id, division.public, own)
                lacking.append(f"une place ouverte à {division.public}")
        year = int(seats.slot_weeks[h]) + more * len(weeks)
        if year > limits.slot_weeks[h]:
            edited = with_host(edited, edited.host_of[host.id], max_slot_weeks=year)
            lacking.append(f"{year - int(limits.slot_weeks[h])} semaines-places dans l’année")
        if division.family == "formation" and limits.trainees[h] < NO_LIMIT:
            needed = int(seats.trainees[h, span].max(initial=0)) + heads
            if needed > limits.trainees[h]:
                per_tutor = scenario.regulation.trainees_per_tutor
                if not per_tutor:
                    return None
                edited = with_host(edited, edited.host_of[host.id], tutors=-(-needed // per_tutor))
                lacking.append("un tuteur")
        waiver = division.family == "formation" and self._over_quota(h, span, heads)
        if waiver:
            if scenario.regulation.rector_waiver:
                return None
            loosened = scenario.regulation.model_copy(update={"rector_waiver": True})
            edited = changed(edited, regulation=loosened)
        if not (lacking or waiver):
            return None
        when = f"de {weeks[0]} à {weeks[-1]}" if len(weeks) > 1 else f"en {weeks[0]}"
        sentence = f"obtenir {' et '.join(lacking)} de plus chez {_named(host)} {when}"
        if waiver:
            rector = "demander au recteur un quota de stagiaires élargi (quota_derogation_recteur)"
            sentence = f"{rector} et {sentence}" if lacking else f"{rector}, {_named(host)} {when}"
        return _Draft("place", sentence, edited, h, tuple(short) or weeks, more)

    def _public_need(self, row: int, weeks: tuple[Week, ...], more: int) -> dict[Week, int]:
        """The weeks in which the cap of a public is too low, with what it would have to be."""
        seats, index = self.filling.seats, self._standing.calendar.index
        needed = {week: int(seats.public_used[row, index[week]]) + more for week in weeks}
        return {
            week: n for week, n in needed.items() if n > seats.limits.public_slots[row, index[week]]
        }

    def _over_quota(self, h: int, span: list[int], heads: int) -> bool:
        """Whether the legal person would have too many trainees in one of these weeks."""
        seats = self.filling.seats
        person = int(seats.limits.legal_person[h])
        if person < 0:
            return False
        present = int(seats.persons[person, span].max(initial=0))
        return present + heads > int(seats.limits.quota[person])

    def _ages(self, party: Party) -> Iterator[_Draft]:
        """The nearest host with room that only an age or a waiver for regulated work keeps away."""
        filling, scenario = self.filling, self._standing.scenario
        weeks = filling.weeks(party)
        if not weeks:
            return
        division = scenario.division_of[party.period.division]
        hosts = filling.linked(party) & filling.seats.room(party.period, len(party.pupils))
        barred = np.zeros(len(hosts), np.bool_)
        minutes = np.zeros(len(hosts), np.int64)
        for pupil, reach in zip(party.pupils, filling.reaches(party), strict=True):
            found = (pupil.id, party.period.id) in scenario.found_place_of
            limit = NO_LIMIT if found else trajet.limit_minutes(scenario, pupil, division)
            hosts = hosts & reach.compatible & (reach.minutes <= limit)
            barred |= ~reach.of_age
            minutes = np.maximum(minutes, reach.minutes)
        for h in sorted(np.flatnonzero(hosts & barred).tolist(), key=lambda h: minutes[h]):
            host = scenario.hosts[h]
            fields, asked = _younger(host, party, division, weeks[-1])
            edited = with_host(scenario, host, **fields)
            sentence = f"obtenir de {_named(host)} {' et '.join(asked)}"
            yield _Draft("age", sentence, edited, h, weeks)

    def _minutes(self, party: Party) -> Iterator[_Draft]:
        """The nearest host with room beyond the limit, and the minutes that lack."""
        filling, scenario = self.filling, self._standing.scenario
        if any((p.id, party.period.id) in scenario.found_place_of for p in party.pupils):
            return
        division = scenario.division_of[party.period.division]
        limits = [trajet.limit_minutes(scenario, p, division) for p in party.pupils]
        hosts = filling.linked(party) & filling.seats.room(party.period, len(party.pupils))
        beyond = np.zeros(len(hosts), np.int64)
        for reach, limit in zip(filling.reaches(party), limits, strict=True):
            hosts = hosts & reach.of_age
            beyond = np.maximum(beyond, reach.minutes - limit)
        for h in sorted(np.flatnonzero(hosts & (beyond > 0)).tolist(), key=lambda h: beyond[h]):
            more = int(beyond[h])
            edited = with_longer_journeys(scenario, party.pupils, more)
            sentence = (
                f"admettre {more} min de trajet de plus ({max(limits) + more} min) "
                f"pour aller chez {_named(scenario.hosts[h])}"
            )
            yield _Draft("trajet", sentence, edited, h, amount=more)

    def _boarding(self, party: Party) -> Iterator[_Draft]:
        """A bed in an open boarding house, where the pupil has not accepted one."""
        scenario = self._standing.scenario
        homes = [p for p in party.pupils if not p.accepts_boarding]
        if homes and any(house.open for house in scenario.boarding_houses):
            edited = with_boarding(scenario, homes)
            yield _Draft("internat", "loger à l’internat (internat_accepte = oui)", edited, None)

    # --- the calendar

    def _shift(self, party: Party) -> Applied | None:
        """Another week for the division: the cheapest that places them at nobody's expense."""
        standing = self._standing
        problem, scenario = standing.problem, standing.scenario
        position = _position(scenario, party.period)
        unit = int(problem.departures.unit[position])
        demands = _demands_of(standing, party, position)
        obstacles = Obstacles(standing, unit)
        rematch: Rematch | None = None
        best: tuple[int, Week, Plan] | None = None
        for start in problem.departures.allowed[unit].nonzero()[0].tolist():
            if self._stop():
                break
            week = standing.calendar.usable[start]
            if start == standing.solution.start[unit] or obstacles.at(week):
                continue
            rematch = rematch or Rematch(problem, standing.solution, standing.occupation, unit)
            matched = rematch.at(start, nodes=_NODES)
            if matched is None or (matched.solution.option[demands] < 0).any():
                continue
            if matched.solution.unplaced >= standing.solution.unplaced:
                continue  # another pupil would only take the place of this one
            cost = standing.billed(matched.solution, rematch.occupation(matched.solution)).cost
            if best is None or cost < best[0]:
                best = cost, week, standing.decoded(matched.solution)
        if best is None:
            return None
        _, week, plan = best
        before = standing.plan.start_of[party.period.id]
        who = party.period.departure or party.period.id
        sentence = f"faire partir {who} en {week} plutôt qu’en {before}"
        draft = _Draft("decalage", sentence, scenario, None, (week,), week.since(before))
        report = verify(scenario, plan, standing.calendar, standing.journeys)
        key = party.pupils[0].id, party.period.id
        if report.violations or key not in plan.placement_of:
            return None
        change = report.cost - standing.report.cost
        unplaced = len(standing.plan.placements) - len(plan.placements)
        return _told(draft, plan, plan.placement_of[key].host, change, unplaced)

    # --- applying

    def _applied(self, party: Party, draft: _Draft) -> Applied | None:
        """The draft applied, if the pupil then has a place and every rule holds."""
        standing, filling = self._standing, self.filling
        own = Party(tuple(draft.scenario.pupil_of[p.id] for p in party.pupils), party.period)
        best = filling.best(own) if draft.host is None else _cheapest(filling, own, draft.host)
        if best is None:
            return None
        added = filling.placements(own, *best)
        if draft.kind == "internat" and not any(p.lodging for p in added):
            return None
        change = change_nearby(standing, draft.scenario, added)
        if change is None:
            return None
        before = standing.plan
        plan = Plan(departures=before.departures, placements=(*before.placements, *added))
        return _told(draft, plan, added[0].host, change, -len(added))


def _cheapest(
    filling: Filling, party: Party, host: int
) -> tuple[int, tuple[BoardingHouse | None, ...]] | None:
    """The lodgings that cost least to go to that host, whatever room it had."""
    there = np.arange(len(filling.scenario.hosts)) == host
    choices = filling.choices(party, there)
    return (host, choices[0][2]) if choices else None


def _told(draft: _Draft, plan: Plan, host: str, change: int, unplaced: int) -> Applied:
    remedy = Remedy(
        kind=draft.kind,
        sentence=draft.sentence,
        host=host,
        weeks=draft.weeks,
        amount=draft.amount,
        change=change,
        unplaced=unplaced,
    )
    return Applied(remedy, draft.scenario, plan)


def with_longer_journeys(scenario: Scenario, pupils: tuple[Pupil, ...], more: int) -> Scenario:
    """Pupils who may travel so many minutes longer."""

    def longer(pupil: Pupil) -> Pupil:
        division = scenario.division_of[pupil.division]
        limit = trajet.limit_minutes(scenario, pupil, division)
        return pupil.model_copy(update={"max_journey_minutes": limit + more})

    return with_pupils(scenario, pupils, longer)


def with_boarding(scenario: Scenario, pupils: list[Pupil]) -> Scenario:
    """Pupils who accept to board."""
    return with_pupils(scenario, pupils, lambda p: p.model_copy(update={"accepts_boarding": True}))


def _younger(
    host: Host, party: Party, division: Division, last: Week
) -> tuple[dict[str, object], list[str]]:
    """What the host would have to change to take the pupils until that week, and in words."""
    fields: dict[str, object] = {}
    asked = []
    ages = [p.age for p in party.pupils]
    known = [a for a in ages if a is not None]
    if not all(age.RULE.allows(a, host.age_min) for a in ages):
        fields["age_min"] = min(known) if len(known) == len(ages) else 0
        asked.append(
            f"qu’il accueille dès {fields['age_min']} ans"
            if fields["age_min"]
            else "qu’il ne demande pas d’âge minimal"
        )
    minors = any(derogation.RULE.seeker(p, division) for p in party.pupils)
    if minors and derogation.RULE.until(True, host.waiver_until) < last.friday:
        fields["waiver_until"] = last.friday
        asked.append(f"une dérogation aux travaux réglementés jusqu’au {last.friday:%d/%m/%Y}")
    return fields, asked


def _named(host: Host) -> str:
    return f"{host.name} ({host.id})" if host.name else host.id


def _position(scenario: Scenario, period: Period) -> int:
    return next(i for i, p in enumerate(scenario.periods) if p.id == period.id)


def _demands_of(standing: Standing, party: Party, position: int) -> Flags:
    """(D) the demands of the party."""
    demands = standing.problem.demands
    index = {p.id: i for i, p in enumerate(standing.scenario.everyone)}
    wanted = [index[p.id] for p in party.pupils]
    mine: Flags = (demands.period == position) & np.isin(demands.pupil, wanted)
    return mine
