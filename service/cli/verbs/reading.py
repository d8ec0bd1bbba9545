"""What there is to read: guides, rules, tables."""

from typing import Annotated

import typer

from service.cli.options import Json


def guide(
    page: Annotated[
        str | None,
        typer.Argument(
            metavar="PAGE", show_default=False, help="Une page ; sans elle, la liste des pages."
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Donne le guide : par rôle, les données, les règles, l’exploitation.

    Exemple : bassin guide coordonnateur
    """
    from service.cli.guide import show

    show(page, json=json)


def regles(json: Json = False) -> None:
    """Liste les règles : clé, phrase, source.

    Exemple : bassin regles
    """
    from service.cli.reference import rules

    rules(json=json)


def schema(
    tables: Annotated[
        bool, typer.Option("--tables", help="La documentation des tables, en Markdown.")
    ] = False,
    api: Annotated[bool, typer.Option("--api", help="Le document OpenAPI du service.")] = False,
    json: Json = False,
) -> None:
    """Écrit le schéma JSON d’un scénario, ou la documentation des tables.

    Exemple : bassin schema --tables > tables.md
    """
    from service.cli.reference import formats

    formats(tables=tables, api=api, json=json)
