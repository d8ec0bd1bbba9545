"""Variants through the API: ordered changes with selectors, and proposals that become one."""

from collections.abc import Iterator

import pytest
from town import BACKENDS, Town, own_periods, packed, town, village, village_solved

from service.acts import plans, scenarios
from service.patches import Operation, patched
from service.refusals import Refusal
from service.tables import PlanRow, ScenarioRow
from solver.domain import Plan
from solver.errors import InvalidScenario
from solver.explain.parts import changed


@pytest.fixture(scope="module", params=BACKENDS)
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    with town(tmp_path_factory.mktemp("variants"), request.param) as built:
        built.coordinator()
        built.ddf()
        built.rectorat()
        yield built


@pytest.fixture(scope="module")
def stored(place: Town) -> tuple[ScenarioRow, PlanRow]:
    """A scenario and its published plan."""
    user = place.user("coordonnateur")
    row = scenarios.submit(place.house, user, packed(village()))
    plan = plans.made(row, village(), village_solved(), owner_id=user.id, origin="calcul")
    plans.keep(place.house, user, plan)
    return row, plans.publish(place.house, user, plan.row.id)


def change(op: str, path: str, value: object = None) -> Operation:
    return Operation.model_validate({"op": op, "path": path, "value": value})


def test_operations_apply_in_order_and_say_what_they_change() -> None:
    scenario = village()
    division, pupil = scenario.divisions[0], scenario.pupils[0]
    host = scenario.hosts[0].model_dump(mode="json", by_alias=True) | {"accueil": "X-neuf"}
    varied = patched(
        scenario,
        [
            change("replace", "/titre", "Essai"),
            change("replace", "/bareme/non_place", 7),
            change("replace", f"/periodes/[division={division.id}]/debut_souhaite", "2027-W05"),
            change("remove", f"/eleves/[eleve={pupil.id}]"),
            change("remove", f"/placements/[eleve={pupil.id}]")
            if any(f.pupil == pupil.id for f in scenario.found_places)
            else change("replace", "/titre", "Essai"),
            change("add", "/accueils/-", host),
            change("replace", "/accueils/[accueil=X-neuf]", {"places": 9, "nom": "Neuf"}),
            change("remove", "/accueils/[accueil=X-neuf]/naf"),
        ],
    )
    added = varied.host_of["X-neuf"]
    assert (varied.title, varied.prices.unplaced) == ("Essai", 7)
    assert {str(p.wished) for p in varied.periods if p.division == division.id} == {"2027-W05"}
    assert pupil.id not in varied.pupil_of
    assert (added.slots, added.name, added.activity) == (9, "Neuf", "")
    assert len(varied.hosts) == len(scenario.hosts) + 1
    untouched = [p for p in scenario.periods if p.division != division.id]
    assert untouched == [p for p in varied.periods if p.division != division.id]


def test_no_operation_gives_back_the_scenario_itself() -> None:
    scenario = changed(village(), reference=village_solved().plan)
    assert patched(scenario, [change("replace", "/titre", scenario.title)]) == scenario


@pytest.mark.parametrize(
    ("op", "path", "value"),
    [
        ("replace", "/divisions/[division=personne]/effectif", 3),
        ("replace", "/divisions/[couleur=bleu]/effectif", 3),
        ("replace", "/divisions/[division=x]/couleur", 3),
        ("replace", "/couleurs/[x=y]", {}),
        ("replace", "/bareme", 3),
        ("add", "/accueils/-", 3),
        ("remove", "/reference", None),
        ("replace", "divisions", None),
    ],
)
def test_an_operation_that_designates_nothing_is_refused(op: str, path: str, value: object) -> None:
    with pytest.raises(Refusal) as refused:
        patched(village(), [change(op, path, value)])
    assert refused.value.code == "modification-impossible"
    assert refused.value.extra == {"operation": 1}


def test_a_change_that_breaks_the_tables_tells_every_fault() -> None:
    with pytest.raises(InvalidScenario) as refused:
        patched(village(), [change("remove", "/etablissements/[type=CLG]")])
    assert len(refused.value.faults) > 1


def test_a_variant_stands_beside_its_parent(
    place: Town, stored: tuple[ScenarioRow, PlanRow]
) -> None:
    client = place.signed_in("rectorat")
    answer = client.post(
        f"/api/v1/scenarios/{stored[0].id}/from-input",
        json={"titre": "Autre barème", "bareme": {"non_place": 11}, "reference": stored[1].id},
    )
    assert answer.status_code == 201, answer.text
    record = answer.json()
    assert (record["parent"], record["title"]) == (stored[0].id, "Autre barème")
    kept = place.house.scenario(scenarios.one(place.house, place.user("rectorat"), record["id"]))
    assert kept.prices.unplaced == 11
    assert kept.reference is not None
    assert kept.reference.start_of == _plan().start_of
    assert client.get(answer.headers["Location"]).json() == record


