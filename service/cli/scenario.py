"""`generate` and `controle`: scenarios before any plan. Must not know: how plans are found."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from scenarios import digest, inspect, write
from scenarios.generate import Size, Tension, academy, generate
from service.cli.exits import Exit
from service.cli.output import as_json, count, grid, number, say
from service.sizes import sizes as sizes_of
from solver.domain import Scenario
from solver.errors import Fault

if TYPE_CHECKING:
    from solver.indicators.risks import Risk

_ABSENT = frozenset({"introuvable", "format-inconnu"})


def generate_into(
    output: Path, seed: int, size: Size | int, tension: Tension, *, json: bool
) -> None:
    """Write a fictional bassin."""
    scenario = generate(seed, size, tension)
    write(scenario, output)
    if json:
        as_json({"chemin": str(output), "empreinte": digest(scenario), **sizes_of(scenario)})
    else:
        say(f"{scenario.title} : {_described(scenario)}.")
        say(f"Écrit dans {output}. Pour le planifier : bassin solve {output}")


def generate_academy(
    output: Path, seed: int, poles: int, pupils: int | None, tension: Tension, *, json: bool
) -> None:
    """Write a fictional académie: a folder for each of its bassins, one after the other."""
    written = []
    for name, scenario in academy(seed, poles, pupils, tension):
        write(scenario, output / name)
        sizes = {"titre": scenario.title, "empreinte": digest(scenario), **sizes_of(scenario)}
        written.append({"chemin": str(output / name), **sizes})
        if not json:
            say(f"{name} — {scenario.title} : {_described(scenario)}.")
    if json:
        as_json(written)
    else:
        say(f"Écrit dans {output}. Pour tout planifier : bassin batch {output}")


def check(path: Path, *, json: bool) -> None:
    """Every fault and warning of a scenario, then its risks; ends with 1 where there is a fault."""
    from solver.indicators.risks import risks

    reading = inspect(path)
    found = risks(reading.scenario) if reading.scenario is not None else ()
    if json:
        as_json(
            {
                "valide": reading.scenario is not None,
                "fautes": [fault_fields(f) for f in reading.faults],
                "avertissements": [fault_fields(f) for f in reading.warnings],
                "risques": [r.model_dump(mode="json") for r in found],
                **(sizes_of(reading.scenario) if reading.scenario is not None else {}),
            }
        )
    else:
        _faults("Fautes à corriger", reading.faults)
        _faults("Avertissements", reading.warnings)
        if reading.scenario is not None:
            say(f"{reading.scenario.title} : {_described(reading.scenario)}.")
            _risks(found)
            say("Aucune faute : le scénario peut être planifié.", "bold green")
        else:
            say(f"{count(len(reading.faults), 'faute')} : rien n’a été planifié.", "bold red")
    if reading.scenario is None:
        absent = {f.code for f in reading.faults} <= _ABSENT
        raise typer.Exit(Exit.USAGE if absent else Exit.REFUSED)


def fault_fields(fault: Fault) -> dict[str, object]:
    names = {
        "code": "code", "message": "message", "table": "table", "file": "fichier",
        "line": "ligne", "column": "colonne", "value": "valeur", "expected": "attendu",
        "hint": "conseil",
    }  # fmt: skip
    return {names[k]: v for k, v in asdict(fault).items() if k in names and v is not None}


def _faults(title: str, faults: Iterable[Fault]) -> None:
    sentences = [str(fault) for fault in faults]
    if sentences:
        say(f"{title} ({number(len(sentences))})", "bold")
        for sentence in sentences:
            say(f"- {sentence}")
        say("")


def _risks(found: tuple["Risk", ...]) -> None:
    if found:
        grid(
            "Ce qui est risqué",
            ("risque", "nombre", "ce que cela veut dire", "par exemple"),
            [(r.code, number(r.count), r.message, ", ".join(r.examples)) for r in found],
            " d",
        )


def _described(scenario: Scenario) -> str:
    sizes = sizes_of(scenario)
    return ", ".join(
        (
            count(sizes["etablissements"], "établissement"),
            count(sizes["divisions"], "division"),
            count(sizes["periodes"], "période"),
            count(sizes["eleves"], "élève"),
            count(sizes["accueils"], "structure d’accueil", "structures d’accueil"),
        )
    )
