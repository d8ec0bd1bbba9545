"""How much of everything a scenario has. Must not know: who asks."""

from solver.domain import Scenario


def sizes(scenario: Scenario) -> dict[str, int]:
    """How much of everything there is."""
    return {
        "etablissements": len(scenario.establishments),
        "divisions": len(scenario.divisions),
        "periodes": len(scenario.periods),
        "eleves": len(scenario.everyone),
        "demandes": len(scenario.demands()),
        "accueils": len(scenario.hosts),
    }
