"""`/plans/{plan}/depart`: one departure, every other week, and the wish to move it.

Must not know: how a week is priced, who decides.
"""

from dataclasses import dataclass, field

import htpy as h
from nicegui import events, ui

from service.accounts.rights import Action, sight
from service.acts import plans, proposals, questions
from service.exports.comparison import signed
from service.exports.shifts import adapted_row
from service.pages.departures import shift_address
from service.pages.doing import Stopped, button, later
from service.pages.frame import frame
from service.pages.navigation import Link, down_to_plan
from service.pages.pictures.lanes import Bar, Lane, lanes
from service.pages.pictures.shift_row import (
    HEADS,
    NUMBERS,
    best,
    legend,
    reason,
    shift_row,
    table_rows,
)
from service.pages.pieces import notice, put, table
from service.pages.visit import Visit, aside, page
from service.pages.words import count, number
from service.tables import PlanRow
from solver.calendar import SchoolCalendar
from solver.domain import Period, Scenario
from solver.week import Week
from solver.whatif import Shift

_DRAW_SECONDS = 0.3
_PICK = (
    "(e) => { const cell = e.target.closest('[data-week]'); if (cell) emit(cell.dataset.week); }"
)


@dataclass
class Asking:
    """A shift table on its way to a page."""

    plan: PlanRow
    scenario: Scenario
    calendar: SchoolCalendar
    subject: str
    period: Period
    rows: dict[Week, Shift] = field(default_factory=dict)
    finished: bool = False
    drawn: int = -1
    chosen: Week | None = None
    proposed: bool = False
    """Whoever proposes a week does not wait for what its neighbours would do."""


@page("/plans/{plan_id}/depart")
async def shift(visit: Visit, plan_id: str, sujet: str, semaine: str = "") -> None:
    """The row of weeks, filled as it is known; a click shows a week beside today's."""
    row, of = await visit.ask(plans.with_scenario, plan_id, Action.TRY_SHIFT)
    scenario = await aside(lambda: visit.house.scenario(of))
    calendar = await aside(lambda: SchoolCalendar(scenario))
    questions.require_own_departure(scenario, sight(visit.user), sujet)
    period = next(p for p in scenario.periods if sujet in (p.id, p.departure))
    asking = Asking(row, scenario, calendar, sujet, period)
    try:
        asking.chosen = Week.parse(semaine) if semaine else None
    except ValueError:
        asking.chosen = None
    division = scenario.division_of[period.division]
    together = [p for p in scenario.periods if p.departure and p.departure == period.departure]
    with frame(
        visit,
        f"{division.name or division.id} : une autre semaine ?",
        crumbs=(*down_to_plan(row, of), Link("Départs", f"/plans/{plan_id}/departs")),
        lead=f"{sujet} : {count(period.duration_weeks, 'semaine')}, "
        f"{count(len(scenario.pupils_of[division.id]), 'élève')}"
        + (f" ; {len(together)} divisions partent ensemble" if len(together) > 1 else "")
        + ". Tout le reste du plan garde ses semaines et ses places.",
    ):
        picture = ui.html("", sanitize=False)
        put(legend())
        said = ui.html("", sanitize=False)
        preview = ui.element("div")
        later(
            "Chaque semaine est essayée…",
            lambda stopped: _fill(visit, asking, picture, said, preview, stopped),
            stoppable="Arrêter et garder ce qui est trouvé",
        )

        async def pick(event: events.GenericEventArguments) -> None:
            asking.chosen = Week.parse(str(event.args))
            _draw(asking, picture, said)
            _preview(visit, asking, preview)
            here = shift_address(plan_id, sujet, str(asking.chosen))
            ui.run_javascript(
                f"history.replaceState(null, '', {here!r});"
                f"document.querySelector('[data-week=\"{asking.chosen}\"]')?.focus()"
            )

        picture.on("click", pick, js_handler=_PICK)
        _draw(asking, picture, said)


