"""The application: rooms put together, nothing decided. Must not know: what the routes do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI

from service.api import (
    accounts,
    comparisons,
    document,
    health,
    journal,
    plans,
    problems,
    proposals,
    scenarios,
    sessions,
)
from service.api.limits import Limiter
from service.api.middleware import Envelope
from service.house import House
from service.settings import Settings

VERSION = "1"


def create_app(settings: Settings, house: House | None = None) -> FastAPI:
    """The service on these settings; its database must have been migrated.

    `app.state.house` is what pages hand to acts, with the current user.
    """
    house = house or House(settings)

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        yield
        house.close()

    app = FastAPI(
        title="calendrier-bassin",
        version=VERSION,
        description="Scénarios, calculs, plans et propositions d’un bassin ou d’une académie.",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=life,
    )
    app.state.house = house
    app.state.limiter = Limiter(settings.requests_per_minute)
    app.state.sign_in_limiter = Limiter(settings.sign_ins_per_minute)
    v1 = APIRouter(prefix="/api/v1")
    for room in (sessions, scenarios, plans, comparisons, proposals, journal, accounts):
        v1.include_router(room.router)
    app.include_router(v1)
    app.include_router(health.router)
    problems.install(app)
    document.install(app)
    app.add_middleware(Envelope, settings=settings)
    return app
