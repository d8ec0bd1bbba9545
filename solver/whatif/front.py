"""A few good plans that trade pupils without a place, dates and journeys, to choose on a curve.

Each is the best found for a price list that leans one way; among all plans found, each list takes
its own. Must not know: files, how it is shown.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from solver.calendar import SchoolCalendar
from solver.domain import Conflict, Frozen, Plan, Prices, Report, Result, Scenario, Status, column
from solver.explain.parts import changed
from solver.facts import Facts
from solver.search import Progress, solve
from solver.travel import Journeys
from solver.verify import verify


@dataclass(frozen=True, slots=True)
class Leaning:
    """A price list of its own: prices of the scenario, times so much."""

    name: str
    label: str
    factors: tuple[tuple[str, float], ...] = ()

    def lean(self, prices: Prices) -> Prices:
        """The price list; a price that is to rise is 1 at least."""
        edited = {
            field: max(int(factor > 1), round(factor * getattr(prices, field)))
            for field, factor in self.factors
        }
        return prices.model_copy(update=edited)


_JOURNEYS = ("journey_minute", "journey_discomfort")
LEANINGS: tuple[Leaning, ...] = (
    Leaning("bareme", "Le barème du scénario"),
    Leaning("dates", "Des dates plus proches des souhaits", (("week_shift", 6.0),)),
    Leaning("trajets", "Des trajets plus courts", tuple((name, 4.0) for name in _JOURNEYS)),
    Leaning("places", "Moins d’élèves sans place", (("unplaced", 5.0),)),
    Leaning("voeux", "Les dates souhaitées avant tout", (("week_shift", 40.0),)),
    Leaning("souple", "Des dates très libres", (("week_shift", 0.1),)),
    Leaning("proche", "Les trajets avant tout", tuple((name, 20.0) for name in _JOURNEYS)),
)
"""In the order in which they are tried."""


class Choice(Frozen):
    """A plan on the front; less is better everywhere."""

    name: Annotated[str, column("nom", "Nom court")]
    label: Annotated[str, column("libelle", "Ce que ce plan favorise")]
    unplaced: Annotated[int, column("sans_place", "Élève-périodes sans place")]
    moved: Annotated[int, column("decalees", "Périodes qui ne partent pas à la date souhaitée")]
    pupil_weeks: Annotated[int, column("eleves_semaines", "Élèves × semaines d’écart au souhait")]
    minutes: Annotated[int, column("minutes", "Minutes de trajet (aller), en tout")]
    mean_minutes: Annotated[float, column("trajet_moyen", "Trajet moyen des placés (min)")]
    cost: Annotated[int, column("cout", "Coût selon le barème du scénario")]
    own_cost: Annotated[int, column("cout_propre", "Coût selon son propre barème")]
    own_bound: Annotated[int, column("borne_propre", "Borne prouvée selon son propre barème")]
    result: Annotated[Result, column("resultat", "Le plan, selon le barème du scénario")]

    @property
    def plan(self) -> Plan:
        assert self.result.plan is not None
        return self.result.plan

    @property
    def own_gap(self) -> float:
        """Distance to the best plan of its own price list, at most: 0 to 1."""
        return (self.own_cost - self.own_bound) / self.own_cost if self.own_cost else 0.0


class Front(Frozen):
    """The plans that no other beats on all three; the best known bound of the scenario's prices."""

    choices: Annotated[tuple[Choice, ...], column("plans", "Du moins au plus d’écart aux souhaits")]
    tried: Annotated[int, column("essais", "Barèmes essayés")]
    bound: Annotated[int, column("borne", "Borne prouvée selon le barème du scénario")]
    status: Annotated[Status, column("statut", "Du premier plan")]
    conflicts: Annotated[tuple[Conflict, ...], column("conflits", "Si rien n’est possible")] = ()


