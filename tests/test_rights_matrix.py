"""Rights, cell by cell: every route × every role × own and foreign territory.

The routes come from the OpenAPI document, so that none can be forgotten: a new one fails here until
it names its right and how to call it.
"""

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient
from town import (
    ACADEMY,
    BASSIN,
    SCHOOL,
    Town,
    own_periods,
    packed,
    town,
    village,
    village_solved,
)

from service.accounts.rights import RIGHTS, SCOPES, Action, User
from service.acts import accounts as account_acts
from service.acts import plans, scenarios
from service.api import create_app
from service.packing import pack_plan
from service.settings import Settings
from service.store import plans as plan_store
from service.store import proposals as proposal_store
from service.store import runs as run_store
from service.store import scenarios as scenario_store
from service.tables import PlanRow, ProposalRow, RunRow, ScenarioRow, TokenRow, new_id, now

ROLES = ("coordonnateur", "ddf", "rectorat", "admin")
"""The last is nowhere foreign."""
PUBLIC = {
    "POST /session",
    "POST /invitations/{code}",
    "GET /session/oidc",
    "GET /session/oidc/callback",
    "GET /problems",
    "GET /problems/{code}",
}
"""Routes that ask for nobody: what they do is tested by name elsewhere."""
METHODS = frozenset({"get", "post", "put", "patch", "delete"})
FOREIGN_SCHOOL = "0540000A"


def operations() -> dict[str, Mapping[str, Any]]:
    """Every operation of `/api/v1` by method and path."""
    document = create_app(Settings(_env_file=None, database="sqlite://")).openapi()
    return {
        f"{method.upper()} {path.removeprefix('/api/v1')}": operation
        for path, methods in document["paths"].items()
        if path.startswith("/api/v1")
        for method, operation in methods.items()
        if method in METHODS
    }


OPERATIONS = operations()
PROTECTED = sorted(set(OPERATIONS) - PUBLIC)


class Rows:
    """Fresh rows in one territory, so that no cell of the matrix disturbs another."""

    def __init__(self, place: Town, owner: User, academy: str, bassin: str, school: str) -> None:
        self.place, self.owner, self.school = place, owner, school
        self.academy, self.bassin = academy, bassin

    def scenario(self) -> ScenarioRow:
        first = scenarios.one(self.place.house, self.place.user("admin"), self.place.first)
        row = ScenarioRow(
            **first.model_dump(exclude={"id", "academy", "bassin", "owner_id"}),
            academy=self.academy, bassin=self.bassin, owner_id=self.owner.id,
        )  # fmt: skip
        with self.place.house.database.session() as session:
            scenario_store.add(session, row, "zip", packed(village()), [self.school])
        return row

    def plan(self) -> PlanRow:
        of = self.scenario()
        row = PlanRow(
            **self.place.made.row.model_dump(exclude={"id", "scenario_id", "academy", "bassin"}),
            scenario_id=of.id, academy=self.academy, bassin=self.bassin,
        )  # fmt: skip
        row.owner_id, row.published_at, row.published_by = self.owner.id, now(), self.owner.id
        with self.place.house.database.session() as session:
            plan_store.add(session, row, self.place.made.content)
        return row

    def unpublished(self) -> PlanRow:
        row = self.plan()
        with self.place.house.database.session() as session:
            row.published_at = None
            session.add(session.merge(row))
        return row

    def run(self) -> RunRow:
        of = self.scenario()
        row = RunRow(
            scenario_id=of.id, digest=of.digest, bassin=self.bassin, academy=self.academy,
            owner_id=self.owner.id, seconds=1, status="stopped", ended_at=now(),
        )  # fmt: skip
        with self.place.house.database.session() as session:
            run_store.add(session, row)
        return row

    def proposal(self) -> ProposalRow:
        row = ProposalRow(
            plan_id=self.plan().id, bassin=self.bassin, academy=self.academy, uai=self.school,
            proposer_id=self.owner.id, subject=own_periods()[0].id, week=self.place.week,
        )  # fmt: skip
        with self.place.house.database.session() as session:
            proposal_store.add(session, row)
        return row

    def account(self) -> str:
        return self.place.person("rectorat", new_id(), academy=self.academy).id

    def token(self, user: User) -> str:
        with self.place.house.database.session() as session:
            row = TokenRow(
                account_id=user.id, name="t", hash=new_id(), scopes=["lecture"], expires_at=now()
            )
            session.add(row)
        return row.id


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town(tmp_path_factory.mktemp("droits"), sign_ins_per_minute=100_000,
              runs_per_account=100_000) as built:  # fmt: skip
        built.coordinator()
        built.ddf()
        built.rectorat()
        admin = built.person("admin")
        built.person("admin", "autre-admin")
        built.first = scenarios.submit(built.house, admin, packed(village())).id
        of = scenarios.one(built.house, admin, built.first)
        result = village_solved()
        assert result.plan is not None
        built.made = plans.made(of, village(), result, owner_id=admin.id, origin="calcul")
        start = result.plan.start_of[own_periods()[0].id]
        built.week = str(start)
        yield built


