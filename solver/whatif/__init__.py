"""What if: questions put to a plan that stands, each answered on the whole plan.

`stand` lays a plan out once; `shifts` asks every other week for a departure, `why` what keeps a
pupil without a place, `shortage` what would place most pupils. `replan` starts from a plan of a
scenario that has changed. Must not know: files, how answers are shown.
"""

from solver.whatif.front import Choice, Front, front
from solver.whatif.obstacles import Obstacle
from solver.whatif.prospect import Idle, Lead, Prospect, prospect
from solver.whatif.recommend import Recommendation, recommendations
from solver.whatif.remedies import Applied, Remedies, Remedy
from solver.whatif.replan import replan
from solver.whatif.replanned import Redated, Rehoused, Replanned
from solver.whatif.shift import Adapted, Shift, adapted, shifted, shifts
from solver.whatif.shortage import Opened, Opening, Shortage, openings, shortage
from solver.whatif.standing import Standing, stand
from solver.whatif.why import Why, why

__all__ = [
    "Adapted",
    "Applied",
    "Choice",
    "Front",
    "Idle",
    "Lead",
    "Obstacle",
    "Opened",
    "Opening",
    "Prospect",
    "Recommendation",
    "Redated",
    "Rehoused",
    "Remedies",
    "Remedy",
    "Replanned",
    "Shift",
    "Shortage",
    "Standing",
    "Why",
    "adapted",
    "front",
    "openings",
    "prospect",
    "recommendations",
    "replan",
    "shifted",
    "shifts",
    "shortage",
    "stand",
    "why",
]
