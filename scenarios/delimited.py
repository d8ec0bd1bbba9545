"""Bytes to text, text to the rows of a CSV table: encodings, separators, quotation, line numbers.

Must not know: what a column means, where the bytes came from.
"""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import replace

from scenarios.cells import empty, fold
from scenarios.raw import RawTable
from solver.errors import Fault


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
    if lines and (match := re.fullmatch(r"\s*sep=(.)\s*", lines[0])):
        delimiter, lines = match[1], lines[1:]
    else:
        delimiter = _delimiter(lines)
    table = RawTable(name, file, [], [])
    for line, cells, broken in _records(lines, delimiter, file, faults):
        if all(empty(cell) for cell in cells):
            continue
        if not table.header:
            table.header, table.header_line = cells, line
            continue
        table.rows.append((line, cells))
        if broken:
            table.broken.add(line)
    return table


def _delimiter(lines: list[str]) -> str:
    header = next((line for line in lines if line.strip()), "")
    header = re.sub(r'"[^"]*"', "", header)
    counts = {delimiter: header.count(delimiter) for delimiter in (";", "\t", ",")}
    best = max(counts, key=lambda delimiter: counts[delimiter])
    return best if counts[best] else ";"


def _records(
    lines: list[str], delimiter: str, file: str, faults: list[Fault]
) -> Iterable[tuple[int, list[str], bool]]:
    """(line as a spreadsheet counts, cells, broken): a bad quotation spoils its own line only."""
    start = 0
    record = 0
    while start < len(lines):
        reader = csv.reader(lines[start:], delimiter=delimiter, strict=True)
        consumed = 0
        try:
            for cells in reader:
                record += 1
                consumed = reader.line_num
                yield record, cells, False
            return
        except csv.Error as reason:
            record += 1
            line = lines[start + consumed]
            limit = "limit" in str(reason)
            faults.append(
                Fault(
                    "guillemets",
                    "cellule démesurée" if limit else "guillemets mal fermés",
                    file=file,
                    line=record,
                    expected='un guillemet au début et à la fin, "" à l\'intérieur',
                )
            )
            yield record, [cell.strip(' "\r\n') for cell in line.split(delimiter)], True
            start += consumed + 1
