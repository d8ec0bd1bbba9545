"""The command `bassin`: what people read, what programs read, and how it ends."""

import csv
import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

import solver.search
from scenarios import example
from service.cli.app import app, main
from service.cli.output import THIN_SPACE, number, percent
from service.progress import Monitor, interruptible
from solver.domain import Result, Scenario
from solver.errors import PlanRefused
from solver.model import build
from solver.prepare import decode, prepare
from solver.verify import verify

VERBS = [c.name or c.callback.__name__ for c in app.registered_commands if c.callback]
Ended = SimpleNamespace


@pytest.fixture
def bassin(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """Run the command; gives its exit code and what it wrote."""

    def run(*arguments: str | Path) -> Ended:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(a) for a in arguments])
        said = capsys.readouterr()
        assert "Traceback" not in said.err + said.out
        return Ended(code=ended.value.code or 0, out=said.out, err=said.err)

    return run


Engine = Callable[..., Result]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Callable[[Engine], None]:
    """Puts another engine in place of the search."""
    import service.cli.solve

    def replace(stand_in: Engine) -> None:
        monkeypatch.setattr(service.cli.solve, "solve", stand_in)

    return replace


def exactly(scenario: Scenario, **options: Any) -> Result:
    """The whole model, solved to the end: an engine for small scenarios."""
    problem = prepare(scenario)
    answer = build(problem).solve(seconds=30)
    if answer.solution is None:
        return Result(status=answer.status)
    plan = decode(scenario, problem, answer.solution)
    report = verify(scenario, plan)
    return Result(
        status=answer.status, plan=plan, report=report, bound=answer.bound, seed=options["seed"]
    )


@pytest.fixture
def planned(bassin: Callable[..., Ended], engine: Callable[[Engine], None], tmp_path: Path) -> Path:
    """The plan folder of `small/base`."""
    engine(exactly)
    assert bassin("solve", example("small/base"), "--sortie", tmp_path / "plan").code == 0
    return tmp_path / "plan"


# --- help and usage ------------------------------------------------------------------------------


def test_help_lists_every_verb_in_french(bassin: Callable[..., Ended]) -> None:
    page = bassin("--help")
    assert page.code == 0
    assert all(verb in page.out for verb in VERBS)
    assert "Codes de retour" in page.out


@pytest.mark.parametrize("verb", ["", *VERBS])
def test_no_help_page_speaks_english(bassin: Callable[..., Ended], verb: str) -> None:
    page = bassin(*([verb] if verb else []), "--help").out
    for english in ("Usage:", "Options:", "Commands:", "Show this", "default:", "required", "<"):
        assert english not in page


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_shows_an_example_that_it_understands(
    bassin: Callable[..., Ended], verb: str
) -> None:
    page = bassin(verb, "--help").out
    example_line = next(line for line in page.splitlines() if "Exemple : " in line)
    words = example_line.split("Exemple : ")[1].split(" > ")[0].split()
    assert words[:2] == ["bassin", verb]
    assert all(word in page for word in words if word.startswith("--"))


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys; from service.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy','pandas','numba','ortools','matplotlib','holidays','pydantic','scipy'}\n"
        "sys.exit(len(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["solv"], "Verbe inconnu : « solv ». Vouliez-vous dire 'solve' ?"),
        (["solve"], "Il manque l’argument 'SCENARIO'."),
        (["solve", "x", "--durée", "3"], "Option inconnue : --durée."),
        (["solve", "x", "--temps", "vite"], "Valeur refusée pour '--temps' : un nombre est"),
        (["solve", "x", "--graine", "-1"], "Valeur refusée pour '--graine'"),
        (["verify", "nulle-part", "plan"], "nulle-part — scénario introuvable"),
        (["controle", "nulle-part"], ""),
    ],
)
def test_a_wrong_command_is_refused_in_french(
    bassin: Callable[..., Ended], arguments: list[str], sentence: str
) -> None:
    ended = bassin(*arguments)
    assert ended.code == 2
    assert sentence in " ".join(ended.err.split())


# --- scenarios -----------------------------------------------------------------------------------


def test_controle_tells_the_thirty_faults_of_a_scenario(bassin: Callable[..., Ended]) -> None:
    ended = bassin("controle", example("broken/trente-fautes"))
    assert ended.code == 1
    assert "30 fautes : rien n’a été planifié." in ended.out
    as_json = json.loads(bassin("controle", example("broken/trente-fautes"), "--json").out)
    assert as_json["valide"] is False
    assert len(as_json["fautes"]) == 30
    assert all({"fichier", "message"} <= fault.keys() for fault in as_json["fautes"])


