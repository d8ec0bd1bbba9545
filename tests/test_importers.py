"""What people already have comes in: each row taken, changed or refused, and nothing lost."""

import json
import pickle
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook

import scenarios
from scenarios.cells import Unreadable
from scenarios.importers.desk import SOURCES, Request, imported
from scenarios.importers.into import joined, land, new_scenario
from scenarios.importers.mef import decoded
from scenarios.importers.preview import Import
from scenarios.importers.pseudonyms import Pseudonyms, UnusableKey, school_key
from scenarios.importers.stays import june_start, usual_periods
from service.cli import main
from solver.domain import Capacity, Division, Establishment, Host, Place, Scenario
from solver.errors import InvalidScenario
from solver.week import Week

COMMUNES = """code_insee;nom;codes_postaux;population;lat;lon
54329;Lunéville;54300;17000;48,5893;6,5014
54039;Baccarat;54120;4000;48,4502;6,7412
54395;Nancy;54000 54100;104000;48,6903;6,1761
54222;Gerbéviller;54830;1200;48,4951;6,5078
88413;Saint-Dié-des-Vosges;88100;19000;48,2867;6,9500
"""
SECTORS = "secteur_id;naf\ngarages;45.20A\nmagasins;47.11F\nmagasins;47.11D\n"
DIPLOMAS = (
    "formation_diplome;secteurs_accueil;rome\n40033007;ehpad hopitaux;J1501\n"
    "40025218;garages;I1604 I1606\n"
)


@pytest.fixture
def tables(tmp_path: Path) -> dict[str, Path]:
    """Reference tables on disk."""
    paths = {}
    for name, text in (("communes", COMMUNES), ("activities", SECTORS), ("diplomas", DIPLOMAS)):
        paths[name] = tmp_path / f"{name}.csv"
        paths[name].write_text(text, encoding="utf-8")
    return paths


@pytest.fixture
def school() -> Scenario:
    """One lycée and its commune."""
    start = new_scenario("LUNEVILLE", "Nancy-Metz", "2026-2027")
    place = Place(id="54329", name="Lunéville", latitude=48.5893, longitude=6.5014)
    lycee = Establishment(uai="0540037X", name="Lycée Lapie", type="LP", place="54329")
    return joined(start, {"lieux": [place], "etablissements": [lycee]}).scenario


