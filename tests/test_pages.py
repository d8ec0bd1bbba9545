"""What a coordinator does in a browser, from signing in to publishing; nobody else gets in."""

import io
import time
from pathlib import Path
from typing import Any

import pytest
from browsing import PASSWORD, Served
from openpyxl import load_workbook
from town import ACADEMY, BASSIN, packed, village, village_solved

from scenarios import digest, read
from scenarios.writing import files, zipped
from service.acts import plans, scenarios
from service.exports.annotated import annotated
from service.exports.blank import blank
from service.packing import read_scenario
from service.uploads import kind_of
from solver.errors import Fault
from solver.explain.parts import changed

SHARED = Path(__file__).parent.parent.parent / "shared" / "scenarios"


@pytest.fixture(scope="module")
def coordination(served: Served) -> Served:
    """Coordinators of two bassins, each with a scenario; the first has a plan too."""
    for login, bassin in (("marie", BASSIN), ("paul", "Toul")):
        user = served.coordinator(bassin, login=login)
        served.may_enter(login)
        scenario = village(bassin)
        row = scenarios.submit(served.house, user, packed(scenario))
        if bassin == BASSIN:
            kept = plans.made(row, scenario, village_solved(), owner_id=user.id, origin="main")
            plans.keep(served.house, user, kept)
    served.ddf(login="dominique")
    served.rectorat(login="rachel")
    return served


def ids(place: Served, login: str = "marie") -> tuple[str, str]:
    """The first scenario and the first plan of somebody."""
    user = place.user(login)
    rows = scenarios.listed(place.house, user).rows
    first = next(r for r in reversed(rows) if r.origin == "upload")
    made = plans.listed(place.house, user, scenario_id=first.id).rows
    return first.id, made[-1].id if made else ""


def test_somebody_signs_in_with_a_password_and_out_again(coordination: Served, reader: Any) -> None:
    me = reader(None)
    me.open("/deposer")
    assert me.title() == "Se connecter"
    me.page.fill("[name=login]", "marie")
    me.page.fill("[name=password]", "ce n’est pas le bon")
    me.page.keyboard.press("Enter")
    me.page.wait_for_selector("[role=alert]")
    assert "refusé" in me.page.inner_text("[role=alert]")
    assert me.violations() == []
    me.page.fill("[name=login]", "marie")
    me.page.fill("[name=password]", PASSWORD)
    me.page.keyboard.press("Enter")
    me.page.wait_for_selector("h1:has-text('Déposer un bassin')")
    me.page.click("text=Se déconnecter")
    me.page.wait_for_selector("h1:has-text('Se connecter')")
    me.open("/")
    assert me.title() == "Se connecter"
    assert me.foreign() == []


def test_nobody_is_sent_elsewhere_after_signing_in(coordination: Served, reader: Any) -> None:
    me = reader(None)
    me.open("/connexion?suite=//evil.example/")
    me.page.fill("[name=login]", "marie")
    me.page.fill("[name=password]", PASSWORD)
    me.page.keyboard.press("Enter")
    me.page.wait_for_selector("h1:has-text('Bassins')")
    assert me.page.url == f"{coordination.url}/"


def test_a_refused_file_comes_back_with_its_faults_at_their_cells(
    coordination: Served, reader: Any, tmp_path: Path
) -> None:
    tables = dict(files(village()))
    header, first, *others = tables["divisions.csv"].splitlines()
    column = header.split(";").index("effectif")
    cells = first.split(";")
    cells[column] = "douze"
    tables["divisions.csv"] = "\n".join([header, ";".join(cells), *others])
    sent = tmp_path / "bassin.zip"
    sent.write_bytes(zipped(tables))
    me = reader("marie")
    me.open("/deposer")
    assert me.violations() == []
    me.page.set_input_files("input[type=file]", str(sent))
    me.page.click("form.drop button")
    me.page.wait_for_selector("text=bassin.zip n’est pas déposé : 1 faute")
    row = me.page.inner_text("table tbody tr")
    assert "divisions.csv" in row
    assert "effectif" in row
    assert "douze" in row
    assert me.violations() == []
    me.shoot("deposer-fautes")
    with me.page.expect_download() as waiting:
        me.page.click("text=Télécharger le fichier annoté")
    book = load_workbook(io.BytesIO(waiting.value.path().read_bytes()))
    cell = book["divisions"].cell(2, column + 1)
    assert cell.value == "douze"
    assert "nombre" in cell.comment.text
    other = reader("paul")
    other.open(me.page.url)
    assert "n’est plus là" in other.page.inner_text("main")


