"""Impossible scenarios: the conflict told is the one that was planted, and no larger."""

from collections.abc import Callable

import pytest

from scenarios.generate.tiny import tiny
from solver.domain import (
    Capacity,
    Closure,
    Division,
    Establishment,
    FoundPlace,
    Host,
    Period,
    Place,
    Pupil,
    Scenario,
)
from solver.explain import explain_infeasible
from solver.explain.parts import changed
from solver.model import build
from solver.prepare import prepare
from solver.week import Week

W = Week.parse
HOST = "30100000100025"
Rows = dict[str, dict[str, object]]


def bassin(**edits: Rows) -> Scenario:
    """Two CAP divisions of two pupils, two periods each, one host of two slots; all possible.

    `edits`: values of rows by table field, then id.
    """
    scenario = Scenario(
        title="Conflits",
        bassin="B",
        academy="A",
        year="2026-2027",
        zone="B",
        places=(Place(id="L1", latitude=48.6, longitude=6.5),),
        establishments=(Establishment(uai="0540037X", name="LP", type="LP", place="L1"),),
        divisions=tuple(
            Division(id=d, establishment="0540037X", public="CAP", headcount=2) for d in "AB"
        ),
        periods=tuple(
            Period(id=f"{d}{rank}", division=d, rank=rank, duration_weeks=3)
            for d in "AB"
            for rank in (1, 2)
        ),
        pupils=tuple(
            Pupil(id=f"{d.lower()}{i}", division=d, home="L1", age=17) for d in "AB" for i in (1, 2)
        ),
        hosts=(Host(id=HOST, place="L1", publics=("CAP",), slots=2, staff=5),),
    )
    for table, rows in edits.items():
        edited = []
        for row in getattr(scenario, table):
            key = row.uai if table == "establishments" else row.id
            edited.append(type(row).model_validate(dict(row) | rows.get(key, {})))
        scenario = changed(scenario, **{table: tuple(edited)})
    return scenario


def signed(scenario: Scenario, *pairs: tuple[str, str]) -> Scenario:
    rows = tuple(FoundPlace(pupil=u, period=p, host=HOST, status="signee") for u, p in pairs)
    return changed(scenario, found_places=rows)


def pinned(scenario: Scenario, *rows: Closure | Capacity) -> Scenario:
    return changed(
        scenario,
        closures=tuple(r for r in rows if isinstance(r, Closure)),
        capacities=tuple(r for r in rows if isinstance(r, Capacity)),
    )


WINDOW: Rows = {"A1": {"earliest": W("2026-W47"), "latest": W("2026-W48")}}
IMPOSED: Rows = {"A1": {"imposed": W("2026-W47")}}
TOGETHER: Rows = {"A1": {"imposed": W("2026-W47")}, "B1": {"imposed": W("2026-W47")}}

