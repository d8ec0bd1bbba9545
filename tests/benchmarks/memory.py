"""Peak memory of a process with all its children, as Linux tells it.

Proportional shares are added up (PSS), so that pages shared by several processes count once.
Must not know: what the processes do.
"""

from collections import defaultdict
from pathlib import Path
from subprocess import Popen
from threading import Thread
from time import sleep

_EVERY_SECONDS = 0.25


class Peak:
    """Watches a process until it ends; `mib` is the highest sum met."""

    def __init__(self, process: Popen[bytes]) -> None:
        self._process = process
        self._most_kib = 0
        self._thread = Thread(target=self._watch, daemon=True)
        self._thread.start()

    @property
    def mib(self) -> int:
        return self._most_kib // 1024

    def _watch(self) -> None:
        while self._process.poll() is None:
            self._most_kib = max(self._most_kib, sum(map(_kib, tree(self._process.pid))))
            sleep(_EVERY_SECONDS)


def tree(pid: int) -> list[int]:
    """The process and all its descendants."""
    children: dict[int, list[int]] = defaultdict(list)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children[parent].append(int(stat.parent.name))
    found, open_pids = [], [pid]
    while open_pids:
        found.append(open_pids.pop())
        open_pids += children[found[-1]]
    return found


def _kib(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
