"""Bytes to text, text to the rows of a CSV table: encodings, separators, quotation, line numbers.

Must not know: what a column means, where the bytes came from.
"""

import csv
import io
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from scenarios.cells import empty, fold
from scenarios.raw import RawTable
from solver.errors import Fault

BLANK_BEFORE_HEADER = 100
"""Lines that hold nothing, after which the header is not looked for any further."""
MOST_BROKEN = 100
"""Lines with a bad quotation after which a file is no table."""


def decoded(content: bytes, file: str, faults: list[Fault]) -> str | None:
    """Text of a file: UTF-8 (with or without BOM), UTF-16 with BOM, ISO-8859-15 or Windows-1252."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError:
            faults.append(Fault("encodage", "texte UTF-16 abîmé", file=file))
            return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as reason:
        bad = reason.start
    lenient = content.decode("utf-8", errors="replace")
    if any(ord(c) > 127 and c != "\ufffd" for c in lenient):
        faults.append(
            Fault(
                "encodage",
                "le fichier mélange deux encodages",
                file=file,
                line=content.count(b"\n", 0, bad) + 1,
                expected="UTF-8 ou ISO-8859-15, d'un bout à l'autre",
            )
        )
        return lenient
    encoding = "cp1252" if any(0x80 <= byte <= 0x9F for byte in content) else "iso-8859-15"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as reason:
        faults.append(
            Fault(
                "encodage",
                "octets qui ne sont pas du texte",
                file=file,
                line=content.count(b"\n", 0, reason.start) + 1,
                expected="UTF-8 ou ISO-8859-15",
            )
        )
        return None


def csv_table(name: str, file: str, content: bytes, faults: list[Fault]) -> RawTable | None:
    """The rows of a CSV file, `;` `,` or tab; None where it cannot be read at all."""
    text = decoded(content, file, faults)
    if text is None:
        faults[-1] = replace(faults[-1], table=fold(name))
        return None
    lines = io.StringIO(text, newline="").readlines()
    if len(lines) == 1 and "\r" in lines[0]:
        lines = re.split(r"(?<=\r)", text)
    table = RawTable(name, file, [], [])
    for line, cells, broken in records(lines, file, faults):
        if not table.header:
            table.header, table.header_line = cells, line
            continue
        table.rows.append((line, cells))
        if broken:
            table.broken.add(line)
    return table


def records(
    lines: Iterable[str], file: str, faults: list[Fault]
) -> Iterator[tuple[int, list[str], bool]]:
    """(line as a spreadsheet counts, cells, broken) of the rows that hold something.

    A bad quotation spoils its own line only; after `MOST_BROKEN` of them the rest is not read, and
    a fault says so. Keeps in memory the lines of one record, never the file.
    """
    source = _Lines(lines)
    delimiter = source.delimiter()
    record = broken = 0
    while True:
        reader = csv.reader(source, delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                record += 1
                source.held.clear()
                if not all(empty(cell) for cell in cells):
                    yield record, cells, False
            return
        except csv.Error as reason:
            record += 1
            broken += 1
            cells = source.give_back_but_first().split(delimiter)
            faults.append(_bad_quotation(file, record, limit="limit" in str(reason)))
            if broken > MOST_BROKEN:
                message = "trop de lignes abîmées : la suite du fichier n'a pas été lue"
                expected = "un fichier CSV enregistré par un tableur"
                faults.append(
                    Fault("guillemets", message, file=file, line=record + 1, expected=expected)
                )
                return
            if not all(empty(cell) for cell in cells):
                yield record, [cell.strip(' "\r\n') for cell in cells], True


class _Lines:
    """Lines to come, with those of the record being read held, to be read again if it is broken."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._next = iter(lines)
        self._again: deque[str] = deque()
        self.held: list[str] = []

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._next)
        self.held.append(line)
        return line

    def give_back_but_first(self) -> str:
        """The first line of the record; the others will come again."""
        first, *others = self.held
        self._again.extendleft(reversed(others))
        self.held.clear()
        return first

    def delimiter(self) -> str:
        """What separates cells: as said by a `sep=` line (which goes), else as the header shows."""
        first = next(self._next, "")
        if match := re.fullmatch(r"\s*sep=([;,|\t])\s*", first):
            return match[1]
        self._again.append(first)
        for following in islice(self._next, BLANK_BEFORE_HEADER if not first.strip() else 0):
            self._again.append(following)
            if following.strip():
                first = following
                break
        header = re.sub(r'"[^"]*"', "", first)
        counts = {delimiter: header.count(delimiter) for delimiter in (";", "\t", ",")}
        best = max(counts, key=lambda delimiter: counts[delimiter])
        return best if counts[best] else ";"


def _bad_quotation(file: str, line: int, *, limit: bool) -> Fault:
    return Fault(
        "guillemets",
        "cellule démesurée" if limit else "guillemets mal fermés",
        file=file,
        line=line,
        expected='un guillemet au début et à la fin, "" à l\'intérieur',
    )
