"""Reading: what people write is understood, what must not enter is refused, nothing is dropped."""

import json
from datetime import date
from pathlib import Path

import pytest

import scenarios
from scenarios.reading import inspect_files
from solver.errors import Fault, InvalidScenario
from solver.week import Week

BASE = scenarios.example("small/base")
FILES = {entry.name: entry.read_bytes() for entry in sorted(BASE.iterdir())}
SHARED = Path("/work/shared/scenarios")


def inspect(**tables: str | bytes) -> scenarios.Reading:
    """The base scenario with some tables replaced."""
    changed = {
        f"{name}.csv": text.encode() if isinstance(text, str) else text
        for name, text in tables.items()
    }
    return inspect_files(FILES | changed)


def only(reading: scenarios.Reading) -> Fault:
    assert len(reading.faults) == 1, [str(fault) for fault in reading.faults]
    return reading.faults[0]


@pytest.mark.parametrize("name", ["luneville-2026", "nancy-2026"])
def test_the_shared_scenarios_have_no_fault(name: str) -> None:
    if not (SHARED / name).is_dir():
        pytest.skip("shared scenarios are not here")
    reading = scenarios.inspect(SHARED / name)
    assert reading.faults == ()
    assert reading.scenario is not None
    assert len(reading.scenario.pupils) > 1000


@pytest.mark.parametrize(
    "written",
    ["2027-W04", "2027-W4", "2027W04", "2027-S4", "2027 s04", "S04 2027", "s4 2027", "S4", "s04",
     "semaine 4", "Semaine 04 2027", "sem. 4", "semaine n° 4", "25/01/2027", "2027-01-29"],
)  # fmt: skip
def test_a_week_is_read_however_it_is_written(written: str) -> None:
    reading = inspect(
        periodes=f"periode;division;rang;duree;debut_souhaite\n3A-1;3A;1;1;{written}\n"
    )
    assert reading.scenario is not None, reading.faults
    assert reading.scenario.periods[0].wished == Week(2027, 4)


def test_weeks_from_31_on_belong_to_the_first_calendar_year() -> None:
    text = "periode;division;rang;duree;debut_min;fin_max\n3A-1;3A;1;1;semaine 35;semaine 27\n"
    reading = inspect(periodes=text)
    assert reading.scenario is not None
    period = reading.scenario.periods[0]
    assert (period.earliest, period.latest) == (Week(2026, 35), Week(2027, 27))


@pytest.mark.parametrize(
    "written", ["4", "W60 2027", "2025-W53", "semaine", "31/01/2027", "demain"]
)
def test_a_week_that_is_none_is_a_fault(written: str) -> None:
    fault = only(
        inspect(periodes=f"periode;division;rang;duree;debut_souhaite\n3A-1;3A;1;1;{written}\n")
    )
    assert (fault.file, fault.line, fault.column, fault.value) == (
        "periodes.csv", 2, "debut_souhaite", written,
    )  # fmt: skip
    assert fault.expected == "une semaine, par exemple 2027-W04"


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-15", "cp1252", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_separators_encodings_and_line_ends_do_not_matter(
    separator: str, encoding: str, newline: str
) -> None:
    lines = FILES["lieux.csv"].decode().splitlines()
    text = newline.join(line.replace(";", separator) for line in lines) + newline
    reading = inspect(lieux=text.encode(encoding))
    assert reading.scenario is not None, reading.faults
    assert reading.scenario == scenarios.read(BASE)


