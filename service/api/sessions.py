"""`/session` and `/invitations`: signing in, who am I, signing out. Must not know: passwords."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, Field, SecretStr

from service.accounts import invitations, sign_in
from service.accounts.rights import Action, User
from service.accounts.sign_in import SignedIn
from service.api.bodies import Body
from service.api.dependencies import COOKIE, HouseDep, PresentDep, public, route
from service.settings import Settings

router = APIRouter(tags=["session"])


class Credentials(Body):
    login: Annotated[str, Field(min_length=1, max_length=200, description="Identifiant")]
    password: Annotated[SecretStr, Field(max_length=1000, description="Mot de passe")]


class NewPassword(Body):
    password: Annotated[SecretStr, Field(max_length=1000, description="Mot de passe choisi")]


class Login(BaseModel):
    login: str = Field(description="Identifiant du compte")


class Identity(BaseModel):
    """Who is signed in."""

    id: str
    login: str
    name: str = Field(description="Nom affiché")
    role: str = Field(description="coordonnateur, ddf, rectorat ou admin")
    academy: str
    bassins: tuple[str, ...]
    establishments: tuple[str, ...] = Field(description="UAI")
    csrf: str | None = Field(description="À répéter dans X-CSRF-Token ; null avec un jeton")
    expires_at: datetime | None = Field(default=None, description="Fin de la session")


def identity(user: User, csrf: str | None, expires_at: datetime | None = None) -> Identity:
    return Identity(
        id=user.id,
        login=user.login,
        name=user.name,
        role=user.role,
        academy=user.academy,
        bassins=user.bassins,
        establishments=user.establishments,
        csrf=csrf,
        expires_at=expires_at,
    )


def set_cookie(response: Response, signed: SignedIn, settings: Settings) -> None:
    """The cookie of a session: never read by scripts, never sent from another site's form."""
    response.set_cookie(
        COOKIE,
        signed.key,
        max_age=settings.session_hours * 3600,
        httponly=True,
        samesite="lax",
        secure=settings.secure,
    )


def first_page(user: User) -> str:
    """Where somebody who asked for no page begins: a DDF at their own periods."""
    return "/departs" if user.role == "ddf" else "/"


@router.post("/session", status_code=201, **public("identifiants-refuses", "trop-gros"))
def open_session(
    credentials: Credentials, request: Request, response: Response, house: HouseDep
) -> Identity:
    """Ouvre une session : un cookie, et le « csrf » que les modifications répètent."""
    address = request.client.host if request.client else ""
    request.app.state.sign_in_limiter.take(address)
    signed = sign_in.sign_in(
        house.database,
        house.settings,
        credentials.login,
        credentials.password.get_secret_value(),
    )
    set_cookie(response, signed, house.settings)
    return identity(signed.user, signed.csrf, signed.expires_at)


@router.get("/session", **route(Action.OWN_ACCOUNT))
def who_am_i(present: PresentDep) -> Identity:
    """Dit qui est connecté."""
    return identity(present.user, present.csrf)


@router.delete("/session", status_code=204, **route(Action.OWN_ACCOUNT, changes=True))
def close_session(request: Request, response: Response, house: HouseDep) -> None:
    """Ferme la session."""
    sign_in.sign_out(house.database, request.cookies.get(COOKIE, ""))
    response.delete_cookie(COOKIE)


@router.post(
    "/invitations/{code}", **public("invitation-perimee", "mot-de-passe-faible", "trop-gros")
)
def accept_invitation(
    code: Annotated[str, Path(max_length=100)],
    chosen: NewPassword,
    request: Request,
    house: HouseDep,
) -> Login:
    """Choisit le mot de passe d’un compte, par le lien reçu."""
    request.app.state.sign_in_limiter.take(request.client.host if request.client else "")
    return Login(login=invitations.accept(house.database, code, chosen.password.get_secret_value()))
