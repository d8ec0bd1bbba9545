"""`/comparer`: two to four plans side by side, the first as the base.

Must not know: how plans are compared, who may see what.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated

import htpy as h
from fastapi import Query

from scenarios.tables import CalendarRow
from service.accounts.rights import Action
from service.acts import plans, questions
from service.exports.comparison import french, signed
from service.pages.academy import tabs
from service.pages.doing import Stopped, later
from service.pages.frame import frame
from service.pages.pictures.dumbbell import FIGURES, dumbbell, dumbbells
from service.pages.pictures.lanes import Bar, Lane, axis, lanes, presence
from service.pages.pieces import empty, put, table
from service.pages.visit import Visit, aside, page
from service.pages.words import count, instant, number
from service.tables import PlanRow, ScenarioRow
from solver.calendar import SchoolCalendar
from solver.compare import Comparison, Measure, Pair
from solver.week import Week

_MOST = 4
_SHOWN = 60
"""Rows of a long list; the rest is counted."""
_NAMES = "ABCD"


@page("/comparer")
async def comparison(visit: Visit, plan: Annotated[list[str] | None, Query()] = None) -> None:
    """Which plans, then their comparison."""
    chosen = list(dict.fromkeys(plan or []))
    listed = (await visit.ask(plans.listed, limit=200)).rows
    pairs = [
        await visit.ask(plans.with_scenario, plan_id, Action.READ_PLAN)
        for plan_id in chosen[:_MOST]
    ]
    with frame(
        visit,
        "Comparer des plans",
        tabs=tabs(visit),
        lead="De deux à quatre plans, du même scénario ou d’autres ; le premier sert de base.",
    ):
        if len(listed) < 2:
            put(
                empty(
                    "Il faut deux plans au moins. Lancer un calcul, ou en lancer un second avec "
                    "une variante."
                )
            )
            return
        put(_chooser(listed, chosen))
        if len(pairs) >= 2:
            later(
                "Les plans sont relus et comparés…",
                lambda stopped: _fill(visit, pairs, stopped),
                stoppable="Arrêter",
            )


def _schools(compared: Comparison, names: Sequence[str], other: int) -> h.Node:
    """Each establishment in the base and in another plan, by each figure that both plans give."""
    rows = {figure: dumbbells(compared, other, figure) for figure in FIGURES}
    return [
        dumbbell(those, names[0], names[other], figure) for figure, those in rows.items() if those
    ] or h.p(".empty")[f"{names[0]} et {names[other]} n’ont aucun établissement en commun."]


def _chooser(listed: Sequence[PlanRow], chosen: Sequence[str]) -> h.Element:
    """One list per plan; the address says what was chosen."""

    def options(i: int) -> h.Node:
        picked = chosen[i] if i < len(chosen) else ""
        return [h.option(value=row.id, selected=row.id == picked)[_title(row)] for row in listed]

    return h.form(".filters.chooser", method="get", action="/comparer")[
        (
            h.label[
                h.span[f"Plan {_NAMES[i]}" + (" (base)" if i == 0 else "")],
                h.select(name="plan")[h.option(value="")["–"], options(i)],
            ]
            for i in range(_MOST)
        ),
        h.button(type="submit")["Comparer"],
    ]


def _title(row: PlanRow) -> str:
    mark = ", publié" if row.in_force else ""
    return f"{row.bassin} · {row.title} ({instant(row.created_at)}{mark})"


async def _fill(
    visit: Visit, pairs: Sequence[tuple[PlanRow, ScenarioRow]], stopped: Stopped
) -> None:
    compared = await visit.ask(questions.comparison, [row.id for row, _ in pairs], stop=stopped)
    calendars = [await visit.ask(plans.calendar, row.id) for row, _ in pairs]
    names = list(_NAMES[: len(pairs)])
    weeks, sizes = await aside(lambda: _year(visit, pairs))
    put(
        _sides(pairs, names),
        h.h2["Indicateurs"],
        _measures("Indicateurs et écarts à la base", compared.measures, names),
        h.details(".twin")[
            h.summary["Coût par préférence, en points"],
            _measures("Coût par préférence", compared.costs, names),
        ],
        h.h2["Qui gagne, qui perd"],
        (_schools(compared, names, i) for i in range(1, len(pairs))),
        h.h2["Les calendriers, alignés"],
        _presences(names, weeks, calendars, sizes),
        lanes(weeks, names, _moved(compared, calendars)[:_SHOWN]),
        h.h2["Élèves placés dans un plan et pas dans l’autre"],
        (_pupils(pair, names[0], names[i]) for i, pair in enumerate(compared.pairs, 1)),
    )


def _year(
    visit: Visit, pairs: Sequence[tuple[PlanRow, ScenarioRow]]
) -> tuple[tuple[Week, ...], list[dict[str, int]]]:
    """The weeks of the first plan's year, and how many pupils each period of a plan takes out."""
    scenarios = [visit.house.scenario(of) for _, of in pairs]
    sizes = [{p.id: len(s.pupils_of[p.division]) for p in s.periods} for s in scenarios]
    return SchoolCalendar(scenarios[0]).weeks, sizes


