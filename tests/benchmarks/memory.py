"""Peak memory of a process with all its children, as Linux tells it.

Memory of their own is added up, what a fork shares counting once (`Pss_Anon`). Programs
and libraries count once per executable, in full, whoever else on the machine uses them too: their
proportional share would depend on the neighbours. Must not know: what the processes do.
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
            self._most_kib = max(self._most_kib, _kib(tree(self._process.pid)))
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


def _kib(pids: list[int]) -> int:
    own, mapped = 0, defaultdict[str, int](int)
    for pid in pids:
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
            executable = str(Path(f"/proc/{pid}/exe").readlink())
        except OSError:
            continue
        words = (line.split() for line in text.splitlines()[1:])
        kib = {name: int(amount) for name, amount, *_ in words}
        own += kib["Pss_Anon:"] + kib["Pss_Shmem:"]
        files = kib["Rss:"] - kib["Anonymous:"]
        mapped[executable] = max(mapped[executable], files)
    return own + sum(mapped.values())
