"""`pays`: a pupil goes only to the countries where they may go."""

from solver.domain import Division, Host, Pupil
from solver.rule import Eligibility


class Country(Eligibility[frozenset[str], str]):
    key = "pays"
    sentence = "La structure est dans un pays où l’élève peut aller."
    source = "Fiche de l’élève (« pays »)"
    waived_by_found_place = True

    def seeker(self, pupil: Pupil, division: Division) -> frozenset[str]:
        return frozenset(pupil.countries)

    def offer(self, host: Host) -> str:
        return host.country

    def allows(self, seeker: frozenset[str], offer: str) -> bool:
        return offer in seeker

    def refusal(self, pupil: Pupil, division: Division, host: Host) -> str:
        allowed = " ".join(pupil.countries) or "aucun pays"
        return f"{host.id} est dans le pays {host.country} ; l’élève peut aller en : {allowed}."


RULE = Country()
