"""All statements that can make a scenario impossible, in one model. Must not know: ways out."""

from solver.calendar import SchoolCalendar
from solver.domain import Scenario
from solver.explain.agreements import Agreements
from solver.explain.departures import Departures
from solver.explain.guards import Guarded


def stated(scenario: Scenario) -> Guarded:
    """The calendar rules and the signed agreements, each behind its guard."""
    guarded = Guarded()
    calendar = SchoolCalendar(scenario)
    departures = Departures(guarded, scenario, calendar)
    Agreements(guarded, scenario, calendar, departures)
    return guarded
