"""Every page as it stands: none forgotten, French, whole on a phone, axe, no foreign host."""

import importlib
import pkgutil
import re
from collections.abc import Mapping
from typing import Any

import pytest
from browsing import Served
from nicegui import Client
from walking import MODES, VIEWS, WIDTHS, address, refused, scene, whole

import service.pages
from service.accounts.rights import User
from service.pages import navigation

_ENGLISH = re.compile(
    r"\b(the|and|with|loading|error|failed|undefined|null|none|true|false|nan|choose|file chosen|"
    r"submit|warning|unknown|not found|feasible|infeasible|optimal)\b",
    re.IGNORECASE,
)
"""Words that no French page has."""
NAMES = [
    pytest.param(name, marks=() if view.often else pytest.mark.slow) for name, view in VIEWS.items()
]


@pytest.fixture(scope="module")
def ids(served: Served) -> Mapping[str, str]:
    return scene(served)


def _routes() -> set[str]:
    for module in pkgutil.iter_modules(service.pages.__path__):
        importlib.import_module(f"service.pages.{module.name}")
    return {path for path in Client.page_routes.values() if path}


def _leads_to(route: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", route), path) is not None


def test_no_page_is_forgotten() -> None:
    often = [view.address.split("?")[0] for view in VIEWS.values() if view.often]
    routes = _routes()
    assert len(routes) > 20
    forgotten = {r for r in routes if not any(_leads_to(r, path) for path in often)}
    assert forgotten == set()


@pytest.mark.parametrize("role", ["coordonnateur", "ddf", "rectorat", "admin"])
def test_every_entry_of_the_navigation_is_a_page(role: Any) -> None:
    user = User("1", "x", "x", role, "Dijon", ("x",), ("x",))
    linked = [*navigation.entries(user), *navigation.plan_tabs(user, "1")]
    routes = _routes()
    for link in linked:
        path = link.address.split("?")[0]
        assert any(_leads_to(route, path) for route in routes), link


@pytest.mark.parametrize("name", NAMES)
def test_a_page_in_four_looks(
    served: Served, ids: Mapping[str, str], reader: Any, name: str
) -> None:
    view = VIEWS[name]
    me = reader(view.who)
    faults: list[str] = []
    me.page.on("pageerror", lambda error: faults.append(str(error)))
    known = {**ids, "refused": refused(me)} if "{refused}" in view.address else ids
    assert whole(me, address(view, known)) == view.status
    assert me.page.locator(".notice.alert:has-text('n’a pas pu')").count() == 0
    assert _ENGLISH.findall(me.page.inner_text("body")) == []
    for width, mode in ((w, m) for w in WIDTHS for m in MODES):
        me.look(width, mode)
        assert me.overflow() <= 0, f"read at {width} without scrolling sideways"
        if (width, mode) in ((1280, "light"), (390, "dark")):
            assert me.violations() == []
        me.keep(f"{name}-{width}-{mode}")
    assert faults == []
    assert me.foreign() == []
