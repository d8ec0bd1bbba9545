"""`derogation`: regulated work by minors needs a waiver of the host, valid to its end."""

from collections.abc import Iterator
from datetime import date

from solver.domain import Division, Host, Pupil, Violation
from solver.facts import Facts
from solver.problem import Problem
from solver.rule import Requirement, Subject
from solver.variables import Constraint, Variables, total

ADULT_AGE = 18


class Waiver(Requirement):
    key = "derogation"
    sentence = (
        "Pour des travaux réglementés, un mineur va dans une structure dont la dérogation court "
        "jusqu’au vendredi de la dernière semaine."
    )
    source = "C. trav., R. 4153-38 à R. 4153-45"

    def seeker(self, pupil: Pupil, division: Division) -> bool:
        """Whether the pupil needs the host to hold a waiver; an unknown age counts as a minor's."""
        return division.regulated and (pupil.age is None or pupil.age < ADULT_AGE)

    def offer(self, host: Host) -> date | None:
        """Last day of the host's waiver."""
        return host.waiver_until

    def until(self, seeker: bool, offer: date | None) -> date:
        """The last Friday a stay may have: `date.max` without limit, `date.min` never."""
        if not seeker:
            return date.max
        return offer or date.min

    def constraints(
        self, problem: Problem, variables: Variables
    ) -> Iterator[tuple[Subject, Constraint]]:
        """Subject: (demand). For each last week a host allows: not there, or not so late."""
        for demand, period in enumerate(problem.demands.period.tolist()):
            duration = int(problem.departures.duration[period])
            last = {o: int(problem.options.last[o]) for o in variables.choices(demand)}
            starts = variables.starts(period)
            for limit in sorted(set(last.values())):
                late = [x for start, x in starts.items() if start + duration - 1 > limit]
                bound = [x for o, x in variables.choices(demand).items() if last[o] <= limit]
                if late:
                    yield (demand,), total(late + bound) <= 1

    def violations(self, facts: Facts) -> Iterator[Violation]:
        for stay in facts.stays:
            until = self.until(self.seeker(stay.pupil, stay.division), self.offer(stay.host))
            if until is date.min:
                message = f"{stay.host.id} n’a pas de dérogation aux travaux réglementés."
                yield self.violation(stay.subject, message)
            elif stay.weeks and stay.weeks[-1].friday > until:
                yield self.violation(
                    stay.subject,
                    f"La dérogation de {stay.host.id} s’arrête le {until:%d/%m/%Y}, "
                    f"avant la fin de la période ({stay.weeks[-1].friday:%d/%m/%Y}).",
                )


RULE = Waiver()
