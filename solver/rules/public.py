"""`public`: a host takes the publics it names."""

from solver.domain import Division, Host, Public, Pupil
from solver.rule import Eligibility


class AcceptedPublic(Eligibility[Public, frozenset[Public]]):
    key = "public"
    sentence = "La structure accueille le public de la division."
    source = "Déclaration de la structure (« publics »)"
    waived_by_found_place = True

    def seeker(self, pupil: Pupil, division: Division) -> Public:
        return division.public

    def offer(self, host: Host) -> frozenset[Public]:
        return frozenset(host.publics)

    def allows(self, seeker: Public, offer: frozenset[Public]) -> bool:
        return seeker in offer

    def refusal(self, pupil: Pupil, division: Division, host: Host) -> str:
        return f"{host.id} n’accueille pas de {division.public} ({' '.join(host.publics)})."


RULE = AcceptedPublic()
