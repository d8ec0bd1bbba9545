"""A served service, and somebody in front of a browser: what the tests of pages speak of."""

import os
import shutil
import socket
from pathlib import Path
from typing import Any

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
START_SECONDS = 180.0
SHOTS = Path(__file__).parent.parent / ".artefacts" / "pages"
"""Where screenshots stay for whoever wants to look."""


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
