"""Plan folders: exactly the files and columns of the contract, and back again."""

import json
from pathlib import Path

import pytest

import scenarios
from solver.domain import Departure, Placement, Plan, Report, Result, Unplaced
from solver.errors import InvalidPlan
from solver.week import Week

SCENARIO = scenarios.read(scenarios.example("small/internat-mixte"))
PLAN = Plan(
    departures=(
        Departure(period="3A-1", start=Week(2027, 4)),
        Departure(period="CAP1-1", start=Week(2026, 48)),
        Departure(period="CAP1-2", start=Week(2027, 20)),
    ),
    placements=(
        Placement(pupil="e1", period="3A-1", host="X-mairie"),
        Placement(pupil="e7", period="CAP1-1", host="X-superette", lodging="INT-1"),
    ),
)
RESULT = Result(
    status="feasible",
    plan=PLAN,
    report=Report(violations=(), costs={"non_place": 9000, "trajet": 20}),
    bound=8000,
    seed=3,
    seconds=1.5,
    versions={"ortools": "9.15"},
)


def written(tmp_path: Path) -> Path:
    folder = tmp_path / "plan"
    reason = Unplaced(pupil="e2", period="3A-1", reason="complet", detail="Plus de place.")
    scenarios.write_plan(folder, SCENARIO, RESULT, unplaced=[reason], indicators={"taux": 0.2})
    return folder


def test_a_plan_folder_has_the_files_and_columns_of_the_contract(tmp_path: Path) -> None:
    folder = written(tmp_path)
    assert sorted(p.name for p in folder.iterdir()) == [
        "affectations.csv", "bilan.json", "calendrier.csv", "non_places.csv",
    ]  # fmt: skip
    lines = {p.stem: p.read_text(encoding="utf-8").splitlines() for p in folder.iterdir()}
    assert lines["calendrier"][:3] == [
        "periode;division;uai;debut;fin;semaines",
        "3A-1;3A;0540001H;2027-W04;2027-W04;2027-W04",
        "CAP1-1;CAP1;0540037X;2026-W48;2026-W50;2026-W48 2026-W49 2026-W50",
    ]
    assert lines["affectations"] == [
        "eleve;periode;accueil;internat;minutes",
        "e1;3A-1;X-mairie;;19",
        "e7;CAP1-1;X-superette;INT-1;7",
    ]
    assert lines["non_places"][:3] == [
        "eleve;periode;motif;detail",
        "e2;3A-1;complet;Plus de place.",
        "e3;3A-1;inexplique;",
    ]
    assert len(lines["non_places"]) - 1 + len(PLAN.placements) == len(SCENARIO.demands())


def test_the_summary_says_cost_bound_gap_seed_and_digest(tmp_path: Path) -> None:
    summary = json.loads((written(tmp_path) / "bilan.json").read_text(encoding="utf-8"))
    assert summary["statut"] == "feasible"
    assert (summary["cout"], summary["borne"], summary["ecart"]) == (9020, 8000, 1020 / 9020)
    assert summary["couts"] == {"non_place": 9000, "trajet": 20}
    assert (summary["graine"], summary["secondes"]) == (3, 1.5)
    assert summary["versions"] == {"ortools": "9.15"}
    assert summary["empreinte"] == scenarios.digest(SCENARIO)
    assert summary["indicateurs"] == {"taux": 0.2}


def test_a_plan_comes_back_as_it_was(tmp_path: Path) -> None:
    folder = written(tmp_path)
    assert scenarios.read_plan(folder) == PLAN
    read = scenarios.read_plan_folder(folder, SCENARIO)
    assert (read.plan, read.warnings) == (PLAN, ())
    assert len(read.unplaced) == len(SCENARIO.demands()) - 2
    assert read.digest == scenarios.digest(SCENARIO)


def test_the_same_plan_is_written_the_same_to_the_byte(tmp_path: Path) -> None:
    first = {p.name: p.read_bytes() for p in written(tmp_path).iterdir()}
    assert {p.name: p.read_bytes() for p in written(tmp_path).iterdir()} == first


def test_another_state_of_the_scenario_is_a_warning_the_caller_may_act_on(tmp_path: Path) -> None:
    older = SCENARIO.pupils[0].model_copy(update={"age": 20})
    other = SCENARIO.model_copy(update={"pupils": (older, *SCENARIO.pupils[1:])})
    read = scenarios.read_plan_folder(written(tmp_path), other)
    assert [warning.code for warning in read.warnings] == ["autre-scenario"]


def test_all_faults_of_a_plan_come_at_once_with_file_and_line(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / "calendrier.csv").write_text(
        "periode;début\n3A-1;semaine 60\nCAP9;2027-W04\nCAP1-1;2026-W48\nCAP1-1;2026-W49\n",
        encoding="utf-8",
    )
    (folder / "affectations.csv").write_text(
        "eleve;periode;accueil;minute\ne1;3A-1;X-mairi;3\n;3A-1;X-mairie;\n", encoding="utf-8"
    )
    (folder / "bilan.json").write_text("{", encoding="utf-8")
    with pytest.raises(InvalidPlan) as caught:
        scenarios.read_plan(folder, SCENARIO)
    assert {(f.code, f.file, f.line, f.column, f.value) for f in caught.value.faults} == {
        ("json-illisible", "bilan.json", 1, None, None),
        ("valeur-illisible", "calendrier.csv", 2, "debut", "semaine 60"),
        ("reference-inconnue", "calendrier.csv", 3, "periode", "CAP9"),
        ("doublon", "calendrier.csv", 5, "periode", "CAP1-1"),
        ("colonne-inconnue", "affectations.csv", 1, "minute", "minute"),
        ("reference-inconnue", "affectations.csv", 2, "accueil", "X-mairi"),
        ("valeur-absente", "affectations.csv", 3, "eleve", "(vide)"),
    }


@pytest.mark.parametrize("missing", ["calendrier.csv", "affectations.csv"])
def test_a_folder_without_its_tables_is_no_plan(tmp_path: Path, missing: str) -> None:
    folder = written(tmp_path)
    (folder / missing).unlink()
    with pytest.raises(InvalidPlan) as caught:
        scenarios.read_plan(folder)
    assert [f.code for f in caught.value.faults] == ["table-absente"]


def test_a_scenario_folder_is_no_plan_and_a_missing_folder_neither(tmp_path: Path) -> None:
    for path in (scenarios.example("small/base"), tmp_path / "rien"):
        with pytest.raises(InvalidPlan):
            scenarios.read_plan(path)


def test_figures_beside_the_plan_survive_a_second_writing(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / "figures").mkdir()
    (folder / "figures" / "calendrier.png").write_bytes(b"png")
    written(tmp_path)
    assert (folder / "figures" / "calendrier.png").read_bytes() == b"png"


def test_there_is_nothing_to_write_without_a_plan(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no plan"):
        scenarios.write_plan(tmp_path / "p", SCENARIO, Result(status="infeasible"))
    assert list(tmp_path.iterdir()) == []
