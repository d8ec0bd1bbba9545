"""A page of a list, newest first, and where the next one begins. Must not know: what is listed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, String, cast
from sqlmodel import Session, col
from sqlmodel.sql.expression import SelectOfScalar

Row = TypeVar("Row")
_LARGEST = 2**63 - 1
"""No database counts further."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows, and the cursor of the next page; None at the end."""

    rows: Sequence[Row]
    next: str | None


def page(
    session: Session, query: SelectOfScalar[Row], key: Any, *, cursor: str | None, limit: int
) -> Page[Row]:
    """Rows in falling order of `key` (a column that sorts by age), below `cursor` where given.

    A cursor is written in hexadecimal digits, for numbers as for identifiers.
    """
    counted = key.type.python_type is int
    if cursor is not None:
        query = query.where(col(key) < (min(int(cursor, 16), _LARGEST) if counted else cursor))
    rows = session.exec(query.order_by(col(key).desc()).limit(limit + 1)).all()
    if len(rows) <= limit:
        return Page(rows, None)
    last = getattr(rows[limit - 1], key.key)
    return Page(rows[:limit], f"{last:x}" if counted else str(last))


def has_tag(tags: Any, tag: str) -> ColumnElement[bool]:
    """Whether a JSON list of texts holds this one, said the same way on every database."""
    return cast(col(tags), String).contains(json.dumps(tag), autoescape=True)
