"""Where a verb is going to write, looked at before it works. Must not know: what it writes."""

import os
from pathlib import Path


def refuse_early(output: Path, mark: str = "", other: str = "contient autre chose") -> None:
    """A destination that could not be written is told before the search, not after.

    A folder that is not empty must hold the file `mark`, where one is named; else it is refused as
    what it is (`other`). Raises `FileExistsError`, `PermissionError`.
    """
    folder = output.absolute()
    if folder.exists() and not folder.is_dir():
        raise FileExistsError(f"« {output} » existe et n’est pas un dossier : choisir un autre nom")
    if mark and folder.is_dir() and any(folder.iterdir()) and not (folder / mark).is_file():
        raise FileExistsError(f"« {output} » {other} : choisir un autre nom")
    parent = next(p for p in (folder, *folder.parents) if p.exists())
    if not os.access(parent, os.W_OK):
        raise PermissionError(13, "", str(parent))


def refuse_unless_plan(output: Path) -> None:
    """Only a plan folder may be written again."""
    refuse_early(output, "calendrier.csv", "existe et n’est pas le dossier d’un plan")
