"""One heavy thing at a time, so that the other requests go on being served.

Must not know: what is asked.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from service.house import House
from service.refusals import Refusal

_PATIENCE_SECONDS = 20.0
_RETRY_SECONDS = 10


@contextmanager
def turn(house: House) -> Iterator[None]:
    """Raises `Refusal` where too many wait."""
    if not house.asking.acquire(timeout=_PATIENCE_SECONDS):
        raise Refusal(
            "trop-de-requetes",
            "D’autres questions sont en cours : réessayer dans un instant.",
            secondes=_RETRY_SECONDS,
        )
    try:
        yield
    finally:
        house.asking.release()
