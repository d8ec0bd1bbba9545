"""Folders and files that appear whole or not at all.

Written beside, flushed to disk, then renamed: whatever happens (interruption, full disk), the path
holds what it held before or what was asked. Must not know: what is written.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path


def replace_folder(
    folder: Path, contents: Mapping[str, bytes], *, sign: str, ours: Iterable[str] = ()
) -> None:
    """Put a folder with these files (`a/b` makes folder `a`) in place of what stands there.

    A folder that exists must be empty or hold the file `sign`; of what it holds, files named in
    `ours` go, all others (notes, figures) are kept. Raises `FileExistsError`, `OSError`.
    """
    folder = folder.absolute()
    if folder.exists() and not _replaceable(folder, sign):
        raise FileExistsError(
            f"« {folder} » existe et n'a pas été écrit par ce programme (il n'y a pas de {sign}) : "
            "choisir un autre nom"
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        fresh, old = beside / "neuf", beside / "ancien"
        fresh.mkdir()
        for name, content in contents.items():
            target = fresh / name
            target.parent.mkdir(exist_ok=True)
            with target.open("wb") as file:
                _flushed(file.write, file.fileno(), content)
        if folder.exists():
            _keep(folder, fresh, {name.split("/")[0] for name in contents} | set(ours))
        _sync(fresh)
        if folder.exists():
            folder.rename(old)
        try:
            fresh.rename(folder)
        except BaseException:
            if old.exists():
                old.rename(folder)
            raise
        _sync(folder.parent)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def replace_file(path: Path, content: bytes) -> None:
    """Put a file with this content in place of what stands there. Raises `OSError`."""
    path = path.absolute()
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    beside = Path(name)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123  (a descriptor, not a path)
            _flushed(file.write, file.fileno(), content)
        beside.chmod(0o644)
        beside.replace(path)
        _sync(path.parent)
    finally:
        beside.unlink(missing_ok=True)


def _flushed(write: Callable[[bytes], int], descriptor: int, content: bytes) -> None:
    write(content)
    os.fsync(descriptor)


def _keep(folder: Path, fresh: Path, replaced: set[str]) -> None:
    """Copy what is not ours into the new folder."""
    for entry in folder.iterdir():
        if entry.name in replaced:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.copytree(entry, fresh / entry.name, symlinks=True)
        else:
            shutil.copy2(entry, fresh / entry.name, follow_symlinks=False)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _replaceable(folder: Path, sign: str) -> bool:
    return folder.is_dir() and ((folder / sign).is_file() or not any(folder.iterdir()))
