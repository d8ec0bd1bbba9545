"""A search that can be sent to a worker without any database: what a batch is made of.

Must not know: clusters, databases, accounts.
"""

from dataclasses import dataclass

from scenarios import digest
from service.jobs.orders import Order, StopRules
from service.packing import pack_scenario
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
        return cls(key, order, pack_scenario(scenario), start)
