"""How often somebody may ask: a bucket of requests each, refilled over a minute.

Must not know: who they are.
"""

import math
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from time import monotonic

from service.refusals import Refusal

_MOST_REMEMBERED = 10_000


class Limiter:
    """Raises `Refusal` where a key asks more often than so many times a minute."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def take(self, key: str) -> None:
        """One request of this key."""
        with self._lock:
            at = self._clock()
            left, since = self._buckets.pop(key, (float(self._per_minute), at))
            left = min(self._per_minute, left + (at - since) * self._per_minute / 60)
            self._buckets[key] = (left - 1 if left >= 1 else left, at)
            while len(self._buckets) > _MOST_REMEMBERED:
                self._buckets.popitem(last=False)
        if left < 1:
            wait = max(1, math.ceil((1 - left) * 60 / self._per_minute))
            raise Refusal(
                "trop-de-requetes",
                f"Plus de {self._per_minute} requêtes par minute : réessayer dans {wait} s.",
                secondes=wait,
            )
