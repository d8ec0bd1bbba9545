"""`depart-commun`: periods that share a departure start in the same week."""

from collections import defaultdict
from collections.abc import Iterator

from solver.domain import Violation
from solver.facts import Facts
from solver.rule import HardRule
from solver.week import Week


class CommonDeparture(HardRule):
    """In `Problem` such periods are one unit, with one start: the model cannot break the rule."""

    key = "depart-commun"
    sentence = "Les périodes d’un même départ commun commencent la même semaine."
    source = "Accord entre établissements du bassin (« depart »)"

    def violations(self, facts: Facts) -> Iterator[Violation]:
        starts: dict[str, dict[Week, list[str]]] = defaultdict(lambda: defaultdict(list))
        for period in facts.scenario.periods:
            if period.departure and period.id in facts.start_of:
                starts[period.departure][facts.start_of[period.id]].append(period.id)
        for departure, by_week in starts.items():
            if len(by_week) > 1:
                told = " ; ".join(f"{w} : {', '.join(by_week[w])}" for w in sorted(by_week))
                yield self.violation(departure, f"Départs différents ({told}).")


RULE = CommonDeparture()
