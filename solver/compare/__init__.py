"""Plans side by side: what differs, what it costs, who wins and who loses.

Recomputed from scenarios and plans; must not know files nor the engine.
"""

from solver.compare.compare import Contender, compare
from solver.compare.models import Comparison, Measure, Pair, Point, School, Side
from solver.compare.pareto import pareto

__all__ = [
    "Comparison",
    "Contender",
    "Measure",
    "Pair",
    "Point",
    "School",
    "Side",
    "compare",
    "pareto",
]
