"""The requests of the operations guide, by `curl`, from an empty folder to a published calendar."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from processes import answered, free_port
from test_guide import ROOT, blocks
from town import packed

from scenarios import example, inspect
from service.guide import page

SHARED = ROOT.parent / "shared" / "scenarios" / "luneville-2026"
BASSIN = SHARED if SHARED.is_dir() else example("demo")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[dict[str, str]]:
    """`bassin serve` in an empty folder: its address, and the code of its first link."""
    port = free_port()
    address, log = f"http://127.0.0.1:{port}", tmp_path / "journal"
    with log.open("wb") as said:
        serving = subprocess.Popen(
            [Path(sys.executable).parent / "bassin", "serve", "--port", str(port)],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
    try:
        assert answered(f"{address}/ready", serving) == 200
        found = re.search(r"/invitation/([\w-]+)", log.read_text(encoding="utf-8"))
        assert found is not None
        yield {"SERVICE": address, "CODE": found[1], "PATH": os.environ["PATH"]}
    finally:
        serving.terminate()
        serving.wait(60)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl absent : apt-get install curl")
def test_curl_alone_uploads_runs_stops_verifies_compares_and_publishes(
    service: dict[str, str], tmp_path: Path
) -> None:
    scenario = inspect(BASSIN).scenario
    assert scenario is not None
    (tmp_path / "scenario.zip").write_bytes(packed(scenario))
    lines = [
        line
        for kind, body in blocks(page("exploitation"))
        if kind == "requêtes"
        for line in (*body, "echo; echo ===")
    ]
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(lines)],
        cwd=tmp_path, env=service, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    _, alone, compared, _ = done.stdout.split("===\n")
    assert alone.count("event: progress") > 10
    assert "trente secondes ont passé" in alone
    assert '"stop_asked_at":"' in alone
    assert '"broken":{}' in alone
    assert compared.count("event: end") == 1
    assert '"mesures":[' in compared
    assert re.search(r'"published_at":"', compared)
