"""Doing something from a page: a button, a long answer waited for, stopped where it can be.

Must not know: acts, what pages show.
"""

from asyncio import Lock
from collections.abc import Awaitable, Callable

import htpy as h
from nicegui import ui

from service.pages.pieces import notice, put
from service.pages.visit import guarded, told

for kind in (ui.input, ui.number, ui.select, ui.textarea):
    kind.default_props("outlined dense stack-label")

Stopped = Callable[[], bool]
"""Whether nobody waits for the answer any more."""


def button(
    text: str, handler: Callable[[], Awaitable[str | None]], *, primary: bool = False
) -> ui.button:
    """A button; while its handler works it turns and cannot be pressed again. Refusals are told.

    `handler` gives the address to go to, if any: the button then turns until the page is left.
    """

    working = Lock()

    async def press() -> None:
        if working.locked():
            return  # a second click, sent before the first one showed
        await working.acquire()
        made.props("loading")
        if address := await guarded(handler)():
            ui.navigate.to(address)
            return
        working.release()
        if not made.is_deleted:
            made.props(remove="loading")

    made = ui.button(text, on_click=press, color=None).props("no-caps unelevated")
    return made.classes("act primary" if primary else "act")


def later(
    sentence: str, fill: Callable[[Stopped], Awaitable[None]], *, stoppable: str = ""
) -> None:
    """The page is shown at once, with `sentence`; `fill` builds this place when it knows more.

    `stoppable`: the words on the button that stops it; whoever leaves the page stops it too.
    """
    client = ui.context.client
    asked: list[bool] = []

    def stopped() -> bool:
        return bool(asked) or client.is_deleted

    async def stop() -> None:
        asked.append(True)

    place = ui.element("div")
    with place, ui.element("div").classes("waiting") as waiting:
        put(h.p(role="status")[sentence])
        ui.linear_progress(show_value=False).props("indeterminate").props(
            f'aria-label="{sentence}"'
        )
        if stoppable:
            button(stoppable, stop)

    async def go() -> None:
        with place:
            try:
                await fill(stopped)
            except Exception as error:
                if not client.is_deleted:
                    put(notice(told(error), alert=True))
            finally:
                if not client.is_deleted:
                    waiting.delete()

    ui.timer(0.05, go, once=True)
