"""What a few more placements do to a plan that is verified: only what they can touch is read again.

Everything else stands as it did: the rules on hosts, legal persons, beds and pupils look no
further than the rows kept here. Must not know: why placements are added.
"""

from collections.abc import Callable, Sequence

from solver.domain import Placement, Plan, Scenario
from solver.explain.parts import changed
from solver.facts import Facts
from solver.rules import HARD_RULES, PREFERENCES, equite, saturation
from solver.whatif.standing import Standing

_WHOLE = (equite.RULE, saturation.RULE)
"""Preferences that do not add up placement by placement."""


def change_nearby(standing: Standing, scenario: Scenario, added: Sequence[Placement]) -> int | None:
    """Points that the placements add to the plan, in tables that take no more than they give.

    `scenario`: the tables, loosened at will; the calendar is as it was. None where a rule is
    broken. As a full `verify` would say.
    """
    part, kept = _around(standing.plan, scenario, added)
    more = _facts(standing, part, (*kept, *added))
    if more.unreadable or any(True for rule in HARD_RULES for _ in rule.violations(more)):
        return None
    less = _facts(standing, part, kept)
    change = sum(p.cost(more) - p.cost(less) for p in PREFERENCES if p not in _WHOLE)
    return change + _equity(standing, scenario, added) + _saturation(standing, scenario)


def _around(
    plan: Plan, scenario: Scenario, added: Sequence[Placement]
) -> tuple[Scenario, tuple[Placement, ...]]:
    """The rows that the placements meet, and the placements of the plan among them.

    All who are at the hosts in question, at hosts of the same legal persons, or in their beds.
    """
    pupils = {p.pupil for p in added}
    houses = {p.lodging for p in added if p.lodging}
    hosts = {p.host for p in added} | {
        p.host for p in plan.placements if p.pupil in pupils or p.lodging in houses
    }
    persons = {scenario.host_of[h].legal_person for h in hosts} - {None}
    hosts |= {h.id for h in scenario.hosts if h.legal_person in persons}
    kept = tuple(p for p in plan.placements if p.host in hosts)
    met = pupils | {p.pupil for p in kept}
    divisions = {scenario.pupil_of[i].division for i in met}
    keys = {(p.pupil, p.period) for p in (*kept, *added)}
    part = changed(
        _restricted(scenario, lambda d: d in divisions),
        pupils=tuple(p for p in scenario.everyone if p.id in met),
        hosts=tuple(h for h in scenario.hosts if h.id in hosts),
        capacities=tuple(c for c in scenario.capacities if c.host in hosts),
        found_places=tuple(f for f in scenario.found_places if (f.pupil, f.period) in keys),
    )
    return part, kept


def _restricted(scenario: Scenario, keep: Callable[[str], bool]) -> Scenario:
    """The divisions to keep, and their periods."""
    return changed(
        scenario,
        divisions=tuple(d for d in scenario.divisions if keep(d.id)),
        periods=tuple(p for p in scenario.periods if keep(p.division)),
    )


def _facts(standing: Standing, scenario: Scenario, placements: Sequence[Placement]) -> Facts:
    departures = tuple(d for d in standing.plan.departures if d.period in scenario.period_of)
    plan = Plan(departures=departures, placements=tuple(placements))
    return Facts(scenario, plan, standing.calendar, standing.journeys)


def _equity(standing: Standing, scenario: Scenario, added: Sequence[Placement]) -> int:
    """By the establishments of the pupils alone."""
    division_of = {d.id: d.establishment for d in scenario.divisions}
    schools = {division_of[scenario.pupil_of[p.pupil].division] for p in added}
    within = {d for d, school in division_of.items() if school in schools}
    part = changed(
        _restricted(scenario, lambda d: d in within),
        pupils=tuple(p for p in scenario.pupils if p.division in within),
        found_places=(),
    )
    before = [p for p in standing.plan.placements if p.pupil in part.pupil_of]
    more, less = _facts(standing, part, [*before, *added]), _facts(standing, part, before)
    return equite.RULE.cost(more) - equite.RULE.cost(less)


def _saturation(standing: Standing, scenario: Scenario) -> int:
    """The threshold follows the places on offer; who is out stays the same."""
    old = standing.scenario
    if scenario.hosts == old.hosts and scenario.capacities == old.capacities:
        return 0
    facts = _facts(standing, scenario, ())
    return saturation.RULE.cost(facts) - standing.report.costs[saturation.RULE.key]
