"""The plan in figures as a PDF, for a meeting: what it gives, whom, what it costs, what to know.

Leaves the schools: counts of establishments go through `masking`. Must not know: how plans are
found, Typst.
"""

import io
from collections.abc import Iterator, Sequence
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure

from scenarios.plans import PlanFolder
from service.exports.comparison import french, signed
from service.exports.figures.presence import presence
from service.exports.figures.style import FAMILY_NAMES, PAPER, PUBLIC_LOOKS, counted, number
from service.exports.masking import FEW, Told, masked
from service.exports.paper import pdf
from solver.domain import FAMILIES
from solver.facts import Facts
from solver.indicators import Indicators, indicators
from solver.rules import RULES
from solver.verify import verify
from solver.week import Week

_MOST_MOVES = 25

Section = dict[str, Any]


def report(facts: Facts, folder: PlanFolder) -> bytes:
    """The PDF, A4."""
    scenario = facts.scenario
    figures = indicators(scenario, facts.plan, folder.unplaced or None)
    values = {
        "title": f"Plan des stages — {scenario.title}",
        "subtitle": f"Bassin {scenario.bassin}, académie de {scenario.academy}, "
        f"année {scenario.year}. "
        f"{counted(len(scenario.establishments), 'établissement')}, "
        f"{counted(len(scenario.divisions), 'division')}, "
        f"{counted(len(scenario.everyone), 'élève')}, "
        f"{counted(len(scenario.hosts), 'structure d’accueil', 'structures d’accueil')}.",
        "tiles": _tiles(figures),
        "sections": list(_sections(facts, folder, figures)),
    }
    return pdf("rapport", values, {"presence": _presence(facts)})


def _tiles(figures: Indicators) -> list[dict[str, str]]:
    (unplaced,) = masked([figures.unplaced])
    journeys = figures.journeys
    return [
        {
            "label": "Élève-périodes placées",
            "value": _percent(figures.rate) if unplaced != FEW else "> 99 %",
            "meaning": f"sur {number(figures.demands)} : un élève compte une fois par période",
        },
        {
            "label": "Sans place",
            "value": _told(unplaced),
            "meaning": "pourquoi : voir plus loin" if figures.unplaced else "chacun a une place",
        },
        {
            "label": "Trajet médian",
            "value": "–" if journeys.median is None else f"{journeys.median} min",
            "meaning": f"neuf élèves sur dix : au plus {journeys.ninth_decile or '–'} min",
        },
        {
            "label": "Départs déplacés",
            "value": number(len(figures.moves)),
            "meaning": f"sur {number(figures.wishes)} vœux, "
            f"de {french(figures.mean_move_weeks, 1)} semaines en moyenne",
        },
    ]


def _sections(facts: Facts, folder: PlanFolder, figures: Indicators) -> Iterator[Section]:
    yield _worth(facts, folder)
    yield _schools(figures)
    if figures.reasons:
        yield _reasons(figures)
    yield _section(
        "Semaine par semaine",
        "Élèves partis et places ouvertes, famille par famille. Au-delà du seuil de saturation, "
        "les accueils d’un secteur risquent de manquer.",
        picture="presence",
        note=" ".join(_loads(figures)),
    )
    if figures.moves:
        yield _moves(facts, figures)
    yield _section(
        "Lire ce rapport",
        "Les effectifs de 1 à 4 élèves sont masqués (« < 5 »), et « n. c. » remplace un effectif "
        "qui permettrait de les retrouver. Les temps de trajet sont estimés, "
        "sauf mesures fournies. Chaque chiffre est recalculé à partir du plan et du scénario.",
    )


def _section(
    title: str,
    text: str = "",
    *,
    table: dict[str, Any] | None = None,
    picture: str = "",
    note: str = "",
) -> Section:
    return {"title": title, "text": text, "table": table, "picture": picture, "note": note}


def _table(
    heads: Sequence[str], widths: Sequence[int], rows: Sequence[Sequence[str]], numbers: str
) -> dict[str, Any]:
    """`widths` in mm, 0 for what is left; `numbers` as in `service.cli.output.grid`."""
    right = [i for i, letter in enumerate(numbers) if letter == "d"]
    return {"heads": heads, "widths": widths, "rows": rows, "right": right}


