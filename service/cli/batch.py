"""`batch`: many scenarios at once, kept as they end, told as one table and one page.

Must not know: how tasks are run or shown.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import typer

from service.batch.conduct import Standing
from service.batch.gather import Aside, Task, gather
from service.batch.manifest import batch
from service.batch.report import write_report
from service.batch.running import Means, run_all
from service.batch.store import Store
from service.batch.summary import rows, write_table
from service.cli.batch_board import Board
from service.cli.destination import refuse_early
from service.cli.exits import Exit
from service.cli.output import as_json, count, err, number, say
from service.progress import interruptible

_SHOWN = 20


def run(
    path: Path,
    output: Path,
    seconds: float,
    means: Means,
    *,
    json: bool,
) -> None:
    """Run what is not there yet, then write the table and the page of all of it."""
    wanted = batch(path)
    refuse_early(output)
    with err.status("Lecture des scénarios…") as status:
        found = list(gather(wanted, lambda name: status.update(f"Lecture de {name}…")))
    tasks = [t for t in found if isinstance(t, Task)]
    asides = [a for a in found if isinstance(a, Aside)]
    store = Store(output)
    with interruptible() as stop:
        standings = run_all(tasks, store, seconds, means, lambda slots: Board(err, slots), stop)
    results = rows(standings, asides, store)
    files = write_table(results, output)
    pages = write_report(wanted.title, results, output)
    if json:
        as_json(_told(standings, asides, [*files, *pages]))
    else:
        _tell(standings, asides, output)
    if any(s.state in ("attente", "en cours") for s in standings.values()):
        say("Interrompu : ce qui est fait est gardé ; la même commande continue.", "yellow")
        raise typer.Exit(Exit.INTERRUPTED)
    if asides or any(s.state == "écarté" for s in standings.values()):
        raise typer.Exit(Exit.REFUSED)


def _tell(standings: Mapping[str, Standing], asides: Sequence[Aside], output: Path) -> None:
    done = [s for s in standings.values() if s.state == "fait"]
    there = sum(s.state == "déjà là" for s in standings.values())
    lost = [s for s in standings.values() if s.state == "écarté"]
    say(
        f"{count(len(done), 'plan calculé et vérifié', 'plans calculés et vérifiés')}, "
        f"{number(there)} déjà là, "
        f"{count(len(lost) + len(asides), 'scénario écarté', 'scénarios écartés')}.",
        "bold",
    )
    for name, reasons in [
        *((a.name, a.faults) for a in asides),
        *((s.planned.task.label, s.reasons) for s in lost),
    ][:_SHOWN]:
        say(f"- {name} : {reasons[0] if reasons else ''}", "red")
        if len(reasons) > 1:
            say(f"  … et {count(len(reasons) - 1, 'autre faute')}", "red")
    say(f"Plans, table (CSV, Parquet) et page : {output}/ (rapport.html)")


def _told(
    standings: Mapping[str, Standing], asides: Sequence[Aside], files: Sequence[Path]
) -> dict[str, object]:
    return {
        "resultats": [
            {
                "nom": s.planned.task.name,
                "bareme": s.planned.task.prices,
                "graine": s.planned.task.seed,
                "etat": s.state,
                "cout": s.cost,
                "sans_place": s.unplaced,
                "cle": key,
                "raisons": list(s.reasons),
            }
            for key, s in standings.items()
        ],
        "ecartes": [{"nom": a.name, "fautes": list(a.faults)} for a in asides],
        "fichiers": [str(f) for f in files],
    }