def _plan() -> Plan:
    plan = village_solved().plan
    assert plan is not None
    return plan


def test_whoever_sees_no_pupil_changes_none(
    place: Town, stored: tuple[ScenarioRow, PlanRow]
) -> None:
    client = place.signed_in("rectorat")
    operation = {"op": "remove", "path": f"/eleves/[eleve={village().pupils[0].id}]"}
    answer = client.post(
        f"/api/v1/scenarios/{stored[0].id}/from-patch", json={"operations": [operation]}
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "droit-absent")


def test_a_proposal_is_seen_by_both_and_accepted_with_a_variant_and_a_run(
    place: Town, stored: tuple[ScenarioRow, PlanRow]
) -> None:
    ddf, coordinator = place.signed_in("ddf"), place.signed_in("coordonnateur")
    url = f"/api/v1/plans/{stored[1].id}/shifts"
    mine = own_periods()
    rows = ddf.get(url, params={"subject": mine[0].id}).json()
    week = next(r["semaine"] for r in rows if r["cout"] is not None and not r["actuelle"])
    asked = {"plan": stored[1].id, "subject": mine[0].id, "week": week, "message": "CCF"}
    made = ddf.post("/api/v1/proposals", json=asked)
    assert made.status_code == 201, made.text
    assert made.json()["shifts"] == rows
    seen = coordinator.get("/api/v1/proposals?status=open").json()["lignes"]
    assert [p["id"] for p in seen] == [made.json()["id"]]
    url = made.headers["Location"]
    assert ddf.post(f"{url}/acceptance", json={}).status_code == 403
    accepted = coordinator.post(f"{url}/acceptance", json={"seconds": 5})
    assert accepted.status_code == 200, accepted.text
    record = ddf.get(url).json()
    assert (record["status"], record["run"] is not None) == ("accepted", True)
    user = place.user("coordonnateur")
    variant = place.house.scenario(scenarios.one(place.house, user, record["variant"]))
    departure = mine[0].departure
    unit = [
        p for p in variant.periods if p.id == mine[0].id or (departure and p.departure == departure)
    ]
    assert str(next(p for p in unit if p.id == mine[0].id).imposed) == week
    assert variant.reference is not None
    again = coordinator.post(f"{url}/refusal", json={"reason": "trop tard"})
    assert (again.status_code, again.json()["code"]) == (409, "etat-contraire")


def test_a_proposal_is_declined_with_a_reason(
    place: Town, stored: tuple[ScenarioRow, PlanRow]
) -> None:
    ddf, coordinator = place.signed_in("ddf"), place.signed_in("coordonnateur")
    mine = own_periods()
    url = f"/api/v1/plans/{stored[1].id}/shifts"
    rows = ddf.get(url, params={"subject": mine[1].id}).json()
    week = next(r["semaine"] for r in rows if r["cout"] is not None and not r["actuelle"])
    asked = {"plan": stored[1].id, "subject": mine[1].id, "week": week}
    url = ddf.post("/api/v1/proposals", json=asked).headers["Location"]
    assert coordinator.post(f"{url}/refusal", json={"reason": ""}).status_code == 422
    coordinator.post(f"{url}/refusal", json={"reason": "Semaine saturée."})
    assert ddf.get(url).json()["reason"] == "Semaine saturée."
    forbidden = next(r["semaine"] for r in rows if r["obstacles"])
    refused = ddf.post("/api/v1/proposals", json=asked | {"week": forbidden})
    assert (refused.status_code, refused.json()["code"]) == (409, "semaine-interdite")


def test_the_journal_says_who_did_what_to_which_content(
    place: Town, stored: tuple[ScenarioRow, PlanRow]
) -> None:
    events = place.signed_in("coordonnateur").get("/api/v1/journal?limit=200").json()["lignes"]
    told = {(e["action"], e["subject"]) for e in events}
    assert ("scenario.depose", stored[0].id) in told
    assert ("plan.publie", stored[1].id) in told
    first = next(e for e in events if e["action"] == "plan.publie")
    assert first["digest"] == stored[0].digest
    assert first["account"] == place.user("coordonnateur").id
