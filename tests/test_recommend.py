"""Where else a pupil could go: each host told is verified, and no better one is forgotten."""

import pytest

from scenarios import example, read
from scenarios.generate import generate
from solver.domain import Placement, Plan
from solver.errors import UnknownSubject
from solver.search import solve
from solver.travel import Journeys
from solver.verify import verify
from solver.whatif import Standing, recommendations, stand


@pytest.fixture(scope="module")
def standing() -> Standing:
    """A small bassin where some have no place."""
    scenario = generate(3, 60, "haute")
    plan = solve(scenario, iterations=2000, cores=1).plan
    assert plan is not None
    return stand(scenario, plan)


def moved(of: Standing, pupils: list[str], period: str, to: dict[str, Placement]) -> Plan:
    kept = [p for p in of.plan.placements if not (p.pupil in pupils and p.period == period)]
    return Plan(departures=of.plan.departures, placements=(*kept, *to.values()))


def alone(of: Standing) -> list[tuple[str, str]]:
    return [(u.id, p.id) for u, p in of.scenario.demands() if u.group is None]


def test_each_host_told_keeps_every_rule_at_the_cost_told(standing: Standing) -> None:
    told = 0
    for pupil, period in alone(standing)[::7]:
        for one in recommendations(standing, pupil, period):
            there = Placement(pupil=pupil, period=period, host=one.host, lodging=one.lodging)
            report = verify(standing.scenario, moved(standing, [pupil], period, {pupil: there}))
            assert not report.violations
            assert one.change == report.cost - standing.report.cost
            told += 1
    assert told > 40


def test_no_cheaper_host_is_forgotten(standing: Standing) -> None:
    """Every host and lodging is tried by name, whatever the engine thinks of it."""
    scenario, journeys = standing.scenario, Journeys(standing.scenario)
    unplaced = [d for d in alone(standing) if d not in standing.plan.placement_of]
    for pupil, period in (alone(standing)[0], *unplaced[:1]):
        best: dict[str, int] = {}
        for host in scenario.hosts:
            for house in (None, *(b.id for b in scenario.boarding_houses)):
                there = Placement(pupil=pupil, period=period, host=host.id, lodging=house)
                report = verify(scenario, moved(standing, [pupil], period, {pupil: there}))
                if not report.violations:
                    change = report.cost - standing.report.cost
                    best[host.id] = min(best.get(host.id, change), change)
        told = recommendations(standing, pupil, period)
        assert [one.change for one in told] == sorted(best.values())[:10]
        person = scenario.pupil_of[pupil]
        assert all(o.minutes == journeys.minutes(person, o.host, o.lodging) for o in told)


def test_a_group_goes_together() -> None:
    scenario = read(example("small/binome"))
    plan = solve(scenario, iterations=500, cores=1).plan
    assert plan is not None
    standing = stand(scenario, plan)
    pair = [u for u in scenario.pupils if u.group is not None]
    period = next(p for p in scenario.periods if p.division == pair[0].division)
    told = recommendations(standing, pair[1].id, period.id)
    assert told
    for one in told:
        there = {u.id: Placement(pupil=u.id, period=period.id, host=one.host) for u in pair}
        report = verify(scenario, moved(standing, [u.id for u in pair], period.id, there))
        assert not report.violations
        assert one.change == report.cost - standing.report.cost


def test_the_unknown_is_told(standing: Standing) -> None:
    pupil, period = alone(standing)[0]
    with pytest.raises(UnknownSubject, match="un élève"):
        recommendations(standing, "personne", period)
    with pytest.raises(UnknownSubject, match="une période de la division"):
        recommendations(standing, pupil, "jamais")
