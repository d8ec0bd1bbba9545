"""`expliquer`: why no calendar is possible, and the fewest changes that make one possible.

Must not know: how conflicts are found.
"""

from pathlib import Path

import typer

from scenarios import read, write
from service.cli.exits import Exit
from service.cli.output import as_json, count, say
from service.cli.solve import conflict_rows, tell
from solver.explain import explain_infeasible, way_out


def explain(path: Path, *, seconds: float, output: Path | None, json: bool) -> None:
    """All conflicts, then a way out, which `output` keeps; ends with 3 where there are any."""
    scenario = read(path)
    if output is not None and output.exists():
        raise FileExistsError(f"« {output} » existe déjà : choisir un autre nom")
    conflicts = explain_infeasible(scenario, seconds)
    out = way_out(scenario, seconds) if conflicts else None
    if out is not None and output is not None:
        write(out.scenario, output)
    if json:
        as_json(
            {
                "possible": not conflicts,
                "conflits": conflict_rows(conflicts),
                "changements": list(out.sentences) if out else [],
                "le_moins_possible": bool(out and out.fewest),
                "verifie": out is not None,
                "sortie": str(output) if out and output else None,
            }
        )
    elif not conflicts:
        say(f"{scenario.title} : un calendrier est possible, rien à expliquer.", "bold green")
    else:
        say(f"{scenario.title} : aucun calendrier n’est possible.", "bold red")
        tell(conflicts)
        say("")
        if out is None:
            say("Aucun petit ensemble de changements n’a été trouvé à temps.", "yellow")
        else:
            least = "Le plus petit ensemble de changements" if out.fewest else "Un petit ensemble"
            say(
                f"{least} qui suffit ({count(len(out.sentences), 'case')}, vérifié) :", "bold green"
            )
            for sentence in out.sentences:
                say(f"- {sentence}")
            if output is not None:
                say(f"Scénario ainsi corrigé : {output}")
    if conflicts:
        raise typer.Exit(Exit.IMPOSSIBLE)
