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
_ONE_CORE = f"{OURS}-1-coeur"
_SEEDS = 5
_PROVEN_SINCE, _SHORT_LISTS = "2026-11-28T10:11", 5_000
"""Before that instant (9fd509f) a bound was not proven where lists are long: beyond so many
pupil-periods."""


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


def current(runs: Iterable[Run]) -> list[Series]:
    """Of each contender, scenario, budget and cores: its latest five seeds, or its most seeds."""
    best: dict[tuple[object, ...], Series] = {}
    for one in series(runs):
        key = one[0].scenario, one[0].contender, one[0].budget, one[0].cores
        best[key] = max(best.get(key, one), one, key=_standing)
    return list(best.values())


def _standing(one: Series) -> tuple[int, str]:
    return min(len(one), _SEEDS), one[-1].date


def page(
    release: str,
    runs: Sequence[Run],
    reading: str,
    journal: str,
    figures: Sequence[str] = (),
) -> str:
    """The Markdown page: where we stand, against whom, every run, and how it came to this."""
    machines = sorted({r.machine for r in runs})
    dates = sorted({r.date[:10] for r in runs})
    lines = [
        f"# Banc d’essai, version {release}",
        "",
        f"{len(runs)} essais, du {dates[0]} au {dates[-1]}. Machine : {' ; '.join(machines)}."
        if runs
        else "Aucun essai.",
        "",
    ]
    now = current(runs)
    lines += _stand(now) + _against(now) + _cores(runs)
    lines += [f"![{figure}]({figure})\n" for figure in figures]
    lines += ["## Comment lire", "", reading.strip(), "", "## Tous les essais", ""]
    for name in dict.fromkeys(r.scenario for r in runs):
        lines += _scenario(name, [r for r in runs if r.scenario == name])
    return "\n".join([*lines, "## Journal", "", journal.strip()]).rstrip() + "\n"


_HEAD = (
    "| concurrent | budget (s) | essais | coût médian | de … à | rapport | sans place | borne | "
    "écart | fautes | 1er plan (s) | mémoire (Mio) | commit | remarque |"
)


def _scenario(name: str, runs: Sequence[Run]) -> list[str]:
    demands = next((r.demands for r in runs if r.demands), None)
    lines = [f"### {name} ({_number(demands)} élèves-périodes)", "", _HEAD, "|---" * 14 + "|"]
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
        _extremes(one),
        _ratio(cost, ours),
        _number(_middle(one, "unplaced")),
        _bound(one),
        _percent(_middle(one, "gap")),
        str(faults) if costs else "–",
        _real(_middle(one, "first_plan")),
        _number(max(r.peak_mib for r in one)),
        f"{first.commit} ({first.date[:10]})",
        " / ".join(dict.fromkeys(r.note for r in one if r.note)),
    ]
    return "| " + " | ".join(cells) + " |"


def _stand(now: Iterable[Series]) -> list[str]:
    """What our program does, by scenario from small to large and by budget."""
    ours = [s for s in now if s[0].contender == OURS]
    ours.sort(key=lambda s: (s[0].demands or 0, s[0].scenario, s[0].budget))
    lines = [
        "## Où nous en sommes, du plus petit bassin au plus grand",
        "",
        "Médianes de `bassin` ; les cinq graines les plus récentes, ou ce qu’il y en a. "
        "† : borne d’avant 9fd509f, non prouvée (« Une faute », dans le journal).",
        "",
        "| bassin | élèves-périodes | budget (s) | graines | coût | de … à | par élève-période | "
        "sans place | borne | écart | 1er plan (s) | mémoire (Mio) | commit |",
        "|---" * 13 + "|",
    ]
    for s in ours:
        cost, demands = _middle(s, "cost"), s[0].demands
        each = cost / demands if cost is not None and demands else None
        cells = [
            s[0].scenario,
            _number(demands),
            f"{s[0].budget:g}",
            str(len(s)),
            _number(cost) if cost is not None else "pas de plan",
            _extremes(s),
            _real(each),
            _number(_middle(s, "unplaced")),
            _bound(s),
            _percent(_middle(s, "gap")),
            _real(_middle(s, "first_plan")),
            _number(max(r.peak_mib for r in s)),
            s[0].commit,
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return [*lines, ""] if ours else []


def _against(now: Sequence[Series]) -> list[str]:
    """Each peer beside us, in the same time or, for those without one, in our largest."""
    peers = [s for s in now if s[0].contender not in (OURS, _ONE_CORE)]
    peers.sort(key=lambda s: (s[0].demands or 0, s[0].scenario, s[0].contender, s[0].budget))
    lines = [
        "## Contre les autres",
        "",
        "| bassin | concurrent | budget (s) | coût | le nôtre, même temps | rapport | sans place | "
        "fautes | mémoire (Mio) |",
        "|---" * 9 + "|",
    ]
    for s in peers:
        first, cost = s[0], _middle(s, "cost")
        ours = _ours([o for o in now if o[0].scenario == first.scenario], s)
        cells = [
            first.scenario,
            first.contender,
            f"{first.budget:g}" if first.budget else "–",
            _number(cost) if cost is not None else "pas de plan",
            _number(ours),
            _ratio(cost, ours),
            _number(_middle(s, "unplaced")),
            str(sum(r.violations or 0 for r in s)) if cost is not None else "–",
            _number(max(r.peak_mib for r in s)),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return [*lines, ""] if peers else []


def _cores(runs: Sequence[Run]) -> list[str]:
    """Two cores against one, where both were measured at the same commit."""
    every = list(series(runs))
    lines = []
    for one in (s for s in every if s[0].contender == _ONE_CORE):
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


def _extremes(runs: Iterable[Run]) -> str:
    costs = [r.cost for r in runs if r.cost is not None]
    return f"{_number(min(costs))} … {_number(max(costs))}" if costs else "–"


def _ratio(cost: float | None, ours: float | None) -> str:
    return f"{cost / ours:.3f}".replace(".", ",") if cost is not None and ours else "–"


def _bound(runs: Series) -> str:
    bound, first = _middle(runs, "bound"), runs[0]
    doubtful = first.date < _PROVEN_SINCE and (first.demands or 0) > _SHORT_LISTS
    ours = first.contender in (OURS, _ONE_CORE)
    return _number(bound) + (" †" if bound and ours and doubtful else "")


def _number(value: float | None) -> str:
    return "–" if value is None else f"{round(value):,}".replace(",", " ")


def _real(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}".replace(".", ",")


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %".replace(".", ",")
