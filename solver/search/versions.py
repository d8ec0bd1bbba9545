"""Which versions made a plan: written beside its seed, so that it can be made again."""

import platform
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version


@cache
def versions() -> Mapping[str, str]:
    """Version of this program, of Python and of the libraries that shape a plan."""
    names = ("calendrier-bassin", "ortools", "numba", "numpy", "holidays")
    return {"python": platform.python_version(), **{name: version(name) for name in names}}
