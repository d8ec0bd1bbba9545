"""Pictures of the pages as markup: every picture says in words what it shows."""

import re
from functools import cache

import pytest
from town import own_periods, village, village_solved

from service.pages.pictures.dumbbell import dumbbell, dumbbells
from service.pages.pictures.lanes import Bar, Lane, lanes, presence
from service.pages.pictures.shift_row import best, cell, legend, shift_row, table_rows
from service.pages.pictures.territory import Mark, territory
from solver.calendar import SchoolCalendar
from solver.compare import Comparison, Contender, compare
from solver.domain import Plan
from solver.whatif import Shift, shifts, stand


def plan() -> Plan:
    found = village_solved().plan
    assert found is not None
    return found


@cache
def table() -> tuple[Shift, ...]:
    period = next(p for p in own_periods() if p.imposed is None)
    return tuple(shifts(stand(village(), plan()), period.id))


@cache
def compared() -> Comparison:
    fewer = plan().model_copy(update={"placements": plan().placements[::2]})
    return compare([Contender("A", village(), plan()), Contender("B <b>", village(), fewer)])


def test_a_cell_tells_gain_loss_and_rule_by_look_sign_and_sentence() -> None:
    rows = table()
    most = max(abs(r.change) for r in rows if r.change)
    for row in rows:
        shown = cell(row, most)
        if row.change is None:
            assert shown.look == "forbidden"
            assert row.obstacles[0].sentence in shown.sentence
        elif row.change:
            assert shown.look.startswith("gain" if row.change < 0 else "loss")
            assert shown.short.startswith("−" if row.change < 0 else "+")
            assert ("de moins" if row.change < 0 else "de plus") in shown.sentence
        else:
            assert shown.look == "same"
    assert any(r.change is None for r in rows)
    assert any(r.change for r in rows)


def test_the_row_has_every_week_of_the_year_and_says_what_is_still_to_come() -> None:
    weeks = SchoolCalendar(village()).weeks
    rows = {row.week: row for row in table()}
    done = str(shift_row(weeks, rows, chosen=None, finished=True))
    assert done.count('class="shift-cell ') == len(weeks)
    assert done.count("data-week") == len(rows)
    assert done.count("pas de cours") == len(weeks) - len(rows)
    begun = str(shift_row(weeks, dict(list(rows.items())[:3]), chosen=None, finished=False))
    assert begun.count("calcul en cours") == len(weeks) - 3
    chosen = str(shift_row(weeks, rows, chosen=next(iter(rows)), finished=True))
    assert chosen.count('aria-pressed="true"') == 1


def test_the_twin_says_the_same_as_the_row() -> None:
    told = table_rows(table())
    assert len(told) == len(table())
    assert sum("semaine du plan" in line[0] for line in told) == 1
    for line, row in zip(told, table(), strict=True):
        assert line[1].startswith("permise" if row.allowed else "interdite : ")
    assert "autre" in best(table())
    assert str(legend()).count("<li>") == 6


def test_a_dumbbell_puts_the_losers_first_and_escapes_names() -> None:
    rows = dumbbells(compared(), 1, "taux")
    assert rows
    assert [r.gain for r in rows] == sorted(r.gain for r in rows)
    drawn = str(dumbbell(rows, "A", "B <b>", "taux"))
    assert "<b>" not in drawn
    assert f"{sum(r.gain < 0 for r in rows)} y perd" in drawn
    for left in map(float, re.findall(r"left:([\d.]+)%", drawn)):
        assert 0 <= left <= 100


def test_lanes_stand_on_one_axis() -> None:
    weeks = SchoolCalendar(village()).weeks
    rows = [Lane("3A", (Bar(weeks[4], 2), Bar(weeks[10], 2))), Lane("3B", (None, Bar(weeks[0], 1)))]
    drawn = str(lanes(weeks, ["A", "B"], rows))
    assert drawn.count("lane-bar") == 3
    assert weeks[10].label() in drawn
    assert "Aucun" in str(lanes(weeks, ["A", "B"], []))
    out = str(presence("A", 0, weeks, {weeks[3]: 12}, 24))
    assert weeks[3].label() in out
    assert out.count("<rect") == 1


@pytest.mark.parametrize("many", [1, 2, 60])
def test_a_map_keeps_every_mark_inside(many: int) -> None:
    marks = [
        Mark(48.5 + 0.01 * i, 6.5 + 0.013 * (i % 7), f"Lieu {i}", f"Phrase {i}",
             "school" if i % 2 else "lead", 0.5, "#piste" if i % 3 else "")
        for i in range(many)
    ]  # fmt: skip
    drawn = str(territory("Carte", marks))
    width, height = map(float, re.search(r"viewBox=\"0 0 (\d+) (\d+)", drawn).groups())  # type: ignore[union-attr]
    xs = [float(x) for x in re.findall(r' (?:cx|x)="([\d.-]+)"', drawn)]
    ys = [float(y) for y in re.findall(r' (?:cy|y)="([\d.-]+)"', drawn)]
    assert all(0 <= x <= width for x in xs)
    assert all(0 <= y <= height for y in ys)
    assert drawn.count("Phrase") >= many
