"""`solve` and `demo`: from tables to a plan folder, with the distance to the best plan.

Must not know: how plans are found.
"""

from pathlib import Path

import typer

from scenarios import read, write_plan
from service.cli.destination import refuse_unless_plan
from service.cli.exits import Exit
from service.cli.output import as_json, count, err, number, percent, say
from service.cli.plan import costs, placements
from service.progress import Monitor, interruptible
from solver.domain import Conflict, Plan, Result, Scenario, Status
from solver.explain import explain_infeasible
from solver.indicators import indicators, reasons
from solver.search import solve

STATUSES: dict[Status, str] = {
    "optimal": "Plan optimal : aucun plan ne coûte moins.",
    "feasible": "Plan valable, toutes règles respectées.",
    "infeasible": "Aucun plan n’est possible.",
    "out_of_time": "Pas de plan dans le temps imparti.",
}
_TOLD = 0.01
"""Part of the gap from which a cause is told."""


def run(
    path: Path,
    output: Path,
    seconds: float,
    seed: int,
    cores: int,
    iterations: int | None,
    *,
    figures: bool,
    json: bool,
) -> None:
    """Read, solve, write the plan folder (and figures), tell what it is worth."""
    scenario = read(path)
    refuse_unless_plan(output)
    with interruptible() as stop, Monitor(seconds, err) as monitor:
        result = solve(
            scenario,
            seconds=seconds,
            seed=seed,
            cores=cores,
            iterations=iterations,
            stop=stop,
            progress=monitor,
        )
    if result.plan is None:
        no_plan(scenario, result, interrupted=stop.asked, json=json)
        return
    unplaced = reasons(scenario, result.plan)
    measured = indicators(scenario, result.plan, unplaced)
    figures_of_plan = measured.model_dump(mode="json")
    write_plan(output, scenario, result, unplaced=unplaced, indicators=figures_of_plan)
    drawn = draw(scenario, result.plan, output) if figures else ()
    if json:
        as_json(
            {
                "statut": result.status,
                "cout": result.report.cost if result.report else None,
                "borne": result.bound,
                "ecart": result.gap,
                "causes": dict(result.causes),
                "couts": dict(result.report.costs) if result.report else {},
                "secondes": result.seconds,
                "graine": result.seed,
                "arrete": stop.asked,
                "sortie": str(output),
                "figures": [str(f) for f in drawn],
                "indicateurs": figures_of_plan,
            }
        )
        return
    if stop.asked:
        say("Arrêté à la demande : le meilleur plan trouvé est gardé.", "yellow")
    say(f"{scenario.title} — {STATUSES[result.status]}", "bold")
    if result.report is not None:
        costs(result.report)
    placements(measured)
    say(distance(result))
    say(f"Plan : {output}/ (calendrier.csv, affectations.csv, non_places.csv, bilan.json)")
    if drawn:
        names = ", ".join(f.name for f in drawn if f.suffix == ".png")
        say(f"Figures : {output / 'figures'}/ ({names})")


def distance(result: Result) -> str:
    """The bound in words that people understand."""
    cost = result.report.cost if result.report else 0
    if result.status == "optimal":
        return f"On ne peut pas faire mieux que {number(cost)} points : c’est prouvé."
    said = (
        f"On ne peut pas faire mieux que {number(result.bound)} points (borne prouvée) : ce plan "
        f"en coûte {number(cost)}, soit au plus {percent(result.gap)} de trop."
    )
    whole = sum(result.causes.values())
    shares = [
        f"{cause} {percent(points / whole, 0)}"
        for cause, points in result.causes.items()
        if points >= _TOLD * whole > 0
    ]
    return f"{said} D’où vient cet écart : {', '.join(shares)}." if shares else said


def draw(scenario: Scenario, plan: Plan, output: Path) -> tuple[Path, ...]:
    """All figures, beside the plan."""
    from service.exports.figures import save_all

    return save_all(scenario, plan, output / "figures")


def no_plan(scenario: Scenario, result: Result, *, interrupted: bool, json: bool) -> None:
    """Why there is none; ends with the exit code that says so."""
    conflicts = result.conflicts
    if result.status == "infeasible" and not conflicts:
        conflicts = explain_infeasible(scenario)
    if json:
        as_json(
            {
                "statut": result.status,
                "arrete": interrupted,
                "conflits": conflict_rows(conflicts),
            }
        )
    else:
        say(f"{scenario.title} — {STATUSES[result.status]}", "bold red")
        tell(conflicts)
        if conflicts:
            say("\n« bassin expliquer » donne le plus petit ensemble de changements qui suffit.")
    if result.status == "infeasible":
        raise typer.Exit(Exit.IMPOSSIBLE)
    raise typer.Exit(Exit.INTERRUPTED if interrupted else Exit.NO_PLAN)


def conflict_rows(conflicts: tuple[Conflict, ...]) -> list[dict[str, object]]:
    """The conflicts for programs."""
    return [
        {
            "regles": conflict.rules,
            "lignes": conflict.rows,
            "message": conflict.message,
            "pour_en_sortir": conflict.loosening,
        }
        for conflict in conflicts
    ]


def tell(conflicts: tuple[Conflict, ...]) -> None:
    """The conflicts, each with its rows and its way out."""
    if conflicts:
        say(f"{count(len(conflicts), 'conflit')} :")
    for i, conflict in enumerate(conflicts, 1):
        say(f"\n{i}. {conflict.message}")
        for row in conflict.rows:
            say(f"   - {row}")
        say(f"   Pour en sortir : {conflict.loosening}", "green")