PLANTED: dict[str, tuple[Scenario, set[str]]] = {
    "a window shorter than the period": (
        bassin(periods=WINDOW),
        {"periodes.csv, A1 : duree = 3, debut_min = 2026-W47, fin_max = 2026-W48"},
    ),
    "an imposed week that is closed": (
        pinned(
            bassin(periods=IMPOSED),
            Closure(target="0540037X", first=W("2026-W47"), last=W("2026-W47"), reason="CCF"),
        ),
        {
            "periodes.csv, A1 : debut_impose = 2026-W47",
            "blocages.csv, 0540037X, 2026-W47 à 2026-W47",
        },
    ),
    "a gap that the windows do not leave": (
        bassin(
            periods={
                "A1": {"earliest": W("2026-W47")},
                "A2": {"latest": W("2027-W06"), "min_gap_weeks": 8},
            }
        ),
        {
            "periodes.csv, A1 : duree = 3, debut_min = 2026-W47",
            "periodes.csv, A2 : duree = 3, fin_max = 2027-W06, ecart_min = 8",
        },
    ),
    "a common departure with disjoint windows": (
        bassin(
            periods={
                "A1": {"departure": "d", "latest": W("2026-W47")},
                "B1": {"departure": "d", "earliest": W("2026-W48")},
            }
        ),
        {
            "periodes.csv, A1 : fin_max = 2026-W47, depart = d",
            "periodes.csv, B1 : debut_min = 2026-W48, depart = d",
        },
    ),
    "an exclusion between imposed periods": (
        bassin(periods={p: e | {"exclusions": ("atelier",)} for p, e in TOGETHER.items()}),
        {
            "periodes.csv, A1 : debut_impose = 2026-W47, exclusion = atelier",
            "periodes.csv, B1 : debut_impose = 2026-W47, exclusion = atelier",
        },
    ),
    "more divisions away than allowed": (
        bassin(periods=TOGETHER, establishments={"0540037X": {"max_divisions_away": 1}}),
        {
            "periodes.csv, A1 : debut_impose = 2026-W47",
            "periodes.csv, B1 : debut_impose = 2026-W47",
            "etablissements.csv, 0540037X : divisions_absentes_max = 1",
        },
    ),
    "agreements signed on a full host": (
        signed(bassin(periods=TOGETHER, hosts={HOST: {"slots": 1}}), ("a1", "A1"), ("b1", "B1")),
        {
            "periodes.csv, A1 : debut_impose = 2026-W47",
            "periodes.csv, B1 : debut_impose = 2026-W47",
            "placements.csv, a1, A1 : statut = signee",
            "placements.csv, b1, B1 : statut = signee",
            f"accueils.csv, {HOST} : places = 1",
        },
    ),
    "an agreement in a week without slots": (
        signed(
            pinned(
                bassin(periods=IMPOSED),
                Capacity(host=HOST, public="*", first=W("2026-W48"), last=W("2026-W48"), slots=0),
            ),
            ("a1", "A1"),
        ),
        {
            "periodes.csv, A1 : duree = 3, debut_impose = 2026-W47",
            "placements.csv, a1, A1 : statut = signee",
            f"capacites.csv, {HOST}, *, 2026-W48 à 2026-W48 : places = 0",
        },
    ),
    "an agreement for a pupil too young": (
        signed(bassin(hosts={HOST: {"age_min": 18}}), ("a1", "A1")),
        {"placements.csv, a1, A1 : statut = signee", f"accueils.csv, {HOST} : age_min = 18"},
    ),
    "an agreement over the quota": (
        signed(
            bassin(
                periods=TOGETHER,
                hosts={HOST: {"slots": 4}},
            ),
            *((f"{d.lower()}{i}", f"{d}1") for d in "AB" for i in (1, 2)),
        ),
        {
            "periodes.csv, A1 : debut_impose = 2026-W47",
            "periodes.csv, B1 : debut_impose = 2026-W47",
            *(
                f"placements.csv, {d.lower()}{i}, {d}1 : statut = signee"
                for d in "AB"
                for i in (1, 2)
            ),
            f"accueils.csv, {HOST} : effectif = 5",
        },
    ),
    "a pair of which one may not go": (
        signed(
            bassin(
                pupils={"a1": {"group": "g"}, "a2": {"group": "g", "needs": ("pmr",)}},
            ),
            ("a1", "A1"),
        ),
        {
            "placements.csv, a1, A1 : statut = signee",
            "eleves.csv, a1 : groupe = g",
            "eleves.csv, a2 : groupe = g",
        },
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_the_explanation_names_exactly_the_planted_rows(name: str) -> None:
    scenario, rows = PLANTED[name]
    (conflict,) = explain_infeasible(scenario)
    assert set(conflict.rows) == rows


@pytest.mark.parametrize("name", PLANTED)
def test_the_planted_scenario_is_impossible_for_the_engine_too(name: str) -> None:
    scenario, _ = PLANTED[name]
    assert build(prepare(scenario)).solve(seconds=20).status == "infeasible"


CURES: dict[str, list[Callable[[Scenario], Scenario]]] = {
    "a window shorter than the period": [
        lambda s: _edit(s, "periods", "A1", earliest=None),
        lambda s: _edit(s, "periods", "A1", latest=None),
        lambda s: _edit(s, "periods", "A1", duration_weeks=1),
    ],
    "an imposed week that is closed": [
        lambda s: _edit(s, "periods", "A1", imposed=None),
        lambda s: changed(s, closures=()),
    ],
    "a gap that the windows do not leave": [
        lambda s: _edit(s, "periods", "A1", earliest=None),
        lambda s: _edit(s, "periods", "A1", duration_weeks=1),
        lambda s: _edit(s, "periods", "A2", latest=None),
        lambda s: _edit(s, "periods", "A2", min_gap_weeks=0),
        lambda s: _edit(s, "periods", "A2", duration_weeks=1),
    ],
    "a common departure with disjoint windows": [
        lambda s: _edit(s, "periods", "A1", departure=None),
        lambda s: _edit(s, "periods", "A1", latest=None),
        lambda s: _edit(s, "periods", "B1", departure=None),
        lambda s: _edit(s, "periods", "B1", earliest=None),
    ],
    "an exclusion between imposed periods": [
        lambda s: _edit(s, "periods", "A1", imposed=None),
        lambda s: _edit(s, "periods", "B1", exclusions=()),
    ],
    "more divisions away than allowed": [
        lambda s: _edit(s, "periods", "A1", imposed=None),
        lambda s: _edit(s, "periods", "B1", imposed=None),
        lambda s: _edit(s, "establishments", "0540037X", max_divisions_away=None),
    ],
    "agreements signed on a full host": [
        lambda s: _edit(s, "periods", "A1", imposed=None),
        lambda s: changed(s, found_places=s.found_places[:1]),
        lambda s: changed(s, found_places=s.found_places[1:]),
        lambda s: _edit(s, "hosts", HOST, slots=2),
    ],
    "an agreement in a week without slots": [
        lambda s: _edit(s, "periods", "A1", imposed=None),
        lambda s: _edit(s, "periods", "A1", duration_weeks=1),
        lambda s: changed(s, found_places=()),
        lambda s: changed(s, capacities=()),
    ],
    "an agreement for a pupil too young": [
        lambda s: changed(s, found_places=()),
        lambda s: _edit(s, "hosts", HOST, age_min=0),
    ],
    "an agreement over the quota": [
        lambda s: _edit(s, "periods", "A1", imposed=None),
        lambda s: changed(s, found_places=s.found_places[1:]),
        lambda s: _edit(s, "hosts", HOST, staff=None),
    ],
    "a pair of which one may not go": [
        lambda s: changed(s, found_places=()),
        lambda s: _edit(s, "pupils", "a1", group=None),
        lambda s: _edit(s, "pupils", "a2", group=None),
    ],
}


def _edit(scenario: Scenario, table: str, key: str, **values: object) -> Scenario:
    rows = tuple(
        row.model_copy(update=values)
        if (row.uai if table == "establishments" else row.id) == key
        else row
        for row in getattr(scenario, table)
    )
    return changed(scenario, **{table: rows})


@pytest.mark.parametrize("name", PLANTED)
def test_without_any_one_of_the_rows_the_scenario_is_possible(name: str) -> None:
    scenario, _ = PLANTED[name]
    for cure in CURES[name]:
        cured = cure(scenario)
        assert explain_infeasible(cured) == ()
        assert build(prepare(cured)).solve(seconds=20).solution is not None


@pytest.mark.parametrize("name", PLANTED)
def test_a_conflict_is_told_with_its_rules_in_french_and_a_way_out(name: str) -> None:
    (conflict,) = explain_infeasible(PLANTED[name][0])
    assert conflict.rules
    assert conflict.message.startswith("Ne peuvent pas tenir ensemble : ")
    assert conflict.loosening.endswith(".")
    assert "Aucun changement" not in conflict.loosening


def test_a_possible_scenario_has_no_conflict() -> None:
    assert explain_infeasible(bassin()) == ()


def test_conflicts_of_independent_divisions_are_all_told() -> None:
    edits: Rows = {d: {"earliest": W("2026-W47"), "latest": W("2026-W48")} for d in ("A1", "B1")}
    conflicts = explain_infeasible(bassin(periods=edits))
    assert [c.rows[0].split(" : ")[0] for c in conflicts] == [
        "periodes.csv, A1",
        "periodes.csv, B1",
    ]


def test_the_loosening_of_a_short_window_is_the_mildest() -> None:
    (conflict,) = explain_infeasible(PLANTED["a window shorter than the period"][0])
    assert conflict.loosening == "Permettre à A1 de finir en 2026-W49 (fin_max)."


def _agrees_with_the_model(seed: int) -> bool:
    scenario = tiny(seed)
    answer = build(prepare(scenario)).solve(seconds=30)
    assert answer.status in ("optimal", "infeasible")
    return bool(explain_infeasible(scenario)) == (answer.status == "infeasible")


@pytest.mark.parametrize("seed", range(40))
def test_a_scenario_is_explained_exactly_when_the_model_finds_it_impossible(seed: int) -> None:
    assert _agrees_with_the_model(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40, 300))
def test_the_explanation_and_the_model_agree_on_many_scenarios(seed: int) -> None:
    assert _agrees_with_the_model(seed)
