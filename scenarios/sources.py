"""Opens a folder, a `.zip`, an `.xlsx` or a `.json`: from a path to what it holds, unjudged.

Must not know: what a column means, how variants are put together.
"""

import lzma
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from scenarios.cells import fold
from scenarios.delimited import csv_table
from scenarios.documents import open_document, toml_settings
from scenarios.raw import LARGEST_FILE, Source
from scenarios.workbook import open_workbook
from solver.errors import Fault

LARGEST_ARCHIVE = 100_000_000
LARGEST_RATIO = 200
MOST_MEMBERS = 200


def open_source(path: Path, label: str = "") -> Source:
    """The raw content of a folder, `.zip`, `.xlsx` or `.json`; never raises, says faults instead.

    `label` is put before the names of files, to tell the scenarios of a variant apart.
    """
    source = Source(path)
    try:
        if path.is_dir():
            _folder(source, label)
        elif not path.exists():
            hint = _nearby(path)
            source.faults.append(
                Fault("introuvable", "scénario introuvable", file=label + path.name, hint=hint)
            )
        elif path.suffix.lower() == ".zip":
            _archive(source, label)
        elif path.suffix.lower() in (".xlsx", ".xlsm"):
            open_workbook(source, label)
        elif path.suffix.lower() == ".json":
            open_document(source, label)
        else:
            source.faults.append(
                Fault(
                    "format-inconnu",
                    "ce fichier n'est pas un scénario",
                    file=label + path.name,
                    expected="un dossier, un .zip, un .xlsx ou un .json",
                )
            )
    except OSError as reason:
        source.faults.append(
            Fault(
                "illisible",
                f"lecture impossible ({reason.strerror or type(reason).__name__})",
                file=label + path.name,
            )
        )
    return source


def source_of(contents: Mapping[str, bytes]) -> Source:
    """The raw content of files held in memory, by name; `a/b.csv` is a table of folder `a`."""
    source = Source(Path.cwd())
    for name, content in contents.items():
        folder, _, file = name.rpartition("/")
        held = Source(source.origin) if folder else source
        _member(held, file, name, content)
        if folder:
            source.inside.setdefault(folder, []).extend(held.tables)
            source.faults += held.faults
    return source


def _nearby(path: Path) -> str | None:
    for suffix in (".zip", ".xlsx", ".json"):
        other = path.with_name(path.name + suffix)
        if other.exists():
            return f"il existe « {other.name} »"
    return None


def _too_big(file: str) -> Fault:
    return Fault("trop-gros", "fichier trop gros pour un scénario, non lu", file=file)


def _folder(source: Source, label: str) -> None:
    for entry in sorted(source.origin.iterdir()):
        if entry.name.startswith((".", "~$")) or not entry.is_file():
            continue
        if _wanted(entry.name):
            file = label + entry.name
            if entry.stat().st_size > LARGEST_FILE:
                source.faults.append(replace(_too_big(file), table=fold(entry.stem)))
                continue
            try:
                content = entry.read_bytes()
            except OSError as reason:
                message = f"lecture impossible ({reason.strerror or type(reason).__name__})"
                table = fold(entry.stem)
                source.faults.append(Fault("illisible", message, table, file=file))
                continue
            _member(source, entry.name, file, content)


def _wanted(name: str) -> bool:
    return name.lower().endswith(".csv") or name.lower() == "scenario.toml"


def _member(source: Source, name: str, file: str, content: bytes) -> None:
    if name.lower() == "scenario.toml":
        source.settings = toml_settings(file, content, source.faults)
        return
    table = csv_table(name.rsplit(".", 1)[0], file, content, source.faults)
    if table is not None:
        source.tables.append(table)


def _archive(source: Source, label: str) -> None:
    file = label + source.origin.name
    try:
        with zipfile.ZipFile(source.origin) as archive:
            folders = _folders(archive, file, source.faults)
            home = _home(folders, file, source.faults)
            for folder, members in folders.items():
                if home is None:
                    return
                held = source if folder == home else Source(source.origin)
                for name, info in members.items():
                    shown = f"{label}{folder}/{name}" if folder and folder != home else label + name
                    _member(held, name, shown, archive.read(info))
                if held is not source:
                    source.inside[folder.removeprefix(home).strip("/")] = held.tables
                    source.faults += held.faults
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, *_CORRUPT):
        source.faults.append(Fault("zip-illisible", "archive zip abîmée ou chiffrée", file=file))


_CORRUPT = (zlib.error, lzma.LZMAError, EOFError, OSError)

Members = dict[str, dict[str, zipfile.ZipInfo]]
"""Wanted files of an archive, by folder and name."""


def _folders(archive: zipfile.ZipFile, file: str, faults: list[Fault]) -> Members:
    """The files worth reading, after the safety checks; empty where one fails."""

    def refuse(message: str, value: str | None = None) -> Members:
        faults.append(Fault("zip-refuse", f"{message}, archive non lue", file=file, value=value))
        return {}

    entries = archive.infolist()
    if len(entries) > MOST_MEMBERS:
        return refuse("trop de fichiers", str(len(entries)))
    folders: Members = {}
    total = packed = 0
    for info in entries:
        *parents, name = info.filename.replace("\\", "/").split("/")
        if info.is_dir() or "__MACOSX" in parents or name.startswith((".", "~$")):
            continue
        if ".." in parents or "" in parents or ":" in info.filename:
            return refuse("un chemin sort de l'archive", info.filename[:80])
        if not _wanted(name):
            continue
        members = folders.setdefault("/".join(parents), {})
        if name.lower() in (other.lower() for other in members):
            return refuse("un fichier y est deux fois", name[:80])
        members[name] = info
        total += info.file_size
        packed += info.compress_size
    if total > LARGEST_ARCHIVE or total > LARGEST_RATIO * max(packed, 5_000):
        return refuse("contenu démesuré")
    return folders


def _home(folders: Members, file: str, faults: list[Fault]) -> str | None:
    """The folder of the archive that is the scenario; plans may lie in folders below it."""
    homes = [f for f, members in folders.items() if "scenario.toml" in map(str.lower, members)]
    candidates = homes or list(folders)
    below = [f for f in folders if f not in candidates[:1] and candidates]
    if len(candidates) == 1 and all(f.startswith(candidates[0]) for f in below):
        return candidates[0]
    if candidates:
        shown = ", ".join(sorted(folder or "(racine)" for folder in folders))[:80]
        message = "l'archive contient plusieurs dossiers de tables"
        faults.append(Fault("zip-ambigu", message, file=file, value=shown, expected="un seul"))
    return None
