"""In a real browser: a DDF tries and proposes, the coordination answers, the rectorat compares."""

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest

served = pytest.importorskip("served", reason="Playwright et Axe manquent")
if not served.CHROMIUM.exists():
    pytest.skip("Chromium manque", allow_module_level=True)

from playwright.sync_api import Browser, expect  # noqa: E402
from served import chromium, connected, open_page, page_of, site, violations  # noqa: E402

expect.set_options(timeout=60_000)
PAGES = {
    "/departs": "ddf",
    "/plans/{plan}/departs": "ddf",
    "/plans/{plan}/depart?sujet={period}": "ddf",
    "/propositions": "coordonnateur",
    "/academie": "rectorat",
    "/comparer?plan={plan}&plan={plan2}": "rectorat",
    "/comparer?plan={plan}&plan={plan2}&plan={other}": "coordonnateur",
    "/reunir": "rectorat",
    "/lots": "rectorat",
    "/plans/{plan}/pourquoi": "coordonnateur",
    "/plans/{plan}/pourquoi?eleve={pupil}": "coordonnateur",
    "/plans/{plan}/prospecter": "rectorat",
    "/scenarios/{scenario}/retoucher": "coordonnateur",
    "/harmoniser": "coordonnateur",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def path(template: str) -> str:
    return template.format(**{key: quote(value) for key, value in site().ids.items()})


@pytest.mark.parametrize("template", PAGES)
def test_a_page_is_whole_accessible_and_asks_nobody_else(browser: Browser, template: str) -> None:
    with page_of(browser, PAGES[template], viewport={"width": 390, "height": 800}) as page:
        assert open_page(page, path(template)) == 200
        assert page.locator("h1").count() == 1
        assert page.get_attribute("html", "lang") == "fr"
        expect(page.locator(".notice.alert", has_text="n’a pas pu")).to_have_count(0)
        wide = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, "read on a phone without scrolling sideways"
        assert violations(page) == []


def test_a_ddf_tries_a_week_proposes_it_and_reads_the_answer(browser: Browser) -> None:
    ids = site().ids
    with page_of(browser, "ddf") as page:
        open_page(page, "/departs")
        assert page.url.endswith(f"/plans/{ids['plan']}/departs")
        expect(page.get_by_role("link", name=ids["foreign"], exact=True)).to_have_count(0)
        page.get_by_role("link", name=ids["period"], exact=True).click()
        page.wait_for_selector(".best")
        expect(page.locator(".shift-cell.forbidden").first).to_have_attribute(
            "title", re.compile("interdite : .+")
        )
        page.locator("button.shift-cell:not(.forbidden):not(.current)").first.click()
        expect(page.locator(".lane-bar")).to_have_count(2)
        assert "semaine=" in page.url
        page.get_by_label("Pourquoi (la coordination le lira)").fill("Le plateau est pris.")
        page.get_by_role("button", name="Proposer ce décalage").click()
        page.wait_for_url("**/propositions/*")
        asked = page.url
        assert violations(page) == []
    with page_of(browser, "coordonnateur") as page:
        open_page(page, "/propositions")
        page.get_by_role("link", name=ids["period"], exact=True).first.click()
        expect(page.get_by_text("Le plateau est pris.")).to_be_visible()
        connected(page)
        assert violations(page) == []
        page.get_by_label("Votre réponse (l’établissement la lira)").fill("Déjà trop de départs.")
        page.get_by_role("button", name="Décliner").click()
        expect(page.get_by_text("Déclinée le")).to_be_visible()
    with page_of(browser, "ddf") as page:
        page.goto(asked)
        expect(page.get_by_text("Déjà trop de départs.")).to_be_visible()


@pytest.mark.parametrize(
    ("login", "template"),
    [
        ("ddf", "/plans/{plan}/depart?sujet={foreign}"),
        ("ddf", "/plans/{plan2}/departs"),
        ("ddf", "/comparer?plan={plan}&plan={other}"),
        ("ddf", "/academie"),
        ("ddf", "/scenarios/{scenario}/retoucher"),
        ("rectorat", "/plans/{plan}/pourquoi?eleve={pupil}"),
        ("rectorat", "/plans/{plan}/depart?sujet={period}"),
        ("rectorat", "/propositions"),
    ],
)
def test_what_a_role_may_not_see_is_refused(browser: Browser, login: str, template: str) -> None:
    with page_of(browser, login) as page:
        status = open_page(page, path(template))
        refused = page.locator(".notice.alert")
        assert status in (403, 404, 422), refused.all_inner_texts()
        expect(page.locator(".shift-cell.gain-1, .shift-cell.loss-1, .funnel")).to_have_count(0)


def test_the_rectorat_reads_no_pupil_and_finds_what_calls_for_somebody(browser: Browser) -> None:
    with page_of(browser, "rectorat") as page:
        open_page(page, "/academie")
        row = page.get_by_role("row", name="TOUL").first
        expect(row.get_by_text("aucun calendrier publié")).to_be_visible()
        open_page(page, path("/comparer?plan={plan}&plan={plan2}"))
        expect(page.locator(".dumbbell tbody tr").first).to_be_visible()
        expect(page.locator(".lanes tbody tr").first).to_be_visible()
        assert site().ids["pupil"] not in page.content()


def test_two_bassins_are_merged_and_a_batch_is_launched(browser: Browser) -> None:
    with page_of(browser, "rectorat") as page:
        open_page(page, "/reunir")
        page.get_by_role("button", name="Réunir et calculer").click()
        expect(page.get_by_role("link", name="Suivre le calcul")).to_be_visible()
        open_page(page, "/lots")
        page.get_by_role("button", name="Lancer le lot").click()
        expect(page.locator("progress")).to_have_count(1)
        connected(page)
        page.get_by_role("button", name="Arrêter et garder les plans").click()
        expect(page.locator("progress")).to_have_attribute("value", "3")


def test_a_week_is_locked_in_a_variant_and_the_last_change_undone(browser: Browser) -> None:
    ids = site().ids
    with page_of(browser, "coordonnateur") as page:
        open_page(page, f"/scenarios/{ids['scenario']}/retoucher")
        _choose(page, "Période", ids["period"])
        _choose(page, "Semaine de départ", "S02")
        page.get_by_role("button", name="Fixer").click()
        expect(page.locator(".changes li")).to_have_count(1)
        page.get_by_role("button", name="Libérer").click()
        expect(page.locator(".changes li")).to_have_count(2)
        page.get_by_role("button", name="Annuler le dernier").click()
        expect(page.locator(".changes li")).to_have_count(1)
        assert violations(page) == []
        page.get_by_role("button", name="Créer la variante").click()
        page.wait_for_url(lambda url: url.split("/")[-1] not in ("retoucher", ids["scenario"]))
        variant = page.url.split("/")[-1]
        open_page(page, f"/scenarios/{variant}/retoucher")
        page.get_by_role("button", name="Annuler cette variante").click()
        page.wait_for_url(f"**/scenarios/{ids['scenario']}")


def _choose(page, label: str, start: str) -> None:  # type: ignore[no-untyped-def]
    page.get_by_label(label, exact=True).first.click()
    page.get_by_role("option", name=start).first.click()


def test_head_counts_alone_become_a_run(browser: Browser) -> None:
    with page_of(browser, "coordonnateur") as page:
        open_page(page, "/harmoniser")
        text = page.get_by_label("Collèges et effectifs")
        text.fill("Collège Guynemer ; 96\nsans effectif")
        expect(page.get_by_text("ligne 2")).to_be_visible()
        text.fill("Collège Guynemer ; 96\nCollège Pergaud ; 58\nCollège Lamour ; 120")
        expect(page.get_by_text("3 collèges, 274 élèves de 3e")).to_be_visible()
        page.get_by_role("button", name="Calculer le calendrier").click()
        page.wait_for_url("**/calculs/*")
