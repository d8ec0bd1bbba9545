"""The benchmark, in one command: `make bench`, or `python tests/benchmarks/run.py --help`.

Each run is a process of its own. Budgets are separate runs, not marks on one curve: the search
cools by its budget, so what a run of 300 s has at 10 s is not what a run of 10 s gives. Rows are
added to the table of the release as they come; a stopped campaign goes on where it stopped.
Must not know: how contenders work.
"""

import argparse
import json
import platform
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import product
from os import cpu_count
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any

import release
from anytime import append_curve, draw
from memory import Peak
from rich.console import Console

ROOT = Path(__file__).parents[2]
RESULTS = Path(__file__).parent / "results"
READING, JOURNAL = RESULTS / "reading.md", RESULTS / "journal.md"
CONTENDERS = (
    "bassin", "bassin-1-coeur", "pratique", "pratique-places-trouvees", "cp-sat", "highs",
    "timefold", "appariement",
)  # fmt: skip
"""Names of `contenders.CONTENDERS`; a test holds them equal (importing those compiles)."""
TIMELESS = ("pratique", "pratique-places-trouvees")
ONE_SEED = ("cp-sat", "highs", "appariement", "bassin-1-coeur")
"""They cost a full budget and vary little between seeds: one seed by default."""
MATCHING_SECONDS = 120.0
GRACE_SECONDS = 900
say = partial(Console(highlight=False, soft_wrap=True).print, markup=False)


@dataclass(frozen=True, slots=True)
class Job:
    contender: str
    scenario: str
    budget: float
    seed: int
    cores: int

    @property
    def key(self) -> tuple[object, ...]:
        return self.contender, self.scenario, self.budget, self.seed


def jobs(options: argparse.Namespace) -> Iterator[Job]:
    """All runs asked for, short budgets first within a scenario."""
    for scenario, budget in product(options.scenarios, sorted(options.budgets)):
        for contender in options.peers:
            if contender in TIMELESS:
                if budget == min(options.budgets):
                    yield Job(contender, scenario, 0, 0, 1)
                continue
            if contender == "appariement" and budget != max(options.budgets):
                continue
            if contender in ("cp-sat", "highs") and _hopeless(scenario, budget, options.budgets):
                continue
            seeds = 1 if contender in ONE_SEED and not options.all_seeds else options.seeds
            cores = 1 if contender == "bassin-1-coeur" else options.cores
            for seed in range(seeds):
                yield Job(contender, scenario, budget, seed, cores)


def _hopeless(scenario: str, budget: float, budgets: list[float]) -> bool:
    """Whole models of a bassin get the largest budget only: below it they have no plan either."""
    return not scenario[0].isdigit() and budget != max(budgets)