def _worth(facts: Facts, folder: PlanFolder) -> Section:
    """Whether the rules hold, the cost, and how far from the best."""
    said = verify(facts.scenario, facts.plan)
    kept = "Aucune règle n’est enfreinte."
    if said.violations:
        kept = f"{counted(len(said.violations), 'infraction')} : ce plan ne peut pas être publié."
    bound = folder.summary.get("borne")
    text = f"{kept} Le plan coûte {number(said.cost)} points (1 point = 1 minute de trajet)."
    if isinstance(bound, int) and said.cost:
        gap = _percent((said.cost - bound) / said.cost)
        text += (
            f" Aucun plan ne peut coûter moins de {number(bound)} : l’écart est d’au plus {gap}."
        )
    causes = folder.summary.get("causes")
    if isinstance(causes, dict) and all(isinstance(points, int) for points in causes.values()):
        first = max(causes, key=causes.__getitem__, default="")
        if first and (whole := sum(causes.values())) > 0:
            text += f" D’abord : {first} ({_percent(causes[first] / whole)} de l’écart)."
    sentence = {rule.key: rule.sentence for rule in RULES}
    rows = [
        [sentence[key], number(points), _percent(points / said.cost)]
        for key, points in sorted(said.costs.items(), key=lambda item: -item[1])
        if points
    ]
    table = _table(("Ce qui coûte", "Points", "Part"), (0, 22, 18), rows, " dd")
    return _section("Ce que vaut le plan", text, table=table if rows else None)


def _schools(figures: Indicators) -> Section:
    unplaced = masked([p.demands - p.placed for p in figures.establishments], total_told=True)
    rows = [
        [p.name, number(p.demands), _told(missing), _percent(p.rate) if _exact(missing) else "–"]
        for p, missing in zip(figures.establishments, unplaced, strict=True)
    ]
    heads = ("Établissement", "À placer", "Sans place", "Placés")
    return _section(
        "Établissement par établissement", table=_table(heads, (0, 20, 24, 20), rows, " ddd")
    )


def _reasons(figures: Indicators) -> Section:
    counts = masked([r.count for r in figures.reasons], total_told=True)
    rows = [[r.label, _told(n)] for r, n in zip(figures.reasons, counts, strict=True)]
    return _section(
        "Pourquoi des élèves restent sans place",
        "Le premier obstacle rencontré par chaque élève-période sans place.",
        table=_table(("Motif", "Élève-périodes"), (0, 34), rows, " d"),
    )


def _loads(figures: Indicators) -> Iterator[str]:
    for load in figures.loads:
        if load.peak_week is not None:
            (peak,) = masked([load.peak_pupils])
            yield (
                f"{FAMILY_NAMES[load.family]} : pointe {load.peak_week.label()}, "
                f"{_told(peak)} élèves pour {number(load.seats)} places, "
                f"{counted(len(load.weeks_over), 'semaine saturée', 'semaines saturées')}."
            )


def _moves(facts: Facts, figures: Indicators) -> Section:
    """The furthest moves; divisions of a school and public that move together are one row."""
    scenario = facts.scenario
    names = {e.uai: e.name for e in scenario.establishments}
    together: dict[tuple[str, str, Week, Week], int] = {}
    for move in figures.moves:
        division = scenario.division_of[move.division]
        public = PUBLIC_LOOKS[division.public].name
        key = names[division.establishment], public, move.wished, move.start
        together[key] = together.get(key, 0) + 1
    furthest = sorted(together.items(), key=lambda item: -abs(item[0][3].since(item[0][2])))
    rows = [
        [
            school,
            f"{public} ×{divisions}" if divisions > 1 else public,
            wished.label(),
            start.label(),
            signed(start.since(wished)),
        ]
        for (school, public, wished, start), divisions in furthest[:_MOST_MOVES]
    ]
    left = len(furthest) - len(rows)
    heads = ("Établissement", "Public", "Souhait", "Plan", "Semaines")
    return _section(
        "Les départs les plus éloignés du souhait",
        table=_table(heads, (0, 24, 38, 38, 19), rows, "    d"),
        note=f"… et {counted(left, 'autre départ', 'autres départs')}." if left else "",
    )


def _presence(facts: Facts) -> str:
    """Pupils out against seats, both families, as SVG."""
    figure = Figure(figsize=(11, 8), facecolor=PAPER, layout="constrained")
    for axes, family in zip(figure.subplots(2, 1), FAMILIES, strict=True):
        presence(facts.scenario, facts.plan, axes, family)
    drawn = io.BytesIO()
    with rc_context({"svg.hashsalt": "bassin", "svg.fonttype": "none"}):
        figure.savefig(drawn, format="svg", metadata={"Date": None})
    return drawn.getvalue().decode()


def _exact(count: Told) -> bool:
    return isinstance(count, int)


def _told(count: Told) -> str:
    return number(count) if isinstance(count, int) else count


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{french(round(100 * share, 1), 1)}\u202f%"