def given(tmp_path: Path, text: str, name: str = "donnees.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def accounted(made: Import) -> Import:
    """Every row read has exactly one verdict, and every refusal and change says why."""
    assert len(made.verdicts) == made.rows_read
    assert made.taken + made.refused == made.rows_read
    assert all(v.why for v in made.verdicts if v.outcome != "prise")
    return made


def outcomes(made: Import) -> list[tuple[int, str]]:
    return [(v.line, v.outcome) for v in accounted(made).verdicts]


def refusals(made: Import) -> dict[int, str]:
    return {v.line: v.why for v in accounted(made).verdicts if v.outcome == "refusee"}


# --- establishments ------------------------------------------------------------------------------

DIRECTORY = """Identifiant_de_l_etablissement;Nom_etablissement;Type_etablissement;Adresse_1;Code_commune;Nom_commune;Hebergement;Appartenance_Education_Prioritaire;latitude;longitude;etat;libelle_nature;libelle_bassin_formation
0540037X;Lycée Paul Lapie;Lycée;rue X;54329;Lunéville;1;;48.597;6.512;OUVERT;LYCEE PROFESSIONNEL;LUNEVILLE
0540001H;Collège de Baccarat;Collège;rue X;54039;Baccarat;0;REP;48.44;6.73;OUVERT;COLLEGE;Lunéville
0540030P;Lycée Poincaré;Lycée;rue X;54395;Nancy;1;;48.69;6.17;OUVERT;LYCEE ENSEIGNT GENERAL ET TECHNOLOGIQUE;NANCY 1
0541328A;Collège Bichat;Collège;rue X;54329;Lunéville;0;;48.59;6.50;OUVERT;COLLEGE;
0540022F;Collège fermé;Collège;rue X;54222;Gerbéviller;0;;48.49;6.50;FERME;COLLEGE;LUNEVILLE
0540099Z;École du Centre;Ecole;rue X;54329;Lunéville;0;;48.59;6.50;OUVERT;ECOLE MATERNELLE;LUNEVILLE
0540001H;Collège de Baccarat bis;Collège;rue X;54039;Baccarat;0;REP;48.44;6.73;OUVERT;COLLEGE;LUNEVILLE
"""  # noqa: E501


def test_the_directory_gives_the_establishments_of_a_bassin(tmp_path: Path) -> None:
    start = new_scenario("LUNEVILLE", "Nancy-Metz", "2026-2027")
    file = given(tmp_path, DIRECTORY)
    made = imported(Request(source="etablissements", scenario=start, file=file))
    assert outcomes(made) == [
        (2, "prise"), (3, "prise"), (4, "refusee"), (5, "refusee"), (6, "refusee"), (7, "refusee"),
        (8, "refusee"),
    ]  # fmt: skip
    why = refusals(made)
    assert "autre bassin" in why[4]
    assert "rattacher à la main" in why[5]
    assert "fermé" in why[6]
    assert "premier degré" in why[7]
    assert "ligne 3" in why[8]
    scenario = joined(start, made.tables).scenario
    assert [(e.uai, e.type, e.priority_education) for e in scenario.establishments] == [
        ("0540037X", "LP", ""), ("0540001H", "CLG", "rep"),
    ]  # fmt: skip
    assert [(b.id, b.open) for b in scenario.boarding_houses] == [("INT-0540037X", False)]
    assert {p.id for p in scenario.places} == {"54329", "54039"}


def test_the_real_names_of_bassins_and_academies_are_understood(tmp_path: Path) -> None:
    start = new_scenario("LUNEVILLE", "Nancy-Metz", "2026-2027")
    rows = [
        ("0540037X", "Nancy-Metz", "LYCEE PROFESSIONNEL", "BEF DE LUNEVILLE"),
        ("0540030P", "Nancy-Metz", "LYCEE ENSEIGNT GENERAL ET TECHNOLOGIQUE", "BEF NANCY 1"),
        ("0550752U", "Nancy-Metz", "LYCEE ENS GENERAL TECHNO PROF AGRICOLE", ""),
        ("0932030B", "Créteil", "LYCEE POLYVALENT", ""),
        ("0540036W", "Nancy-Metz", "SECTION ENSEIGT GENERAL ET TECHNOLOGIQUE", "BEF LUNEVILLE"),
    ]
    text = "uai;nom;code_commune;latitude;longitude;Libelle_academie;libelle_nature;bassin\n"
    for uai, academy, nature, bassin in rows:
        text += f"{uai};Lycée;54329;48,5;6,5;{academy};{nature};{bassin}\n"
    file = given(tmp_path, text)
    made = imported(Request(source="etablissements", scenario=start, file=file))
    assert [e.uai for e in made.tables["etablissements"]] == ["0540037X"]  # type: ignore[attr-defined]
    why = list(refusals(made).values())
    words = ("autre bassin", "à la main", "autre académie", "section d’un autre")
    for said, word in zip(why, words, strict=True):
        assert word in said


def test_reasons_that_differ_by_what_was_read_are_told_once(
    tmp_path: Path, school: Scenario, tables: dict[str, Path]
) -> None:
    text = "nom;commune;publics\n" + "".join(f"a;Ville{i};3e\n" for i in range(5))
    made = imported(
        Request(source="entreprises", scenario=school, file=given(tmp_path, text),
                communes=tables["communes"])
    )  # fmt: skip
    (reason,) = made.reasons("refusee").items()
    assert reason[0].startswith("commune … inconnue")
    assert "« Ville0 », « Ville1 », « Ville2 » et 2 autres" in reason[0]
    assert reason[1] == [2, 3, 4, 5, 6]


def test_a_missing_bassin_is_attached_by_hand(tmp_path: Path) -> None:
    start = new_scenario("LUNEVILLE", "Nancy-Metz", "2026-2027")
    attached = given(tmp_path, "uai;bassin\n0541328a;Luneville\n", "rattachements.csv")
    file = given(tmp_path, DIRECTORY)
    made = imported(Request(source="etablissements", scenario=start, file=file, attached=attached))
    assert outcomes(made)[3] == (5, "changee")
    assert made.changed == 1


# --- MEF and divisions ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "public", "level", "diploma"),
    [
        ("2473300731", "BACPRO", "2P", "40033007"),
        ("24733007331", "BACPRO", "TP", "40033007"),
        ("23820033007", "BACPRO", "1P", "40033007"),
        ("2413112221", "CAP", "CAP1", "50031122"),
        ("23220031122", "CAP", "CAP2", "50031122"),
        ("2582200111", "CS", "CS", "46122001"),
        ("23K00022001", "CS", "CS", "46122001"),
        ("2512341221", "BACPRO", "1P", "40123412"),
        ("23C20023412", "BACPRO", "TP", "40123412"),
        ("2762100131", "BACPRO", "2P", "40321001"),
        ("10310019110", "3E", "3E", None),
        ("16710019110", "SEGPA", "SEGPA", None),
        ("20010017110", "2GT", "2GT", None),
        ("21160010019", "3E", "3E", None),
        ("3113140921", "BTS", "BTS1", "32031409"),
    ],
)
def test_a_mef_says_public_level_and_diploma(
    code: str, public: str, level: str, diploma: str | None
) -> None:
    mef = decoded(code)
    assert (mef.public, mef.level, mef.diploma) == (public, level, diploma)


