"""`ordre`: the periods of a division follow one another, with time between them."""

from collections.abc import Iterator

from solver.domain import Violation
from solver.facts import Facts
from solver.problem import Problem
from solver.rule import Requirement, Subject
from solver.variables import Constraint, Variables, total


class Order(Requirement):
    key = "ordre"
    sentence = (
        "Entre deux périodes successives d’une division, il y a au moins « ecart_min » semaines."
    )
    source = "Organisation pédagogique de l’établissement (circ. 2016-053)"

    def constraints(
        self, problem: Problem, variables: Variables
    ) -> Iterator[tuple[Subject, Constraint]]:
        """Subject: (earlier period, later period).

        One constraint per start of the earlier period: it starts then or later, or the later
        period starts soon enough to clash with that, but not both.
        """
        ordinal, duration = problem.departures.ordinal, problem.departures.duration
        for before, after, gap in problem.departures.gaps.tolist():
            firsts, seconds = variables.starts(before), variables.starts(after)
            for start in firsts:
                end = start + duration[before] - 1
                if end >= problem.weeks:
                    continue
                too_early = [x for w, x in seconds.items() if ordinal[w] <= ordinal[end] + gap]
                if too_early:
                    from_then_on = [x for w, x in firsts.items() if w >= start]
                    yield (before, after), total(from_then_on + too_early) <= 1

    def violations(self, facts: Facts) -> Iterator[Violation]:
        for period in facts.scenario.periods:
            previous = facts.scenario.previous_period.get(period.id)
            if previous is None:
                continue
            before, after = facts.weeks_of[previous.id], facts.weeks_of[period.id]
            if not before or not after:
                continue
            between = after[0].since(before[-1]) - 1
            if between < period.min_gap_weeks:
                yield self.violation(
                    period.id,
                    f"{previous.id} finit en {before[-1]}, la suivante part en {after[0]} : "
                    f"il faut {period.min_gap_weeks} semaine(s) entre les deux.",
                )


RULE = Order()
