"""What is installed is what is here: templates, guides, examples, migrations and pages included."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("solver", "service", "scenarios")
NEEDED = (
    "service/exports/templates/calendrier.typ", "service/exports/templates/lettres.typ",
    "service/exports/templates/rapport.typ", "service/guide/importer.md",
    "service/api/openapi.json", "service/pages/static/pages.css",
    "service/migrations/versions/0001_first_tables.py", "service/deployment/compose.yaml",
    "scenarios/examples/demo/scenario.toml", "scenarios/examples/demo/eleves.csv",
)  # fmt: skip


def run(*words: str | Path, cwd: Path = ROOT) -> str:
    """What a command says; its failure fails the test."""
    plain = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(words, cwd=cwd, env=plain, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by hatchling as pip builds it."""
    out = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", out, ROOT)
    (built,) = out.glob("*.whl")
    return built


def test_the_wheel_holds_every_file_of_the_packages_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        held = {name for name in packed.namelist() if ".dist-info/" not in name}
    here = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert held == here
    assert set(NEEDED) <= held


@pytest.mark.slow
def test_the_wheel_installs_in_a_new_environment_and_works_there(
    wheel: Path, tmp_path: Path
) -> None:
    run(sys.executable, "-m", "venv", tmp_path / "venv")
    python = tmp_path / "venv" / "bin" / "python"
    bassin = python.with_name("bassin")
    pip = (python, "-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check")
    run(*pip, "-c", ROOT / "requirements.lock", f"{wheel}[service]")
    assert "démonstration" in run(bassin, "demo", "--help", cwd=tmp_path)
    assert "Coordonnateur" in run(bassin, "guide", cwd=tmp_path)
    where = "import solver, service, scenarios; print(solver.__file__)"
    assert str(tmp_path) in run(python, "-c", where, cwd=tmp_path)
    made = (
        "from scenarios import example, read; from scenarios.plans import PlanFolder\n"
        "from service.exports.delivery import export; from solver.domain import Plan\n"
        "files = export(read(example('demo')), PlanFolder(Plan(departures=(), placements=())),"
        " ['pdf', 'rapport'])\n"
        "assert all(f.startswith(b'%PDF') for f in files.values())\n"
        "from pathlib import Path; from service.house import House\n"
        "from service.settings import Settings\n"
        "house = House(Settings(home=Path('.'), _env_file=None)); house.database.migrate()\n"
        "import service.pages; assert (Path(service.pages.__file__).parent / 'static').is_dir()"
    )
    run(python, "-c", made, cwd=tmp_path)
