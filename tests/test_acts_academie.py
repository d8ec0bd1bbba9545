"""What the rectorat asks: poles at a glance, bassins merged, batches; and first calendars."""

from collections.abc import Iterator

import pytest
from town import ACADEMY, BASSIN, Town, hamlet, packed, town, village, village_solved

from scenarios.head_counts import HeadCounts, colleges, usual_weeks
from service.acts import academy, batches, first_calendar, merging, plans, questions, scenarios
from service.refusals import Refusal
from solver.explain.parts import changed
from solver.search import solve

OTHER = "TOUL"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town(tmp_path_factory.mktemp("academie")) as built:
        user = built.coordinator(BASSIN, OTHER)
        built.coordinator(login="voisin")
        built.ddf()
        built.rectorat()
        built.rectorat("Lyon", login="lyon")
        for scenario in (village(), hamlet(OTHER)):
            row = scenarios.submit(built.house, user, packed(scenario))
            found = (
                village_solved()
                if scenario.bassin == BASSIN
                else solve(scenario, iterations=300, cores=1)
            )
            made = plans.made(row, scenario, found, owner_id=user.id, origin="calcul")
            plans.keep(built.house, user, made)
            if scenario.bassin == BASSIN:
                plans.publish(built.house, user, made.row.id)
        yield built


def test_each_bassin_has_the_plan_to_look_at_and_its_alerts(place: Town) -> None:
    poles = {p.scenario.bassin: p for p in academy.overview(place.house, place.user("rectorat"))}
    assert set(poles) == {BASSIN, OTHER}
    assert all(p.plan is not None for p in poles.values())
    assert "aucun calendrier publié" in poles[OTHER].alerts
    assert "aucun calendrier publié" not in poles[BASSIN].alerts
    assert any("sans place" in alert for alert in poles[BASSIN].alerts)


def test_newer_tables_than_the_calendar_in_force_are_said(place: Town) -> None:
    user = place.user("coordonnateur")
    newer = changed(village(), title="Rentrée")
    row = scenarios.submit(place.house, user, packed(newer))
    pole = next(p for p in academy.overview(place.house, user) if p.scenario.id == row.id)
    assert "les tables ont changé depuis la publication" in pole.alerts
    scenarios.remove(place.house, user, row.id)


def test_nobody_looks_beyond_their_territory(place: Town) -> None:
    assert academy.overview(place.house, place.user("lyon")) == []
    seen = academy.overview(place.house, place.user("voisin"))
    assert [p.scenario.bassin for p in seen] == [BASSIN]
    with pytest.raises(Refusal):
        academy.overview(place.house, place.user("ddf"))


def test_a_batch_waits_behind_everybody_and_stops_as_one(place: Town) -> None:
    user = place.user("rectorat")
    chosen = [key for key, _ in batches.candidates(place.house, user)]
    batch = batches.launch(place.house, user, chosen, seconds=5, title="rentrée")
    assert [run.bassin for run in batch.runs] == sorted((BASSIN, OTHER))
    assert {run.priority for run in batch.runs} == {-10}
    assert batches.listed(place.house, place.user("lyon")) == []
    batches.stop(place.house, user, "rentrée")
    again = batches.listed(place.house, user)[0]
    assert again.ended == len(again.runs) == 2
    with pytest.raises(Refusal, match="Choisir"):
        batches.launch(place.house, user, [], seconds=5)
    with pytest.raises(Refusal, match="dépasseraient"):
        batches.launch(place.house, user, ["x"] * 21, seconds=5)


def test_only_two_bassins_of_ones_own_are_merged(place: Town) -> None:
    user = place.user("rectorat")
    keys = [p.id for p in plans.listed(place.house, user).rows]
    with pytest.raises(Refusal, match="deux bassins différents"):
        merging.merge(place.house, user, [keys[0], keys[0]])
    with pytest.raises(Refusal):
        merging.merge(place.house, place.user("voisin"), keys)


def test_merged_bassins_have_a_plan_to_beat_and_a_run(place: Town) -> None:
    user = place.user("rectorat")
    rows = plans.listed(place.house, user).rows
    merged = merging.merge(place.house, user, [row.id for row in rows])
    assert not merged.separate.violations
    assert merged.separate.unplaced == sum(row.unplaced for row in rows)
    assert set(merged.scenario.bassin.split("+")) == {BASSIN, OTHER}
    assert merged.run.scenario_id == merged.separate.scenario_id == merged.scenario.id


def test_leads_are_found_once_and_veiled(place: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "_LOOK_SECONDS", 0.5)
    user = place.user("coordonnateur")
    plan = plans.listed(place.house, user, in_force=True).rows[0]
    found = questions.leads(place.house, user, plan.id)
    assert questions.leads(place.house, user, plan.id) is found
    veiled = questions.leads(place.house, place.user("rectorat"), plan.id)
    assert len(veiled.leads) == len(found.leads)
    assert not any(lead.placed and lead.placed < 5 for lead in veiled.leads)


def test_head_counts_are_kept_and_run_in_ones_own_bassin_only(place: Town) -> None:
    first, last = usual_weeks("2026-2027")
    counts = HeadCounts(
        bassin=BASSIN, academy=ACADEMY, year="2026-2027", first=first, last=last,
        colleges=colleges("A ; 60\nB ; 30"),
    )  # fmt: skip
    row, run = first_calendar.plan(place.house, place.user("voisin"), counts)
    assert row.sizes["eleves"] == 90
    assert run.scenario_id == row.id
    elsewhere = counts.model_copy(update={"bassin": OTHER})
    with pytest.raises(Refusal):
        first_calendar.plan(place.house, place.user("voisin"), elsewhere)
