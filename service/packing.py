"""Scenarios and plans as bytes, the way the database keeps them and clients send them.

A plan is the zip of its folder (format.md); a scenario stays in the format it came in.
Must not know: the database, who sends.
"""

import io
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from scenarios import (
    PlanFolder,
    Reading,
    inspect,
    read_own_plan,
    read_plan_folder,
    write,
    write_plan,
)
from scenarios.tables import plan_tables
from scenarios.writing import zipped
from solver.domain import Plan, Result, Scenario, Unplaced

Kind = Literal["zip", "xlsx", "json"]
_PLAN_FILES = frozenset({*(f"{name}.csv" for name in plan_tables()), "bilan.json"})


def read_scenario(content: bytes, kind: Kind) -> Reading:
    """The scenario of these bytes, with every fault and warning; it stands on no other file."""
    with tempfile.TemporaryDirectory(prefix="bassin-") as folder:
        path = Path(folder) / f"scenario.{kind}"
        path.write_bytes(content)
        return inspect(path, within=Path(folder))


def pack_scenario(scenario: Scenario) -> bytes:
    """The canonical zip. Raises `InvalidScenario` where it would not read back identical."""
    with tempfile.TemporaryDirectory(prefix="bassin-") as folder:
        path = Path(folder) / "scenario.zip"
        write(scenario, path)
        return path.read_bytes()


def pack_plan(
    scenario: Scenario,
    result: Result | Plan,
    *,
    unplaced: Iterable[Unplaced] = (),
    indicators: Mapping[str, Any] | None = None,
    fingerprint: str | None = None,
) -> bytes:
    """The plan folder that `write_plan` writes, zipped; the same to the byte each time."""
    with tempfile.TemporaryDirectory(prefix="bassin-") as folder:
        home = Path(folder) / "plan"
        write_plan(
            home, scenario, result,
            unplaced=unplaced, indicators=indicators, fingerprint=fingerprint,
        )  # fmt: skip
        return packed_folder(home)


def packed_folder(folder: Path) -> bytes:
    """A plan folder, zipped; the same to the byte each time."""
    files = (file for file in sorted(folder.iterdir()) if file.name in _PLAN_FILES)
    return zipped({file.name: file.read_bytes() for file in files})


def unpack_plan(
    content: bytes, scenario: Scenario | None = None, *, own: bool = False
) -> PlanFolder:
    """The plan of a zip, all files in one folder of it; others than a plan's are not looked at.

    `own`: refused where it was made for another scenario than `scenario`. Raises `InvalidPlan`
    with every fault.
    """
    with tempfile.TemporaryDirectory(prefix="bassin-") as folder:
        home = Path(folder)
        for name, data in plan_files(content).items():
            (home / name).write_bytes(data)
        if own and scenario is not None:
            return read_own_plan(home, scenario)
        return read_plan_folder(home, scenario)


def plan_files(content: bytes) -> dict[str, bytes]:
    """The files of the plan folder in a zip, by name; others than a plan's are not looked at."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {
            name: archive.read(member)
            for member in archive.infolist()
            if (name := Path(member.filename).name) in _PLAN_FILES
        }
