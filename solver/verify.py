"""The verdict on a plan: every rule it breaks, and what it costs, from names and dates alone.

Must not know: `Problem`, models, how plans are searched. Nothing leaves the search that this
refuses; anyone can read a hand-made plan with it.
"""

from solver.calendar import SchoolCalendar
from solver.domain import Plan, Report, Scenario
from solver.facts import Facts
from solver.rules import HARD_RULES, PREFERENCES
from solver.travel import Journeys


def verify(
    scenario: Scenario,
    plan: Plan,
    calendar: SchoolCalendar | None = None,
    journeys: Journeys | None = None,
) -> Report:
    """All violations and the cost per preference, whatever the plan says.

    Rows that name nothing of the scenario, or a period twice, are violations of key `plan`
    (`solver.facts.UNREADABLE`) and left out of the rest, so that a hand-made plan gets all its
    faults at once. The cost of a plan with violations is what its readable part would cost.
    `calendar` and `journeys` may be handed in where many plans of one scenario are read.
    Raises `UnknownSchoolYear` only.
    """
    facts = Facts(scenario, plan, calendar, journeys)
    broken = [violation for rule in HARD_RULES for violation in rule.violations(facts)]
    return Report(
        violations=(*facts.unreadable, *broken),
        costs={preference.key: preference.cost(facts) for preference in PREFERENCES},
    )
