"""`age`: a host may ask for a minimum age."""

from solver.domain import Division, Host, Pupil
from solver.rule import Eligibility


class MinimumAge(Eligibility[int | None, int]):
    key = "age"
    sentence = "L’élève a l’âge minimal demandé ; un âge inconnu ne suffit pas."
    source = "Déclaration de la structure (« age_min ») ; C. trav., L. 4153-1"

    def seeker(self, pupil: Pupil, division: Division) -> int | None:
        return pupil.age

    def offer(self, host: Host) -> int:
        return host.age_min

    def allows(self, seeker: int | None, offer: int) -> bool:
        return offer == 0 or (seeker is not None and seeker >= offer)

    def refusal(self, pupil: Pupil, division: Division, host: Host) -> str:
        age = "d’âge inconnu" if pupil.age is None else f"de {pupil.age} ans"
        return f"{host.id} demande {host.age_min} ans : élève {age}."


RULE = MinimumAge()