@pytest.fixture(scope="module")
def own(place: Town) -> Rows:
    return Rows(place, place.user("coordonnateur"), ACADEMY, BASSIN, SCHOOL)


@pytest.fixture(scope="module")
def foreign(place: Town) -> Rows:
    stranger = place.coordinator("AILLEURS", login="ailleurs")
    return Rows(place, stranger, "Autre", "AILLEURS", FOREIGN_SCHOOL)


class Call:
    """How an operation is called: path parameters, query, body, and what success looks like."""

    def __init__(self, operation: str, rows: Rows, user: User) -> None:
        self.operation, self.rows, self.user = operation, rows, user
        self.method, self.path = operation.split(" ", 1)
        self.more: dict[str, Any] = {}
        self._fill()

    def _fill(self) -> None:
        rows, more = self.rows, self.more
        if "{plan}" in self.path:
            bare = self.method == "DELETE" or (
                self.path.endswith("/publication") and self.user.role != "ddf"
            )
            self._put("plan", (rows.unpublished() if bare else rows.plan()).id)
        if "{scenario}" in self.path:
            needs_published = self.user.role == "ddf"
            self._put(
                "scenario", rows.plan().scenario_id if needs_published else rows.scenario().id
            )
        if "{run}" in self.path:
            self._put("run", rows.run().id)
        if "{proposal}" in self.path:
            self._put("proposal", rows.proposal().id)
        if "{account}" in self.path:
            self._put("account", rows.account())
        if "{token}" in self.path:
            foreign = rows.school == FOREIGN_SCHOOL
            self._put("token", rows.token(rows.owner if foreign else self.user))
        period = own_periods()[0]
        pupil = next(p for p in village().everyone if p.division == period.division)
        change = {"op": "replace", "path": "/titre", "value": "Essai"}
        account = {"login": new_id(), "role": "rectorat", "academy": ACADEMY}
        if "/documents/" in self.path:
            self._put("document", "csv" if "/masked/" in self.path else "conventions")
        if "{audience}" in self.path:
            self._put("audience", "etablissements")
            self._put("key", SCHOOL)
        if "{source}" in self.path:
            self._put("source", "entreprises")
            more["params"] = {"scenario": rows.scenario().id}
            more["files"] = {"file": ("liste.csv", _list_of_hosts())}
        match self.operation:
            case "POST /scenarios":
                more["content"] = packed(village(rows.bassin, rows.academy))
            case "PATCH /scenarios/{scenario}":
                more["json"] = {"tags": ["a"]}
            case "POST /scenarios/{scenario}/from-input":
                more["json"] = {"titre": "Essai"}
            case "POST /scenarios/{scenario}/from-patch" | "POST /runs/{run}/from-patch":
                more["json"] = {"operations": [change]}
            case "POST /plans":
                more["params"] = {"scenario": rows.scenario().id}
                result = village_solved()
                more["content"] = pack_plan(village(), result)
            case "PATCH /plans/{plan}":
                more["json"] = {"title": "Essai"}
            case "GET /plans/{plan}/shifts" | "GET /plans/{plan}/shifts/adapted":
                more["params"] = {"subject": period.id}
            case "GET /plans/{plan}/why" | "GET /plans/{plan}/recommendations":
                more["params"] = {"pupil": pupil.id, "period": period.id}
            case "GET /plans/{plan}/shortage":
                more["params"] = {"uai": SCHOOL}
            case "GET /comparisons" | "GET /fronts":
                more["params"] = {"plan": [rows.plan().id, rows.plan().id]}
            case "POST /runs":
                more["json"] = {"scenario": rows.scenario().id, "stop": {"seconds": 1}}
            case "PATCH /runs/{run}":
                more["json"] = {"title": "Essai"}
            case "POST /proposals":
                more["json"] = {
                    "plan": rows.plan().id, "subject": period.id, "week": self._other_week()
                }  # fmt: skip
            case "POST /proposals/{proposal}/acceptance":
                more["json"] = {"seconds": 1}
            case "POST /proposals/{proposal}/refusal":
                more["json"] = {"reason": "non"}
            case "POST /accounts":
                more["json"] = account
            case "PUT /accounts/{account}":
                more["json"] = {"role": "rectorat", "academy": ACADEMY}
            case "POST /tokens":
                more["json"] = {"name": "t", "scopes": ["lecture"]}

    def _other_week(self) -> str:
        from solver.whatif import shifts, stand

        result = village_solved()
        assert result.plan is not None
        if not hasattr(self.rows.place, "other_week"):
            rows = shifts(stand(village(), result.plan), own_periods()[0].id)
            self.rows.place.other_week = str(
                next(r.week for r in rows if r.allowed and not r.current)
            )
        return self.rows.place.other_week

    def _put(self, name: str, value: str) -> None:
        self.path = self.path.replace("{" + name + "}", value)

    def send(self, client: TestClient) -> httpx2.Response:
        assert "{" not in self.path, f"say how to call {self.operation}"
        return client.request(self.method, "/api/v1" + self.path, **self.more)


def _list_of_hosts() -> bytes:
    """A new workplace in a commune that the village has."""
    place = village().places[0].id
    return f"nom;siret;lieu;publics\nAtelier;55200000100013;{place};3E\n".encode()


def action_of(operation: str) -> Action:
    return Action(OPERATIONS[operation]["x-droit"])


def subject_of(operation: str) -> bool:
    """Whether the operation is about one row of some territory."""
    about_rows = any(f"{{{k}}}" in operation for k in ("scenario", "plan", "run", "proposal"))
    named = {"POST /plans", "GET /comparisons", "GET /fronts", "POST /runs", "POST /proposals"}
    return about_rows or operation in named or "{source}" in operation


def test_every_route_names_its_right_or_is_known_to_be_public() -> None:
    unnamed = {o for o in OPERATIONS if not OPERATIONS[o].get("x-droit")}
    assert unnamed <= PUBLIC
    assert {action_of(o) for o in PROTECTED} <= set(Action)


@pytest.mark.parametrize("operation", PROTECTED)
def test_nobody_comes_in_unknown(place: Town, own: Rows, operation: str) -> None:
    call = Call(operation, own, place.user("admin"))
    for headers in ({}, {"Authorization": "Bearer bassin_faux"}):
        client = place.stranger()
        client.headers.update(headers)
        answer = call.send(client)
        assert (answer.status_code, answer.json()["code"]) == (401, "connexion-requise")


