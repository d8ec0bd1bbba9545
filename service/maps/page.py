"""What maps change, to show in a meeting: page, table, pictures; small counts masked.

Must not know: how maps are planned.
"""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from scenarios.folders import replace_file
from service.exports.comparison import french, signed, table
from service.exports.figures import save
from service.exports.figures.dumbbell import dumbbell
from service.exports.masking import masked
from service.exports.page import html
from service.maps.evaluate import Judged
from service.maps.suggest import Promise
from solver.compare import School

_ALL = 10**6
_MEASURES = ("sans_place", "taux", "trajet_moyen", "trajet_d9", "plus_45", "nuitees",
             "divisions_decalees", "taux_minimal")  # fmt: skip


def write_page(
    title: str, judged: Sequence[Judged], promises: Sequence[Promise], folder: Path
) -> list[Path]:
    """`carte.md`, `.html`, `.csv`, `.json`, and a picture of each map in the folder."""
    pictures = []
    for number, one in enumerate(judged, 1):
        file = folder / f"carte-{number}.png"
        pictures.append(save(dumbbell(one.comparison), file)[0].name)
    page = markdown(title, judged, promises, pictures)
    contents = {
        "carte.md": page,
        "carte.html": html(title, page, folder),
        "carte.csv": _csv(judged),
        "carte.json": json.dumps(as_data(judged, promises), ensure_ascii=False, indent=2) + "\n",
    }
    for name, text in contents.items():
        replace_file(folder / name, text.encode())
    return [folder / name for name in contents]


def as_data(judged: Sequence[Judged], promises: Sequence[Promise]) -> dict[str, object]:
    """The same for programs; exact counts, for the rectorat alone."""
    return {
        "pistes": [
            {
                "bassins": list(p.bassins),
                "points": p.points,
                "cout": p.cost,
                "disputes": list(p.fought_for),
            }
            for p in promises
        ],
        "cartes": [
            {
                "titre": j.title,
                "bassins": list(j.bassins),
                "somme_separes": j.separate,
                "gain": j.gain,
                "garde_les_plans_separes": j.kept,
                "comparaison": j.comparison.model_dump(mode="json", exclude={"pairs"}),
            }
            for j in judged
        ],
    }


def markdown(
    title: str, judged: Sequence[Judged], promises: Sequence[Promise], pictures: Sequence[str]
) -> str:
    """The whole page."""
    lines = [f"# {title}", ""]
    if promises:
        lines += ["## Quels voisins gagneraient à mettre leurs places en commun ?", ""]
        lines += _promises(promises)
    for one, picture in zip(judged, pictures, strict=True):
        lines += _judged(one, picture)
    return "\n".join(lines).rstrip() + "\n"


def _promises(promises: Sequence[Promise]) -> Iterator[str]:
    yield (
        "Estimation sans planifier, par les bornes prouvées : ce que deux voisins économiseraient "
        "ensemble. Les premières pistes sont confirmées plus bas en planifiant vraiment."
    )
    yield ""
    rows = [
        [
            " + ".join(p.bassins),
            french(p.points),
            french(100 * p.points / p.cost if p.cost else 0.0, 1),
            ", ".join(p.fought_for),
        ]
        for p in promises
    ]
    headers = ["voisins", "gain estimé (points)", "part du coût (%)", "places les plus disputées"]
    yield from table(headers, rows, _ALL)


def _judged(one: Judged, picture: str) -> Iterator[str]:
    before, after = one.comparison.sides
    schools = one.comparison.schools
    gained = [s for s in schools if s.unplaced[1] < s.unplaced[0]]
    lost = [s for s in schools if s.unplaced[1] > s.unplaced[0]]
    farther = [s for s in schools if _farther(s) > 0]
    yield f"## {one.title}"
    yield ""
    yield (
        f"Bassins : {', '.join(one.bassins)}. Plans séparés : {french(one.separate)} points, "
        f"{french(before.cost)} jugés ensemble ; nouvelle carte : **{french(after.cost)} points** "
        f"({signed(-one.gain)}, soit {french(100 * one.gain / max(1, before.cost), 1)} %). "
        f"Règles enfreintes : {french(after.violations)}."
    )
    yield ""
    for side in (before, after):
        if side.violations:
            yield (
                f"« {side.name} » : jugés ensemble, les plans enfreignent "
                f"{french(side.violations)} règles : des places, ou le quota d’une entreprise "
                "présente dans plusieurs pôles, y sont comptés deux fois, ou une place trouvée "
                "est de l’autre côté de la limite."
            )
            yield ""
    if one.kept:
        yield "La recherche n’a rien trouvé de mieux que les plans séparés, qui sont gardés."
        yield ""
    yield (
        f"Qui gagne : {french(len(gained))} établissements placent plus d’élèves. Qui paie : "
        f"{french(len(lost))} en placent moins, {french(len(farther))} voient leurs trajets "
        "s’allonger."
    )
    yield ""
    headers = ["mesure", "carte actuelle", "nouvelle carte", "écart"]
    measures = [one.comparison.measure(key) for key in _MEASURES]
    yield from table(
        headers,
        [
            [
                m.label + (f" ({m.unit})" if m.unit else ""),
                *(french(v) for v in m.values),
                signed(m.differences[0]),
            ]
            for m in measures
        ],
    )
    yield "### Établissement par établissement"
    yield ""
    ordered = sorted(schools, key=lambda s: (s.unplaced[1] - s.unplaced[0], -_farther(s), s.uai))
    yield from table(
        ["établissement", "élève-périodes", "sans place, avant", "après", "trajet, avant (min)",
         "après", "écart au souhait, avant (sem.)", "après"],
        [_school(s) for s in ordered],
        _ALL,
    )  # fmt: skip
    yield f"![Part placée de chaque établissement, avant et après]({picture})"
    yield ""


def _school(school: School) -> list[str]:
    return [
        school.name,
        french(school.demands[0]),
        *(n if isinstance(n, str) else french(n) for n in masked(school.unplaced)),
        *(french(m, 1) for m in school.minutes),
        *(french(w, 1) for w in school.shift),
    ]


def _farther(school: School) -> float:
    """Minutes that the mean journey grows by."""
    before, after = school.minutes
    return 0.0 if before is None or after is None else after - before


def _csv(judged: Sequence[Judged]) -> str:
    """One row per map and establishment."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(
        ["carte", "uai", "nom", "demandes", "sans_place_avant", "sans_place_apres",
         "trajet_avant", "trajet_apres", "decalage_avant", "decalage_apres"]
    )  # fmt: skip
    for one in judged:
        for s in one.comparison.schools:
            numbers = [_decimal(v) for pair in (s.minutes, s.shift) for v in pair]
            writer.writerow([one.title, s.uai, s.name, s.demands[0], *masked(s.unplaced), *numbers])
    return "\ufeff" + text.getvalue()


def _decimal(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}".replace(".", ",")
