"""A batch as people watch it: a bar, what runs where, what is left, when it will end.

Must not know: how tasks are run.
"""

from collections import Counter
from collections.abc import Mapping
from time import monotonic

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from service.batch.budget import beside
from service.batch.conduct import Standing
from service.cli.output import count, number

_PLAIN_EVERY_SECONDS = 10.0
_SHOWN = 12


class Board:
    """Listens to a conductor; a living board in a terminal, a line now and then else."""

    def __init__(self, console: Console, slots: int) -> None:
        self._console = console
        self._slots = max(1, slots)
        self._live = Live(console=console, transient=True, refresh_per_second=4)
        self._told_at = -_PLAIN_EVERY_SECONDS

    def __enter__(self) -> "Board":
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *reason: object) -> None:
        self._live.stop()

    def __call__(self, standings: Mapping[str, Standing]) -> None:
        if self._console.is_terminal:
            self._live.update(self._drawn(standings))
        elif monotonic() - self._told_at >= _PLAIN_EVERY_SECONDS:
            self._told_at = monotonic()
            self._console.print(self._line(standings), markup=False, soft_wrap=True)

    def _drawn(self, standings: Mapping[str, Standing]) -> Group:
        ended = sum(s.state not in ("attente", "en cours") for s in standings.values())
        table = Table.grid(padding=(0, 2))
        for standing in [s for s in standings.values() if s.state == "en cours"][:_SHOWN]:
            since = monotonic() - standing.since
            table.add_row(
                Text(standing.planned.task.label),
                f"{number(since)} s sur {number(standing.planned.seconds)}",
                "" if standing.cost is None else f"coût {number(standing.cost)}",
                "" if standing.unplaced is None else f"sans place {number(standing.unplaced)}",
                Text(standing.worker.removeprefix("tcp://"), style="dim"),
            )
        bar = ProgressBar(total=max(1, len(standings)), completed=ended)
        return Group(Text(self._line(standings)), bar, table)

    def _line(self, standings: Mapping[str, Standing]) -> str:
        states = Counter(s.state for s in standings.values())
        parts = [
            f"{number(states['fait'] + states['déjà là'])} sur {number(len(standings))}",
            f"{number(states['en cours'])} en cours",
            f"{number(states['attente'])} en attente",
        ]
        if states["écarté"]:
            parts.append(count(states["écarté"], "écarté"))
        return " · ".join((*parts, f"encore {_clock(self._left(standings))} environ"))

    def _left(self, standings: Mapping[str, Standing]) -> float:
        """Seconds to go, if all goes as planned."""
        seconds = 0.0
        for standing in standings.values():
            whole = standing.planned.seconds + beside(standing.planned.task.demands)
            if standing.state == "attente":
                seconds += whole
            elif standing.state == "en cours":
                seconds += max(0.0, whole - (monotonic() - standing.since))
        return seconds / self._slots


def _clock(seconds: float) -> str:
    if seconds < 90:
        return f"{number(seconds)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02d}"
