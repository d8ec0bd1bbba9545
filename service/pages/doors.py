"""Coming in and going out: forms sent plainly, answered by a redirection and the session's cookie.

Must not know: how sessions are kept.
"""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from nicegui import app as pages
from starlette.responses import RedirectResponse

from service.accounts import invitations, people, sign_in
from service.api.dependencies import COOKIE
from service.api.sessions import first_page, set_cookie
from service.house import House
from service.refusals import Refusal

router = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=1000)]


def inside(address: str) -> str:
    """An address of this service, whatever was asked: nobody is sent elsewhere."""
    plain = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if plain and address.isprintable() else "/"


@router.post("/connexion")
def enter(
    request: Request, login: Text = "", password: Text = "", suite: Text = "/"
) -> RedirectResponse:
    """Open a session and go where one wanted to go, or where one's role begins."""
    house: House = pages.state.house
    try:
        request.app.state.sign_in_limiter.take(request.client.host if request.client else "")
        signed = sign_in.sign_in(house.database, house.settings, login, password)
    except Refusal as refusal:
        return _back(f"/connexion?suite={quote(inside(suite), safe='')}", refusal)
    wanted = inside(suite)
    answer = RedirectResponse(first_page(signed.user) if wanted == "/" else wanted, 303)
    set_cookie(answer, signed, house.settings)
    return answer


@router.post("/deconnexion")
def leave(request: Request, csrf: Text = "") -> RedirectResponse:
    """Close the session of whoever asks from a page of ours."""
    house: House = pages.state.house
    cookie = request.cookies.get(COOKIE, "")
    present = people.by_cookie(house.database, cookie)
    if present is not None:
        people.require_csrf(present, csrf)
        sign_in.sign_out(house.database, cookie)
    answer = RedirectResponse("/connexion", 303)
    answer.delete_cookie(COOKIE)
    return answer


@router.post("/invitation/{code}")
def accept(request: Request, code: str, password: Text = "", again: Text = "") -> RedirectResponse:
    """Choose the password of the account one was invited to."""
    house: House = pages.state.house
    page = f"/invitation/{quote(code[:100], safe='')}"
    if password != again:
        return RedirectResponse(f"{page}?refus=differents", 303)
    try:
        request.app.state.sign_in_limiter.take(request.client.host if request.client else "")
        login = invitations.accept(house.database, code[:100], password)
    except Refusal as refusal:
        return _back(page, refusal)
    return RedirectResponse(f"/connexion?login={quote(login)}&nouveau=1", 303)


def _back(page: str, refusal: Refusal) -> RedirectResponse:
    return RedirectResponse(f"{page}{'&' if '?' in page else '?'}refus={refusal.code}", 303)
