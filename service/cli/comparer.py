"""`comparer`: plans side by side. Must not know: how they were found."""

import json as json_module
from collections.abc import Iterable, Sequence
from pathlib import Path
from string import ascii_uppercase

import typer

from scenarios import PlanFolder, digest, read, read_own_plan, read_plan_folder
from service.cli.output import as_json, count, grid, number, say
from service.exports.comparison import french, markdown, signed
from solver.compare import Comparison, Contender, Measure, compare
from solver.domain import Scenario
from solver.errors import Fault, InvalidPlan

_SHOWN = 12


def side_by_side(
    plans: Sequence[Path],
    scenarios: Sequence[Path],
    *,
    axes: str,
    output: Path | None,
    json: bool,
) -> None:
    """Compare plan folders; with `output`, write the page, the JSON and the pictures there."""
    x, y = _axes(axes)
    if len(plans) < 2:
        raise typer.BadParameter("Il faut au moins deux plans à comparer.")
    comparison = compare(_contenders(plans, [read(path) for path in scenarios]))
    for key in (x, y):
        _measure(comparison, key)
    if output is not None:
        _write(comparison, output, x, y)
    if json:
        as_json(comparison.model_dump(mode="json"))
        return
    _tell(comparison)
    if output is not None:
        say(f"Page, JSON et figures : {output}/")


def _axes(axes: str) -> tuple[str, str]:
    names = axes.split(",")
    if len(names) != 2:
        raise typer.BadParameter("--axes attend deux mesures : « cout,sans_place ».")
    return names[0].strip(), names[1].strip()


def _measure(comparison: Comparison, key: str) -> Measure:
    try:
        return comparison.measure(key)
    except KeyError:
        known = ", ".join(m.key for m in (*comparison.measures, *comparison.costs))
        raise typer.BadParameter(f"« {key} » n’est pas une mesure ; il y a {known}.") from None


def _contenders(plans: Sequence[Path], scenarios: Sequence[Scenario]) -> list[Contender]:
    """Each plan with the scenario that its digest names (or the only one that there is)."""
    by_digest = {digest(scenario): scenario for scenario in scenarios}
    names = _names(plans)
    contenders = []
    for path, name in zip(plans, names, strict=True):
        scenario = _scenario_of(path, read_plan_folder(path), by_digest)
        folder = read_own_plan(path, scenario)
        bound = folder.summary.get("borne")
        contenders.append(
            Contender(name, scenario, folder.plan, bound if isinstance(bound, int) else None)
        )
    return contenders


def _scenario_of(path: Path, folder: PlanFolder, by_digest: dict[str, Scenario]) -> Scenario:
    if folder.digest is None and len(by_digest) == 1:
        return next(iter(by_digest.values()))
    if folder.digest in by_digest:
        return by_digest[folder.digest or ""]
    raise InvalidPlan(
        [
            Fault(
                "autre-scenario",
                "ce plan n’a été calculé pour aucun des scénarios donnés",
                file=str(path),
                column="empreinte",
                hint="donner son scénario avec --scenario (autant de fois qu’il le faut)",
            )
        ]
    )


def _names(plans: Sequence[Path]) -> list[str]:
    """The shortest ends of the paths that tell all plans apart."""
    for parts in range(1, 1 + max(len(p.absolute().parts) for p in plans)):
        names = ["/".join(p.absolute().parts[-parts:]) for p in plans]
        if len(set(names)) == len(names):
            return names
    raise typer.BadParameter("Le même plan est donné deux fois.")


def _tell(comparison: Comparison) -> None:
    letters = [ascii_uppercase[i % 26] for i in range(len(comparison.sides))]
    for letter, side in zip(letters, comparison.sides, strict=True):
        say(f"{letter} = {side.name} ({side.title}) : {number(side.cost)} points", "bold")
        if side.violations:
            say(f"    {count(side.violations, 'règle enfreinte', 'règles enfreintes')}", "red")
    if not comparison.same_scenario:
        say("Ces plans ne sont pas du même scénario : comparer les coûts avec prudence.", "yellow")
    heads = ("", *letters, *(f"{letter} − A" for letter in letters[1:]))
    numbers = " " + "d" * (2 * len(letters) - 1)
    grid("Indicateurs", heads, [_row(m, m.label) for m in _told(comparison.measures)], numbers)
    grid("Points par préférence", heads, [_row(m, m.key) for m in _told(comparison.costs)], numbers)
    _schools(comparison, letters)
    for letter, pair in zip(letters[1:], comparison.pairs, strict=True):
        say(
            f"De A à {letter} : "
            f"{count(len(pair.won), 'élève-période trouve', 'élève-périodes trouvent')} une place, "
            f"{count(len(pair.lost), 'la perd', 'la perdent')}, "
            f"{count(pair.rehoused, 'change', 'changent')} de structure ; "
            f"{count(len(pair.redated), 'période change', 'périodes changent')} de semaine."
        )


def _told(measures: Iterable[Measure]) -> list[Measure]:
    """Those that say something of some plan."""
    return [m for m in measures if any(m.values)]


def _row(measure: Measure, label: str) -> tuple[str, ...]:
    unit = f" ({measure.unit})" if measure.unit not in ("", "points") else ""
    values = (french(v) for v in measure.values)
    return (label + unit, *values, *(signed(d) for d in measure.differences))


def _schools(comparison: Comparison, letters: list[str]) -> None:
    """The establishments that win or lose most in the last plan."""
    moved = [s for s in comparison.schools if len(set(s.unplaced)) > 1]
    moved.sort(key=lambda s: -abs(s.unplaced[-1] - s.unplaced[0]))
    if moved:
        grid(
            "Élève-périodes sans place, là où elles changent",
            ("établissement", "à placer", *letters),
            [
                (s.name, number(s.demands[0]), *(number(n) for n in s.unplaced))
                for s in moved[:_SHOWN]
            ],
            " d" + "d" * len(letters),
        )


def _write(comparison: Comparison, output: Path, x: str, y: str) -> None:
    from service.exports.figures import save
    from service.exports.figures.dumbbell import dumbbell
    from service.exports.figures.pareto import pareto

    output.mkdir(parents=True, exist_ok=True)
    drawn = []
    for other in range(1, len(comparison.sides)):
        file = output / f"etablissements-{other}.png"
        drawn.append(save(dumbbell(comparison, other), file)[0].name)
    drawn.append(save(pareto(comparison, x, y), output / "pareto.png")[0].name)
    (output / "comparaison.md").write_text(markdown(comparison, drawn), encoding="utf-8")
    content = json_module.dumps(comparison.model_dump(mode="json"), ensure_ascii=False, indent=2)
    (output / "comparaison.json").write_text(content + "\n", encoding="utf-8")
