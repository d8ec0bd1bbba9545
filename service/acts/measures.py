"""What can be said of a scenario before any plan is searched. Must not know: the database."""

from typing import Any

from solver.domain import Departure, Plan, Scenario
from solver.indicators import indicators
from solver.indicators.risks import risks


def measures(scenario: Scenario) -> dict[str, Any]:
    """The risks, and the load of every week if each division left when it wishes.

    `charges` and `tension` are those of `indicators` for the calendar of the wishes alone.
    """
    wishes = Plan(
        departures=tuple(
            Departure(period=p.id, start=start)
            for p in scenario.periods
            if (start := p.imposed or p.wished) is not None
        ),
        placements=(),
    )
    figures = indicators(scenario, wishes, ()).model_dump(mode="json")
    return {
        "risques": [risk.model_dump(mode="json") for risk in risks(scenario)],
        "souhaits": len(wishes.departures),
        "charges": figures["charges"],
        "tension": figures["tension"],
    }
