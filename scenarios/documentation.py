"""The tables explained to the people who fill them: French Markdown, from the columns themselves.

Must not know: files of a given scenario.
"""

from collections.abc import Iterable, Mapping

from scenarios.cells import written
from scenarios.tables import Column, Table, plan_tables, scenario_tables, settings_columns

_READING = """\
Un scénario est un dossier (ou les mêmes fichiers dans un `.zip`, ou un classeur `.xlsx` avec une
feuille par table, ou un objet `.json` aux mêmes noms) : `scenario.toml` et des tables CSV. Le
programme écrit en UTF-8, avec `;`, des dates et des semaines ISO (`2027-12-31`, `2027-W04`). Il
lit aussi `,` ou la tabulation, l'ISO-8859-15, les dates `jj/mm/aaaa` et celles d'Excel, `S04
2027` ou `semaine 4` (l'année vient alors de `annee` : dès la semaine 31, la première des deux),
la virgule décimale, oui/non/vrai/faux/x/1/0, et les en-têtes sans regarder majuscules, accents ni
espaces. Les lignes vides ne comptent pas ; les listes d'une cellule sont séparées par des
espaces. Une colonne, une clé ou une table inconnue est une faute. `*` marque ce qui est
obligatoire, ◆ ce qui identifie la ligne.

N'entrent jamais : INE, noms et prénoms d'élèves, date de naissance, adresse, téléphone,
courriel."""

_SETTINGS = """\
Dans un classeur, ces clés sont les lignes de la feuille `scenario`, colonnes `cle` et `valeur` :
`titre`, `bareme.non_place`… Les listes y sont séparées par des espaces, les paliers d'équité s'y
écrivent `2:50 10:50`. Les feuilles `notes`, `lisez-moi`, `aide` et
`Par …` ne sont pas lues.

`reference = "dossier"` : un plan dont rester proche. Dans un classeur, ce plan tient en deux
feuilles, `reference_calendrier` et `reference_affectations`, et la clé vaut `reference`."""

_VARIANTS = """\
`base = "../autre"` dans `scenario.toml` : le scénario n'est plus que ce qui diffère. Chaque table
ne contient que les lignes changées (reconnues à leurs colonnes ◆) ou ajoutées. Une ligne changée
remplace celle de la base, une cellule vide comprise ; les colonnes **absentes** du fichier
gardent la valeur de la base. La colonne `supprimer` (`oui`) retire la ligne. `[regles]`,
`[bareme]` et `[calendrier]` se complètent clé par clé. `bases = ["../a", "../b"]` réunit deux
bassins : une ligne dite des deux côtés ne compte qu'une fois si elle est identique, et c'est une
faute sinon, à moins que la variante ne tranche (de même pour les clés de `scenario.toml` : donner
au moins `titre` et `bassin`)."""


def table_documentation() -> str:
    """All tables, keys and columns as Markdown, in French."""
    parts = ["# Les tables d'un scénario", _READING, "## `scenario.toml`", _SETTINGS]
    plain = [c for c in settings_columns().values() if isinstance(c, Column)]
    parts.append(_grid(plain))
    for name, section in settings_columns().items():
        if isinstance(section, Mapping):
            parts += [f"### `[{name}]`", _grid(section.values())]
    for table in scenario_tables().values():
        parts += _section(table)
    parts += ["## Variantes", _VARIANTS, "# Les tables d'un plan"]
    for table in plan_tables().values():
        parts += _section(table)
    return "\n\n".join(parts) + "\n"


def _section(table: Table) -> list[str]:
    return [f"## `{table.name}.csv` — {table.meaning}", _grid(table.columns)]


def _grid(columns: Iterable[Column]) -> str:
    lines = ["| colonne | contenu | valeur | défaut | exemple |", "|---|---|---|---|---|"]
    for c in columns:
        name = f"`{c.header}`" + ("*" if c.required else "") + (" ◆" if c.key else "")
        contents = c.meaning + _named(c)
        default = "" if c.required else _code(written(c.default))
        cells = [name, contents, c.format + c.limits, default, _code(c.example)]
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)


def _named(column: Column) -> str:
    tables = [f"`{name}`" for name in column.references]
    return f" → {', '.join(tables)}" if tables else ""


def _code(text: str) -> str:
    return f"`{text}`" if text else ""
