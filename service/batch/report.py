"""The page of a batch: each scenario, price lists side by side, seeds, what was set aside.

Must not know: how results were made.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from scenarios.folders import replace_file
from service.batch.summary import Row
from service.exports.comparison import french, table
from service.exports.page import html

_FIGURES = (
    ("offres_observation", "offres ÷ élèves, observation"),
    ("offres_formation", "offres ÷ élèves, formation"),
    ("taux", "placés (%)"),
    ("trajet_moyen", "trajet moyen (min)"),
    ("trajet_d9", "trajet, 9 sur 10 au plus (min)"),
    ("divisions_decalees", "divisions décalées"),
    ("cout", "points"),
    ("de_trop", "au plus de trop (%)"),
)
"""Columns of the first table: the national indicator comes first."""
_ALL = 10**6


def write_report(title: str, results: Sequence[Row], folder: Path) -> tuple[Path, Path]:
    """`rapport.md` and `rapport.html` in the folder of the batch."""
    page = markdown(title, results)
    written = folder / "rapport.md", folder / "rapport.html"
    replace_file(written[0], page.encode())
    replace_file(written[1], html(title, page, folder).encode())
    return written


def markdown(title: str, results: Sequence[Row]) -> str:
    """The whole page."""
    done = [_with_shares(row) for row in results if row["cout"] is not None]
    best = best_seeds(done)
    lines = [f"# {title}", "", *_headline(results, done)]
    if best:
        lines += ["## Scénario par scénario", "", *_scenarios(best)]
    if len({row["bareme"] for row in best}) > 1:
        lines += ["## Barèmes côte à côte", "", *_price_lists(best)]
    if len({row["graine"] for row in done}) > 1:
        lines += ["## D’une graine à l’autre", "", *_seeds(done)]
    aside = [[str(r["nom"]), str(r["raisons"])[:400]] for r in results if r["etat"] == "écarté"]
    if aside:
        lines += ["## Écartés", "", *table(["scénario", "pourquoi"], aside, _ALL)]
    return "\n".join(lines).rstrip() + "\n"


def best_seeds(done: Sequence[Row]) -> list[Row]:
    """The cheapest plan of each scenario under each price list, in order."""
    best: dict[tuple[str, str], Row] = {}
    for row in done:
        key = row["nom"], row["bareme"]
        if key not in best or row["cout"] < best[key]["cout"]:
            best[key] = row
    return list(best.values())


def _with_shares(row: Row) -> Row:
    demands = row["demandes"]
    return {
        **row,
        "taux": 100 * (1 - row["sans_place"] / demands) if demands else None,
        "de_trop": None if row["ecart"] is None else 100 * row["ecart"],
    }


def _headline(results: Sequence[Row], done: Sequence[Row]) -> Iterator[str]:
    waiting = sum(row["etat"] in ("attente", "en cours") for row in results)
    aside = sum(row["etat"] == "écarté" for row in results)
    yield (
        f"{french(len(done))} plans de {french(len({r['nom'] for r in done}))} scénarios, chacun "
        f"relu et vérifié ({french(sum(r['infractions'] for r in done))} règles enfreintes) ; "
        f"{french(aside)} écartés, {french(waiting)} pas encore faits. "
        f"{french(sum(r['secondes'] for r in done) / 60, 1)} minutes de calcul en tout."
    )
    yield ""
    yield (
        "« Offres ÷ élèves » : places de la semaine la plus chargée, par élève parti cette "
        "semaine-là. « Au plus de trop » : distance prouvée au meilleur plan possible."
    )
    yield ""


def _scenarios(best: Sequence[Row]) -> list[str]:
    several = len({row["bareme"] for row in best}) > 1
    headers = ["scénario", *(["barème"] if several else []), "élève-périodes"]
    headers += [label for _, label in _FIGURES]
    lines = [
        [
            f"{row['nom']} — {row['titre']}",
            *([row["bareme"]] if several else []),
            french(row["demandes"]),
            *(french(row[key]) for key, _ in _FIGURES),
        ]
        for row in best
    ]
    return table(headers, lines, _ALL)


def _price_lists(best: Sequence[Row]) -> list[str]:
    """Only what does not depend on prices is compared: who has a place, how far, when."""
    by_prices: dict[str, list[Row]] = defaultdict(list)
    for row in best:
        by_prices[row["bareme"]].append(row)
    lines = [
        [
            name,
            french(100 * (1 - sum(r["sans_place"] for r in mine) / _demands(mine))),
            french(_mean_journey(mine)),
            french(sum(r["divisions_decalees"] for r in mine)),
        ]
        for name, mine in by_prices.items()
    ]
    return table(["barème", "placés (%)", "trajet moyen (min)", "divisions décalées"], lines)


def _demands(rows: Sequence[Row]) -> int:
    return max(1, sum(int(row["demandes"]) for row in rows))


def _mean_journey(rows: Sequence[Row]) -> float | None:
    """Over all placed pupil-periods."""
    placed = [(r["demandes"] - r["sans_place"], r["trajet_moyen"]) for r in rows]
    known = [(n, mean) for n, mean in placed if mean is not None]
    heads = sum(n for n, _ in known)
    return sum(n * mean for n, mean in known) / heads if heads else None


def _seeds(done: Sequence[Row]) -> list[str]:
    by_scenario: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in done:
        by_scenario[row["nom"], row["bareme"]].append(row["cout"])
    lines = [
        [
            " · ".join(part for part in names if part),
            french(len(costs)),
            french(min(costs)),
            french(max(costs)),
            french(100 * (max(costs) - min(costs)) / max(1, min(costs))),
        ]
        for names, costs in by_scenario.items()
    ]
    headers = ["scénario", "graines", "points, au mieux", "au pire", "écart (%)"]
    return table(headers, lines, _ALL)
