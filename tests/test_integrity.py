"""What must hold between rows, checked on scenarios built in Python."""

from typing import Any

import pytest

import scenarios
from solver import integrity
from solver.domain import Capacity, Closure, FoundPlace, Scenario
from solver.errors import Fault
from solver.week import Week

BASE = scenarios.read(scenarios.example("small/base"))
W = Week


def changed(table: str, row: int, **fields: Any) -> Scenario:
    """The base with fields of one record replaced."""
    records = list(getattr(BASE, table))
    records[row] = records[row].model_copy(update=fields)
    return BASE.model_copy(update={table: tuple(records)})


def only(scenario: Scenario) -> Fault:
    found = integrity.faults(scenario)
    assert len(found) == 1, [str(fault) for fault in found]
    return found[0]


def test_the_base_holds() -> None:
    assert integrity.faults(BASE) == ()


@pytest.mark.parametrize(
    ("table", "row", "fields", "column"),
    [
        ("divisions", 1, {"establishment": "0540066D"}, "uai"),
        ("establishments", 0, {"place": "x"}, "lieu"),
        ("periods", 0, {"division": "CAP1 "}, "division"),
        ("pupils", 6, {"home": "x"}, "lieu"),
        ("pupils", 6, {"boarding_house": "x"}, "internat"),
        ("hosts", 3, {"place": "x"}, "lieu"),
        ("hosts", 3, {"reserved_for": ("0540037X", "x")}, "uai_reserves"),
    ],
)
def test_a_reference_to_what_is_not_there_is_a_fault(
    table: str, row: int, fields: dict[str, Any], column: str
) -> None:
    fault = integrity.faults(changed(table, row, **fields))[0]
    assert fault.code in ("reference-inconnue", "table-absente")
    assert (fault.row, fault.column, fault.severity) == (row, column, "faute")
    assert fault.value == next(v[-1] if isinstance(v, tuple) else v for v in fields.values())


@pytest.mark.parametrize(
    ("table", "row", "fields", "code", "column"),
    [
        ("periods", 1, {"earliest": W(2027, 8)}, "ordre-inverse", "fin_max"),
        ("periods", 2, {"rank": 1}, "rang-double", "rang"),
        ("periods", 0, {"duration_weeks": 47}, "duree-impossible", "duree"),
        ("periods", 0, {"imposed": W(2027, 40)}, "hors-annee", "debut_impose"),
        ("hosts", 0, {"group_min": 3}, "ordre-inverse", "groupe_min"),
        ("hosts", 0, {"diplomas": ("*", "secteur:")}, "formation-illisible", "diplomes"),
        ("hosts", 0, {"diplomas": ("NSF:312",)}, "formation-illisible", "diplomes"),
        ("pupils", 0, {"id": "e2"}, "doublon", "eleve"),
        ("pupils", 0, {"id": "0123456789A"}, "donnee-personnelle", "eleve"),
    ],
)
def test_a_row_that_cannot_be_is_a_fault(
    table: str, row: int, fields: dict[str, Any], code: str, column: str
) -> None:
    fault = only(changed(table, row, **fields))
    assert (fault.code, fault.column, fault.severity) == (code, column, "faute")


def test_the_longest_period_that_fits_the_year_is_no_fault() -> None:
    assert integrity.school_year_span("2026-2027") == (W(2026, 35), W(2027, 27))
    assert integrity.faults(changed("periods", 0, duration_weeks=46)) == ()


@pytest.mark.parametrize(
    ("year", "first", "last"),
    [
        ("2024-2025", W(2024, 34), W(2025, 28)),
        ("2025-2026", W(2025, 34), W(2026, 28)),
        ("2027-2028", W(2027, 34), W(2028, 28)),
    ],
)
def test_the_school_year_runs_from_the_week_of_24_august_to_11_july(
    year: str, first: Week, last: Week
) -> None:
    assert integrity.school_year_span(year) == (first, last)


def test_a_week_of_the_summers_around_is_a_warning_only() -> None:
    for week in (W(2026, 33), W(2027, 30)):
        assert only(changed("periods", 0, wished=week)).severity == "avertissement"


def capacities(*rows: tuple[str, str, Week, Week]) -> Scenario:
    return BASE.model_copy(
        update={
            "capacities": tuple(
                Capacity(host=host, public=public, first=first, last=last, slots=1)  # type: ignore[arg-type]
                for host, public, first, last in rows
            )
        }
    )


def test_two_rows_for_the_same_host_public_and_week_are_a_fault() -> None:
    fault = only(
        capacities(
            ("X-garage", "*", W(2026, 40), W(2027, 10)),
            ("X-garage", "*", W(2026, 45), W(2026, 46)),
        )
    )
    assert (fault.code, fault.row) == ("capacite-double", 1)
    assert integrity.faults(capacities(*[("X-garage", "*", W(2026, 40), W(2026, 41))] * 2))


