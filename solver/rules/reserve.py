"""`reserve`: a host may keep its places for some establishments."""

from solver.domain import Division, Host, Pupil
from solver.rule import Eligibility


class Reserved(Eligibility[str, frozenset[str]]):
    key = "reserve"
    sentence = "Une structure réservée n’accueille que les établissements qu’elle nomme."
    source = "Déclaration de la structure (« uai_reserves »)"
    waived_by_found_place = True

    def seeker(self, pupil: Pupil, division: Division) -> str:
        return division.establishment

    def offer(self, host: Host) -> frozenset[str]:
        return frozenset(host.reserved_for)

    def allows(self, seeker: str, offer: frozenset[str]) -> bool:
        return not offer or seeker in offer

    def refusal(self, pupil: Pupil, division: Division, host: Host) -> str:
        return f"{host.id} est réservée à {' '.join(host.reserved_for)}."


RULE = Reserved()
