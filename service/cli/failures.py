"""From an exception to a French sentence and an exit code: the command never shows a trace.

Must not know: the verbs.
"""

import errno

from service.cli.exits import Exit
from solver.errors import (
    CalendrierBassinError,
    EngineDefect,
    InvalidPlan,
    InvalidScenario,
    UnknownSchoolYear,
    UnknownSubject,
)

_ABSENT = frozenset({"introuvable", "format-inconnu"})


def sentence_and_code(error: Exception) -> tuple[str, Exit]:
    """What to tell, and how to end."""
    match error:
        case InvalidScenario() | InvalidPlan():
            absent = {f.code for f in error.faults} <= _ABSENT
            return str(error), Exit.USAGE if absent else Exit.REFUSED
        case UnknownSubject():
            return str(error), Exit.USAGE
        case UnknownSchoolYear():
            return str(error), Exit.REFUSED
        case EngineDefect():
            return str(error), Exit.DEFECT
        case CalendrierBassinError():
            return str(error), Exit.REFUSED
        case FileExistsError() if error.errno is None:
            return f"{error}.", Exit.USAGE
        case OSError():
            return _disk(error), Exit.DISK
        case MemoryError():
            return "Mémoire insuffisante : fermer d’autres programmes et recommencer.", Exit.DEFECT
    return (
        f"Défaut du programme ({type(error).__name__} : {error}). Rien n’a été écrit. "
        "Merci de le signaler avec le scénario et la commande.",
        Exit.DEFECT,
    )


def _disk(error: OSError) -> str:
    reasons = {
        errno.ENOSPC: "le disque est plein",
        errno.EDQUOT: "le quota du disque est atteint",
        errno.EACCES: "les droits ne le permettent pas",
        errno.EPERM: "les droits ne le permettent pas",
        errno.EROFS: "le disque est en lecture seule",
        errno.ENOENT: "le chemin n’existe pas",
        errno.ENOTDIR: "un élément du chemin n’est pas un dossier",
        errno.EISDIR: "c’est un dossier",
    }
    reason = reasons.get(error.errno or 0, error.strerror or type(error).__name__)
    where = f" « {error.filename} »" if error.filename else ""
    return f"Lecture ou écriture impossible{where} : {reason}. Aucun plan incomplet n’est laissé."
