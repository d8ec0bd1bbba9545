"""From plans to their comparison. Must not know: how it is shown."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from solver.compare.models import (
    Better,
    Comparison,
    Demand,
    Measure,
    Pair,
    Redated,
    School,
    Side,
    Value,
)
from solver.domain import Plan, Report, Scenario
from solver.facts import Facts
from solver.indicators import Indicators, indicators
from solver.rules import PREFERENCES
from solver.verify import verify


@dataclass(frozen=True, slots=True)
class Contender:
    """A plan to compare, with its scenario and the name people know it by."""

    name: str
    scenario: Scenario
    plan: Plan
    bound: int | None = None
    """Proven, where it is known."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A contender, read once."""

    contender: Contender
    facts: Facts
    report: Report
    figures: Indicators


def compare(
    contenders: Sequence[Contender], *, told: Callable[[Contender], None] = lambda next_one: None
) -> Comparison:
    """Two plans or more, of one scenario or of several; the first is the base.

    `told` hears of each plan before it is read: what it raises ends the comparison.
    Rows of different scenarios are the same where they have the same identifiers. Raises
    `ValueError` with fewer than two plans or two of the same name.
    """
    names = [c.name for c in contenders]
    if len(names) < 2 or len(set(names)) < len(names):
        raise ValueError("two plans or more, each under its own name")
    read = []
    for contender in contenders:
        told(contender)
        read.append(_read(contender))
    scenarios = [c.scenario for c in contenders]
    return Comparison(
        sides=tuple(_side(r) for r in read),
        measures=tuple(_measures(read)),
        costs=tuple(_costs(read)),
        schools=tuple(_schools(read)),
        pairs=tuple(_pair(read[0], other) for other in read[1:]),
        same_scenario=all(s is scenarios[0] or s == scenarios[0] for s in scenarios[1:]),
    )


def _read(contender: Contender) -> _Read:
    scenario, plan = contender.scenario, contender.plan
    return _Read(
        contender, Facts(scenario, plan), verify(scenario, plan), indicators(scenario, plan)
    )


def _side(read: _Read) -> Side:
    return Side(
        name=read.contender.name,
        title=read.contender.scenario.title,
        cost=read.report.cost,
        bound=read.contender.bound,
        violations=len(read.report.violations),
    )


# --- figures -------------------------------------------------------------------------------------

_MEASURES: tuple[tuple[str, str, str, Better, Callable[[_Read], Value]], ...] = (
    ("cout", "Coût", "points", "moins", lambda r: r.report.cost),
    ("sans_place", "Élève-périodes sans place", "", "moins", lambda r: r.figures.unplaced),
    ("taux", "Part placée", "%", "plus", lambda r: _percent(r.figures.rate)),
    ("trajet_moyen", "Trajet moyen", "min", "moins", lambda r: r.figures.journeys.mean),
    ("trajet_median", "Trajet médian", "min", "moins", lambda r: r.figures.journeys.median),
    ("trajet_d9", "Trajet : neuf sur dix au plus", "min", "moins",
     lambda r: r.figures.journeys.ninth_decile),
    ("plus_45", "Au-delà de 45 min", "%", "moins", lambda r: _percent(r.figures.journeys.over_45)),
    ("divisions_decalees", "Divisions décalées de leur souhait", "", "moins",
     lambda r: r.figures.divisions_moved),
    ("ecart_moyen", "Écart moyen des départs décalés", "semaines", "moins",
     lambda r: r.figures.mean_move_weeks),
    ("saturees", "Semaines saturées", "", "moins",
     lambda r: sum(len(load.weeks_over) for load in r.figures.loads)),
    ("accueils_utilises", "Structures utilisées", "", "", lambda r: r.figures.hosts_used),
    ("accueils_complets", "Structures complètes", "", "", lambda r: r.figures.hosts_full),
    ("accueils_au_quota", "Structures au quota légal", "", "", lambda r: r.figures.hosts_at_quota),
    ("nuitees", "Nuits d’internat", "", "moins", lambda r: r.figures.boarding_nights),
    ("jours_feries", "Jours fériés perdus", "", "moins", lambda r: r.figures.days_lost),
    ("taux_minimal", "Plus mauvais taux d’un établissement", "%", "plus",
     lambda r: _percent(min((p.rate for p in r.figures.establishments if p.rate is not None),
                            default=None))),
)  # fmt: skip
"""Key, label, unit, which way is better, and the figure."""


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 2)


