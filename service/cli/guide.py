"""`guide`: the pages that people read. Must not know: what stands in them."""

import typer
from rich.markdown import Markdown

from service.cli.output import as_json, grid, out
from service.guide import PAGES, page


def show(name: str | None, *, json: bool) -> None:
    """The list of pages, or one: laid out in a terminal, Markdown in a file."""
    if name is None:
        if json:
            as_json([{"page": key, "titre": title} for key, title in PAGES.items()])
        else:
            grid("Guide (bassin guide PAGE)", ("page", "contenu"), list(PAGES.items()))
        return
    if name not in PAGES:
        raise typer.BadParameter(
            f"« {name} » n’est pas une page du guide ; il y a {', '.join(PAGES)}.",
            param_hint="'PAGE'",
        )
    text = page(name)
    if json:
        as_json({"page": name, "markdown": text})
    elif out.is_terminal:
        out.print(Markdown(text))
    else:
        out.file.write(text)