def test_other_weeks_other_publics_and_other_hosts_may_be_said_beside() -> None:
    scenario = capacities(
        ("X-garage", "*", W(2026, 46), W(2026, 53)),
        ("X-garage", "*", W(2027, 1), W(2027, 2)),
        ("X-garage", "3E", W(2026, 50), W(2027, 2)),
        ("X-mairie", "*", W(2026, 50), W(2027, 2)),
    )
    assert integrity.faults(scenario) == ()


def test_a_closure_said_twice_is_a_warning() -> None:
    closure = Closure(target="CAP1", first=W(2026, 40), last=W(2026, 41))
    fault = only(BASE.model_copy(update={"closures": (closure, closure)}))
    assert (fault.code, fault.row, fault.severity) == ("doublon", 1, "avertissement")


@pytest.mark.parametrize("target", ["0540037X", "CAP1", "X-garage"])
def test_an_establishment_a_division_or_a_host_may_be_closed(target: str) -> None:
    closure = Closure(target=target, first=W(2026, 40), last=W(2026, 41))
    assert integrity.faults(BASE.model_copy(update={"closures": (closure,)})) == ()


def found(pupil: str, period: str) -> Scenario:
    row = FoundPlace(pupil=pupil, period=period, host="X-garage", status="trouve")
    return BASE.model_copy(update={"found_places": (row,)})


def test_a_found_place_is_for_a_period_of_the_pupils_division() -> None:
    assert integrity.faults(found("e4", "CAP1-2")) == ()
    assert only(found("e1", "CAP1-2")).code == "autre-division"


def test_two_found_places_for_one_pupil_and_period_are_a_fault() -> None:
    row = FoundPlace(pupil="e4", period="CAP1-1", host="X-garage", status="trouve")
    other = row.model_copy(update={"host": "X-marche"})
    assert only(BASE.model_copy(update={"found_places": (row, other)})).code == "doublon"


def test_pupils_that_a_head_count_stands_for_can_be_named() -> None:
    counted = found("CAP1#004", "CAP1-1").model_copy(update={"pupils": BASE.pupils[:3]})
    assert integrity.faults(counted) == ()
    missing = found("CAP1#005", "CAP1-1").model_copy(update={"pupils": BASE.pupils[:3]})
    assert only(missing).column == "eleve"


@pytest.mark.parametrize(
    ("siret", "right"),
    [("55200010000016", True), ("55200010000017", False), ("35600000012345", False),
     ("35600000000048", True), ("35600000049837", True)],
)  # fmt: skip
def test_a_wrong_siret_key_is_a_warning(siret: str, right: bool) -> None:
    found = integrity.faults(changed("hosts", 0, id=siret))
    assert [f.code for f in found] == ([] if right else ["cle-siret"])
    assert all(f.severity == "avertissement" for f in found)


def test_many_wrong_siret_keys_are_counted_instead_of_listed() -> None:
    host = BASE.hosts[0]
    hosts = tuple(
        host.model_copy(update={"id": f"552000100{i:04d}{k}"}) for i in range(50) for k in range(10)
    )
    found = integrity.faults(BASE.model_copy(update={"hosts": hosts}))
    assert len(found) == 11
    assert "439 autres" in found[-1].message


def test_a_wrong_uai_letter_is_a_warning_with_the_right_one() -> None:
    base = BASE.establishments[0].model_copy(update={"uai": "0540001A"})
    division = BASE.divisions[0].model_copy(update={"establishment": "0540001A"})
    fault = only(
        BASE.model_copy(
            update={
                "establishments": (base, BASE.establishments[1]),
                "divisions": (division, BASE.divisions[1]),
            }
        )
    )
    assert (fault.severity, fault.expected) == ("avertissement", "0540001H")


def test_groups_belong_to_their_division_so_a_name_may_serve_twice() -> None:
    pupils = tuple(p.model_copy(update={"group": "g1"}) for p in BASE.pupils)
    assert integrity.faults(BASE.model_copy(update={"pupils": pupils})) == ()


def test_a_year_that_is_not_two_years_in_a_row_is_a_fault() -> None:
    assert only(BASE.model_copy(update={"year": "2026-2028"})).column == "annee"


def test_a_described_pupil_may_not_take_the_name_of_a_counted_one() -> None:
    pupil = BASE.pupils[0].model_copy(update={"id": "CAP1#001"})
    assert only(BASE.model_copy(update={"pupils": (pupil, *BASE.pupils[1:3])})).code == "doublon"
