"""`accessibilite`: a pupil's needs are met on site."""

from solver.domain import Division, Host, Pupil
from solver.rule import Eligibility


class Accessibility(Eligibility[frozenset[str], frozenset[str]]):
    key = "accessibilite"
    sentence = "La structure a tous les équipements dont l’élève a besoin."
    source = "C. éduc., L. 112-1 ; fiche de l’élève (« besoins »)"

    def seeker(self, pupil: Pupil, division: Division) -> frozenset[str]:
        return frozenset(pupil.needs)

    def offer(self, host: Host) -> frozenset[str]:
        return frozenset(host.equipment)

    def allows(self, seeker: frozenset[str], offer: frozenset[str]) -> bool:
        return seeker <= offer

    def refusal(self, pupil: Pupil, division: Division, host: Host) -> str:
        missing = " ".join(sorted(set(pupil.needs) - set(host.equipment)))
        return f"{host.id} n’a pas l’équipement nécessaire à l’élève ({missing})."


RULE = Accessibility()
