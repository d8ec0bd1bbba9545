"""Where one more place would help: prices that mean something, gains that were tried."""

import json
from pathlib import Path

import pytest

from scenarios import write, write_plan
from scenarios.generate import generate
from service.cli import main
from service.exports.figures.prospect_weeks import prospect_weeks
from solver.domain import Division, Establishment, Host, Period, Place, Scenario
from solver.search import solve
from solver.verify import verify
from solver.week import Week
from solver.whatif import Prospect, prospect, stand
from solver.whatif.prospect import TRIED, _twin, with_new_host
from solver.whatif.reseating import Reseating
from solver.whatif.standing import Standing

WEEK = Week.parse("2026-W47")


@pytest.fixture(scope="module")
def standing() -> Standing:
    """A bassin of 400 pupils where places are scarce."""
    scenario = generate(3, 400, "haute")
    plan = solve(scenario, iterations=40_000, cores=1).plan
    assert plan is not None
    return stand(scenario, plan)


@pytest.fixture(scope="module")
def found(standing: Standing) -> Prospect:
    return prospect(standing, seconds=None, rounds=150)


def sectors(scenario: Scenario) -> set[str]:
    tokens = {t for h in scenario.hosts for t in h.diplomas if t.startswith("secteur:")}
    return {t.removeprefix("secteur:") for t in tokens} | {""}


def test_leads_are_ranked_and_the_best_of_each_cell_is_tried(
    standing: Standing, found: Prospect
) -> None:
    tried = [lead for lead in found.leads if lead.gain is not None]
    rest = [lead for lead in found.leads if lead.gain is None]
    assert 3 <= len(tried) <= TRIED
    assert found.leads == (*tried, *rest)
    assert [lead.gain or 0 for lead in tried] == sorted((t.gain or 0 for t in tried), reverse=True)
    assert [lead.price for lead in rest] == sorted((r.price for r in rest), reverse=True)
    assert len({(lead.sector, lead.zone) for lead in tried}) == len(tried)
    names = {p.name or p.id for p in standing.scenario.places}
    for lead in found.leads:
        assert lead.price > 0
        assert lead.first <= lead.last
        assert lead.sector in sectors(standing.scenario)
        assert lead.zone in names


def test_a_gain_is_the_difference_of_two_verified_plans(
    standing: Standing, found: Prospect
) -> None:
    lead = next(lead for lead in found.leads if lead.gain)
    scenario = standing.scenario
    host = _twin(scenario, lead, 1)
    whole = scenario.model_validate(
        {n: getattr(scenario, n) for n in Scenario.model_fields}
        | {"hosts": (*scenario.hosts, host)}
    )
    reseating = Reseating(whole, standing.plan, closed=[host.id])
    without = verify(scenario, reseating.without())
    plan = reseating.opened(host.id, lead.first, lead.last)
    opened = verify(with_new_host(scenario, host, lead.first, lead.last), plan)
    assert not without.violations
    assert not opened.violations
    assert opened.cost < without.cost <= standing.report.cost
    there = {p.period for p in plan.placements if p.host == host.id}
    assert there
    for period in there:
        assert lead.first <= plan.start_of[period] <= lead.last
    assert plan.departures == standing.plan.departures


def test_where_three_pupils_have_one_seat_one_more_places_one_more() -> None:
    scenario = Scenario(
        title="Trois pour une place",
        bassin="B",
        academy="A",
        year="2026-2027",
        zone="B",
        places=(Place(id="L1", name="Lunéville", latitude=48.6, longitude=6.5),),
        establishments=(Establishment(uai="0540037X", name="LP", type="LP", place="L1"),),
        divisions=(Division(id="A", establishment="0540037X", public="CAP", headcount=3),),
        periods=(Period(id="A1", division="A", rank=1, duration_weeks=3, imposed=WEEK),),
        hosts=(Host(id="X-1", place="L1", publics=("CAP",), slots=1),),
    )
    plan = solve(scenario, seconds=1).plan
    assert plan is not None
    (lead, *_) = prospect(stand(scenario, plan), seconds=None, rounds=200).leads
    assert (lead.sector, lead.zone) == ("", "Lunéville")
    assert (lead.first, lead.last) == (WEEK, WEEK.plus(2))
    assert lead.placed == 1
    assert lead.gain is not None
    assert 1000 <= lead.gain <= 2000


def test_idle_places_have_no_price_and_are_counted(standing: Standing, found: Prospect) -> None:
    assert found.idle
    empty = [row.offered - row.used for row in found.idle]
    assert empty == sorted(empty, reverse=True)
    hosts_used = {p.host for p in standing.plan.placements}
    assert sum(row.unused for row in found.idle) <= len(standing.scenario.hosts) - len(hosts_used)
    for row in found.idle:
        assert 0 <= row.used <= row.offered
        assert row.unused <= row.hosts


def test_the_picture_has_a_cell_per_week_and_row(standing: Standing, found: Prospect) -> None:
    axes = prospect_weeks(standing.scenario, found)
    rows = len(axes.get_yticks())
    cells = [p for p in axes.patches if p.get_gid() in ("prix", "fermee")]
    assert rows == min(12, len(found.weekly))
    assert len(cells) == rows * len(axes.get_xticks())


def test_the_verb_draws_and_answers_in_json(
    standing: Standing, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(standing.scenario, tmp_path / "bassin")
    write_plan(tmp_path / "plan", standing.scenario, standing.plan)
    arguments = ["prospecter", str(tmp_path / "bassin"), str(tmp_path / "plan"), "--temps", "1"]
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--figure", str(tmp_path / "pistes.png"), "--json"])
    assert ended.value.code == 0
    told = json.loads(capsys.readouterr().out)
    assert {"pistes", "inutiles", "par_semaine", "borne"} <= set(told)
    assert (tmp_path / "pistes.svg").is_file()
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 0
    assert "Où une place de plus" in capsys.readouterr().out


def test_the_verb_refuses_the_plan_of_another_scenario(
    standing: Standing, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(generate(4, 400, "haute"), tmp_path / "autre")
    write_plan(tmp_path / "plan", standing.scenario, standing.plan)
    with pytest.raises(SystemExit) as ended:
        main(["prospecter", str(tmp_path / "autre"), str(tmp_path / "plan")])
    assert ended.value.code == 1
    assert "autre scénario" in capsys.readouterr().err
