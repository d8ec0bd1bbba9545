"""A first calendar of the 3e weeks, from head counts alone. Must not know: how it is found."""

from scenarios.head_counts import HeadCounts, scenario
from service.accounts import rights
from service.accounts.rights import Action, User
from service.acts import runs, scenarios
from service.house import House
from service.packing import pack_scenario
from service.tables import RunRow, ScenarioRow

_RUN_SECONDS, _STALLED_SECONDS = 30.0, 5.0


def plan(house: House, user: User, counts: HeadCounts) -> tuple[ScenarioRow, RunRow]:
    """The scenario of these head counts, kept, and its run asked for.

    Raises `InvalidScenario` with every fault, `Refusal` outside the user's bassins.
    """
    rights.require(user, Action.WRITE_SCENARIO)
    rights.require_bassin(user, counts.academy, counts.bassin)
    made = scenario(counts)
    row = scenarios.store(
        house, user, made, pack_scenario(made), "zip", tags=("3e",), origin="effectifs"
    )
    run = runs.start(
        house, user, row.id, seconds=_RUN_SECONDS, stop_stalled_seconds=_STALLED_SECONDS
    )
    return row, run
