"""What people write: tables in, plan folders out.

    read, inspect              a scenario from a folder, .zip, .xlsx or .json
    read_object, inspect_object  the same from one JSON-like object
    write, digest              canonical tables out; what ties a plan to its scenario
    read_plan, read_plan_folder, write_plan
    scenario_json_schema, table_documentation
    example                    the path of a scenario that ships with the program

Importing this room costs nothing; each name brings its module when first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scenarios.digest import digest
    from scenarios.plans import PlanFolder, read_plan, read_plan_folder, write_plan
    from scenarios.read import Reading, inspect, inspect_object, read, read_object

__all__ = [
    "PlanFolder",
    "Reading",
    "digest",
    "inspect",
    "inspect_object",
    "read",
    "read_object",
    "read_plan",
    "read_plan_folder",
    "write_plan",
]

_MODULES = {
    "PlanFolder": "plans",
    "Reading": "read",
    "digest": "digest",
    "inspect": "read",
    "inspect_object": "read",
    "read": "read",
    "read_object": "read",
    "read_plan": "plans",
    "read_plan_folder": "plans",
    "write_plan": "plans",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'scenarios' has no attribute {name!r}")
    value = getattr(import_module(f"scenarios.{_MODULES[name]}"), name)
    globals()[name] = value
    return value
