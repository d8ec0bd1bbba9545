"""An ISO week: the only way this program names time shorter than a school year.

Weeks are compared as (ISO year, ISO number), never by number alone. Must not know: holidays.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

_WRITTEN = re.compile(r"(\d{4})-W(\d{2})")
_MONTHS = (
    "janv.", "févr.", "mars", "avr.", "mai", "juin",
    "juil.", "août", "sept.", "oct.", "nov.", "déc.",
)  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """ISO 8601 week `number` (1 to 53) of ISO year `year`; ordered in time."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `2027-W04`; raises `ValueError` for anything else, an absent week 53 included."""
        match = _WRITTEN.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"semaine illisible : {text!r} (attendu : 2027-W04)")
        week = cls(int(match[1]), int(match[2]))
        try:
            date.fromisocalendar(week.year, week.number, 1)
        except ValueError:
            raise ValueError(f"cette semaine n'existe pas : {text!r}") from None
        return week

    @classmethod
    def of(cls, day: date) -> Self:
        """The week that holds `day`."""
        iso = day.isocalendar()
        return cls(iso.year, iso.week)

    @property
    def monday(self) -> date:
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def friday(self) -> date:
        return self.monday + timedelta(days=4)

    def days(self) -> tuple[date, ...]:
        """Monday to Friday."""
        return tuple(self.monday + timedelta(days=i) for i in range(5))

    def plus(self, weeks: int) -> Self:
        """The week `weeks` calendar weeks later (earlier where negative)."""
        return type(self).of(self.monday + timedelta(weeks=weeks))

    def since(self, other: "Week") -> int:
        """Calendar weeks from `other` to this one (negative where this one is earlier)."""
        return (self.monday - other.monday).days // 7

    def __str__(self) -> str:
        return f"{self.year:04d}-W{self.number:02d}"

    def label(self) -> str:
        """As people say it: « S47 · 16–20 nov. »."""
        first, last = self.monday, self.friday
        same_month = first.month == last.month
        start = str(first.day) if same_month else f"{first.day} {_MONTHS[first.month - 1]}"
        return f"S{self.number:02d} · {start}–{last.day} {_MONTHS[last.month - 1]}"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        read = core_schema.no_info_plain_validator_function(
            lambda value: value if isinstance(value, Week) else cls.parse(str(value))
        )
        return core_schema.json_or_python_schema(
            json_schema=read,
            python_schema=read,
            serialization=core_schema.to_string_ser_schema(),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "pattern": r"^\d{4}-W\d{2}$", "examples": ["2027-W04"]}
