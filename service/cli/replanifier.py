"""`replanifier`: a scenario that changed, from the plan of before. Must not know: the search."""

import json as json_module
from collections.abc import Iterable, Sequence
from pathlib import Path

from scenarios import digest, read, read_former_plan, write_plan
from service.cli.destination import refuse_unless_plan
from service.cli.output import as_json, count, err, grid, number, percent, say
from service.cli.plan import costs
from service.cli.solve import distance, draw, no_plan
from service.progress import Monitor, interruptible
from solver.domain import Scenario
from solver.indicators import indicators, reasons
from solver.whatif import Redated, Rehoused, Replanned, replan

_SHOWN = 20
_DATE_CAUSES = {
    "impossible": "l’ancienne semaine ne tient plus",
    "place": "la garder coûterait une place",
    "libre": "les dates étaient libres",
}
_PLACE_CAUSES = {
    "place-perdue": "place disparue",
    "ricochet": "par ricochet",
}


def from_before(
    scenario_path: Path,
    plan_path: Path,
    output: Path,
    *,
    former: Path | None,
    tables_changed: bool,
    locks: Sequence[str],
    free_dates: bool,
    seconds: float,
    seed: int,
    figures: bool,
    json: bool,
) -> None:
    """Repair, improve, write the plan folder with `changements.json`, tell what moved."""
    scenario = read(scenario_path)
    folder = read_former_plan(
        plan_path, scenario, read(former) if former else None, tables_changed=tables_changed
    )
    refuse_unless_plan(output)
    with interruptible() as stop, Monitor(seconds, err) as monitor:
        done = replan(
            scenario,
            folder.plan,
            seconds=seconds,
            seed=seed,
            locks=locks,
            waiting=[(u.pupil, u.period) for u in folder.unplaced],
            free_dates=free_dates,
            stop=stop,
            progress=monitor,
        )
    plan = done.result.plan
    if plan is None:
        no_plan(scenario, done.result, interrupted=stop.asked, json=json)
        return
    unplaced = reasons(scenario, plan)
    measured = indicators(scenario, plan, unplaced).model_dump(mode="json")
    write_plan(output, scenario, done.result, unplaced=unplaced, indicators=measured)
    changes = _changes(scenario, done)
    content = json_module.dumps(changes, ensure_ascii=False, indent=2)
    (output / "changements.json").write_text(content + "\n", encoding="utf-8")
    drawn = draw(scenario, plan, output) if figures else ()
    if json:
        as_json(changes | {"sortie": str(output), "figures": [str(f) for f in drawn]})
        return
    _tell(done)
    say(f"Plan : {output}/ (avec changements.json, tout ce qui bouge)")


def _changes(scenario: Scenario, done: Replanned) -> dict[str, object]:
    report = done.result.report
    return {
        "empreinte": digest(scenario),
        "cout": report.cost if report else None,
        "borne": done.result.bound,
        "causes": dict(done.result.causes),
        "couts": dict(report.costs) if report else {},
        "secondes": done.result.seconds,
        "part_gardee": done.kept_share,
        "perdent_leur_place": len(done.lost),
        "trouvent_une_place": len(done.won),
        **done.model_dump(mode="json", exclude={"result"}),
    }


def _tell(done: Replanned) -> None:
    say(
        f"Réparé en {number(done.repaired_seconds, 1)} s, puis amélioré : "
        f"{count(len(done.lost), 'élève-période perd sa', 'élève-périodes perdent leur')} place, "
        f"{count(len(done.won), 'en trouve', 'en trouvent')} une, "
        f"{count(len(done.redated), 'période change', 'périodes changent')} de semaine.",
        "bold",
    )
    say(
        f"Places qui tenaient encore : {number(done.kept)} gardées sur {number(done.untouched)} "
        f"({percent(done.kept_share, 2)})."
    )
    if done.result.report is not None:
        costs(done.result.report)
        say(distance(done.result))
    _dates(done.redated)
    _places(done.rehoused)


def _dates(moved: Sequence[Redated]) -> None:
    if moved:
        grid(
            _titled("Périodes qui changent de semaine", moved),
            ("période", "avant", "maintenant", "pourquoi"),
            [
                (
                    r.period,
                    r.before.label() if r.before else "nouvelle",
                    r.after.label(),
                    _DATE_CAUSES[r.cause] if r.before else "",
                )
                for r in moved[:_SHOWN]
            ],
        )


def _places(moved: Sequence[Rehoused]) -> None:
    """Those who lose a place first, then those who change, then those who find one."""
    told = sorted(moved, key=lambda r: (r.after is not None, r.before is None))
    if told:
        grid(
            _titled("Élèves qui changent d’accueil", told),
            ("élève", "période", "avant", "maintenant", "pourquoi"),
            [
                (
                    r.pupil,
                    r.period,
                    r.before or "sans place",
                    r.after or "sans place",
                    _PLACE_CAUSES[r.cause] if r.before else "",
                )
                for r in told[:_SHOWN]
            ],
        )


def _titled(title: str, rows: Iterable[object]) -> str:
    whole = len(list(rows))
    return f"{title} ({number(whole)})" + (f", les {_SHOWN} premiers" if whole > _SHOWN else "")
