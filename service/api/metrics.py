"""`/metrics`: what a supervisor reads (Prometheus), counted from the database at each reading.

Figures of the service alone: nothing in them tells of a pupil. Must not know: who reads.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from fastapi import APIRouter, Response
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector
from starlette.requests import Request

from service.api.dependencies import HouseDep
from service.house import House
from service.store import runs
from service.tables import RunRow, RunStatus, now

if TYPE_CHECKING:
    from service.jobs.dispatcher import Dispatcher

router = APIRouter(tags=["service"])
_STATUSES: tuple[RunStatus, ...] = (
    "submitted", "started", "active", "completed", "stopped", "failed",
)  # fmt: skip
_PLAIN = "text/plain; version=0.0.4; charset=utf-8"


class _Figures(Collector):
    """What is on record, at the moment of reading."""

    def __init__(self, house: House, dispatcher: "Dispatcher | None") -> None:
        self._house, self._dispatcher = house, dispatcher

    def collect(self) -> Iterable[Metric]:
        with self._house.database.reading() as session:
            counts, rows = runs.by_status(session), runs.unfinished(session)
        by_status = GaugeMetricFamily("bassin_runs", "Calculs au registre.", labels=["status"])
        for status in _STATUSES:
            by_status.add_metric([status], counts.get(status, 0))
        yield by_status
        waiting = [row for row in rows if row.heartbeat_at is None]
        yield GaugeMetricFamily(
            "bassin_run_longest_wait_seconds",
            "Attente du plus ancien calcul que personne n’a pris.",
            max((_age(row) for row in waiting), default=0.0),
        )
        yield GaugeMetricFamily(
            "bassin_run_attempts_max",
            "Prises en charge du calcul inachevé qui en a connu le plus.",
            max((row.attempt for row in rows), default=0),
        )
        if self._dispatcher is not None:
            yield GaugeMetricFamily(
                "bassin_workers", "Ouvriers de la grappe.", self._dispatcher.workers()
            )


def _age(row: RunRow) -> float:
    return (now() - row.submitted_at).total_seconds()


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
def metrics(request: Request, house: HouseDep) -> Response:
    """Les mesures du service, au format de Prometheus."""
    registry = CollectorRegistry()
    registry.register(_Figures(house, request.app.state.dispatcher))
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    return Response(generate_latest(registry), media_type=_PLAIN)
