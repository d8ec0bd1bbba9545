"""A national batch rehearsed, its workers killed: `python tests/benchmarks/national.py --help`.

Small fictional pôles, each under two price lists, planned by `bassin batch` as anyone would run it;
from outside, one of its workers is killed (−9) every minute, and memory is noted. In the end every
plan is read back and verified here, and the same command has nothing left to do. Interrupted, it
goes on where it was. Must not know: how a batch is conducted.
"""

import argparse
import csv
import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from time import monotonic, sleep

import psutil

from scenarios import read_own_plan
from service.batch.gather import Task, gather
from service.batch.manifest import batch
from service.batch.store import Store
from service.batch.summary import read_table
from solver.verify import verify

LOT = """titre = "Répétition nationale"
[baremes.propre]
[baremes.dates-fermes]
decalage_semaine = 20
"""
_NOTE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Moment:
    """What was seen from outside; MB."""

    seconds: float
    done: int
    kills: int
    conductor_mb: int
    """The process that conducts, its scheduler included."""
    workers_mb: int
    """All that it started, shared pages counted once."""
    processes: int


def territory(folder: Path, poles: int, pupils: int) -> Path:
    """The manifest of so many fictional pôles, written once."""
    manifest = folder / "territoire" / "lot.toml"
    if not manifest.exists():
        _bassin("generate", folder / "territoire", "--poles", poles, "--eleves", pupils).check()
        manifest.write_text(LOT, "utf-8")
    return manifest


def run(
    manifest: Path, output: Path, seconds: float, workers: int, kill_every: float, seed: int = 0
) -> tuple[int, list[Moment]]:
    """The batch to its end, a worker killed now and then: its exit code, and what was seen."""
    dice, seen, kills = random.Random(seed), list[Moment](), 0
    begin = noted = killed = monotonic()
    asked = _bassin(
        "batch", manifest, "--temps", seconds, "--ouvriers", workers, "--sortie", output
    )
    while asked.process.poll() is None:
        now = monotonic()
        found = _workers(asked.process.pid)
        if now - killed >= kill_every and found and any(Store(output).keys()):
            killed, kills = now, kills + 1
            with suppress(psutil.Error):
                dice.choice(found).kill()
        if now - noted >= _NOTE_SECONDS or not seen:
            noted = now
            seen.append(_moment(asked.process.pid, now - begin, output, kills))
            _noted(seen[-1], output.parent / "memoire.csv")
        sleep(0.2)
    return asked.process.returncode, seen


def judged(manifest: Path, output: Path) -> Counter[str]:
    """Every plan read back and verified here, against the table; what was found, counted."""
    store, found = Store(output), Counter[str]()
    table = {row["cle"]: row for row in read_table(output)}
    tasks = [task for task in gather(batch(manifest)) if isinstance(task, Task)]
    kept = list(store.keys())
    found["tâches"], found["clés"] = len(tasks), len({task.key for task in tasks})
    found["lignes"], found["résultats"] = len(read_table(output)), len(kept)
    found["résultats sans tâche"] = len(set(kept) - {task.key for task in tasks})
    for task in tasks:
        scenario, figures = task.scenario(), store.figures(task.key)
        if scenario is None or figures is None:
            found["sans résultat"] += 1
            continue
        report = verify(scenario, read_own_plan(store.plan(task.key), scenario).plan)
        right = not report.violations and report.cost == figures["cout"] == table[task.key]["cout"]
        found["plans relus et vérifiés" if right else "plans refusés"] += 1
        found["échecs comptés"] += figures["essais"] - 1
    return found


