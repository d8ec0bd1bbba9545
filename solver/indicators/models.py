"""The shape of the indicators: what they are called in reports (French) and what they mean.

Must not know: how they are computed.
"""

from typing import Annotated, Literal

from pydantic import Field

from solver.domain import Family, Frozen, Public, column
from solver.week import Week

ReasonKey = Literal[
    "aucun-accueil", "age-derogation", "trajet", "internat",
    "semaines-saturees", "binome", "hote", "place-libre", "sans-depart",
]  # fmt: skip
REASONS: dict[ReasonKey, str] = {
    "aucun-accueil": "Aucune structure compatible",
    "age-derogation": "Âge ou dérogation",
    "trajet": "Trajet trop long",
    "internat": "Plus de lit d’internat",
    "semaines-saturees": "Semaines saturées",
    "binome": "Groupe à placer ensemble",
    "hote": "Même structure, ou autre, qu’au rang précédent",
    "place-libre": "Place libre mais plus coûteuse",
    "sans-depart": "Période sans départ",
}
"""Label of each reason for an unplaced pupil-period; the keys are stable."""

Rate = Annotated[float | None, Field(ge=0)]


class ReasonCount(Frozen):
    """Unplaced pupil-periods of one reason."""

    reason: Annotated[ReasonKey, column("motif", "Motif, identifiant stable")]
    label: Annotated[str, column("libelle", "Motif, en clair")]
    count: Annotated[int, column("nombre", "Élève-périodes sans place pour ce motif")]


class Tension(Frozen):
    """One cell of the national priority indicator; a course may name several sectors."""

    week: Annotated[Week, column("semaine", "Semaine")]
    public: Annotated[Public, column("public", "Public")]
    sector: Annotated[str, column("secteur", "Secteur ; vide pour les publics d’observation")]
    offers: Annotated[int, column("offres", "Places de la semaine ouvertes à ce public et à ces formations")]
    pupils: Annotated[int, column("eleves", "Élèves partis cette semaine")]
    ratio: Annotated[float, column("ratio", "Offres ÷ élèves")]


class Placed(Frozen):
    """How many of the pupil-periods of a group have a place."""

    group: Annotated[str, column("groupe", "Établissement, ou catégorie d’éducation prioritaire")]
    name: Annotated[str, column("nom", "Nom")]
    demands: Annotated[int, column("demandes", "Élève-périodes à placer")]
    placed: Annotated[int, column("places", "Élève-périodes placées")]
    rate: Annotated[Rate, column("taux", "Part placée, de 0 à 1")]


class Load(Frozen):
    """How heavily one family weighs on its busiest weeks."""

    family: Annotated[Family, column("famille", "observation ou formation")]
    peak_week: Annotated[Week | None, column("semaine_pointe", "Semaine la plus chargée")]
    peak_pupils: Annotated[int, column("pointe", "Élèves partis cette semaine-là")]
    seats: Annotated[int, column("places", "Places de cette semaine-là")]
    weeks_over: Annotated[tuple[Week, ...], column("semaines_saturees", "Semaines au-delà du seuil de saturation")]


class Journeys(Frozen):
    """One-way journeys of the placed pupil-periods, in minutes."""

    mean: Annotated[Rate, column("moyenne", "Moyenne")]
    median: Annotated[int | None, column("mediane", "Médiane")]
    ninth_decile: Annotated[int | None, column("d9", "9e décile : neuf sur dix font au plus")]
    longest: Annotated[int | None, column("max", "Le plus long")]
    over_45: Annotated[Rate, column("part_plus_45", "Part au-delà de 45 minutes, de 0 à 1")]
    over_60: Annotated[Rate, column("part_plus_60", "Part au-delà de 60 minutes, de 0 à 1")]


class Move(Frozen):
    """A period that does not start in the week its school wished."""

    period: Annotated[str, column("periode", "Période", key=True)]
    division: Annotated[str, column("division", "Division")]
    wished: Annotated[Week, column("debut_souhaite", "Départ souhaité")]
    start: Annotated[Week, column("debut", "Départ prévu")]
    weeks: Annotated[int, column("ecart", "Semaines d’écart, négatives si le départ est avancé")]


class Indicators(Frozen):
    """A plan in figures, recomputed from the scenario and the plan alone."""

    demands: Annotated[int, column("demandes", "Élève-périodes à placer")]
    placed: Annotated[int, column("places", "Élève-périodes placées")]
    unplaced: Annotated[int, column("sans_place", "Élève-périodes sans place")]
    rate: Annotated[Rate, column("taux_placement", "Part placée, de 0 à 1")]
    reasons: Annotated[tuple[ReasonCount, ...], column("motifs", "Élève-périodes sans place, par motif")]
    tension: Annotated[tuple[Tension, ...], column("tension", "Indicateur national prioritaire : offres ÷ élèves par semaine, secteur et public")]
    establishments: Annotated[tuple[Placed, ...], column("etablissements", "Taux de placement par établissement")]
    priority_education: Annotated[tuple[Placed, ...], column("education_prioritaire", "Taux de placement en REP+, en REP et hors éducation prioritaire")]
    loads: Annotated[tuple[Load, ...], column("charges", "Pointe et semaines saturées par famille")]
    hosts_at_quota: Annotated[int, column("accueils_au_quota", "Structures dont la personne morale atteint son quota légal au moins une semaine")]
    hosts_full: Annotated[int, column("accueils_complets", "Structures complètes au moins une semaine")]
    hosts_used: Annotated[int, column("accueils_utilises", "Structures qui accueillent au moins un élève")]
    journeys: Annotated[Journeys, column("trajets", "Trajets des élèves placés")]
    wishes: Annotated[int, column("souhaits", "Périodes qui ont une semaine souhaitée")]
    divisions_moved: Annotated[int, column("divisions_decalees", "Divisions dont un départ n’est pas celui souhaité")]
    mean_move_weeks: Annotated[Rate, column("ecart_moyen", "Écart moyen des départs décalés, en semaines")]
    moves: Annotated[tuple[Move, ...], column("decalages", "Départs qui ne sont pas ceux souhaités")]
    days_lost: Annotated[int, column("jours_feries", "Jours de stage perdus (élève-jours) du fait des jours fériés, ceux d’Alsace-Moselle selon la structure")]
    boarding_nights: Annotated[int, column("nuitees", "Nuits passées dans un internat qui n’est pas celui de l’élève (du lundi au vendredi matin, jours fermés déduits)")]
