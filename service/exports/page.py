"""A Markdown page as one HTML file that needs nothing else: style and pictures inside.

Must not know: what the page tells.
"""

import base64
import re
from html import escape
from pathlib import Path

from markdown_it import MarkdownIt

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1b1b1b; background: #fff;
  max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { line-height: 1.2; } h2 { margin-top: 2.2rem; border-bottom: 2px solid #2f6da8; }
table { border-collapse: collapse; margin: 1rem 0; display: block; overflow-x: auto;
  font-size: .9rem; }
th, td { padding: .3rem .5rem; border-bottom: 1px solid #d8d8d8; text-align: left; }
thead th { background: #eef3f8; position: sticky; top: 0; }
td { font-variant-numeric: tabular-nums; }
img { max-width: 100%; height: auto; }
@media print { body { margin: 0; max-width: none; font-size: 11px; } h2 { break-after: avoid; } }
"""


def html(title: str, markdown: str, folder: Path | None = None) -> str:
    """The page; pictures that stand in `folder` are taken in. Raw HTML in it stays text."""
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)
    if folder is not None:
        body = re.sub(r'src="([^":/]+\.png)"', lambda m: _taken_in(folder / m[1]), body)
    return (
        f'<!doctype html>\n<html lang="fr">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )


def _taken_in(picture: Path) -> str:
    if not picture.is_file():
        return f'src="{escape(picture.name)}"'
    content = base64.b64encode(picture.read_bytes()).decode()
    return f'src="data:image/png;base64,{content}"'
