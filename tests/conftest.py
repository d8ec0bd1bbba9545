"""A served service and a browser, shared by all tests of pages; those tests come last.

Playwright keeps an event loop in the main thread, which other tests must not find there.
"""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import CHROMIUM, FLAGS, START_SECONDS, Reader, Served


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: "chromium" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`bassin serve` on an empty database; each test module brings its own people."""
    home = tmp_path_factory.mktemp("served")
    place = Served(home)
    place.person("admin")
    environment = {
        **os.environ,
        "BASSIN_HOME": str(home), "BASSIN_PORT": str(place.port), "BASSIN_RUN_CORES": "1",
        "BASSIN_REQUESTS_PER_MINUTE": "100000", "BASSIN_SIGN_INS_PER_MINUTE": "1000",
    }  # fmt: skip
    with (home / "journal.txt").open("wb") as journal:
        process = subprocess.Popen(
            [sys.executable, "-c", "from service.cli import main; main()", "serve"],
            env=environment, cwd=Path(__file__).parent.parent, stdout=journal, stderr=journal,
        )  # fmt: skip
        try:
            _wait(place.url, process, home / "journal.txt")
            yield place
        finally:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            place.house.close()


def _wait(url: str, process: subprocess.Popen[bytes], journal: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=5):
                return
        except OSError:
            time.sleep(0.3)
    raise AssertionError(f"le service ne répond pas :\n{journal.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Headless Chromium; skipped in a word where there is none."""
    if not Path(CHROMIUM).exists():
        pytest.skip("Chromium absent : apt-get install chromium, ou CHROMIUM=…")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture
def reader(served: Served, chromium: Any) -> Iterator[Any]:
    """`reader(login)`: a browser of that person's own; None: nobody signed in."""
    opened: list[Reader] = []

    def make(login: str | None) -> Reader:
        opened.append(Reader(served, chromium, login))
        return opened[-1]

    yield make
    for one in opened:
        one.close()
