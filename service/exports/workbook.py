"""A plan as an Excel workbook: three sheets to read, and the plan itself, which reads back.

Sheets « Par … » are for people: real dates, filters, titles on every printed page. Sheets
`calendrier`, `affectations`, `non_places` and `bilan` are the plan folder, cell by cell; `bassin`
reads the workbook back as the same plan. Must not know: how plans are found.
"""

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from scenarios.plans import PlanFolder, plan_sheets
from service.exports.grids import Column, grids
from solver.facts import Facts

_ABOUT = (
    "Ce classeur contient les pseudonymes des élèves :",
    "il reste entre les établissements concernés et leur coordonnateur.",
    "",
    "Par établissement : chaque période, ses dates, ses élèves placés et sans place.",
    "Par accueil : qui vient dans chaque structure, quand, combien.",
    "Par semaine : combien d’élèves partent, combien de places sont ouvertes.",
)
_READ_BACK = (
    "",
    "calendrier, affectations, non_places et bilan sont le plan lui-même :",
    "« bassin verify SCENARIO ce-classeur.xlsx » le relit.",
    "Les feuilles « Par … » se recalculent : ce qu’on y écrit n’est pas relu.",
)
_PART = (
    "",
    "C’est la part de votre établissement : le plan entier reste chez le coordonnateur.",
)
"""What a plan says that does not know its scenario: it was cut out of a whole one."""
_A4 = 9


def workbook(facts: Facts, folder: PlanFolder) -> bytes:
    """The `.xlsx` of a plan: what people read, then what reads back."""
    book = Workbook(write_only=True)
    book.properties.title = f"Plan — {facts.scenario.title}"
    book.properties.creator = "calendrier-bassin"
    about = book.create_sheet("Lisez-moi")
    about.column_dimensions["A"].width = 90
    more = _READ_BACK if folder.digest else _PART
    for line in (f"{facts.scenario.title} — {facts.scenario.year}", "", *_ABOUT, *more):
        about.append([_cell(about, line)])
    for grid in grids(facts):
        _sheet(book, grid.name, grid.columns, grid.rows)
    for name, (head, *rows) in plan_sheets(facts.scenario, folder).items():
        _sheet(book, name, [Column(header, 26) for header in head], rows)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _sheet(
    book: Workbook, name: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]
) -> None:
    page: Any = book.create_sheet(name)
    last = get_column_letter(len(columns))
    written = list(rows)
    for i, column in enumerate(columns, start=1):
        page.column_dimensions[get_column_letter(i)].width = column.width
    page.freeze_panes = "A2"
    page.auto_filter.ref = f"A1:{last}{len(written) + 1}"
    page.print_title_rows = "1:1"
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = _A4
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.oddFooter.left.text = "&A"
    page.oddFooter.right.text = "Page &P / &N"
    page.append([_head(page, column.header) for column in columns])
    for row in written:
        page.append([_cell(page, value) for value in row])


def _head(page: Any, text: str) -> Any:
    cell = WriteOnlyCell(page, text)
    cell.font = Font(bold=True, color="FFFFFF")
    cell.fill = PatternFill("solid", fgColor="1F5288")
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    return cell


def _cell(page: Any, value: Any) -> Any:
    """A cell whose text stays text, even where it begins like a formula; dates are real dates."""
    if isinstance(value, date):
        cell = WriteOnlyCell(page, datetime.combine(value, time()))
        cell.number_format = "DD/MM/YYYY"
        return cell
    if isinstance(value, str) and value.startswith(("=", "#")):
        cell = WriteOnlyCell(page, value)
        cell.data_type = "s"
        return cell
    return None if value == "" else value
