"""What leaves the program: files that say what the plan says, to those who may know it."""

import csv
import datetime as dt
import io
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import icalendar
import ics as other_parser
import openpyxl
import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

import service.exports.delivery as delivery
from scenarios import example, example_names, read, read_plan_folder, write, write_plan
from scenarios.generate import generate
from scenarios.plans import PlanFolder
from service.cli.app import main
from service.exports.agenda import Agenda, Appointment, agendas, ics, read_ics
from service.exports.agreements import agreements
from service.exports.delivery import FORMATS, NOTICE, export, file_name
from service.exports.geojson import geojson
from service.exports.grids import grids, outside
from service.exports.letters import letters
from service.exports.masking import FEW, WITHHELD, masked
from service.exports.paper import pdf
from service.exports.report import report
from service.exports.safe_csv import safe
from service.exports.visits import visits
from service.exports.wall import wall
from solver.calendar import SchoolCalendar
from solver.domain import Departure, Placement, Plan, Scenario
from solver.explain.parts import changed
from solver.facts import Facts
from solver.indicators import reasons
from solver.week import Week

NOW = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)
LATER = dt.datetime(2026, 12, 1, 8, tzinfo=dt.UTC)
DEMO = read(example("demo"))
BASE = read(example("small/base"))


def simple_plan(scenario: Scenario) -> Plan:
    """Each period in the first week it fits; pupils go to the found place, or nowhere."""
    calendar = SchoolCalendar(scenario)
    departures = {}
    for period in scenario.periods:
        asked = (period.imposed, period.wished, *calendar.usable)
        start = next(week for week in asked if week and calendar.occupied(period, week))
        departures[period.id] = start
    return Plan(
        departures=tuple(Departure(period=p, start=s) for p, s in departures.items()),
        placements=tuple(
            Placement(pupil=f.pupil, period=f.period, host=f.host) for f in scenario.found_places
        ),
    )


@pytest.fixture(scope="module")
def plan_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "plan"
    plan = simple_plan(DEMO)
    write_plan(path, DEMO, plan, unplaced=reasons(DEMO, plan))
    return path


@pytest.fixture(scope="module")
def folder(plan_path: Path) -> PlanFolder:
    return read_plan_folder(plan_path, DEMO)


@pytest.fixture(scope="module")
def facts(folder: PlanFolder) -> Facts:
    return Facts(DEMO, folder.plan)


# --- masking -------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 12), max_size=9), st.booleans())
def test_no_small_count_is_told_and_none_can_be_subtracted(
    counts: list[int], total_told: bool
) -> None:
    told = masked(counts, total_told=total_told)
    assert not {1, 2, 3, 4} & {t for t in told if isinstance(t, int)}
    assert all(t in (n, FEW, WITHHELD) for n, t in zip(counts, told, strict=True))
    hidden = [n for n, t in zip(counts, told, strict=True) if not isinstance(t, int)]
    if total_told and len(hidden) == 1:
        assert not any(n for n, t in zip(counts, told, strict=True) if isinstance(t, int))


def test_what_leaves_the_schools_holds_no_small_count(facts: Facts) -> None:
    for grid in map(outside, grids(facts)):
        kinds = [column.kind for column in grid.columns]
        for row in grid.rows:
            heads = [v for v, k in zip(row, kinds, strict=True) if k in ("heads", "part")]
            assert not {1, 2, 3, 4} & set(heads)
            parts = [v for v, k in zip(row, kinds, strict=True) if k == "part"]
            assert FEW not in parts or not any(isinstance(part, int) for part in parts)
    for feature in json.loads(geojson(facts))["features"]:
        counts = {feature["properties"].get(key) for key in ("eleve_periodes", "sans_place")}
        assert not {1, 2, 3, 4} & counts
    exact = Counter(period for _, period in ((v.host.id, v.pupils) for v in visits(facts)))
    assert exact[1], "the demo has hosts with a single pupil: the test would see a leak"


def test_the_pseudonyms_of_pupils_stay_with_the_schools(folder: PlanFolder) -> None:
    inside = ("xlsx", "conventions")
    pupils = {p.pupil.encode() for p in folder.plan.placements}
    for name in FORMATS:
        if name in inside:
            continue
        for path, content in export(DEMO, folder, [name]).items():
            text = content
            if path.endswith(".pdf"):
                pages = pypdf.PdfReader(io.BytesIO(content)).pages
                text = "\n".join(page.extract_text() for page in pages[:5]).encode()
            words = set(re.findall(rb"[\w-]+", text))
            assert not pupils & words, path