def run(job: Job, plans: Path) -> tuple[dict[str, Any], int]:
    """One process; what it wrote, and the peak memory (MiB) of it and its children."""
    ours = plans / f"{job.scenario} {job.budget:g} {job.seed}.json"
    with TemporaryDirectory() as folder:
        out = Path(folder)
        seconds = MATCHING_SECONDS if job.contender == "appariement" else job.budget
        if job.contender == "appariement" and ours.is_file():
            copyfile(ours, out / "ours.json")
        arguments = [job.contender, job.scenario, seconds, job.seed, job.cores, out]
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent / "one.py"), *map(str, arguments)],
            cwd=ROOT,
            stderr=subprocess.PIPE,
        )
        peak = Peak(process)
        try:
            _, trace = process.communicate(timeout=2 * seconds + GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return {"note": "tué : trop long"}, peak.mib
        if process.returncode:
            said = trace.decode(errors="replace").strip().splitlines()[-1:] or ["sans un mot"]
            return {"note": f"arrêt {process.returncode} : {said[0][:120]}"}, peak.mib
        if job.contender == "bassin" and (out / "plan.json").is_file():
            plans.mkdir(parents=True, exist_ok=True)
            copyfile(out / "plan.json", ours)
        wrote: dict[str, Any] = json.loads((out / "run.json").read_text())
        return wrote, peak.mib


def row(job: Job, wrote: dict[str, Any], peak_mib: int, commit: str, machine: str) -> release.Run:
    """The row of the table that a run gives."""
    cost, bound = wrote.get("cost"), wrote.get("bound")
    broken = wrote.get("broken") or {}
    told = ", ".join(f"{rule} × {n}" for rule, n in broken.items())
    return release.Run(
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        commit=commit,
        machine=machine,
        scenario=job.scenario,
        demands=wrote.get("demands"),
        contender=job.contender,
        budget=job.budget,
        seed=job.seed,
        cores=job.cores,
        seconds=wrote.get("seconds"),
        first_plan=wrote.get("first_plan"),
        cost=cost,
        unplaced=wrote.get("unplaced"),
        bound=bound,
        gap=round((cost - bound) / cost, 5) if cost and bound is not None else None,
        violations=wrote.get("violations"),
        peak_mib=peak_mib,
        note="; ".join(filter(None, (wrote.get("note", ""), told))),
    )


def commit_now() -> str:
    """Short hash of the code measured, with + where the work tree differs from it."""
    git = ["git", "-C", str(ROOT)]
    head = subprocess.run(
        [*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True
    )
    changed = subprocess.run(
        [*git, "status", "--porcelain", "--", "solver", "scenarios"],
        capture_output=True,
        text=True,
        check=True,
    )
    return head.stdout.strip() + ("+" if changed.stdout.strip() else "")


def machine_here() -> str:
    """Processor model, cores and memory."""
    found = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    memory = int(Path("/proc/meminfo").read_text().split()[1]) // 1024**2
    name = found[0] if found else platform.machine()
    return f"{name}, {cpu_count()} cœurs, {memory} Gio"


def write_page(name: str) -> None:
    """The Markdown page and the figure of a release, from its CSV files."""
    runs = release.load(RESULTS / f"{name}.csv")
    figure = draw(RESULTS / f"{name}-courbes.csv", runs, RESULTS / f"{name}.png")
    reading, journal = (
        path.read_text(encoding="utf-8") if path.is_file() else "" for path in (READING, JOURNAL)
    )
    text = release.page(name, runs, reading, journal, [figure.name] if figure else [])
    (RESULTS / f"{name}.md").write_text(text, encoding="utf-8")


def main() -> None:
    options = _options()
    if options.page_only:
        write_page(options.release)
        return
    table = RESULTS / f"{options.release}.csv"
    commit, machine = commit_now(), machine_here()
    done = {
        (r.contender, r.scenario, r.budget, r.seed)
        for r in release.load(table)
        if r.commit == commit and not commit.endswith("+")
    }
    asked = list(jobs(options))
    todo = [job for job in asked if job.key not in done]
    spent = sum(MATCHING_SECONDS if job.contender == "appariement" else job.budget for job in todo)
    say(f"{len(todo)} essais (sur {len(asked)}), au moins {spent / 60:.0f} min, commit {commit}")
    if options.count_only:
        return
    plans = ROOT / ".cache" / "bench" / options.release / commit
    for i, job in enumerate(todo, 1):
        wrote, peak_mib = run(job, plans)
        made = row(job, wrote, peak_mib, commit, machine)
        release.append(table, [made])
        append_curve(
            RESULTS / f"{options.release}-courbes.csv",
            made,
            [tuple(p) for p in wrote.get("curve", ())],
        )
        say(
            f"{i}/{len(todo)} {job.scenario} {job.contender} {job.budget:g} s graine {job.seed} : "
            f"coût {made.cost} sans place {made.unplaced} borne {made.bound} "
            f"{made.peak_mib} Mio {made.note}"
        )
        write_page(options.release)


def _options() -> argparse.Namespace:
    from scenes import GENERATED, SMALL, shared

    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    usual = [*SMALL, "S-normale", "M-normale", "L-normale", *shared()]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--release", default=version, help="name of the table (default: %(default)s)"
    )
    parser.add_argument("--scenarios", nargs="+", default=usual, help="default: %(default)s")
    parser.add_argument("--budgets", nargs="+", type=float, default=[2, 10, 60], metavar="SECONDS")
    parser.add_argument("--seeds", type=int, default=5, help="seeds 0 … n − 1 (default: 5)")
    parser.add_argument("--peers", nargs="+", default=list(CONTENDERS), choices=CONTENDERS)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--all-seeds", action="store_true", help=f"also for {', '.join(ONE_SEED)}")
    parser.add_argument("--full", action="store_true", help="every scenario, 2 10 60 300 s: hours")
    parser.add_argument("--count-only", action="store_true", help="say how long it would take")
    parser.add_argument(
        "--page-only", action="store_true", help="only redo the page and the figure"
    )
    options = parser.parse_args()
    if options.full:
        options.scenarios = [*SMALL, *GENERATED, *shared()]
        options.budgets = [2.0, 10.0, 60.0, 300.0]
    return options


if __name__ == "__main__":
    main()
