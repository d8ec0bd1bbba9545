"""What a fictional bassin is made from: seed, size, tension, features, sources of chance.

Each topic draws from a stream of its own, so that turning one feature on changes no other row
than those it is about, wherever that is possible. Must not know: how rows are made.
"""

import random
from collections.abc import Collection
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

Size = Literal["S", "M", "L", "XL"]
Tension = Literal["basse", "normale", "haute"]
Feature = Literal[
    "siren_partages",
    "conventions_signees",
    "hote_meme",
    "uai_reserves",
    "frontaliers",
    "trajets",
    "lits_mixtes",
    "inconnus",
    "fermetures",
    "autres_publics",
    "effectifs_seuls",
    "groupe_min",
    "sans_accueil",
]
FEATURES: frozenset[Feature] = frozenset(get_args(Feature))
DEFAULT_FEATURES: frozenset[Feature] = FEATURES - {"sans_accueil"}
"""All that the format knows, in a modest dose; only a bassin without any host is asked for."""

PUPILS = MappingProxyType({"S": 1_700, "M": 4_800, "L": 12_000, "XL": 36_000})
"""Pupils of each size: about 2,500, 6,700, 17,000 and 51,000 pupil-periods."""
SLOTS_PER_PUPIL = MappingProxyType({"basse": 0.66, "normale": 0.50, "haute": 0.38})
"""Weekly slots of all hosts per pupil. Two bassins simulated from public statistics have 0.42
(rural) and 0.57 (urban)."""


@dataclass(frozen=True, slots=True)
class Shares:
    """What part of a bassin's pupils is in 3e, in 2de GT, in vocational training."""

    third_year: float = 0.43
    general: float = 0.22
    training: float = 0.35


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a bassin lies among others: a spot, and identifiers that no other one has."""

    x_km: float = 0.0
    y_km: float = 0.0
    prefix: str = ""
    """Before the identifiers of places, pupils, and hosts without a SIRET."""
    schools_before: int = 0
    hosts_before: int = 0


@dataclass(frozen=True, slots=True)
class Recipe:
    """The arguments of `generate`, checked."""

    seed: int
    pupils: int
    tension: Tension
    features: frozenset[Feature]
    shares: Shares = Shares()
    ground: Ground = Ground()

    def has(self, feature: Feature) -> bool:
        return feature in self.features

    def dice(self, topic: str) -> random.Random:
        """A source of chance for one topic; the same for the same seed on every machine."""
        return random.Random(f"bassin/{self.seed}/{topic}")


def recipe(
    seed: int, size: Size | int, tension: Tension, features: Collection[Feature] | None
) -> Recipe:
    """Checks the arguments; raises `ValueError` with the words that are known."""
    if isinstance(size, str) and size not in PUPILS:
        raise ValueError(f"taille inconnue : {size!r} (attendu : {', '.join(PUPILS)})")
    if isinstance(size, int) and size < 1:
        raise ValueError(f"nombre d'élèves impossible : {size} (attendu : au moins 1)")
    if tension not in SLOTS_PER_PUPIL:
        known = ", ".join(SLOTS_PER_PUPIL)
        raise ValueError(f"tension inconnue : {tension!r} (attendu : {known})")
    wanted = DEFAULT_FEATURES if features is None else frozenset(features)
    if unknown := wanted - FEATURES:
        known = ", ".join(sorted(FEATURES))
        raise ValueError(f"particularités inconnues : {sorted(unknown)} (attendu : {known})")
    return Recipe(seed, PUPILS[size] if isinstance(size, str) else size, tension, wanted)
