"""What people write: tables in, plan folders out.

    read, inspect              a scenario from a folder, .zip, .xlsx or .json
    read_object, inspect_object  the same from one JSON-like object
    write, digest              canonical tables out; what ties a plan to its scenario
    read_plan, read_plan_folder, write_plan
    read_own_plan              the same, refused where it was made for another scenario
    read_former_plan           the same, for a scenario that has changed since
    scenario_json_schema, table_documentation
    example                    the path of a scenario that ships with the program

Importing this room costs nothing; each name brings its module when first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scenarios.documentation import table_documentation
    from scenarios.examples import example, example_names
    from scenarios.fingerprint import digest
    from scenarios.ownership import read_former_plan, read_own_plan
    from scenarios.plans import PlanFolder, read_plan, read_plan_folder, write_plan
    from scenarios.reading import Reading, inspect, inspect_object, read, read_object
    from scenarios.tables import scenario_json_schema
    from scenarios.writing import write

__all__ = [
    "PlanFolder",
    "Reading",
    "digest",
    "example",
    "example_names",
    "inspect",
    "inspect_object",
    "read",
    "read_former_plan",
    "read_object",
    "read_own_plan",
    "read_plan",
    "read_plan_folder",
    "scenario_json_schema",
    "table_documentation",
    "write",
    "write_plan",
]

_ROOMS = {
    "fingerprint": ("digest",),
    "documentation": ("table_documentation",),
    "examples": ("example", "example_names"),
    "ownership": ("read_former_plan", "read_own_plan"),
    "plans": ("PlanFolder", "read_plan", "read_plan_folder", "write_plan"),
    "reading": ("Reading", "inspect", "inspect_object", "read", "read_object"),
    "tables": ("scenario_json_schema",),
    "writing": ("write",),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _ROOM_OF:
        raise AttributeError(f"module 'scenarios' has no attribute {name!r}")
    value = getattr(import_module(f"scenarios.{_ROOM_OF[name]}"), name)
    globals()[name] = value
    return value
