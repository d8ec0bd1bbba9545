"""`/health` and `/ready`: whether the process lives, whether it can serve. Must not know: why."""

from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from service.api.dependencies import HouseDep

router = APIRouter(tags=["service"])


class State(BaseModel):
    status: Literal["ok", "indisponible"]


@router.get("/health")
def health() -> State:
    """Le processus répond."""
    return State(status="ok")


@router.get("/ready", responses={503: {"model": State, "description": "Base injoignable"}})
def ready(house: HouseDep, response: Response) -> State:
    """Le service peut répondre : sa base aussi."""
    try:
        house.database.answers()
    except SQLAlchemyError:
        response.status_code = 503
        return State(status="indisponible")
    return State(status="ok")
