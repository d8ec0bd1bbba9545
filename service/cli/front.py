"""`front`: a few plans to choose from. Must not know: how they are found."""

import json as json_module
from pathlib import Path

from scenarios import read, write_plan
from service.cli.destination import refuse_early
from service.cli.output import as_json, count, err, grid, number, percent, say
from service.cli.solve import no_plan
from service.progress import Monitor, interruptible
from solver.domain import Result, Scenario
from solver.indicators import indicators, reasons
from solver.whatif import Front, front
from solver.whatif.front import LEANINGS

_SUMMARY = "front.json"


def choose(
    path: Path, output: Path, *, seconds: float, plans: int, seed: int, cores: int, json: bool
) -> None:
    """Search, write a folder per plan, the figure and the summary, tell the table."""
    scenario = read(path)
    refuse_early(output, _SUMMARY)
    with interruptible() as stop, Monitor(seconds, err) as monitor:
        found = front(
            scenario,
            seconds=seconds,
            leanings=LEANINGS[:plans],
            seed=seed,
            cores=cores,
            stop=stop,
            progress=monitor,
        )
    if not found.choices:
        nothing = Result(status=found.status, conflicts=found.conflicts)
        no_plan(scenario, nothing, interrupted=stop.asked, json=json)
        return
    summary = _written(scenario, found, output)
    if json:
        as_json(summary | {"sortie": str(output)})
        return
    _tell(found)
    say(f"Plans, figure et résumé : {output}/")


def _written(scenario: Scenario, found: Front, output: Path) -> dict[str, object]:
    """The plan folders, the figure, and the summary, which names the folders."""
    from service.exports.figures import save
    from service.exports.figures.front_plans import front_plans

    output.mkdir(parents=True, exist_ok=True)
    rows = []
    for choice in found.choices:
        unplaced = reasons(scenario, choice.plan)
        measured = indicators(scenario, choice.plan, unplaced).model_dump(mode="json")
        write_plan(
            output / choice.name, scenario, choice.result, unplaced=unplaced, indicators=measured
        )
        told = choice.model_dump(mode="json", exclude={"result"})
        rows.append(told | {"ecart_propre": choice.own_gap, "dossier": choice.name})
    save(front_plans(found), output / "front.png")
    summary = {"borne": found.bound, "essais": found.tried, "plans": rows}
    content = json_module.dumps(summary, ensure_ascii=False, indent=2)
    (output / _SUMMARY).write_text(content + "\n", encoding="utf-8")
    return summary


def _tell(found: Front) -> None:
    beaten = found.tried - len(found.choices)
    rest = f" ({count(beaten, 'autre essai était battu', 'autres essais étaient battus')})"
    head = f"{count(len(found.choices), 'plan')} entre lesquels choisir"
    say(head + (rest if beaten else ""), "bold")
    for choice in found.choices:
        say(f"- {choice.name} : {choice.label}")
    grid(
        "Moins, c’est mieux partout ; l’écart dit ce qu’un plan pourrait encore gagner, au plus, "
        "selon son propre barème",
        ("dossier", "sans place", "décalées", "trajet moyen", "coût", "écart"),
        [
            (
                c.name,
                number(c.unplaced),
                number(c.moved),
                f"{number(c.mean_minutes, 1)} min",
                number(c.cost),
                percent(c.own_gap),
            )
            for c in found.choices
        ],
        " ddddd",
    )
    say(f"Selon le barème du scénario, aucun plan ne coûte moins de {number(found.bound)} points.")
