"""In a real browser: a file is looked at, then taken; documents are carried away."""

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from browsing import Served
from town import packed, village, village_solved

from service.acts import plans, scenarios
from solver.explain.parts import changed

ACADEMY, BASSIN, SCHOOL = "Dijon", "BEAUNE", "0990001N"
COORDINATOR, DDF, RECTORAT = "beaune", "ddf-beaune", "dijon"
LIST = (
    "SIRET;Raison sociale;Code Insee;Publics;Places;Contact\n"
    "55200000100013;Café d’été;{place};3e 2de;2;Mme Zorglubov\n"
    "55200000100013;Café de l’été;{place};3e;1;\n"
    "5520000010001;<b>L’auto</b>;{place};3e;1;\n"
)


@pytest.fixture(scope="module")
def ids(served: Served) -> dict[str, str]:
    scenario = changed(village(), academy=ACADEMY, bassin=BASSIN)
    user = served.person("coordonnateur", COORDINATOR, academy=ACADEMY, bassins=[BASSIN])
    served.person("coordonnateur", "autre-beaune", academy=ACADEMY, bassins=[BASSIN])
    served.person("ddf", DDF, academy=ACADEMY, establishments=[SCHOOL])
    served.person("rectorat", RECTORAT, academy=ACADEMY)
    row = scenarios.submit(served.house, user, packed(scenario))
    made = plans.made(row, scenario, village_solved(), owner_id=user.id, origin="main")
    plan = plans.keep(served.house, user, made)
    plans.publish(served.house, user, plan.id)
    return {"scenario": row.id, "plan": plan.id, "place": scenario.places[0].id}


def phone(me: Any) -> None:
    """The page holds on a phone, and says nothing that axe refuses, there and on a desk."""
    assert me.violations() == []
    me.page.set_viewport_size({"width": 390, "height": 800})
    wide = me.page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wide <= 0
    me.page.set_viewport_size({"width": 1280, "height": 850})


def test_a_list_is_looked_at_then_taken(
    served: Served, ids: dict[str, str], reader: Any, tmp_path: Path
) -> None:
    me = reader(COORDINATOR)
    me.open(f"/scenarios/{ids['scenario']}")
    me.page.click("text=Compléter avec un fichier")
    me.page.wait_for_selector("h1:has-text('Importer un fichier')")
    phone(me)
    me.shoot("importer")
    me.page.click("a:has-text('Tableur partagé des structures')")
    me.page.wait_for_selector("form.sheet")
    phone(me)
    me.shoot("importer-formulaire")
    file = tmp_path / "liste.csv"
    file.write_text(LIST.format(place=ids["place"]), encoding="utf-8")
    before = len(scenarios.listed(served.house, served.user(COORDINATOR)).rows)
    me.page.set_input_files("input[name=file]", str(file))
    me.page.click("text=Voir ce que ça donne")
    me.page.wait_for_selector("h2:has-text('Ce que donne liste.csv')")
    said = me.page.inner_text("main")
    assert "réunie avec la ligne 2" in said
    assert "14 chiffres" in said
    assert "Zorglubov" not in me.page.content()
    assert len(scenarios.listed(served.house, served.user(COORDINATOR)).rows) == before
    phone(me)
    me.shoot("importer-apercu")
    with me.page.expect_download() as waiting:
        me.page.click("text=Télécharger le rapport")
    text = waiting.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert [(r["ligne"], r["sort"]) for r in rows] == [
        ("2", "prise"), ("3", "prise, changée"), ("4", "refusée"),
    ]  # fmt: skip
    other = reader("autre-beaune")
    other.open(me.page.url)
    assert "n’est plus là" in other.page.inner_text("main")
    me.page.click("text=Prendre ces lignes")
    me.page.wait_for_selector("text=complété par un fichier")
    row = scenarios.one(served.house, served.user(COORDINATOR), me.page.url.rsplit("/", 1)[1])
    assert (row.origin, row.parent_id) == ("import", ids["scenario"])
    assert any(h.id == "55200000100013" for h in served.house.scenario(row).hosts)
    assert me.foreign() == []


