"""What clients send and get, in common: strict bodies, lists by page, tags of state.

Must not know: routes.
"""

import hashlib
from typing import Annotated, Generic, TypeVar

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field

from service.refusals import Refusal

Record = TypeVar("Record", bound=BaseModel)
Label = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f]+$")]
Labels = Annotated[tuple[Label, ...], Field(max_length=20)]


class Archive(Response):
    """A zip, to be saved."""

    media_type = "application/zip"


def archive(content: bytes, name: str) -> Archive:
    """A zip under a name."""
    return Archive(content, headers={"Content-Disposition": f'attachment; filename="{name}"'})


class Body(BaseModel):
    """What a client sends: unknown members are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Listing(BaseModel, Generic[Record]):
    """A page of a list, newest first."""

    lignes: list[Record]
    suite: str | None = Field(description="« cursor » de la page suivante ; null à la fin")


def etag(record: BaseModel) -> str:
    """A tag that changes when anything in the record does."""
    said = record.model_dump_json(by_alias=True).encode("utf-8", "surrogatepass")
    return f'"{hashlib.sha256(said).hexdigest()[:32]}"'


def tagged(response: Response, record: Record) -> Record:
    """The record, its tag in the headers."""
    response.headers["ETag"] = etag(record)
    return record


def require_match(request: Request, record: BaseModel) -> None:
    """Raises `Refusal` where the client read another state of the record than the present one."""
    wanted = request.headers.get("If-Match")
    if wanted is None or wanted.strip() == "*":
        return
    if etag(record) not in {tag.strip() for tag in wanted.split(",")}:
        raise Refusal(
            "etat-change",
            "La ressource a changé depuis que vous l’avez lue : la relire, puis recommencer.",
        )
