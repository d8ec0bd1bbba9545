"""How long the pages of a large bassin take to be drawn, and how smoothly its calendar scrolls.

    python tests/benchmarks/pages.py ../shared/scenarios/nancy-2026 [--home FOLDER] [--solve N]

The scenario is solved once and its plan kept in a service of its own; `--home` keeps that service
from one call to the next. Then Chromium opens each page again and again, the service being warm:
seconds from the click to the second frame in which the picture stands; and the frames met while
the wheel turns over the calendar, folded and unfolded.
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from browsing import Reader, Served, serving
from town import packed
from walk_pages import browser

from scenarios import inspect
from service.accounts.rights import Action
from service.acts import plans, scenarios
from service.exports.comparison import french
from solver.search import solve

LOGIN, OPENINGS, DEPARTURES = "pays", 7, 10
_PATIENCE_MILLISECONDS = 120_000
_DRAWN = """() => new Promise(done =>
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() / 1000))))"""
_FRAMES = """([box, notch, most]) => new Promise(done => {
    const place = document.querySelector(box), deltas = [];
    let last = performance.now(), way = notch;
    function frame(now) {
        deltas.push(now - last);
        last = now;
        const before = place.scrollTop;
        place.scrollTop += way;
        if (place.scrollTop === before) way = -way;
        deltas.length < most ? requestAnimationFrame(frame) : done(deltas.slice(2));
    }
    requestAnimationFrame(frame);
})"""
_NOTCH_PIXELS, _FRAMES_MET = 60, 300


def kept(place: Served, path: Path, seconds: float) -> str:
    """The plan of the scenario in that service, solved the first time."""
    scenario = inspect(path).scenario
    assert scenario is not None
    known = place.settings.home / "plan.txt"
    if not known.exists():
        user = place.coordinator(scenario.bassin, login=LOGIN)
        row = scenarios.submit(place.house, user, packed(scenario))
        found = solve(scenario, seconds=seconds)
        made = plans.made(row, scenario, found, owner_id=user.id, origin="calcul", title="Mesure")
        known.write_text(plans.keep(place.house, user, made).id)
    return known.read_text()


def opened(me: Reader, address: str, picture: str) -> float:
    """Seconds from the navigation to the picture on the screen."""
    me.page.goto(address, wait_until="commit")
    me.page.wait_for_selector(picture)
    return float(me.page.evaluate(_DRAWN))


def shifted(me: Reader, listed: str, period: str) -> float:
    """Seconds from the click on a departure to its whole table in colours."""
    me.open(listed)
    with me.page.expect_navigation(wait_until="commit"):
        me.page.locator(f"a[href*='sujet={period}']").first.click()
    me.page.wait_for_selector(".best")
    return float(me.page.evaluate(_DRAWN))


def departures(place: Served, plan: str) -> list[tuple[str, str]]:
    """Some periods that may move, spread over the bassin, each after its establishment."""
    _, of = plans.with_scenario(place.house, place.user(LOGIN), plan, Action.READ_PLAN)
    scenario = place.house.scenario(of)
    free = [p for p in scenario.periods if p.imposed is None]
    chosen = free[:: max(1, len(free) // DEPARTURES)][:DEPARTURES]
    return [(scenario.division_of[p.division].establishment, p.id) for p in chosen]


def told(name: str, values: Sequence[float], unit: str, digits: int) -> None:
    ordered = sorted(values)
    figures = (statistics.median(ordered), ordered[int(0.95 * len(ordered))], ordered[-1])
    said = "".join(f"{figure:>10.{digits}f}" for figure in figures)
    print(f"{name:<44}{len(ordered):>6}{said} {unit}", flush=True)  # noqa: T201


def measured(place: Served, me: Reader, plan: str) -> None:
    home = f"/plans/{plan}"
    print(f"{'':<44}{'fois':>6}{'médiane':>10}{'p95':>10}{'maximum':>10}")  # noqa: T201
    for name, address, picture in (
        ("calendrier, replié", "/calendrier", ".cal .bar"),
        ("calendrier, déplié", "/calendrier?deplie=oui", ".cal .bar"),
        ("calendrier, en tables", "/calendrier?vue=table", "main table, .content table"),
        ("vue d’ensemble", "", ".figures"),
        ("saturation des accueils", "/accueils", ".heat"),
        ("départs", "/departs", ".content table"),
    ):
        first = opened(me, home + address, picture)
        again = [opened(me, home + address, picture) for _ in range(OPENINGS)]
        told(f"{name} (la première : {first:.2f} s)", again, "s", 2)
    for name, address in (("replié", ""), ("déplié", "?deplie=oui")):
        opened(me, f"{home}/calendrier{address}", ".cal .bar")
        elements = me.page.evaluate("document.querySelectorAll('*').length")
        deltas = me.page.evaluate(_FRAMES, [".cal", _NOTCH_PIXELS, _FRAMES_MET])
        told(f"image en défilant, {name} ({french(elements)} éléments)", deltas, "ms", 0)
    waits = [
        shifted(me, f"{home}/departs?etablissement={uai}", period)
        for uai, period in departures(place, plan)
    ]
    told(f"un départ, tableau en couleurs (le premier : {waits[0]:.2f} s)", waits[1:], "s", 2)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("scenario", type=Path)
    asked.add_argument("--home", type=Path)
    asked.add_argument("--solve", type=float, default=30.0)
    said = asked.parse_args()
    home = said.home or Path(tempfile.mkdtemp(prefix="pages-"))
    home.mkdir(parents=True, exist_ok=True)
    place = Served(home)
    plan = kept(place, said.scenario, said.solve)
    with serving(place), browser() as chromium:
        me = Reader(place, chromium, LOGIN)
        me.context.set_default_timeout(_PATIENCE_MILLISECONDS)
        measured(place, me, plan)


if __name__ == "__main__":
    main()