def test_a_deposit_is_calculated_watched_stopped_read_and_published(
    coordination: Served, reader: Any, tmp_path: Path
) -> None:
    sent = tmp_path / "bassin.zip"
    sent.write_bytes(packed(changed(village(), title="Déposé à la main")))
    me = reader("marie")
    me.open("/deposer")
    me.page.set_input_files("input[type=file]", str(sent))
    me.page.click("form.drop button")
    me.page.wait_for_selector("h1:has-text('Déposé à la main')")
    assert me.violations() == []
    me.shoot("scenario")
    me.page.click("button:has-text('Calculer')")
    me.page.wait_for_url("**/calculs/*")
    me.page.wait_for_selector("button:has-text('Arrêter et garder')")
    me.page.wait_for_function("/cherche/.test(document.querySelector('.figures').innerText)")
    me.page.wait_for_function(
        "/\\d/.test(document.querySelector('.figures > div:nth-child(4) strong').innerText)"
    )
    assert me.violations() == []
    me.shoot("calcul")
    me.page.click("button:has-text('Arrêter et garder')")
    me.page.click("text=Voir le calendrier")
    me.page.wait_for_selector("h1:has-text('Calendrier')")
    me.page.click("nav.tabs >> text=Vue d’ensemble")
    me.page.wait_for_selector("button:has-text('Publier…')")
    assert "D’où vient l’écart" in me.page.inner_text("main")
    assert me.violations() == []
    me.shoot("plan")
    me.page.click("button:has-text('Publier…')")
    me.page.get_by_role("button", name="Publier", exact=True).click()
    me.page.wait_for_selector("text=En vigueur depuis")
    me.open("/")
    assert "publié le" in me.page.inner_text("main table")
    assert me.foreign() == []


def test_the_calendar_filters_unfolds_and_says_the_same_in_tables(
    coordination: Served, reader: Any
) -> None:
    me = reader("marie")
    calendar = f"/plans/{ids(coordination)[1]}/calendrier"
    me.open(calendar)
    assert me.page.locator(".bar").count() > 10
    assert me.violations() == []
    me.shoot("calendrier")
    fold = me.page.locator("[data-fold]").first
    below = me.page.locator(f"#{fold.get_attribute('data-fold')}")
    shown = below.is_visible()
    fold.focus()
    me.page.keyboard.press("Enter")
    assert below.is_visible() is not shown
    me.page.select_option("[name=public]", "CAP")
    me.page.wait_for_url("**public=CAP**")
    me.page.wait_for_selector(".bar")
    classes = me.page.eval_on_selector_all(".bar", "bars => bars.map(bar => bar.className)")
    assert all("p-CAP" in name for name in classes)
    me.open(f"{calendar}?public=CAP&vue=table")
    table = me.page.locator("main table").first
    assert me.violations() == []
    scenario, plan = village(), village_solved().plan
    assert plan is not None
    cap = {d.id for d in scenario.divisions if d.public == "CAP"}
    gone = [d for d in plan.departures if scenario.period_of[d.period].division in cap]
    assert table.locator("tbody tr").count() == len(gone)
    assert gone[0].start.label() in table.inner_text()
    week = str(gone[0].start)
    me.open(f"{calendar}?semaine={week}")
    assert gone[0].start.label() in me.page.inner_text("#semaine")
    assert me.violations() == []


