"""The small parts that pages are made of: tables, figures, notices, a term and its meaning.

All text passes through htpy, which escapes it. Must not know: acts, addresses.
"""

from collections.abc import Iterable, Sequence

import htpy as h
from nicegui import ui
from nicegui.elements.html import Html

from service.pages.words import TERMS

Rows = Iterable[Sequence[h.Node]]
_WORDED = 3
"""Columns of words from which a row is too wide for a phone."""


def put(*nodes: h.Node, classes: str = "") -> Html:
    """Place nodes on the page."""
    return ui.html(str(h.fragment[nodes]), sanitize=False).classes(classes)


def table(
    caption: str,
    headers: Sequence[h.Node],
    rows: Rows,
    numbers: str = "",
    *,
    hidden_caption: bool = False,
) -> h.Element:
    """A table that scrolls sideways where it must; `numbers`: a letter per column, `d` for digits.

    The first cell of a row names it. On a phone, a table of words stands row under row, each cell
    after the name of its column: its roles are said, for such a layout takes them away.
    """
    worded = sum(numbers[i : i + 1] != "d" for i in range(len(headers))) >= _WORDED

    def kind(i: int) -> str | None:
        return "number" if numbers[i : i + 1] == "d" else None

    def role(name: str) -> str | None:
        return name if worded else None

    def said(i: int) -> str | None:
        head = headers[i]
        return head if worded and isinstance(head, str) else None

    return h.div(
        class_=["table", "worded" if worded else None],
        tabindex="0", role="region", aria_label=caption,
    )[
        h.table(role=role("table"))[
            h.caption(".visually-hidden" if hidden_caption else "")[caption],
            h.thead(role=role("rowgroup"))[
                h.tr(role=role("row"))[
                    (
                        h.th(scope="col", role=role("columnheader"), class_=kind(i))[x]
                        for i, x in enumerate(headers)
                    )
                ]
            ],
            h.tbody(role=role("rowgroup"))[
                (
                    h.tr(role=role("row"))[
                        (
                            h.th(scope="row", role=role("rowheader"), class_=kind(i))[cell]
                            if i == 0
                            else h.td(role=role("cell"), class_=kind(i), data_of=said(i))[cell]
                            for i, cell in enumerate(row)
                        )
                    ]
                    for row in rows
                )
            ],
        ]
    ]  # fmt: skip


def figures(*said: tuple[h.Node, h.Node, h.Node]) -> h.Element:
    """Figures with what they mean: (label, value, meaning beside it)."""
    return h.dl(".figures")[
        (
            h.div[
                h.dt[label], h.dd[h.strong[value], h.span(".meaning")[meaning] if meaning else None]
            ]
            for label, value, meaning in said
        )
    ]


def notice(*nodes: h.Node, alert: bool = False) -> h.Element:
    """Something the reader should know before going on."""
    return h.div(f".notice{'.alert' if alert else ''}", role="alert" if alert else "note")[nodes]


def empty(sentence: str, *first_step: h.Node) -> h.Element:
    """An empty page says the first step."""
    return h.div(".empty")[h.p[sentence], first_step]


def main_action(text: str, address: str) -> h.Element:
    """The one main action of a page, where it is a place to go."""
    return h.a(".button.primary", href=address)[text]


def term(word: str, shown: str = "") -> h.Element:
    """A term of the trade with its meaning one key away."""
    return h.details(".term")[h.summary[shown or word], h.span[TERMS[word]]]


def choice(
    name: str, label: str, options: Iterable[tuple[str, str]], chosen: str, every: str = "Tous"
) -> h.Element:
    """A filter of a form that is sent by GET: the address says what was chosen."""
    return h.label[
        h.span[label],
        h.select(name=name)[
            h.option(value="")[every],
            (h.option(value=v, selected=v == chosen)[text] for v, text in options),
        ],
    ]


def filters(path: str, *choices: h.Node, press: str = "Filtrer", **kept: str) -> h.Element:
    """A form of filters; sent at each change, or by its button."""
    return h.form(".filters", method="get", action=path)[
        (h.input(type="hidden", name=k, value=v) for k, v in kept.items() if v),
        choices,
        h.button(type="submit")[press],
    ]
