"""French words and figures of the pages, and the terms of the trade with their meaning.

Must not know: pages.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from service.cli.output import count as count
from service.cli.output import number as number
from service.cli.output import percent as percent

_PARIS = ZoneInfo("Europe/Paris")
_WEEK = re.compile(r"\b20\d\d-W(\d\d)\b")
TERMS: Mapping[str, str] = MappingProxyType(
    {
        "PFMP": "Période de formation en milieu professionnel : les semaines en entreprise que "
        "compte le diplôme (CAP, bac professionnel).",
        "BEF": "Bassin d’éducation et de formation : les établissements et les entreprises d’un "
        "même territoire, que le pôle de stages coordonne.",
        "borne": "Coût au-dessous duquel aucun plan ne peut descendre : c’est prouvé. L’écart "
        "entre le coût et la borne dit ce qu’on pourrait encore gagner, au plus.",
        "barème": "Les prix, en points, de ce qu’on préfère éviter : un élève sans place, une "
        "semaine décalée, une minute de trajet…",
        "points": "Unité du coût : un point vaut une minute de trajet aller d’un élève.",
        "saturation": "Trop d’élèves dehors la même semaine pour les places ouvertes : au-delà "
        "d’un seuil, chaque élève compte des points.",
        "équité": "Un établissement dont une trop grande part des élèves reste sans place coûte "
        "plus cher : le calcul répartit l’effort.",
        "scénario": "Les tables d’un bassin : établissements, divisions, périodes, élèves, "
        "structures d’accueil. Il ne change jamais ; le modifier en fait une variante.",
        "variante": "Un scénario fait d’un autre par quelques changements, écrits et réversibles.",
        "plan": "Ce que le calcul propose : une semaine pour chaque départ, une structure pour "
        "chaque élève, et les raisons là où il n’y en a pas.",
        "division": "Une classe : les élèves qui partent ensemble.",
        "séquence d’observation": "Le stage d’une semaine des élèves de 3e, de deux semaines des "
        "élèves de 2de générale et technologique.",
        "dérogation": "Autorisation, valable trois ans, de confier des travaux réglementés à des "
        "mineurs.",
        "UAI": "Code d’un établissement scolaire : sept chiffres et une lettre.",
        "REP": "Réseau d’éducation prioritaire.",
        "DDF": "Directeur ou directrice délégué(e) aux formations : organise les périodes en "
        "entreprise de son lycée.",
    }
)

ORIGINS: Mapping[str, str] = MappingProxyType(
    {
        "upload": "déposé",
        "from-patch": "variante faite",
        "proposition": "proposition acceptée",
        "demo": "démonstration",
        "import": "complété par un fichier",
        "merge": "bassins réunis",
    }
)
COSTS: Mapping[str, str] = MappingProxyType(
    {
        "non_place": "Élèves sans place",
        "equite": "Établissements trop touchés",
        "decalage_semaine": "Départs décalés",
        "trajet_minute": "Trajets",
        "trajet_inconfort": "Trajets trop longs",
        "internat": "Internat",
        "adequation_nsf": "Métier voisin de la formation",
        "adequation_secteur": "Métier du même secteur",
        "saturation": "Semaines saturées",
        "stabilite_date": "Dates changées",
        "stabilite_accueil": "Structures changées",
    }
)


def instant(at: datetime) -> str:
    """A moment as people say it, in Paris: « 23/11/2026 à 9 h 05 »."""
    there = at.astimezone(_PARIS)
    return f"{there:%d/%m/%Y} à {there.hour} h {there:%M}"


def weeks_in_words(text: str) -> str:
    """A sentence of the engine with its weeks as people say them: « S24 » for `2027-W24`."""
    return _WEEK.sub(r"S\1", text)


def sector(key: str) -> str:
    """A sector as people write it: « maintenance equip » for `maintenance_equip`."""
    return key.replace("_", " ")


def duration(seconds: float) -> str:
    """« 45 s », « 2 min 05 s », « 1 h 10 min »."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole}\u202fs"
    if whole < 3600:
        return f"{whole // 60}\u202fmin {whole % 60:02d}\u202fs"
    return f"{whole // 3600}\u202fh {whole % 3600 // 60:02d}\u202fmin"
