"""Questions through the API: other hosts, plans side by side, why nothing is possible."""

from collections.abc import Iterator

import pytest
from test_explain import PLANTED
from town import (
    ACADEMY,
    BACKENDS,
    BASSIN,
    SCHOOL,
    Town,
    own_periods,
    packed,
    town,
    village,
    village_solved,
)

from service.acts import plans, scenarios
from solver.domain import Placement, Plan
from solver.explain import explain_infeasible
from solver.explain.parts import changed
from solver.verify import verify


@pytest.fixture(scope="module", params=BACKENDS)
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    with town(tmp_path_factory.mktemp("questions"), request.param) as built:
        built.coordinator()
        built.ddf()
        yield built


@pytest.fixture(scope="module")
def pair(place: Town) -> tuple[str, str]:
    """A plan, and the same without the places of SCHOOL."""
    user = place.user("coordonnateur")
    row = scenarios.submit(place.house, user, packed(village()))
    whole = village_solved().plan
    assert whole is not None
    mine = {p.id for p in own_periods()}
    less = Plan(
        departures=whole.departures,
        placements=tuple(p for p in whole.placements if p.period not in mine),
    )
    kept = [
        plans.keep(
            place.house, user,
            plans.made(row, village(), plan, owner_id=user.id, origin="main"),
        ).id
        for plan in (whole, less)
    ]  # fmt: skip
    plans.publish(place.house, user, kept[0])
    return kept[0], kept[1]


def test_ten_hosts_at_most_each_at_the_cost_it_would_have(
    place: Town, pair: tuple[str, str]
) -> None:
    plan = village_solved().plan
    assert plan is not None
    before = verify(village(), plan).cost
    period = own_periods()[0]
    pupil = next(p for p in village().pupils_of[period.division] if p.group is None)
    asked = {"pupil": pupil.id, "period": period.id}
    url = f"/api/v1/plans/{pair[0]}/recommendations"
    told = place.signed_in("coordonnateur").get(url, params=asked).json()
    assert 1 <= len(told) <= 10
    for one in told:
        there = Placement(
            pupil=pupil.id, period=period.id, host=one["accueil"], lodging=one["internat"]
        )
        others = [p for p in plan.placements if (p.pupil, p.period) != (pupil.id, period.id)]
        report = verify(village(), Plan(departures=plan.departures, placements=(*others, there)))
        assert (report.violations, report.cost - before) == ((), one["ecart"])
    assert place.signed_in("ddf").get(url, params=asked).json() == told
    stranger = next(
        p for p in village().everyone if village().division_of[p.division].establishment != SCHOOL
    )
    foreign = next(p for p in village().periods if p.division == stranger.division)
    refused = place.signed_in("ddf").get(url, params={"pupil": stranger.id, "period": foreign.id})
    assert refused.status_code in (403, 404)


def test_plans_side_by_side_and_which_is_beaten(place: Town, pair: tuple[str, str]) -> None:
    client = place.signed_in("coordonnateur")
    points = client.get("/api/v1/fronts", params={"plan": list(pair)}).json()
    assert len(points) == 2
    assert [point["domine"] for point in points] == [False, True]
    compared = client.get("/api/v1/comparisons", params={"plan": list(pair)}).json()
    costs = [client.get(f"/api/v1/plans/{one}").json()["cost"] for one in pair]
    assert costs[0] < costs[1]
    assert all(str(cost) in str(compared) for cost in costs)


def test_why_nothing_is_possible(place: Town) -> None:
    planted = changed(
        PLANTED["a window shorter than the period"][0], academy=ACADEMY, bassin=BASSIN
    )
    client = place.signed_in("coordonnateur")
    sent = client.post("/api/v1/scenarios", content=packed(planted))
    assert sent.status_code == 201, sent.text
    told = client.get(f"{sent.headers['Location']}/conflicts").json()
    assert told == [c.model_dump(mode="json", by_alias=True) for c in explain_infeasible(planted)]
    assert told
