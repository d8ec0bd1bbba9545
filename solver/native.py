"""Machine code beside the source, made anew when any room that compiles has changed.

Numba takes in the code and the constants of what a function calls, but looks at the file of that
function alone to tell whether its cache is old: after an update, half of an inner loop would be of
yesterday. Must not know: what is compiled.
"""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])

_ROOMS = ("problem.py", "prepare/*.py", "bound/*.py", "search/*.py", "whatif/*.py")
"""Where compiled functions and the constants they read stand."""


def native(**options: Any) -> Callable[[Function], Function]:
    """Compile on first use or take from the cache; `options` as those of `numba.njit`."""

    def decorate(function: Function) -> Function:
        made: Any = njit(cache=True, **options)(function)
        made._cache._cache_file._source_stamp = _SOURCES
        return cast("Function", made)

    return decorate


def sources(root: Path) -> str:
    """A digest of all that may be compiled under `root`."""
    digest = sha256()
    for path in sorted(path for room in _ROOMS for path in root.glob(room)):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


_SOURCES = sources(Path(__file__).parent)
