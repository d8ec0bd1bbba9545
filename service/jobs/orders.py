"""What a child is asked to do. Must not know: databases, Dask."""

from typing import Annotated

from pydantic import Field

from service.packing import Kind
from solver.domain import Frozen


class StopRules(Frozen):
    """When a search ends by itself: the first rule met ends it, and the best plan is kept."""

    seconds: Annotated[
        float, Field(gt=0, le=86_400, description="Temps de recherche, au plus.")
    ] = 60
    gap: Annotated[
        float | None,
        Field(
            ge=0, le=1, description="Arrêt dès que (coût − borne) / coût ne dépasse pas ce nombre."
        ),
    ] = None
    stalled_seconds: Annotated[
        float | None,
        Field(gt=0, description="Arrêt après ce temps sans plan nettement meilleur (0,1 %)."),
    ] = None


class Order(Frozen):
    """One search: which scenario, how long, with what."""

    kind: Annotated[Kind, Field(description="Format du scénario : zip, xlsx ou json.")]
    digest: Annotated[str | None, Field(description="Empreinte attendue du scénario.")] = None
    stop: Annotated[StopRules, Field(description="Règles d’arrêt.")] = StopRules()
    seed: Annotated[int, Field(ge=0, description="Graine du hasard.")] = 0
    cores: Annotated[int, Field(ge=1, description="Cœurs.")] = 2
    megabytes: Annotated[
        int, Field(ge=64, description="Mémoire de la recherche, bornes comprises, au plus (Mo).")
    ] = 4096