@pytest.mark.parametrize(
    "code", ["", "247330073", "2.47E+09", "9993300731", "bonjour", "2473300739"]
)
def test_a_mef_that_is_none_is_refused(code: str) -> None:
    with pytest.raises(Unreadable):
        decoded(code)


def test_every_mef_of_the_national_list_is_decoded_as_the_list_says() -> None:
    path = Path("/work/shared/data/nancy-metz/mef_voie_pro_2025.csv")
    if not path.exists():
        pytest.skip("public data absent")
    levels = {"2381": "2P", "2382": "1P", "2383": "TP", "2321": "CAP1", "2322": "CAP2"}
    checked = 0
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        code, statistical, diploma, _, _, year = line.split(",")[:6]
        mef = decoded(code)
        assert mef.diploma == diploma
        if statistical[:4] in levels and not (code[:3] == "242" or year == "3" > statistical[3]):
            assert mef.level == levels[statistical[:4]]
            checked += 1
    assert checked > 600


def test_a_mef_list_opens_divisions_with_their_periods(
    tmp_path: Path, school: Scenario, tables: dict[str, Path]
) -> None:
    file = given(
        tmp_path,
        "uai;mef;effectif;statut;libelle\n"
        "0540037X;2473300731;45;ST;2nde ASSP\n"
        "0540037X;2412521821;12;ST;CAP auto\n"
        "0540037X;2412521821;9;AP;CAP auto\n"
        "0549999A;2473300731;20;ST;ailleurs\n"
        "0540037X;2473300732;douze;ST;1re ASSP\n"
        "0540037X;2473300733;99999;ST;Tle ASSP\n"
        "0540037X;;20;ST;sans MEF\n",
    )
    made = imported(
        Request(source="divisions", scenario=school, file=file, diplomas=tables["diplomas"])
    )
    assert outcomes(made)[:3] == [(2, "changee"), (3, "prise"), (4, "refusee")]
    assert "apprentis" in refusals(made)[4]
    assert "absent du scénario" in refusals(made)[5]
    assert "douze" in refusals(made)[6]
    scenario = joined(school, made.tables).scenario
    assert [(d.id, d.headcount, d.diploma, d.sectors) for d in scenario.divisions] == [
        ("0540037X-2P01", 23, "40033007", ("ehpad", "hopitaux")),
        ("0540037X-2P02", 22, "40033007", ("ehpad", "hopitaux")),
        ("0540037X-CAP103", 12, "50025218", ()),
    ]
    assert [p.rank for p in scenario.periods] == [1, 2] * 3


def test_head_counts_open_divisions_of_college_and_seconde(
    tmp_path: Path, school: Scenario
) -> None:
    file = given(tmp_path, "uai;n3;n3_segpa;nb_eleves;voie_generale\n0540037X;50;12;400;1\n")
    made = imported(Request(source="effectifs", scenario=school, file=file))
    assert outcomes(made) == [(2, "changee")]
    found = [d for d in made.tables["divisions"] if isinstance(d, Division)]
    assert [(d.public, d.headcount) for d in found] == [
        ("3E", 17), ("3E", 17), ("3E", 16), ("SEGPA", 12), ("2GT", 30), ("2GT", 30), ("2GT", 30),
        ("2GT", 30),
    ]  # fmt: skip


def test_seconde_ends_on_the_last_friday_of_june() -> None:
    assert june_start(2026) == Week(2026, 25)
    assert june_start(2027) == Week(2027, 24)
    division = Division(id="a-201", establishment="a", public="2GT", headcount=30)
    (period,) = usual_periods(division, "2GT", "2025-2026")
    assert (period.imposed, period.duration_weeks) == (Week(2026, 25), 2)


# --- pupils --------------------------------------------------------------------------------------

SIECLE = """INE;Nom de famille;Prénom;Date naissance;Sexe;Code MEF;Division;Code régime;Code statut;Code postal;Commune;Téléphone;Courriel
123456789AB;ZORGLUBOV;Anastasie;14/03/2010;2;24733007311;2ASSP1;0;ST;54300;LUNEVILLE;0600000001;z@z.fr
123456789AC;BRINDEZINGUE;Théodule;01/09/2010;1;24733007311;2ASSP1;3;ST;88100;ST-DIE DES VOSGES;0600000002;b@z.fr
123456789AD;KALASHNIKO;Ursuline;02/09/2010;2;24733007311;2ASSP1;0;AP;54300;LUNEVILLE;;
;MIRLIFLORE;Paterne;31/12/2009;1;24125218211;CAP1 AUTO;0;ST;99999;ATLANTIDE;;
;SANSIDENTITE;;;1;24125218211;CAP1 AUTO;0;ST;54300;LUNEVILLE;;
123456789AB;ZORGLUBOV;Anastasie;14/03/2010;2;24733007311;2ASSP2;0;ST;54300;LUNEVILLE;;
123456789AE;QUETSCHE;Barnabé;31/02/2010;1;24733007311;2ASSP1;0;ST;54300;LUNEVILLE;;
"""  # noqa: E501
SECRETS = (
    "ZORGLUBOV", "Anastasie", "14/03/2010", "2010-03-14", "BRINDEZINGUE", "KALASHNIKO", "Ursuline",
    "MIRLIFLORE", "SANSIDENTITE", "QUETSCHE", "31/02/2010", "123456789A", "0600000001", "z@z.fr",
)  # fmt: skip


