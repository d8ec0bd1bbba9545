"""`carte`: another map of the pôles, planned and judged. Must not know: how."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from service.batch.conduct import Standing
from service.batch.gather import Task
from service.batch.manifest import batch
from service.batch.running import Means, run_all
from service.batch.store import Store
from service.cli.batch_board import Board
from service.cli.destination import refuse_early
from service.cli.output import as_json, count, err, grid, number, percent, say
from service.exports.comparison import signed
from service.maps.evaluate import Evaluation, Judged, academy
from service.maps.page import as_data, write_page
from service.maps.suggest import Promise, promises
from service.maps.wanted import Exchange, WantedMap, merger, read_map
from service.progress import interruptible


def evaluate(
    path: Path,
    maps: Sequence[Path],
    mergers: Sequence[str],
    exchanges: Sequence[str],
    confirmed: int,
    output: Path,
    seconds: float,
    means: Means,
    *,
    json: bool,
) -> None:
    """Plan and judge the maps asked for; without any, those that promise most."""
    wanted = batch(path)
    refuse_early(output)
    asked = [
        *(read_map(file) for file in maps),
        *(merger(_names(text)) for text in mergers),
        *(_exchange(text) for text in exchanges),
    ]
    found: list[Promise] = []
    with interruptible() as stop:

        def run(tasks: Sequence[Task], store: Store, time: float) -> Mapping[str, Standing]:
            return run_all(tasks, store, time, means, lambda slots: Board(err, slots), stop)

        table = Evaluation(academy(wanted.paths), output, seconds, run)
        if not asked:
            plans = table.plans(list(table.bassins))
            with err.status("Recherche des voisins qui gagneraient à s’unir…") as status:
                for promise in promises(table.bassins, plans):
                    found.append(promise)
                    status.update(f"{' + '.join(promise.bassins)} : {number(promise.points)}")
            found.sort(key=lambda p: -p.points)
            asked = [merger(p.bassins) for p in found[:confirmed]]
        judged = table.judge(asked)
    files = write_page(f"{wanted.title} : la carte des pôles", judged, found, output)
    if json:
        as_json(as_data(judged, found))
        return
    _tell(judged, found)
    say(f"Page, table et figures : {output}/ ({', '.join(f.name for f in files)})")


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _exchange(text: str) -> WantedMap:
    """`pole-01,pole-02:ehpad,hopitaux`"""
    bassins, _, sectors = text.partition(":")
    exchange = Exchange.model_validate({"bassins": _names(bassins), "secteurs": _names(sectors)})
    return WantedMap(title=text, exchanges=(exchange,))


def _tell(judged: Sequence[Judged], found: Sequence[Promise]) -> None:
    if found:
        grid(
            "Voisins qui gagneraient à mettre leurs places en commun (estimation par les bornes)",
            ("voisins", "gain estimé", "part du coût", "places les plus disputées"),
            [
                (" + ".join(p.bassins), number(p.points),
                 percent(p.points / p.cost if p.cost else None), ", ".join(p.fought_for))
                for p in found
            ],
            " dd",
        )  # fmt: skip
    rows = []
    for one in judged:
        unplaced, mean = (one.comparison.measure(k) for k in ("sans_place", "trajet_moyen"))
        after = one.comparison.sides[1]
        rows.append(
            (
                one.title,
                number(one.separate),
                number(after.cost),
                signed(-one.gain),
                signed(unplaced.differences[0]),
                signed(mean.differences[0]),
                number(after.violations),
            )
        )
    grid(
        "Planifié et vérifié",
        ("carte", "plans séparés", "nouvelle carte", "points", "sans place", "trajet moyen",
         "infractions"),
        rows,
        " dddddd",
    )  # fmt: skip
    for one in judged:
        worse = [s for s in one.comparison.schools if s.unplaced[1] > s.unplaced[0]]
        better = sum(s.unplaced[1] < s.unplaced[0] for s in one.comparison.schools)
        say(
            f"{one.title} : {count(better, 'établissement place', 'établissements placent')} plus "
            f"d’élèves, {number(len(worse))} en placent moins"
            + (f" ({', '.join(s.name for s in worse[:5])})." if worse else ".")
        )
