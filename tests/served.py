"""The pages of a town served by a process of its own, and browsers in which people are signed in.

NiceGUI knows one application per process: the tests of a browser talk to another one.
"""

import atexit
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
_START_SECONDS = 240.0
_WORK_MILLISECONDS = 120_000


@dataclass(frozen=True, slots=True)
class Site:
    """Where the pages are, the cookie of each login, and what there is to see."""

    url: str
    cookies: dict[str, str]
    ids: dict[str, str]


@cache
def site() -> Site:
    """One town for all tests, served until they end."""
    home = Path(tempfile.mkdtemp(prefix="bassin-pages-"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ready = home / "ready.json"
    root = str(Path(__file__).parent.parent)
    environment = os.environ | {"PYTHONPATH": root}
    environment.pop("PYTEST_CURRENT_TEST", None)  # NiceGUI would wait for its own test plugin
    with (home / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, __file__, str(home), str(port)],
            stdout=log, stderr=log, env=environment,
        )  # fmt: skip

    def end() -> None:
        process.terminate()
        process.wait(20)
        shutil.rmtree(home, ignore_errors=True)

    atexit.register(end)
    limit = time.monotonic() + _START_SECONDS
    while not ready.exists() or not _answers(port):
        if process.poll() is not None or time.monotonic() > limit:
            raise RuntimeError((home / "log").read_text())
        time.sleep(0.2)
    known = json.loads(ready.read_text())
    return Site(f"http://127.0.0.1:{port}", known["cookies"], known["ids"])


def _answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def chromium() -> Iterator[Browser]:
    """One browser for a module."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@contextmanager
def page_of(browser: Browser, login: str, **options: Any) -> Iterator[Page]:
    """A browser of its own for somebody; asking another host, or a fault of a script, is a failure.

    `options` as in Playwright: `viewport`, `color_scheme`.
    """
    of = site()
    context = browser.new_context(locale="fr-FR", **options)
    context.set_default_timeout(_WORK_MILLISECONDS)
    context.add_cookies([{"name": "bassin_session", "value": of.cookies[login], "url": of.url}])
    page = context.new_page()
    foreign: list[str] = []
    faults: list[str] = []
    page.on("request", lambda r: foreign.append(r.url) if _outside(r.url, of) else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert not foreign
    assert not faults


def _outside(url: str, of: Site) -> bool:
    return not url.startswith((of.url, of.url.replace("http", "ws", 1), "data:", "blob:"))


def open_page(page: Page, path: str) -> int:
    """Go to a page and wait until nothing more is on its way; its status."""
    answer = page.goto(site().url + path)
    connected(page)
    page.wait_for_selector(".waiting", state="detached")
    assert answer is not None
    return answer.status


def connected(page: Page) -> None:
    """Wait until what is clicked is heard."""
    page.wait_for_function("window.socket && window.socket.connected")
    page.wait_for_timeout(300)


def violations(page: Page) -> list[str]:
    """What axe finds wrong with the page as it stands."""
    found = Axe().run(page).response["violations"]
    return [f"{v['id']} : {node['html'][:200]}" for v in found for node in v["nodes"]]


def _serve(home: Path, port: int) -> None:
    """In the other process: two bassins with their plans, one published, and the pages."""
    import uvicorn
    from town import Town, hamlet, own_periods, packed, village, village_solved

    from service import pages
    from service.accounts import sign_in
    from service.acts import plans, scenarios
    from service.store import accounts
    from solver.search import solve

    town = Town(home, requests_per_minute=100_000)
    user = town.coordinator("LUNEVILLE", "TOUL")
    town.ddf()
    town.rectorat()
    row = scenarios.submit(town.house, user, packed(village()))
    kept = [
        plans.keep(
            town.house,
            user,
            plans.made(row, village(), found, owner_id=user.id, origin="calcul", title=title),
        )
        for title, found in (
            ("Premier plan", village_solved()),
            ("Autre graine", solve(village(), iterations=300, cores=1, seed=3)),
        )
    ]
    plans.publish(town.house, user, kept[0].id)
    row2 = scenarios.submit(town.house, user, packed(hamlet()))
    found = solve(hamlet(), iterations=300, cores=1)
    plan2 = plans.keep(
        town.house, user, plans.made(row2, hamlet(), found, owner_id=user.id, origin="calcul")
    )
    cookies = {}
    for login in ("coordonnateur", "ddf", "rectorat"):
        with town.house.database.session() as session:
            account = accounts.find(session, town.user(login).id)
            assert account is not None
            cookies[login] = sign_in.opened(session, town.settings, account).key
    own = next(p for p in own_periods() if p.imposed is None)
    division = village().division_of
    school = division[own.division].establishment
    foreign = next(p for p in village().periods if division[p.division].establishment != school)
    without = plans.unplaced(town.house, user, kept[0].id)
    ids = {
        "scenario": row.id, "plan": kept[0].id, "plan2": kept[1].id, "other": plan2.id,
        "period": own.id, "foreign": foreign.id, "division": division[own.division].name,
        "pupil": without[0].pupil, "host": village().hosts[0].name or village().hosts[0].id,
    }  # fmt: skip
    pages.install(town.app)
    (home / "ready.json").write_text(json.dumps({"cookies": cookies, "ids": ids}))
    uvicorn.run(town.app, host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), int(sys.argv[2]))
