"""The pages put on the application of the API: one server, one session cookie, one origin.

Must not know: what pages show.
"""

import importlib
import pkgutil
from pathlib import Path

from fastapi import FastAPI, Request, Response
from nicegui import Client, ui
from nicegui import app as pages
from starlette.routing import Match, Mount
from starlette.types import Scope

import service.pages
from service import guide
from service.house import House
from service.pages import doors, forms, guides, sending
from service.pages.frame import lost

_STATIC = Path(__file__).parent / "static"
_PROGRAMS = ("/api/", "/health", "/ready", "/metrics")
"""What programs ask for stays with the API, its failures included."""


class _People(Mount):
    """Everything but the addresses of programs."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["path"].startswith(_PROGRAMS):
            return Match.NONE, {}
        return super().matches(scope)


async def _lost(request: Request, error: Exception) -> Response:
    with Client(ui.page(""), request=request) as client:
        lost()
    return client.build_response(request, 404)


def install(app: FastAPI) -> None:
    """Put the pages on the application; once per process (NiceGUI knows one application)."""
    house: House = app.state.house
    pages.state.house = house
    pages.state.limiter = app.state.limiter
    for module in pkgutil.iter_modules(service.pages.__path__):
        importlib.import_module(f"service.pages.{module.name}")
    pages.add_static_files("/pages", _STATIC)
    pages.add_static_files(guides.SHELF, guide.IMAGES)
    app.include_router(doors.router)
    app.include_router(forms.router)
    app.include_router(sending.router)
    pages.exception_handler(404)(_lost)
    ui.run_with(
        app,
        title="Calendrier du bassin",
        favicon=_STATIC / "favicon.svg",
        language="fr",
        dark=None,
        tailwind=False,
        reconnect_timeout=20.0,
        show_welcome_message=False,
    )
    app.router.routes[-1] = _People("/", pages)
