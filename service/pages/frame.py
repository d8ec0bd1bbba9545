"""What every page has: the head with its navigation, where we are, one title, one main action.

Must not know: what pages show.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import htpy as h
from nicegui import ui

from service.pages.navigation import Link, entries
from service.pages.pieces import notice, put
from service.pages.visit import Visit
from service.tables import Role

_STATIC = Path(__file__).parent / "static"
ROLES: dict[Role, str] = {
    "coordonnateur": "coordination",
    "ddf": "DDF",
    "rectorat": "rectorat",
    "admin": "administration",
}


def _versioned(name: str) -> str:
    return f"/pages/{name}?v={sha256((_STATIC / name).read_bytes()).hexdigest()[:12]}"


_HEAD = (
    f'<link rel="stylesheet" href="{_versioned("pages.css")}">'
    f'<link rel="stylesheet" href="{_versioned("pictures.css")}">'
    f'<script defer src="{_versioned("pages.js")}"></script>'
)


@contextmanager
def frame(
    visit: Visit | None,
    title: str,
    *,
    crumbs: Sequence[Link] = (),
    action: h.Node = None,
    tabs: Sequence[Link] = (),
    lead: h.Node = None,
) -> Iterator[None]:
    """The page around what is built inside.

    `crumbs`: from the académie down, this page left out. `action`: its one main action.
    `tabs`: the pages beside this one; the one whose address is ours is marked. `lead`: the
    sentence under the title.
    """
    ui.page_title(f"{title} · Calendrier du bassin")
    ui.add_head_html(_HEAD)
    with ui.header(fixed=False, elevated=False, wrap=False).classes("head"):
        put(_head(visit), classes="head-in")
    put(
        h.div(".where")[
            _crumbs(crumbs, title) if crumbs else None,
            h.div(".title-row")[h.h1[title], h.div(".action")[action] if action else None],
            h.div(".lead")[lead] if lead else None,
        ],
        _tabs(tabs, visit) if tabs else None,
    )
    with ui.element("div").classes("content"):
        yield


def lost() -> None:
    """An address that leads nowhere."""
    with frame(None, "Page introuvable"):
        put(
            notice("Il n’y a rien à cette adresse : elle est peut-être incomplète."),
            h.p[h.a(href="/")["Revenir à l’accueil"]],
        )


def failure(visit: Visit | None, title: str, sentence: str) -> None:
    """A page that could not be made: what happened, and the way back."""
    with frame(visit, title):
        put(
            h.div(".notice.alert", role="alert")[[h.p[line] for line in sentence.split("\n")]],
            h.p[h.a(href="/")["Revenir à l’accueil"]],
        )


def _head(visit: Visit | None) -> h.Node:
    brand = h.a(".brand", href="/")["Calendrier du bassin"]
    if visit is None:
        return brand
    user = visit.user
    here = visit.address.partition("?")[0]
    return (
        brand,
        h.nav(".main-nav", aria_label="Navigation principale")[
            (
                h.a(href=link.address, aria_current="page" if link.address == here else None)[
                    link.text
                ]
                for link in entries(user)
            )
        ],
        h.form(".who", method="post", action="/deconnexion")[
            h.span[user.name, h.small[f" {ROLES[user.role]}"]],
            h.input(type="hidden", name="csrf", value=visit.csrf),
            h.button(".plain", type="submit")["Se déconnecter"],
        ],
    )


def _crumbs(crumbs: Sequence[Link], title: str) -> h.Node:
    return h.nav(".crumbs", aria_label="Fil d’Ariane")[
        h.ol[
            (h.li[h.a(href=link.address)[link.text]] for link in crumbs),
            h.li[h.span(aria_current="page")[title]],
        ]
    ]


def _tabs(tabs: Sequence[Link], visit: Visit | None) -> h.Node:
    here = visit.address.partition("?")[0] if visit else ""
    return h.nav(".tabs", aria_label="Pages voisines")[
        (
            h.a(
                href=t.address, aria_current="page" if t.address.partition("?")[0] == here else None
            )[t.text]
            for t in tabs
        )
    ]