# --- workbook ------------------------------------------------------------------------------------


def test_a_plan_written_as_a_workbook_reads_back_the_same(
    tmp_path: Path, folder: PlanFolder
) -> None:
    path = tmp_path / "plan.xlsx"
    path.write_bytes(export(DEMO, folder, ["xlsx"])["plan.xlsx"])
    again = read_plan_folder(path, DEMO)
    told = {k: v for k, v in folder.summary.items() if k != "indicateurs" and v is not None}
    assert (again.plan, again.unplaced, again.warnings) == (folder.plan, folder.unplaced, ())
    assert again.summary == told
    assert again.digest == folder.digest


def test_a_scenario_written_as_a_workbook_reads_back_the_same(tmp_path: Path) -> None:
    write(DEMO, tmp_path / "demo.xlsx")
    assert read(tmp_path / "demo.xlsx") == DEMO


def test_sheets_for_people_have_dates_filters_and_titles_on_every_page(folder: PlanFolder) -> None:
    content = export(DEMO, folder, ["xlsx"])["plan.xlsx"]
    book = openpyxl.load_workbook(io.BytesIO(content))
    for name in ("Par établissement", "Par accueil", "Par semaine"):
        sheet = book[name]
        assert sheet.auto_filter.ref == sheet.dimensions
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.freeze_panes == "A2"
        headers = [cell.value for cell in sheet[1]]
        first = sheet.cell(2, headers.index("Du") + 1)
        assert isinstance(first.value, dt.datetime)
        assert first.number_format == "DD/MM/YYYY"
    rows = book["Par établissement"].max_row - 1
    assert rows == len(DEMO.periods)
    pupils = sum(row[11] for row in book["Par accueil"].iter_rows(min_row=2, values_only=True))
    assert pupils == len(folder.plan.placements)


EVIL = ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", " =1", "\r=1", "＝1")


@pytest.mark.parametrize("name", EVIL)
def test_no_name_becomes_a_formula(name: str) -> None:
    scenario = changed(BASE, hosts=tuple(h.model_copy(update={"name": name}) for h in BASE.hosts))
    folder = read_plan_folder(example("small/reference") / "plan", scenario)
    files = export(scenario, folder, ["csv", "lettres", "conventions", "xlsx"])
    seen = 0
    for path, content in files.items():
        if path.endswith(".csv"):
            text = content.decode("utf-8-sig")
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=";"):
                assert not any(c.lstrip().startswith(("=", "+", "-", "@", "＝")) for c in row)
                seen += f"'{name}" in row
    assert seen
    book = openpyxl.load_workbook(io.BytesIO(files["plan.xlsx"]))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" for cell in cells)


def test_numbers_and_plain_words_are_left_as_they_are() -> None:
    assert [safe(c) for c in (-3, None, "Jean-Jaurès", dt.date(2027, 1, 4))] == [
        "-3", "", "Jean-Jaurès", "04/01/2027",
    ]  # fmt: skip


# --- agendas -------------------------------------------------------------------------------------


def test_two_parsers_read_the_same_appointments(facts: Facts) -> None:
    for those in agendas(facts).values():
        for agenda in list(those.values())[:25]:
            content = ics(agenda, now=NOW)
            said = sorted((a.uid, a.summary, a.first, a.last) for a in agenda.appointments)
            one = [
                (
                    str(e["UID"]), str(e["SUMMARY"]), e.decoded("DTSTART"),
                    e.decoded("DTEND") - dt.timedelta(days=1),
                )
                for e in icalendar.Calendar.from_ical(content).walk("VEVENT")
            ]  # fmt: skip
            other = [
                (e.uid, e.name, e.begin.date(), e.end.date() - dt.timedelta(days=1))
                for e in other_parser.Calendar(content.decode()).events
            ]
            assert sorted(one) == sorted(other) == said
            assert all(len(line) <= 75 for line in content.split(b"\r\n"))


