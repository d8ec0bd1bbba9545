"""In a real browser: a DDF tries and proposes, the coordination answers, the rectorat compares."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
from browsing import Served
from town import hamlet, packed, village, village_solved
from walking import whole

from service.acts import plans, proposals, questions, scenarios
from service.tables import PlanRow
from solver.explain.parts import changed
from solver.search import solve

ACADEMY, BASSIN, OTHER = "Lyon", "ROANNE", "VIENNE"
COORDINATOR, DDF, RECTORAT = "roanne", "ddf-roanne", "lyon"


@dataclass(frozen=True, slots=True)
class Bassin:
    """A published plan, another one, a plan elsewhere, and whom to ask about."""

    place: Served
    ids: dict[str, str]

    def path(self, template: str) -> str:
        return template.format(**{key: quote(value) for key, value in self.ids.items()})


@pytest.fixture(scope="module")
def bassin(served: Served) -> Bassin:
    main = changed(hamlet(), academy=ACADEMY, bassin=BASSIN)
    other = changed(village(), academy=ACADEMY, bassin=OTHER)
    school_of = {p.id: main.division_of[p.division].establishment for p in main.periods}
    own = next(p for p in main.periods if p.imposed is None)
    school = school_of[own.id]
    user = served.person("coordonnateur", COORDINATOR, academy=ACADEMY, bassins=[BASSIN, OTHER])
    served.person("ddf", DDF, academy=ACADEMY, establishments=[school])
    served.person("rectorat", RECTORAT, academy=ACADEMY)
    house = served.house

    def kept(scenario: Any, row: Any, found: Any, title: str) -> PlanRow:
        made = plans.made(row, scenario, found, owner_id=user.id, origin="calcul", title=title)
        return plans.keep(house, user, made)

    row = scenarios.submit(house, user, packed(main))
    first = kept(main, row, solve(main, iterations=300, cores=1), "Premier plan")
    second = kept(main, row, solve(main, iterations=200, cores=1, seed=3), "Autre graine")
    elsewhere = kept(
        other, scenarios.submit(house, user, packed(other)), village_solved(), "Vienne"
    )
    plans.publish(house, user, first.id)
    ids = {
        "scenario": row.id, "plan": first.id, "plan2": second.id, "other": elsewhere.id,
        "period": own.id, "foreign": next(p for p, s in school_of.items() if s != school),
        "pupil": plans.unplaced(house, user, first.id)[0].pupil,
        "foreign_pupil": next(
            p.id for p in main.pupils if main.division_of[p.division].establishment != school
        ),
    }  # fmt: skip
    return Bassin(served, ids)


def connected(me: Any) -> None:
    """Wait until what is clicked is heard."""
    me.page.wait_for_function("window.socket && window.socket.connected")
    me.page.wait_for_timeout(300)


def test_a_ddf_tries_a_week_proposes_it_and_reads_the_answer(bassin: Bassin, reader: Any) -> None:
    period = bassin.ids["period"]
    me = reader(DDF)
    whole(me, bassin.path("/plans/{plan}/departs"))
    assert me.page.get_by_role("link", name=bassin.ids["foreign"], exact=True).count() == 0
    me.page.get_by_role("link", name=period, exact=True).click()
    me.page.wait_for_selector(".best")
    forbidden = me.page.locator(".shift-cell.forbidden").first
    assert "interdite : " in str(forbidden.get_attribute("title"))
    me.page.locator("button.shift-cell:not(.forbidden):not(.current)").first.click()
    me.page.wait_for_selector(".lane-bar.side-1")
    assert "semaine=" in me.page.url
    me.page.wait_for_selector("h2:has-text('Une fois les départs voisins adaptés')")
    assert me.page.locator("tr:has-text('(celle du plan)')").count() == 1
    assert me.violations() == []
    me.page.get_by_label("Pourquoi (la coordination le lira)").fill("Le plateau est pris.")
    me.page.get_by_role("button", name="Proposer ce décalage").click()
    me.page.wait_for_url("**/propositions/*")
    asked = me.page.url
    coordination = reader(COORDINATOR)
    whole(coordination, "/propositions")
    coordination.page.locator(f"a[title='{period}']").first.click()
    coordination.page.wait_for_selector("text=Le plateau est pris.")
    connected(coordination)
    assert coordination.violations() == []
    answer = coordination.page.get_by_label("Votre réponse (l’établissement la lira)")
    answer.fill("Déjà trop de départs.")
    coordination.page.get_by_role("button", name="Décliner").click()
    coordination.page.wait_for_selector("text=Déclinée le")
    me.page.goto(asked)
    me.page.wait_for_selector("text=Déjà trop de départs.")


def test_an_accepted_proposal_becomes_a_variant_and_its_run(bassin: Bassin, reader: Any) -> None:
    house, period = bassin.place.house, bassin.ids["period"]
    school = bassin.place.user(DDF)
    row = next(
        s for s in questions.shift_table(house, school, bassin.ids["plan"], period)
        if s.allowed and not s.current
    )  # fmt: skip
    asked = proposals.propose(house, school, bassin.ids["plan"], period, row.week, "Voyage.").id
    me = reader(COORDINATOR)
    whole(me, f"/propositions/{asked}")
    assert "Voyage." in me.page.inner_text("main")
    me.page.get_by_label("Votre réponse (l’établissement la lira)").fill("D’accord.")
    me.page.get_by_role("button", name="Accepter et calculer").click()
    me.page.wait_for_selector("text=Acceptée le")
    me.page.get_by_role("link", name="Voir la variante").click()
    me.page.wait_for_selector(f"text=part en {row.week.label()}")
    assert me.violations() == []
    variant = me.page.url.split("/")[-1]
    scenario = house.scenario(scenarios.one(house, bassin.place.user(COORDINATOR), variant))
    assert scenario.period_of[period].imposed == row.week
    whole(me, f"/propositions/{asked}")
    me.page.get_by_role("link", name="Suivre le calcul").click()
    me.page.wait_for_url("**/calculs/*")
    enough(me)
    lycee = reader(DDF)
    whole(lycee, "/propositions")
    assert "acceptée" in lycee.page.inner_text("main table")
    whole(lycee, f"/propositions/{asked}")
    assert "D’accord." in lycee.page.inner_text("main")
    assert lycee.page.get_by_role("link", name="Suivre le calcul").count() == 0
    assert lycee.violations() == []


@pytest.mark.parametrize(
    ("login", "template"),
    [
        (DDF, "/plans/{plan}/depart?sujet={foreign}"),
        (DDF, "/plans/{plan2}/departs"),
        (DDF, "/comparer?plan={plan}&plan={other}"),
        (DDF, "/academie"),
        (DDF, "/scenarios/{scenario}/retoucher"),
        (RECTORAT, "/plans/{plan}/eleves?eleve={pupil}"),
        (DDF, "/plans/{plan}/eleves?eleve={foreign_pupil}"),
        (RECTORAT, "/plans/{plan}/depart?sujet={period}"),
        (RECTORAT, "/propositions"),
        ("admin-ailleurs", "/plans/{plan}/prospecter"),
    ],
)
def test_what_a_role_may_not_see_is_refused(
    bassin: Bassin, reader: Any, login: str, template: str
) -> None:
    if login == "admin-ailleurs":
        bassin.place.person("rectorat", login, academy="Nice")
    me = reader(login)
    assert whole(me, bassin.path(template)) in (403, 404, 422)
    assert me.page.locator(".shift-cell, .funnel, .territory, .dumbbell").count() == 0


def test_the_rectorat_reads_no_pupil_and_finds_what_calls_for_somebody(
    bassin: Bassin, reader: Any
) -> None:
    me = reader(RECTORAT)
    whole(me, "/academie")
    row = me.page.get_by_role("row", name=OTHER).first
    assert "aucun calendrier publié" in row.inner_text()
    whole(me, bassin.path("/comparer?plan={plan}&plan={plan2}"))
    assert me.page.locator(".dumbbell tbody tr").count() > 1
    assert me.page.locator(".presence").count() == 2
    assert bassin.ids["pupil"] not in me.page.content()


def enough(me: Any) -> None:
    """On the page of a run: stop it as soon as it has a plan, and keep the plan.

    A small run may end by itself before: the button is then hidden and its click not heard.
    """
    whole(me, me.page.url.removeprefix(me.place.url))
    me.page.wait_for_selector(".figures div:has(dt:text-is('Coût')) strong:text-matches('[0-9]')")
    me.page.locator("button", has_text="Arrêter et garder").dispatch_event("click")
    me.page.wait_for_selector("text=Voir le calendrier")


def test_two_bassins_are_merged_and_compared_with_their_separate_plans(
    bassin: Bassin, reader: Any
) -> None:
    me = reader(RECTORAT)
    whole(me, "/reunir")
    me.page.get_by_role("button", name="Réunir et calculer").click()
    me.page.get_by_role("link", name="Suivre le calcul").first.click()
    me.page.wait_for_url("**/calculs/*")
    enough(me)
    whole(me, "/reunir")
    me.page.get_by_role("link", name="Comparer", exact=True).last.click()
    me.page.wait_for_url("**/comparer?plan=*")
    me.page.wait_for_selector(".dumbbell tbody tr")
    assert me.page.locator(".presence").count() == 2
    assert bassin.ids["pupil"] not in me.page.content()


def test_a_batch_tells_how_each_bassin_stands_and_keeps_its_plans_when_stopped(
    bassin: Bassin, reader: Any
) -> None:
    me = reader(RECTORAT)
    whole(me, "/lots")
    me.page.get_by_role("button", name="Lancer le lot").click()
    me.page.wait_for_selector("progress")
    rows = me.page.locator("main tbody tr")
    bassins = rows.count()
    assert bassins >= 2
    me.page.wait_for_selector("main tbody td:text-matches('calcule|terminé')")
    connected(me)
    me.page.get_by_role("button", name="Arrêter et garder les plans").click()
    me.page.wait_for_selector(f"progress[value='{bassins}']")
    states = rows.locator("td:nth-child(2)").all_inner_texts()
    assert set(states) <= {"arrêté, plan gardé", "terminé", "échoué"}
    assert me.violations() == []


def test_a_week_is_locked_in_a_variant_and_the_last_change_undone(
    bassin: Bassin, reader: Any
) -> None:
    me = reader(COORDINATOR)
    home = f"/scenarios/{bassin.ids['scenario']}"
    whole(me, f"{home}/retoucher")
    _choose(me, "Période", bassin.ids["period"])
    _choose(me, "Semaine de départ", "S02")
    changes = me.page.locator(".changes li")
    for name, count in (("Fixer", 1), ("Libérer", 2), ("Annuler le dernier", 1)):
        me.page.get_by_role("button", name=name).click()
        me.page.wait_for_function(f"document.querySelectorAll('.changes li').length === {count}")
    assert "S02" in changes.first.inner_text()
    assert me.violations() == []
    me.page.get_by_role("button", name="Créer la variante").click()
    me.page.wait_for_url(lambda url: "/scenarios/" in url and home not in url)
    variant = me.page.url.split("/")[-1]
    whole(me, f"/scenarios/{variant}/retoucher")
    me.page.get_by_role("button", name="Annuler cette variante").click()
    me.page.wait_for_url(f"**{home}")


def _choose(me: Any, label: str, start: str) -> None:
    me.page.get_by_label(label, exact=True).first.click()
    me.page.get_by_role("option", name=start).first.click()


def test_head_counts_alone_become_a_calendar(bassin: Bassin, reader: Any) -> None:
    me = reader(COORDINATOR)
    whole(me, "/harmoniser")
    text = me.page.get_by_label("Collèges et effectifs")
    text.fill("Collège Guynemer ; 96\nsans effectif")
    me.page.wait_for_selector("text=ligne 2")
    text.fill("Collège Guynemer ; 96\nCollège Pergaud ; 58\nCollège Lamour ; 120")
    me.page.wait_for_selector("text=3 collèges, 274 élèves de 3e")
    me.page.get_by_role("button", name="Calculer le calendrier").click()
    me.page.wait_for_url("**/calculs/*")
    enough(me)
    me.page.get_by_role("link", name="Voir le calendrier").click()
    me.page.wait_for_selector(".cal .school .bar")
    assert me.page.locator(".cal .school").count() == 3
