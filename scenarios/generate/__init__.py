"""Fictional bassins from a seed: believable ones of any size, and tiny ones to enumerate.

The same arguments give the same scenario, to the byte. Must not know: files, the solver's search.
"""

from scenarios.generate.bassin import demo, generate
from scenarios.generate.recipe import DEFAULT_FEATURES, FEATURES, Feature, Size, Tension
from scenarios.generate.tiny import raw_plans, tiny

__all__ = [
    "DEFAULT_FEATURES",
    "FEATURES",
    "Feature",
    "Size",
    "Tension",
    "demo",
    "generate",
    "raw_plans",
    "tiny",
]
