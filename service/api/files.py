"""Files that come in a form, held in memory: none is ever put on a disk, not even for a moment.

Must not know: what the files are.
"""

from collections.abc import AsyncGenerator, Collection

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from scenarios.importers.handed import Held
from service.refusals import Refusal

_LONGEST_NAME = 100


class _InMemory(MultiPartParser):
    """The whole request is bounded already (`middleware`): no file of it needs a disk."""

    spool_max_size = 1 << 40


async def files_of(request: Request, names: Collection[str]) -> dict[str, Held]:
    """The files of the form under these names; empty ones are left out.

    Raises `Refusal` for another kind of body, or a file under another name.
    """
    _, files = await form_of(request, names, ())
    return files


async def form_of(
    request: Request, names: Collection[str], fields: Collection[str]
) -> tuple[dict[str, str], dict[str, Held]]:
    """The texts of a form under `fields`, its files under `names`."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Refusal("format-inconnu", "Envoyer les fichiers dans un formulaire (multipart).")
    stream: AsyncGenerator[bytes, None] = request.stream()
    parser = _InMemory(
        request.headers, stream, max_files=len(names) + 1, max_fields=len(fields) + 1
    )
    try:
        form = await parser.parse()
    except MultiPartException:
        raise Refusal(
            "requete-invalide", "Le formulaire est illisible : l’envoyer de nouveau."
        ) from None
    texts: dict[str, str] = {}
    files: dict[str, Held] = {}
    try:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile) and name in names and name not in files:
                content = await value.read()
                if content or value.filename:
                    files[name] = Held(_plain(value.filename or ""), content)
            elif isinstance(value, str) and name in fields:
                texts[name] = value
            else:
                raise Refusal(
                    "requete-invalide", f"« {name[:40]} » n’est pas attendu dans ce formulaire."
                )
    finally:
        await form.close()
    return texts, files


def _plain(name: str) -> str:
    """The name without its folders; its end says which kind of file it is."""
    return name.replace("\\", "/").rsplit("/", 1)[-1][-_LONGEST_NAME:] or "fichier"
