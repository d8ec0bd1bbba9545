"""The usual periods of a division, where nobody has written its calendar yet: a first draft.

Durations and windows of `generate` (calendars of real establishments, zone B, 2026-2027), at the
same ISO weeks of any other school year; 2de GT as the ministry fixes it, the two weeks that end on
the last Friday of June. To be read again by each establishment.
Must not know: files, hosts.
"""

from datetime import date, timedelta

from scenarios.generate.periods import STAY_3E, STAYS, Stay
from solver.domain import Division, Period
from solver.week import Week

_DRAWN_FOR = 2026
_STRADDLES_FROM_WEEKS = 4
"""A stay this long may go over holidays."""


def usual_periods(division: Division, level: str, year: str) -> tuple[Period, ...]:
    """The periods a division of that level makes in that school year; none for a level unknown."""
    first = int(year[:4])
    if division.public == "3E":
        return (_alone(division, STAY_3E, first, "3e"),)
    if division.public == "2GT":
        start = june_start(first + 1)
        stay = Stay(2, str(start), str(start.plus(1)), str(start))
        alone = _alone(division, stay, start.year - 1, "2gt", moved=False)
        return (alone.model_copy(update={"imposed": start}),)
    return tuple(
        Period(
            id=f"{division.id}-{rank}",
            division=division.id,
            rank=rank,
            duration_weeks=stay.weeks,
            earliest=_moved(stay.earliest, first),
            latest=_moved(stay.latest, first),
            wished=_moved(stay.wished, first),
            may_straddle=stay.weeks >= _STRADDLES_FROM_WEEKS,
            min_gap_weeks=stay.min_gap if rank > 1 else 0,
        )
        for rank, stay in enumerate(STAYS.get(level, ()), 1)
    )


def june_start(year: int) -> Week:
    """First of the two weeks that end on the last Friday of June."""
    last = date(year, 6, 30)
    friday = last - timedelta(days=(last.weekday() - 4) % 7)
    return Week.of(friday - timedelta(days=7))


def _alone(division: Division, stay: Stay, first: int, group: str, *, moved: bool = True) -> Period:
    """The one period of a division that leaves with all those of its level in the school."""
    read = (lambda text: _moved(text, first)) if moved else Week.parse
    return Period(
        id=f"{division.id}-1",
        division=division.id,
        rank=1,
        duration_weeks=stay.weeks,
        earliest=read(stay.earliest),
        latest=read(stay.latest),
        departure=f"{division.establishment}-{group}",
    )


def _moved(text: str, first: int) -> Week:
    """The same ISO week, in the school year that begins in `first`."""
    week = Week.parse(text)
    return Week(week.year - _DRAWN_FOR + first, min(week.number, 52))