def front(
    scenario: Scenario,
    *,
    seconds: float = 120.0,
    leanings: Sequence[Leaning] = LEANINGS[:5],
    seed: int = 0,
    cores: int = 2,
    iterations: int | None = None,
    stop: Callable[[], bool] = lambda: False,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Front:
    """Verified plans, one per leaning at most; `seconds` in all, the first search twice the others.

    Without any plan, `choices` is empty and `status` says why.
    """
    share = seconds / (len(leanings) + 1)
    found: list[tuple[Leaning, Scenario, Result]] = []
    for i, leaning in enumerate(leanings):
        if found and stop():
            break
        tables = changed(scenario, prices=leaning.lean(scenario.prices))
        begin = 0.0 if i == 0 else (i + 1) * share
        result = solve(
            tables,
            seconds=share if i else 2 * share,
            seed=seed,
            cores=cores,
            iterations=iterations,
            stop=stop,
            progress=_told(progress, begin, leaning),
            start=found[0][2].plan if found else None,
        )
        if result.plan is None:
            if not found:
                return Front(
                    choices=(), tried=1, bound=0, status=result.status, conflicts=result.conflicts
                )
            continue
        found.append((leaning, tables, result))
    choices = _choices(scenario, found)
    return Front(
        choices=tuple(sorted(_unbeaten(choices), key=lambda c: (c.pupil_weeks, c.unplaced))),
        tried=len(found),
        bound=found[0][2].bound,
        status=found[0][2].status,
    )


def _told(
    progress: Callable[[Progress], None], begin: float, leaning: Leaning
) -> Callable[[Progress], None]:
    """Progress of one search as part of the whole."""
    return lambda p: progress(
        replace(p, seconds=begin + p.seconds, phase=f"{leaning.label} : {p.phase}")
    )


def _choices(
    scenario: Scenario, found: Sequence[tuple[Leaning, Scenario, Result]]
) -> Iterable[Choice]:
    """For each price list, the plan of all that it likes best; each plan once."""
    calendar, journeys = SchoolCalendar(scenario), Journeys(scenario)
    plans = [r.plan for _, _, r in found if r.plan is not None]
    taken: set[int] = set()
    base = found[0][2]
    for leaning, tables, result in found:
        reports = [verify(tables, plan, calendar, journeys) for plan in plans]
        best = min(range(len(plans)), key=lambda i: (reports[i].cost, i))
        if best in taken:
            continue
        taken.add(best)
        own = verify(scenario, plans[best], calendar, journeys)
        facts = Facts(scenario, plans[best], calendar, journeys)
        shifts = [
            (facts.size(p), abs(facts.start_of[p.id].since(p.wished)))
            for p in scenario.periods
            if p.wished is not None and p.imposed is None
        ]
        minutes = sum(stay.minutes for stay in facts.stays)
        yield Choice(
            name=leaning.name,
            label=leaning.label,
            unplaced=len(facts.unplaced),
            moved=sum(weeks > 0 for _, weeks in shifts),
            pupil_weeks=sum(size * weeks for size, weeks in shifts),
            minutes=minutes,
            mean_minutes=round(minutes / max(1, len(facts.stays)), 2),
            cost=own.cost,
            own_cost=reports[best].cost,
            own_bound=result.bound,
            result=_priced(base, plans[best], own),
        )


def _priced(base: Result, plan: Plan, report: Report) -> Result:
    """The plan as the scenario's price list sees it, against the bound proven for that list."""
    status: Status = "optimal" if report.cost == base.bound else "feasible"
    return base.model_copy(update={"plan": plan, "report": report, "status": status})


def _unbeaten(choices: Iterable[Choice]) -> list[Choice]:
    """Those that no other equals or beats on all three."""
    kept: list[Choice] = []
    marks = [(c, (c.unplaced, c.pupil_weeks, c.minutes)) for c in choices]
    for i, (choice, mine) in enumerate(marks):
        beaten = any(
            all(a <= b for a, b in zip(theirs, mine, strict=True)) and (theirs != mine or j < i)
            for j, (_, theirs) in enumerate(marks)
            if j != i
        )
        if not beaten:
            kept.append(choice)
    return kept
