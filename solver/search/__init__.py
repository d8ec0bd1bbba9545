"""The search: construction, annealing over pupil and unit moves, exact finish on small problems.

Must not know: files, terminals, databases.
"""

from solver.search.solve import Progress, solve

__all__ = ["Progress", "solve"]
