"""Opens a file that people already have: a CSV, an `.xlsx`, or a `.zip` with one CSV in it.

It lies on a disk, or is held in memory by a service that never writes it down.

A CSV is read line by line, never as a whole, so that a regional extract passes through and that
names stay in the file. A workbook has to be read whole, then is forgotten.
Must not know: what the columns mean, what is made of the rows.
"""

import codecs
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from scenarios.delimited import MOST_BROKEN, records
from scenarios.raw import Source
from scenarios.workbook import open_workbook
from solver.errors import Fault

LARGEST_HANDED = 500_000_000
"""Bytes of text; the SIRENE extract of a région is smaller."""
LONGEST_LINE = 1_000_000
"""Characters; a longer one is no row of a table, and would be read whole."""
LARGEST_SHEET_FILE = 50_000_000
"""Bytes of a workbook, which is read as a whole."""
LARGEST_RATIO = 200
_CHUNK = 1 << 20
_CORRUPT = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError,
            RuntimeError, ValueError)  # fmt: skip

Cells = tuple[int, list[Any], str | None]
"""Line, cells, and why the row cannot be used, where it cannot."""


@dataclass(frozen=True, slots=True)
class Held:
    """A file in memory: its name as it was sent, and what it holds."""

    name: str
    content: bytes


Given = Path | Held
"""Where a file is read from."""


@dataclass(slots=True)
class Handed:
    """A file handed in: its rows on demand, and what was wrong with it."""

    file: str
    rows: Callable[[], Iterator[Cells]]
    """Each call reads the file from its beginning; fills `faults`."""
    faults: list[Fault] = field(default_factory=list)


def handed(given: Given) -> Handed:
    """The file, not yet read. Never raises for what the file holds."""
    opened = Handed(given.name, lambda: iter(()))
    if isinstance(given, Path) and not given.is_file():
        expected = "un fichier .csv, .xlsx ou .zip"
        opened.faults.append(
            Fault("introuvable", "fichier introuvable", file=given.name, expected=expected)
        )
        return opened
    size = given.stat().st_size if isinstance(given, Path) else len(given.content)
    suffix = Path(given.name).suffix.lower()
    if suffix in (".csv", ".txt", ".tsv"):
        opened.rows = lambda: _text_rows(opened, lambda: _open(given), size)
    elif suffix in (".xlsx", ".xlsm"):
        opened.rows = lambda: _sheet_rows(opened, given, size)
    elif suffix == ".zip":
        opened.rows = lambda: _archive_rows(opened, given)
    else:
        message = "ce genre de fichier ne se lit pas ici"
        expected = "un fichier .csv, .xlsx ou .zip"
        hint = "l'enregistrer au format CSV ou .xlsx" if suffix in (".xls", ".ods") else None
        opened.faults.append(
            Fault("format-inconnu", message, file=given.name, expected=expected, hint=hint)
        )
    return opened


def _open(given: Given) -> IO[bytes]:
    return given.open("rb") if isinstance(given, Path) else io.BytesIO(given.content)


def _text_rows(opened: Handed, open_: Callable[[], IO[bytes]], size: int) -> Iterator[Cells]:
    if size > LARGEST_HANDED:
        opened.faults.append(_too_big(opened.file, "extraire le département ou les communes"))
        return
    try:
        with closing(open_()) as binary:
            encoding = _encoding(binary, opened)
        if encoding is None:
            return
        with (
            closing(open_()) as binary,
            io.TextIOWrapper(binary, encoding=encoding, newline="") as text,
        ):
            broken: list[Fault] = []
            for line, cells, spoiled in records(_lines(text, opened), opened.file, broken):
                yield line, cells, broken[-1].message if spoiled else None
            if len(broken) > MOST_BROKEN:
                opened.faults.append(broken[-1])
    except OSError as reason:
        message = f"lecture impossible ({reason.strerror or type(reason).__name__})"
        opened.faults.append(Fault("illisible", message, file=opened.file))
    except _CORRUPT:
        opened.faults.append(Fault("illisible", "fichier abîmé", file=opened.file))


def _lines(text: IO[str], opened: Handed) -> Iterator[str]:
    """The lines, up to one that has no end."""
    while line := text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE and not line.endswith(("\n", "\r")):
            message = "ligne démesurée : la suite du fichier n’a pas été lue"
            expected = "un fichier CSV enregistré par un tableur"
            opened.faults.append(
                Fault("ligne-demesuree", message, file=opened.file, expected=expected)
            )
            return
        yield line


