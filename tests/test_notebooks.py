"""The notebooks run, show tables and pictures, and are kept without outputs."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

FOLDER = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def cells(path: Path, kind: str) -> list[str]:
    content = json.loads(path.read_text(encoding="utf-8"))
    return ["".join(c["source"]) for c in content["cells"] if c["cell_type"] == kind]


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the notebooks once they have run."""
    out = tmp_path_factory.mktemp("executed")
    runner = Path(__file__).parent / "run_notebooks.py"
    done = subprocess.run(
        [sys.executable, runner, out, *NOTEBOOKS],
        cwd=FOLDER.parent,
        env={**os.environ, "PYTHONPATH": str(FOLDER.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return out


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_runs_and_shows_a_table_and_a_picture(path: Path, executed: Path) -> None:
    notebook = nbformat.read(executed / path.name, as_version=4)
    outputs = [o for cell in notebook.cells for o in cell.get("outputs", ())]
    assert not [o.evalue for o in outputs if o.output_type == "error"]
    assert not [o.text for o in outputs if o.get("name") == "stderr"]
    shown = {kind for output in outputs for kind in output.get("data", {})}
    assert {"text/html", "image/png"} <= shown


def test_there_is_a_notebook_for_each_question() -> None:
    names = [path.stem for path in NOTEBOOKS]
    assert [name[0] for name in names] == [str(i) for i in range(1, 8)]
    for path in NOTEBOOKS:
        title = cells(path, "markdown")[0].splitlines()[0]
        assert re.fullmatch(r"# .+ \?", title), path.name


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_is_kept_without_outputs(path: Path) -> None:
    content = nbformat.read(path, as_version=4)
    nbformat.validate(content)
    for cell in content.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_uses_public_names_only(path: Path) -> None:
    code = "\n".join(cells(path, "code")).replace("%matplotlib inline", "")
    names = [
        name
        for node in ast.walk(ast.parse(code))
        for name in (
            [*(alias.name for alias in node.names), node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [node.attr]
            if isinstance(node, ast.Attribute)
            else []
        )
    ]
    assert names
    assert not [n for n in names if any(part.startswith("_") for part in n.split("."))]
