"""Plans through the API: kept, verified, questioned, published; each sees what is theirs."""

import json
from collections.abc import Iterator

import pytest
from town import BACKENDS, SCHOOL, Town, own_periods, packed, town, village, village_solved

from service.acts import plans, questions, scenarios
from service.packing import pack_plan
from service.tables import PlanRow, ScenarioRow
from solver.domain import Departure, Plan
from solver.verify import verify


@pytest.fixture(scope="module", params=BACKENDS)
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    with town(tmp_path_factory.mktemp("plans"), request.param) as built:
        built.coordinator()
        built.ddf()
        built.rectorat()
        yield built


@pytest.fixture(scope="module")
def stored(place: Town) -> tuple[ScenarioRow, PlanRow]:
    user = place.user("coordonnateur")
    row = scenarios.submit(place.house, user, packed(village()))
    plan = plans.made(row, village(), village_solved(), owner_id=user.id, origin="calcul")
    return row, plans.keep(place.house, user, plan)


def test_a_plan_is_measured_as_it_is_kept(place: Town, stored: tuple[ScenarioRow, PlanRow]) -> None:
    client = place.signed_in("coordonnateur")
    record = client.get(f"/api/v1/plans/{stored[1].id}").json()
    result = village_solved()
    assert result.plan is not None
    assert record["cost"] == verify(village(), result.plan).cost
    assert record["bound"] == result.bound
    calendar = client.get(f"/api/v1/plans/{stored[1].id}/calendar").json()
    assert {row["periode"]: row["debut"] for row in calendar} == {
        period: str(week) for period, week in result.plan.start_of.items()
    }
    rows = client.get(f"/api/v1/plans/{stored[1].id}/placements?limit=5000").json()
    assert {(r["eleve"], r["periode"]) for r in rows} == set(result.plan.placement_of)


def test_a_hand_made_plan_is_taken_and_its_broken_rules_told(
    place: Town, stored: tuple[ScenarioRow, PlanRow]
) -> None:
    client = place.signed_in("coordonnateur")
    result = village_solved()
    assert result.plan is not None
    together = result.plan.departures[-1].start
    by_hand = Plan(
        departures=tuple(
            Departure(period=d.period, start=together) for d in result.plan.departures
        ),
        placements=result.plan.placements,
    )
    answer = client.post(
        f"/api/v1/plans?scenario={stored[0].id}", content=pack_plan(village(), by_hand)
    )
    assert answer.status_code == 201, answer.text
    told = client.get(answer.headers["Location"] + "/verification").json()
    expected = verify(village(), by_hand).violations
    assert len(told["violations"]) == len(expected) > 0
    assert sum(told["broken"].values()) == len(expected)
    refused = client.post(answer.headers["Location"] + "/publication")
    assert (refused.status_code, refused.json()["code"]) == (409, "etat-contraire")


def test_the_published_plan_is_the_one_in_force_and_the_earlier_stays_readable(
    place: Town, stored: tuple[ScenarioRow, PlanRow]
) -> None:
    client, user = place.signed_in("coordonnateur"), place.user("coordonnateur")
    earlier = plans.keep(
        place.house,
        user,
        plans.made(stored[0], village(), village_solved(), owner_id=user.id, origin="calcul"),
    )
    for plan in (earlier.id, stored[1].id):
        assert client.post(f"/api/v1/plans/{plan}/publication").status_code == 200
    in_force = client.get("/api/v1/plans?in_force=true").json()["lignes"]
    assert [row["id"] for row in in_force] == [stored[1].id]
    ddf = place.signed_in("ddf")
    assert ddf.get(f"/api/v1/plans/{earlier.id}").json()["superseded_at"] is not None


