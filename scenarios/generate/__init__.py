"""Fictional bassins from a seed: believable ones of any size, whole académies, tiny ones.

The same arguments give the same scenario, to the byte. Must not know: files, the solver's search.
"""

from scenarios.generate.academy import academy
from scenarios.generate.bassin import demo, generate
from scenarios.generate.recipe import DEFAULT_FEATURES, FEATURES, Feature, Size, Tension
from scenarios.generate.tiny import raw_plans, tiny

__all__ = [
    "DEFAULT_FEATURES",
    "FEATURES",
    "Feature",
    "Size",
    "Tension",
    "academy",
    "demo",
    "generate",
    "raw_plans",
    "tiny",
]
