"""Results under the key of what was computed: a folder each, whole or not at all.

    resultats/<key>/      the plan folder, with `mesures.json`
    tentatives/<key>.json failures of a task so far, so that a restart does not forget them

A key that is there is done; nothing else is remembered, so a batch may be interrupted at any
instant. Must not know: scenarios, clusters.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scenarios.folders import replace_file, replace_folder

FIGURES = "mesures.json"


class Store:
    """The folder of a batch."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._results, self._failures = folder / "resultats", folder / "tentatives"

    def plan(self, key: str) -> Path:
        """Where the plan of a key stands, once it is there."""
        return self._results / key

    def figures(self, key: str) -> dict[str, Any] | None:
        """The figures kept with a result; None where it is not there."""
        file = self.plan(key) / FIGURES
        if not file.is_file():
            return None
        figures: dict[str, Any] = json.loads(file.read_text("utf-8"))
        return figures

    def keep(self, key: str, files: Mapping[str, bytes], figures: Mapping[str, Any]) -> None:
        """Put a result there, all at once, and forget earlier failures. Raises `OSError`."""
        content = {**files, FIGURES: _json(figures)}
        replace_folder(self.plan(key), content, sign=FIGURES)
        self._failure_file(key).unlink(missing_ok=True)

    def failures(self, key: str) -> list[str]:
        """Why the attempts at a key failed, in order."""
        file = self._failure_file(key)
        if not file.is_file():
            return []
        reasons: list[str] = json.loads(file.read_text("utf-8"))
        return reasons

    def fail(self, key: str, reason: str) -> int:
        """Note one more failure; returns how many there are."""
        reasons = [*self.failures(key), reason]
        replace_file(self._failure_file(key), _json(reasons))
        return len(reasons)

    def keys(self) -> Iterator[str]:
        """Keys of all results there, whoever asked for them."""
        if self._results.is_dir():
            yield from sorted(f.parent.name for f in self._results.glob(f"*/{FIGURES}"))

    def _failure_file(self, key: str) -> Path:
        return self._failures / f"{key}.json"


def _json(content: Any) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()