async def _fill(
    visit: Visit,
    asking: Asking,
    picture: ui.html,
    said: ui.html,
    preview: ui.element,
    stopped: Stopped,
) -> None:
    """Weeks as they come, then the twin of the picture."""
    drawing = ui.timer(_DRAW_SECONDS, lambda: _draw(asking, picture, said))
    try:
        await visit.ask(
            questions.shift_table,
            asking.plan.id,
            asking.subject,
            told=lambda row: asking.rows.__setitem__(row.week, row),
            stop=stopped,
        )
        asking.finished = len(asking.rows) == len(asking.calendar.usable)
    finally:
        drawing.cancel()
    _draw(asking, picture, said)
    _preview(visit, asking, preview)
    put(
        h.details(".twin")[
            h.summary["Le même tableau, en chiffres et en phrases"],
            table(
                "Chaque semaine et ce qu’elle changerait",
                HEADS,
                table_rows(list(asking.rows.values())),
                NUMBERS,
            ),
        ]
    )
    if asking.finished and not stopped():
        later(
            "Et si les départs voisins s’adaptaient ? Les trois meilleures semaines sont reprises…",
            lambda stopped: _adapt(visit, asking, stopped),
            stoppable="Arrêter là",
        )


async def _adapt(visit: Visit, asking: Asking, stopped: Stopped) -> None:
    """What the promising weeks cost once the departures around them have moved too."""
    found = await visit.ask(
        questions.adaptations,
        asking.plan.id,
        asking.subject,
        rows=tuple(asking.rows.values()),
        stop=lambda: asking.proposed or stopped(),
    )
    put(
        h.h2["Une fois les départs voisins adaptés"],
        table(
            "Les semaines les plus prometteuses, une fois les départs voisins adaptés",
            (
                "Semaine",
                "Points",
                "Périodes qui bougent",
                "Élèves d’ailleurs qui changent d’accueil",
            ),
            map(adapted_row, found),
            " d d",
        ),
    )


def _draw(asking: Asking, picture: ui.html, said: ui.html) -> None:
    """The row, if there is something new to see."""
    if len(asking.rows) == asking.drawn and not asking.finished and asking.chosen is None:
        return
    asking.drawn = len(asking.rows)
    rows = dict(asking.rows)
    drawn = shift_row(asking.calendar.weeks, rows, chosen=asking.chosen, finished=asking.finished)
    picture.set_content(str(drawn))
    if asking.finished:
        said.set_content(str(h.p(".best", role="status")[best(list(rows.values()))]))


def _preview(visit: Visit, asking: Asking, place: ui.element) -> None:
    """The chosen week beside today's, and the wish to have it."""
    place.clear()
    row = asking.rows.get(asking.chosen) if asking.chosen else None
    today = next((r for r in asking.rows.values() if r.current), None)
    if row is None or today is None:
        return
    with place:
        if not row.allowed:
            put(
                h.h2[row.week.label()],
                notice(h.p["Cette semaine est interdite. ", reason(row)]),
            )
            return
        put(
            h.h2["La semaine du plan" if row.current else f"{row.week.label()} ?"],
            _beside(asking, today, row),
        )
        if not row.current and visit.may(Action.PROPOSE):
            _wish(visit, asking, row)


def _beside(asking: Asking, today: Shift, row: Shift) -> h.Node:
    bars = [_bar(asking, shift.week) for shift in (today, row)]
    figures = [
        ("Coût du plan entier (points)", number(today.cost), number(row.cost), row.change),
        ("Élèves sans place", "", "", row.unplaced),
        ("Minutes de trajet, en tout", "", "", row.minutes),
        ("Points de saturation", "", "", row.saturation),
    ]
    name = asking.scenario.division_of[asking.period.division].name or asking.period.division
    return h.fragment[
        lanes(
            asking.calendar.weeks,
            ("Aujourd’hui", "Proposé"),
            [Lane(name, tuple(bars))],
            "Les semaines en entreprise, aujourd’hui et une fois décalées",
        )
        if not row.current
        else None,
        table(
            "Ce qui changerait",
            ("Mesure", "Aujourd’hui", row.week.label(), "Écart"),
            ((label, a, b, signed(change)) for label, a, b, change in figures),
            " ddd",
        ),
    ]


def _bar(asking: Asking, start: Week) -> Bar | None:
    weeks = asking.calendar.occupied(asking.period, start)
    return Bar(start, weeks[-1].since(start) + 1) if weeks else None


def _wish(visit: Visit, asking: Asking, row: Shift) -> None:
    message = ui.textarea("Pourquoi (la coordination le lira)").props("maxlength=2000 rows=2")

    async def propose() -> str:
        asking.proposed = True
        made = await visit.ask(
            proposals.propose, asking.plan.id, asking.subject, row.week, message.value or ""
        )
        return f"/propositions/{made.id}"

    button("Proposer ce décalage", propose, primary=True)
