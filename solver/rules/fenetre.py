"""`fenetre`: when a period may take place."""

from collections.abc import Iterator

from solver.domain import Period, Violation
from solver.facts import Facts
from solver.problem import Problem
from solver.rule import Requirement, Subject
from solver.variables import Constraint, Variables, total


class Window(Requirement):
    key = "fenetre"
    sentence = (
        "Une période se tient dans sa fenêtre, part à la date imposée s’il y en a une, occupe des "
        "semaines utilisables et évite les semaines bloquées."
    )
    source = "Calendrier national (arrêtés) ; périodes et blocages déclarés par l’établissement"

    def constraints(
        self, problem: Problem, variables: Variables
    ) -> Iterator[tuple[Subject, Constraint]]:
        """Subject: (unit). Each unit starts once, in a week that suits all its periods."""
        for unit, allowed in enumerate(problem.departures.allowed):
            starts = variables.unit_starts(unit).items()
            yield (unit,), total(x for week, x in starts if allowed[week]) == 1

    def violations(self, facts: Facts) -> Iterator[Violation]:
        for period in facts.scenario.periods:
            for fault in self._faults(facts, period):
                yield self.violation(period.id, fault)

    def _faults(self, facts: Facts, period: Period) -> Iterator[str]:
        start, weeks = facts.start_of.get(period.id), facts.weeks_of[period.id]
        if start is None:
            yield "La période n’a pas de semaine de départ."
            return
        if not facts.calendar.is_usable(start):
            yield f"La semaine de départ {start} n’est pas utilisable."
        elif not weeks:
            kind = "utilisables" if period.may_straddle else "utilisables et consécutives"
            yield f"Il n’y a pas {period.duration_weeks} semaines {kind} à partir de {start}."
        if period.imposed is not None and start != period.imposed:
            yield f"Départ en {start} au lieu de la semaine imposée {period.imposed}."
        if period.earliest is not None and start < period.earliest:
            yield f"Départ en {start}, avant {period.earliest}."
        if period.latest is not None and weeks and weeks[-1] > period.latest:
            yield f"Fin en {weeks[-1]}, après {period.latest}."
        for target in (period.division, facts.division(period).establishment):
            blocked = [str(week) for week in weeks if facts.calendar.is_closed(target, week)]
            if blocked:
                yield f"Semaine bloquée pour {target} : {', '.join(blocked)}."


RULE = Window()