def told(seen: list[Moment], output: Path, workers: int) -> dict[str, object]:
    """The run in a few numbers: pace, cost of conducting, memory early and late."""
    rows = read_table(output)
    spent, wall = sum(row["secondes"] for row in rows), seen[-1].seconds
    half = len(seen) // 2
    return {
        "secondes": round(wall),
        "morts": seen[-1].kills,
        "secondes_par_scenario": round(wall * workers / len(rows), 2),
        "dont_recherche": round(sum(r["secondes_recherche"] for r in rows) / len(rows), 2),
        "dont_conduite": round((wall * workers - spent) / len(rows), 2),
        **{
            f"{name}_mo": [
                round(median(getattr(m, f"{name}_mb") for m in part))
                for part in (seen[1 : half + 1] or seen, seen[half:])
            ]
            for name in ("conductor", "workers")
        },
        "conducteur_au_plus_mo": max(m.conductor_mb for m in seen),
        "en_tout_au_plus_mo": max(m.conductor_mb + m.workers_mb for m in seen),
    }


class _Asked:
    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.process = process

    def check(self) -> None:
        if self.process.wait():
            raise SystemExit(f"échec : {self.process.args}")


def _bassin(*words: object) -> _Asked:
    command = [sys.executable, "-c", "from service.cli.app import main; main()", *map(str, words)]
    return _Asked(subprocess.Popen(command, stdout=subprocess.DEVNULL))


def _workers(conductor: int) -> list[psutil.Process]:
    """Dask's worker processes."""
    found = []
    with suppress(psutil.Error):
        for process in psutil.Process(conductor).children():
            with suppress(psutil.Error):
                if any("spawn_main" in word for word in process.cmdline()):
                    found.append(process)
    return found


def _moment(conductor: int, seconds: float, output: Path, kills: int) -> Moment:
    first, below = psutil.Process(conductor), 0.0
    processes = list(_alive(first))
    for process in processes:
        with suppress(psutil.Error):
            below += process.memory_full_info().pss
    done = len(list(Store(output).keys()))
    mine = first.memory_info().rss
    return Moment(
        round(seconds, 1), done, kills, round(mine / 2**20), round(below / 2**20), len(processes)
    )


def _noted(moment: Moment, file: Path) -> None:
    """One more line, so that an interrupted rehearsal keeps its own."""
    is_new = not file.exists()
    with file.open("a", encoding="utf-8", newline="") as lines:
        table = csv.DictWriter(lines, list(asdict(moment)), delimiter=";")
        if is_new:
            table.writeheader()
        table.writerow(asdict(moment))


def _alive(first: psutil.Process) -> Iterator[psutil.Process]:
    with suppress(psutil.Error):
        yield from first.children(recursive=True)


def _asked_for() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dossier", type=Path, help="où écrire territoire, lot et mesures")
    parser.add_argument("--poles", type=int, default=339)
    parser.add_argument("--eleves", type=int, default=40_000, help="de 3e, en tout")
    parser.add_argument("--temps", type=float, default=1200.0, help="du lot entier, en secondes")
    parser.add_argument("--ouvriers", type=int, default=2)
    parser.add_argument("--tuer", type=float, default=60.0, help="un ouvrier toutes les N secondes")
    return parser.parse_args()


def main() -> None:
    """Rehearse, judge, tell; exit 1 where anything is missing."""
    asked = _asked_for()
    manifest, output = territory(asked.dossier, asked.poles, asked.eleves), asked.dossier / "lot"
    signal.signal(signal.SIGTERM, lambda *_: os._exit(1))
    code, seen = run(manifest, output, asked.temps, asked.ouvriers, asked.tuer)
    again_code, again = run(manifest, output, asked.temps, asked.ouvriers, float("inf"))
    found = judged(manifest, output)
    summary = {
        "codes": [code, again_code],
        **told(seen, output, asked.ouvriers),
        "seconde_fois": again[-1].seconds,
        **found,
    }
    (asked.dossier / "bilan.json").write_text(json.dumps(summary, ensure_ascii=False, indent=2))
    print(json.dumps(summary, ensure_ascii=False, indent=2))  # noqa: T201
    whole = found["plans relus et vérifiés"] == found["tâches"] == found["résultats"]
    sys.exit(0 if whole and not code and not again_code else 1)


if __name__ == "__main__":
    main()