def test_a_siecle_export_gives_pseudonyms_and_nothing_of_who_they_are(
    tmp_path: Path, school: Scenario, tables: dict[str, Path]
) -> None:
    folder = tmp_path / "bassin"
    land(folder, {}, school)
    key = tmp_path / "cle"
    request = Request(
        source="eleves", scenario=school, file=given(tmp_path, SIECLE), key=key, folder=folder,
        school="0540037X", communes=tables["communes"], diplomas=tables["diplomas"],
    )  # fmt: skip
    made = imported(request)
    assert outcomes(made) == [
        (2, "prise"), (3, "prise"), (4, "refusee"), (5, "changee"), (6, "refusee"), (7, "refusee"),
        (8, "refusee"),
    ]  # fmt: skip
    scenario = land(folder, made.tables).scenario
    assert [(u.division, u.home, u.age, u.sex) for u in scenario.pupils] == [
        ("0540037X-2ASSP1", "54329", 16, "f"),
        ("0540037X-2ASSP1", "88413", 16, "g"),
        ("0540037X-CAP1_AUTO", "54329", 16, "g"),
    ]
    assert [(d.id, d.headcount) for d in scenario.divisions] == [
        ("0540037X-2ASSP1", 2), ("0540037X-CAP1_AUTO", 1),
    ]  # fmt: skip
    everything = pickle.dumps(made).decode("latin-1") + "".join(
        f.read_text(encoding="utf-8") for f in folder.rglob("*") if f.is_file()
    )
    everything += json.dumps([made.reasons("refusee"), made.reasons("changee"), made.notes])
    for secret in (*SECRETS, key.read_text(encoding="ascii").strip()):
        assert secret.casefold() not in everything.casefold()
    book = Workbook()
    assert book.active is not None
    for line in SIECLE.splitlines():
        book.active.append(line.split(";"))
    book.save(tmp_path / "siecle.xlsx")
    as_book = imported(replace(request, file=tmp_path / "siecle.xlsx"))
    assert as_book.tables == made.tables
    for secret in SECRETS:
        assert secret.casefold() not in pickle.dumps(as_book).decode("latin-1").casefold()
    again = imported(request)
    assert again.tables == made.tables
    assert oct(key.stat().st_mode & 0o777) == "0o600"


