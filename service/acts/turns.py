"""One heavy thing of a kind at a time, so that the other requests go on being served.

Questions (`house.asking`) wait neither behind files (`house.making`) nor behind what explores a
whole plan (`house.exploring`): a shift table has its turn while a document is made, an import is
read or hosts to look for are found. Must not know: what is asked.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Semaphore

from service.refusals import Refusal

_PATIENCE_SECONDS = 20.0
_RETRY_SECONDS = 10


@contextmanager
def turn(kind: Semaphore) -> Iterator[None]:
    """Raises `Refusal` where too many wait."""
    if not kind.acquire(timeout=_PATIENCE_SECONDS):
        raise Refusal(
            "trop-de-requetes",
            "D’autres demandes sont en cours : réessayer dans un instant.",
            secondes=_RETRY_SECONDS,
        )
    try:
        yield
    finally:
        kind.release()
