"""The rules, in the order a person would read them: calendar, who may go where, capacity, prices.

Each is one file with its key, its French sentence, its source and two readings. No rule knows
another, except that the prices of fit ask `diplome` for the tier.
"""

from solver.rule import HardRule, Preference, Rule
from solver.rules import (
    absences_simultanees,
    accessibilite,
    adequation_nsf,
    adequation_secteur,
    age,
    binome,
    capacite,
    capacite_public,
    convention_signee,
    decalage_semaine,
    depart_commun,
    derogation,
    diplome,
    equite,
    exclusion,
    fenetre,
    hote,
    internat,
    internat_ouvert,
    internat_places,
    non_place,
    ordre,
    pays,
    place_trouvee,
    public,
    quota_legal,
    reserve,
    saturation,
    semaines_max,
    stabilite_accueil,
    stabilite_date,
    taille_groupe,
    trajet,
    trajet_inconfort,
    trajet_minute,
    tuteurs,
    une_place,
)

HARD_RULES: tuple[HardRule, ...] = (
    fenetre.RULE,
    ordre.RULE,
    depart_commun.RULE,
    exclusion.RULE,
    absences_simultanees.RULE,
    public.RULE,
    diplome.RULE,
    age.RULE,
    derogation.RULE,
    accessibilite.RULE,
    pays.RULE,
    reserve.RULE,
    trajet.RULE,
    internat_ouvert.RULE,
    place_trouvee.RULE,
    convention_signee.RULE,
    une_place.RULE,
    hote.RULE,
    binome.RULE,
    taille_groupe.RULE,
    capacite.RULE,
    capacite_public.RULE,
    semaines_max.RULE,
    tuteurs.RULE,
    quota_legal.RULE,
    internat_places.RULE,
)
"""What a plan may never break."""

PREFERENCES: tuple[Preference, ...] = (
    non_place.RULE,
    equite.RULE,
    decalage_semaine.RULE,
    trajet_minute.RULE,
    trajet_inconfort.RULE,
    internat.RULE,
    adequation_nsf.RULE,
    adequation_secteur.RULE,
    saturation.RULE,
    stabilite_date.RULE,
    stabilite_accueil.RULE,
)
"""What a plan pays for, in points."""

RULES: tuple[Rule, ...] = HARD_RULES + PREFERENCES