def test_an_agenda_reads_back_the_same_and_tells_the_plan(facts: Facts) -> None:
    starts: dict[str, Week] = {}
    for those in agendas(facts).values():
        for agenda in those.values():
            again = read_ics(ics(agenda, now=NOW))
            assert again == agenda
            for a in again.appointments:
                period = a.description.rsplit("période ", 1)[1]
                week = Week.of(a.first)
                starts[period] = min(starts.get(period, week), week)
    assert starts == dict(facts.plan.start_of)


def appointment(uid: str, first: dt.date) -> Appointment:
    return Appointment(uid, "PFMP 1", first, first + dt.timedelta(days=4), "Bac pro")


def events(content: bytes) -> dict[str, tuple[int, str, dt.datetime]]:
    return {
        str(e["UID"]): (int(e["SEQUENCE"]), str(e["STATUS"]), e.decoded("DTSTAMP"))
        for e in icalendar.Calendar.from_ical(content).walk("VEVENT")
    }


def test_an_update_numbers_what_changes_and_cancels_what_goes() -> None:
    monday, other = dt.date(2027, 1, 4), dt.date(2027, 1, 11)
    kept, moved, gone = (appointment(uid, monday) for uid in ("kept", "moved", "gone"))
    first = ics(Agenda("3e A", (kept, moved, gone)), now=NOW)
    assert ics(Agenda("3e A", (kept, moved, gone)), first, LATER) == first

    after = Agenda("3e A", (kept, appointment("moved", other), appointment("new", other)))
    second = ics(after, first, LATER)
    assert events(second) == {
        "kept": (0, "CONFIRMED", NOW),
        "moved": (1, "CONFIRMED", LATER),
        "gone": (1, "CANCELLED", LATER),
        "new": (0, "CONFIRMED", LATER),
    }
    assert read_ics(second) == after
    third = ics(Agenda("3e A", (kept, moved, gone)), second, LATER)
    assert {uid: said[:2] for uid, said in events(third).items()} == {
        "kept": (0, "CONFIRMED"),
        "moved": (2, "CONFIRMED"),
        "gone": (2, "CONFIRMED"),
        "new": (1, "CANCELLED"),
    }


def test_a_period_keeps_its_uid_when_the_plan_changes(facts: Facts) -> None:
    first, *others = facts.plan.departures
    later = Departure(period=first.period, start=facts.calendar.usable[-6])
    moved = Facts(DEMO, Plan(departures=(later, *others), placements=facts.plan.placements))
    period = DEMO.period_of[first.period]
    before, after = (agendas(f)["divisions"][period.division] for f in (facts, moved))
    uids = [{a.uid for a in agenda.appointments} for agenda in (before, after)]
    assert uids[0] == uids[1]
    assert before != after


SHARED = Path(__file__).parent.parent.parent / "shared" / "scenarios"


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.exists(), reason="the shared bassins are not here")
@pytest.mark.parametrize("name", ["luneville-2026", "nancy-2026"])
def test_a_real_bassin_goes_out_and_comes_back_the_same(name: str, tmp_path: Path) -> None:
    """Scenario → xlsx → scenario, plan → xlsx → plan, plan → ics → its dates, by two parsers."""
    scenario = read(SHARED / name)
    write(scenario, tmp_path / "bassin.xlsx")
    assert read(tmp_path / "bassin.xlsx") == scenario
    plan = simple_plan(scenario)
    write_plan(tmp_path / "plan", scenario, plan, unplaced=reasons(scenario, plan))
    folder = read_plan_folder(tmp_path / "plan", scenario)
    (tmp_path / "plan.xlsx").write_bytes(export(scenario, folder, ["xlsx"])["plan.xlsx"])
    again = read_plan_folder(tmp_path / "plan.xlsx", scenario)
    assert (again.plan, again.unplaced) == (folder.plan, folder.unplaced)
    starts: dict[str, Week] = {}
    for those in agendas(Facts(scenario, plan)).values():
        for agenda in those.values():
            content = ics(agenda, now=NOW)
            assert read_ics(content) == agenda
            other = {e.uid for e in other_parser.Calendar(content.decode()).events}
            assert other == {a.uid for a in agenda.appointments}
            for a in agenda.appointments:
                period = a.description.rsplit("période ", 1)[1]
                starts[period] = min(starts.get(period, Week.of(a.first)), Week.of(a.first))
    assert starts == dict(plan.start_of)


# --- documents -----------------------------------------------------------------------------------