def test_an_export_leaves_the_school_without_names_and_gives_the_same_pupils(
    tmp_path: Path, school: Scenario, tables: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    file, key, out = given(tmp_path, SIECLE, "siecle.csv"), tmp_path / "cle", tmp_path / "e.csv"
    request = Request(
        source="eleves", scenario=school, file=file, key=key, school="0540037X",
        communes=tables["communes"], diplomas=tables["diplomas"],
    )  # fmt: skip
    with pytest.raises(SystemExit) as ended:
        main(
            [
                "importer",
                "pseudonymes",
                str(file),
                "--cle",
                str(key),
                "--annee",
                "2026-2027",
                "--uai",
                "0540037X",
                "--sortie",
                str(out),
                "--rapport",
                str(tmp_path / "r.csv"),
            ]
        )
    said = capsys.readouterr()
    assert (ended.value.code or 0) == 0, said.err
    written = out.read_text(encoding="utf-8-sig")
    report = (tmp_path / "r.csv").read_text(encoding="utf-8-sig")
    for secret in (*SECRETS, key.read_text(encoding="ascii").strip()):
        assert secret.casefold() not in (written + report + said.out + said.err).casefold()
    assert imported(replace(request, file=out, key=None, school=None)).tables == (
        imported(request).tables
    )


@pytest.mark.parametrize("column", ["INE", "Nom", "Prénom", "Date naissance"])
def test_without_the_key_a_file_that_names_pupils_is_refused_whole(
    column: str, tmp_path: Path, school: Scenario, tables: dict[str, Path]
) -> None:
    named = f"pseudonyme;{column};Division;MEF\ne0123456789ab;ZORGLUBOV;2A;2473300731\n"
    request = Request(source="eleves", scenario=school, file=given(tmp_path, named),
                      school="0540037X", communes=tables["communes"])  # fmt: skip
    made = imported(request)
    assert [f.code for f in made.faults] == ["identite"]
    assert (made.rows_read, made.usable) == (0, False)
    assert "ZORGLUBOV" not in pickle.dumps(made).decode("latin-1")
    plain = "pseudonyme;Division;MEF\nZORGLUBOV Anna;2A;2473300731\ne0123456789ab;2A;2473300731\n"
    made = imported(replace(request, file=given(tmp_path, plain)))
    assert outcomes(made) == [(2, "refusee"), (3, "changee")]
    assert "ZORGLUBOV" not in pickle.dumps(made).decode("latin-1")


def test_another_key_gives_other_pseudonyms_and_the_same_key_the_same() -> None:
    one, other = Pseudonyms(b"a" * 32), Pseudonyms(b"b" * 32)
    assert one.of("0540037X", "123456789AB") == Pseudonyms(b"a" * 32).of("0540037X", "123456789ab")
    assert one.of("0540037X", "123456789AB") != other.of("0540037X", "123456789AB")
    assert one.of("0540037X", "123456789AB") != one.of("0540034U", "123456789AB")
    assert len({one.of("0540037X", str(i)) for i in range(20_000)}) == 20_000


def test_the_key_never_lies_in_the_scenario_nor_is_anything_else_taken_for_one(
    tmp_path: Path,
) -> None:
    with pytest.raises(UnusableKey, match="ne doit pas être dans le dossier du scénario"):
        school_key(tmp_path / "bassin" / "cle", tmp_path / "bassin")
    wrong = given(tmp_path, "ceci n’est pas une clé", "cle.txt")
    with pytest.raises(UnusableKey, match="n’est pas une clé"):
        school_key(wrong)
    assert school_key(tmp_path / "cle") == school_key(tmp_path / "cle")


# --- hosts ---------------------------------------------------------------------------------------


def test_a_sirene_extract_gives_active_hosts_of_the_sectors_within_reach(
    tmp_path: Path, school: Scenario, tables: dict[str, Path]
) -> None:
    file = given(
        tmp_path,
        "siren,siret,statutDiffusionEtablissement,trancheEffectifsEtablissement,"
        "codeCommuneEtablissement,libelleCommuneEtablissement,etatAdministratifEtablissement,"
        "enseigne1Etablissement,denominationUsuelleEtablissement,activitePrincipaleEtablissement,"
        "nomUniteLegale\n"
        "552000000,55200000100013,O,11,54329,LUNEVILLE,A,Garage du Pont,,45.20A,\n"
        "552000000,55200000100021,P,02,54329,LUNEVILLE,A,,,45.20A,DURAND\n"
        "552000000,55200000100039,O,11,54329,LUNEVILLE,F,Garage fermé,,45.20A,\n"
        "552000000,55200000100047,O,11,54395,NANCY,A,Trop loin,,45.20A,\n"
        "552000000,55200000100054,O,NN,54329,LUNEVILLE,A,Sans salarié,,45.20A,\n"
        "552000000,55200000100062,O,11,54329,LUNEVILLE,A,Coiffeur,,96.02A,\n"
        "552000000,5.52E+13,O,11,54329,LUNEVILLE,A,Arrondi,,45.20A,\n"
        "552000000,55200000100013,O,11,54329,LUNEVILLE,A,Garage encore,,45.20A,\n",
    )
    made = imported(
        Request(source="sirene", scenario=school, file=file, radius_km=20, publics=("BACPRO",),
                slots=2, communes=tables["communes"], activities=tables["activities"])
    )  # fmt: skip
    hosts = [h for h in made.tables["accueils"] if isinstance(h, Host)]
    assert [(h.id, h.name, h.staff, h.diplomas, h.slots) for h in hosts] == [
        ("55200000100013", "Garage du Pont", 10, ("secteur:garages",), 2),
        ("55200000100021", "", 3, ("secteur:garages",), 2),
    ]
    why = refusals(made)
    assert list(why) == [4, 5, 6, 7, 8, 9]
    for line, word in {4: "fermé", 5: "rayon", 6: "salarié", 7: "secteurs", 8: "arrondi"}.items():
        assert word in why[line]
    assert "DURAND" not in str(made)


SHARED = """Lycée;Raison sociale;SIRET;Ville;Accueille;niveaux;Nb places;places;Contact;Téléphone
A;Garage du Pont;552 000 001 00013;Lunéville;;bac pro;;1;M. Durand;06
B;SARL GARAGE DU PONT;55200000100013;LUNEVILLE;;CAP, 3e;;2;Mme Durand;06
B;Garage du pont;;Luneville;;3e;;1;;
A;Boulangerie Éclair;;Baccarat;;CAP;;1;;
B;boulangerie eclair;;Baccarat;;bac pro / 2de;;3;;
A;Sans public;;Baccarat;;;;1;;
A;Mairie;;Atlantide;;3e;;1;;
A;=HYPERLINK("http://x");;Baccarat;;3e;;1;;
"""


def test_a_shared_spreadsheet_is_merged_by_siret_then_by_name_and_commune(
    tmp_path: Path, school: Scenario, tables: dict[str, Path]
) -> None:
    made = imported(
        Request(source="entreprises", scenario=school, file=given(tmp_path, SHARED),
                communes=tables["communes"])
    )  # fmt: skip
    hosts = [h for h in made.tables["accueils"] if isinstance(h, Host)]
    assert [(h.id, h.name, h.publics, h.slots) for h in hosts] == [
        ("55200000100013", "Garage du Pont", ("3E", "CAP", "BACPRO"), 2),
        (hosts[1].id, "Boulangerie Éclair", ("2GT", "CAP", "BACPRO"), 3),
    ]
    assert hosts[1].id.startswith("X-54039-boulangerie-eclair-")
    changed = {v.line: v.why for v in made.verdicts if v.outcome == "changee"}
    assert "même SIRET : réunie avec la ligne 2" in changed[3]
    assert "même nom et même commune" in changed[4]
    assert "réunie avec la ligne 5" in changed[6]
    assert list(refusals(made)) == [7, 8, 9]
    assert "formule" in refusals(made)[9]
    assert not {"Durand", "06"} & set(str(made.tables).split("'"))


def test_a_list_completes_the_hosts_of_the_scenario_without_doubling_them(
    tmp_path: Path, school: Scenario, tables: dict[str, Path]
) -> None:
    host = Host(
        id="55200000100013", name="Garage du Pont", place="54329", publics=("BACPRO",), slots=4,
        diplomas=("secteur:garages",),
    )  # fmt: skip
    before = joined(school, {"accueils": [host]}).scenario
    made = imported(
        Request(source="entreprises", scenario=before, file=given(tmp_path, SHARED),
                communes=tables["communes"])
    )  # fmt: skip
    after = joined(before, made.tables)
    assert (after.added["accueils"], after.changed["accueils"]) == (1, 1)
    kept = after.scenario.host_of["55200000100013"]
    assert (kept.slots, kept.publics) == (4, ("3E", "CAP", "BACPRO"))
    assert kept.diplomas[0] == "secteur:garages"


def test_offers_open_their_seats_in_their_weeks_only(
    tmp_path: Path, school: Scenario, tables: dict[str, Path]
) -> None:
    file = given(
        tmp_path,
        "siret;employer_name;grades;max_candidates;weeks;code_insee;first_date;last_date\n"
        "55200000100013;Garage;seconde_only;2;2027-W24 2027-W25;54329;;\n"
        "55200000100013;Garage;troisieme_only;1;S25 2027;54329;;\n"
        ";Mairie;troisieme_or_quatrieme;3;;54039;07/12/2026;18/12/2026\n"
        ";École;3e;5;;54039;;\n"
        ";Usine;3e;5;2027-W60;54039;;\n"
        ";Banque;3e;0;;54039;;\n"
        ";Zoo;3e;1;;54039;18/12/2026;07/12/2026\n",
    )
    made = imported(
        Request(source="offres", scenario=school, file=file, communes=tables["communes"])
    )
    assert list(refusals(made)) == [6, 7, 8]
    scenario = joined(school, made.tables).scenario
    garage, mairie, ecole = scenario.hosts
    assert (garage.publics, garage.slots) == (("3E", "2GT"), 0)
    assert (mairie.publics, mairie.slots, ecole.slots) == (("4E", "3E"), 0, 5)
    rows = [(c.host, str(c.first), str(c.last), c.slots) for c in scenario.capacities]
    assert rows == [
        (garage.id, "2027-W24", "2027-W24", 2),
        (garage.id, "2027-W25", "2027-W25", 3),
        (mairie.id, "2026-W50", "2026-W51", 3),
    ]
    assert all(isinstance(c, Capacity) and c.public == "*" for c in scenario.capacities)


def test_sectors_come_from_naf_rome_and_diploma_tables(
    tmp_path: Path, school: Scenario, tables: dict[str, Path]
) -> None:
    before = joined(
        school,
        {
            "divisions": [
                Division(id="d", establishment="0540037X", public="CAP", diploma="40025218",
                         headcount=3),
                Division(id="e", establishment="0540037X", public="CAP", diploma="40099999",
                         headcount=3),
            ],
            "accueils": [Host(id="X-a", place="54329", activity="4711f", publics=("CAP",),
                              slots=1)],
        },
    ).scenario  # fmt: skip
    made = imported(
        Request(source="secteurs", scenario=before, diplomas=tables["diplomas"],
                activities=tables["activities"])
    )  # fmt: skip
    assert [v.outcome for v in accounted(made).verdicts] == ["changee", "refusee", "changee"]
    after = joined(before, made.tables).scenario
    assert after.divisions[0].sectors == ("garages",)
    assert after.hosts[0].diplomas == ("secteur:magasins",)
    listed = given(tmp_path, "nom;rome;publics;commune\nGarage;I1604;CAP;Lunéville\n")
    hosts = imported(
        Request(source="entreprises", scenario=school, file=listed, communes=tables["communes"],
                diplomas=tables["diplomas"])
    ).tables["accueils"]  # fmt: skip
    assert getattr(hosts[0], "diplomas", None) == ("40025218",)


# --- the file and the folder ---------------------------------------------------------------------


def test_the_same_table_reads_the_same_from_csv_xlsx_and_zip(
    tmp_path: Path, school: Scenario, tables: dict[str, Path]
) -> None:
    rows = [line.split(";") for line in SHARED.splitlines()[:7]]
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Entreprises partenaires 2026"])
    for row in rows:
        sheet.append(row)
    book.save(tmp_path / "liste.xlsx")
    text = "\n".join(";".join(row) for row in rows)
    (tmp_path / "liste.csv").write_bytes(text.encode("cp1252"))
    (tmp_path / "tab.csv").write_bytes(text.replace(";", "\t").encode("utf-16"))
    (tmp_path / "mac.csv").write_bytes(text.replace("\n", "\r").encode("utf-8-sig"))
    with zipfile.ZipFile(tmp_path / "liste.zip", "w") as archive:
        archive.writestr("export/liste.csv", text.encode())
    found = {
        name: imported(
            Request(source="entreprises", scenario=school, file=tmp_path / name,
                    communes=tables["communes"])
        ).tables["accueils"]
        for name in ("liste.xlsx", "liste.csv", "tab.csv", "mac.csv", "liste.zip")
    }  # fmt: skip
    assert len({str(hosts) for hosts in found.values()}) == 1


def test_nothing_is_written_where_the_result_would_be_wrong(
    tmp_path: Path, school: Scenario
) -> None:
    folder = tmp_path / "bassin"
    land(folder, {}, school)
    before = {f.name: f.read_bytes() for f in folder.iterdir()}
    stray = Division(id="d", establishment="0549999A", public="3E", headcount=3)
    with pytest.raises(InvalidScenario):
        land(folder, {"divisions": [stray]})
    assert {f.name: f.read_bytes() for f in folder.iterdir()} == before


def test_notes_stay_and_a_variant_is_not_written_over(tmp_path: Path, school: Scenario) -> None:
    folder = tmp_path / "bassin"
    land(folder, {}, school)
    (folder / "notes.md").write_text("à garder", encoding="utf-8")
    land(folder, {"lieux": [Place(id="x", latitude=48.0, longitude=6.0)]})
    assert (folder / "notes.md").read_text(encoding="utf-8") == "à garder"
    assert scenarios.read(folder).places[-1].id == "x"
    variant = tmp_path / "variante"
    variant.mkdir()
    (variant / "scenario.toml").write_text('base = "../bassin"\n', encoding="utf-8")
    with pytest.raises(InvalidScenario, match="variante"):
        land(variant, {})


def test_the_command_shows_then_writes(
    tmp_path: Path, tables: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    file = given(tmp_path, DIRECTORY)
    folder = tmp_path / "bassin"
    begin = ["importer", "etablissements", str(file), "--scenario", str(folder), "--bassin",
             "LUNEVILLE", "--academie", "Nancy-Metz", "--annee", "2026-2027"]  # fmt: skip
    assert _ends([*begin, "--apercu"]) == 0
    assert "rien n’est écrit" in capsys.readouterr().out
    assert not folder.exists()
    assert _ends([*begin, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["lues"], told["prises"], told["refusees"]) == (7, 2, 5)
    assert scenarios.read(folder).zone == "B"
    report = tmp_path / "rapport.csv"
    assert _ends([*begin, "--apercu", "--rapport", str(report)]) == 0
    lines = report.read_text(encoding="utf-8-sig").splitlines()
    assert lines[:3] == ["ligne;sort;motif", "2;prise;", "3;prise;"]
    assert len(lines) == 8
    capsys.readouterr()
    assert _ends(["importer", "colonnes"]) == 0
    told = capsys.readouterr().out
    for source in SOURCES:
        assert f"## `{source}`" in told or source in ("secteurs", "simulation")
    lost = str(tmp_path / "absent.csv")
    assert _ends(["importer", "divisions", lost, "--scenario", str(folder)]) == 2
    assert "introuvable" in capsys.readouterr().out


def _ends(arguments: list[str]) -> int:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    return int(end.value.code or 0)


def test_a_name_of_two_known_workplaces_is_refused_and_a_lost_siret_is_said(
    tmp_path: Path, school: Scenario, tables: dict[str, Path]
) -> None:
    def host(identifier: str, name: str) -> Host:
        return Host(id=identifier, name=name, place="54329", publics=("3E",), slots=1)

    before = joined(
        school,
        {
            "accueils": [
                host("55200000100013", "Garage du Pont"),
                host("55200000100021", "Garage du Pont"),
                host("X-mairie", "Mairie"),
            ]
        },
    ).scenario
    file = given(
        tmp_path,
        "nom;siret;commune;publics;places\n"
        "GARAGE DU PONT;;Lunéville;CAP;1\n"
        "Mairie;55200000100039;Lunéville;3e;4\n",
    )
    made = imported(
        Request(source="entreprises", scenario=before, file=file, communes=tables["communes"])
    )
    assert "plusieurs structures" in refusals(made)[2]
    assert made.verdicts[1].why.endswith("SIRET de la ligne non repris")
    assert [(getattr(h, "id", ""), getattr(h, "slots", 0)) for h in made.tables["accueils"]] == [
        ("X-mairie", 4)
    ]


def test_a_second_export_changes_divisions_and_names_those_who_left(
    tmp_path: Path, school: Scenario, tables: dict[str, Path]
) -> None:
    head = "ine;classe;mef;date de naissance\n"
    rows = [f"12345678{i:02d}A;2 ASSP 1;2473300731;14/03/2010\n" for i in range(3)]
    moved = rows[0].replace("2 ASSP 1", "2_ASSP_1")
    first = given(tmp_path, head + "".join(rows), "octobre.csv")
    second = given(tmp_path, head + moved + rows[1], "mars.csv")
    key = tmp_path / "cle"
    asked = {"source": "eleves", "school": "0540037X", "key": key}
    before = joined(school, imported(Request(scenario=school, file=first, **asked)).tables).scenario
    made = accounted(imported(Request(scenario=before, file=second, **asked)))
    assert made.taken == 2
    (gone,) = [n for n in made.notes if "absents du fichier" in n]
    assert before.pupils[2].id in gone
    after = joined(before, made.tables)
    assert (after.added["eleves"], after.changed["divisions"]) == (0, 1)
    assert [d.headcount for d in after.scenario.divisions] == [2]


def test_a_folder_whose_name_has_a_dot_is_a_folder(tmp_path: Path, school: Scenario) -> None:
    assert land(tmp_path / "bassin-v1.2", {}, school).scenario == school
    with pytest.raises(FileExistsError):
        land(tmp_path / "bassin.xlsx", {}, school)


def test_what_people_have_corrected_survives_a_second_import(
    tmp_path: Path, school: Scenario, tables: dict[str, Path]
) -> None:
    mefs = given(
        tmp_path, "uai;mef;effectif\n0540037X;2473300731;40\n0540037X;2412521821;9\n", "mef.csv"
    )
    sirene = given(
        tmp_path,
        "siret;naf;code_commune;tranche_effectifs\n55200000100013;45.20A;54329;11\n",
        "sirene.csv",
    )
    asked = {"diplomas": tables["diplomas"], "activities": tables["activities"]}
    first = joined(
        school, imported(Request(source="divisions", scenario=school, file=mefs, **asked)).tables
    ).scenario
    first = joined(
        first, imported(Request(source="sirene", scenario=first, file=sirene, **asked)).tables
    ).scenario
    period = first.periods[0].model_copy(update={"wished": Week(2027, 3), "duration_weeks": 4})
    host = first.hosts[0].model_copy(update={"slots": 7, "publics": ("CAP",)})
    edited = joined(first, {"periodes": [period], "accueils": [host]}).scenario
    fewer = given(tmp_path, "uai;mef;effectif\n0540037X;2473300731;20\n", "moins.csv")
    again = imported(Request(source="divisions", scenario=edited, file=fewer))
    assert any("absentes du fichier" in n and "0540037X-2P02" in n for n in again.notes)
    edited = joined(edited, again.tables).scenario
    edited = joined(
        edited,
        imported(Request(source="sirene", scenario=edited, file=sirene, slots=1, **asked)).tables,
    ).scenario
    assert edited.periods[0] == period
    assert (edited.divisions[0].headcount, edited.divisions[0].sectors) == (
        20, ("ehpad", "hopitaux"),
    )  # fmt: skip
    assert (edited.hosts[0].slots, edited.hosts[0].publics) == (7, ("CAP",))
