"""What people take away through the API: each role its own, small counts masked outside."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator

import icalendar
import ics as other_parser
import openpyxl
import pypdf
import pytest
from town import SCHOOL, Town, own_periods, packed, town, village, village_solved

from service.acts import plans, scenarios, turns
from service.exports.delivery import FORMATS
from service.tables import PlanRow
from solver.domain import Departure, Plan

MASKED = [name for name, kind in FORMATS.items() if kind.outside]
EXACT = [name for name, kind in FORMATS.items() if not kind.outside]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town(tmp_path_factory.mktemp("documents")) as built:
        built.coordinator()
        built.ddf()
        built.rectorat()
        built.got = {}
        built.plan_id = _published(built, village_plan()).id
        yield built


def village_plan() -> Plan:
    result = village_solved()
    assert result.plan is not None
    return result.plan


def _published(place: Town, plan: Plan) -> PlanRow:
    user = place.user("coordonnateur")
    of = scenarios.submit(place.house, user, packed(village()))
    row = plans.keep(
        place.house, user, plans.made(of, village(), plan, owner_id=user.id, origin="main")
    )
    return plans.publish(place.house, user, row.id)


def fetched(place: Town, login: str, path: str, plan_id: str = "") -> bytes:
    """What this person gets, asked for once."""
    key = (login, path, plan_id or place.plan_id)
    if key not in place.got:
        answer = place.signed_in(login).get(f"/api/v1/plans/{key[2]}/{path}")
        assert answer.status_code == 200, answer.text
        assert "attachment" in answer.headers["Content-Disposition"]
        place.got[key] = bytes(answer.content)
    return place.got[key]


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_each_role_is_offered_its_own_and_every_address_answers(place: Town) -> None:
    for login, formats in (
        ("coordonnateur", set(FORMATS)), ("ddf", set(FORMATS)), ("rectorat", set(MASKED)),
    ):  # fmt: skip
        client = place.signed_in(login)
        offered = client.get(f"/api/v1/plans/{place.plan_id}/documents").json()
        assert {d["format"] for d in offered} == formats
        for d in offered:
            path = d["address"].removeprefix(f"/api/v1/plans/{place.plan_id}/")
            if login != "ddf" or not d["masked"]:
                assert fetched(place, login, path)
    client = place.signed_in("rectorat")
    for name in EXACT:
        answer = client.get(f"/api/v1/plans/{place.plan_id}/documents/exact/{name}")
        assert (answer.status_code, answer.json()["code"]) == (403, "droit-absent")


def pupils_of_others() -> set[str]:
    school = {d.id: d.establishment for d in village().divisions}
    return {p.id for p in village().everyone if school[p.division] != SCHOOL}


def words_of(content: bytes) -> set[str]:
    """Every word of a file, whatever kind it is."""
    if content[:4] == b"%PDF":
        pages = pypdf.PdfReader(io.BytesIO(content)).pages
        said = "\n".join(page.extract_text() for page in pages)
    elif content[:4] == b"PK\x03\x04":
        inside = members(content)
        if "xl/workbook.xml" not in inside:
            return set().union(*(words_of(part) for part in inside.values()))
        book = openpyxl.load_workbook(io.BytesIO(content))
        said = "\n".join(str(c.value) for sheet in book for row in sheet.iter_rows() for c in row)
    else:
        said = content.decode("utf-8-sig")
    return set(re.findall(r"[\w#-]+", said))


@pytest.mark.parametrize("name", EXACT)
def test_a_school_gets_its_own_part_and_nobody_else_s(place: Town, name: str) -> None:
    mine = fetched(place, "ddf", f"documents/exact/{name}")
    words = words_of(mine)
    assert not words & pupils_of_others()
    others = {d.id for d in village().divisions if d.establishment != SCHOOL}
    assert not words & others
    whole = words_of(fetched(place, "coordonnateur", f"documents/exact/{name}"))
    if name in ("xlsx", "conventions"):
        assert whole & pupils_of_others(), "the test would see a leak"
    assert any(SCHOOL in word for word in words)


@pytest.mark.parametrize("name", MASKED)
def test_what_may_be_spread_names_no_pupil_and_is_the_same_for_all(place: Town, name: str) -> None:
    content = fetched(place, "rectorat", f"documents/masked/{name}")
    assert not words_of(content) & {p.id for p in village().everyone}
    assert content == fetched(place, "coordonnateur", f"documents/masked/{name}")


def test_small_counts_do_not_leave(place: Town) -> None:
    tables = members(fetched(place, "rectorat", "documents/masked/csv"))
    seen = 0
    for name, content in tables.items():
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
        for row in rows:
            counts = [row[c] for c in ("Effectif", "Placés", "Sans place", "Élèves") if c in row]
            assert not {"1", "2", "3", "4"} & set(counts), name
            seen += "< 5" in counts
    assert seen


def test_an_agenda_reads_the_same_in_two_parsers(place: Town) -> None:
    listed = place.signed_in("ddf").get(f"/api/v1/plans/{place.plan_id}/agendas").json()
    assert {a["audience"] for a in listed} == {"divisions", "etablissements", "accueils"}
    assert {a["id"] for a in listed if a["audience"] == "etablissements"} == {SCHOOL}
    for entry in listed:
        path = f"agendas/{entry['audience']}/{entry['id']}"
        content = fetched(place, "ddf", path)
        one = {str(e["UID"]) for e in icalendar.Calendar.from_ical(content).walk("VEVENT")}
        other = {e.uid for e in other_parser.Calendar(content.decode()).events}
        assert one == other
        if entry["audience"] == "divisions":
            place.got.clear()
            assert content == fetched(place, "ddf", path), "asking twice gives the same bytes"
    stranger = place.signed_in("ddf").get(
        f"/api/v1/plans/{place.plan_id}/agendas/etablissements/0540000A"
    )
    assert (stranger.status_code, stranger.json()["code"]) == (404, "introuvable")


def events(content: bytes) -> dict[str, tuple[int, str]]:
    return {
        str(e["UID"]): (int(e["SEQUENCE"]), str(e["STATUS"]))
        for e in icalendar.Calendar.from_ical(content).walk("VEVENT")
    }


@pytest.mark.parametrize(
    ("kind", "waits"), [("making", "documents/exact/xlsx"), ("exploring", "prospect")]
)
def test_what_takes_long_keeps_no_shift_table_waiting(
    place: Town, monkeypatch: pytest.MonkeyPatch, kind: str, waits: str
) -> None:
    monkeypatch.setattr(turns, "_PATIENCE_SECONDS", 0.1)
    with turns.turn(getattr(place.house, kind)):
        told = place.signed_in("ddf").get(
            f"/api/v1/plans/{place.plan_id}/shifts", params={"subject": own_periods()[0].id}
        )
        busy = place.signed_in("ddf").get(f"/api/v1/plans/{place.plan_id}/{waits}")
    assert told.status_code == 200
    assert (busy.status_code, busy.headers["Retry-After"]) == (429, "10")


def test_the_next_calendar_follows_up_the_agenda_of_the_one_before(place: Town) -> None:
    first = village_plan()
    period = own_periods()[0]
    path = f"agendas/divisions/{period.division}"
    before = events(fetched(place, "coordonnateur", path))
    assert set(before.values()) == {(0, "CONFIRMED")}
    at = first.start_of[period.id]
    other = next(d.start for d in first.departures if d.start not in (at, at.plus(1), at.plus(-1)))
    moved = Plan(
        departures=tuple(
            Departure(period=d.period, start=other) if d.period == period.id else d
            for d in first.departures
        ),
        placements=(),
    )
    user = place.user("coordonnateur")
    of = scenarios.submit(place.house, user, packed(village()))
    kept = plans.made(of, village(), moved, owner_id=user.id, origin="main")
    kept.row.violations = 0
    row = plans.keep(place.house, user, kept)
    draft = events(fetched(place, "coordonnateur", path, row.id))
    place.got.clear()
    plans.publish(place.house, user, row.id)
    after = events(fetched(place, "coordonnateur", path, row.id))
    assert set(before) <= set(after)
    assert {uid: said for uid, said in after.items() if said != (0, "CONFIRMED")}
    assert draft == after
    assert max(number for number, _ in after.values()) == 1
    assert events(fetched(place, "coordonnateur", path)) == before
    place.got.clear()
    plans.publish(place.house, user, place.plan_id)
    again = events(fetched(place, "coordonnateur", path))
    assert again == {
        uid: (2 * number, "CONFIRMED") if uid in before else (number + 1, "CANCELLED")
        for uid, (number, _) in after.items()
    }
