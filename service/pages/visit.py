"""Somebody at a page: who they are now, what they may ask, how a failure is told.

Must not know: what pages show.
"""

import asyncio
import functools
import inspect
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import quote

from fastapi import Request, Response
from nicegui import app, ui
from starlette.responses import RedirectResponse

from service.accounts import people, rights
from service.accounts.rights import Action, User
from service.api.dependencies import COOKIE
from service.api.problems import KINDS
from service.house import House
from service.refusals import Refusal
from solver.errors import CalendrierBassinError, EngineDefect, InvalidScenario

P = ParamSpec("P")
T = TypeVar("T")
Builder = Callable[..., Coroutine[Any, Any, Any]]
_SLOWEST_SECONDS = 60.0
_NOT_YOURS = (
    "Ce que vous pouvez ouvrir est dans la navigation, en haut. La coordination du bassin peut "
    "vous dire ce qu’il y a ici, ou l’administrateur du service changer votre rôle."
)
_log = logging.getLogger("service.pages")


@dataclass(frozen=True, slots=True)
class Visit:
    """Whoever looks at a page; `user` is asked anew each time, for a session may end meanwhile."""

    house: House
    cookie: str
    csrf: str
    address: str
    """Path and query of the page."""

    @property
    def user(self) -> User:
        """The current user. Raises `Refusal` where the session is over."""
        present = people.by_cookie(self.house.database, self.cookie)
        if present is None:
            raise Refusal("connexion-requise", "La session est terminée : se connecter de nouveau.")
        return present.user

    def may(self, action: Action) -> bool:
        """Whether the role is given the action: what to show, never what to allow."""
        return rights.may(self.user, action)

    async def ask(
        self, act: Callable[Concatenate[House, User, P], T], *args: P.args, **named: P.kwargs
    ) -> T:
        """An act of `service.acts`, done with the current user, out of the way of other pages."""
        user = await aside(lambda: self.user)
        app.state.limiter.take(user.id)
        return await aside(functools.partial(act, self.house, user, *args, **named))


async def aside(work: Callable[[], T]) -> T:
    """Something slow, done in a thread: the other pages go on."""
    return await asyncio.to_thread(work)


def arrive(request: Request) -> Visit | None:
    """Who asks for a page; None for somebody who has not signed in."""
    house: House = app.state.house
    cookie = request.cookies.get(COOKIE, "")
    present = people.by_cookie(house.database, cookie) if cookie else None
    if present is None:
        return None
    address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return Visit(house, cookie, present.csrf or "", address)


def page(path: str) -> Callable[[Builder], Builder]:
    """A page for people who have signed in: `async def name(visit, …)`, the rest as in FastAPI.

    A refusal becomes a page that says what happened and what to do.
    """

    def decorate(build: Builder) -> Builder:
        first, *rest = inspect.signature(build).parameters.values()

        async def shown(request: Request, **values: Any) -> Response | None:
            visit = await asyncio.to_thread(arrive, request)
            if visit is None:
                url = request.url.path + (f"?{request.url.query}" if request.url.query else "")
                return RedirectResponse(f"/connexion?suite={quote(url, safe='')}", 303)
            try:
                answer: Response | None = await build(visit, **values)
            except Exception as error:
                _failed(visit, error)
                return None
            return answer

        shown.__name__ = build.__name__
        shown.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [first.replace(name="request", annotation=Request), *rest]
        )
        ui.page(path, response_timeout=_SLOWEST_SECONDS)(shown)
        return build

    return decorate


def _failed(visit: Visit, error: Exception) -> None:
    from service.pages.frame import failure

    client = ui.context.client
    client.content.clear()
    kind = KINDS.get(error.code) if isinstance(error, Refusal) else None
    client.status_code = kind.status if kind else 500 if _ours(error) else 422
    title = kind.title if kind else "Cette page n’a pas pu être faite"
    with client.content:
        if isinstance(error, Refusal) and error.code == "droit-absent":
            failure(visit, "Cette page n’est pas pour votre rôle", _NOT_YOURS)
        else:
            failure(visit, title, told(error))


def told(error: Exception) -> str:
    """What happened and what to do, as a French sentence; a defect of ours goes to the log."""
    match error:
        case Refusal():
            return error.detail
        case InvalidScenario():
            return "\n".join(str(fault) for fault in error.faults[:20])
        case CalendrierBassinError() if not _ours(error):
            return str(error)
    _log.error("page en défaut", exc_info=error)
    return KINDS["defaut"].example


def _ours(error: Exception) -> bool:
    return isinstance(error, EngineDefect) or not isinstance(error, CalendrierBassinError)


def guarded(handler: Callable[P, Awaitable[T]]) -> Callable[P, Coroutine[Any, Any, T | None]]:
    """A handler whose refusals are told where the reader is; it then gives nothing."""

    @functools.wraps(handler)
    async def guard(*args: P.args, **named: P.kwargs) -> T | None:
        try:
            return await handler(*args, **named)
        except Exception as error:
            ui.notify(told(error), type="negative", multi_line=True, timeout=0, close_button="OK")
            return None

    return guard
