"""In a real browser: what takes long says so and stops, what is done twice acts once.

And a second browser, of another role, is pushed nothing of the first.
"""

import io
from collections.abc import Callable
from pathlib import Path
from time import sleep
from typing import Any

import pypdf
import pytest
from browsing import PASSWORD, Served
from town import packed, village, village_solved
from walking import whole

from service.acts import plans, runs, scenarios
from solver.domain import Scenario
from solver.explain.parts import changed

ACADEMY, BASSIN, SCHOOL = "Reims", "SEDAN", "0081234X"
COORDINATOR, DDF, RECTORAT, ELSEWHERE = "sedan", "ddf-sedan", "reims", "ddf-ailleurs"
_WATCH = """
    window.offered = [];
    new MutationObserver(() => {
        for (const button of document.querySelectorAll(".waiting button, .busy button"))
            window.offered.push(button.innerText.trim());
    }).observe(document, { childList: true, subtree: true });
"""
"""Notes each button that stops something, however short its life."""


def sedan() -> Scenario:
    """The village with a school of its own, which no other published plan knows."""
    first = village().establishments[0].uai
    own = changed(village(), academy=ACADEMY, bassin=BASSIN, title="Sedan, rentrée 2026")
    return changed(
        own,
        establishments=tuple(
            e.model_copy(update={"uai": SCHOOL}) if e.uai == first else e
            for e in own.establishments
        ),
        divisions=tuple(
            d.model_copy(update={"establishment": SCHOOL}) if d.establishment == first else d
            for d in own.divisions
        ),
    )


@pytest.fixture(scope="module")
def ids(served: Served) -> dict[str, str]:
    scenario = sedan()
    user = served.person("coordonnateur", COORDINATOR, academy=ACADEMY, bassins=[BASSIN])
    served.person("ddf", DDF, academy=ACADEMY, establishments=[SCHOOL])
    served.person("ddf", ELSEWHERE, academy="Nice", establishments=["0069999Z"])
    served.person("rectorat", RECTORAT, academy=ACADEMY)
    row = scenarios.submit(served.house, user, packed(scenario))

    def kept(title: str) -> str:
        made = plans.made(
            row, scenario, village_solved(), owner_id=user.id, origin="calcul", title=title
        )
        return plans.keep(served.house, user, made).id

    first, second = kept("Premier"), kept("Second")
    plans.publish(served.house, user, first)
    pupil = plans.unplaced(served.house, user, first)[0].pupil
    return {"scenario": row.id, "plan": first, "plan2": second, "pupil": pupil}


def test_a_ddf_is_led_to_the_periods_of_their_own_establishment(
    served: Served, ids: dict[str, str], reader: Any
) -> None:
    served.may_enter(DDF)
    me = reader(None)
    me.open("/connexion")
    me.page.fill("[name=login]", DDF)
    me.page.fill("[name=password]", PASSWORD)
    me.page.keyboard.press("Enter")
    me.page.wait_for_url(f"**/plans/{ids['plan']}/departs")
    me.page.wait_for_selector("main tbody tr")
    scenario = sedan()
    mine = {
        p.id for p in scenario.periods
        if scenario.division_of[p.division].establishment == SCHOOL
    }  # fmt: skip
    links = me.page.locator("main tbody th a").all_inner_texts()
    assert set(links) == mine
    assert reader(ELSEWHERE).open(f"/plans/{ids['plan']}/departs").status == 404


@pytest.mark.parametrize(
    ("path", "button", "proof"),
    [
        ("/plans/{plan}/eleves?eleve={pupil}", "S’en tenir à ce qui est trouvé", ".funnel"),
        ("/plans/{plan}/eleves?aides=oui", "S’en tenir à ce qui est trouvé", "h2"),
        ("/plans/{plan}/prospecter", "S’en tenir aux prix trouvés", "h1"),
        ("/comparer?plan={plan}&plan={plan2}", "Arrêter", ".presences"),
    ],
)
def test_a_long_answer_is_waited_for_and_may_be_stopped(
    ids: dict[str, str], reader: Any, path: str, button: str, proof: str
) -> None:
    me = reader(COORDINATOR)
    me.page.add_init_script(_WATCH)
    whole(me, path.format(**ids))
    assert button in me.page.evaluate("window.offered")
    assert me.page.locator(proof).count() > 0
    assert me.page.locator(".notice.alert:has-text('défaut')").count() == 0


