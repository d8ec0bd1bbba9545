"""What the command writes: French numbers, tables, sentences; JSON for programs.

Tables go to standard output, progress and errors to standard error. Must not know: the verbs.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

THIN_SPACE = "\u202f"

out = Console(highlight=False, soft_wrap=False)
err = Console(stderr=True, highlight=False)


def number(value: float | None, digits: int = 0) -> str:
    """A number as French readers expect it: thin spaces, decimal comma, en dash for none."""
    if value is None:
        return "–"
    return f"{value:,.{digits}f}".replace(",", THIN_SPACE).replace(".", ",")


def percent(share: float | None, digits: int = 1) -> str:
    """A share from 0 to 1 as a percentage."""
    return "–" if share is None else f"{number(100 * share, digits)}{THIN_SPACE}%"


def count(value: int, one: str, many: str | None = None) -> str:
    """« 1 place », « 2 places »."""
    return f"{number(value)} {one if abs(value) < 2 else many or one + 's'}"


def say(text: str, style: str | None = None) -> None:
    """A sentence; wrapped at words in a terminal, whole in a file."""
    out.print(escape(text), style=style, soft_wrap=not out.is_terminal)


def grid(
    title: str, headers: Sequence[str], rows: Iterable[Sequence[str]], numbers: str = ""
) -> None:
    """A table; `numbers` has one letter per column, `d` where it holds numbers."""
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for i, header in enumerate(headers):
        if numbers[i : i + 1] == "d":
            table.add_column(header, justify="right", no_wrap=True)
        else:
            table.add_column(header, overflow="fold")
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    out.print(table)


def as_json(content: Any) -> None:
    """One JSON document on standard output, in UTF-8."""
    print(json.dumps(content, ensure_ascii=False, indent=2, default=str))  # noqa: T201
