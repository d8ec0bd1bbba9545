"""Variants: other rules on the same input, or rows changed. Must not know: HTTP, formats."""

from collections.abc import Sequence

from service.accounts import rights
from service.accounts.rights import Action, User
from service.acts import found, plans, scenarios
from service.house import House
from service.packing import pack_scenario
from service.patches import Operation, patched, tables_of, with_reference
from service.refusals import Refusal
from service.tables import ScenarioRow

_ABOUT_PUPILS = frozenset({"eleves", "placements"})


def vary(
    house: House,
    user: User,
    scenario_id: str,
    operations: Sequence[Operation],
    *,
    reference: str | None = None,
    tags: Sequence[str] = (),
    origin: str = "from-patch",
) -> ScenarioRow:
    """A new scenario: this one, changed; `reference`: a plan that the next one should resemble.

    Raises `Refusal` or `InvalidScenario` where the changes do not hold.
    """
    rights.require(user, Action.DERIVE_SCENARIO)
    touched = tables_of(operations)
    if touched & _ABOUT_PUPILS and not rights.sight(user).every_pupil:
        raise Refusal(
            "droit-absent",
            "Votre rôle ne voit pas les élèves : il ne peut pas changer leurs tables.",
            action=Action.DERIVE_SCENARIO,
        )
    with house.database.reading() as session:
        parent = found.scenario(session, user, scenario_id)
    varied = patched(house.scenario(parent), operations)
    if reference is not None:
        row = plans.one(house, user, reference)
        varied = with_reference(varied, house.plan(row).plan)
    rights.require_bassin(user, varied.academy, varied.bassin)
    return scenarios.store(
        house,
        user,
        varied,
        pack_scenario(varied),
        "zip",
        tags=tags,
        origin=origin,
        parent=parent,
        patch=[o.model_dump(mode="json") for o in operations],
    )
