"""How the command ends, for scripts. Must not know: what went wrong in particular."""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of `bassin`."""

    OK = 0
    REFUSED = 1
    USAGE = 2
    IMPOSSIBLE = 3
    DEFECT = 4
    NO_PLAN = 5
    DISK = 6
    INTERRUPTED = 130


MEANINGS: dict[Exit, str] = {
    Exit.OK: "tout va bien",
    Exit.REFUSED: "fautes dans les tables ou le plan, ou règles enfreintes",
    Exit.USAGE: "commande mal écrite, fichier ou dossier introuvable",
    Exit.IMPOSSIBLE: "aucun plan n’est possible : les conflits sont dits",
    Exit.DEFECT: "défaut du programme, à signaler",
    Exit.NO_PLAN: "pas de plan dans le temps imparti",
    Exit.DISK: "écriture impossible (droits, disque plein)",
    Exit.INTERRUPTED: "interrompu avant d’avoir un plan",
}
