"""Plans on the plane of two measures, and which of them no other beats on both.

Must not know: what the measures mean.
"""

from solver.compare.models import Comparison, Measure, Point


def pareto(comparison: Comparison, x: str, y: str) -> tuple[Point, ...]:
    """A point per plan that has both measures; raises `KeyError` for a measure that is not there.

    A plan is dominated where another is at least as good on both and better on one.
    """
    first, second = comparison.measure(x), comparison.measure(y)
    known = [
        (side.name, a, b)
        for side, a, b in zip(comparison.sides, first.values, second.values, strict=True)
        if a is not None and b is not None
    ]
    return tuple(
        Point(
            name=name,
            x=a,
            y=b,
            dominated=any(
                _loss(first, c) <= _loss(first, a)
                and _loss(second, d) <= _loss(second, b)
                and (_loss(first, c), _loss(second, d)) != (_loss(first, a), _loss(second, b))
                for _, c, d in known
            ),
        )
        for name, a, b in known
    )


def _loss(measure: Measure, value: float) -> float:
    """The value turned so that less is better."""
    return -value if measure.better == "plus" else value
