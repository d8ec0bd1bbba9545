"""Damaged files: a clear French answer each, never a trace, and no row lost without a word."""

import io
import re
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import pytest
from openpyxl import Workbook

import scenarios
from scenarios.importers.desk import Request, imported
from scenarios.importers.handed import LARGEST_HANDED, LARGEST_SHEET_FILE
from scenarios.importers.into import joined, new_scenario
from scenarios.importers.preview import Import
from solver.domain import Establishment, Place, Scenario
from solver.errors import Fault

# --- clean inputs --------------------------------------------------------------------------------

Cells = list[list[Any]]


@dataclass(frozen=True)
class Clean:
    """A table that comes in whole: header, rows, and the columns whose damage must be seen."""

    rows: Cells
    key: int
    required: int


CLEAN = {
    "etablissements": Clean(
        [["uai", "nom", "type", "code_commune", "bassin"],
         ["0540037X", "Lycée d’été", "LP", "54329", "LUNEVILLE"],
         ["0540001H", "Collège « Été »", "CLG", "54039", "LUNEVILLE"],
         ["0540022F", "Collège François", "CLG", "54329", "LUNEVILLE"]], 0, 0),
    "divisions": Clean(
        [["mef", "uai", "effectif", "division", "libelle"],
         ["2473300731", "0540037X", 12, "2ASSP", "été"],
         ["2473300732", "0540037X", 12, "1ASSP", "à l’école"],
         ["2412521821", "0540037X", 8, "CAP1", "c"]], 0, 0),
    "effectifs": Clean(
        [["uai", "n3", "n3_segpa", "nom"],
         ["0540037X", 20, 10, "été"], ["0540001H", 21, 10, "à l’école"], ["0540022F", 22, 1, "c"]],
        0, 0),
    "eleves": Clean(
        [["mef", "ine", "classe", "date de naissance", "commune"],
         ["2473300731", "123456789AA", "2ASSP", "14/03/2010", "Lunéville"],
         ["2473300731", "123456789AB", "2ASSP", "15/03/2010", "Lunéville"],
         ["2412521821", "123456789AC", "CAP1’", "16/03/2010", "Lunéville"]], 0, 2),
    "sirene": Clean(
        [["siret", "codeCommuneEtablissement", "activitePrincipaleEtablissement",
          "trancheEffectifsEtablissement", "enseigne1Etablissement"],
         ["55200000100013", "54329", "45.20A", "11", "Été"],
         ["55200000100021", "54329", "45.20A", "02", "L’auto"],
         ["55200000100039", "54039", "45.20A", "03", "c"]], 0, 0),
    "entreprises": Clean(
        [["siret", "nom", "commune", "publics", "places"],
         ["55200000100013", "Café d’été", "Lunéville", "3E", 1],
         ["55200000100021", "L’auto", "Lunéville", "BACPRO", 2],
         ["55200000100039", "c", "Baccarat", "CAP", 3]], 0, 1),
    "offres": Clean(
        [["siret", "nom", "code_insee", "niveaux", "places", "semaines"],
         ["55200000100013", "Été", "54329", "seconde_only", 1, "2027-W24"],
         ["55200000100021", "L’auto", "54329", "3e", 2, "2027-W10"],
         ["55200000100039", "c", "54039", "3e", 3, "2027-W11"]], 0, 3),
    "trajets": Clean(
        [["origine", "destination", "mode", "minutes", "remarque"],
         ["54329", "54039", "voiture", 25, "été"],
         ["54039", "54329", "voiture", 26, "l’été"],
         ["54329", "54329", "vélo", 5, "c"]], 0, 0),
}  # fmt: skip
MARCH = datetime(2026, 3, 4)  # noqa: DTZ001  (a cell has no time zone)
COMMUNES = "code_insee;nom;lat;lon\n54329;Lunéville;48.5893;6.5014\n54039;Baccarat;48.4502;6.7412\n"
SECTORS = "secteur_id;naf\ngarages;45.20A\n"

# --- damages -------------------------------------------------------------------------------------

Expected = Literal["same", "row", "file", "answered"]
"""`same`: as if it were clean; `row`: some rows are refused, the others come in; `file`: nothing
comes in, and a fault says why; `answered`: the damage touches what this source does not read."""
Damage = Callable[[Path, Clean], Path]


def text(rows: Cells, separator: str = ";", end: str = "\n") -> str:
    return end.join(separator.join(str(c) for c in row) for row in rows) + end


