"""`regles` and `schema`: what the program knows, for reading. Must not know: any scenario."""

from scenarios import scenario_json_schema, table_documentation
from service.cli.output import as_json, grid, out
from solver.rules import HARD_RULES, RULES


def rules(*, json: bool) -> None:
    """The table of rules."""
    kind = {rule.key: "dure" if rule in HARD_RULES else "préférence" for rule in RULES}
    if json:
        as_json(
            [
                {"cle": r.key, "nature": kind[r.key], "regle": r.sentence, "source": r.source}
                for r in RULES
            ]
        )
        return
    for nature, title in (
        ("dure", "Règles qu’un plan n’enfreint jamais"),
        ("préférence", "Préférences, payées en points"),
    ):
        grid(
            title,
            ("clé", "règle", "source"),
            [(r.key, r.sentence, r.source) for r in RULES if kind[r.key] == nature],
        )


def formats(*, tables: bool, api: bool, json: bool) -> None:
    """The JSON schema of a scenario, the OpenAPI document of the service, or the documentation of
    the tables (a JSON string with `json`)."""
    if api:
        from service.api import create_app
        from service.settings import Settings

        as_json(create_app(Settings(database="sqlite://")).openapi())
    elif not tables:
        as_json(scenario_json_schema())
    elif json:
        as_json({"markdown": table_documentation()})
    else:
        out.file.write(table_documentation())
