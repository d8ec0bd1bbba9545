"""The digest of a scenario: what ties a plan to what it was made for.

Depends on content only: not on the order of rows, the files, their encoding, or whether a default
was written out. Must not know: files.
"""

import hashlib
import json

from scenarios.tables import scenario_tables
from scenarios.writing import rows_of, settings_of
from solver.domain import Scenario


def digest(scenario: Scenario) -> str:
    """SHA-256 (hexadecimal) of the canonical content: settings, sorted rows, reference plan."""
    content = hashlib.sha256()

    def add(part: object) -> None:
        content.update(
            json.dumps(part, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"
        )

    add(sorted(settings_of(scenario).items()))
    for name, table in scenario_tables().items():
        add(name)
        add(sorted(rows_of(table, getattr(scenario, table.field))))
    if scenario.reference is not None:
        add(sorted([d.period, str(d.start)] for d in scenario.reference.departures))
        add(
            sorted(
                [p.pupil, p.period, p.host, p.lodging or ""] for p in scenario.reference.placements
            )
        )
    return content.hexdigest()
