"""Forms sent plainly by people who have signed in: a file deposited, the demonstration asked for.

Every form repeats the `csrf` of its session. Must not know: how tables are read.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from starlette.responses import RedirectResponse, Response

from service.accounts import people
from service.acts import demo, scenarios
from service.exports.annotated import annotated
from service.exports.blank import blank
from service.pages.visit import Visit, arrive, aside, told
from service.refusals import Refusal
from service.shelf import Shelf
from service.uploads import kind_of
from solver.errors import CalendrierBassinError, Fault, InvalidScenario

router = APIRouter(include_in_schema=False)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_KEPT = 12


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file that was not taken, kept a while for whoever sent it."""

    account: str
    name: str
    content: bytes
    faults: Sequence[Fault]
    sentence: str


_rejected: Shelf[Rejected] = Shelf(_KEPT)


def rejected(visit: Visit, key: str) -> Rejected | None:
    """What was refused to this person; None where it is no longer kept."""
    try:
        found = _rejected.get(key, _nothing)
    except KeyError:
        return None
    return found if found.account == visit.user.id else None


def _nothing() -> Rejected:
    raise KeyError


async def who_posts(request: Request, csrf: str) -> Visit:
    """Whoever sends a form of ours. Raises `Refusal` where it is not."""
    visit = await aside(lambda: arrive(request))
    if visit is None:
        raise Refusal("connexion-requise", "La session est terminée : se connecter de nouveau.")
    present = people.by_cookie(visit.house.database, visit.cookie)
    assert present is not None
    people.require_csrf(present, csrf)
    return visit


@router.post("/deposer")
async def deposit(
    request: Request,
    fichier: Annotated[UploadFile, File()],
    csrf: Annotated[str, Form(max_length=100)] = "",
) -> RedirectResponse:
    """Take a scenario, or go back to its faults."""
    visit = await who_posts(request, csrf)
    content = await fichier.read()
    faults: Sequence[Fault] = ()
    try:
        row = await visit.ask(scenarios.submit, content)
        return RedirectResponse(f"/scenarios/{row.id}", 303)
    except InvalidScenario as refused:
        faults, sentence = refused.faults, ""
    except (Refusal, CalendrierBassinError) as refused:
        sentence = told(refused)
    key = secrets.token_hex(8)
    name = (fichier.filename or "fichier")[:100]
    _rejected.put(key, Rejected(visit.user.id, name, content, faults, sentence))
    return RedirectResponse(f"/deposer?refus={key}", 303)


@router.get("/deposer/{key}/annote.xlsx")
async def give_back(request: Request, key: str) -> Response:
    """The refused file with each fault at its cell."""
    visit = await aside(lambda: arrive(request))
    found = None if visit is None else rejected(visit, key)
    if found is None:
        return RedirectResponse("/deposer", 303)
    book = await aside(lambda: annotated(found.content, kind_of(found.content), found.faults))
    stem = "".join(c for c in found.name.rsplit(".", 1)[0] if c.isascii() and c.isalnum())
    return download(book, f"{stem or 'scenario'}-annote.xlsx")


@router.get("/tables/vides.xlsx")
async def blank_tables() -> Response:
    """The blank tables: nothing in them is anybody's."""
    return download(await aside(blank), "bassin-tables-vides.xlsx")


@router.post("/essai")
async def bring_demo(
    request: Request, csrf: Annotated[str, Form(max_length=100)] = ""
) -> RedirectResponse:
    """Put the demonstration into one's own bassin."""
    visit = await who_posts(request, csrf)
    await visit.ask(demo.bring)
    return RedirectResponse("/essai", 303)


def download(content: bytes, name: str, kind: str = XLSX) -> Response:
    """A file to keep; never kept on the way."""
    return Response(
        content,
        media_type=kind,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )
