"""The whole API under schemathesis, for every role: no defect, no answer that is not documented."""

from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from town import Town, own_periods, packed, town, village, village_solved

from service.acts import plans, proposals, runs, scenarios
from service.tables import now
from solver.week import Week
from solver.whatif import shifts, stand

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
ROLES = ("coordonnateur", "ddf", "rectorat", "admin", "personne")
_PATIENCE_SECONDS = 120.0
"""A prospect takes eight seconds of a quiet machine; schemathesis by itself gives up after ten."""
DESTRUCTIVE = {"DELETE /api/v1/accounts/{account}", "PUT /api/v1/accounts/{account}"}
"""Asked with made-up identifiers only, so that the people of the town stay."""


@schemathesis.serializer(
    "application/zip", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)
def as_it_is(_: Any, value: Any) -> bytes:
    """Archives are made of any bytes."""
    value = getattr(value, "data", value)
    return value if isinstance(value, bytes) else str(value).encode()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town(
        tmp_path_factory.mktemp("api"), sign_ins_per_minute=10**9, requests_per_minute=10**9
    ) as built:
        built.coordinator()
        built.ddf()
        built.rectorat()
        built.person("admin")
        yield built


@pytest.fixture(scope="module")
def known(place: Town) -> dict[str, str]:
    """Identifiers of things that are there."""
    user = place.user("coordonnateur")
    row = scenarios.submit(place.house, user, packed(village()))
    result = village_solved()
    assert result.plan is not None
    plan = plans.keep(
        place.house,
        user,
        plans.made(row, village(), result, owner_id=user.id, origin="calcul"),
    )
    plans.publish(place.house, user, plan.id)
    run = runs.start(place.house, user, row.id, seconds=1)
    with place.house.database.session() as session:
        run.status, run.ended_at = "stopped", now()
        session.merge(run)
    period = own_periods()[0]
    table = shifts(stand(village(), result.plan), period.id)
    week = next(r.week for r in table if r.allowed and not r.current)
    asked = proposals.propose(
        place.house, place.user("ddf"), plan.id, period.id, Week.parse(str(week)), ""
    )
    return {"scenario": row.id, "plan": plan.id, "run": run.id, "proposal": asked.id,
            "account": place.user("rectorat").id, "subject": period.id,
            "pupil": village().pupils_of[period.division][0].id, "period": period.id}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_every_answer_is_documented_and_none_is_a_defect(
    place: Town, known: dict[str, str], role: str
) -> None:
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", place.app)
    asked, failures = 0, []
    for found in schema.get_all_operations():
        try:
            asked += _besiege(place, known, role, found.ok())
        except Exception as reason:
            failures.append(f"{found.ok().label} : {reason!r}")
    assert not failures, "\n".join(failures)
    assert asked > 40 * 10


def _besiege(place: Town, known: dict[str, str], role: str, operation: Any) -> int:
    """Ask one operation many things, as often about what is there as about what is not."""
    asked = 0

    @given(case=operation.as_strategy(), real=st.booleans())
    @hypothesis.settings(
        max_examples=12,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Any, real: bool) -> None:
        nonlocal asked
        asked += 1
        if real and operation.label not in DESTRUCTIVE:
            for name in set(case.path_parameters or {}) & set(known):
                case.path_parameters[name] = known[name]
            for name in set(case.query or {}) & set(known):
                several = isinstance(case.query[name], list)
                case.query[name] = [known[name]] if several else known[name]
        headers: dict[str, str] = {}
        cookies: dict[str, str] = {}
        if role != "personne":
            client = place.signed_in(role)
            cookies = dict(client.cookies)
            headers["X-CSRF-Token"] = client.headers["X-CSRF-Token"]
        answer = case.call(headers=headers, cookies=cookies, timeout=_PATIENCE_SECONDS)
        case.validate_response(answer, checks=CHECKS)

    ask()
    return asked
