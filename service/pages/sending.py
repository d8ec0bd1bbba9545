"""The form of `/importer`, sent plainly: a preview kept a while for whoever sent the file.

Files are held in memory and gone with the request; what waits for an answer is what was made of
them. Must not know: how files are read, what the page shows.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from service.acts import imports, scenarios
from service.acts.imports import Brought
from service.api.files import form_of
from service.api.imports import FILES, Options
from service.exports.verdicts import verdicts
from service.pages.forms import download, who_posts
from service.pages.navigation import address
from service.pages.sources import SOURCES
from service.pages.visit import Visit, arrive, aside, told
from service.refusals import Refusal
from service.shelf import Shelf
from solver.errors import CalendrierBassinError, InvalidScenario

router = APIRouter(include_in_schema=False)
_KEPT = 4
_FIELDS = (
    "csrf", "source", "scenario", "bassin", "academy", "year", "title", "school", "radius_km",
    "periods", "largest", "publics", "slots", "fewest", "mode", "seed", "tension",
)  # fmt: skip


_UNUSABLE = "Ce fichier ne peut pas servir ; rien n’en est gardé."


@dataclass(frozen=True, slots=True)
class Shown:
    """What a file gave, or why it was refused, for the account that sent it."""

    account: str
    name: str
    scenario: str
    source: str
    brought: Brought | None
    sentence: str = ""
    faults: Sequence[Mapping[str, Any]] = ()


_shown: Shelf[Shown] = Shelf(_KEPT)


def shown(visit: Visit, key: str) -> Shown | None:
    """The preview of this person; None where it is no longer kept."""
    try:
        found = _shown.get(key, _nothing)
    except KeyError:
        return None
    return found if found.account == visit.user.id else None


def _nothing() -> Shown:
    raise KeyError


@router.post("/importer")
async def send(request: Request) -> RedirectResponse:
    """Look at a file, and go back to what it gives."""
    if await aside(lambda: arrive(request)) is None:
        raise Refusal("connexion-requise", "La session est terminée : se connecter de nouveau.")
    texts, files = await form_of(request, FILES, _FIELDS)
    visit = await who_posts(request, texts.get("csrf", ""))
    source = texts.get("source", "")
    into = texts.get("scenario", "") or "nouveau"
    if source not in SOURCES:
        return RedirectResponse(address("/importer", scenario=into), 303)
    sent = {name: held for name, held in files.items() if held.content}
    name = sent["file"].name if "file" in sent else SOURCES[source].title
    faults: Sequence[Mapping[str, Any]] = ()
    brought, sentence = None, ""
    try:
        asked = _asked(texts, source, sent)
        brought = await visit.ask(imports.preview, asked)
    except ValidationError as wrong:
        sentence = _sentence(wrong)
    except InvalidScenario as refused:
        sentence = "Ce que donne ce fichier ne tient pas avec le scénario. Rien n’est gardé."
        faults = [scenarios.fault(f) for f in refused.faults]
    except Refusal as refused:
        faults = refused.extra.get("fautes", ())
        sentence = _UNUSABLE if faults else told(refused)
    except CalendrierBassinError as refused:
        sentence = told(refused)
    key = secrets.token_hex(8)
    _shown.put(key, Shown(visit.user.id, name, into, source, brought, sentence, faults))
    return RedirectResponse(address("/importer", apercu=key), 303)


def _asked(texts: Mapping[str, str], source: str, files: Mapping[str, Any]) -> imports.Asked:
    """The import of a form. Raises `ValidationError`, `Refusal`."""
    said = {k: v.strip() for k, v in texts.items() if k not in ("csrf", "source") and v.strip()}
    options = Options.model_validate(said | {"periods": "periods" in said})
    return imports.Asked(source=source, into=options.into(), files=files, options=options.options())


_LABELS = {
    "year": "l’année scolaire s’écrit 2026-2027", "school": "un UAI a sept chiffres et une lettre",
    "radius_km": "le rayon est un nombre de kilomètres", "largest": "un nombre de 1 à 100",
    "slots": "un nombre de places", "fewest": "un nombre de salariés", "seed": "un nombre entier",
}  # fmt: skip


def _sentence(wrong: ValidationError) -> str:
    """What to write, for each field that was not understood."""
    fields = [str(error["loc"][0]) for error in wrong.errors()]
    said = [_LABELS.get(field, f"« {field} » n’est pas compris") for field in fields]
    return f"À corriger : {' ; '.join(said)}."


@router.post("/importer/{key}")
async def accept(
    request: Request, key: str, csrf: Annotated[str, Form(max_length=100)] = ""
) -> RedirectResponse:
    """Keep what was shown."""
    visit = await who_posts(request, csrf)
    found = shown(visit, key)
    if found is None or found.brought is None:
        return RedirectResponse(address("/importer", apercu=key), 303)
    try:
        row = await visit.ask(imports.keep, found.brought)
    except Refusal as refused:
        _shown.put(
            key, Shown(found.account, found.name, found.scenario, found.source, None,
                       told(refused)),
        )  # fmt: skip
        return RedirectResponse(address("/importer", apercu=key), 303)
    return RedirectResponse(f"/scenarios/{row.id}", 303)


@router.get("/importer/{key}/rapport.csv")
async def report(request: Request, key: str) -> Response:
    """Each row of the file and what became of it."""
    visit = await aside(lambda: arrive(request))
    found = None if visit is None else shown(visit, key)
    if found is None or found.brought is None:
        return RedirectResponse("/importer", 303)
    return download(verdicts(found.brought.made), "rapport-import.csv", "text/csv")