def test_a_decimal_comma_a_french_date_and_loose_words_are_read() -> None:
    reading = inspect(
        lieux="Lieu ; Nom;LAT;Lon\n54329;Lunéville;48,5893;6,5014\n"
        "54039;Baccarat;48.4490;6,74\n54076;Blainville;48,5560;6,4060\n",
        accueils="Accueil;lieu;Publics;places;Dérogation jusqu'au;Groupe Max\n"
        "X-a;54329; 3e cap ;2,0;31/12/2027;2\n",
        divisions="division;uai;public;effectif;Réglementé\n"
        "3A;0540001H;3E;3;Non\nCAP1;0540037X;cap;4;VRAI\n",
        eleves="eleve;division;lieu;modes;internat accepté\ne1;3A;54039;Vélo TC;x\n",
    )
    assert reading.scenario is not None, [str(f) for f in reading.faults]
    host, pupil = reading.scenario.hosts[0], reading.scenario.pupils[0]
    assert reading.scenario.places[0].latitude == 48.5893
    assert (host.publics, host.slots, host.waiver_until) == (("3E", "CAP"), 2, date(2027, 12, 31))
    assert (pupil.modes, pupil.accepts_boarding) == (("velo", "tc"), True)
    assert [d.regulated for d in reading.scenario.divisions] == [False, True]


def test_empty_rows_and_trailing_separators_do_not_count_but_lines_do() -> None:
    reading = inspect(
        lieux="lieu;nom;lat;lon;;\n54329;L;48.5;6.5;;\n;;;;;\n\n54039;B;48.4;6.7;;\n"
        "54076;Bl;91;6.4;;\n"
    )
    fault = only(reading)
    assert (fault.line, fault.column, fault.value) == (6, "lat", "91.0")


def test_a_cell_of_two_lines_is_one_line_of_the_spreadsheet() -> None:
    fault = only(
        inspect(
            lieux='lieu;nom;lat;lon\n54329;"L\nsur\nMeurthe";48.5;6.5\n54039;B;48.4;6.7\n'
            "54076;Bl;nord;6.4\n"
        )
    )
    assert (fault.line, fault.column, fault.value) == (4, "lat", "nord")


def test_a_quotation_left_open_spoils_its_line_only() -> None:
    reading = inspect(
        lieux='lieu;nom;lat;lon\n54329;"L;48.5;6.5\n54039;B;48.4;6.7\n54076;Bl;nord;6.4\n'
    )
    assert [(f.code, f.line) for f in reading.faults] == [
        ("guillemets", 2),
        ("valeur-illisible", 4),
    ]


def test_short_long_and_doubled_columns_are_faults() -> None:
    reading = inspect(
        lieux="lieu;nom;lat;lon;nom\n54329;L;48.5;6.5;L\n54039;B;48.4;6.7\n54076;Bl;48.5;6.4;x;y\n"
    )
    assert [(f.code, f.line) for f in reading.faults] == [
        ("colonne-double", 1),
        ("ligne-courte", 3),
        ("ligne-longue", 4),
    ]


def test_a_column_without_a_name_may_not_hold_anything() -> None:
    rows = "54329;L;48.5;6.5;\n54039;B;48.4;6.7;perdu\n54076;Bl;48.5;6.4;\n"
    fault = only(inspect(lieux="lieu;nom;lat;lon;\n" + rows))
    assert (fault.code, fault.line) == ("colonne-sans-nom", 1)


@pytest.mark.parametrize(
    ("table", "header"),
    [
        ("eleves", "INE"), ("eleves", "nom"), ("eleves", "Prénom"), ("eleves", "date de naissance"),
        ("eleves", "adresse"), ("eleves", "Tél. portable"), ("eleves", "e-mail"), ("eleves", "mél"),
        ("eleves", "Né(e) le"), ("eleves", "code postal"), ("eleves", "nom_responsable"),
        ("placements", "nom"), ("accueils", "telephone"), ("accueils", "nom du tuteur"),
        ("accueils", "courriel"), ("divisions", "nom_eleve"), ("internats", "adresse"),
        ("eleves", "Nom de famille"), ("eleves", "NIR"), ("eleves", "INE_eleve"),
    ],
)  # fmt: skip
def test_columns_that_say_who_a_person_is_are_refused_without_an_echo(
    table: str, header: str
) -> None:
    key = {"eleves": "eleve", "placements": "eleve", "internats": "internat"}.get(table, table[:-1])
    reading = inspect(**{table: f"{key};{header}\nx1;SECRET\n"})
    refused = [f for f in reading.faults if f.code == "donnee-personnelle"]
    assert [(f.column, f.line, f.value) for f in refused] == [(header, 1, None)]
    assert "colonne refusée : " in refused[0].message
    assert not any("SECRET" in str(fault) for fault in reading.faults)


