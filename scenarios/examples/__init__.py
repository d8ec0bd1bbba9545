"""Scenarios that ship with the program: `demo`, `small/*` (name = the difference), `broken/*`
(name = the fault).

Must not know: what stands in them.
"""

from importlib.resources import files
from pathlib import Path


def example(name: str) -> Path:
    """The folder of a built-in scenario: `demo`, `small/binome`, `broken/uai-inconnu`.

    Raises `KeyError` where there is none of that name.
    """
    if name not in example_names():
        raise KeyError(name)
    return _home() / name


def example_names() -> tuple[str, ...]:
    """The names of all built-in scenarios, sorted."""
    home = _home()
    return tuple(
        sorted(
            settings.parent.relative_to(home).as_posix()
            for settings in home.rglob("scenario.toml")
            if settings.parent != home
        )
    )


def _home() -> Path:
    return Path(str(files("scenarios.examples")))
