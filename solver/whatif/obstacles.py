"""Which calendar rule forbids a week to a unit, in the words of the verifier.

Must not know: pupils, hosts.
"""

from typing import Annotated

from pydantic import Field

from solver.domain import Departure, Frozen, Plan, Scenario
from solver.facts import Facts
from solver.rule import HardRule
from solver.rules import (
    absences_simultanees,
    convention_signee,
    depart_commun,
    exclusion,
    fenetre,
    ordre,
)
from solver.week import Week
from solver.whatif.standing import Standing

CALENDAR_RULES: tuple[HardRule, ...] = (
    fenetre.RULE,
    ordre.RULE,
    depart_commun.RULE,
    exclusion.RULE,
    absences_simultanees.RULE,
)

_CALENDAR_FIELDS = (
    "format", "title", "bassin", "academy", "year", "zone", "regulation", "school_year",
    "establishments", "closures",
)  # fmt: skip
"""What the calendar rules look at, besides divisions and periods."""


class Obstacle(Frozen):
    """A rule that a change would break."""

    rule: Annotated[str, Field(alias="regle", description="Clé de la règle")]
    sentence: Annotated[str, Field(alias="phrase", description="La règle, en une phrase")]
    messages: Annotated[
        tuple[str, ...], Field(alias="details", description="Ce qui la heurterait, ligne par ligne")
    ]


class Obstacles:
    """The calendar rules that hold back one unit; ask `at` for each week.

    Only the divisions that the unit can clash with are read: those of its establishments, and
    those that share an exclusion with it.
    """

    def __init__(self, standing: Standing, unit: int) -> None:
        whole = standing.scenario
        moved = [whole.periods[p] for p in standing.problem.departures.periods[unit]]
        schools = {whole.division_of[p.division].establishment for p in moved}
        apart = {name for p in moved for name in p.exclusions}
        divisions = {p.division for p in whole.periods if apart.intersection(p.exclusions)}
        divisions |= {d.id for d in whole.divisions if d.establishment in schools}
        kept = {name: getattr(whole, name) for name in _CALENDAR_FIELDS}
        self._scenario = Scenario(
            **kept,
            divisions=tuple(d for d in whole.divisions if d.id in divisions),
            periods=tuple(p for p in whole.periods if p.division in divisions),
        )
        self._moved = {p.id for p in moved}
        self._start_of = {p.id: standing.plan.start_of[p.id] for p in self._scenario.periods}
        self._calendar, self._journeys = standing.calendar, standing.journeys

    def at(self, week: Week) -> tuple[Obstacle, ...]:
        """The rules that the plan breaks when the unit's periods start that week."""
        starts = self._start_of | dict.fromkeys(self._moved, week)
        departures = tuple(Departure(period=p, start=w) for p, w in starts.items())
        plan = Plan(departures=departures, placements=())
        facts = Facts(self._scenario, plan, self._calendar, self._journeys)
        found = []
        for rule in CALENDAR_RULES:
            messages = tuple(f"{v.subject} : {v.message}" for v in rule.violations(facts))
            if messages:
                found.append(Obstacle(rule=rule.key, sentence=rule.sentence, messages=messages))
        return tuple(found)


def unkept_agreement(standing: Standing, unit: int) -> Obstacle:
    """Said of a week in which the unit's signed agreements cannot all be kept."""
    periods = standing.scenario.periods
    moved = {periods[p].id for p in standing.problem.departures.periods[unit]}
    return Obstacle(
        rule=convention_signee.RULE.key,
        sentence=convention_signee.RULE.sentence,
        messages=tuple(
            f"{f.pupil} / {f.period} : convention signée avec {f.host}."
            for f in standing.scenario.found_places
            if f.status == "signee" and f.period in moved
        ),
    )
