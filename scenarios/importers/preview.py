"""What an import makes of a file, row by row, before anything is written.

Must not know: where the file came from, what its columns mean.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from scenarios.tables import scenario_tables
from solver.domain import Frozen, Place
from solver.errors import Fault

Outcome = Literal["prise", "changee", "refusee"]
_SEEN = re.compile(r"(?:« [^»]* »|(?<=ligne )[0-9]+)")
"""What a reason shows of its row: a value read, the line of another row."""

Tables = dict[str, list[Frozen]]
"""Records by French table name."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one row of the file. `why` is French, and never says who a pupil is."""

    line: int
    outcome: Outcome
    why: str = ""


@dataclass(slots=True)
class Import:
    """The records made from a file, and what became of each of its rows.

    Every row read has exactly one verdict: taken as it is, taken and changed, or refused.
    """

    source: str
    file: str
    tables: Tables = field(default_factory=dict)
    verdicts: list[Verdict] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    """Why the file cannot be used as a whole; nothing may be written where there is any."""
    notes: list[str] = field(default_factory=list)
    """What the reader must know: columns left at the door, what was supposed, what is missing."""
    rows_read: int = 0
    _places: set[str] = field(default_factory=set)

    def take(self, line: int, why: str = "") -> None:
        """The row is in; `why` says what was changed on the way, where anything was."""
        self.verdicts.append(Verdict(line, "changee" if why else "prise", why))

    def refuse(self, line: int, why: str) -> None:
        self.verdicts.append(Verdict(line, "refusee", why))

    def add(self, *records: Frozen) -> None:
        """Records that the file gives, each into its table."""
        for record in records:
            self.tables.setdefault(_table_of(record), []).append(record)

    def add_place(self, place: Place) -> None:
        """A place that some record of the file needs, once."""
        if place.id not in self._places:
            self._places.add(place.id)
            self.add(place)

    def note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    @property
    def taken(self) -> int:
        return self.rows_read - self.refused

    @property
    def changed(self) -> int:
        return sum(v.outcome == "changee" for v in self.verdicts)

    @property
    def refused(self) -> int:
        return sum(v.outcome == "refusee" for v in self.verdicts)

    @property
    def usable(self) -> bool:
        """Whether there is something to write and nothing against it."""
        return not self.faults and any(self.tables.values())

    def reasons(self, outcome: Outcome) -> Mapping[str, list[int]]:
        """Lines by reason, the most frequent first; reasons that differ by what was read are one,
        with examples."""
        alike: dict[str, list[Verdict]] = {}
        for verdict in self.verdicts:
            if verdict.outcome == outcome and verdict.why:
                alike.setdefault(_SEEN.sub("…", verdict.why), []).append(verdict)
        ordered = sorted(alike.items(), key=lambda item: -len(item[1]))
        return {_told(general, same): [v.line for v in same] for general, same in ordered}


def _told(general: str, same: list[Verdict]) -> str:
    """The reason these rows share: as it is where they say the same, else with examples."""
    said = dict.fromkeys(v.why for v in same)
    if len(said) == 1:
        return same[0].why
    examples = dict.fromkeys(seen for why in said for seen in _SEEN.findall(why))
    return f"{general} (par exemple {listed(examples, 3)})"


def _table_of(record: Frozen) -> str:
    return _TABLES[type(record)]


def _tables() -> Iterator[tuple[type[Frozen], str]]:
    for name, table in scenario_tables().items():
        yield table.model, name


_TABLES = dict(_tables())


def listed(words: Iterable[str], most: int = 8) -> str:
    """« a, b, c et 4 autres »."""
    everything = list(words)
    shown = ", ".join(everything[:most])
    more = len(everything) - most
    return f"{shown} et {more} autre{'s' if more > 1 else ''}" if more > 0 else shown