def test_the_name_of_a_place_an_establishment_a_division_or_a_host_is_welcome() -> None:
    assert scenarios.inspect(BASE).faults == ()


@pytest.mark.parametrize("value", ["1234567890A", "123456789AB", "lea@exemple.fr", "2080554395123"])
def test_a_pseudonym_that_is_none_is_refused_without_an_echo(value: str) -> None:
    reading = inspect(
        eleves=f"eleve;division;lieu\n{value};3A;54039\n",
        placements=f"eleve;periode;accueil;statut\n{value};3A-1;X-mairie;trouve\n",
    )
    assert [(f.code, f.file, f.line, f.value) for f in reading.faults] == [
        ("donnee-personnelle", "eleves.csv", 2, None),
        ("donnee-personnelle", "placements.csv", 2, None),
    ]
    assert not any(value in str(fault) for fault in reading.faults)


def test_an_unknown_column_gets_the_nearest_known_name() -> None:
    fault = only(inspect(blocages="cible;debut;fin;motiff\n3A;S04;S04;x\n"))
    assert (fault.code, fault.column) == ("colonne-inconnue", "motiff")
    assert fault.hint == "vouliez-vous dire « motif » ?"


def test_files_that_are_no_table_are_left_alone_but_unknown_tables_are_not() -> None:
    assert inspect_files(FILES | {"eleve.csv": b"eleve\n"}).faults[0].hint == (
        "vouliez-vous dire « eleves » ?"
    )


def test_notes_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "notes.txt").write_text("à revoir", encoding="utf-8")
    (tmp_path / "~$eleves.csv").write_bytes(b"\x00")
    assert scenarios.read(tmp_path) == scenarios.read(BASE)


def test_one_bad_key_does_not_fault_the_rows_that_name_it() -> None:
    text = FILES["etablissements.csv"].decode().replace("0540037X", "054037X")
    assert only(inspect(etablissements=text)).code == "valeur-refusee"
    text = FILES["accueils.csv"].decode().replace("X-superette;", ";")
    placements = "eleve;periode;accueil;statut\n" + "".join(
        f"{pupil};CAP1-1;X-superette;trouve\n" for pupil in ("e4", "e5", "e6")
    )
    assert only(inspect(accueils=text, placements=placements)).code == "valeur-absente"
    typing = placements.replace("e4;CAP1-1;X-superette", "e4;CAP1-1;X-garaje")
    assert [f.value for f in inspect(accueils=text, placements=typing).faults[1:]] == [
        "X-garaje",
        "X-superette",
        "X-superette",
    ]
    text = FILES["divisions.csv"].decode().replace("CAP;5003", "CAPE;5003")
    assert only(inspect(divisions=text)).column == "public"


def test_a_table_that_is_missing_is_said_once_per_column_that_names_it() -> None:
    reading = inspect_files({n: c for n, c in FILES.items() if n != "lieux.csv"})
    assert [(f.code, f.file, f.column) for f in reading.faults] == [
        ("table-absente", "accueils.csv", "lieu"),
        ("table-absente", "eleves.csv", "lieu"),
        ("table-absente", "etablissements.csv", "lieu"),
    ]


def test_a_missing_key_column_is_one_fault() -> None:
    text = FILES["accueils.csv"].decode().replace("accueil;", "accueill;", 1)
    reading = inspect(
        accueils=text, capacites="accueil;public;debut;fin;places\nX-garage;*;S40;S41;1\n"
    )
    assert [f.code for f in reading.faults] == ["colonne-inconnue", "colonne-absente"]