@pytest.mark.parametrize(("operation", "role"), list(itertools.product(PROTECTED, ROLES)))
def test_own_territory(place: Town, own: Rows, operation: str, role: str) -> None:
    user = place.user(role)
    answer = Call(operation, own, user).send(place.client(user))
    action = action_of(operation)
    if role not in RIGHTS[action].roles or ("{account}" in operation and role != "admin"):
        assert (answer.status_code, answer.json()["code"]) == (403, "droit-absent")
    else:
        assert answer.status_code in _good(operation), answer.text


def _good(operation: str) -> set[int]:
    """What success looks like, where it is not plain: these runs are over, these plans alike."""
    if "{run}" in operation:
        return {200, 202, 204, 404, 409, 410}
    if operation.startswith("DELETE /scenarios"):
        return {204}
    return {200, 201, 202, 204}


ABOUT_ROWS = [o for o in PROTECTED if subject_of(o) or o == "POST /scenarios"]


@pytest.mark.parametrize(("operation", "role"), list(itertools.product(ABOUT_ROWS, ROLES[:3])))
def test_foreign_territory(place: Town, foreign: Rows, operation: str, role: str) -> None:
    user = place.user(role)
    answer = Call(operation, foreign, user).send(place.client(user))
    if role not in RIGHTS[action_of(operation)].roles:
        assert (answer.status_code, answer.json()["code"]) == (403, "droit-absent")
    elif operation == "POST /scenarios":
        assert (answer.status_code, answer.json()["code"]) == (403, "bassin-etranger")
    else:
        assert (answer.status_code, answer.json()["code"]) == (404, "introuvable")


LISTS = [o for o in PROTECTED if o.startswith("GET") and "{" not in o and "cursor" in str(
    OPERATIONS[o].get("parameters", []))]  # fmt: skip


@pytest.mark.parametrize(("operation", "role"), list(itertools.product(LISTS, ROLES)))
def test_lists_hold_nothing_foreign(
    place: Town, own: Rows, foreign: Rows, operation: str, role: str
) -> None:
    user = place.user(role)
    for rows in (own, foreign):
        rows.run(), rows.proposal()
    answer = Call(operation, own, user).send(place.client(user))
    if role not in RIGHTS[action_of(operation)].roles:
        assert answer.status_code == 403
        return
    rows = answer.json()["lignes"]
    if role == "admin":
        return
    assert not [row for row in rows if row.get("bassin") == "AILLEURS"]
    if role == "ddf" and operation != "GET /proposals":
        assert all(place.user("ddf").establishments == (SCHOOL,) for _ in rows)
    if operation not in ("GET /accounts", "GET /journal"):
        assert rows


@pytest.mark.parametrize("operation", PROTECTED)
def test_a_token_opens_only_what_it_was_made_for(place: Town, own: Rows, operation: str) -> None:
    user = place.user("admin" if "ddf" not in RIGHTS[action_of(operation)].roles else "ddf")
    if user.role not in RIGHTS[action_of(operation)].roles:
        user = place.user("coordonnateur")
    right = RIGHTS[action_of(operation)]
    others = [scope for scope in SCOPES if scope != right.scope]
    _, key = account_acts.create_token(place.house, user, "t", others, 1)
    client = place.stranger()
    client.headers["Authorization"] = f"Bearer {key}"
    answer = Call(operation, own, user).send(client)
    assert (answer.status_code, answer.json()["code"]) == (403, "portee-absente")
    with place.house.database.session() as session:
        from service.store import accounts

        accounts.revoke_tokens(session, user.id, now())


@pytest.mark.parametrize("operation", [o for o in PROTECTED if not o.startswith("GET")])
def test_a_cookie_alone_changes_nothing(place: Town, own: Rows, operation: str) -> None:
    user = place.user("admin")
    client = place.client(user)
    del client.headers["X-CSRF-Token"]
    answer = Call(operation, own, user).send(client)
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf-absent")