def test_a_document_is_waited_for_stopped_then_taken(ids: dict[str, str], reader: Any) -> None:
    me = reader(COORDINATOR)
    whole(me, f"/plans/{ids['plan']}/documents")
    slow = True

    def held(route: Any) -> None:
        if not slow:
            route.continue_()

    me.page.route("**/documents/**", held)
    me.page.route("**/exports/**", held)
    link = me.page.locator("main a[download]", has_text="Tableaux").first
    link.click()
    me.page.wait_for_selector(".busy progress")
    assert "se prépare" in me.page.inner_text(".busy")
    assert me.violations() == []
    me.page.click(".busy button")
    me.page.wait_for_selector("text=Arrêté : rien n’est téléchargé.")
    slow = False
    with me.page.expect_download() as waiting:
        link.click()
    assert waiting.value.suggested_filename.endswith(".zip")
    me.page.wait_for_selector("text=est dans vos téléchargements")


@pytest.mark.parametrize("page", ["/deposer", "/importer?scenario={scenario}&source=entreprises"])
def test_a_file_is_sent_once_and_its_sending_stopped(
    ids: dict[str, str], reader: Any, tmp_path: Path, page: str
) -> None:
    me = reader(COORDINATOR)
    whole(me, page.format(**ids))
    sent: list[Any] = []
    me.page.route(f"**{page.split('?')[0]}", lambda route: sent.append(route))
    file = tmp_path / "bassin.zip"
    file.write_bytes(packed(village()))
    me.page.set_input_files("input[type=file]", str(file))
    said = me.page.evaluate(  # Playwright itself would wait for the navigation that never ends
        """async () => {
            const press = document.querySelector("main form[enctype] button[type=submit]");
            press.click();
            press.click();
            const busy = document.querySelector(".busy"), words = [busy.innerText];
            await new Promise(done => setTimeout(done, 300));
            busy.querySelector("button").click();
            return [...words, busy.innerText];
        }"""
    )
    assert "Envoi, puis lecture" in said[0]
    assert said[1].startswith("Arrêté")
    assert len(sent) == 1


def twice(page: Any) -> None:
    """Both clicks before the button has shown the first one."""
    page.locator("button:has-text('Calculer')").dblclick()
    page.wait_for_url("**/calculs/*")


def twice_late(page: Any) -> None:
    """The second click reaches the service once the run has started, before the page is left."""
    page.route("**/calculs/*", lambda route: None)
    page.evaluate(
        """async () => {
            const emit = socket.emit.bind(socket), sent = [];
            socket.emit = (...said) => { sent.push(said); emit(...said); };
            const answered = new Promise(done => socket.on("open", done));
            [...document.querySelectorAll("button")].find(b => b.innerText === "Calculer").click();
            await answered;
            emit(...sent.find(([what]) => what === "event"));
        }"""
    )


@pytest.mark.parametrize("press", [twice, twice_late])
def test_a_run_asked_for_by_two_clicks_starts_once(
    served: Served, ids: dict[str, str], reader: Any, press: Callable[[Any], None]
) -> None:
    me, user = reader(COORDINATOR), served.user(COORDINATOR)
    whole(me, f"/scenarios/{ids['scenario']}")
    before = {r.id for r in runs.listed(served.house, user, scenario_id=ids["scenario"]).rows}
    me.page.wait_for_timeout(300)
    press(me.page)
    sleep(1)
    rows = runs.listed(served.house, user, scenario_id=ids["scenario"]).rows
    started = [run for run in rows if run.id not in before]
    for run in started:
        runs.stop(served.house, user, run.id)
    assert len(started) == 1


def test_who_comes_back_may_start_another_run(
    served: Served, ids: dict[str, str], reader: Any
) -> None:
    me, user = reader(COORDINATOR), served.user(COORDINATOR)
    whole(me, f"/scenarios/{ids['scenario']}")
    first = me.page.url
    gone: list[str] = []
    for _ in range(2):
        me.page.wait_for_function("window.socket && window.socket.connected")
        me.page.wait_for_timeout(300)
        me.page.click("button:has-text('Calculer')")
        me.page.wait_for_url("**/calculs/*")
        gone.append(me.page.url.rpartition("/")[2])
        runs.stop(served.house, user, gone[-1])
        me.page.go_back()
        me.page.wait_for_url(first)
    assert len(set(gone)) == 2


