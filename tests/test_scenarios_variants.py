"""Variants: only what differs is said, and everything said keeps its place."""

from pathlib import Path

import pytest

import scenarios
from solver.domain import Scenario
from solver.week import Week

BASE = scenarios.example("small/base")
TOML = 'titre = "t"\nbassin = "B"\nacademie = "N"\nannee = "2026-2027"\nzone = "B"\n'


def put(folder: Path, **files: str) -> Path:
    """A scenario folder; `scenario` is the TOML."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        suffix = ".toml" if name == "scenario" else ".csv"
        (folder / f"{name}{suffix}").write_text(text, encoding="utf-8")
    return folder


def small(name: str) -> Scenario:
    return scenarios.read(scenarios.example(f"small/{name}"))


def test_a_changed_row_keeps_the_columns_its_file_does_not_have(tmp_path: Path) -> None:
    base = scenarios.read(BASE)
    folder = put(
        tmp_path / "v",
        scenario=f'base = "{BASE}"\n[bareme]\nnon_place = 7\n',
        eleves="eleve;age;sexe\ne4;18;\n",
    )
    variant = scenarios.read(folder)
    changed = base.pupils[3].model_copy(update={"age": 18, "sex": None})
    assert variant.pupils == (*base.pupils[:3], changed, *base.pupils[4:])
    assert variant.prices.unplaced == 7
    assert variant.prices.saturation == base.prices.saturation
    assert variant.title == base.title


def test_rows_are_added_last_and_deleted_where_they_stand() -> None:
    base, variant = small("base"), small("quota-siren")
    assert [h.id for h in variant.hosts] == [
        *[h.id for h in base.hosts if h.id != "X-superette"],
        "55200010000016", "55200010000024", "55200010000032",
    ]  # fmt: skip
    assert {h.legal_person for h in variant.hosts} == {None, "552000100"}
    assert small("effectifs-seuls").pupils == ()
    assert len(small("effectifs-seuls").everyone) == 7


def test_an_added_row_needs_its_required_columns(tmp_path: Path) -> None:
    folder = put(tmp_path / "v", scenario=f'base = "{BASE}"', eleves="eleve;age\ne99;15\n")
    faults = scenarios.inspect(folder).faults
    assert [(f.code, f.file, f.line, f.column) for f in faults] == [
        ("valeur-absente", "eleves.csv", 2, "division"),
        ("valeur-absente", "eleves.csv", 2, "lieu"),
    ]


def test_faults_of_a_base_name_the_file_of_the_base(tmp_path: Path) -> None:
    put(tmp_path / "a", scenario=TOML, lieux="lieu;lat;lon\nx;1;1\ny;99;1\n")
    put(tmp_path / "b", scenario='base = "../a"', lieux="lieu;lon\nx;500\n")
    faults = scenarios.inspect(tmp_path / "b").faults
    assert [(f.file, f.line, f.column, f.value) for f in faults] == [
        ("../a/lieux.csv", 3, "lat", "99.0"),
        ("lieux.csv", 2, "lon", "500.0"),
    ]


def test_a_chain_of_bases_is_followed(tmp_path: Path) -> None:
    put(tmp_path / "a", scenario=f'base = "{BASE}"', eleves="eleve;age\ne1;13\n")
    put(tmp_path / "b", scenario='base = "../a"', eleves="eleve;age\ne2;13\n")
    put(tmp_path / "c", scenario='base = "../b"\ntitre = "c"', eleves="eleve;priorite\ne1;5\n")
    pupils = scenarios.read(tmp_path / "c").pupils
    assert [(p.age, p.priority) for p in pupils[:3]] == [(13, 5), (13, 1), (15, 1)]


def test_a_base_may_be_an_archive_or_a_workbook(tmp_path: Path) -> None:
    for suffix in (".zip", ".xlsx"):
        scenarios.write(scenarios.read(BASE), tmp_path / f"base{suffix}")
        put(tmp_path / "v", scenario=f'base = "../base{suffix}"', eleves="eleve;age\ne1;99\n")
        assert scenarios.read(tmp_path / "v").pupils[0].age == 99


def test_a_cycle_of_bases_is_named_once(tmp_path: Path) -> None:
    put(tmp_path / "a", scenario=TOML + 'base = "../b"')
    put(tmp_path / "b", scenario='base = "../a"')
    faults = scenarios.inspect(tmp_path / "a").faults
    assert [(f.code, f.file) for f in faults] == [("bases-en-boucle", "../b/scenario.toml")]


def test_many_bases_of_bases_end_in_a_fault_not_in_an_hour(tmp_path: Path) -> None:
    put(tmp_path / "n0", scenario=TOML)
    for i in range(1, 30):
        put(tmp_path / f"n{i}", scenario=f'bases = ["../n{i - 1}", "../n{i - 1}"]')
    codes = {f.code for f in scenarios.inspect(tmp_path / "n29").faults}
    assert codes == {"bases-trop-longues"}


def test_two_bassins_are_put_together_and_shared_rows_kept_once() -> None:
    both = small("deux-bassins")
    assert [p.id for p in both.places] == ["54329", "54039", "54076", "54395"]
    assert len(both.divisions) == len(small("base").divisions) + len(small("voisin").divisions)
    assert both.found_places == small("convention-signee").found_places


def test_bases_that_disagree_are_a_fault_unless_the_variant_decides(tmp_path: Path) -> None:
    for name, latitude in (("a", "48"), ("b", "49")):
        put(tmp_path / name, scenario=TOML, lieux=f"lieu;lat;lon\nx;{latitude};6\n")
    bases = 'bases = ["../a", "../b"]\n'
    (fault,) = scenarios.inspect(put(tmp_path / "c", scenario=bases)).faults
    assert (fault.file, fault.line, fault.column, fault.value) == (
        "../b/lieux.csv", 2, "lat", "49.0",
    )  # fmt: skip
    assert "../a/lieux.csv, ligne 2" in fault.message
    put(tmp_path / "c", lieux="lieu;lat;lon\nx;48,5;6\n")
    assert scenarios.read(tmp_path / "c").places[0].latitude == 48.5


def test_settings_of_two_bases_that_differ_must_be_settled(tmp_path: Path) -> None:
    put(tmp_path / "a", scenario=TOML)
    put(tmp_path / "b", scenario=TOML.replace('"B"\na', '"C"\na') + "[bareme]\ninternat = 3\n")
    put(tmp_path / "c", scenario='bases = ["../a", "../b"]\n[bareme]\ninternat = 9\n')
    (fault,) = scenarios.inspect(tmp_path / "c").faults
    assert (fault.code, fault.column, fault.file) == (
        "bases-en-conflit", "bassin", "../b/scenario.toml",
    )  # fmt: skip


def test_supprimer_is_known_in_variants_only(tmp_path: Path) -> None:
    folder = put(tmp_path / "a", scenario=TOML, lieux="lieu;lat;lon;supprimer\nx;1;1;oui\n")
    assert [f.column for f in scenarios.inspect(folder).faults] == ["supprimer"]


def test_a_reference_plan_comes_with_the_scenario() -> None:
    reference = small("reference").reference
    assert reference is not None
    assert reference.start_of["CAP1-1"] == Week(2026, 47)
    assert reference.placement_of["e4", "CAP1-1"].host == "X-superette"


def test_a_reference_that_names_what_is_gone_is_a_warning(tmp_path: Path) -> None:
    folder = put(
        tmp_path / "v",
        scenario=f'base = "{scenarios.example("small/reference")}"',
        accueils="accueil;supprimer\nX-mairie;oui\n",
    )
    reading = scenarios.inspect(folder)
    assert reading.faults == ()
    assert [(w.code, w.value) for w in reading.warnings] == [("reference-perimee", "X-mairie")]


def test_paths_can_be_kept_inside_a_folder(tmp_path: Path) -> None:
    put(tmp_path / "dehors", scenario=TOML)
    folder = put(tmp_path / "dedans" / "v", scenario='base = "../../dehors"')
    assert scenarios.inspect(folder).faults == ()
    faults = scenarios.inspect(folder, within=tmp_path / "dedans").faults
    assert [f.code for f in faults] == ["chemin-refuse"]


@pytest.mark.parametrize("key", ["base = 3", 'bases = "x"', 'base = ""', "reference = []"])
def test_a_path_that_is_none_is_a_fault(tmp_path: Path, key: str) -> None:
    folder = put(tmp_path / "v", scenario=TOML + key)
    (fault,) = scenarios.inspect(folder).faults
    assert (fault.line, fault.column) == (6, key.split()[0])
