"""The scenario as a whole: its year, its closed weeks, the plan it refers to."""

from collections.abc import Iterable, Iterator
from datetime import date

from solver.domain import Scenario
from solver.errors import Fault
from solver.integrity.tables import identifiers
from solver.integrity.weeks import school_year_span
from solver.week import Week


def settings(scenario: Scenario) -> Iterator[Fault]:
    first, second = (int(part) for part in scenario.year.split("-"))
    if second != first + 1:
        yield year_fault(scenario.year)
    elif (span := school_year_span(scenario.year)) is not None:
        yield from closure_faults(scenario.school_year.closures, *span)


def year_fault(year: str) -> Fault:
    """The fault of a school year that is not two years in a row."""
    return Fault(
        "annee-illisible",
        "une année scolaire couvre deux années qui se suivent",
        None,
        None,
        "annee",
        year,
        "par exemple 2026-2027",
    )


def closure_faults(closures: Iterable[Week | date], first: Week, last: Week) -> Iterator[Fault]:
    """Days and weeks of `fermetures` that lie outside the school year."""
    for closure in closures:
        week = closure if isinstance(closure, Week) else Week.of(closure)
        if not first <= week <= last:
            yield Fault(
                "hors-annee",
                "fermeture hors de l'année scolaire",
                None,
                None,
                "calendrier.fermetures",
                str(closure),
                f"de {first} à {last}",
                severity="avertissement",
            )


def reference_faults(scenario: Scenario) -> Iterator[Fault]:
    """Rows of the reference plan that name what the scenario no longer has: warnings, never lost.

    A reference is the plan of an earlier state: hosts withdrawn since are usual.
    """
    if scenario.reference is None:
        return
    periods = {p.id for p in scenario.periods}
    for departure in scenario.reference.departures:
        if departure.period not in periods:
            yield _stale("calendrier", "periode", departure.period)
    hosts = {h.id for h in scenario.hosts}
    pupils = identifiers({"eleves": scenario.pupils, "divisions": scenario.divisions}, "eleves")
    for placement in scenario.reference.placements:
        if placement.host not in hosts:
            yield _stale("affectations", "accueil", placement.host)
        if placement.pupil not in pupils:
            yield _stale("affectations", "eleve", placement.pupil)


def _stale(table: str, header: str, value: str) -> Fault:
    return Fault(
        "reference-perimee",
        "le plan de référence nomme ce que le scénario n'a plus",
        table,
        None,
        header,
        value,
        severity="avertissement",
    )