def _encoding(binary: IO[bytes], opened: Handed) -> str | None:
    """UTF-8 (with or without BOM), UTF-16 with BOM, Windows-1252 or ISO-8859-15; one pass."""
    start = binary.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    strict = codecs.getincrementaldecoder("utf-8")()
    lenient = codecs.getincrementaldecoder("utf-8")(errors="replace")
    utf8, letters, windows = True, False, False
    chunk = start
    while chunk:
        if b"\x00" in chunk:
            message = "octets qui ne sont pas du texte"
            expected = "un fichier CSV enregistré par un tableur"
            opened.faults.append(Fault("encodage", message, file=opened.file, expected=expected))
            return None
        if not chunk.isascii() or not utf8:
            windows = windows or any(0x80 <= byte <= 0x9F for byte in chunk)
            letters = letters or any(ord(c) > 127 and c != "\ufffd" for c in lenient.decode(chunk))
        if utf8:
            try:
                strict.decode(chunk)
            except UnicodeDecodeError:
                utf8 = False
        chunk = binary.read(_CHUNK)
    if utf8 and not strict.getstate()[0]:
        return "utf-8-sig"
    if letters:
        message, expected = "le fichier mélange deux encodages", "UTF-8 ou ISO-8859-15"
        hint = "l'enregistrer de nouveau depuis le tableur, en UTF-8"
        opened.faults.append(
            Fault("encodage", message, file=opened.file, expected=expected, hint=hint)
        )
        return None
    return "cp1252" if windows else "iso-8859-15"


def _archive_rows(opened: Handed, given: Given) -> Iterator[Cells]:
    def refuse(message: str) -> None:
        expected = "une archive qui contient un seul fichier CSV"
        said = f"{message}, archive non lue"
        opened.faults.append(Fault("zip-refuse", said, file=opened.file, expected=expected))

    with ExitStack() as opening:
        try:
            archive = opening.enter_context(zipfile.ZipFile(opening.enter_context(_open(given))))
        except (OSError, *_CORRUPT):
            refuse("archive zip abîmée ou chiffrée")
            return
        tables = [
            info
            for info in archive.infolist()
            if not info.is_dir()
            and "__MACOSX" not in info.filename
            and info.filename.lower().endswith((".csv", ".txt"))
        ]
        if len(tables) != 1:
            refuse("aucun fichier CSV" if not tables else "plusieurs fichiers CSV")
            return
        (info,) = tables
        if info.file_size > LARGEST_RATIO * max(info.compress_size, 5_000):
            refuse("contenu démesuré")
            return
        if info.flag_bits & 1:
            refuse("archive zip chiffrée")
            return
        yield from _text_rows(opened, lambda: archive.open(info), info.file_size)


def _sheet_rows(opened: Handed, given: Given, size: int) -> Iterator[Cells]:
    """The rows of the one sheet that holds a table; what spoils a row is said with the row."""
    if size > LARGEST_SHEET_FILE:
        opened.faults.append(_too_big(opened.file, "l'enregistrer au format CSV"))
        return
    source = Source(Path(given.name))
    open_workbook(source, "", lambda: _open(given))
    spoiled: dict[int, str] = {}
    for fault in source.faults:
        if fault.line is None:
            opened.faults.append(fault)
        elif fault.code == "cellules-fusionnees":
            first, last = (int("".join(filter(str.isdigit, end)) or 0)
                           for end in (*str(fault.value).split(":"), "0")[:2])  # fmt: skip
            spoiled |= dict.fromkeys(range(first, max(first, last) + 1), "cellules fusionnées")
        else:
            spoiled[fault.line] = fault.message
    sheets = [t for t in source.tables if t.rows]
    if len(sheets) > 1:
        names = ", ".join(t.name for t in sheets[:6])
        message = "le classeur a plusieurs feuilles de données"
        expected = "une seule feuille (les autres vides, ou nommées notes, aide, lisez-moi)"
        opened.faults.append(
            Fault("feuilles", message, file=opened.file, value=names[:80], expected=expected)
        )
        return
    for table in source.tables:
        everything = [(table.header_line, table.header), *table.rows]
        yield from ((line, cells, spoiled.get(line)) for line, cells in everything)


def _too_big(file: str, hint: str) -> Fault:
    return Fault("trop-gros", "fichier trop gros, non lu", file=file, hint=hint)