@pytest.mark.parametrize(
    ("source", "name", "content", "sentence"),
    [
        ("eleves", "siecle.csv", "INE;Nom;Division\n123456789AB;ZORGLUBOV;2A\n",
         "le fichier dit qui sont les élèves"),
        ("entreprises", "liste.csv", "a;b\n1;2\n", "ligne d’en-tête introuvable"),
        ("offres", "offres.zip", b"PK\x03\x04nothing", "abîmée"),
    ],
)  # fmt: skip
def test_a_refused_file_says_why_and_keeps_nothing(
    ids: dict[str, str], reader: Any, tmp_path: Path,
    source: str, name: str, content: str | bytes, sentence: str,
) -> None:  # fmt: skip
    me = reader(COORDINATOR)
    me.open(f"/importer?scenario={ids['scenario']}&source={source}")
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    me.page.set_input_files("input[name=file]", str(file))
    me.page.click("text=Voir ce que ça donne")
    me.page.wait_for_selector("[role=alert]")
    assert sentence in me.page.inner_text("main")
    assert "ZORGLUBOV" not in me.page.content()
    phone(me)
    me.shoot(f"importer-refus-{source}")


def test_a_bassin_begins_with_its_establishments(
    ids: dict[str, str], reader: Any, tmp_path: Path
) -> None:
    me = reader(COORDINATOR)
    me.open("/importer?scenario=nouveau&source=etablissements")
    schools = tmp_path / "annuaire.csv"
    schools.write_text("uai;nom;type;code_commune;bassin\n0540037X;Lycée;LP;54329;BEAUNE\n")
    communes = tmp_path / "communes.csv"
    communes.write_text("code_insee;nom;lat;lon\n54329;Lunéville;48.58;6.50\n")
    me.page.set_input_files("input[name=file]", str(schools))
    me.page.set_input_files("input[name=communes]", str(communes))
    me.page.fill("[name=year]", "l’an prochain")
    me.page.click("text=Voir ce que ça donne")
    me.page.wait_for_selector("text=l’année scolaire s’écrit 2026-2027")
    me.page.click("text=Choisir un autre fichier")
    me.page.wait_for_selector("form.sheet")
    me.page.set_input_files("input[name=file]", str(schools))
    me.page.set_input_files("input[name=communes]", str(communes))
    me.page.click("text=Voir ce que ça donne")
    me.page.wait_for_selector("text=un nouveau scénario")
    me.page.click("text=Prendre ces lignes")
    me.page.wait_for_selector("h1:has-text('Beaune 2026-2027')")


def test_each_role_carries_away_its_own_documents(ids: dict[str, str], reader: Any) -> None:
    path = f"/plans/{ids['plan']}/documents"
    for login, kept, shot in ((COORDINATOR, True, "tous"), (DDF, True, "ddf"),
                              (RECTORAT, False, "rectorat")):  # fmt: skip
        me = reader(login)
        me.open(path)
        said = me.page.inner_text("main")
        assert ("À garder entre nous" in said) is kept
        assert "Calendrier au mur" in said
        phone(me)
        me.shoot(f"documents-{shot}")
        assert me.foreign() == []
    me = reader(DDF)
    me.open(path)
    with me.page.expect_download() as waiting:
        me.page.click("text=Données des conventions")
    text = waiting.value.path().read_text(encoding="utf-8-sig")
    assert {r["uai"] for r in csv.DictReader(io.StringIO(text), delimiter=";")} == {SCHOOL}
    with me.page.expect_download() as waiting:
        me.page.click("text=Tous les agendas")
    names = zipfile.ZipFile(io.BytesIO(waiting.value.path().read_bytes())).namelist()
    assert f"agendas-etablissements/{SCHOOL}.ics" in names
    me.page.select_option("[name=pour]", "divisions")
    me.page.wait_for_selector("td:has-text('0990001N-3A')")
    assert me.page.locator("td:has-text('0990002')").count() == 0
    assert reader(RECTORAT).open("/importer").status == 403
