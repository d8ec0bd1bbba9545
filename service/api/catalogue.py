"""`/problems`: what each `type` of an error leads to. Must not know: who made it."""

from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from service.api.dependencies import public
from service.api.problems import KINDS, Kind, body
from service.refusals import Refusal

router = APIRouter(prefix="/problems", tags=["erreurs"])


class Described(BaseModel):
    """One way a request can fail."""

    code: str = Field(description="Identifiant stable")
    status: int
    title: str
    example: dict[str, Any] = Field(description="Une réponse de ce genre")


def _described(code: str, kind: Kind) -> Described:
    example = body(code, kind.example, kind.extra)
    return Described(code=code, status=kind.status, title=kind.title, example=example)


@router.get("", **public())
def listed() -> list[Described]:
    """Tout ce qui peut être refusé, avec un exemple."""
    return [_described(code, kind) for code, kind in KINDS.items()]


@router.get("/{code}", **public("introuvable"))
def one(code: Annotated[str, Path(max_length=60)]) -> Described:
    """Ce que veut dire une erreur."""
    if code not in KINDS:
        raise Refusal("introuvable", "Aucune erreur ne porte ce code.")
    return _described(code, KINDS[code])
