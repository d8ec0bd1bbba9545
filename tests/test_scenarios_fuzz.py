"""Whatever is handed in, the reader answers with a scenario or with faults, nothing else."""

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

import scenarios
from scenarios.cells import Unreadable, reader_of, written
from scenarios.reading import inspect_files
from scenarios.tables import plan_tables, scenario_tables, settings_columns
from solver.errors import Fault, InvalidScenario

BASE = scenarios.example("small/base")
FILES = {entry.name: entry.read_bytes() for entry in sorted(BASE.iterdir())}
HEADERS = [c.header for table in scenario_tables().values() for c in table.columns]
WORDS = st.sampled_from(
    ["", " ", "oui", "e1", "CAP1", "3A", "S04 2027", "semaine 60", "2027-W04", "31/02/2027", "-1",
     "1e308", "9" * 400, "1234567890A", "a@b.fr", "=1+1", '"', '""', ";", "é", "\x00", "\ud800",
     "X-garage", "nsf:312", "*", "2027-04-05", "12.0", "1 000", "٣", "\u00a0", "\r", "2:50"]
)  # fmt: skip
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | WORDS
    | st.dates()
    | st.datetimes(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)
QUICK = settings(
    max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)


def answers(reading: scenarios.Reading) -> None:
    """Either a scenario or faults; each fault is a fault that can be printed."""
    assert (reading.scenario is None) == bool(reading.faults)
    for fault in (*reading.faults, *reading.warnings):
        assert isinstance(fault, Fault)
        assert fault.message
        assert str(fault)
        assert fault.file


@QUICK
@given(st.dictionaries(st.sampled_from(sorted(FILES)), st.binary(max_size=200), max_size=3))
def test_any_bytes_in_any_file_are_answered(broken: dict[str, bytes]) -> None:
    answers(inspect_files(FILES | broken))


@QUICK
@given(st.sampled_from(sorted(FILES)), st.data())
def test_a_file_with_one_byte_changed_is_answered(name: str, data: st.DataObject) -> None:
    content = bytearray(FILES[name])
    position = data.draw(st.integers(0, len(content) - 1))
    content[position] = data.draw(st.integers(0, 255))
    answers(inspect_files(FILES | {name: bytes(content)}))


@QUICK
@given(
    st.sampled_from(sorted(scenario_tables())),
    st.lists(st.sampled_from(HEADERS) | WORDS, max_size=6),
    st.lists(st.lists(WORDS, max_size=7), max_size=5),
    st.sampled_from([";", ",", "\t"]),
)
def test_any_table_of_words_is_answered(
    table: str, header: list[str], rows: list[list[str]], separator: str
) -> None:
    text = "\n".join(separator.join(row) for row in [header, *rows])
    answers(inspect_files(FILES | {f"{table}.csv": text.encode("utf-8", "surrogatepass")}))


@QUICK
@given(
    st.dictionaries(
        st.sampled_from([*scenario_tables(), *settings_columns(), "base", "reference", "x"]),
        ANYTHING,
    )
)
def test_any_object_is_answered(content: dict[str, object]) -> None:
    answers(scenarios.inspect_object(content))


@QUICK
@given(st.data())
def test_any_value_in_any_cell_of_an_object_is_answered(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(scenario_tables())))
    headers = [c.header for c in scenario_tables()[name].columns]
    rows = data.draw(st.lists(st.dictionaries(st.sampled_from(headers), ANYTHING), max_size=3))
    answers(scenarios.inspect_object({"titre": "t", "annee": "2026-2027", name: rows}))


@QUICK
@given(st.binary(max_size=300), st.sampled_from([".zip", ".xlsx", ".json", ".toml", ""]))
def test_any_file_is_answered(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, suffix: str
) -> None:
    path = tmp_path_factory.mktemp("any") / f"x{suffix}"
    path.write_bytes(content)
    answers(scenarios.inspect(path))


@settings(QUICK, max_examples=40)
@given(st.data())
def test_a_damaged_archive_is_answered(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    path = folder / data.draw(st.sampled_from(["s.zip", "s.xlsx"]))
    content = bytearray(_packed(path.suffix))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(content))
    answers(scenarios.inspect(path))


_PACKED: dict[str, bytes] = {}


def _packed(suffix: str) -> bytes:
    if suffix not in _PACKED:
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"s{suffix}"
            scenarios.write(scenarios.read(BASE), path)
            _PACKED[suffix] = path.read_bytes()
    return _PACKED[suffix]


@settings(QUICK, max_examples=40)
@given(st.data())
def test_any_values_in_a_workbook_are_answered(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    values = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**6), 10**20),
        st.floats(allow_nan=False, allow_infinity=False),
        st.sampled_from(["oui", "=A1", "#N/A", "e1", "", "S04 2027", "2027-W04"]),
        st.dates(date(1901, 1, 1), date(2100, 1, 1)),
    )
    book = Workbook()
    for name in data.draw(st.lists(st.sampled_from(["scenario", *scenario_tables()]), max_size=3)):
        page = book.create_sheet(name[:31])
        known = scenario_tables().get(name)
        headers = [c.header for c in known.columns] if known else ["cle", "valeur"]
        page.append(headers)
        for _ in range(3):
            page.append([data.draw(values) for _ in headers])
    path = tmp_path_factory.mktemp("book") / "s.xlsx"
    book.save(path)
    answers(scenarios.inspect(path))


@QUICK
@given(st.data())
def test_a_cell_is_read_or_refused_and_what_is_read_is_read_again(data: st.DataObject) -> None:
    tables = [*scenario_tables().values(), *plan_tables().values()]
    column = data.draw(st.sampled_from([c for table in tables for c in table.columns]))
    read = reader_of(column, 2026)
    try:
        value = read(data.draw(ANYTHING | WORDS))
    except Unreadable:
        return
    text = written(value)
    if text.strip() and not (column.kind == "text" and column.many):
        assert read(text) == value


def test_an_archive_of_the_wrong_kind_is_refused_as_a_fault(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("lisez-moi.txt", "rien")
    path = tmp_path / "vide.zip"
    path.write_bytes(packed.getvalue())
    with pytest.raises(InvalidScenario) as caught:
        scenarios.read(path)
    assert [fault.code for fault in caught.value.faults] == ["scenario-toml-absent"]
