"""The school year of a scenario: which weeks exist, which can be used, which a period occupies.

Sources: school holidays by zone and public holidays from the `holidays` package (arrêtés of the
Ministry of Education; C. trav. L. 3133-1, and L. 3134-13 for Alsace-Moselle).
Must not know: pupils.
"""

from collections.abc import Mapping
from datetime import date
from functools import cached_property, lru_cache

import holidays
from holidays.constants import SCHOOL

from solver.domain import Period, Scenario
from solver.errors import UnknownSchoolYear
from solver.week import Week

_ALSACE_MOSELLE = ("57", "67", "68")
_MIN_KNOWN_DAYS = 60
"""School holidays of a known civil year number about 110 days; fewer means an incomplete source."""


@lru_cache(maxsize=16)
def _school_holidays(zone: str, year: int) -> frozenset[date]:
    days = frozenset(
        holidays.country_holidays("FR", subdiv=f"Zone {zone}", years=year, categories=(SCHOOL,))
    )
    if len(days) < _MIN_KNOWN_DAYS:
        raise UnknownSchoolYear(str(year), zone)
    return days


@lru_cache(maxsize=16)
def _public_holidays(year: int, alsace_moselle: bool = False) -> frozenset[date]:
    return frozenset(
        holidays.country_holidays("FR", subdiv="57" if alsace_moselle else None, years=year)
    )


class SchoolCalendar:
    """The weeks of one school year, in a zone, with what the bassin closes besides.

    Raises `UnknownSchoolYear` where no holidays are known for the year: an empty calendar would
    be a wrong answer.
    """

    def __init__(self, scenario: Scenario) -> None:
        first_year, last_year = (int(y) for y in scenario.year.split("-"))
        if last_year != first_year + 1:
            raise UnknownSchoolYear(scenario.year, scenario.zone)
        years = (first_year, last_year)
        first, last = Week.of(date(first_year, 8, 24)), Week.of(date(last_year, 7, 11))
        self.weeks: tuple[Week, ...] = tuple(first.plus(i) for i in range(last.since(first) + 1))
        """Every calendar week of the school year, holidays included."""
        self._public = frozenset().union(*(_public_holidays(y) for y in years))
        self._local = frozenset().union(*(_public_holidays(y, alsace_moselle=True) for y in years))
        self._school = frozenset().union(*(_school_holidays(scenario.zone, y) for y in years))
        closed: set[date] = set()
        for closure in scenario.school_year.closures:
            closed.update(closure.days() if isinstance(closure, Week) else (closure,))
        self._closed = frozenset(closed)
        self._min_days = scenario.regulation.min_days_per_week
        self._closed_weeks = _closed_weeks(scenario)

    def school_days(self, week: Week) -> int:
        """Days of class from Monday to Friday, 0 to 5."""
        return sum(
            day not in self._school and day not in self._public and day not in self._closed
            for day in week.days()
        )

    @cached_property
    def usable(self) -> tuple[Week, ...]:
        """The weeks with enough days of class (`jours_min_semaine`), in order."""
        return tuple(w for w in self.weeks if self.school_days(w) >= self._min_days)

    @cached_property
    def index(self) -> Mapping[Week, int]:
        """Position of each usable week in `usable`."""
        return {week: i for i, week in enumerate(self.usable)}

    def is_usable(self, week: Week) -> bool:
        return week in self.index

    def occupied(self, period: Period, start: Week) -> tuple[Week, ...]:
        """The first `duration_weeks` usable weeks from `start` on.

        Empty where `start` is not usable, the year ends before, or the weeks are not consecutive
        though the period may not straddle holidays.
        """
        first = self.index.get(start)
        if first is None:
            return ()
        weeks = self.usable[first : first + period.duration_weeks]
        if len(weeks) < period.duration_weeks:
            return ()
        if not period.may_straddle and weeks[-1].since(start) != len(weeks) - 1:
            return ()
        return weeks

    def is_closed(self, target: str, week: Week) -> bool:
        """Whether a row of `blocages.csv` closes this establishment, division or host that week."""
        return week in self._closed_weeks.get(target, ())

    def closed_weeks(self, target: str) -> frozenset[Week]:
        """The weeks closed to `target` (an id of establishment, division or host)."""
        return self._closed_weeks.get(target, frozenset())

    def public_holidays(self, week: Week, commune: str = "") -> int:
        """Days of class lost that week to public holidays.

        `commune`: Insee code of the host's place; in Moselle, Bas-Rhin and Haut-Rhin Good Friday
        and 26 December count too (they shorten the days counted, they never close a week).
        """
        off = self._local if commune.startswith(_ALSACE_MOSELLE) else self._public
        return sum(day in off and day not in self._school for day in week.days())


def _closed_weeks(scenario: Scenario) -> Mapping[str, frozenset[Week]]:
    closed: dict[str, set[Week]] = {}
    for closure in scenario.closures:
        span = range(closure.last.since(closure.first) + 1)
        closed.setdefault(closure.target, set()).update(closure.first.plus(i) for i in span)
    return {target: frozenset(weeks) for target, weeks in closed.items()}
