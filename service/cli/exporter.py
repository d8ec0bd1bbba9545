"""`exporter`: a plan in the formats that people use. Must not know: how the files are made."""

from collections.abc import Sequence
from pathlib import Path

import typer

from scenarios import read, read_own_plan
from scenarios.folders import replace_folder
from service.cli.output import as_json, count, say
from service.exports.delivery import FORMATS, NOTICE, Format, export, notice

_AGENDAS = "agendas-*/*.ics"


def deliver(
    scenario_path: Path,
    plan_path: Path,
    formats: Sequence[str],
    output: Path,
    *,
    json: bool,
) -> None:
    """Write the files asked for (all where none is named) in `output`: together, or none."""
    asked = _asked(formats)
    scenario = read(scenario_path)
    folder = read_own_plan(plan_path, scenario)
    before = {str(p.relative_to(output)): p.read_bytes() for p in sorted(output.glob(_AGENDAS))}
    files = {NOTICE: notice(scenario), **export(scenario, folder, asked, before)}
    replace_folder(output, files, sign=NOTICE)
    if json:
        as_json({"sortie": str(output), "formats": asked, "fichiers": sorted(files)})
        return
    say(f"{count(len(files), 'fichier')} dans {output}/", "bold")
    for name in asked:
        kind = FORMATS[name]
        masks = " (à diffuser : effectifs de 1 à 4 masqués)" if kind.outside else ""
        say(f"- {kind.meaning}{masks}")


def _asked(formats: Sequence[str]) -> tuple[Format, ...]:
    words = {word.strip().lower() for text in formats for word in text.split(",")} - {""}
    unknown = sorted(words - set(FORMATS))
    if unknown:
        raise typer.BadParameter(
            f"« {', '.join(unknown)} » n’est pas un format ; il y a {', '.join(FORMATS)}.",
            param_hint="'--format'",
        )
    return tuple(f for f in FORMATS if f in words or not words)
