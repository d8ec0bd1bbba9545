"""What if: questions put to a plan that stands, each answered on the whole plan.

`stand` lays a plan out once; `shifts` asks every other week for a departure. Must not know: files,
how answers are shown.
"""

from solver.whatif.obstacles import Obstacle
from solver.whatif.shift import Adapted, Shift, adapted, shifted, shifts
from solver.whatif.standing import Standing, stand

__all__ = ["Adapted", "Obstacle", "Shift", "Standing", "adapted", "shifted", "shifts", "stand"]
