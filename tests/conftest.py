"""A served service and a browser, shared by all tests of pages; those tests come last.

Playwright keeps an event loop in the main thread, which other tests must not find there.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from town import Town

from service.accounts import sign_in
from service.accounts.passwords import hashed
from service.store import accounts

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
PASSWORD = "quatre mots bien choisis"
_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage",
)  # fmt: skip
_START_SECONDS = 180.0
SHOTS = Path(__file__).parent.parent / ".artefacts" / "pages"
"""Where screenshots stay for whoever wants to look."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: "chromium" in getattr(item, "fixturenames", ()))


class Served(Town):
    """A town whose service answers on 127.0.0.1, for real."""

    def __init__(self, home: Path) -> None:
        super().__init__(home, requests_per_minute=100_000, sign_ins_per_minute=1_000)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def may_enter(self, login: str) -> None:
        """Give an account its password."""
        with self.house.database.session() as session:
            row = accounts.by_login(session, login)
            assert row is not None
            row.password_hash = hashed(PASSWORD, login)
            session.add(row)

    def cookie(self, login: str) -> dict[str, Any]:
        """A session opened without the slowness of passwords."""
        with self.house.database.session() as session:
            row = accounts.by_login(session, login)
            assert row is not None
            signed = sign_in.opened(session, self.settings, row)
        return {"name": "bassin_session", "value": signed.key, "url": self.url}


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
    until = time.monotonic() + _START_SECONDS
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
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=list(_FLAGS))
        yield opened
        opened.close()


class Reader:
    """Somebody in front of a browser: every request they cause is noted, and every page checked."""

    def __init__(self, place: Served, browser: Any, login: str | None) -> None:
        self.place = place
        self.context = browser.new_context(
            base_url=place.url, viewport={"width": 1280, "height": 850}, locale="fr-FR"
        )
        self.context.set_default_timeout(25_000)
        if login is not None:
            self.context.add_cookies([place.cookie(login)])
        self.page = self.context.new_page()
        self.requests: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("websocket", lambda socket: self.requests.append(socket.url))

    def open(self, path: str) -> Any:
        """Go to a page; gives its answer, once its title stands."""
        answer = self.page.goto(path)
        self.page.wait_for_selector("h1")
        return answer

    def title(self) -> str:
        return str(self.page.inner_text("h1"))

    def foreign(self) -> list[str]:
        """Requests to any other host."""
        ours = (self.place.url, self.place.url.replace("http", "ws"), "data:", "blob:", "about:")
        return [url for url in self.requests if not url.startswith(ours)]

    def violations(self) -> list[str]:
        """What axe finds, and what it does not look at: `lang`, one `h1`, a title."""
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page).response["violations"]
        said = [f"{v['id']} : {n['html'][:200]}" for v in found for n in v["nodes"][:3]]
        if self.page.locator("h1").count() != 1:
            said.append("pas exactement un h1")
        if self.page.get_attribute("html", "lang") != "fr":
            said.append("langue non dite")
        return said

    def shoot(self, name: str) -> None:
        """Screenshots, wide and light, narrow and dark, kept as artefacts."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        for width, mode in ((1280, "light"), (390, "dark")):
            self.page.set_viewport_size({"width": width, "height": 850})
            self.page.emulate_media(color_scheme=mode)
            self.page.screenshot(path=str(SHOTS / f"{name}-{width}-{mode}.png"))
        self.page.set_viewport_size({"width": 1280, "height": 850})
        self.page.emulate_media(color_scheme="light")

    def close(self) -> None:
        self.context.close()


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
