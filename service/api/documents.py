"""`/plans/{plan}/documents`, `/agendas`: what people take away. Must not know: how it is made."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field

from scenarios.writing import zipped
from service.accounts.rights import Action
from service.acts import documents as acts
from service.acts.documents import Audience
from service.api.dependencies import CurrentUser, HouseDep, route
from service.exports.delivery import Files, Format

router = APIRouter(prefix="/plans", tags=["documents"])
Id = Annotated[str, Path(max_length=64, description="Identifiant")]
Key = Annotated[str, Path(max_length=200, description="Division, UAI ou structure")]
Masked = Literal["pdf", "rapport", "geojson", "csv"]
Exact = Literal["xlsx", "ics", "lettres", "conventions"]
_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ics": "text/calendar; charset=utf-8",
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "geojson": "application/geo+json",
    "zip": "application/zip",
}
_FILES = {
    "description": "Le fichier, ou un zip s’il y en a plusieurs",
    "content": {
        kind.partition(";")[0]: {
            "schema": {"type": "object"}
            if "json" in kind
            else {"type": "string", "format": "binary"}
        }
        for kind in _TYPES.values()
    },
}


class Document(BaseModel):
    """A document that you may have."""

    format: Format
    meaning: str = Field(description="Ce qu’il contient")
    masked: bool = Field(description="Effectifs de 1 à 4 masqués : il peut être diffusé")
    address: str


class AgendaRecord(BaseModel):
    """An agenda that you may have."""

    audience: Audience
    id: str
    name: str


def address(plan_id: str, format_: Format, masked: bool) -> str:
    """Where a document is."""
    return f"/api/v1/plans/{plan_id}/documents/{'masked' if masked else 'exact'}/{format_}"


def _sent(files: Files, name: str) -> Response:
    """One file as it is, several as a zip."""
    if len(files) == 1:
        ((path, content),) = files.items()
        name = path.rsplit("/", 1)[-1]
    else:
        content, name = zipped(files), f"{name}.zip"
    return _file(content, name)


def _file(content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=_TYPES[name.rsplit(".", 1)[-1]], headers=headers)


@router.get("/{plan}/documents", **route(Action.READ_PLAN, "introuvable"))
def listed(plan: Id, user: CurrentUser, house: HouseDep) -> list[Document]:
    """Les documents d’un plan que votre rôle peut recevoir."""
    return [
        Document(
            format=d.format, meaning=d.meaning, masked=d.masked,
            address=address(plan, d.format, d.masked),
        )
        for d in acts.offered(house, user, plan)
    ]  # fmt: skip


_MASKED = route(Action.READ_PLAN, "introuvable")
_MASKED["responses"][200] = _FILES
_EXACT = route(Action.READ_PUPILS, "introuvable")
_EXACT["responses"][200] = _FILES
_AGENDA = route(Action.READ_PUPILS, "introuvable")
_AGENDA["responses"][200] = {"content": {"text/calendar": {"schema": {"type": "string"}}}}


@router.get("/{plan}/documents/masked/{document}", response_class=Response, **_MASKED)
def masked(plan: Id, document: Masked, user: CurrentUser, house: HouseDep) -> Response:
    """Un document à diffuser : tout le bassin, effectifs de 1 à 4 masqués."""
    return _sent(acts.document(house, user, plan, document), document)


@router.get("/{plan}/documents/exact/{document}", response_class=Response, **_EXACT)
def exact(plan: Id, document: Exact, user: CurrentUser, house: HouseDep) -> Response:
    """Un document à garder : le bassin pour son coordonnateur, sa part pour un établissement."""
    return _sent(acts.document(house, user, plan, document), document)


@router.get("/{plan}/agendas", **route(Action.READ_PUPILS, "introuvable"))
def agendas(plan: Id, user: CurrentUser, house: HouseDep) -> list[AgendaRecord]:
    """Les agendas d’un plan : par division, par établissement, par structure."""
    return [
        AgendaRecord(audience=a.audience, id=a.id, name=a.name)
        for a in acts.named_agendas(house, user, plan)
    ]


@router.get("/{plan}/agendas/{audience}/{key}", response_class=Response, **_AGENDA)
def agenda(plan: Id, audience: Audience, key: Key, user: CurrentUser, house: HouseDep) -> Response:
    """Un agenda (iCalendar) ; les rendez-vous gardent leur UID d’un plan publié au suivant."""
    return _file(acts.agenda(house, user, plan, audience, key), "agenda.ics")
