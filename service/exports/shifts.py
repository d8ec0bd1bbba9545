"""What a shifted departure would change, in words and figures: one telling for pages and terminal.

Must not know: how a week is priced.
"""

from service.exports.comparison import french, signed
from solver.whatif import Adapted

_NAMED = 5


def adapted_row(one: Adapted) -> tuple[str, str, str, str]:
    """A week, its points, the periods that move with it, the pupils elsewhere who change hosts."""
    moved = ", ".join(one.moved[:_NAMED]) + (" …" if len(one.moved) > _NAMED else "")
    return (
        one.week.label() + (" (celle du plan)" if one.current else ""),
        signed(one.change),
        moved or "aucune",
        "moins de 5" if one.rehoused is None else french(one.rehoused),
    )
