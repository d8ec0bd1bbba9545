"""`place-trouvee`: a pupil who found a place goes there or nowhere."""

from collections.abc import Iterator

from solver.domain import Violation
from solver.facts import Facts
from solver.rule import HardRule


class FoundPlaceKept(HardRule):
    key = "place-trouvee"
    sentence = "Un élève qui a trouvé une place va dans cette structure, ou reste sans place."
    source = "Pratique des établissements (« placements.csv »)"

    def violations(self, facts: Facts) -> Iterator[Violation]:
        for stay in facts.stays:
            if stay.found is not None and not stay.at_found_place:
                message = f"L’élève avait trouvé une place chez {stay.found.host}."
                yield self.violation(stay.subject, message)


RULE = FoundPlaceKept()
