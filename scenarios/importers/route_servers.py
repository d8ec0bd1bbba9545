"""Journey times asked of a routing server: OSRM, Valhalla or OpenTripPlanner.

Answers are kept on disk (a question is asked once), failures are asked again later and later.
Must not know: scenarios, pupils, hosts.
"""

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from scenarios.folders import replace_file
from solver.domain import Mode, Place
from solver.errors import CalendrierBassinError

if TYPE_CHECKING:
    import httpx

Engine = Literal["osrm", "valhalla", "otp"]
Minutes = tuple[tuple[int | None, ...], ...]
"""Whole minutes, rounded up, by origin then destination; None where there is no way."""

BLOCK = 50
"""Origins, and destinations, asked at once: public servers refuse more than 100 points."""
_TRIES, _FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 6, 0.5, 30.0
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_PROFILES: dict[Engine, dict[Mode, str]] = {
    "osrm": {"voiture": "driving", "velo": "bike", "pied": "foot"},
    "valhalla": {"voiture": "auto", "velo": "bicycle", "pied": "pedestrian",
                 "deux_roues": "motor_scooter"},
    "otp": {"tc": "TRANSIT,WALK", "pied": "WALK", "velo": "BICYCLE", "voiture": "CAR"},
}  # fmt: skip
_PLAN = (
    "{plan(from:{lat:%f,lon:%f},to:{lat:%f,lon:%f},date:\"%s\",time:\"%s\",numItineraries:3,"
    "transportModes:[%s]){itineraries{duration}}}"
)  # fmt: skip


class ServerUnavailable(CalendrierBassinError):
    """The routing server does not answer, or answers something else than journey times."""


