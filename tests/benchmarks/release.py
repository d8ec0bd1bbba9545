"""The table of a release: every run a row of a CSV, kept for ever, and a Markdown page made of it.

Rows are only ever added: a later run that is worse stands beside the earlier one, with its commit
and date. Must not know: how runs are made.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from statistics import median

OURS = "bassin"


@dataclass(frozen=True, slots=True)
class Run:
    """One run; None where a contender has nothing to say."""

    date: str
    commit: str
    machine: str
    scenario: str
    demands: int | None
    contender: str
    budget: float
    seed: int
    cores: int
    seconds: float | None
    first_plan: float | None
    cost: int | None
    unplaced: int | None
    bound: int | None
    gap: float | None
    violations: int | None
    peak_mib: int
    note: str


def append(path: Path, runs: Iterable[Run]) -> None:
    """Add rows to the CSV of a release; none is ever replaced."""
    names = [f.name for f in fields(Run)]
    fresh = not path.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, names, delimiter=";", lineterminator="\n")
        if fresh:
            writer.writeheader()
        writer.writerows(asdict(run) for run in runs)


def load(path: Path) -> tuple[Run, ...]:
    """The rows of a release."""
    if not path.exists():
        return ()
    with path.open(encoding="utf-8", newline="") as text:
        return tuple(_run(row) for row in csv.DictReader(text, delimiter=";"))


def _run(row: dict[str, str]) -> Run:
    def whole(name: str) -> int | None:
        return int(row[name]) if row[name] else None

    def real(name: str) -> float | None:
        return float(row[name]) if row[name] else None

    return Run(
        date=row["date"],
        commit=row["commit"],
        machine=row["machine"],
        scenario=row["scenario"],
        demands=whole("demands"),
        contender=row["contender"],
        budget=float(row["budget"]),
        seed=int(row["seed"]),
        cores=int(row["cores"]),
        seconds=real("seconds"),
        first_plan=real("first_plan"),
        cost=whole("cost"),
        unplaced=whole("unplaced"),
        bound=whole("bound"),
        gap=real("gap"),
        violations=whole("violations"),
        peak_mib=int(row["peak_mib"]),
        note=row["note"],
    )


Series = tuple[Run, ...]
"""The seeds of one contender on one scenario with one budget at one commit."""


def series(runs: Iterable[Run]) -> Iterator[Series]:
    """Runs that differ by their seed only, in order of first appearance."""
    together: dict[tuple[object, ...], list[Run]] = defaultdict(list)
    for r in runs:
        together[r.scenario, r.contender, r.budget, r.cores, r.commit, r.machine].append(r)
    yield from map(tuple, together.values())


def page(release: str, runs: Sequence[Run], notes: str, figures: Sequence[str] = ()) -> str:
    """The Markdown page: a table per scenario, medians over seeds with the extremes."""
    machines = sorted({r.machine for r in runs})
    dates = sorted({r.date[:10] for r in runs})
    lines = [
        f"# Banc d’essai, version {release}",
        "",
        f"{len(runs)} essais, du {dates[0]} au {dates[-1]}. Machine : {' ; '.join(machines)}."
        if runs
        else "Aucun essai.",
        "",
        notes.strip(),
        "",
    ]
    for name in dict.fromkeys(r.scenario for r in runs):
        lines += _scenario(name, [r for r in runs if r.scenario == name])
    lines += _scale(runs) + _cores(runs)
    lines += [f"![{figure}]({figure})\n" for figure in figures]
    return "\n".join(lines).rstrip() + "\n"


_HEAD = (
    "| concurrent | budget (s) | essais | coût médian | de … à | rapport | sans place | borne | "
    "écart | fautes | 1er plan (s) | mémoire (Mio) | commit | remarque |"
)


def _scenario(name: str, runs: Sequence[Run]) -> list[str]:
    demands = next((r.demands for r in runs if r.demands), None)
    lines = [f"## {name} ({_number(demands)} élèves-périodes)", "", _HEAD, "|---" * 14 + "|"]
    every = sorted(series(runs), key=lambda s: (s[0].budget, s[0].contender != OURS))
    lines += [_line(one, _ours(every, one)) for one in every]
    return [*lines, ""]


def _ours(every: Iterable[Series], one: Series) -> float | None:
    """Our latest median cost at the same budget; the largest budget for those without one."""
    ours = [s for s in every if s[0].contender == OURS and _middle(s, "cost") is not None]
    same = [s for s in ours if s[0].budget == one[0].budget] or (ours if not one[0].budget else [])
    return _middle(max(same, key=lambda s: (s[0].budget, s[0].date)), "cost") if same else None


def _line(one: Series, ours: float | None) -> str:
    first, costs = one[0], [r.cost for r in one if r.cost is not None]
    cost = _middle(one, "cost")
    faults = sum(r.violations or 0 for r in one)
    cells = [
        first.contender,
        f"{first.budget:g}" if first.budget else "–",
        f"{len(one)}" if len(costs) == len(one) else f"{len(costs)} sur {len(one)}",
        _number(cost) if costs else "pas de plan",
        f"{_number(min(costs))} … {_number(max(costs))}" if costs else "–",
        f"{cost / ours:.3f}".replace(".", ",") if cost is not None and ours else "–",
        _number(_middle(one, "unplaced")),
        _number(_middle(one, "bound")),
        _percent(_middle(one, "gap")),
        str(faults) if costs else "–",
        _real(_middle(one, "first_plan")),
        _number(max(r.peak_mib for r in one)),
        f"{first.commit} ({first.date[:10]})",
        " / ".join(dict.fromkeys(r.note for r in one if r.note)),
    ]
    return "| " + " | ".join(cells) + " |"


def _scale(runs: Sequence[Run]) -> list[str]:
    """Time to the first plan, cost, memory and gap as bassins grow."""
    sizes = ("S", "M", "L", "XL")
    rows = [
        s
        for s in series(runs)
        if s[0].contender == OURS and s[0].scenario.partition("-")[0] in sizes
    ]
    if len({s[0].scenario.partition("-")[0] for s in rows}) < 2:
        return []
    rows.sort(
        key=lambda s: (s[0].budget, sizes.index(s[0].scenario.partition("-")[0]), s[0].scenario)
    )
    lines = [
        "## Échelle",
        "",
        "| budget (s) | scénario | élèves-périodes | 1er plan (s) | coût par élève-période | "
        "écart | mémoire (Mio) | commit |",
        "|---" * 8 + "|",
    ]
    for s in rows:
        cost, demands = _middle(s, "cost"), s[0].demands
        each = cost / demands if cost is not None and demands else None
        lines.append(
            f"| {s[0].budget:g} | {s[0].scenario} | {_number(demands)} | "
            f"{_real(_middle(s, 'first_plan'))} | {_real(each)} | {_percent(_middle(s, 'gap'))} | "
            f"{_number(max(r.peak_mib for r in s))} | {s[0].commit} |"
        )
    return [*lines, ""]


def _cores(runs: Sequence[Run]) -> list[str]:
    """Two cores against one, where both were measured at the same commit."""
    every = list(series(runs))
    lines = []
    for one in (s for s in every if s[0].contender == f"{OURS}-1-coeur"):
        for two in every:
            a, b = one[0], two[0]
            if b.contender == OURS and (a.scenario, a.budget, a.commit) == (
                b.scenario,
                b.budget,
                b.commit,
            ):
                lines.append(
                    f"| {a.scenario} | {a.budget:g} | {_number(_middle(one, 'cost'))} | "
                    f"{_number(_middle(two, 'cost'))} | {_number(_middle(one, 'bound'))} | "
                    f"{_number(_middle(two, 'bound'))} | {a.commit} |"
                )
    if not lines:
        return []
    head = (
        "| scénario | budget (s) | coût, 1 cœur | coût, 2 cœurs | borne, 1 cœur | "
        "borne, 2 cœurs | commit |"
    )
    return ["## Deux cœurs contre un", "", head, "|---" * 7 + "|", *lines, ""]


def _middle(runs: Iterable[Run], name: str) -> float | None:
    values = [v for r in runs if (v := getattr(r, name)) is not None]
    return median(values) if values else None


def _number(value: float | None) -> str:
    return "–" if value is None else f"{round(value):,}".replace(",", " ")


def _real(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}".replace(".", ",")


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %".replace(".", ",")
