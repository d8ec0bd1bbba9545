"""The guides and the README: every command runs, every generated page says what the code says."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from processes import answered, free_port

from scenarios import example, write
from scenarios.generate import academy
from scenarios.tables import scenario_tables, settings_columns
from service.cli.app import app, main
from service.exports.delivery import FORMATS
from service.guide import IMAGES, PAGES, page
from solver.rules import RULES

ROOT = Path(__file__).parent.parent
WRITTEN = [name for name in PAGES if name not in ("donnees", "regles")]
README = (ROOT / "README.md").read_text(encoding="utf-8")

Bassin = Callable[[str], str]


def blocks(text: str) -> Iterator[tuple[str, list[str]]]:
    """Kind (`""`, `lent`, …) and lines of each `sh` block."""
    for kind, body in re.findall(r"^```sh ?(\S*)\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        yield kind, [line.split("  #")[0].strip() for line in body.splitlines() if line.strip()]


@pytest.fixture
def bassin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Bassin:
    """Runs a line as it is written, in a folder of its own, but searches for a second only."""
    monkeypatch.chdir(tmp_path)

    def run(line: str) -> str:
        words = shlex.split(line.split(" > ")[0])
        assert words[0] == "bassin", line
        if words[1] in ("solve", "demo"):
            words = [*words, "--coeurs", "1"]
        if words[1] in ("solve", "demo"):
            words = [*words, "--temps", "1"]
        if words[1] in ("front", "prospecter"):
            words = [*words, "--temps", "3"]
        if words[1] in ("batch", "carte"):
            words = [*words, "--temps", "20"]
        with pytest.raises(SystemExit) as ended:
            main(words[1:])
        said = capsys.readouterr()
        assert (ended.value.code or 0) == 0, f"{line}\n{said.err}"
        return said.out

    return run


def test_every_picture_of_a_guide_is_there_light_and_told_in_words() -> None:
    shown = [found for name in WRITTEN for found in re.findall(r"!\[(.*)\]\((.+)\)", page(name))]
    assert {name for _, name in shown} == {f"images/{p.name}" for p in IMAGES.glob("*.png")}
    assert 3 < len(shown) <= 12
    for words, name in shown:
        assert len(words) > 20
        assert (IMAGES.parent / name).stat().st_size < 150_000, name


@pytest.mark.parametrize("name", [n for n in WRITTEN if n != "importer"])
def test_every_command_of_a_guide_runs_in_the_order_of_the_page(name: str, bassin: Bassin) -> None:
    ran = [line for kind, lines in blocks(page(name)) if kind == "" for line in lines]
    assert ran
    for line in ran:
        bassin(line)


@pytest.mark.slow
@pytest.mark.parametrize("name", [n for n in WRITTEN if n != "importer"])
def test_the_long_commands_of_a_guide_run_too(name: str, bassin: Bassin) -> None:
    for kind, lines in blocks(page(name)):
        for line in lines if kind in ("", "lent") else ():
            bassin(line)


def test_pupils_leave_the_school_without_names_as_the_guide_says(
    bassin: Bassin, tmp_path: Path
) -> None:
    (tmp_path / "siecle.csv").write_text(
        "INE;Nom;Division;MEF\n123456789AB;ZORGLUBOV;2A;24733007311\n", encoding="utf-8"
    )
    ((line,),) = [lines for kind, lines in blocks(page("importer")) if kind == "pseudonymes"]
    bassin(line)
    written = (tmp_path / "eleves.csv").read_text(encoding="utf-8-sig")
    assert written.startswith("pseudonyme;age;uai;division;mef")
    assert "ZORGLUBOV" not in written


def test_no_block_of_commands_escapes_the_tests() -> None:
    """`lunéville`: run by the test of the public tables; `pseudonymes`: above;
    `installation`: by CI, before this one;
    `service`: below; `requêtes`: in `test_requests_journey.py`;
    `cluster`: several workers at an address, in `test_batch.py`;
    `sauvegarde-…` and `restauration-…`: in `test_backup.py`."""
    kinds = {kind for name in WRITTEN for kind, _ in blocks(page(name))}
    kept = {f"{act}-{base}" for act in ("sauvegarde", "restauration")
            for base in ("sqlite", "postgresql")}  # fmt: skip
    assert kinds - kept == {
        "", "lent", "lunéville", "installation", "service", "requêtes", "cluster",
        "pseudonymes",
    }  # fmt: skip
    targets = set(re.findall(r"^(\w[\w-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    installing = [
        line.split()
        for text in (README, page("exploitation"))
        for kind, lines in blocks(text)
        if kind == "installation" or text is README
        for line in lines
    ]
    assert [command for command, _ in installing] == ["make"] * 4
    assert {target for _, target in installing} <= targets


def test_the_service_opens_answers_and_ends_as_the_guide_says(tmp_path: Path) -> None:
    ((line,),) = [lines for kind, lines in blocks(page("exploitation")) if kind == "service"]
    port = free_port()
    words = [*shlex.split(line)[1:-1], str(port)]
    program = "import sys; from service.cli import main; main(sys.argv[1:])"
    serving = subprocess.Popen(
        [sys.executable, "-c", program, *words],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        answer = answered(f"http://127.0.0.1:{port}/health", serving)
    finally:
        serving.terminate()
        said = serving.communicate(timeout=60)[1].decode()
    assert answer == 200, said
    assert "/invitation/" in said
    assert (tmp_path / "bassin-service" / "bassin.sqlite").is_file()


EXAMPLES = {
    command.name or command.callback.__name__: next(
        line.split("Exemple : ")[1]
        for line in (command.callback.__doc__ or "").splitlines()
        if "Exemple : " in line
    )
    for command in app.registered_commands
    if command.callback
}
QUICK = {"controle", "verify", "indicateurs", "exporter", "regles", "schema", "guide"}
ENDLESS = {"serve"}
"""Run above: it answers until it is stopped."""


@pytest.fixture
def around(tmp_path: Path, bassin: Bassin) -> None:
    """What the examples of the README speak of: `mon-bassin`, its plans, a list, an académie."""
    shutil.copytree(example("demo"), tmp_path / "mon-bassin")
    bassin("bassin solve mon-bassin --sortie plan-mon-bassin")
    for name in ("plan-a", "plan-b"):
        shutil.copytree(tmp_path / "plan-mon-bassin", tmp_path / name)
    for path, pole in academy(seed=1, bassins=2, pupils=300):
        write(pole, tmp_path / "mon-academie" / path)
    from openpyxl import Workbook

    book = Workbook()
    assert book.active is not None
    for row in (("SIRET", "Raison sociale", "Commune"), ("30100000100025", "Atelier", "Lavergne")):
        book.active.append(row)
    book.save(tmp_path / "liste.xlsx")


@pytest.mark.usefixtures("around")
def test_the_quick_examples_of_the_readme_run(bassin: Bassin) -> None:
    for verb in sorted(QUICK):
        assert EXAMPLES[verb] in README
        assert bassin(EXAMPLES[verb])


@pytest.mark.slow
@pytest.mark.usefixtures("around")
@pytest.mark.parametrize("verb", sorted(set(EXAMPLES) - QUICK - ENDLESS))
def test_every_other_example_of_the_readme_runs(verb: str, bassin: Bassin) -> None:
    assert EXAMPLES[verb] in README
    if verb == "academie":
        bassin("bassin batch mon-academie --sortie lot")
        shutil.copytree("lot", "lot-2025")
    bassin(EXAMPLES[verb])


def test_the_data_dictionary_has_every_column_and_every_key() -> None:
    text = page("donnees")
    for table in scenario_tables().values():
        assert f"`{table.name}.csv`" in text
        assert all(f"`{column.header}`" in text for column in table.columns)
    assert all(f"`{key}`" in text or f"[{key}]" in text for key in settings_columns())


def test_the_rule_book_says_every_rule_value_and_price() -> None:
    text = page("regles")
    for rule in RULES:
        assert f"### `{rule.key}`\n\n{rule.sentence}\n\nSource : {rule.source}" in text
    for section in ("regles", "bareme"):
        columns: Any = settings_columns()[section]
        assert all(f"| `{key}` |" in text for key in columns)


def test_the_coordinator_is_told_of_every_format() -> None:
    told = page("coordonnateur")
    for kind in FORMATS.values():
        first = re.split(r"[ :,]", kind.meaning)[0].rstrip("/")
        assert first.rstrip("…-").split("/")[0] in told, kind.meaning


def test_the_guide_lists_its_pages_and_refuses_others(
    bassin: Bassin, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = bassin("bassin guide")
    assert all(name in listed for name in PAGES)
    for name in PAGES:
        assert bassin(f"bassin guide {name}") == page(name)
    with pytest.raises(SystemExit) as ended:
        main(["guide", "cuisine"])
    assert ended.value.code == 2
    assert "n’est pas une page du guide" in capsys.readouterr().err


@pytest.mark.parametrize("name", WRITTEN)
def test_a_guide_speaks_to_people(name: str) -> None:
    text = page(name)
    assert text.startswith("# ")
    prose = re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)
    assert "'" not in prose, "typographic apostrophes"
    assert len(text.splitlines()) <= 200
