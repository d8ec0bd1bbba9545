"""The report of an académie as page, tables and pictures; small counts masked.

Must not know: how figures are computed.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from scenarios.folders import replace_file
from service.academy.national import Trade, priority_education, ratio, trades
from service.academy.poles import Pole
from service.exports.comparison import french, signed, table
from service.exports.figures import save
from service.exports.figures.poles import offers, rates
from service.exports.masking import FEW, WITHHELD, Told, masked, small
from service.exports.page import html
from solver.domain import FAMILIES

_ALL, _TRADES = 10**6, 20
_HEADERS = (
    "pôle", "offres ÷ élèves, observation", "offres ÷ élèves, formation", "élève-périodes",
    "placées (%)", "sans place", "trajet moyen (min)", "9 sur 10 au plus (min)",
    "au-delà de 45 min (%)", "divisions décalées", "structures au quota", "nuits d’internat",
)  # fmt: skip


def write_report(
    title: str, now: Sequence[Pole], before: Sequence[Pole] | None, folder: Path
) -> list[Path]:
    """`academie.md`, `.html`, `.csv`, `secteurs.csv` and two pictures in the folder."""
    earlier = {p.name: p for p in before or ()}
    pictures = [
        save(offers(now), folder / "offres.png")[0].name,
        save(rates(now, earlier), folder / "taux.png")[0].name,
    ]
    page = markdown(title, now, before, pictures)
    rows = [_HEADERS, *_rows(now)]
    contents = {
        "academie.md": page,
        "academie.html": html(title, page, folder),
        "academie.csv": _csv(rows),
        "secteurs.csv": _csv([_TRADE_HEADERS, *map(_trade, trades(now))]),
    }
    for name, text in contents.items():
        replace_file(folder / name, text.encode())
    return [folder / name for name in contents]


def markdown(
    title: str, now: Sequence[Pole], before: Sequence[Pole] | None, pictures: Sequence[str] = ()
) -> str:
    """The whole page."""
    lines = [f"# {title}", "", *_headline(now)]
    lines += ["## Pôle par pôle", "", *table(_HEADERS, _rows(now), _ALL)]
    lines += [line for name in pictures for line in (f"![{_SHOWN.get(name, name)}]({name})", "")]
    lines += ["## Équité entre pôles", "", *_equity(now)]
    lines += ["## Secteurs en tension", "", *_tension(now)]
    if before is not None:
        lines += ["## Évolution", "", *_evolution(now, before)]
    return "\n".join(lines).rstrip() + "\n"


_SHOWN = {
    "offres.png": "Offres par élève dans chaque pôle, observation et formation",
    "taux.png": "Part placée dans chaque pôle",
}


def _headline(poles: Sequence[Pole]) -> Iterator[str]:
    demands = sum(p.figures.demands for p in poles)
    placed = sum(p.figures.placed for p in poles)
    cost, bound = sum(p.cost for p in poles), sum(p.bound for p in poles)
    yield (
        f"**Offres ÷ élèves** (semaine la plus chargée de chaque pôle) : "
        f"**{french(_rounded(ratio(poles, 'observation')))}** en observation, "
        f"**{french(_rounded(ratio(poles, 'formation')))}** en formation."
    )
    yield ""
    yield (
        f"{french(len(poles))} pôles, {french(demands)} élève-périodes à placer, "
        f"{french(_percent(placed, demands), 1)} % placées. Aucun plan ne coûterait moins de "
        f"{french(bound)} points ; ceux-ci en coûtent {french(cost)}."
    )
    yield ""


def _rows(poles: Sequence[Pole]) -> list[list[str]]:
    """One row per pôle, then the académie; a rate that would tell a small count is withheld."""
    unplaced = masked([p.figures.unplaced for p in poles], total_told=True)
    rows = [_row(pole, told) for pole, told in zip(poles, unplaced, strict=True)]
    whole = [p.figures for p in poles]
    demands, placed = sum(f.demands for f in whole), sum(f.placed for f in whole)
    means = [(f.placed, f.journeys.mean, f.journeys.over_45) for f in whole if f.placed]
    heads = sum(n for n, _, _ in means) or 1
    rows.append(
        [
            "Académie",
            *(french(_rounded(ratio(poles, family))) for family in FAMILIES),
            french(demands),
            french(_percent(placed, demands), 1),
            french(demands - placed),
            french(sum(n * (mean or 0) for n, mean, _ in means) / heads, 1),
            "–",
            french(100 * sum(n * (over or 0) for n, _, over in means) / heads, 1),
            french(sum(f.divisions_moved for f in whole)),
            french(sum(f.hosts_at_quota for f in whole)),
            french(sum(f.boarding_nights for f in whole)),
        ]
    )
    return rows


def _row(pole: Pole, unplaced: Told) -> list[str]:
    figures, journeys = pole.figures, pole.figures.journeys
    hidden = unplaced in (FEW, WITHHELD)
    return [
        f"{pole.name} — {pole.title}",
        *(french(_rounded(pole.ratio(family))) for family in FAMILIES),
        french(figures.demands),
        WITHHELD if hidden else french(_percent(figures.placed, figures.demands), 1),
        unplaced if isinstance(unplaced, str) else french(unplaced),
        french(journeys.mean, 1),
        french(journeys.ninth_decile),
        french(None if journeys.over_45 is None else 100 * journeys.over_45, 1),
        french(figures.divisions_moved),
        french(figures.hosts_at_quota),
        french(figures.boarding_nights),
    ]


def _equity(poles: Sequence[Pole]) -> Iterator[str]:
    """Gaps between the best and the worst served."""
    told = [p for p in poles if p.figures.demands and not small(p.figures.unplaced)]
    for label, values in (
        ("Part placée (%)", {p.title: _percent(p.figures.placed, p.figures.demands) for p in told}),
        ("Trajet moyen (min)", {p.title: p.figures.journeys.mean for p in poles}),
        *((f"Offres ÷ élèves, {f}", {p.title: p.ratio(f) for p in poles}) for f in FAMILIES),
    ):
        known = {name: value for name, value in values.items() if value is not None}
        if known:
            low, high = min(known, key=lambda n: known[n]), max(known, key=lambda n: known[n])
            yield (
                f"- {label} : de {french(round(known[low], 2))} ({low}) à "
                f"{french(round(known[high], 2))} ({high}), "
                f"écart {french(round(known[high] - known[low], 2))}."
            )
    rates = [row.rate for p in poles for row in p.figures.establishments if row.rate is not None]
    below = sum(rate < 0.9 for rate in rates)
    yield f"- Établissements qui placent moins de neuf élèves sur dix : {french(below)} sur " + (
        f"{french(len(rates))}."
    )
    yield ""
    groups = priority_education(poles)
    unplaced = masked([g.demands - g.placed for g in groups], total_told=True)
    yield from table(
        ["éducation prioritaire", "élève-périodes", "placées (%)", "sans place"],
        [
            [
                group.name,
                french(group.demands),
                WITHHELD
                if isinstance(hidden, str)
                else french(_percent(group.placed, group.demands), 1),
                hidden if isinstance(hidden, str) else french(hidden),
            ]
            for group, hidden in zip(groups, unplaced, strict=True)
        ],
    )


_TRADE_HEADERS = (
    "public", "secteur", "semaine la plus tendue", "offres", "élèves", "offres ÷ élèves",
    "pôles en manque",
)  # fmt: skip


def _tension(poles: Sequence[Pole]) -> Iterator[str]:
    yield (
        "Dans toute l’académie, la semaine où il y a le moins d’offres par élève. Une formation "
        "qui nomme plusieurs secteurs compte dans chacun : les lignes ne s’additionnent pas."
    )
    yield ""
    yield from table(_TRADE_HEADERS, [_trade(t) for t in trades(poles)[:_TRADES]])


def _trade(trade: Trade) -> list[str]:
    return [
        trade.public,
        trade.sector or "tous",
        trade.week.label(),
        french(trade.offers),
        french(trade.pupils),
        french(round(trade.ratio, 2)),
        french(trade.short_poles),
    ]


def _evolution(now: Sequence[Pole], before: Sequence[Pole]) -> Iterator[str]:
    """Pôles of both batches, then those of one alone."""
    earlier = {p.name: p for p in before}
    rows = []
    for pole in now:
        if pole.name not in earlier:
            continue
        old = earlier[pole.name]
        hidden = small(pole.figures.unplaced) or small(old.figures.unplaced)
        rows.append(
            [
                pole.title,
                *(_change(old.ratio(f), pole.ratio(f)) for f in FAMILIES),
                WITHHELD
                if hidden
                else _change(
                    _percent(old.figures.placed, old.figures.demands),
                    _percent(pole.figures.placed, pole.figures.demands),
                ),
                _change(old.figures.journeys.mean, pole.figures.journeys.mean),
                _change(old.figures.divisions_moved, pole.figures.divisions_moved),
            ]
        )
    headers = ["pôle", *(f"offres ÷ élèves, {f}" for f in FAMILIES), "placées (%)"]
    yield from table([*headers, "trajet moyen (min)", "divisions décalées"], rows, _ALL)
    for label, names in (
        ("Pôles nouveaux", [p.title for p in now if p.name not in earlier]),
        ("Pôles disparus", [p.title for p in before if p.name not in {q.name for q in now}]),
    ):
        if names:
            yield f"{label} : {', '.join(names)}."
            yield ""


def _change(old: float | None, new: float | None) -> str:
    """« 0,91 → 0,95 (+0,04) »"""
    if old is None or new is None:
        return "–"
    old, new = round(old, 2), round(new, 2)
    return f"{french(old)} → {french(new)} ({signed(round(new - old, 2)) or '0'})"


def _percent(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _csv(rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\n").writerows(
        [cell.replace("\u202f", "") for cell in row] for row in rows
    )
    return "\ufeff" + text.getvalue()