def test_controle_accepts_a_sound_scenario_and_counts_it(bassin: Callable[..., Ended]) -> None:
    as_json = json.loads(bassin("controle", example("small/base"), "--json").out)
    assert (as_json["valide"], as_json["eleves"], as_json["demandes"]) == (True, 7, 11)
    ended = bassin("controle", example("small/base"))
    assert ended.code == 0
    assert "7 élèves" in " ".join(ended.out.split())


def test_generate_gives_the_same_bytes_for_the_same_seed(
    bassin: Callable[..., Ended], tmp_path: Path
) -> None:
    for name in ("a", "b"):
        made = bassin("generate", tmp_path / name, "--eleves", "120", "--graine", "3", "--json")
        assert made.code == 0
        assert json.loads(made.out)["eleves"] > 0
    files = sorted(p.name for p in (tmp_path / "a").iterdir())
    assert files == sorted(p.name for p in (tmp_path / "b").iterdir())
    assert all(
        (tmp_path / "a" / f).read_bytes() == (tmp_path / "b" / f).read_bytes() for f in files
    )
    assert bassin("controle", tmp_path / "a").code == 0


def test_generate_does_not_overwrite_what_is_not_a_scenario(
    bassin: Callable[..., Ended], tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_text("à garder")
    ended = bassin("generate", tmp_path, "--eleves", "50")
    assert ended.code == 2
    assert "choisir un autre nom" in ended.err
    assert [p.name for p in tmp_path.iterdir()] == ["notes.txt"]


# --- plans ---------------------------------------------------------------------------------------


def test_solve_writes_a_plan_and_says_how_far_it_is_from_the_best(
    bassin: Callable[..., Ended], engine: Callable[[Engine], None], tmp_path: Path
) -> None:
    engine(exactly)
    ended = bassin("solve", example("small/travaux-reglementes"), "--sortie", tmp_path / "plan")
    assert ended.code == 0
    assert "On ne peut pas faire mieux que" in ended.out
    assert "– semaines saturées" in ended.out
    summary = json.loads((tmp_path / "plan" / "bilan.json").read_text())
    assert summary["statut"] == "optimal"
    assert summary["borne"] == summary["cout"]
    assert summary["indicateurs"]["demandes"] == 11
    with (tmp_path / "plan" / "non_places.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert len(rows) == summary["indicateurs"]["sans_place"] > 0
    assert all(row["motif"] != "inexplique" and row["detail"] for row in rows)


def test_solve_says_where_the_gap_comes_from(
    bassin: Callable[..., Ended], engine: Callable[[Engine], None], tmp_path: Path
) -> None:
    def not_quite(scenario: Scenario, **options: Any) -> Result:
        best = exactly(scenario, **options)
        assert best.report is not None
        causes = {"départs de 3e": 7, "semaines saturées": 3}
        told = {"status": "feasible", "bound": best.report.cost - 10, "causes": causes}
        return best.model_copy(update=told)

    engine(not_quite)
    ended = bassin("solve", example("small/base"), "--sortie", tmp_path / "plan")
    said = ended.out.replace(THIN_SPACE, " ")
    assert "D’où vient cet écart : départs de 3e 70 %, semaines saturées 30 %." in said
    summary = json.loads((tmp_path / "plan" / "bilan.json").read_text())
    assert summary["causes"] == {"départs de 3e": 7, "semaines saturées": 3}


def test_solve_answers_programs_in_json(
    bassin: Callable[..., Ended], engine: Callable[[Engine], None], tmp_path: Path
) -> None:
    engine(exactly)
    ended = bassin("solve", example("small/base"), "--sortie", tmp_path / "plan", "--json")
    answer = json.loads(ended.out)
    assert answer["statut"] == "optimal"
    assert sum(answer["couts"].values()) == answer["cout"]


def test_a_plan_that_was_solved_is_verified_to_the_point(
    bassin: Callable[..., Ended], planned: Path
) -> None:
    ended = bassin("verify", example("small/base"), planned, "--json")
    answer = json.loads(ended.out)
    assert (ended.code, answer["infractions"]) == (0, [])
    assert answer["cout"] == answer["cout_annonce"]
    assert "Aucune règle enfreinte" in bassin("verify", example("small/base"), planned).out


def test_a_plan_edited_against_the_rules_is_refused(
    bassin: Callable[..., Ended], planned: Path
) -> None:
    calendar = planned / "calendrier.csv"
    lines = calendar.read_text(encoding="utf-8").splitlines()
    column = lines[0].split(";").index("debut")
    cells = lines[1].split(";")
    cells[column] = "2027-W23"
    calendar.write_text("\n".join([lines[0], ";".join(cells), *lines[2:]]), encoding="utf-8")
    ended = bassin("verify", example("small/base"), planned)
    assert ended.code == 1
    assert "fenetre" in ended.out


def test_a_summary_that_tells_another_cost_is_refused(
    bassin: Callable[..., Ended], planned: Path
) -> None:
    summary = json.loads((planned / "bilan.json").read_text(encoding="utf-8"))
    summary["cout"] += 1
    (planned / "bilan.json").write_text(json.dumps(summary), encoding="utf-8")
    ended = bassin("verify", example("small/base"), planned)
    assert ended.code == 1
    assert "ne correspond pas" in ended.out


def test_indicators_are_told_in_tables_and_in_json(
    bassin: Callable[..., Ended], planned: Path
) -> None:
    tables = bassin("indicateurs", example("small/base"), planned)
    assert tables.code == 0
    assert "indicateur national" in tables.out
    figures = json.loads(bassin("indicateurs", example("small/base"), planned, "--json").out)
    told = json.loads((planned / "bilan.json").read_text(encoding="utf-8"))["indicateurs"]
    assert figures == told


def test_solve_draws_the_figures_beside_the_plan(
    bassin: Callable[..., Ended], engine: Callable[[Engine], None], tmp_path: Path
) -> None:
    engine(exactly)
    plan = tmp_path / "plan"
    assert bassin("solve", example("small/base"), "--sortie", plan, "--figures").code == 0
    assert {p.suffix for p in (plan / "figures").iterdir()} == {".png", ".svg"}
    assert bassin("verify", example("small/base"), plan).code == 0


# --- ways of ending ------------------------------------------------------------------------------


def test_an_impossible_scenario_is_explained(
    bassin: Callable[..., Ended], engine: Callable[[Engine], None], tmp_path: Path
) -> None:
    engine(exactly)
    impossible = tmp_path / "impossible"
    impossible.mkdir()
    (impossible / "scenario.toml").write_text(f'base = "{example("small/base")}"\n')
    (impossible / "blocages.csv").write_text(
        "cible;debut;fin\n3A;2026-W46;2027-W21\n", encoding="utf-8"
    )
    ended = bassin("solve", impossible, "--sortie", tmp_path / "plan")
    assert ended.code == 3
    assert "blocages.csv, 3A, 2026-W46 à 2027-W21" in " ".join(ended.out.split())
    assert "Pour en sortir" in ended.out
    assert not (tmp_path / "plan").exists()
    answer = json.loads(bassin("solve", impossible, "--sortie", tmp_path / "plan", "--json").out)
    assert answer["conflits"][0]["pour_en_sortir"] == (
        "Permettre à 3A-1 de finir en 2027-W22 (fin_max)."
    )


def test_no_plan_in_time_has_its_own_ending(
    bassin: Callable[..., Ended], engine: Callable[[Engine], None], tmp_path: Path
) -> None:
    engine(lambda scenario, **_: Result(status="out_of_time"))
    ended = bassin("solve", example("small/base"), "--sortie", tmp_path / "plan")
    assert ended.code == 5


def test_ctrl_c_keeps_the_best_plan(
    bassin: Callable[..., Ended], engine: Callable[[Engine], None], tmp_path: Path
) -> None:
    def interrupted(scenario: Scenario, **options: Any) -> Result:
        assert not options["stop"]()
        signal.raise_signal(signal.SIGINT)
        assert options["stop"]()
        return exactly(scenario, **options)

    engine(interrupted)
    ended = bassin("solve", example("small/base"), "--sortie", tmp_path / "plan")
    assert ended.code == 0
    assert "le meilleur plan trouvé est gardé" in ended.out
    assert bassin("verify", example("small/base"), tmp_path / "plan").code == 0


def test_ctrl_c_before_any_plan_ends_with_130(
    bassin: Callable[..., Ended], engine: Callable[[Engine], None], tmp_path: Path
) -> None:
    def interrupted(scenario: Scenario, **options: Any) -> Result:
        signal.raise_signal(signal.SIGINT)
        return Result(status="out_of_time")

    def impatient(scenario: Scenario, **options: Any) -> Result:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        raise AssertionError("the second Ctrl-C interrupts")

    for stand_in in (interrupted, impatient):
        engine(stand_in)
        ended = bassin("solve", example("small/base"), "--sortie", tmp_path / "plan")
        assert ended.code == 130
        assert not (tmp_path / "plan").exists()


def test_handlers_of_signals_are_given_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    with interruptible():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_a_forked_process_ends_when_terminated_and_leaves_ctrl_c_to_its_parent() -> None:
    with interruptible() as stop:
        child = get_context("fork").Process(target=time.sleep, args=(60,), daemon=True)
        child.start()
        assert child.pid is not None
        os.kill(child.pid, signal.SIGINT)
        child.join(0.3)
        assert child.is_alive()
        child.terminate()
        child.join(20)
        assert child.exitcode is not None
        assert not stop.asked


def test_a_defect_of_the_engine_is_told_without_a_trace(
    bassin: Callable[..., Ended], engine: Callable[[Engine], None], tmp_path: Path
) -> None:
    def defective(scenario: Scenario, **_: Any) -> Result:
        raise PlanRefused(["capacite"])

    def broken(scenario: Scenario, **_: Any) -> Result:
        raise ZeroDivisionError("oups")

    for stand_in, sentence in ((defective, "Défaut du moteur"), (broken, "Défaut du programme")):
        engine(stand_in)
        ended = bassin("solve", example("small/base"), "--sortie", tmp_path / "plan")
        assert ended.code == 4
        assert sentence in ended.err


def test_a_full_disk_leaves_nothing_behind(
    bassin: Callable[..., Ended],
    engine: Callable[[Engine], None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    import scenarios.folders

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    engine(exactly)
    monkeypatch.setattr(scenarios.folders, "_flushed", full)
    ended = bassin("solve", example("small/base"), "--sortie", tmp_path / "plan")
    assert ended.code == 6
    assert "le disque est plein" in ended.err
    assert list(tmp_path.iterdir()) == []


def test_a_destination_that_is_no_plan_is_refused_before_the_search(
    bassin: Callable[..., Ended], engine: Callable[[Engine], None], tmp_path: Path
) -> None:
    def never(scenario: Scenario, **_: Any) -> Result:
        raise AssertionError("the search must not begin")

    engine(never)
    (tmp_path / "notes.txt").write_text("à garder")
    for destination in (tmp_path, tmp_path / "notes.txt"):
        ended = bassin("solve", example("small/base"), "--sortie", destination)
        assert ended.code == 2
        assert "choisir un autre nom" in ended.err


def test_maps_are_not_planned_for_a_destination_that_cannot_be_written(
    bassin: Callable[..., Ended], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: Any) -> None:
        raise AssertionError("no bassin must be read")

    monkeypatch.setattr("service.cli.carte.academy", never)
    (tmp_path / "notes.txt").write_text("à garder")
    ended = bassin("carte", example("small/base"), "--sortie", tmp_path / "notes.txt")
    assert ended.code == 2
    assert "choisir un autre nom" in ended.err


# --- reference and appearance --------------------------------------------------------------------


def test_the_rules_are_listed_with_sentence_and_source(bassin: Callable[..., Ended]) -> None:
    listed = json.loads(bassin("regles", "--json").out)
    assert {"fenetre", "capacite", "non_place"} <= {rule["cle"] for rule in listed}
    assert all(rule["regle"] and rule["source"] for rule in listed)
    assert "absences-simultanees" in bassin("regles").out


def test_the_schema_is_json_and_the_tables_are_markdown(bassin: Callable[..., Ended]) -> None:
    assert "eleves" in json.loads(bassin("schema").out)["properties"]
    assert bassin("schema", "--tables").out.startswith("# Les tables d'un scénario")


def test_numbers_are_written_as_french_readers_expect() -> None:
    assert number(1234567) == "1\u202f234\u202f567"
    assert number(12.345, 1) == "12,3"
    assert number(None) == "–"
    assert percent(0.125) == "12,5\u202f%"


def test_progress_tells_time_cost_unplaced_bound_and_gap(
    capsys: pytest.CaptureFixture[str],
) -> None:
    seen = SimpleNamespace(seconds=12.0, cost=2000, unplaced=3, bound=1500, phase="recherche")
    with Monitor(60, Console(stderr=True, width=200)) as monitor:
        monitor(seen)
        monitor(SimpleNamespace(**{**vars(seen), "seconds": 13.0}))
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "12 s sur 60 · recherche · coût 2\u202f000 · sans place 3 · borne 1\u202f500 · "
        "écart 25,0\u202f%"
    ]


def test_the_engine_that_the_command_calls_is_the_search() -> None:
    import service.cli.solve

    assert service.cli.solve.solve is solver.search.solve
