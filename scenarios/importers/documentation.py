"""The columns each source knows, under all their names: French Markdown, from the code itself.

Must not know: files.
"""

from scenarios.importers import (
    communes,
    divisions,
    establishments,
    journeys,
    nomenclature,
    offers,
    pupils,
    shared_hosts,
    sirene,
)
from scenarios.importers.sought import Sought

SOURCES: tuple[tuple[str, str, tuple[Sought, ...]], ...] = (
    ("etablissements", "annuaire national (fr-en-annuaire-education)", establishments.COLUMNS),
    ("divisions", "liste de MEF avec effectifs", divisions.MEF_LIST),
    ("effectifs", "effectifs par établissement", divisions.HEADCOUNTS),
    ("eleves", "SIECLE, SYGNE, FREGATA", pupils.COLUMNS),
    ("sirene", "extrait SIRENE (StockEtablissement)", sirene.COLUMNS),
    ("entreprises", "tableur partagé", shared_hosts.COLUMNS),
    ("offres", "offres d’une plateforme", offers.COLUMNS),
    ("trajets", "temps de trajet", journeys.COLUMNS),
    ("--communes", "table des communes", communes.COLUMNS),
    ("--diplomes", "diplômes et secteurs", nomenclature.DIPLOMAS),
    ("--secteurs", "secteurs et NAF", nomenclature.ACTIVITIES),
    ("--rattachements", "bassin des établissements", establishments.ATTACHED),
)


def columns_documentation() -> str:
    """What each source looks for in a file: its columns, `*` where they are needed."""
    parts = [
        "# Les colonnes que reconnaît `bassin importer`",
        "Majuscules, accents et séparateurs ne comptent pas. `*` : obligatoire. 🔒 : sert une "
        "fois, à la porte, et n’est jamais gardée. Toute autre colonne est laissée à la porte.",
    ]
    for name, meaning, columns in SOURCES:
        lines = ["| colonne | en-têtes reconnus |", "|---|---|"]
        for c in columns:
            mark = ("*" if c.required else "") + (" 🔒" if c.secret else "")
            lines.append(f"| {c.name}{mark} | {', '.join(f'`{h}`' for h in c.headers)} |")
        parts += [f"## `{name}` — {meaning}", "\n".join(lines)]
    return "\n\n".join(parts) + "\n"
