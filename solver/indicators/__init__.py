"""What people ask of a plan: its figures, and why each unplaced pupil has no place.

Recomputed from Scenario and Plan; must not know OR-Tools nor the engine.
"""

from solver.indicators.measure import indicators
from solver.indicators.models import REASONS, Indicators
from solver.indicators.reasons import reasons

__all__ = ["REASONS", "Indicators", "indicators", "reasons"]
