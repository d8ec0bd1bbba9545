"""A batch on processes of their own, each at its own address, opened by hand as the guide says."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from processes import free_port

from scenarios import read, read_own_plan, write
from scenarios.generate import academy
from service.batch.store import Store
from service.batch.summary import read_table
from solver.verify import verify

pytestmark = pytest.mark.slow
DASK = Path(sys.executable).parent / "dask"
HOSTS = ("127.0.0.2", "127.0.0.3")


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[str]:
    """A scheduler and two workers, each with an address of its own; what is set is the first's."""
    offered = {
        "DASK_DISTRIBUTED__WORKER__RESOURCES__CORES": "1",
        "DASK_DISTRIBUTED__WORKER__RESOURCES__MEGABYTES": "3072",
    }
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    with ExitStack() as site:

        def started(*command: str) -> None:
            home = tmp_path / "-".join(command[:4]).replace("/", "_")
            home.mkdir()
            process = subprocess.Popen(
                [DASK, *command, "--no-dashboard"],
                env={**os.environ, **offered, "DASK_TEMPORARY_DIRECTORY": str(home)},
                cwd=home,
                stderr=subprocess.DEVNULL,
            )
            site.callback(process.wait, 60)
            site.callback(process.terminate)

        started("scheduler", "--host", "127.0.0.1", "--port", str(port))
        for host in HOSTS:
            started(
                "worker", "--host", host, address, "--nthreads", "1", "--memory-limit", "0"
            )  # fmt: skip
        yield address


def batch(lot: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", "from service.cli.app import main; main()", "batch", *words]
    return subprocess.run(
        [*command, "--temps", "6", "--sortie", str(lot)],
        capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip


def test_the_same_batch_runs_on_workers_at_other_addresses_by_one_setting(
    cluster: str, tmp_path: Path
) -> None:
    poles = {name: scenario for name, scenario in academy(5, bassins=4, pupils=320)}
    for name, scenario in poles.items():
        write(scenario, tmp_path / "academie" / name)
    where = str(tmp_path / "academie")
    assert (away := batch(tmp_path / "ailleurs", where, "--cluster", cluster)).returncode == 0, away
    assert (here := batch(tmp_path / "ici", where)).returncode == 0, here
    tables = [read_table(tmp_path / lot) for lot in ("ailleurs", "ici")]
    content = [[(r["nom"], r["cle"], r["empreinte"], r["demandes"]) for r in t] for t in tables]
    assert content[0] == content[1]
    assert {r["ouvrier"].split("//")[1].split(":")[0] for r in tables[0]} == set(HOSTS)
    for lot, table in zip(("ailleurs", "ici"), tables, strict=True):
        for row in table:
            scenario = read(Path(where) / row["nom"])
            plan = read_own_plan(Store(tmp_path / lot).plan(row["cle"]), scenario).plan
            report = verify(scenario, plan)
            assert (report.violations, report.cost) == ((), row["cout"])
    assert batch(tmp_path / "ailleurs", where).returncode == 0
    assert [r["etat"] for r in read_table(tmp_path / "ailleurs")] == ["déjà là"] * len(poles)
