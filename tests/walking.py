"""An académie in all its states, and every page of the service as somebody would open it there.

`VIEWS` names each page with who looks; a page that no view opens makes `test_pages_walk` fail.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from browsing import Reader, Served
from town import packed, village

from scenarios.generate import generate
from scenarios.writing import files, zipped
from service.acts import accounts, plans, proposals, runs, scenarios, variants
from service.patches import Operation
from service.tables import RunRow
from solver.calendar import SchoolCalendar
from solver.domain import Closure, Scenario
from solver.explain.parts import changed
from solver.search import solve
from solver.whatif import shifts, stand

ACADEMY, BASSIN, OTHER, EMPTY = "Dijon", "Val de Brenouse", "Pays d’Ormelle", "Haute-Sorge"
COORDINATOR, DDF, RECTORAT = "claire", "denis", "renée"
NEW_COORDINATOR, NEW_DDF, NEW_RECTORAT = "camille", "diane", "rémi"
WIDTHS, MODES = (1280, 390), ("light", "dark")
_PATIENCE_MILLISECONDS = 120_000
_FAULTS = 200


@dataclass(frozen=True, slots=True)
class View:
    """A page in a state: who looks, and at which address (`{…}`: an identifier of the scene)."""

    who: str | None
    address: str
    status: int = 200
    often: bool = True
    """Looked at in the fast tests; the others are walked by the slow ones and by the command."""


def _seldom(who: str | None, address: str, status: int = 200) -> View:
    return View(who, address, status, often=False)


_PLAN = "/plans/{plan}"
VIEWS: Mapping[str, View] = MappingProxyType(
    {
        "connexion": View(None, "/connexion"),
        "invitation": View(None, "/invitation/{invitation}"),
        "introuvable": View(COORDINATOR, "/rien", 404),
        "bassins": View(COORDINATOR, "/"),
        "bassin": View(COORDINATOR, "/bassin?academie={academy}&nom={bassin}"),
        "deposer": View(COORDINATOR, "/deposer"),
        "deposer-200-fautes": View(COORDINATOR, "/deposer?refus={refused}"),
        "harmoniser": View(COORDINATOR, "/harmoniser"),
        "scenario": View(COORDINATOR, "/scenarios/{scenario}"),
        "scenario-variante": _seldom(COORDINATOR, "/scenarios/{variant}"),
        "retoucher": View(COORDINATOR, "/scenarios/{scenario}/retoucher"),
        "calcul-fini": View(COORDINATOR, "/calculs/{done}"),
        "calcul-impossible": View(COORDINATOR, "/calculs/{impossible}"),
        "calcul-en-echec": _seldom(COORDINATOR, "/calculs/{broken}"),
        "plan": View(COORDINATOR, _PLAN),
        "calendrier": View(COORDINATOR, _PLAN + "/calendrier"),
        "calendrier-deplie": _seldom(COORDINATOR, _PLAN + "/calendrier?deplie=oui"),
        "calendrier-semaine": _seldom(COORDINATOR, _PLAN + "/calendrier?semaine={week}"),
        "calendrier-tables": _seldom(COORDINATOR, _PLAN + "/calendrier?vue=table"),
        "accueils": _seldom(COORDINATOR, _PLAN + "/accueils"),
        "accueils-secteurs": View(COORDINATOR, _PLAN + "/accueils?par=secteur"),
        "eleves": View(COORDINATOR, _PLAN + "/eleves"),
        "eleve": View(COORDINATOR, _PLAN + "/eleves?eleve={pupil}"),
        "eleves-aides": _seldom(COORDINATOR, _PLAN + "/eleves?etablissement={uai}&aides=oui"),
        "departs": View(COORDINATOR, _PLAN + "/departs"),
        "depart": View(COORDINATOR, _PLAN + "/depart?sujet={period}&semaine={other_week}"),
        "documents": View(COORDINATOR, _PLAN + "/documents"),
        "importer": View(COORDINATOR, "/importer"),
        "prospecter": View(COORDINATOR, _PLAN + "/prospecter"),
        "propositions": View(COORDINATOR, "/propositions"),
        "proposition": View(COORDINATOR, "/propositions/{proposal}"),
        "proposition-declinee": _seldom(COORDINATOR, "/propositions/{declined}"),
        "comparer": _seldom(COORDINATOR, "/comparer"),
        "comparer-trois": View(
            COORDINATOR, "/comparer?plan={plan}&plan={plan2}&plan={plan_elsewhere}"
        ),
        "comparer-deux": _seldom(COORDINATOR, "/comparer?plan={plan}&plan={plan2}"),
        "essai": View(COORDINATOR, "/essai"),
        "aide": View(COORDINATOR, "/aide"),
        "guide": View(COORDINATOR, "/aide/coordonnateur"),
        "guide-etablissement": _seldom(DDF, "/aide/etablissement"),
        "guide-rectorat": _seldom(RECTORAT, "/aide/rectorat"),
        "guide-regles": _seldom(COORDINATOR, "/aide/regles"),
        "guide-donnees": _seldom(COORDINATOR, "/aide/donnees"),
        "tables": View(COORDINATOR, "/tables"),
        "academie": View(RECTORAT, "/academie"),
        "reunir": View(RECTORAT, "/reunir"),
        "lots": View(RECTORAT, "/lots"),
        "rectorat-bassins": _seldom(RECTORAT, "/"),
        "rectorat-plan": _seldom(RECTORAT, _PLAN),
        "rectorat-calendrier": _seldom(RECTORAT, _PLAN + "/calendrier"),
        "rectorat-accueils": _seldom(RECTORAT, _PLAN + "/accueils"),
        "rectorat-comparer": _seldom(RECTORAT, "/comparer?plan={plan}&plan={plan2}"),
        "rectorat-eleves": _seldom(RECTORAT, _PLAN + "/eleves", 403),
        "mes-periodes": View(DDF, "/departs"),
        "ddf-bassins": _seldom(DDF, "/"),
        "ddf-plan": View(DDF, _PLAN),
        "ddf-calendrier": _seldom(DDF, _PLAN + "/calendrier"),
        "ddf-accueils": _seldom(DDF, _PLAN + "/accueils"),
        "ddf-eleves": _seldom(DDF, _PLAN + "/eleves"),
        "ddf-depart": _seldom(DDF, _PLAN + "/depart?sujet={period}&semaine={other_week}"),
        "ddf-propositions": _seldom(DDF, "/propositions"),
        "ddf-proposition": _seldom(DDF, "/propositions/{proposal}"),
        "comptes": View("admin", "/comptes"),
        "vide-bassins": _seldom(NEW_COORDINATOR, "/"),
        "vide-essai": _seldom(NEW_COORDINATOR, "/essai"),
        "vide-propositions": _seldom(NEW_COORDINATOR, "/propositions"),
        "vide-comparer": _seldom(NEW_COORDINATOR, "/comparer"),
        "vide-bassin": _seldom(NEW_COORDINATOR, "/bassin?academie={academy}&nom={empty}"),
        "vide-mes-periodes": _seldom(NEW_DDF, "/departs"),
        "vide-ddf": _seldom(NEW_DDF, "/"),
        "vide-academie": _seldom(NEW_RECTORAT, "/academie"),
        "vide-reunir": _seldom(NEW_RECTORAT, "/reunir"),
        "vide-lots": _seldom(NEW_RECTORAT, "/lots"),
    }
)


def address(view: View, ids: Mapping[str, str]) -> str:
    return view.address.format(**{key: quote(value) for key, value in ids.items()})


def whole(me: Reader, path: str) -> int:
    """Go to a page and wait until nothing more is on its way; its status."""
    me.page.set_default_timeout(_PATIENCE_MILLISECONDS)
    answer = me.open(path)
    me.page.wait_for_function("window.socket && window.socket.connected")
    me.page.wait_for_selector(".waiting", state="detached")
    return int(answer.status)


def main_scenario() -> Scenario:
    """The bassin of the scene: nine establishments, four hundred pupils of each kind."""
    return changed(generate(11, 1_200), academy=ACADEMY, bassin=BASSIN, title="Rentrée 2026")


def scene(place: Served) -> dict[str, str]:
    """Fill the service; gives the identifiers by the names that `VIEWS` uses."""
    main = main_scenario()
    house = place.house
    own = next(
        p for p in main.periods
        if p.imposed is None and main.division_of[p.division].public in ("BACPRO", "CAP")
    )  # fmt: skip
    uai = main.division_of[own.division].establishment
    user = place.person(
        "coordonnateur", COORDINATOR, "Claire Aubry", academy=ACADEMY, bassins=[BASSIN, OTHER]
    )
    school = place.person("ddf", DDF, "Denis Morel", academy=ACADEMY, establishments=[uai])
    place.person("rectorat", RECTORAT, "Renée Vautrin", academy=ACADEMY)
    place.person("coordonnateur", NEW_COORDINATOR, academy=ACADEMY, bassins=[EMPTY])
    place.person("ddf", NEW_DDF, academy=ACADEMY, establishments=["0999999Z"])
    place.person("rectorat", NEW_RECTORAT, academy="Corse")
    _, invitation = accounts.create(
        house, place.user("admin"), "nouvelle", name="Nouvelle", role="ddf", academy=ACADEMY,
        establishments=[uai],
    )  # fmt: skip
    row = scenarios.submit(house, user, packed(main))
    done = runs.start(house, user, row.id, seconds=4.0)
    closed = scenarios.submit(house, user, packed(_closed(main, uai)))
    impossible = runs.start(house, user, closed.id, seconds=4.0)

    def kept(scenario: Scenario, of: Any, title: str, **search: int) -> plans.PlanRow:
        found = solve(scenario, cores=1, **search)
        made = plans.made(of, scenario, found, owner_id=user.id, origin="calcul", title=title)
        return plans.keep(house, user, made)

    first = kept(main, row, "Calendrier proposé en mars", iterations=3_000)
    second = kept(main, row, "Autre équilibre", iterations=1_500, seed=3)
    other = changed(village(), academy=ACADEMY, bassin=OTHER, title="Rentrée 2026")
    elsewhere = kept(
        other, scenarios.submit(house, user, packed(other)), "Premier essai", iterations=1_000
    )
    plans.publish(house, user, first.id)
    variant = variants.vary(
        house, user, row.id,
        [Operation(op="replace", path="/bareme/non_place", value=3_000)],
    )  # fmt: skip
    folder = house.plan(first)
    starts = {d.period: d.start for d in folder.plan.departures}
    better = min(
        (s for s in shifts(stand(main, folder.plan), own.id) if s.allowed and not s.current),
        key=lambda s: s.change or 0,
    )
    asked = proposals.propose(
        house, school, first.id, own.id, better.week, "Le plateau technique est pris en janvier."
    )
    mine = [
        p for p in main.periods
        if main.division_of[p.division].establishment == uai and p.imposed is None and p != own
    ]  # fmt: skip
    declined = _proposed(place, school, first.id, mine[0].id)
    proposals.decline(house, user, declined, "Trop de départs cette semaine-là dans le secteur.")
    return {
        "academy": ACADEMY, "bassin": BASSIN, "empty": EMPTY, "scenario": row.id,
        "variant": variant.id, "plan": first.id, "plan2": second.id, "plan_elsewhere": elsewhere.id,
        "done": done.id, "impossible": impossible.id, "broken": _broken(place, done),
        "week": str(starts[own.id]), "period": own.id, "other_week": str(better.week), "uai": uai,
        "pupil": plans.unplaced(house, user, first.id)[0].pupil, "proposal": asked.id,
        "declined": declined, "invitation": invitation,
    }  # fmt: skip


def _proposed(place: Served, school: Any, plan_id: str, period: str) -> str:
    """Another wish, for whatever week the rules allow."""
    from service.acts import questions

    row = next(
        s for s in questions.shift_table(place.house, school, plan_id, period)
        if s.allowed and not s.current
    )  # fmt: skip
    return proposals.propose(place.house, school, plan_id, period, row.week, "").id


def _closed(scenario: Scenario, uai: str) -> Scenario:
    """The same with a school that lets nobody leave: no plan is possible."""
    weeks = SchoolCalendar(scenario).usable
    never = Closure(target=uai, first=weeks[0], last=weeks[-1], reason="travaux")
    return changed(scenario, closures=(*scenario.closures, never), title="Lycée en travaux")


def _broken(place: Served, like: RunRow) -> str:
    """A run whose machine was lost three times."""
    row = RunRow(
        scenario_id=like.scenario_id, digest=like.digest, bassin=like.bassin,
        academy=like.academy, owner_id=like.owner_id, seconds=300.0, title=like.title,
        status="failed", error_code="moteur-perdu", error_detail="code -9",
    )  # fmt: skip
    with place.house.database.session() as session:
        session.add(row)
        session.flush()
        return row.id


def faulty() -> bytes:
    """A zip in which two hundred cells are wrong."""
    tables = dict(files(main_scenario()))
    header, *lines = tables["eleves.csv"].splitlines()
    column = header.split(";").index("division")
    for i in range(_FAULTS):
        cells = lines[i].split(";")
        cells[column] = f"inconnue-{i}"
        lines[i] = ";".join(cells)
    tables["eleves.csv"] = "\n".join([header, *lines])
    return zipped(tables)


def refused(me: Reader) -> str:
    """Send the faulty tables; the key of what was refused."""
    me.page.set_default_timeout(_PATIENCE_MILLISECONDS)
    me.open("/deposer")
    sent = {"name": "rentrée 2026.zip", "mimeType": "application/zip", "buffer": faulty()}
    me.page.set_input_files("input[type=file]", sent)
    me.page.click("form.drop button")
    me.page.wait_for_url("**/deposer?refus=*")
    return str(me.page.url.split("refus=")[-1])