def test_a_ddf_sees_their_own_pupils_and_no_other(
    place: Town, stored: tuple[ScenarioRow, PlanRow]
) -> None:
    place.signed_in("coordonnateur").post(f"/api/v1/plans/{stored[1].id}/publication")
    client = place.signed_in("ddf")
    scenario = village()
    rows = client.get(f"/api/v1/plans/{stored[1].id}/placements?limit=5000").json()
    rows += client.get(f"/api/v1/plans/{stored[1].id}/unplaced?limit=5000").json()
    schools = {
        scenario.division_of[scenario.pupil_of[r["eleve"]].division].establishment for r in rows
    }
    assert schools == {SCHOOL}
    other = next(u for u in scenario.everyone
                 if scenario.division_of[u.division].establishment != SCHOOL)  # fmt: skip
    refused = client.get(f"/api/v1/plans/{stored[1].id}/why", params={"pupil": other.id})
    assert refused.status_code == 404
    assert client.get(f"/api/v1/plans/{stored[1].id}/content").status_code == 403


def test_nothing_that_leaves_the_school_names_or_counts_few_pupils(
    place: Town, stored: tuple[ScenarioRow, PlanRow]
) -> None:
    client = place.signed_in("rectorat")
    figures = client.get(f"/api/v1/plans/{stored[1].id}/indicators").json()
    shown = [row["nombre"] for row in figures["motifs"]]
    for row in figures["etablissements"]:
        if row["places"] is not None:
            shown += [row["demandes"], row["places"], row["demandes"] - row["places"]]
    shown += [row["eleves"] for row in figures["tension"]]
    assert all(count is None or count == 0 or count >= 5 for count in shown)
    hidden = [row for row in figures["etablissements"] if row["places"] is None]
    assert len(hidden) != 1
    answers = [
        client.get(f"/api/v1/plans/{stored[1].id}/{part}")
        for part in ("", "metadata", "calendar", "indicators", "verification")
    ]
    answers.append(client.get(f"/api/v1/scenarios/{stored[0].id}"))
    pupils = [json.dumps(pupil.id) for pupil in village().everyone]
    for answer in answers:
        assert answer.status_code in (200, 307)
        assert not any(pupil in answer.text for pupil in pupils)
    assert client.get(f"/api/v1/plans/{stored[1].id}/placements").status_code == 403


def test_a_shift_table_says_every_week(place: Town, stored: tuple[ScenarioRow, PlanRow]) -> None:
    client = place.signed_in("ddf")
    mine = own_periods()
    rows = client.get(f"/api/v1/plans/{stored[1].id}/shifts", params={"subject": mine[0].id}).json()
    assert sum(row["actuelle"] for row in rows) == 1
    assert len(rows) > 30
    foreign = next(p for p in village().periods if p not in mine)
    refused = client.get(f"/api/v1/plans/{stored[1].id}/shifts", params={"subject": foreign.id})
    assert refused.status_code == 404


def test_the_best_weeks_are_told_again_once_their_neighbours_have_adapted(
    place: Town, stored: tuple[ScenarioRow, PlanRow]
) -> None:
    url, asked = f"/api/v1/plans/{stored[1].id}/shifts", {"subject": own_periods()[0].id}
    table = place.signed_in("ddf").get(url, params=asked).json()
    cost = {row["semaine"]: row["cout"] for row in table if row["cout"] is not None}
    for role in ("ddf", "coordonnateur"):
        told = place.signed_in(role).get(f"{url}/adapted", params=asked).json()
        assert [one["actuelle"] for one in told] == [True, False, False, False]
        assert all(one["cout"] <= cost[one["semaine"]] for one in told)
        assert not any("plan" in one for one in told)
        few = {one["deplaces"] for one in told} & {1, 2, 3, 4}
        assert not few or role == "coordonnateur"


def test_prospecting_answers_as_the_command_does(
    place: Town, stored: tuple[ScenarioRow, PlanRow], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "_LOOK_SECONDS", 0.5)
    client = place.signed_in("coordonnateur")
    told = client.get(f"/api/v1/plans/{stored[1].id}/prospect")
    found = questions.leads(place.house, place.user("coordonnateur"), stored[1].id)
    assert told.status_code == 200
    assert told.json() == found.model_dump(mode="json", by_alias=True)
    missing = client.get(f"/api/v1/plans/{stored[1].id}/shortage").json()
    plan = village_solved().plan
    assert plan is not None
    assert missing["sans_place"] == len(village().demands()) - len(plan.placements)
