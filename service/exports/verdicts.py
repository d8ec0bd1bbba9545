"""Each row of an imported file and what became of it, for whoever sent it.

Must not know: sources.
"""

from collections.abc import Mapping

from scenarios.importers.preview import Import, Outcome
from service.exports.safe_csv import csv_file

OUTCOMES: Mapping[Outcome, str] = {
    "prise": "prise", "changee": "prise, changée", "refusee": "refusée",
}  # fmt: skip


def verdicts(made: Import) -> bytes:
    """A CSV with one row per row read: its line, its fate, and why."""
    rows = [(v.line, OUTCOMES[v.outcome], v.why) for v in made.verdicts]
    return csv_file(("ligne", "sort", "motif"), sorted(rows))
