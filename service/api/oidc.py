"""`/session/oidc`: to the identity provider and back. Must not know: what it says of people."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from itsdangerous import BadData, URLSafeTimedSerializer

from service.accounts import oidc
from service.accounts.secret import secret_of
from service.api.dependencies import HouseDep, public
from service.api.sessions import first_page, set_cookie
from service.house import House
from service.refusals import Refusal

router = APIRouter(tags=["session"])
_COOKIE = "bassin_oidc"
_SECONDS = 600
_PATH = "/api/v1/session/oidc"
Code = Annotated[str, Query(min_length=1, max_length=4000)]


def _provider(house: House, request: Request) -> oidc.Provider:
    if not house.settings.oidc_issuer:
        raise Refusal("introuvable", "Aucun fournisseur d’identité n’est réglé.")
    home = house.settings.public_url.rstrip("/") or str(request.base_url).rstrip("/")
    return oidc.Provider(house.settings, f"{home}{_PATH}/callback")


def _signer(house: House) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret_of(house.settings), salt=_COOKIE)


@router.get(
    "/session/oidc",
    status_code=303,
    response_class=RedirectResponse,
    **public("introuvable", "fournisseur-absent"),
)
def leave(request: Request, house: HouseDep) -> Response:
    """Envoie chez le fournisseur d’identité."""
    request.app.state.sign_in_limiter.take(request.client.host if request.client else "")
    departure = _provider(house, request).departure()
    answer = RedirectResponse(departure.url, 303)
    carried = [departure.state, departure.nonce, departure.verifier]
    answer.set_cookie(
        _COOKIE,
        _signer(house).dumps(carried),
        max_age=_SECONDS,
        path=_PATH,
        httponly=True,
        samesite="lax",
        secure=house.settings.secure,
    )
    return answer


@router.get(
    "/session/oidc/callback",
    status_code=303,
    response_class=RedirectResponse,
    **public("introuvable", "fournisseur-absent", "compte-inconnu", "identifiants-refuses"),
)
def come_back(request: Request, house: HouseDep, code: Code, state: Code) -> Response:
    """Revient du fournisseur d’identité : ouvre la session."""
    provider = _provider(house, request)
    try:
        carried = _signer(house).loads(request.cookies.get(_COOKIE, ""), max_age=_SECONDS)
    except BadData:
        carried = None
    if carried is None or carried[0] != state:
        raise Refusal("identifiants-refuses", "Cette connexion a expiré : recommencer.")
    claims = provider.claims(code, carried[1], carried[2])
    signed = oidc.sign_in(house.database, house.settings, claims)
    answer = RedirectResponse(first_page(signed.user), 303)
    set_cookie(answer, signed, house.settings)
    answer.delete_cookie(_COOKIE, path=_PATH)
    return answer