def _sides(pairs: Sequence[tuple[PlanRow, ScenarioRow]], names: Sequence[str]) -> h.Element:
    return table(
        "Les plans",
        ("Plan", "Bassin", "Scénario", "Fait le", "Coût", "Borne", "Règles enfreintes"),
        (
            (
                h.fragment[
                    h.span(class_=f"key side-{i}"), f"{name} · ",
                    h.a(href=f"/plans/{row.id}")[row.title],
                ],
                row.bassin,
                h.a(href=f"/scenarios/{of.id}")[of.title],
                instant(row.created_at),
                number(row.cost),
                "–" if row.bound is None else number(row.bound),
                number(row.violations),
            )
            for i, (name, (row, of)) in enumerate(zip(names, pairs, strict=True))
        ),
        "    ddd",
        hidden_caption=True,
    )  # fmt: skip


def _measures(caption: str, measures: Sequence[Measure], names: Sequence[str]) -> h.Element:
    """Each measure, and beside every plan but the base its difference and whether it is better."""
    heads: list[h.Node] = ["Mesure", f"{names[0]} (base)"]
    for name in names[1:]:
        heads += [name, f"Écart {name}"]
    return table(
        caption,
        heads,
        (_measure(m) for m in measures if any(v is not None for v in m.values)),
        " d" + "dd" * (len(names) - 1),
        hidden_caption=True,
    )


def _measure(measure: Measure) -> Sequence[h.Node]:
    unit = f" ({measure.unit})" if measure.unit else ""
    cells: list[h.Node] = [measure.label + unit, french(measure.values[0])]
    for value, change in zip(measure.values[1:], measure.differences, strict=True):
        worse = change is not None and (change > 0) == (measure.better == "moins")
        look = "same" if not change or not measure.better else "loss" if worse else "gain"
        mark = {"same": "", "loss": " ▾", "gain": " ▴"}[look]
        words = {"same": "", "loss": "moins bien", "gain": "mieux"}[look]
        cells += [
            french(value),
            h.span(class_=look)[signed(change), h.span(aria_hidden="true")[mark],
                                h.span(".visually-hidden")[f" {words}"]],
        ]  # fmt: skip
    return cells


def _presences(
    names: Sequence[str],
    weeks: Sequence[Week],
    calendars: Sequence[Sequence[CalendarRow]],
    sizes: Sequence[dict[str, int]],
) -> h.Element:
    """Pupils out, plan by plan, one under the other on the same weeks."""
    out: list[Counter[Week]] = []
    for calendar, size in zip(calendars, sizes, strict=True):
        counted: Counter[Week] = Counter()
        for line in calendar:
            for week in line.weeks:
                counted[week] += size.get(line.period, 0)
        out.append(counted)
    most = max((n for counted in out for n in counted.values()), default=1)
    return h.div(".presences")[
        (
            h.div[h.span(".presence-name")[name], presence(f"Plan {name}", i, weeks, counted, most)]
            for i, (name, counted) in enumerate(zip(names, out, strict=True))
        ),
        h.div[h.span(".presence-name"), axis(weeks)],
        h.p(".hint")[
            f"Élèves partis, semaine par semaine ; en haut de l’échelle : {french(most)}."
        ],
    ]


def _moved(compared: Comparison, calendars: Sequence[Sequence[CalendarRow]]) -> list[Lane]:
    """Periods that leave in another week in one plan at least, the largest moves first."""
    bars = [
        {
            line.period: Bar(line.start, (line.last or line.start).since(line.start) + 1)
            for line in calendar
        }
        for calendar in calendars
    ]
    most: dict[str, int] = {}
    for pair in compared.pairs:
        for row in pair.redated:
            most[row.period] = max(most.get(row.period, 0), abs(row.weeks or 0))
    ordered = sorted(most, key=lambda period: (-most[period], period))
    return [Lane(period, tuple(of.get(period) for of in bars)) for period in ordered]


def _pupils(pair: Pair, base: str, other: str) -> h.Node:
    """Pupils that the reader may see; how many change host."""
    said = [
        f"{count(pair.rehoused, 'élève-période placée', 'élève-périodes placées')} dans les deux "
        f"plans mais pas au même lieu."
    ]
    if pair.only_base or pair.only_other:
        said.append(
            f"{number(pair.only_base)} n’existent que dans {base}, {number(pair.only_other)} "
            f"que dans {other} : les scénarios ne décrivent pas les mêmes élèves."
        )
    return (
        h.h3[f"{base} et {other}"],
        h.p[" ".join(said)],
        (
            h.details(".twin")[
                h.summary[f"{count(len(demands), 'élève-période')} que seul {name} place"],
                table(
                    f"Que seul {name} place",
                    ("Élève", "Période"),
                    ((d.pupil, d.period) for d in demands[:_SHOWN]),
                    hidden_caption=True,
                ),
                h.p(".hint")[f"… et {len(demands) - _SHOWN} autres."]
                if len(demands) > _SHOWN
                else None,
            ]
            for name, demands in ((base, pair.lost), (other, pair.won))
            if demands
        ),
    )