def test_identifiers_that_excel_spoiled_get_a_way_out() -> None:
    head = "accueil;lieu;publics;places\n"
    assert only(inspect(accueils=f"{head}5520001000001;54329;CAP;1\n")).hint == (
        "un zéro de tête a été perdu (« 05520001000001 » ?) : colonne au format Texte"
    )
    assert only(inspect(accueils=f"{head}5,52E+13;54329;CAP;1\n")).hint == (
        "le tableur a arrondi ce numéro : le ressaisir, colonne au format Texte"
    )
    assert only(inspect(accueils=f"{head}552 000 100 00016;54329;CAP;1\n")).hint == (
        "sans espaces : « 55200010000016 »"
    )
    lieux = FILES["lieux.csv"].decode() + "01004;Ambérieu;45.9;5.3\n"
    assert only(inspect(lieux=lieux, eleves="eleve;division;lieu\ne1;3A;1004\n")).hint == (
        "un zéro de tête a été perdu (« 01004 » ?) : colonne au format Texte"
    )


def test_text_in_two_encodings_is_a_fault_at_its_line() -> None:
    content = "lieu;nom;lat;lon\n1;Lunéville;48;6\n".encode() + "2;Épinal;48;6\n".encode("cp1252")
    fault = inspect(lieux=content + FILES["lieux.csv"].split(b"\n", 1)[1]).faults[0]
    assert (fault.code, fault.line) == ("encodage", 3)


def test_toml_faults_say_line_key_value_and_expectation() -> None:
    text = FILES["scenario.toml"].decode()
    reading = inspect_files(
        FILES
        | {
            "scenario.toml": (
                text.replace('zone = "B"', 'zone = "Z"\nzonne = 1')
                + "\n[regles]\njours_min_semaine = 6\nquota_legal = 1\n"
                + '[bareme]\nnon_place = "1000"\nequite = [{seuil = 2, surcot = 5}]\n'
                + '[calendrier]\nfermetures = ["2027-W20", "jeudi"]\n'
            ).encode()
        }
    )
    assert [(f.line, f.column, f.value) for f in reading.faults] == [
        (6, "zone", "Z"),
        (7, "zonne", "zonne"),
        (10, "regles.jours_min_semaine", "6"),
        (11, "regles.quota_legal", "1"),
        (13, "bareme.non_place", "1000"),
        (14, "bareme.equite", "[{'seuil': 2, 'surcot': 5}]"),
        (16, "calendrier.fermetures", "['2027-W20', 'jeudi']"),
    ]
    assert all(fault.expected for fault in reading.faults)


def test_a_scenario_is_read_from_json_and_from_an_object(tmp_path: Path) -> None:
    schema = scenarios.scenario_json_schema()
    content = json.loads(scenarios.read(BASE).model_dump_json(by_alias=True, exclude={"reference"}))
    assert set(content) < set(schema["properties"])
    path = tmp_path / "s.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    assert scenarios.read(path) == scenarios.read(BASE)
    assert scenarios.read_object(content) == scenarios.read(BASE)
    content["eleves"][2]["age"] = "douze"
    with pytest.raises(InvalidScenario) as caught:
        scenarios.read_object(content)
    fault = caught.value.faults[0]
    assert (fault.table, fault.line, fault.column, fault.value) == ("eleves", 3, "age", "douze")


def test_what_is_not_there_or_no_scenario_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(b"PK")
    (tmp_path / "b.zip").write_bytes(b"PK")
    codes = {"rien": "introuvable", "a.docx": "format-inconnu", "b.zip": "zip-illisible"}
    for name, code in codes.items():
        assert [f.code for f in scenarios.inspect(tmp_path / name).faults] == [code]
    assert scenarios.inspect(tmp_path / "b").faults[0].hint == "il existe « b.zip »"


def test_the_documentation_names_every_column_of_every_table() -> None:
    from scenarios.tables import plan_tables, scenario_tables

    text = scenarios.table_documentation()
    for table in [*scenario_tables().values(), *plan_tables().values()]:
        section = text.split(f"`{table.name}.csv`")[1].split("\n## ")[0]
        for column in table.columns:
            assert f"`{column.header}`{'*' if column.required else ''}" in section
            assert column.meaning
