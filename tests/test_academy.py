"""Fictional académies: bassins of one ground that can be put together."""

from itertools import combinations
from math import cos, hypot, radians
from pathlib import Path

import pytest

from scenarios import digest, read, write
from scenarios.generate import academy
from scenarios.generate.academy import headcounts
from solver.domain import Scenario


@pytest.fixture(scope="module")
def small() -> dict[str, Scenario]:
    return dict(academy(3, bassins=5, pupils=2_500))


def identifiers(scenario: Scenario) -> set[str]:
    return {
        *(p.id for p in scenario.places),
        *(e.uai for e in scenario.establishments),
        *(d.id for d in scenario.divisions),
        *(p.id for p in scenario.periods),
        *(p.id for p in scenario.everyone),
        *(h.id[:9] if h.legal_person else h.id for h in scenario.hosts),
        *(b.id for b in scenario.boarding_houses),
        *(p.departure for p in scenario.periods if p.departure),
        *(name for p in scenario.periods for name in p.exclusions),
        *(p.group for p in scenario.pupils if p.group),
    }


def test_the_same_seed_gives_the_same_academie_and_another_seed_another(
    small: dict[str, Scenario],
) -> None:
    again = {k: digest(s) for k, s in academy(3, bassins=5, pupils=2_500)}
    other = {k: digest(s) for k, s in academy(4, bassins=5, pupils=2_500)}
    assert again == {k: digest(s) for k, s in small.items()}
    assert not set(again.values()) & set(other.values())


def test_no_two_bassins_share_an_identifier(small: dict[str, Scenario]) -> None:
    for one, other in combinations(small.values(), 2):
        assert not identifiers(one) & identifiers(other)


def test_bassins_laid_side_by_side_are_put_together_without_a_fault(
    small: dict[str, Scenario], tmp_path: Path
) -> None:
    for name, scenario in small.items():
        write(scenario, tmp_path / name)
        assert read(tmp_path / name) == scenario
    both = tmp_path / "ensemble"
    both.mkdir()
    (both / "scenario.toml").write_text(
        'titre = "Ensemble"\nbassin = "E"\nbases = ["../pole-01", "../pole-02"]\n', "utf-8"
    )
    pooled = read(both)
    parts = small["pole-01"], small["pole-02"]
    assert len(pooled.demands()) == sum(len(s.demands()) for s in parts)
    assert len(pooled.hosts) == sum(len(s.hosts) for s in parts)


def test_every_bassin_has_a_host_of_another_within_reach(small: dict[str, Scenario]) -> None:
    def spots(scenario: Scenario) -> list[tuple[float, float]]:
        east = 111.2 * cos(radians(48.5))
        return [(p.longitude * east, p.latitude * 111.2) for p in scenario.places]

    for one in small.values():
        nearest = min(
            hypot(x - a, y - b)
            for other in small.values()
            if other is not one
            for x, y in spots(one)
            for a, b in spots(other)
        )
        assert nearest < 10


def test_a_whole_country_is_made_of_academies_with_distinct_bassins() -> None:
    rows = [(path, s.academy, s.bassin) for path, s in academy(0, bassins=27, pupils=2_700)]
    assert len({path for path, _, _ in rows}) == len({row[1:] for row in rows}) == 27
    assert {path.split("/")[0] for path, _, _ in rows} == {"academie-01", "academie-02"}
    assert all(path.split("/")[1].startswith("pole-") for path, _, _ in rows)


@pytest.mark.slow
def test_the_academie_of_thirteen_bassins_has_the_head_counts_of_a_real_one() -> None:
    made = [headcounts(s) for _, s in academy(7)]
    assert len(made) == 13
    assert sum(h["3E"] for h in made) == pytest.approx(26_000, rel=0.01)
    assert sum(h["formation"] for h in made) == pytest.approx(24_000, rel=0.01)
