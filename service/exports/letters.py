"""What each host is told: which divisions come, in which weeks, how many pupils.

A host reads its own lines only, with exact counts: it is a party to the agreements.
Must not know: pupils' pseudonyms, how plans are found.
"""

from collections.abc import Iterator
from itertools import groupby

from service.exports.agenda import stay_name
from service.exports.figures.style import PUBLIC_LOOKS
from service.exports.paper import pdf
from service.exports.safe_csv import Cell
from service.exports.visits import runs, visits
from solver.facts import Facts
from solver.week import Week

HEADERS = (
    "accueil", "structure", "commune", "etablissement", "uai", "division", "public", "nature",
    "periode", "eleves", "du", "au", "semaines", "dates",
)  # fmt: skip


def letters(facts: Facts) -> Iterator[tuple[Cell, ...]]:
    """One row per host, division and period, under `HEADERS`; hosts in the scenario's order."""
    towns = {p.id: p.name for p in facts.scenario.places}
    for v in visits(facts):
        yield (
            v.host.id, v.host.name, towns[v.host.place], v.establishment.name, v.establishment.uai,
            v.division.name or v.division.id, PUBLIC_LOOKS[v.division.public].name,
            stay_name(v.division, v.period), v.period.id, v.pupils, v.first, v.last, len(v.weeks),
            dates(v.weeks),
        )  # fmt: skip


def letters_pdf(facts: Facts) -> bytes:
    """One page per host that somebody comes to."""
    towns = {p.id: p.name for p in facts.scenario.places}
    hosts = [
        {
            "id": host.id,
            "name": host.name or host.id,
            "town": towns[host.place],
            "visits": [
                {
                    "division": v.division.name or v.division.id,
                    "school": v.establishment.name,
                    "what": stay_name(v.division, v.period),
                    "dates": dates(v.weeks).split(", "),
                    "pupils": v.pupils,
                }
                for v in those
            ],
        }
        for host, those in groupby(visits(facts), key=lambda v: v.host)
    ]
    scenario = facts.scenario
    title = f"Lettres aux accueils — {scenario.title}"
    values = {"title": title, "year": scenario.year, "bassin": scenario.bassin, "hosts": hosts}
    return pdf("lettres", values)


def dates(weeks: tuple[Week, ...]) -> str:
    """« du 16/11/2026 au 04/12/2026, puis du … »: holidays are told apart."""
    return ", puis ".join(
        f"du {first.monday:%d/%m/%Y} au {last.friday:%d/%m/%Y}" for first, last in runs(weeks)
    )