@dataclass(slots=True)
class RouteServer:
    """A routing server; `minutes` asks it, block by block."""

    url: str
    engine: Engine
    cache: Path | None = None
    date: str = ""
    """Day of the journeys by public transport, `2027-01-12` (OpenTripPlanner only)."""
    leave_at: str = "07:30"
    sleep: Callable[[float], object] = time.sleep
    asked: int = 0
    """Questions that went out (those answered from the cache do not)."""
    _client: "httpx.Client | None" = field(default=None, repr=False)

    def profile(self, mode: Mode) -> str:
        """How the server calls a mode. Raises `ServerUnavailable` where it knows none."""
        profiles = _PROFILES[self.engine]
        if mode not in profiles:
            known = ", ".join(profiles)
            raise ServerUnavailable(
                f"{self.engine} ne calcule pas le mode « {mode} » ; il calcule : {known}."
            )
        return profiles[mode]

    def minutes(self, origins: Sequence[Place], targets: Sequence[Place], mode: Mode) -> Minutes:
        """All journeys from each origin to each target. Raises `ServerUnavailable`."""
        profile = self.profile(mode)
        rows: list[tuple[int | None, ...]] = []
        for from_ in _blocks(origins):
            parts = [self._block(from_, to, profile) for to in _blocks(targets)]
            rows += [tuple(m for part in parts for m in part[i]) for i in range(len(from_))]
        return tuple(rows)

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def _block(self, origins: Sequence[Place], targets: Sequence[Place], profile: str) -> Minutes:
        if self.engine == "otp":
            return tuple(tuple(self._itinerary(o, t, profile) for t in targets) for o in origins)
        seconds = (self._osrm if self.engine == "osrm" else self._valhalla)(
            origins, targets, profile
        )
        if len(seconds) != len(origins) or any(len(row) != len(targets) for row in seconds):
            raise ServerUnavailable("Le serveur n’a pas répondu pour tous les lieux demandés.")
        return tuple(tuple(_minutes(s) for s in row) for row in seconds)

    def _osrm(self, origins: Sequence[Place], targets: Sequence[Place], profile: str) -> list[Any]:
        points = ";".join(f"{p.longitude:.5f},{p.latitude:.5f}" for p in (*origins, *targets))
        sources = ";".join(str(i) for i in range(len(origins)))
        ends = ";".join(str(len(origins) + i) for i in range(len(targets)))
        query = f"sources={sources}&destinations={ends}&annotations=duration"
        answer = self._ask("GET", f"/table/v1/{profile}/{points}?{query}")
        return list(_part(answer, "durations"))

    def _valhalla(
        self, origins: Sequence[Place], targets: Sequence[Place], profile: str
    ) -> list[Any]:
        question = {
            "sources": [{"lat": p.latitude, "lon": p.longitude} for p in origins],
            "targets": [{"lat": p.latitude, "lon": p.longitude} for p in targets],
            "costing": profile,
        }
        answer = self._ask("POST", "/sources_to_targets", question)
        rows = _part(answer, "sources_to_targets")
        return [[_part(cell, "time", None) for cell in row] for row in rows]

    def _itinerary(self, origin: Place, target: Place, profile: str) -> int | None:
        if origin.id == target.id:
            return 0
        modes = ",".join(f"{{mode:{m}}}" for m in profile.split(","))
        query = _PLAN % (origin.latitude, origin.longitude, target.latitude, target.longitude,
                         self.date, self.leave_at, modes)  # fmt: skip
        path = "" if self.url.endswith("graphql") else "/otp/gtfs/v1"
        answer = self._ask("POST", path, {"query": query})
        plan = _part(_part(answer, "data"), "plan")
        found = [_part(i, "duration") for i in _part(plan, "itineraries")]
        return _minutes(min(found)) if found else None

    # --- one question ----------------------------------------------------------------------------

    def _ask(self, method: str, path: str, question: object = None) -> Any:
        """The answer, from the cache or from the server, which is given time to come back."""
        url = self.url.rstrip("/") + path
        text = json.dumps([method, url, question], sort_keys=True)
        kept = self.cache and self.cache / f"{hashlib.sha256(text.encode()).hexdigest()}.json"
        if kept and kept.is_file():
            try:
                return json.loads(kept.read_text(encoding="utf-8"))
            except ValueError:
                pass  # a damaged answer is asked again
        answer = self._asked(method, url, question)
        if kept:
            replace_file(kept, json.dumps(answer).encode())
        return answer

    def _asked(self, method: str, url: str, question: object) -> Any:
        try:
            import httpx
        except ImportError:
            raise ServerUnavailable(
                "Il manque le paquet httpx : l’installer avec « pip install calendrier-bassin"
                "[service] », ou donner les trajets dans un CSV."
            ) from None
        if self._client is None:
            self._client = httpx.Client(timeout=30.0)
        wait, last = _FIRST_WAIT_SECONDS, ""
        for attempt in range(_TRIES):
            if attempt:
                self.sleep(wait)
                wait = min(2 * wait, _LONGEST_WAIT_SECONDS)
            try:
                self.asked += 1
                answer = self._client.request(method, url, json=question)
            except httpx.InvalidURL:
                raise ServerUnavailable(f"Adresse de serveur illisible : {self.url}") from None
            except httpx.HTTPError as reason:
                last = type(reason).__name__
                continue
            if answer.status_code in _AGAIN:
                last = f"code {answer.status_code}"
                said = answer.headers.get("Retry-After", "")
                wait = min(float(said), _LONGEST_WAIT_SECONDS) if said.isdigit() else wait
                continue
            if answer.status_code != 200:
                raise ServerUnavailable(
                    f"Le serveur {self.url} refuse la question (code {answer.status_code}) : "
                    f"vérifier l’adresse et le moteur ({self.engine})."
                )
            try:
                return answer.json()
            except ValueError:
                raise ServerUnavailable(
                    f"Le serveur {self.url} répond autre chose que du JSON."
                ) from None
        raise ServerUnavailable(
            f"Le serveur {self.url} ne répond pas après {_TRIES} essais ({last}) : réessayer plus "
            "tard. Ce qui a été répondu est gardé, la suite reprendra là."
        )


def _part(answer: Any, key: str, *default: Any) -> Any:
    """What stands under a key of an answer. Raises `ServerUnavailable` where it is another one."""
    if isinstance(answer, dict) and key in answer and (answer[key] is not None or default):
        return answer[key]
    if default and isinstance(answer, dict):
        return default[0]
    raise ServerUnavailable(f"La réponse du serveur n’est pas celle attendue (« {key} » absent).")


def _minutes(seconds: Any) -> int | None:
    if isinstance(seconds, int | float) and seconds >= 0:
        return int(-(-seconds // 60))
    return None


def _blocks(places: Sequence[Place]) -> list[Sequence[Place]]:
    return [places[i : i + BLOCK] for i in range(0, len(places), BLOCK)]