def test_agreements_have_one_row_per_placement_of_their_own_school(facts: Facts) -> None:
    by_school = agreements(facts)
    rows = [row for those in by_school.values() for row in those]
    placed = {(p.pupil, p.period, p.host) for p in facts.plan.placements}
    assert {(row[8], row[9], row[16]) for row in rows} == placed
    assert len(rows) == len(placed)
    assert all({row[1] for row in those} == {uai} for uai, those in by_school.items())


def test_letters_count_every_pupil_once(facts: Facts) -> None:
    rows = list(letters(facts))
    counted = Counter((p.host, p.period) for p in facts.plan.placements)
    assert {(row[0], row[8]): row[9] for row in rows} == counted


def pages_of(content: bytes) -> list[pypdf.PageObject]:
    return list(pypdf.PdfReader(io.BytesIO(content)).pages)


def fonts_of(pages: list[pypdf.PageObject]) -> set[str]:
    fonts: set[str] = set()
    for page in pages:
        resources: Any = page["/Resources"]
        fonts |= {str(f.get_object()["/BaseFont"]) for f in resources.get("/Font", {}).values()}
    return fonts


@pytest.mark.parametrize(("pupils", "most_pages"), [(1_500, 1), (12_000, 4)])
def test_the_wall_calendar_is_a3_and_names_every_school(pupils: int, most_pages: int) -> None:
    scenario = generate(3, pupils)
    made = wall(Facts(scenario, simple_plan(scenario)), "etablissements")
    pages = pages_of(made)
    assert len(pages) <= most_pages
    width, height = pages[0].mediabox.width, pages[0].mediabox.height
    assert (round(width / 72 * 25.4), round(height / 72 * 25.4)) == (420, 297)
    text = "".join("".join(page.extract_text() for page in pages).split()).replace("-", "")
    away = {scenario.division_of[p.division].establishment for p in scenario.periods}
    for school in scenario.establishments:
        if school.uai in away:
            assert "".join(school.name.split()).replace("-", "") in text
    assert all("DejaVuSans" in font for font in fonts_of(pages))


def test_the_report_tells_the_plan_and_no_small_count(facts: Facts, folder: PlanFolder) -> None:
    made = report(facts, folder)
    text = "\n".join(page.extract_text() for page in pages_of(made))
    assert "Val d’Aubrelle" in text
    assert re.search(r"coûte\s+[\d\s]+\s+points", text)
    for school in DEMO.establishments:
        assert school.name.split()[-1] in text
    assert report(facts, folder) == made, "the same plan gives the same file"


@pytest.mark.parametrize(
    ("causes", "told"),
    [
        ({"semaines saturées": 25, "départs de 3e": 75}, True),
        ({}, False),
        ({"départs de 3e": "75"}, False),
        ("départs de 3e", False),
    ],
)
def test_the_report_says_where_the_gap_comes_from(
    facts: Facts, folder: PlanFolder, causes: object, told: bool
) -> None:
    summary = {**folder.summary, "borne": 1, "causes": causes}
    pages = pages_of(report(facts, replace(folder, summary=summary)))
    text = " ".join("".join(page.extract_text() for page in pages).split())
    said = re.search(r"D’abord : départs de 3e \(75\s?% de l’écart\)", text)
    assert (said is not None) == told


def test_a_template_that_does_not_compile_is_told() -> None:
    with pytest.raises(RuntimeError):
        pdf("rapport", {"title": "sans rien"})


@pytest.mark.parametrize(
    "name",
    [
        "base",
        "effectifs-seuls",
        *(
            pytest.param(n.removeprefix("small/"), marks=pytest.mark.slow)
            for n in example_names()
            if n.startswith("small/") and n not in ("small/base", "small/effectifs-seuls")
        ),
    ],
)
def test_every_format_takes_any_scenario_and_an_empty_plan(name: str) -> None:
    scenario = read(example(f"small/{name}"))
    for plan in (simple_plan(scenario), Plan(departures=(), placements=())):
        files = export(scenario, PlanFolder(plan), FORMATS)
        assert {"plan.xlsx", "calendrier-a3.pdf", "rapport.pdf", "lettres.pdf"} <= set(files)


# --- the verb ------------------------------------------------------------------------------------


@pytest.fixture
def bassin(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[Any, str]]:
    def run(*arguments: str | Path) -> tuple[Any, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(a) for a in arguments])
        said = capsys.readouterr()
        return ended.value.code or 0, said.out + said.err

    return run


