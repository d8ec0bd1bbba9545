"""How long each question about a plan takes: a real bassin, warm, then the commands whole.

    python tests/benchmarks/verbs.py ../shared/scenarios/nancy-2026 [--temps 45] [--graine 1]

Warm: the shift table of every departure (and what it leaves unproven), neighbours adapted, a pupil
without a place asked about, the repair after a hundredth of hosts is withdrawn. Whole commands
start from a cold process that reads the scenario and the plan. Prints one table.
"""

import argparse
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parent.parent))

from test_decide_shared import CHANGES
from test_way_out import KINDS

from scenarios import read, read_plan, write
from solver.search import Progress, solve
from solver.verify import verify
from solver.whatif import Remedies, Standing, adapted, replan, shifts, stand

T = TypeVar("T")

BASSIN = Path(sys.executable).with_name("bassin")
ASKED = 20
"""Departures adapted around, and pupils without a place asked about."""


def row(question: str, seconds: list[float], said: str) -> None:
    seconds = sorted(seconds)
    print(  # noqa: T201
        f"| {question} | {len(seconds)} | {median(seconds):.2f} | {seconds[-1]:.2f} | {said} |",
        flush=True,
    )


def timed(act: Callable[[], T]) -> tuple[float, T]:
    begin = perf_counter()
    done = act()
    return perf_counter() - begin, done


def tables(standing: Standing) -> None:
    """Every departure's table; neighbours adapted for some of them."""
    seconds, doubtful, rows = [], [], 0
    subjects = [
        standing.scenario.periods[periods[0]].id for periods in standing.problem.departures.periods
    ]
    list(shifts(standing, subjects[0]))
    for subject in subjects:
        took, table = timed(lambda subject=subject: list(shifts(standing, subject)))
        seconds.append(took)
        rows += sum(week.allowed for week in table)
        doubtful += [week.slack for week in table if week.slack]
    said = (
        f"{rows} semaines, {len(doubtful)} non prouvées (au plus {max(doubtful, default=0)} points)"
    )
    row("decaler : table", seconds, said)
    seconds = []
    for subject in random.Random(4).sample(subjects, min(ASKED, len(subjects))):
        table = list(shifts(standing, subject))
        seconds.append(timed(lambda s=subject, t=table: list(adapted(standing, s, t)))[0])
    row("decaler : voisins adaptés", seconds, "trois semaines et l’actuelle")


def pupils(standing: Standing) -> None:
    """What would give a place to pupils without one."""
    placed = standing.plan.placement_of
    waiting = [(u, p) for u, p in standing.scenario.demands() if (u.id, p.id) not in placed]
    remedies = Remedies(standing)
    asked = random.Random(4).sample(waiting, min(ASKED, len(waiting)))
    answers = [timed(lambda u=u, p=p: remedies.of(u, p)) for u, p in asked]
    helped = sum(bool(found) for _, found in answers)
    row("pourquoi : remèdes", [took for took, _ in answers], f"{helped} élèves sur {len(answers)}")


def repairs(standing: Standing) -> None:
    """From a plan that no longer holds to one without any violation, then better ones."""
    placed = standing.plan.placement_of
    waiting = [(u.id, p.id) for u, p in standing.scenario.demands() if (u.id, p.id) not in placed]
    for name, change in CHANGES.items():
        after = change(standing.scenario, standing.plan)
        first: list[float] = []
        begin = perf_counter()

        def told(progress: Progress, first: list[float] = first, begin: float = begin) -> None:
            if progress.cost is not None and not first:
                first.append(perf_counter() - begin)

        done = replan(after, standing.plan, seconds=20, waiting=waiting, progress=told)
        assert done.result.plan is not None
        assert not verify(after, done.result.plan).violations
        said = f"{100 * (done.kept_share or 0):.2f} % gardés, {len(done.redated)} dates changées"
        row(f"replanifier ({name}) : réparé", first, said)


def commands(folder: Path, source: str, plans: list[Path], pupil: str, period: str) -> None:
    """Each verb as people type it."""
    hard, _, _ = KINDS["fenetre"](read(Path(source)))
    write(hard, folder / "dur")
    first, second = map(str, plans)
    for verb, *arguments in (
        ("controle", source),
        ("verify", source, first),
        ("decaler", source, first, period),
        ("pourquoi", source, first, pupil),
        ("pourquoi", source, first),
        ("prospecter", source, first),
        ("comparer", first, second, "--scenario", source),
        ("front", source, "--temps", "120", "--sortie", str(folder / "front")),
        ("expliquer", str(folder / "dur")),
    ):
        took, done = timed(
            lambda command=(BASSIN, verb, *arguments): subprocess.run(
                command, capture_output=True, text=True, check=False
            )
        )
        last = [line.strip() for line in done.stdout.splitlines() if line.strip()][-1:]
        short = [Path(a).name if "/" in a else a for a in arguments if not a.startswith("--")]
        row(f"`bassin {verb} {' '.join(short)}`", [took], f"{done.returncode} : {' '.join(last)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scenario")
    parser.add_argument("--temps", type=float, default=45.0)
    parser.add_argument("--graine", type=int, default=1)
    said = parser.parse_args()
    scenario = read(Path(said.scenario))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plans = [folder / "plan-a", folder / "plan-b"]
        for seed, path in enumerate(plans, said.graine):
            subprocess.run(
                [BASSIN, "solve", said.scenario, "--temps", str(said.temps), "--graine", str(seed),
                 "--sortie", path],
                capture_output=True, check=True,
            )  # fmt: skip
        standing = stand(scenario, read_plan(plans[0]))
        print("| question | cas | médiane (s) | plus long (s) | |\n|---|---|---|---|---|")  # noqa: T201
        tables(standing)
        hurried = solve(scenario, iterations=1000, cores=1).plan
        assert hurried is not None
        pupils(stand(scenario, hurried))
        repairs(standing)
        placed = standing.plan.placement_of
        pupil, period = next(
            (u.id, p.id) for u, p in scenario.demands() if (u.id, p.id) not in placed
        )
        commands(folder, said.scenario, plans, pupil, period)


if __name__ == "__main__":
    main()