def csv(path: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    file = path / "donnees.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return file


def with_cell(clean: Clean, value: Any, row: int = 2, column: int | None = None) -> Cells:
    rows = [list(r) for r in clean.rows]
    rows[row][clean.key if column is None else column] = value
    return rows


def sheet(path: Path, rows: Cells, change: Callable[[Any], None] | None = None) -> Path:
    book = Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(row)
    if change is not None:
        change(page)
    book.save(path / "donnees.xlsx")
    return path / "donnees.xlsx"


def archive(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path / "donnees.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return path / "donnees.zip"


def sparse(path: Path, name: str, size: int, start: bytes = b"") -> Path:
    """A file of that size on paper, of nothing on disk."""
    with (path / name).open("wb") as file:
        file.write(start)
        file.truncate(size)
    return path / name


def encrypted(path: Path, clean: Clean) -> Path:
    file = archive(path, {"a.csv": text(clean.rows).encode()})
    content = bytearray(file.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.index(mark) + offset
        content[at : at + 2] = struct.pack("<H", 1)
    file.write_bytes(bytes(content))
    return file


def laughing(path: Path, clean: Clean) -> Path:
    """A workbook whose shared strings are entities of entities of entities."""
    file = sheet(path, clean.rows)
    with zipfile.ZipFile(file) as packed:
        members = {i.filename: packed.read(i) for i in packed.infolist()}
    levels = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    name = next(n for n in members if n.startswith("xl/worksheets/sheet"))
    members[name] = (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{levels}]>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>&l9;</t></is></c></row></sheetData></worksheet>'
    ).encode()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for member, content in members.items():
            packed.writestr(member, content)
    return file


def bomb(path: Path, clean: Clean) -> Path:
    file = sheet(path, clean.rows)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/bombe.xml", b" " * 30_000_000)
    return file


def truncated(file: Path) -> Path:
    file.write_bytes(file.read_bytes()[:-40])
    return file


def two_sheets(path: Path, clean: Clean) -> Path:
    def more(page: Any) -> None:
        other = page.parent.create_sheet("autre")
        for row in clean.rows:
            other.append(row)

    return sheet(path, clean.rows, more)


def merged(path: Path, clean: Clean) -> Path:
    return sheet(path, clean.rows, lambda page: page.merge_cells("A2:A3"))


def titled(path: Path, clean: Clean) -> Path:
    """A merged title above the header, as people like them."""
    rows = [["Bassin de Lunéville"], [], *clean.rows]
    return sheet(path, rows, lambda page: page.merge_cells("A1:D1"))


def as_date(path: Path, clean: Clean) -> Path:
    return sheet(path, with_cell(clean, MARCH))


def folder(path: Path, clean: Clean) -> Path:
    (path / "donnees.csv").mkdir()
    return path / "donnees.csv"


def without_header(path: Path, clean: Clean) -> Path:
    return csv(path, text(clean.rows[1:]))


def mixed(path: Path, clean: Clean) -> Path:
    return csv(path, text(clean.rows).encode() + text(clean.rows[1:]).encode("cp1252"))


def double_column(path: Path, clean: Clean) -> Path:
    return csv(path, text([[*row, row[clean.key]] for row in clean.rows]))


def quoted(path: Path, clean: Clean) -> Path:
    return csv(path, "\n".join(";".join(f'"{c}"' for c in row) for row in clean.rows))


def many_quotes(path: Path, clean: Clean) -> Path:
    return csv(path, text(clean.rows) + '1;"x\n' * 50_000)


def renamed(path: Path, clean: Clean, name: str) -> Path:
    return csv(path, text(clean.rows)).rename(path / name)


DAMAGES: dict[str, tuple[Expected, Damage]] = {
    # encodings
    "utf-8-bom": ("same", lambda p, c: csv(p, text(c.rows), "utf-8-sig")),
    "utf-16": ("same", lambda p, c: csv(p, text(c.rows), "utf-16")),
    "windows-1252": ("same", lambda p, c: csv(p, text(c.rows), "cp1252")),
    "encodages-melanges": ("file", mixed),
    "utf-16-coupe": ("file", lambda p, c: csv(p, text(c.rows).encode("utf-16")[:-1])),
    "octets-nuls": ("file", lambda p, c: csv(p, text(c.rows).encode() + b"\x00\x01\x02")),
    # separators, ends of line, quotation
    "virgules": ("same", lambda p, c: csv(p, text(c.rows, ","))),
    "tabulations": ("same", lambda p, c: csv(p, text(c.rows, "\t"))),
    "ligne-sep": ("same", lambda p, c: csv(p, "sep=;\n" + text(c.rows))),
    "fins-windows": ("same", lambda p, c: csv(p, text(c.rows, end="\r\n"))),
    "fins-mac": ("same", lambda p, c: csv(p, text(c.rows, end="\r"))),
    "tout-entre-guillemets": ("same", quoted),
    "lignes-vides": ("same", lambda p, c: csv(p, text(c.rows, end="\n\n"))),
    "guillemet-ouvert": ("row", lambda p, c: csv(p, text(with_cell(c, '"ouvert')))),
    "guillemets-partout": ("file", many_quotes),
    "cellule-demesuree": ("row", lambda p, c: csv(p, text(with_cell(c, "x" * 200_000)))),
    # rows and header
    "cellules-en-trop": ("row", lambda p, c: csv(p, text([*c.rows, [*c.rows[1], "x", "y"]]))),
    "ligne-coupee": ("row", lambda p, c: csv(p, text([*c.rows, c.rows[1][: c.required]]) + "x\n")),
    "ligne-sans-fin": ("file", lambda p, c: csv(p, text(c.rows) + "x" * 2_000_000)),
    "vide": ("file", lambda p, c: csv(p, "")),
    "que-des-espaces": ("file", lambda p, c: csv(p, " \n\n ; ; \n")),
    "en-tete-seul": ("file", lambda p, c: csv(p, text(c.rows[:1]))),
    "sans-en-tete": ("file", without_header),
    "colonne-double": ("file", double_column),
    "ligne-double": ("answered", lambda p, c: csv(p, text([*c.rows, c.rows[1]]))),
    "titre-au-dessus": ("same", lambda p, c: csv(p, "Liste du bassin\n\n" + text(c.rows))),
    # cells
    "cle-vide": ("row", lambda p, c: csv(p, text(with_cell(c, "", column=c.required)))),
    "arrondi-par-le-tableur": ("row", lambda p, c: csv(p, text(with_cell(c, "5,52E+13")))),
    "formule": ("row", lambda p, c: csv(p, text(with_cell(c, "=1+1")))),
    "formule-dde": ("row", lambda p, c: csv(p, text(with_cell(c, "@SUM(A1)|cmd")))),
    "caractere-de-controle": ("row", lambda p, c: csv(p, text(with_cell(c, "5\x07")))),
    "date-en-texte": ("row", lambda p, c: csv(p, text(with_cell(c, "4 mars 2026")))),
    # workbooks
    "classeur": ("same", lambda p, c: sheet(p, c.rows)),
    "titre-fusionne": ("same", titled),
    "cellules-fusionnees": ("row", merged),
    "formule-sans-valeur": ("row", lambda p, c: sheet(p, with_cell(c, "=A1&B1"))),
    "erreur-excel": ("row", lambda p, c: sheet(p, with_cell(c, "#REF!"))),
    "date-au-lieu-de-texte": ("row", as_date),
    "deux-feuilles": ("file", two_sheets),
    "classeur-coupe": ("file", lambda p, c: truncated(sheet(p, c.rows))),
    "classeur-bombe": ("file", bomb),
    "classeur-entites": ("file", laughing),
    "classeur-enorme": ("file", lambda p, c: sparse(p, "a.xlsx", LARGEST_SHEET_FILE + 1, b"PK")),
    # archives and files
    "zip": ("same", lambda p, c: archive(p, {"x/a.csv": text(c.rows).encode()})),
    "zip-sans-table": ("file", lambda p, c: archive(p, {"a.pdf": b"x"})),
    "zip-deux-tables": ("file", lambda p, c: archive(p, {"a.csv": b"x", "b.csv": b"x"})),
    "zip-bombe": ("file", lambda p, c: archive(p, {"a.csv": b"0" * 30_000_000})),
    "zip-coupe": ("file", lambda p, c: truncated(archive(p, {"a.csv": text(c.rows).encode()}))),
    "zip-chiffre": ("file", encrypted),
    "trop-gros": ("file", lambda p, c: sparse(p, "a.csv", LARGEST_HANDED + 1, b"uai;nom\n")),
    "pdf": ("file", lambda p, c: renamed(p, c, "donnees.pdf")),
    "vieux-excel": ("file", lambda p, c: renamed(p, c, "donnees.xls")),
    "absent": ("file", lambda p, c: p / "nulle-part.csv"),
    "dossier": ("file", folder),
}  # fmt: skip


@pytest.fixture(scope="module")
def standing() -> Scenario:
    start = new_scenario("LUNEVILLE", "Nancy-Metz", "2026-2027")
    places = [
        Place(id="54329", name="Lunéville", latitude=48.5893, longitude=6.5014),
        Place(id="54039", name="Baccarat", latitude=48.4502, longitude=6.7412),
    ]
    schools = [
        Establishment(uai=uai, name="Lycée", type="LP", place="54329")
        for uai in ("0540037X", "0540001H", "0540022F")
    ]
    return joined(start, {"lieux": places, "etablissements": schools}).scenario


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Reference tables, and the key of the pseudonyms."""
    path = tmp_path_factory.mktemp("tables")
    (path / "communes.csv").write_text(COMMUNES, encoding="utf-8")
    (path / "secteurs.csv").write_text(SECTORS, encoding="utf-8")
    return path


def taken_from(source: str, file: Path, standing: Scenario, beside: Path) -> Import:
    return imported(
        Request(
            source=source, scenario=standing, file=file, communes=beside / "communes.csv",
            activities=beside / "secteurs.csv", key=beside / "cle", school="0540037X",
        )
    )  # fmt: skip


ENGLISH = re.compile(r"Traceback|Error|Exception|None\b|<class|\b(the|is not|invalid|expected)\b")


def is_clear(sentence: str) -> bool:
    return len(sentence) > 8 and not ENGLISH.search(sentence)


@pytest.mark.parametrize("source", sorted(CLEAN))
@pytest.mark.parametrize("damage", sorted(DAMAGES))
def test_a_damaged_file_is_answered_row_by_row(
    damage: str, source: str, standing: Scenario, beside: Path, tmp_path: Path
) -> None:
    clean = CLEAN[source]
    good = taken_from(source, csv(tmp_path, text(clean.rows)), standing, beside)
    assert (good.rows_read, good.refused, good.faults) == (3, 0, [])
    (tmp_path / "donnees.csv").unlink()
    expected, spoil = DAMAGES[damage]
    made = taken_from(source, spoil(tmp_path, clean), standing, beside)
    assert len(made.verdicts) == made.rows_read == made.taken + made.refused
    assert all(is_clear(v.why) for v in made.verdicts if v.outcome != "prise")
    assert all(is_clear(str(f)) for f in made.faults)
    assert made.usable or made.faults or made.refused
    if expected == "same":
        assert made.faults == []
        assert (made.rows_read, made.tables) == (3, good.tables)
    elif expected == "file":
        assert made.faults
        assert not made.usable
    elif expected == "row":
        assert made.refused
        assert made.taken
        assert made.usable
    else:
        assert made.rows_read == 4
        assert made.verdicts[-1].outcome != "prise" or source == "offres"


# --- scenarios.read ------------------------------------------------------------------------------

BASE = scenarios.example("small/base")


def copied(path: Path, **changed: bytes | None) -> Path:
    """The small scenario with these tables instead."""
    home = path / "scenario"
    home.mkdir()
    for entry in BASE.iterdir():
        content = changed.get(entry.stem, entry.read_bytes())
        if content is not None:
            (home / entry.name).write_bytes(content)
    return home


def table(name: str) -> bytes:
    return (BASE / f"{name}.csv").read_bytes()


def zipped(path: Path, members: dict[str, bytes] | None = None) -> Path:
    everything = {e.name: e.read_bytes() for e in BASE.iterdir()} | (members or {})
    with zipfile.ZipFile(path / "scenario.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in everything.items():
            packed.writestr(name, content)
    return path / "scenario.zip"


def booked(path: Path, change: Callable[[Workbook], None]) -> Path:
    import openpyxl

    file = path / "scenario.xlsx"
    scenarios.write(scenarios.read(BASE), file)
    book = openpyxl.load_workbook(file)
    change(book)
    book.save(file)
    return file


def bombed(path: Path) -> Path:
    file = booked(path, lambda book: None)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/bombe.xml", b" " * 30_000_000)
    return file


def huge(path: Path, size: int, name: str = "eleves.csv") -> Path:
    home = copied(path)
    sparse(home, name, size, table("eleves"))
    return home


def set_cell(sheet_name: str, cell: str, value: Any) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        book[sheet_name][cell] = value

    return change


READ: dict[str, Callable[[Path], Path]] = {
    "encodages-melanges": lambda p: copied(p, lieux=table("lieux") + b"\xc3\xa9;\n\xe9;;\n"),
    "utf-16-coupe": lambda p: copied(p, lieux=table("lieux").decode().encode("utf-16")[:-1]),
    "octets-nuls": lambda p: copied(p, lieux=table("lieux") + b"\x00;\x01\n"),
    "mauvais-separateur": lambda p: copied(p, lieux=table("lieux").replace(b";", b"|")),
    "guillemet-ouvert": lambda p: copied(p, lieux=table("lieux") + b'"x;1;2;3\n'),
    "guillemets-partout": lambda p: copied(p, lieux=table("lieux") + b'1;"x\n' * 20_000),
    "cellule-demesuree": lambda p: copied(p, lieux=table("lieux") + b"x" * 200_000 + b";;;\n"),
    "ligne-double": lambda p: copied(p, lieux=table("lieux") + table("lieux").splitlines()[1]),
    "colonne-inconnue": lambda p: copied(p, lieux=table("lieux").replace(b"lat", b"latt", 1)),
    "sans-en-tete": lambda p: copied(p, lieux=b"\n".join(table("lieux").splitlines()[1:])),
    "vide": lambda p: copied(p, lieux=b""),
    "formule": lambda p: copied(p, lieux=table("lieux") + b'=1+1;=HYPERLINK("x");=A1;=B1\n'),
    "caractere-de-controle": lambda p: copied(p, lieux=table("lieux") + b"x\x07;n;48;6\n"),
    "toml-binaire": lambda p: copied(p, scenario=b"\xff\xfe\x00"),
    "toml-absent": lambda p: copied(p, scenario=None),
    "cent-megaoctets": lambda p: huge(p, 100_000_000),
    "toml-de-cent-megaoctets": lambda p: huge(p, 100_000_000, "scenario.toml"),
    "zip-bombe": lambda p: zipped(p, {"eleves.csv": b"0" * 60_000_000}),
    "zip-coupe": lambda p: truncated(zipped(p)),
    "zip-hors-chemin": lambda p: zipped(p, {"../eleves.csv": b"x"}),
    "zip-mille-fichiers": lambda p: zipped(p, {f"{i}.csv": b"" for i in range(300)}),
    "classeur-coupe": lambda p: truncated(booked(p, lambda book: None)),
    "classeur-bombe": bombed,
    "classeur-fusionne": lambda p: booked(p, lambda b: b["lieux"].merge_cells("A2:A3")),
    "classeur-formule": lambda p: booked(p, set_cell("lieux", "A2", "=1+1")),
    "classeur-erreur": lambda p: booked(p, set_cell("lieux", "A2", "#REF!")),
    "classeur-date": lambda p: booked(p, set_cell("lieux", "A2", MARCH)),
    "classeur-derniere-ligne": lambda p: booked(p, set_cell("lieux", "A1048576", "x")),
    "json-coupe": lambda p: csv(p, '{"titre": ').rename(p / "scenario.json"),
    "json-profond": lambda p: csv(p, "[" * 100_000).rename(p / "scenario.json"),
    "pdf": lambda p: csv(p, "x").rename(p / "scenario.pdf"),
    "absent": lambda p: p / "nulle-part",
}  # fmt: skip


@pytest.mark.parametrize("damage", sorted(READ))
def test_a_damaged_scenario_is_refused_in_french(damage: str, tmp_path: Path) -> None:
    reading = scenarios.inspect(READ[damage](tmp_path))
    assert reading.scenario is None
    assert reading.faults
    for fault in reading.faults:
        assert isinstance(fault, Fault)
        assert fault.file
        assert is_clear(fault.message)


def test_two_hundred_damaged_inputs_are_tried() -> None:
    damaged = [name for name, (expected, _) in DAMAGES.items() if expected != "same"]
    assert len(damaged) * len(CLEAN) + len(READ) >= 200


@pytest.mark.slow
def test_a_hundred_megabytes_pass_through_line_by_line(
    standing: Scenario, beside: Path, tmp_path: Path
) -> None:
    import tracemalloc

    file = tmp_path / "sirene.csv"
    row = "5520000010{:04d};54395;96.02A;11;" + "x" * 200 + "\n"
    with file.open("w", encoding="utf-8") as out:
        out.write(text(CLEAN["sirene"].rows))
        written = 0
        while written < 100_000_000:
            written += out.write("".join(row.format(i) for i in range(10_000)))
    tracemalloc.start()
    made = taken_from("sirene", file, standing, beside)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert made.taken == 3
    assert made.rows_read == len(made.verdicts) > 400_000
    assert peak < 150_000_000


def test_the_clean_tables_are_valid_text_in_each_encoding() -> None:
    for clean in CLEAN.values():
        content = text(clean.rows)
        assert not content.isascii()
        io.BytesIO(content.encode("cp1252"))
