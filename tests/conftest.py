"""A served service and a browser, shared by all tests of pages; those tests come last.

Playwright keeps an event loop in the main thread, which other tests must not find there.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import CHROMIUM, FLAGS, Reader, Served, serving


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: "chromium" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`bassin serve` on an empty database; each test module brings its own people."""
    home = tmp_path_factory.mktemp("served")
    place = Served(home)
    place.person("admin")
    with serving(place):
        yield place


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
