"""What a child says: one JSON object a line. Must not know: pipes, processes."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from solver.domain import Frozen, Status

Ending = Literal["done", "stopped", "memory", "scenario", "lost", "failed"]
"""done: by itself; stopped: because asked; memory: beyond its limit; scenario: the scenario is not
readable or not the one expected; lost: killed from outside; failed: our defect."""

SUMMING_UP = "indicateurs"
"""Phase in which the search is over and its plan handed over."""


class Progress(Frozen):
    """Where the search stands; points, seconds of search."""

    say: Literal["progress"] = "progress"
    seconds: float
    cost: int | None = None
    unplaced: int | None = None
    bound: int | None = None
    phase: str


class Better(Frozen):
    """A better plan, verified; its zip is the file `file` of the child's folder."""

    say: Literal["better"] = "better"
    file: str
    seconds: float
    cost: int
    unplaced: int
    bound: int | None = None


class End(Frozen):
    """How it ended, and what the best plan is worth (all empty without a plan)."""

    say: Literal["end"] = "end"
    ending: Ending
    outcome: Status | None = None
    seconds: float = 0.0
    cost: int | None = None
    bound: int | None = None
    unplaced: int | None = None
    costs: Mapping[str, int] = Field(default_factory=dict)
    causes: Mapping[str, int] = Field(default_factory=dict)
    indicators: Mapping[str, Any] = Field(default_factory=dict)
    conflicts: tuple[Mapping[str, Any], ...] = ()
    megabytes: Annotated[int, Field(description="Resident memory of the search at its peak")] = 0
    plan: Annotated[str | None, Field(description="File of the final plan, whole")] = None
    detail: Annotated[str, Field(description="French sentence where something went wrong")] = ""


Message = Annotated[Progress | Better | End, Field(discriminator="say")]
MESSAGE: TypeAdapter[Progress | Better | End] = TypeAdapter(Message)
