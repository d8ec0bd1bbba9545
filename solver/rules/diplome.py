"""`diplome`: a host suits a diploma exactly, by its NSF group, or by its sector."""

from typing import NamedTuple

from solver.domain import TRAINING, Division, Host, Pupil
from solver.rule import Eligibility

EXACT, SPECIALITY, SECTOR = 0, 1, 2
"""Tiers of fit: the diploma itself, its NSF group, one of its sectors (or any training)."""


class Course(NamedTuple):
    """What a division trains for; sectors as tokens of `diplomes`."""

    diploma: str
    speciality: str
    sectors: frozenset[str]


class DiplomaFit(Eligibility[Course | None, frozenset[str]]):
    key = "diplome"
    sentence = "La structure convient à la formation : diplôme, groupe NSF ou secteur."
    source = "Nomenclature des formations (FORMATION_DIPLOME, NSF) ; déclaration de la structure"
    waived_by_found_place = True

    def seeker(self, pupil: Pupil, division: Division) -> Course | None:
        """None where the rule does not bind: no diploma, or an observation public."""
        if division.diploma is None or division.public not in TRAINING:
            return None
        return Course(
            diploma=division.diploma,
            speciality=f"nsf:{division.speciality_group}",
            sectors=frozenset(f"secteur:{sector}" for sector in division.sectors),
        )

    def offer(self, host: Host) -> frozenset[str]:
        return frozenset(host.diplomas)

    def tier(self, seeker: Course | None, offer: frozenset[str]) -> int | None:
        """The closest fit, `EXACT`, `SPECIALITY` or `SECTOR`; None where the host does not suit."""
        if seeker is None or seeker.diploma in offer:
            return EXACT
        if seeker.speciality in offer:
            return SPECIALITY
        if "*" in offer or not seeker.sectors.isdisjoint(offer):
            return SECTOR
        return None

    def allows(self, seeker: Course | None, offer: frozenset[str]) -> bool:
        return self.tier(seeker, offer) is not None

    def refusal(self, pupil: Pupil, division: Division, host: Host) -> str:
        accepted = " ".join(host.diplomas) or "aucune formation"
        return f"{host.id} ne convient pas à la formation {division.diploma} ({accepted})."


RULE = DiplomaFit()


def tier_of(pupil: Pupil, division: Division, host: Host) -> int | None:
    """The fit of a host for a pupil; see `DiplomaFit.tier`."""
    return RULE.tier(RULE.seeker(pupil, division), RULE.offer(host))
