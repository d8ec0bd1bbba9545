"""What routes ask for by type: the house, the current user, a right, a page of a list.

Must not know: what routes do.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from fastapi.security import APIKeyCookie, HTTPBearer

from service.accounts import people, rights
from service.accounts.people import Present
from service.accounts.rights import Action, User
from service.api.limits import Limiter
from service.api.problems import answers
from service.house import House
from service.refusals import Refusal

COOKIE = "bassin_session"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_cookie = APIKeyCookie(
    name=COOKIE, auto_error=False, description="Session ouverte par POST /api/v1/session."
)
_bearer = HTTPBearer(auto_error=False, description="Jeton créé par POST /api/v1/tokens.")


def _house(request: Request) -> House:
    house: House = request.app.state.house
    return house


HouseDep = Annotated[House, Depends(_house)]


def _present(
    request: Request,
    house: HouseDep,
    cookie: Annotated[str | None, Depends(_cookie)],
    bearer: Annotated[Any, Depends(_bearer)],
) -> Present:
    if bearer is not None:
        present = people.by_key(house.database, bearer.credentials)
    else:
        present = people.by_cookie(house.database, cookie) if cookie else None
    if present is None:
        limiter: Limiter = request.app.state.sign_in_limiter
        limiter.take("inconnu " + (request.client.host if request.client else ""))
        raise Refusal(
            "connexion-requise",
            "Se connecter (POST /api/v1/session) ou envoyer un jeton (Authorization: Bearer …).",
        )
    if present.csrf is not None and request.method not in _SAFE:
        people.require_csrf(present, request.headers.get("X-CSRF-Token"))
    limiter = request.app.state.limiter
    limiter.take(present.user.id)
    request.state.account = present.user.id
    return present


PresentDep = Annotated[Present, Depends(_present)]


def _user(present: PresentDep) -> User:
    return present.user


CurrentUser = Annotated[User, Depends(_user)]


def _needs(action: Action) -> Callable[..., None]:
    def check(user: CurrentUser) -> None:
        rights.require(user, action)

    return check


_ALWAYS = (
    "connexion-requise", "droit-absent", "portee-absente", "requete-invalide",
    "trop-de-requetes", "defaut", "base-absente",
)  # fmt: skip
_CHANGING = ("csrf-absent", "cle-reutilisee", "en-cours", "trop-gros")


def route(action: Action, *problems: str, changes: bool = False) -> dict[str, Any]:
    """The options of a route that needs a right: checked, and its failures documented."""
    codes: Iterable[str] = (*_ALWAYS, *(_CHANGING if changes else ()), *problems)
    return {
        "dependencies": [Depends(_needs(action))],
        "responses": answers(codes),
        "openapi_extra": {"x-droit": str(action)},
    }


def public(*problems: str) -> dict[str, Any]:
    """The options of a route that needs nobody."""
    codes = ("requete-invalide", "trop-de-requetes", "defaut", "base-absente", *problems)
    return {"responses": answers(codes), "openapi_extra": {"x-droit": ""}}


@dataclass(frozen=True, slots=True)
class Slice:
    """Which part of a list is wanted."""

    cursor: str | None
    limit: int


def _slice(
    cursor: Annotated[
        str | None,
        Query(max_length=40, pattern="^[0-9a-f]+$", description="« suite » de la page précédente."),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="Lignes par page.")] = 50,
) -> Slice:
    return Slice(cursor, limit)


SliceDep = Annotated[Slice, Depends(_slice)]
