"""Agreements to pre-fill by mail merge: one row per placement, per establishment.

The pupil stands under the local pseudonym: only the establishment can put a name to it, in its own
mail merge. Must not know: how plans are found.
"""

from service.exports.agenda import stay_name
from service.exports.figures.style import PUBLIC_LOOKS
from service.exports.letters import dates
from service.exports.safe_csv import Cell
from solver.facts import Facts, Stay
from solver.travel import Journeys

HEADERS = (
    "annee", "uai", "etablissement", "commune_etablissement", "division", "nom_division", "public",
    "diplome", "eleve", "periode", "nature", "du", "au", "semaines", "dates", "jours_de_presence",
    "accueil", "structure", "commune_accueil", "pays", "naf", "derogation_jusqu_au", "statut",
    "logement", "trajet_minutes", "trajet_estime",
)  # fmt: skip


def agreements(facts: Facts) -> dict[str, list[tuple[Cell, ...]]]:
    """Rows under `HEADERS` by UAI, in the order of the plan; a school without any has no entry."""
    scenario = facts.scenario
    journeys = Journeys(scenario)
    schools = {e.uai: e for e in scenario.establishments}
    towns = {p.id: p.name for p in scenario.places}
    found: dict[str, list[tuple[Cell, ...]]] = {}
    for stay in facts.stays:
        if not stay.weeks:
            continue
        division, host, period = stay.division, stay.host, stay.period
        school = schools[division.establishment]
        lodging = stay.lodging.id if stay.lodging else None
        estimated = journeys.is_estimated(stay.pupil, host.id, lodging)
        row: tuple[Cell, ...] = (
            scenario.year, school.uai, school.name, towns[school.place],
            division.id, division.name, PUBLIC_LOOKS[division.public].name, division.diploma,
            stay.pupil.id, period.id, stay_name(division, period),
            stay.weeks[0].monday, stay.weeks[-1].friday, len(stay.weeks), dates(stay.weeks),
            _days(facts, stay),
            host.id, host.name, towns[host.place], host.country, host.activity,
            host.waiver_until if division.regulated else None, _status(stay),
            lodging or "domicile", stay.minutes, "oui" if estimated else "non",
        )  # fmt: skip
        found.setdefault(school.uai, []).append(row)
    return found


def _days(facts: Facts, stay: Stay) -> int:
    """Days at the host: Monday to Friday less the public holidays of the host's place."""
    holidays = facts.calendar.public_holidays
    return sum(len(week.days()) - holidays(week, stay.host.place) for week in stay.weeks)


def _status(stay: Stay) -> str:
    if not stay.at_found_place or stay.found is None:
        return "proposée par le plan"
    return "convention signée" if stay.found.status == "signee" else "trouvée par l’élève"
