"""The house keeps its floors, and the README says what the code does."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import solver.domain
from service.cli.app import app
from service.cli.exits import Exit
from solver.rules import HARD_RULES, RULES
from solver.week import Week

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRACTS = {
    c["id"]: c
    for c in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "importlinter"
    ]["contracts"]
}


def section(title: str) -> str:
    return README.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


def rows(title: str) -> list[list[str]]:
    """Cells of the body rows of the section's table."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_import_goes_down_the_floors() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in done.stdout


def test_the_readme_lists_every_rule_as_the_code_says_it() -> None:
    said = [
        [f"`{r.key}`", "dure" if r in HARD_RULES else "préférence", r.sentence, r.source]
        for r in RULES
    ]
    assert rows("Les règles") == said


def test_the_readme_lists_every_verb_with_its_first_sentence_and_example() -> None:
    said = []
    for command in app.registered_commands:
        assert command.callback is not None
        lines = (command.callback.__doc__ or "").strip().splitlines()
        example = next(line.split("Exemple : ")[1] for line in lines if "Exemple : " in line)
        said.append([f"`{command.name or command.callback.__name__}`", lines[0], f"`{example}`"])
    for group in app.registered_groups:
        assert group.typer_instance is not None
        info = group.typer_instance.info
        sentence, example = str(info.help).split("\n\nExemple : ")
        said.append([f"`{info.name}`", sentence, f"`{example}`"])
    assert rows("Deux commandes") == said


def test_the_readme_draws_the_floors_that_are_enforced() -> None:
    drawn = section("Les étages").split("```")[1].strip()
    top, rest = drawn.split("\n", 1)
    assert top.split(" > ") == CONTRACTS["floors"]["layers"]
    written = " ".join(rest.split()).removeprefix("solver : ")
    assert written == " > ".join(CONTRACTS["solver-floors"]["layers"])


def test_every_room_of_the_drawing_exists() -> None:
    for room in ("prepare", "problem", "search", "bound", "verify", "indicators", "explain"):
        assert room in section("Le flux").lower()
        assert any((ROOT / "solver").glob(f"{room}*")), room


@pytest.mark.parametrize("row", rows("Glossaire"), ids=lambda row: row[0])
def test_the_glossary_names_what_the_code_names(row: list[str]) -> None:
    names = re.findall(r"`(\w+)`", row[1])
    assert names
    for name in names:
        assert hasattr(solver.domain, name)


def test_the_glossary_explains_every_table_and_answer_of_the_domain() -> None:
    explained = {n for row in rows("Glossaire") for n in re.findall(r"`(\w+)`", row[1])}
    records = {
        name
        for name, value in vars(solver.domain).items()
        if isinstance(value, type)
        and issubclass(value, solver.domain.Frozen)
        and value.__module__ == "solver.domain"
    }
    parts = {"Frozen", "Place", "Journey", "EquityStep", "SchoolYearChanges"}
    assert records - parts | {Week.__name__} == explained


def test_the_readme_tells_the_exit_codes() -> None:
    told = re.search(r"Codes de retour : (.*?)\.\n", README, re.DOTALL)
    assert told is not None
    assert [int(code) for code in re.findall(r"\b(\d+) ", told[1])] == [int(c) for c in Exit]


def test_the_readme_stays_short() -> None:
    assert len(README.splitlines()) <= 150


def test_the_lock_names_versions_and_nothing_else() -> None:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    assert lines
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line) for line in lines)
