"""Every error this program raises on purpose, and the faults it collects.

Must not know: files, the web, OR-Tools. A message is a French sentence that says what happened,
where, and what to do; the data behind it stays readable by programs.

    CalendrierBassinError
    ├── InvalidScenario      the tables cannot be used as they are: every fault at once
    ├── InvalidPlan          the plan is unreadable, or belongs to another scenario
    ├── UnknownSchoolYear    no holiday calendar is known for that year or zone
    ├── UnknownSubject       a question about something that the scenario does not hold
    └── EngineDefect         ours: something left the engine that must not
        ├── PlanRefused      the engine made a plan that its own verifier refuses
        └── ModelRefused     OR-Tools calls a model of ours invalid
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["faute", "avertissement"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in what was handed in: where it stands, what was seen, what was expected.

    `row` counts the records of a table from 0; `file` and `line` (from 1, as a spreadsheet shows
    them) are known once a reader has tied the record to its source.
    """

    code: str
    """Stable identifier for programs, e.g. `valeur-inconnue`."""
    message: str
    """One French sentence, without the place."""
    table: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None
    expected: str | None = None
    hint: str | None = None
    severity: Severity = "faute"
    file: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        place = [
            self.file or self.table,
            f"ligne {self.line}" if self.line is not None else None,
            f"colonne « {self.column} »" if self.column is not None else None,
        ]
        parts = [", ".join(p for p in place if p), self.message]
        if self.value is not None:
            parts.append(f"lu : « {self.value} »")
        if self.expected is not None:
            parts.append(f"attendu : {self.expected}")
        if self.hint is not None:
            parts.append(self.hint)
        return " — ".join(p for p in parts if p)


class CalendrierBassinError(Exception):
    """Root of the errors that callers may want to catch."""


class InvalidScenario(CalendrierBassinError):
    """The scenario cannot be used; carries every fault found, not only the first."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        count = len(self.faults)
        head = "1 faute" if count == 1 else f"{count} fautes"
        super().__init__(
            f"Le scénario a {head} ; corriger puis recommencer :\n"
            + "\n".join(f"- {fault}" for fault in self.faults)
        )


class InvalidPlan(CalendrierBassinError):
    """The plan cannot be read, or does not belong to the scenario; carries every fault found."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(
            "Le plan ne peut pas être utilisé :\n"
            + "\n".join(f"- {fault}" for fault in self.faults)
        )


class UnknownSchoolYear(CalendrierBassinError):
    """No school holidays are known for this year and zone."""

    def __init__(self, year: str, zone: str) -> None:
        self.year = year
        self.zone = zone
        super().__init__(
            f"Aucun calendrier de vacances connu pour {year}, zone {zone}. "
            "Vérifier « annee » et « zone » dans scenario.toml, "
            "ou mettre à jour le paquet « holidays »."
        )


class UnknownSubject(CalendrierBassinError):
    """A question names a period, a pupil or an establishment that the scenario does not hold."""

    def __init__(self, name: str, expected: str, near: Iterable[str] = ()) -> None:
        self.name = name
        self.expected = expected
        hint = "".join(f" Vouliez-vous dire « {n} » ?" for n in list(near)[:1])
        super().__init__(f"« {name} » n’est pas dans le scénario : {expected} attendu.{hint}")


class EngineDefect(CalendrierBassinError):
    """A defect of the engine, never of the data: nothing was delivered. Please report it."""


class PlanRefused(EngineDefect):
    """The engine produced a plan that the verifier refuses or prices otherwise."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(
            "Défaut du moteur : le vérificateur refuse le plan calculé, rien n'a été écrit. "
            "Merci de le signaler avec le scénario et la graine :\n"
            + "\n".join(f"- {reason}" for reason in self.reasons)
        )


class ModelRefused(EngineDefect):
    """OR-Tools refuses a model of ours as invalid."""

    def __init__(self, detail: str) -> None:
        self.detail = detail
        super().__init__(f"Défaut du moteur : modèle refusé par OR-Tools ({detail}).")