def test_a_cell_of_the_saturation_says_who_is_there(coordination: Served, reader: Any) -> None:
    me = reader("marie")
    me.open(f"/plans/{ids(coordination)[1]}/accueils")
    assert me.violations() == []
    me.shoot("accueils")
    me.page.locator(".heat td a").first.click()
    me.page.wait_for_selector("#qui")
    taken = me.page.eval_on_selector_all(
        "#qui ~ .table tbody tr", "rows => rows.map(r => [...r.cells].map(c => c.innerText))"
    )
    assert sum(int(cells[2]) for cells in taken) > 0
    assert all(int(cells[1]) == int(cells[2]) + int(cells[3]) for cells in taken)
    assert any(cells[4] != "personne" for cells in taken)
    assert me.violations() == []
    me.open(f"/plans/{ids(coordination)[1]}/accueils?par=secteur")
    assert me.page.locator(".heat td a").count() > 5
    assert me.violations() == []


def test_those_without_a_place_are_listed_with_reasons(coordination: Served, reader: Any) -> None:
    me = reader("marie")
    plan_id = ids(coordination)[1]
    missing = plans.unplaced(coordination.house, coordination.user("marie"), plan_id)
    me.open(f"/plans/{plan_id}/eleves")
    assert me.page.locator("main tbody tr").count() == len(missing) > 0
    assert me.violations() == []
    me.shoot("eleves")
    me.page.select_option("[name=motif]", missing[0].reason)
    me.page.wait_for_url("**motif=**")
    me.page.wait_for_selector("main tbody tr")
    same = [u for u in missing if u.reason == missing[0].reason]
    assert me.page.locator("main tbody tr").count() == len(same)


def test_the_demonstration_goes_step_by_step_and_is_never_published(
    coordination: Served, reader: Any
) -> None:
    me = reader("paul")
    me.open("/essai")
    assert me.violations() == []
    me.page.click("text=Poser la démonstration")
    me.page.wait_for_selector("text=Ouvrir le scénario")
    assert me.page.locator(".steps .done").count() == 1
    me.shoot("essai")
    user = coordination.user("paul")
    row = scenarios.listed(coordination.house, user).rows[0]
    assert (row.origin, row.academy, row.bassin) == ("demo", ACADEMY, "Toul")


def test_another_person_reaches_nothing_foreign(coordination: Served, reader: Any) -> None:
    scenario_id, plan_id = ids(coordination)
    foreign = [
        f"/plans/{plan_id}{page}" for page in ("", "/calendrier", "/accueils", "/eleves")
    ] + [f"/scenarios/{scenario_id}"]
    other = reader("paul")
    for path in foreign:
        assert other.open(path).status == 404, path
        assert "dans votre territoire" in other.page.inner_text("[role=alert]")
    other.open(f"/bassin?academie={ACADEMY}&nom={BASSIN}")
    assert other.page.locator("main table").count() == 0


def test_a_role_sees_only_what_it_may(coordination: Served, reader: Any) -> None:
    _, plan_id = ids(coordination)
    academy = reader("rachel")
    assert academy.open(f"/plans/{plan_id}/eleves").status == 403
    assert academy.open("/deposer").status == 403
    academy.open(f"/plans/{plan_id}")
    assert academy.page.locator("button:has-text('Publier')").count() == 0
    assert "Déposer" not in academy.page.inner_text("header")
    assert academy.violations() == []


def test_a_form_from_elsewhere_is_refused(coordination: Served, reader: Any) -> None:
    me = reader("marie")
    for path, form in (("/essai", {"csrf": "x"}), ("/deconnexion", {})):
        answer = me.context.request.post(coordination.url + path, form=form)
        assert answer.status == 403, path
    me.open("/")
    assert me.title() == "Bassins"


