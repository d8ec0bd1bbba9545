"""The figures of a plan, recomputed from scenario and plan alone.

Must not know: OR-Tools, the engine, how the figures are printed.
"""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from solver.domain import FAMILIES, Plan, Scenario, Unplaced
from solver.facts import Facts
from solver.indicators.models import (
    REASONS,
    Indicators,
    Journeys,
    Load,
    Move,
    Placed,
    ReasonCount,
)
from solver.indicators.reasons import reasons
from solver.indicators.seats import Seats
from solver.indicators.tension import tension
from solver.prepare.capacities import saturation_threshold
from solver.rules import internat_ouvert

_PRIORITY = (("rep+", "REP+"), ("rep", "REP"), ("", "Hors éducation prioritaire"))


def indicators(
    scenario: Scenario,
    plan: Plan,
    unplaced: tuple[Unplaced, ...] | None = None,
    facts: Facts | None = None,
) -> Indicators:
    """The figures of a plan; `unplaced`: its `reasons`, where they are known already."""
    facts = facts or Facts(scenario, plan)
    if unplaced is None:
        unplaced = reasons(scenario, plan, facts)
    demands = len(scenario.demands())
    placed = demands - len(facts.unplaced)
    moves = tuple(_moves(facts))
    seats = Seats(facts)
    return Indicators(
        demands=demands,
        placed=placed,
        unplaced=len(facts.unplaced),
        rate=_rate(placed, demands),
        reasons=_count(unplaced),
        tension=tension(facts),
        establishments=_by_establishment(facts),
        priority_education=_by_priority(facts),
        loads=_loads(facts, seats),
        hosts_at_quota=_at_quota(seats),
        hosts_full=int((_full(seats)).sum()),
        hosts_used=len(facts.heads),
        journeys=_journeys(facts),
        wishes=sum(p.wished is not None and p.imposed is None for p in scenario.periods),
        divisions_moved=len({m.division for m in moves}),
        mean_move_weeks=_rate(sum(abs(m.weeks) for m in moves), len(moves)),
        moves=moves,
        days_lost=_days_lost(facts),
        boarding_nights=_boarding_nights(facts),
    )


def _rate(part: float, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _count(unplaced: tuple[Unplaced, ...]) -> tuple[ReasonCount, ...]:
    counts = Counter(u.reason for u in unplaced)
    return tuple(
        ReasonCount(reason=key, label=label, count=counts[key])
        for key, label in REASONS.items()
        if counts[key]
    )


def _by_establishment(facts: Facts) -> tuple[Placed, ...]:
    total, missing = _tally(facts)
    return tuple(
        Placed(
            group=e.uai,
            name=e.name,
            demands=total[e.uai],
            placed=total[e.uai] - missing[e.uai],
            rate=_rate(total[e.uai] - missing[e.uai], total[e.uai]),
        )
        for e in facts.scenario.establishments
    )


def _by_priority(facts: Facts) -> tuple[Placed, ...]:
    total, missing = _tally(facts)
    rows = []
    for key, name in _PRIORITY:
        uais = [e.uai for e in facts.scenario.establishments if e.priority_education == key]
        whole = sum(total[u] for u in uais)
        placed = whole - sum(missing[u] for u in uais)
        if uais:
            group = key or "hors"
            rows.append(
                Placed(
                    group=group, name=name, demands=whole, placed=placed, rate=_rate(placed, whole)
                )
            )
    return tuple(rows)


def _tally(facts: Facts) -> tuple[Counter[str], Counter[str]]:
    """Pupil-periods, and unplaced ones, by establishment."""
    uai = {p.id: facts.division(p).establishment for p in facts.scenario.periods}
    total = Counter(uai[period.id] for _, period in facts.scenario.demands())
    return total, Counter(uai[period.id] for _, period in facts.unplaced)


def _loads(facts: Facts, seats: Seats) -> tuple[Load, ...]:
    scenario, usable = facts.scenario, facts.calendar.usable
    threshold = saturation_threshold(scenario, facts.calendar)
    rows = []
    for f, (name, publics) in enumerate(FAMILIES.items()):
        present = np.zeros(len(usable), np.int64)
        for period in scenario.periods:
            if facts.division(period).public in publics:
                weeks = [facts.calendar.index[w] for w in facts.weeks_of[period.id]]
                present[weeks] += facts.size(period)
        takers = [i for i, h in enumerate(scenario.hosts) if set(h.publics) & set(publics)]
        peak = int(present.argmax()) if present.any() else None
        rows.append(
            Load(
                family=name,
                peak_week=None if peak is None else usable[peak],
                peak_pupils=0 if peak is None else int(present[peak]),
                seats=0 if peak is None else int(seats.limits.slots[takers, peak].sum()),
                weeks_over=tuple(usable[w] for w in np.flatnonzero(present > threshold[f])),
            )
        )
    return tuple(rows)


def _at_quota(seats: Seats) -> int:
    """Hosts whose legal person is at its quota in a week, with pupils there."""
    reached = (seats.persons >= seats.limits.quota[:, None]) & (seats.persons > 0)
    persons = np.flatnonzero(reached.any(axis=1))
    return int(np.isin(seats.limits.legal_person, persons).sum())


def _full(seats: Seats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    full = (seats.slots_used > 0) & (seats.slots_used >= seats.limits.slots)
    return np.asarray(full.any(axis=1))


def _journeys(facts: Facts) -> Journeys:
    minutes = np.array([stay.minutes for stay in facts.stays], np.int64)
    if not len(minutes):
        return Journeys(
            mean=None, median=None, ninth_decile=None, longest=None, over_45=None, over_60=None
        )
    return Journeys(
        mean=round(float(minutes.mean()), 1),
        median=int(np.quantile(minutes, 0.5, method="inverted_cdf")),
        ninth_decile=int(np.quantile(minutes, 0.9, method="inverted_cdf")),
        longest=int(minutes.max()),
        over_45=_rate(int((minutes > 45).sum()), len(minutes)),
        over_60=_rate(int((minutes > 60).sum()), len(minutes)),
    )


def _moves(facts: Facts) -> Iterator[Move]:
    for period in facts.scenario.periods:
        start = facts.start_of.get(period.id)
        if period.wished is None or period.imposed is not None or start in (None, period.wished):
            continue
        yield Move(
            period=period.id,
            division=period.division,
            wished=period.wished,
            start=start,
            weeks=start.since(period.wished),
        )


def _days_lost(facts: Facts) -> int:
    """Pupil-days of public holidays within stays, by the calendar of the host's place."""
    lost: dict[tuple[str, str], int] = {}
    total = 0
    for stay in facts.stays:
        key = stay.period.id, stay.host.place
        if key not in lost:
            lost[key] = sum(facts.calendar.public_holidays(w, stay.host.place) for w in stay.weeks)
        total += lost[key]
    return total


def _boarding_nights(facts: Facts) -> int:
    """Nights between two school days of a week, in beds for pupils from elsewhere."""
    nights = {w: max(0, facts.calendar.school_days(w) - 1) for w in facts.calendar.usable}
    return sum(
        nights[week]
        for stay in facts.stays
        if stay.lodging is not None and internat_ouvert.uses_bed(stay.pupil, stay.lodging)
        for week in stay.weeks
    )
