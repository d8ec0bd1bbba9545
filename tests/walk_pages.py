"""Every page in four looks, as screenshots and contact sheets, for people to look at.

    python tests/walk_pages.py [--home FOLDER] [--only TEXT …] [--into FOLDER] [--guide]

`--home`: a folder kept from one walk to the next, so that the scene is made once only.
`--guide`: no walk; the images of the guides, from what `tests/test_pages_walk.py` has kept.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from browsing import CHROMIUM, FLAGS, SHOTS, Reader, Served, serving
from PIL import Image, ImageDraw
from walking import MODES, VIEWS, WIDTHS, address, refused, scene, whole

from service.guide import IMAGES

GUIDE = {
    "fautes": ("deposer-200-fautes", 560),
    "calcul": ("calcul-fini", 730),
    "calendrier": ("calendrier", 850),
    "accueils": ("accueils-secteurs", 850),
    "proposition": ("proposition", 850),
    "periodes": ("mes-periodes", 640),
    "depart": ("depart", 760),
    "eleve": ("eleve", 850),
    "academie": ("academie", 770),
    "comparer": ("comparer-trois", 850),
    "prospecter": ("prospecter", 850),
}
"""Pictures of the guides: the view, and how much of it, in pixels."""
_COLOURS = 128
_MOST = 1600
"""Pixels of a long page that are kept."""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--home", type=Path)
    asked.add_argument("--only", nargs="*", default=[])
    asked.add_argument(
        "--guide",
        action="store_true",
        help="rather the images of the guide, from the screenshots of the tests",
    )
    asked.add_argument("--into", type=Path, default=SHOTS.parent / "looks")
    said = asked.parse_args()
    if said.guide:
        picture_guide(SHOTS, IMAGES)
        return
    home = said.home or Path(tempfile.mkdtemp(prefix="walk-"))
    home.mkdir(parents=True, exist_ok=True)
    known = home / "scene.json"
    place = Served(home)
    if not known.exists():
        place.person("admin")
    with serving(place):
        if not known.exists():
            known.write_text(json.dumps(scene(place)))
        ids = json.loads(known.read_text())
        with browser() as chromium:
            walk(place, chromium, ids, said.only, said.into)
    sheets(said.into)


@contextmanager
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield chromium
        chromium.close()


def walk(place: Served, chromium: Any, ids: dict[str, str], only: list[str], into: Path) -> None:
    """A screenshot of each page in each look, and a line for each thing that is not right."""
    into.mkdir(parents=True, exist_ok=True)
    readers: dict[str | None, Reader] = {}
    for name, view in VIEWS.items():
        if only and not any(text in name for text in only):
            continue
        if view.who not in readers:
            readers[view.who] = Reader(place, chromium, view.who)
        me = readers[view.who]
        if "{refused}" in view.address and "refused" not in ids:
            ids["refused"] = refused(me)
        status = whole(me, address(view, ids))
        wrong = [f"réponse {status}"] if status != view.status else []
        for width in WIDTHS:
            for mode in MODES:
                me.look(width, mode)
                if me.overflow() > 0:
                    wrong.append(f"déborde de {me.overflow()} px à {width}")
                me.page.screenshot(
                    path=str(into / f"{name}-{width}-{mode}.png"), full_page=True,
                    clip={"x": 0, "y": 0, "width": width, "height": min(me.height(), _MOST)},
                )  # fmt: skip
            wrong += me.violations()
        me.look(1280, "light")
        print(name, *wrong, *me.foreign(), sep="\n    ", flush=True)  # noqa: T201


def picture_guide(shots: Path, into: Path) -> None:
    """The pictures of the guides, from the screenshots that the tests keep: few colours, cut."""
    into.mkdir(parents=True, exist_ok=True)
    for name, (shown, height) in GUIDE.items():
        with Image.open(shots / f"{shown}-1280-light.png") as shot:
            cut = shot.convert("RGB").crop((0, 0, shot.width, min(height, shot.height)))
        cut.quantize(_COLOURS).save(into / f"{name}.png", optimize=True)


def sheets(folder: Path) -> None:
    """Contact sheets: many screenshots side by side, each under its name; `planche-…`."""
    for width in WIDTHS:
        size, across, down = ((840, 1000), 3, 2) if width > 1000 else ((312, 1000), 8, 2)
        for mode in MODES:
            names = [n for n in VIEWS if (folder / f"{n}-{width}-{mode}.png").exists()]
            for number in range(0, len(names), across * down):
                sheet = Image.new("RGB", (across * (size[0] + 10), down * (size[1] + 24)), "#888")
                for place, name in enumerate(names[number : number + across * down]):
                    x = (place % across) * (size[0] + 10)
                    y = (place // across) * (size[1] + 24)
                    with Image.open(folder / f"{name}-{width}-{mode}.png") as shot:
                        small = shot.convert("RGB").resize(
                            (size[0], shot.height * size[0] // shot.width), reducing_gap=2.0
                        )
                    sheet.paste(
                        small.crop((0, 0, size[0], min(size[1], small.height))), (x, y + 20)
                    )
                    ImageDraw.Draw(sheet).text((x + 4, y + 4), name, fill="white")
                sheet.save(folder / f"planche-{width}-{mode}-{number // (across * down):02d}.png")


if __name__ == "__main__":
    main()