def test_another_browser_is_pushed_nothing_and_cannot_join(
    served: Served, ids: dict[str, str], reader: Any
) -> None:
    me, user = reader(COORDINATOR), served.user(COORDINATOR)
    others = [reader(RECTORAT), reader(ELSEWHERE)]
    heard: list[str] = []
    for other in others:
        other.page.on(
            "websocket",
            lambda socket: socket.on("framereceived", lambda frame: heard.append(str(frame))),
        )
        whole(other, "/")
    run = runs.start(served.house, user, ids["scenario"], seconds=30.0)
    whole(me, f"/calculs/{run.id}")
    me.page.wait_for_function(
        "/\\d/.test(document.querySelector('.figures > div:nth-child(4) strong').innerText)"
    )
    mine = me.page.evaluate("window.clientId")
    joins = (
        "id => new Promise(done => window.socket.emit('handshake', "
        "{client_id: id, tab_id: crypto.randomUUID(), document_id: crypto.randomUUID()}, done))"
    )
    for other in others:
        assert other.page.evaluate(joins, mine) is False
        assert other.page.evaluate(joins, "00000000-0000-4000-8000-000000000000") is False
        assert other.page.evaluate("window.clientId") != mine
    me.page.click("button:has-text('Arrêter et garder')")
    me.page.wait_for_selector("text=Voir le calendrier")
    said = "\n".join(heard)
    assert heard
    assert not any(secret in said for secret in (run.id, ids["scenario"], ids["pupil"], mine))
    elsewhere = others[1]
    for path in (f"/calculs/{run.id}", f"/scenarios/{ids['scenario']}",
                 f"/plans/{ids['plan']}", f"/calculs/{run.id[:-1]}0"):  # fmt: skip
        assert elsewhere.open(path).status in (403, 404), path
        assert "Sedan, rentrée 2026" not in elsewhere.page.content()


def test_two_tabs_a_reload_and_the_way_back_tell_the_same_of_a_run(
    served: Served, ids: dict[str, str], reader: Any
) -> None:
    me, user = reader(COORDINATOR), served.user(COORDINATOR)
    run = runs.start(served.house, user, ids["scenario"], seconds=60.0)
    whole(me, f"/scenarios/{ids['scenario']}")
    whole(me, f"/calculs/{run.id}")
    me.page.reload()
    me.page.wait_for_selector("button:has-text('Arrêter et garder')")
    tab = me.context.new_page()
    tab.goto(f"/calculs/{run.id}")
    tab.wait_for_function("window.socket && window.socket.connected")
    me.page.go_back()
    me.page.wait_for_selector("h1:has-text('Sedan')")
    me.page.go_forward()
    me.page.wait_for_selector("button:has-text('Arrêter et garder')")
    me.page.wait_for_function(
        "/\\d/.test(document.querySelector('.figures > div:nth-child(4) strong').innerText)"
    )
    tab.click("button:has-text('Arrêter et garder')")
    for page in (tab, me.page):
        page.wait_for_selector("text=Voir le calendrier", timeout=60_000)


def test_the_printed_calendar_repeats_its_weeks_on_every_sheet(
    ids: dict[str, str], reader: Any
) -> None:
    me = reader(COORDINATOR)
    whole(me, f"/plans/{ids['plan']}/calendrier?deplie=oui")
    me.page.add_style_tag(content=".cal-row { min-height: 40mm }")
    sheets = pypdf.PdfReader(io.BytesIO(me.page.pdf(prefer_css_page_size=True))).pages
    assert len(sheets) > 1
    for sheet in sheets:
        assert sheet.mediabox.width > sheet.mediabox.height > 800
    assert all("septembre" in sheet.extract_text() for sheet in sheets)
    first = sheets[0].extract_text()
    assert "Premier" in first
    whole(me, f"/plans/{ids['plan']}/calendrier?public=CAP")
    assert "CAP seulement" in me.page.inner_text(".lead")
