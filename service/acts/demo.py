"""The built-in bassin, put into somebody’s own territory to be tried. Must not know: HTTP."""

from scenarios import example, read
from service.accounts import rights
from service.accounts.rights import Action, User
from service.acts import scenarios
from service.house import House
from service.packing import pack_scenario
from service.tables import ScenarioRow
from solver.explain.parts import changed

ORIGIN = "demo"
"""A plan of such a scenario, or of a variant of it, is never published."""


def ours(house: House, user: User) -> ScenarioRow | None:
    """The demonstration this user already has."""
    rights.require(user, Action.WRITE_SCENARIO)
    rows = scenarios.listed(house, user, limit=200).rows
    return next((r for r in rows if r.origin == ORIGIN and r.owner_id == user.id), None)


def bring(house: House, user: User) -> ScenarioRow:
    """The demonstration of this user, stored where they may work; the same one when asked again."""
    kept = ours(house, user)
    if kept is not None:
        return kept
    scenario = read(example("demo"))
    if user.bassins:
        scenario = changed(
            scenario,
            academy=user.academy,
            bassin=user.bassins[0],
            title=f"Démonstration : {scenario.title}",
        )
    return scenarios.store(house, user, scenario, pack_scenario(scenario), "zip", origin=ORIGIN)
