"""The systemd unit and the compose file say what the program does: checked without Docker.

What no test here can show: that the image builds, that the containers find each other.
"""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from processes import answered, free_port
from test_guide import ROOT
from town import BACKENDS, database_url

from service.settings import Settings

PLACE = ROOT / "service" / "deployment"
PROGRAM = Path(sys.executable).parent / "bassin"
COMPOSE: dict[str, Any] = yaml.safe_load((PLACE / "compose.yaml").read_text(encoding="utf-8"))
OWN, BASE = COMPOSE["services"]["bassin"], COMPOSE["services"]["base"]
IMAGE = [
    line.split(" ", 1)
    for line in (PLACE / "Dockerfile").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
GIVEN = {"BASSIN_MOT_DE_PASSE": "secret", "BASSIN_PUBLIC_URL": "https://bassin.example"}


def filled(value: str) -> str:
    """A value of the compose file with what it asks of the environment; nothing else is asked."""
    return re.sub(r"\$\{(\w+):\?\}", lambda asked: GIVEN[asked[1]], value)


def unit() -> ConfigParser:
    found = ConfigParser(strict=False)
    found.optionxform = str  # type: ignore[assignment,method-assign]
    found.read(PLACE / "bassin.service", encoding="utf-8")
    return found


def opened_and_ended(command: list[str], where: Path, environment: dict[str, str]) -> str:
    """What a service said that was started so, answered, and was told to end: in good order."""
    port = free_port()
    serving = subprocess.Popen(
        command,
        cwd=where,
        env={"PATH": os.environ["PATH"], "BASSIN_PORT": str(port), **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        for page in ("health", "ready"):
            assert answered(f"http://127.0.0.1:{port}/{page}", serving) == 200
    finally:
        serving.terminate()
        said = serving.communicate(timeout=60)[1].decode()
    assert "Application shutdown complete" in said
    assert serving.returncode == -signal.SIGTERM, said
    return said


def test_systemd_reads_the_unit_without_a_word(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd absent : apt-get install systemd")
    text = (PLACE / "bassin.service").read_text(encoding="utf-8")
    copy = tmp_path / "bassin.service"
    copy.write_text(re.sub(r"(?<=ExecStart=)\S+", str(PROGRAM), text), encoding="utf-8")
    said = subprocess.run([analyze, "verify", copy], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stderr.strip()) == (0, "")


def test_the_unit_opens_and_ends_the_service(tmp_path: Path) -> None:
    service = unit()["Service"]
    program, *words = shlex.split(service["ExecStart"])
    assert (Path(program).name, service["KillSignal"]) == ("bassin", "SIGTERM")
    assert service["WorkingDirectory"] == service["ReadWritePaths"]
    said = opened_and_ended([str(PROGRAM), *words], tmp_path, {"PYTHONPATH": str(ROOT)})
    assert "/invitation/" in said
    assert (tmp_path / Settings(_env_file=None).home / "bassin.sqlite").is_file()


@pytest.mark.parametrize("backend", BACKENDS[1:])
def test_the_compose_file_opens_and_ends_the_service(backend: str, tmp_path: Path) -> None:
    environment = {name: filled(value) for name, value in OWN["environment"].items()}
    assert {name.removeprefix("BASSIN_").lower() for name in environment} <= set(
        Settings.model_fields
    )
    database = database_url(backend, tmp_path)
    assert database.split(":")[0] == environment["BASSIN_DATABASE"].split(":")[0]
    program, *words = next(yaml.safe_load(rest) for word, rest in IMAGE if word == "CMD")
    assert program == "bassin"
    said = opened_and_ended(
        [str(PROGRAM), *words], tmp_path,
        {**environment, "BASSIN_DATABASE": database, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert f"{GIVEN['BASSIN_PUBLIC_URL']}/invitation/" in said


def test_the_parts_of_the_compose_file_fit_each_other() -> None:
    user, name, secret = (filled(BASE["environment"][f"POSTGRES_{k}"]) for k in (
        "USER", "DB", "PASSWORD"))  # fmt: skip
    address = filled(OWN["environment"]["BASSIN_DATABASE"])
    assert address == f"postgresql+psycopg://{user}:{secret}@base/{name}"
    assert OWN["depends_on"] == {"base": {"condition": "service_healthy"}}
    assert f"-U {user}" in BASE["healthcheck"]["test"][1]
    kept = {v.split(":")[0] for s in (OWN, BASE) for v in s["volumes"]}
    assert kept == set(COMPOSE["volumes"])
    home = [rest for word, rest in IMAGE if word == "WORKDIR"][-1]
    mounted = OWN["volumes"][0].split(":")[1]
    assert Path(mounted) == Path(home) / Settings(_env_file=None).home
    exposed = next(rest for word, rest in IMAGE if word == "EXPOSE")
    assert OWN["ports"] == [f"127.0.0.1:8000:{exposed}"]
    assert int(exposed) == Settings(_env_file=None).port


def test_the_image_is_made_of_what_is_there() -> None:
    context = (PLACE / OWN["build"]["context"]).resolve()
    assert context == ROOT
    assert (context / OWN["build"]["dockerfile"]).is_file()
    copied = [name for word, rest in IMAGE if word == "COPY" for name in rest.split()[:-1]]
    assert all((ROOT / name).exists() for name in copied)
    packages = {path.name for path in ROOT.iterdir() if (path / "__init__.py").is_file()}
    assert packages <= set(copied)
