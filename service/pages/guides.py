"""`/aide/{guide}`: the guides that people read, as pages; what `bassin guide` shows in a terminal.

Must not know: what stands in them.
"""

import re
from itertools import count

import htpy as h
from markdown_it import MarkdownIt
from markupsafe import Markup

from service.guide import PAGES
from service.guide import page as guide
from service.pages import navigation
from service.pages.frame import frame
from service.pages.navigation import Link
from service.pages.pieces import put
from service.pages.visit import Visit, aside, page
from service.refusals import Refusal

HELP = Link("Aide", "/aide")
SHELF = "/guide"
"""Where the pictures of the guides are served."""
_OURS = {
    "coordonnateur": ("coordonnateur", "importer", "lots"),
    "ddf": ("etablissement",),
    "rectorat": ("rectorat", "lots"),
    "admin": ("exploitation", "coordonnateur", "etablissement", "rectorat"),
}
"""The guides that each role wants first."""
_TITLE = re.compile(r"\A# (.+)\n")
_TABLE = '<div class="table" tabindex="0" role="region" aria-label="Tableau {}"><table>'


def shelf(role: str) -> h.Element:
    """The guides, one's own first."""
    ours = _OURS[role]
    return h.ul[
        (
            h.li[h.a(href=f"/aide/{name}")[PAGES[name]]]
            for name in (*ours, *(n for n in PAGES if n not in ours))
        )
    ]


@page("/aide/{name}")
async def one(visit: Visit, name: str) -> None:
    """One guide."""
    if name not in PAGES:
        raise Refusal("introuvable", f"Il n’y a pas de guide « {name} » : l’aide les nomme tous.")
    text = await aside(lambda: guide(name))
    found = _TITLE.match(text)
    title = found.group(1) if found else PAGES[name]
    body = _TITLE.sub("", text)
    with frame(
        visit, title, crumbs=(navigation.HOME, HELP),
        lead="Les commandes se tapent dans un terminal, là où le programme est installé ; tout ce "
        "qui se fait dans le navigateur est dit d’abord."
        if "```sh" in body
        else None,
    ):  # fmt: skip
        put(h.article(".guide")[Markup(await aside(lambda: _shown(body)))])


def _shown(text: str) -> str:
    """Markdown as markup: pictures from our shelf, tables that scroll and can be reached.

    The page has its title already, so that a further one is a part; each table has its own name.
    """
    made = str(MarkdownIt("commonmark", {"html": False}).enable("table").render(text))
    made = made.replace('src="images/', f'loading="lazy" src="{SHELF}/')
    made = made.replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    number = count(1)
    made = re.sub("<table>", lambda _: _TABLE.format(next(number)), made)
    return made.replace("</table>", "</table></div>").replace("<pre>", '<pre tabindex="0">')
