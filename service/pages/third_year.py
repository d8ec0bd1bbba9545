"""`/harmoniser`: a first calendar of the 3e weeks from head counts alone, in three questions.

Must not know: how the tables are made, how the calendar is found.
"""

from datetime import date

import htpy as h
from nicegui import ui

from scenarios.head_counts import College, HeadCounts, colleges, school_year, usual_weeks
from service.acts import first_calendar
from service.pages.doing import button
from service.pages.frame import frame
from service.pages.navigation import HOME
from service.pages.pieces import notice, put, table, term
from service.pages.visit import Visit, page, told
from service.pages.words import count, number
from solver.errors import InvalidScenario
from solver.week import Week

_EXAMPLE = "Collège Guynemer ; 96\nCollège Louis Pergaud ; 58\nCollège Jean Lamour ; 120"


@page("/harmoniser")
async def harmonise(visit: Visit) -> None:
    """Collèges and pupils, weeks, seats if they are known; then the calculation."""
    user = visit.user
    year = school_year(date.today())  # noqa: DTZ011
    first, last = usual_weeks(year)
    weeks = {str(week): week.label() for week in _weeks(first, last)}
    with frame(
        visit,
        "Harmoniser les semaines de 3e",
        crumbs=(HOME,),
        lead=h.fragment[
            "Un premier calendrier des ", term("séquence d’observation", "stages de 3e"),
            " du bassin, en deux minutes, avec les seuls effectifs des collèges.",
        ],
    ):  # fmt: skip
        put(h.h2["1. Les collèges"], h.p[
            "Un collège par ligne : son nom, puis son nombre d’élèves de 3e. Coller deux colonnes "
            "d’un tableur convient aussi. Aucun nom d’élève."
        ])  # fmt: skip
        text = ui.textarea("Collèges et effectifs", placeholder=_EXAMPLE)
        text.props("rows=8 spellcheck=false").classes("wide")
        read = ui.element("div")

        def show() -> None:
            read.clear()
            with read:
                _read(text.value or "")

        text.on_value_change(show)
        put(h.h2["2. Les semaines possibles"])
        with ui.element("div").classes("row"):
            start = ui.select(weeks, value=str(first), label="De").classes("week")
            end = ui.select(weeks, value=str(last), label="à").classes("week")
        together = ui.checkbox("Toutes les 3e d’un collège partent la même semaine", value=True)
        put(h.h2["3. Les places d’accueil, si elles sont connues"])
        seats = ui.number(
            "Places par semaine, dans tout le bassin (facultatif)", min=1, precision=0
        ).classes("plan-choice")
        bassins = list(user.bassins)
        with ui.element("div").classes("row"):
            bassin: ui.select | ui.input = (
                ui.select(bassins, value=bassins[0], label="Bassin").classes("week")
                if bassins
                else ui.input("Bassin").classes("week")
            )
            academy = ui.input("Académie", value=user.academy).classes("week")
            academy.set_enabled(not user.academy)

        async def calculate() -> str:
            counts = HeadCounts(
                bassin=(bassin.value or "").strip() or "bassin",
                academy=(academy.value or "").strip() or "académie",
                year=year,
                colleges=colleges(text.value or ""),
                first=Week.parse(str(start.value)),
                last=Week.parse(str(end.value)),
                seats=int(seats.value) if seats.value else None,
                together=bool(together.value),
            )
            _, run = await visit.ask(first_calendar.plan, counts)
            return f"/calculs/{run.id}"

        button("Calculer le calendrier", calculate, primary=True)


def _weeks(first: Week, last: Week) -> list[Week]:
    """The whole school year around the usual weeks, Mondays in order."""
    start, end = Week.of(date(first.year, 9, 7)), Week.of(date(last.year, 6, 18))
    return [start.plus(i) for i in range(end.since(start) + 1)]


def _read(text: str) -> None:
    """What is understood so far, or each line that is not."""
    if not text.strip():
        return
    try:
        found = colleges(text)
    except InvalidScenario as error:
        put(notice([h.p[line] for line in told(error).split("\n")], alert=True))
        return
    put(_table(found))


def _table(found: tuple[College, ...]) -> h.Element:
    pupils = sum(c.pupils for c in found)
    return table(
        f"{count(len(found), 'collège')}, {number(pupils)} élèves de 3e",
        ("Collège", "UAI", "Élèves de 3e"),
        ((c.name, c.uai or "–", number(c.pupils)) for c in found),
        "  d",
    )