def test_a_page_whose_session_is_over_asks_to_sign_in_again(
    coordination: Served, reader: Any
) -> None:
    me = reader("marie")
    scenario_id, _ = ids(coordination)
    me.open(f"/scenarios/{scenario_id}")
    me.context.request.post(
        coordination.url + "/deconnexion",
        form={"csrf": me.page.input_value("input[name=csrf] >> nth=0")},
    )
    me.page.click("button:has-text('Calculer')")
    me.page.wait_for_selector("text=La session est terminée")


def test_the_blank_tables_read_back_as_an_empty_scenario_and_explain_each_column() -> None:
    reading = read_scenario(blank(), "xlsx")
    assert {f.column or f.message for f in reading.faults} <= {"titre", "bassin", "academie"}
    book = load_workbook(io.BytesIO(blank()))
    comment = book["eleves"]["A1"].comment
    assert comment is not None
    assert "Pseudonyme local" in comment.text
    assert "e00042" in comment.text


def test_a_workbook_is_annotated_without_losing_a_cell() -> None:
    faults = [Fault("x", "valeur douteuse", "lieux", 0, "nom", file="lieux.csv", line=2)]
    content = packed(village())
    book = load_workbook(io.BytesIO(annotated(content, kind_of(content), faults)))
    headers = [cell.value for cell in book["lieux"][1]]
    marked = book["lieux"].cell(2, headers.index("nom") + 1)
    assert marked.comment.text == "valeur douteuse"
    again = io.BytesIO()
    book.save(again)
    reading = read_scenario(again.getvalue(), "xlsx")
    assert reading.scenario is not None
    assert digest(reading.scenario) == digest(village())


@pytest.mark.slow
def test_the_calendar_of_nancy_opens_fast(served: Served, reader: Any) -> None:
    """A large real bassin: how long it takes is printed, that it stays light is asserted."""
    if not (SHARED / "nancy-2026").is_dir():
        pytest.skip("scénarios réels absents")
    from service.sizes import sizes
    from solver.domain import Departure, Plan

    scenario = read(SHARED / "nancy-2026")
    user = served.coordinator(scenario.bassin, login="nadia")
    row = scenarios.submit(served.house, user, packed(scenario))
    wished = tuple(
        Departure(period=p.id, start=start)
        for p in scenario.periods
        if (start := p.imposed or p.wished) is not None
    )
    kept = plans.made(
        row, scenario, Plan(departures=wished, placements=()), owner_id=user.id, origin="main"
    )
    plans.keep(served.house, user, kept)
    me = reader("nadia")
    me.context.set_default_timeout(120_000)
    path = f"/plans/{kept.row.id}/calendrier"
    me.open(path)
    begin = time.monotonic()
    me.open(path)
    seconds = time.monotonic() - begin
    elements = me.page.evaluate("document.querySelectorAll('*').length")
    print(f"nancy : {seconds:.2f} s, {elements} éléments, {sizes(scenario)}")  # noqa: T201
    assert elements < 12_000
    me.shoot("calendrier-nancy")


def test_an_administrator_invites_somebody_who_chooses_a_password(
    coordination: Served, reader: Any
) -> None:
    me = reader("admin")
    me.open("/comptes")
    assert me.violations() == []
    me.shoot("comptes")
    me.page.get_by_label("Identifiant").fill("nour")
    me.page.get_by_label("Nom affiché").fill("Nour")
    me.page.get_by_label("Académie").fill(ACADEMY)
    me.page.get_by_label("Bassins").fill("Toul")
    me.page.get_by_role("button", name="Inviter", exact=True).click()
    link = me.page.wait_for_selector("main .notice code").inner_text()
    guest = reader(None)
    guest.open(link.removeprefix(coordination.url))
    guest.page.fill("[name=password]", PASSWORD)
    guest.page.fill("[name=again]", PASSWORD)
    guest.page.keyboard.press("Enter")
    guest.page.wait_for_selector("text=Mot de passe enregistré")
    assert guest.page.input_value("[name=login]") == "nour"
