"""The rule book: every rule with its sentence and source, every value and price with its default.

Made from the rules themselves. Must not know: any scenario.
"""

from collections.abc import Iterator, Mapping

from scenarios.cells import written
from scenarios.tables import Column, settings_columns
from solver.rules import HARD_RULES, RULES

_SECTIONS = {
    "regles": "Valeurs réglementaires et locales (`[regles]`)",
    "bareme": "Barème (`[bareme]`), en points",
}


def rule_book() -> str:
    """French Markdown."""
    lines = [
        "# Livre des règles",
        "",
        "Un plan n’enfreint jamais une règle dure. Les préférences se paient en points (1 point = "
        "1 minute de trajet d’un élève) ; le meilleur plan est celui qui en coûte le moins. "
        "Chaque règle est lue deux fois, par le moteur et par le vérificateur, sans calcul commun.",
        "",
    ]
    for title, hard in (("Règles dures", True), ("Préférences", False)):
        lines += [f"## {title}", ""]
        for rule in RULES:
            if (rule in HARD_RULES) is hard:
                lines += [f"### `{rule.key}`", "", rule.sentence, "", f"Source : {rule.source}", ""]
    for key, title in _SECTIONS.items():
        section = settings_columns()[key]
        assert isinstance(section, Mapping)
        lines += [f"## {title}", "", *_values(section), ""]
    return "\n".join(lines)


def _values(columns: Mapping[str, Column]) -> Iterator[str]:
    yield "| clé | sens | défaut |"
    yield "|---|---|---|"
    for column in columns.values():
        yield f"| `{column.header}` | {column.meaning} | `{written(column.default)}` |"
