"""What clients send, before it is read: which kind it is, not too large, and what of it is kept.

Must not know: what a table means, who sends.
"""

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator

from service.packing import Kind
from service.refusals import Refusal
from service.settings import Settings

_CHUNK = 1 << 20
_MOST_ROWS = 1_000_000
"""Lines of a text file, each of which is accounted for in memory."""


def kind_of(content: bytes) -> Kind:
    """The format these bytes are in, by what they say, not by what they are called."""
    if content[:4] == b"PK\x03\x04":
        return "xlsx" if "xl/workbook.xml" in _names(content) else "zip"
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return "json"
    raise Refusal(
        "format-inconnu",
        "Ce n’est pas un scénario : envoyer un .zip des tables, un classeur .xlsx ou du JSON.",
    )


def check(content: bytes, kind: Kind, settings: Settings) -> None:
    """Raises `Refusal` where reading it could cost too much."""
    if len(content) > settings.upload_bytes:
        raise too_large(settings)
    if kind == "json":
        _check_cells(content.count(b":") + content.count(b","), settings)
        return
    cells = 0
    unpacked = 0
    for member, chunk in _chunks(content):
        unpacked += len(chunk)
        if unpacked > settings.upload_ratio * len(content):
            raise Refusal(
                "trop-compresse",
                f"Une fois décompressé, l’envoi dépasse {settings.upload_ratio} fois sa taille : "
                "il n’est pas lu.",
            )
        sheet = member.startswith("xl/worksheets/")
        if kind == "zip" or sheet:
            cells += chunk.count(b"<c ") if sheet else _csv_cells(chunk)
            _check_cells(cells, settings)


def check_rows(content: bytes) -> None:
    """Raises `Refusal` where a text file has too many lines."""
    if max(content.count(b"\n"), content.count(b"\r")) > _MOST_ROWS:
        raise Refusal(
            "trop-de-cellules",
            f"Le fichier a plus de {_MOST_ROWS} lignes : extraire le département, ou les communes.",
        )


def kept(content: bytes, kind: Kind) -> bytes:
    """What is stored of an archive: its tables, without any file that was not read."""
    if kind != "zip":
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        wanted = [m for m in members if m.filename.lower().endswith((".csv", "scenario.toml"))]
        if len(wanted) == len(members) and not archive.comment:
            return content
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as fresh:
            for member in wanted:
                info = zipfile.ZipInfo(member.filename, member.date_time)
                info.compress_type = zipfile.ZIP_DEFLATED
                fresh.writestr(info, archive.read(member))
        return packed.getvalue()


def too_large(settings: Settings) -> Refusal:
    megabytes = settings.upload_bytes / 1_000_000
    return Refusal("trop-gros", f"L’envoi dépasse {megabytes:.0f} Mo : il n’est pas lu.")


def _check_cells(cells: int, settings: Settings) -> None:
    if cells > settings.upload_cells:
        raise Refusal(
            "trop-de-cellules",
            f"Le scénario a plus de {settings.upload_cells} cellules : il n’est pas lu.",
        )


def _csv_cells(chunk: bytes) -> int:
    return sum(chunk.count(mark) for mark in (b";", b",", b"\t", b"\n"))


def _names(content: bytes) -> list[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.namelist()
    except zipfile.BadZipFile:
        raise _broken() from None


def _chunks(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Every member piece by piece: what it really holds, whatever the archive announces."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                with archive.open(member) as stream:
                    while chunk := stream.read(_CHUNK):
                        yield member.filename, chunk
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, RuntimeError, EOFError, OSError):
        raise _broken() from None


def _broken() -> Refusal:
    return Refusal("archive-illisible", "L’archive est abîmée ou chiffrée : la refaire.")
