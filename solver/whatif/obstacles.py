"""Which calendar rule forbids a week to a unit, in the words of the verifier.

Must not know: pupils, hosts.
"""

from typing import Annotated

from pydantic import Field

from solver.domain import Departure, Frozen, Plan
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


class Obstacle(Frozen):
    """A rule that a change would break."""

    rule: Annotated[str, Field(alias="regle", description="Clé de la règle")]
    sentence: Annotated[str, Field(alias="phrase", description="La règle, en une phrase")]
    messages: Annotated[
        tuple[str, ...], Field(alias="details", description="Ce qui la heurterait, ligne par ligne")
    ]


def obstacles(standing: Standing, unit: int, week: Week) -> tuple[Obstacle, ...]:
    """The calendar rules that a plan breaks when the unit's periods start that week."""
    periods = standing.scenario.periods
    moved = {periods[p].id for p in standing.problem.departures.periods[unit]}
    departures = tuple(
        Departure(period=d.period, start=week if d.period in moved else d.start)
        for d in standing.plan.departures
    )
    plan = Plan(departures=departures, placements=())
    facts = Facts(standing.scenario, plan, standing.calendar, standing.journeys)
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
