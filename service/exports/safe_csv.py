"""CSV that a spreadsheet opens well and that cannot run anything there.

`;`, a byte order mark and CRLF for Excel in French, dates as people write them. Must not know: what
the table is about.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date

BYTE_ORDER_MARK = "\ufeff"
_DANGEROUS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "|", "%")
"""A text that begins so, blanks apart, may be taken for a formula or a command (OWASP, « CSV
injection »); full-width signs count too."""

Cell = str | int | date | None


def safe(cell: Cell) -> str:
    """A cell as text that no spreadsheet takes for a formula: an apostrophe goes before it."""
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.strftime("%d/%m/%Y")
    if isinstance(cell, int):
        return str(cell)
    risky = cell.lstrip().startswith(_DANGEROUS) or cell.startswith(("\t", "\r", "\n"))
    return f"'{cell}" if risky else cell


def csv_file(headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The whole file."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([safe(header) for header in headers])
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return (BYTE_ORDER_MARK + text.getvalue()).encode()
