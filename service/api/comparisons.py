"""`/comparisons` and `/fronts`: plans side by side. Must not know: how they are compared."""

from typing import Annotated

from fastapi import APIRouter, Query

from service.accounts.rights import Action
from service.acts import questions
from service.api.dependencies import CurrentUser, HouseDep, route
from solver.compare import Comparison, Point

router = APIRouter(tags=["comparaisons"])
Plans = Annotated[
    list[Annotated[str, Query(max_length=64)]],
    Query(min_length=2, max_length=12, description="Deux plans ou plus ; le premier sert de base"),
]


@router.get("/comparisons", **route(Action.READ_PLAN, "introuvable"))
def comparison(user: CurrentUser, house: HouseDep, plan: Plans) -> Comparison:
    """Des plans côte à côte : indicateurs, coûts, qui gagne, qui perd, ce qui bouge."""
    return questions.comparison(house, user, plan)


@router.get("/fronts", **route(Action.READ_PLAN, "introuvable"))
def front(
    user: CurrentUser,
    house: HouseDep,
    plan: Plans,
    x: Annotated[str, Query(max_length=60, description="Première mesure")] = "cout",
    y: Annotated[str, Query(max_length=60, description="Seconde mesure")] = "sans_place",
) -> list[Point]:
    """Les plans sur deux mesures, et lesquels un autre bat des deux côtés."""
    return list(questions.front(house, user, plan, x, y))