Bassin = Callable[..., tuple[Any, str]]


def content_of(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_every_format_is_delivered_and_the_notice_names_them(
    bassin: Bassin, plan_path: Path, tmp_path: Path
) -> None:
    out = tmp_path / "sortie"
    code, said = bassin("exporter", example("demo"), plan_path, "--sortie", out)
    assert code == 0, said
    files = content_of(out)
    suffixes = Counter(Path(name).suffix for name in files)
    assert set(suffixes) == {".txt", ".xlsx", ".ics", ".pdf", ".csv", ".geojson"}
    notice = files[NOTICE].decode()
    assert all(kind.meaning in notice for kind in FORMATS.values())
    assert bassin("verify", example("demo"), out / "plan.xlsx", "--json")[1].count("cout")


def test_a_second_delivery_follows_the_first_and_keeps_the_other_files(
    bassin: Bassin, folder: PlanFolder, plan_path: Path, tmp_path: Path
) -> None:
    out = tmp_path / "sortie"
    assert (
        bassin("exporter", example("demo"), plan_path, "--format", "ics", "--sortie", out)[0] == 0
    )
    (out / "note.txt").write_text("à moi", encoding="utf-8")
    first = content_of(out)
    left = folder.plan.placements[0].host
    moved = Plan(
        departures=folder.plan.departures,
        placements=tuple(p for p in folder.plan.placements if p.host != left),
    )
    write_plan(tmp_path / "autre", DEMO, moved)
    code, said = bassin(
        "exporter", example("demo"), tmp_path / "autre", "--format", "geojson,ics", "--sortie", out
    )
    assert code == 0, said
    second = content_of(out)
    assert set(second) - set(first) == {"carte.geojson"}
    changed_files = {name for name in first if first[name] != second[name]}
    assert changed_files == {f"agendas-accueils/{left}.ics"}
    cancelled = events(second[f"agendas-accueils/{left}.ics"]).values()
    assert {said[:2] for said in cancelled} == {(1, "CANCELLED")}


def test_nothing_is_half_written(
    bassin: Bassin, plan_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "sortie"
    arguments = ("exporter", example("demo"), plan_path, "--sortie", out, "--format")
    assert bassin(*arguments, "csv")[0] == 0
    before = content_of(out)

    def full(*_: object) -> dict[str, bytes]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(delivery, "_MAKERS", {**delivery._MAKERS, "geojson": full})
    code, said = bassin(*arguments, "csv,geojson")
    assert (code, "le disque est plein" in said) == (6, True)
    assert content_of(out) == before
    assert [p.name for p in tmp_path.iterdir()] == ["sortie"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--format", "xls"], "« xls » n’est pas un format"),
        (["--sortie", "ailleurs"], "existe et n'a pas été écrit par ce programme"),
    ],
)
def test_what_cannot_be_delivered_is_said(
    bassin: Bassin, plan_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    arguments: list[str], sentence: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    Path("ailleurs").mkdir()
    Path("ailleurs/photo.jpg").write_bytes(b"")
    rest = [] if "--format" in arguments else ["--format", "csv"]
    code, said = bassin("exporter", example("demo"), plan_path, *arguments, *rest)
    assert code == 2
    assert sentence in said


def test_a_spoiled_agenda_is_said_and_left_alone(
    bassin: Bassin, plan_path: Path, tmp_path: Path
) -> None:
    out = tmp_path / "sortie"
    arguments = ("exporter", example("demo"), plan_path, "--sortie", out, "--format", "ics")
    assert bassin(*arguments)[0] == 0
    spoiled = next((out / "agendas-divisions").iterdir())
    spoiled.write_text("BEGIN:VCALENDAR\nn’importe quoi", encoding="utf-8")
    code, said = bassin(*arguments)
    assert code == 1
    assert f"agendas-divisions/{spoiled.name}" in said
    assert "illisible" in said


@given(st.lists(st.text(min_size=1, max_size=20), min_size=2, max_size=2, unique=True))
def test_file_names_are_plain_and_different(identifiers: list[str]) -> None:
    names = [file_name(i) for i in identifiers]
    assert all(re.fullmatch(r"[A-Za-z0-9_-][\w.-]*", name, re.ASCII) for name in names)
    assert names[0] != names[1]
