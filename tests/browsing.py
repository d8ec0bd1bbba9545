"""A served service, and somebody in front of a browser: what the tests of pages speak of."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from processes import answered, free_port
from town import Town

from service.accounts import sign_in
from service.accounts.passwords import hashed
from service.store import accounts

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
PASSWORD = "quatre mots bien choisis"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage",
)  # fmt: skip
SHOTS = Path(__file__).parent.parent / ".artefacts" / "pages"
"""Where screenshots stay for whoever wants to look."""


class Served(Town):
    """A town whose service answers on 127.0.0.1, for real."""

    def __init__(self, home: Path) -> None:
        super().__init__(home, requests_per_minute=100_000, sign_ins_per_minute=1_000)
        self.port = free_port()
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


@contextmanager
def serving(place: Served) -> Iterator[None]:
    """`bassin serve` in a process of its own, until the end."""
    environment = {
        **os.environ,
        "BASSIN_HOME": str(place.settings.home), "BASSIN_PORT": str(place.port),
        "BASSIN_RUN_CORES": "1", "BASSIN_REQUESTS_PER_MINUTE": "100000",
        "BASSIN_SIGN_INS_PER_MINUTE": "1000",
    }  # fmt: skip
    journal = place.settings.home / "journal.txt"
    with journal.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-c", "from service.cli import main; main()", "serve"],
            env=environment, cwd=Path(__file__).parent.parent, stdout=said, stderr=said,
        )  # fmt: skip
        try:
            answer = answered(f"{place.url}/health", process)
            assert answer == 200, journal.read_text()[-3000:]
            yield
        finally:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            place.house.close()


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

        # Colours on their way from one to another are not what a reader is left with.
        self.page.wait_for_function(
            "document.getAnimations().every(a => a.playState !== 'running' "
            "|| a.effect.getTiming().iterations === Infinity)"
        )
        found = Axe().run(self.page).response["violations"]
        said = [f"{v['id']} : {n['html'][:200]}" for v in found for n in v["nodes"][:3]]
        if self.page.locator("h1").count() != 1:
            said.append("pas exactement un h1")
        if self.page.get_attribute("html", "lang") != "fr":
            said.append("langue non dite")
        return said

    def shoot(self, name: str) -> None:
        """A step of a journey, wide and light, narrow and dark; the walk keeps other names."""
        for width, mode in ((1280, "light"), (390, "dark")):
            self.look(width, mode)
            self.keep(f"etape-{name}-{width}-{mode}")
        self.look(1280, "light")

    def keep(self, name: str) -> None:
        """A screenshot of what is seen without scrolling, kept as an artefact."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(SHOTS / f"{name}.png"))

    def look(self, width: int, mode: str) -> None:
        """As on a screen so wide, in light or dark."""
        self.page.set_viewport_size({"width": width, "height": 850})
        self.page.emulate_media(color_scheme=mode)

    def height(self) -> int:
        """Of the whole page, in pixels."""
        return int(self.page.evaluate("document.documentElement.scrollHeight"))

    def overflow(self) -> int:
        """By how many pixels the page is wider than the screen."""
        return int(
            self.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
        )

    def close(self) -> None:
        self.context.close()