def _measures(read: Sequence[_Read]) -> Iterator[Measure]:
    for key, label, unit, better, figure in _MEASURES:
        values = tuple(figure(r) for r in read)
        yield Measure(key=key, label=label, unit=unit, better=better, values=values)


def _costs(read: Sequence[_Read]) -> Iterator[Measure]:
    for rule in PREFERENCES:
        values = tuple(r.report.costs[rule.key] for r in read)
        yield Measure(
            key=rule.key, label=rule.sentence, unit="points", better="moins", values=values
        )


# --- establishments ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Tally:
    """Sums by establishment of one plan."""

    demands: Mapping[str, int]
    unplaced: Mapping[str, int]
    minutes: Mapping[str, list[int]]
    shifts: Mapping[str, list[int]]


def _tally(read: _Read) -> _Tally:
    facts = read.facts
    school = {p.id: facts.division(p).establishment for p in facts.scenario.periods}
    minutes: dict[str, list[int]] = defaultdict(list)
    for stay in facts.stays:
        minutes[stay.division.establishment].append(stay.minutes)
    shifts: dict[str, list[int]] = defaultdict(list)
    for period in facts.scenario.periods:
        start = facts.start_of.get(period.id)
        if period.wished is not None and period.imposed is None and start is not None:
            shifts[school[period.id]].append(abs(start.since(period.wished)))
    return _Tally(
        Counter(school[p.id] for _, p in facts.scenario.demands()),
        Counter(school[p.id] for _, p in facts.unplaced),
        minutes,
        shifts,
    )


def _schools(read: Sequence[_Read]) -> Iterator[School]:
    """Every establishment of any plan, in the order of the scenarios."""
    names: dict[str, str] = {}
    for r in read:
        for e in r.contender.scenario.establishments:
            names.setdefault(e.uai, e.name)
    tallies = [_tally(r) for r in read]
    for uai, name in names.items():
        if any(t.demands.get(uai) for t in tallies):
            yield School(
                uai=uai,
                name=name,
                demands=tuple(t.demands.get(uai, 0) for t in tallies),
                unplaced=tuple(t.unplaced.get(uai, 0) for t in tallies),
                minutes=tuple(_mean(t.minutes.get(uai, ())) for t in tallies),
                shift=tuple(_mean(t.shifts.get(uai, ())) for t in tallies),
            )


def _mean(values: Sequence[int]) -> float | None:
    return round(sum(values) / len(values), 2) if values else None


# --- row by row ----------------------------------------------------------------------------------


def _pair(base: _Read, other: _Read) -> Pair:
    here, there = base.facts, other.facts
    mine = {(u.id, p.id) for u, p in here.scenario.demands()}
    theirs = {(u.id, p.id) for u, p in there.scenario.demands()}
    shared = [(u.id, p.id) for u, p in here.scenario.demands() if (u.id, p.id) in theirs]
    placed_here = [d for d in shared if d in here.hosts_of]
    return Pair(
        other=other.contender.name,
        redated=tuple(_redated(here, there)),
        lost=tuple(
            Demand(pupil=u, period=p) for u, p in placed_here if (u, p) not in there.hosts_of
        ),
        won=tuple(
            Demand(pupil=u, period=p)
            for u, p in shared
            if (u, p) not in here.hosts_of and (u, p) in there.hosts_of
        ),
        rehoused=sum(
            d in there.hosts_of and here.hosts_of[d] != there.hosts_of[d] for d in placed_here
        ),
        only_base=len(mine - theirs),
        only_other=len(theirs - mine),
    )


def _redated(here: Facts, there: Facts) -> Iterator[Redated]:
    """Periods of both scenarios whose start differs, the largest moves first."""
    rows = []
    for period in here.scenario.periods:
        if period.id not in there.scenario.period_of:
            continue
        base, other = here.start_of.get(period.id), there.start_of.get(period.id)
        if base != other:
            weeks = other.since(base) if base is not None and other is not None else None
            rows.append(
                Redated(
                    period=period.id, division=period.division, base=base, other=other, weeks=weeks
                )
            )
    yield from sorted(rows, key=lambda row: -abs(row.weeks or 0))
