"""A comparison as a Markdown page, for a meeting. Must not know: how it was computed."""

from collections.abc import Iterator, Sequence

from solver.compare import Comparison, Measure, Pair, School

MOST_ROWS = 40
"""Rows of a long table; the rest is counted."""


def markdown(comparison: Comparison, figures: Sequence[str] = ()) -> str:
    """The whole page; `figures`: names of pictures beside it, shown at the end."""
    names = [side.name for side in comparison.sides]
    lines = [f"# Comparaison de {len(names)} plans", ""]
    lines += _sides(comparison)
    lines += ["## Indicateurs", "", *_measures(names, comparison.measures)]
    costs = [m.model_copy(update={"label": f"`{m.key}`", "unit": ""}) for m in comparison.costs]
    lines += ["## Coût par préférence, en points", "", *_measures(names, costs)]
    lines += ["## Qui gagne, qui perd", "", *_schools(names, comparison.schools)]
    for pair in comparison.pairs:
        lines += _pair(names[0], pair)
    lines += [line for name in figures for line in (f"![{name}]({name})", "")]
    return "\n".join(lines).rstrip() + "\n"


def french(value: float | None, digits: int = 2) -> str:
    """A number as French readers expect it; an en dash for none."""
    if value is None:
        return "–"
    text = f"{value:,.{digits}f}" if value != int(value) else f"{int(value):,}"
    return text.replace(",", "\u202f").replace(".", ",")


def signed(value: float | None) -> str:
    """The same with its sign."""
    if value is None:
        return "–"
    return ("+" if value > 0 else "−" if value < 0 else "") + french(abs(value))


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def table(
    headers: Sequence[str], rows: Sequence[Sequence[str]], most: int = MOST_ROWS
) -> list[str]:
    """The lines of a Markdown table; rows beyond `most` are counted."""
    kept = rows[:most]
    lines = [_row(headers), "|" + "---|" * len(headers), *(_row(row) for row in kept), ""]
    if len(rows) > most:
        lines += [f"… et {len(rows) - most} autres lignes.", ""]
    return lines


def _sides(comparison: Comparison) -> Iterator[str]:
    for side in comparison.sides:
        bound = "" if side.bound is None else f", borne prouvée {french(side.bound)}"
        broken = f", **{side.violations} règle(s) enfreinte(s)**" if side.violations else ""
        yield f"- **{side.name}** ({side.title}) : {french(side.cost)} points{bound}{broken}"
    yield ""
    if not comparison.same_scenario:
        yield "Les plans ne sont pas du même scénario : les coûts ne se comparent qu’avec prudence."
        yield ""


def _measures(names: Sequence[str], measures: Sequence[Measure]) -> list[str]:
    headers = ["mesure", *names, *(f"écart {name}" for name in names[1:])]
    return table(
        headers,
        [
            [
                m.label + (f" ({m.unit})" if m.unit else ""),
                *(french(v) for v in m.values),
                *(signed(d) for d in m.differences),
            ]
            for m in measures
            if any(m.values)
        ],
    )


def _schools(names: Sequence[str], schools: Sequence[School]) -> list[str]:
    headers = ["établissement", "élève-périodes"]
    headers += [f"sans place, {n}" for n in names]
    headers += [f"trajet moyen, {n}" for n in names]
    headers += [f"écart au souhait, {n}" for n in names]
    ordered = sorted(schools, key=lambda s: (s.unplaced[-1] - s.unplaced[0], s.uai))
    return table(
        headers,
        [
            [
                s.name,
                french(s.demands[0]),
                *(french(n) for n in s.unplaced),
                *(french(m, 1) for m in s.minutes),
                *(french(w, 1) for w in s.shift),
            ]
            for s in ordered
        ],
    )


def _pair(base: str, pair: Pair) -> list[str]:
    lines = [f"## De « {base} » à « {pair.other} »", ""]
    lines += [
        f"{len(pair.won)} élève-périodes trouvent une place, {len(pair.lost)} la perdent, "
        f"{pair.rehoused} changent de structure ; "
        f"{len(pair.redated)} périodes changent de semaine.",
        "",
    ]
    if pair.only_base or pair.only_other:
        lines += [
            f"{pair.only_base} élève-périodes n’existent que dans le premier scénario, "
            f"{pair.only_other} que dans l’autre.",
            "",
        ]
    if pair.redated:
        lines += table(
            ["période", "division", base, pair.other, "semaines"],
            [
                [r.period, r.division, str(r.base or "–"), str(r.other or "–"), signed(r.weeks)]
                for r in pair.redated
            ],
        )
    for title, demands in (
        (f"Placés dans « {base} » seulement", pair.lost),
        (f"Placés dans « {pair.other} » seulement", pair.won),
    ):
        if demands:
            lines += [f"### {title}", ""]
            lines += table(["élève", "période"], [[d.pupil, d.period] for d in demands])
    return lines
