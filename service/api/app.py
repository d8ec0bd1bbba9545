"""The application: rooms put together, nothing decided. Must not know: what the routes do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI
from starlette.concurrency import run_in_threadpool

from service.api import (
    accounts,
    catalogue,
    comparisons,
    document,
    documents,
    health,
    imports,
    journal,
    metrics,
    oidc,
    plans,
    problems,
    proposals,
    runs,
    scenarios,
    sessions,
)
from service.api.limits import Limiter
from service.api.middleware import Envelope
from service.house import House
from service.settings import Settings

if TYPE_CHECKING:
    from service.jobs.dispatcher import Dispatcher

VERSION = "1"
_ROOMS = (
    sessions, oidc, scenarios, imports, runs, plans, documents, comparisons, proposals, journal,
    accounts, catalogue,
)  # fmt: skip


def create_app(
    settings: Settings, house: House | None = None, dispatcher: "Dispatcher | None" = None
) -> FastAPI:
    """The service on these settings; its database must have been migrated.

    `dispatcher` lives with the application; without one, runs are accepted and wait on record.
    `app.state.house` is what pages hand to acts, with the current user.
    """
    house = house or House(settings)

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        if dispatcher is not None:
            dispatcher.start()
        yield
        if dispatcher is not None:
            await run_in_threadpool(dispatcher.close)
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
    app.state.dispatcher = dispatcher
    app.state.limiter = Limiter(settings.requests_per_minute)
    app.state.sign_in_limiter = Limiter(settings.sign_ins_per_minute)
    v1 = APIRouter(prefix="/api/v1")
    for room in _ROOMS:
        v1.include_router(room.router)
    app.include_router(v1)
    app.include_router(health.router)
    app.include_router(metrics.router)
    problems.install(app)
    document.install(app)
    app.add_middleware(Envelope, settings=settings)
    return app
