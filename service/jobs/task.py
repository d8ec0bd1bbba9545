"""A search that can be sent to a worker without any database: what a batch is made of.

Must not know: clusters, databases, accounts.
"""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from scenarios import digest, write
from service.jobs.orders import Order, StopRules
from solver.domain import Scenario


@dataclass(frozen=True, slots=True)
class Task:
    """A scenario in bytes and what is asked of the engine; `key` tells tasks apart."""

    key: str
    order: Order
    scenario: bytes
    start: bytes | None = None

    @classmethod
    def of(
        cls,
        key: str,
        scenario: Scenario,
        *,
        stop: StopRules,
        seed: int = 0,
        cores: int = 2,
        megabytes: int = 4096,
        start: bytes | None = None,
    ) -> "Task":
        """The task of a scenario at hand."""
        order = Order(
            kind="zip",
            digest=digest(scenario),
            stop=stop,
            seed=seed,
            cores=cores,
            megabytes=megabytes,
        )
        return cls(key, order, packed(scenario), start)


def packed(scenario: Scenario) -> bytes:
    """The canonical zip of a scenario."""
    with TemporaryDirectory(prefix="bassin-") as folder:
        path = Path(folder) / "scenario.zip"
        write(scenario, path)
        return path.read_bytes()
