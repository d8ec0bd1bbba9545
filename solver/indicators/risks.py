"""What is risky in a scenario that has no fault: told before planning, never in the way of it.

Reads the scenario alone. Must not know: any plan, OR-Tools.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated

import numpy as np

from solver.calendar import SchoolCalendar
from solver.domain import Frozen, Scenario, column
from solver.funnel import Funnel
from solver.prepare.capacities import slots_per_week
from solver.prepare.departures import may_start

_EXAMPLES = 5


class Risk(Frozen):
    """Something that may leave pupils without a place, or that nobody has told yet."""

    code: Annotated[str, column("code", "Risque, identifiant stable")]
    message: Annotated[str, column("message", "Ce que cela veut dire, en français")]
    count: Annotated[int, column("nombre", "Combien de lignes sont concernées")]
    examples: Annotated[tuple[str, ...], column("exemples", "Les premières d’entre elles")]


def risks(scenario: Scenario) -> tuple[Risk, ...]:
    """The risks of a scenario, in the order in which a coordinator would look into them."""
    calendar = SchoolCalendar(scenario)
    funnel = Funnel(scenario, calendar)
    starts = {p.id: int(may_start(scenario, calendar, p).sum()) for p in scenario.periods}
    found = (
        _risk(
            "depart-impossible",
            "Aucune semaine ne convient à la période : le scénario est impossible.",
            (period for period, weeks in starts.items() if not weeks),
        ),
        _risk(
            "depart-unique",
            "Une seule semaine de départ possible, sans qu’elle soit imposée.",
            (p.id for p in scenario.periods if p.imposed is None and starts[p.id] == 1),
        ),
        _risk(
            "secteur-sous-dote",
            "Même dans la meilleure semaine, moins de places que d’élèves pour ces formations.",
            _short_of_slots(scenario, calendar, funnel),
        ),
        _risk(
            "eleve-sans-accueil",
            "Aucune structure possible pour l’élève et la période, quel que soit le calendrier.",
            _without_option(scenario, funnel),
        ),
        _risk(
            "derogation-inconnue",
            "Structure qui convient à des travaux réglementés, sans date de dérogation : les "
            "mineurs n’y vont pas.",
            _without_waiver(scenario, funnel),
        ),
        _risk(
            "age-inconnu",
            "Élève d’âge inconnu alors qu’une structure qui lui conviendrait demande un âge ou une "
            "dérogation.",
            _unknown_ages(scenario, funnel),
        ),
        _risk(
            "effectif-different",
            "L’effectif de la division n’est pas le nombre de ses élèves décrits.",
            (
                f"{d.id} : {d.headcount} / {described}"
                for d in scenario.divisions
                if (described := sum(1 for p in scenario.pupils_of[d.id] if "#" not in p.id))
                and described != d.headcount
            ),
        ),
        _risk(
            "effectif-accueil-inconnu",
            "Structure de formation sans effectif salarié : le quota légal n’y est pas vérifié.",
            (
                h.id
                for h in scenario.hosts
                if h.staff is None and h.legal_person and scenario.regulation.legal_quota
            ),
        ),
    )
    return tuple(risk for risk in found if risk is not None)


def _risk(code: str, message: str, rows: Iterable[str]) -> Risk | None:
    named = list(rows)
    if not named:
        return None
    return Risk(code=code, message=message, count=len(named), examples=tuple(named[:_EXAMPLES]))


def _short_of_slots(scenario: Scenario, calendar: SchoolCalendar, funnel: Funnel) -> Iterator[str]:
    """Divisions of more pupils than the heads that fit in the slots of any one week."""
    slots = slots_per_week(scenario, calendar)
    heads = slots * np.array([[h.group_max] for h in scenario.hosts], np.int64).reshape(-1, 1)
    leaving = {p.division for p in scenario.periods}
    for division in scenario.divisions:
        pupils = len(scenario.pupils_of[division.id])
        best = int(heads[funnel.suits(division)].sum(axis=0).max(initial=0))
        if scenario.hosts and division.id in leaving and best < pupils:
            yield f"{division.id} : {best} / {pupils}"


def _without_option(scenario: Scenario, funnel: Funnel) -> Iterator[str]:
    """Pupil-periods for whom the funnel ends empty."""
    if not scenario.hosts:
        return
    for pupil, period in scenario.demands():
        if not funnel.can_go_somewhere(pupil, period):
            yield f"{pupil.id} / {period.id}"


def _without_waiver(scenario: Scenario, funnel: Funnel) -> Iterator[str]:
    wanted = np.zeros(len(scenario.hosts), np.bool_)
    for division in scenario.divisions:
        if division.regulated:
            wanted |= funnel.suits(division)
    for i in np.flatnonzero(wanted):
        if scenario.hosts[i].waiver_until is None:
            yield scenario.hosts[i].id


def _unknown_ages(scenario: Scenario, funnel: Funnel) -> Iterator[str]:
    aged = np.array([h.age_min > 0 for h in scenario.hosts], np.bool_)
    for division in scenario.divisions:
        asks = division.regulated or bool((funnel.suits(division) & aged).any())
        for pupil in scenario.pupils_of[division.id]:
            if asks and pupil.age is None:
                yield pupil.id
