"""The files that `/importer` takes: what each is, what goes with it, what must be asked.

Must not know: how they are read.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of file; `beside` and `asked` are keys of `BESIDE` and `FIELDS`."""

    title: str
    gives: str
    file: str = "Le fichier (.csv, .xlsx, ou .zip d’un CSV)"
    """Label of its file; empty where it reads none."""
    beside: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """Something a file cannot say itself."""

    label: str
    value: str = ""
    options: tuple[tuple[str, str], ...] = ()
    kind: str = "text"


SOURCES: Mapping[str, Source] = {
    "etablissements": Source(
        "Annuaire national des établissements",
        "Les établissements d’un bassin : UAI, type, commune, internat.",
        beside=("communes", "attached"),
    ),
    "divisions": Source(
        "Liste de MEF avec effectifs",
        "Les divisions professionnelles et leurs périodes usuelles, sans les apprentis.",
        beside=("diplomas",), asked=("periods", "largest"),
    ),
    "effectifs": Source(
        "Effectifs par établissement",
        "Les divisions de 3e, SEGPA et 2de, et leurs périodes usuelles.",
        asked=("periods",),
    ),
    "eleves": Source(
        "Élèves, sans leurs noms",
        "Les élèves et leurs divisions : pseudonymes, âge, commune.",
        beside=("communes", "diplomas"), asked=("school", "periods"),
    ),
    "sirene": Source(
        "Extrait SIRENE",
        "Des structures possibles autour des établissements : qui est là, pas qui accueille.",
        beside=("communes", "activities"), asked=("radius_km", "publics", "slots", "fewest"),
    ),
    "entreprises": Source(
        "Tableur partagé des structures",
        "Qui accueille qui, combien ; les doublons sont réunis, et c’est dit.",
        beside=("communes", "activities", "diplomas"),
    ),
    "offres": Source(
        "Offres d’une plateforme",
        "Les semaines, les places et les publics de chaque structure.",
        beside=("communes", "activities", "diplomas"), asked=("radius_km",),
    ),
    "trajets": Source(
        "Temps de trajet",
        "Les minutes d’un lieu à un autre, à la place de l’estimation.",
        asked=("mode",),
    ),
    "secteurs": Source(
        "Secteurs, de la NAF et des diplômes",
        "Ce qui relie les divisions et les structures du scénario.",
        file="", beside=("activities", "diplomas"),
    ),
    "simulation": Source(
        "Structures fictives",
        "De quoi essayer tant que personne n’a dit qui accueille.",
        file="", beside=("communes",), asked=("seed", "tension"),
    ),
}  # fmt: skip
BESIDE: Mapping[str, str] = {
    "communes": "Table des communes, si elles manquent au scénario (code Insee, nom, lat, lon)",
    "diplomas": "Table des diplômes et de leurs secteurs, si vous l’avez",
    "activities": "Table des secteurs et de leurs codes NAF, si vous l’avez",
    "attached": "Bassin des établissements, là où l’annuaire ne le dit pas (uai, bassin)",
}
_MODES = (("", "celui de chaque ligne"), ("tc", "transports en commun"), ("voiture", "voiture"),
          ("deux_roues", "deux-roues"), ("velo", "vélo"), ("pied", "à pied"))  # fmt: skip
FIELDS: Mapping[str, Field] = {
    "school": Field("UAI de l’établissement, si le fichier ne le dit pas"),
    "periods": Field("Ouvrir aussi les périodes usuelles de chaque niveau", kind="checkbox"),
    "largest": Field("Élèves d’une division, quand le fichier ne les nomme pas", "24", kind="n"),
    "radius_km": Field("Autour des établissements, en km", "30", kind="n"),
    "publics": Field("Publics supposés, à vérifier", "3E 2GT CAP BACPRO CS"),
    "slots": Field("Places par semaine supposées", "1", kind="n"),
    "fewest": Field("Salariés, au moins", "1", kind="n"),
    "mode": Field("Mode de déplacement", options=_MODES),
    "seed": Field("Graine du hasard", "0", kind="n"),
    "tension": Field(
        "Rareté des places",
        "normale",
        tuple((word, word) for word in ("basse", "normale", "haute")),
    ),
}
