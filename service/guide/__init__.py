"""The guides that people read, in French: for each role, the tables, the rules, operations.

Written pages stand beside as Markdown; `donnees` and `regles` are made from the code, so that they
cannot drift. Commands stand in `sh` blocks and are run by the tests (`sh lent`: by the slow ones).
Must not know: how a page is shown.
"""

from collections.abc import Mapping
from pathlib import Path

_HERE = Path(__file__).parent
IMAGES = _HERE / "images"
"""Screenshots of the pages, kept by the tests, put here by `python tests/walk_pages.py --guide`."""
PAGES: Mapping[str, str] = {
    "coordonnateur": "Coordonnateur de bassin : des tables au calendrier remis à chacun",
    "etablissement": "DDF, chef d’établissement : ses divisions, ses élèves, ses conventions",
    "rectorat": "Rectorat : plusieurs bassins, comparer, réunir, diffuser",
    "lots": "Lots, cartes de pôles, plusieurs machines",
    "importer": "Importer les fichiers que l’on a",
    "donnees": "Dictionnaire des données : chaque table, chaque colonne",
    "regles": "Livre des règles : phrase, source, valeur et prix de chacune",
    "exploitation": "Exploitation : installer, ouvrir, sauvegarder",
}
"""Name and title of every page, in the order in which people would look for them."""


def page(name: str) -> str:
    """A page as Markdown; raises `KeyError` where there is none of that name."""
    if name not in PAGES:
        raise KeyError(name)
    if name == "donnees":
        from scenarios import table_documentation

        return table_documentation()
    if name == "regles":
        from service.guide.rule_book import rule_book

        return rule_book()
    return (_HERE / f"{name}.md").read_text(encoding="utf-8")
