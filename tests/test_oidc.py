"""Signing in through an identity provider: a real one, here, that checks what it is sent."""

import base64
import hashlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Annotated, Any
from urllib.parse import parse_qs, urlsplit

import pytest
import uvicorn
from fastapi import FastAPI, Form, Header, HTTPException
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from town import Town, town

CLIENT, SECRET = "bassin", "un-secret-long"


class Identity:
    """A provider with one key; `claims` is what it says of whoever signs in."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "1", "use": "sig"})
        self.signs_with = self.key
        self.claims: dict[str, Any] = {"sub": "42", "email": "anne@ac-x.fr", "email_verified": True}
        self.asked: dict[str, str] = {}
        self.issuer = ""
        self.app = FastAPI()
        self.app.get("/.well-known/openid-configuration")(self.configuration)
        self.app.get("/keys")(self.keys)
        self.app.post("/token")(self.token)

    def configuration(self) -> dict[str, str]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }

    def keys(self) -> Any:
        return KeySet([self.key]).as_dict(private=False)

    def token(
        self,
        code: Annotated[str, Form()],
        code_verifier: Annotated[str, Form()],
        redirect_uri: Annotated[str, Form()],
        authorization: Annotated[str, Header()],
    ) -> dict[str, Any]:
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        hashed = hashlib.sha256(code_verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(hashed).decode().rstrip("=")
        if (
            code != "le-code"
            or authorization != f"Basic {basic}"
            or challenge != self.asked["code_challenge"]
            or redirect_uri != self.asked["redirect_uri"]
        ):
            raise HTTPException(400, "invalid_grant")
        base = {
            "iss": self.issuer,
            "aud": CLIENT,
            "exp": int(time.time()) + 60,
            "nonce": self.asked["nonce"],
        }
        signed = jwt.encode({"alg": "RS256", "kid": "1"}, base | self.claims, self.signs_with)
        return {"access_token": "a", "token_type": "Bearer", "id_token": signed}


@pytest.fixture(scope="module")
def served() -> Iterator[Identity]:
    identity = Identity()
    listening = socket.create_server(("127.0.0.1", 0))
    identity.issuer = f"http://127.0.0.1:{listening.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(identity.app, log_config=None))
    thread = Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield identity
    server.should_exit = True
    thread.join()
    listening.close()


@pytest.fixture
def identity(served: Identity) -> Identity:
    served.claims = {"sub": "42", "email": "anne@ac-x.fr", "email_verified": True}
    served.signs_with = served.key
    return served


@pytest.fixture
def place(tmp_path: Path, identity: Identity) -> Iterator[Town]:
    settings = {"oidc_issuer": identity.issuer, "oidc_client": CLIENT, "oidc_secret": SECRET}
    with town(tmp_path, **settings) as built:
        built.coordinator(login="anne@ac-x.fr")
        yield built


def signed_in(place: Town, identity: Identity, *, code: str = "le-code") -> tuple[TestClient, Any]:
    browser = place.stranger()
    left = browser.get("/api/v1/session/oidc", follow_redirects=False)
    assert left.status_code == 303, left.text
    query = parse_qs(urlsplit(left.headers["location"]).query)
    identity.asked = {key: values[0] for key, values in query.items()}
    back = {"code": code, "state": identity.asked["state"]}
    url = "/api/v1/session/oidc/callback"
    return browser, browser.get(url, params=back, follow_redirects=False)


def test_a_known_address_comes_in_and_is_then_known_by_its_subject(
    place: Town, identity: Identity
) -> None:
    browser, answer = signed_in(place, identity)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert browser.get("/api/v1/session").json()["login"] == "anne@ac-x.fr"
    identity.claims = {"sub": "42", "email": "nouvelle@ac-x.fr", "email_verified": True}
    browser, answer = signed_in(place, identity)
    assert browser.get("/api/v1/session").json()["login"] == "anne@ac-x.fr"


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "7", "email": "autre@ac-x.fr", "email_verified": True},
        {"sub": "7", "email": "anne@ac-x.fr", "email_verified": False},
        {"sub": "7", "email": "anne@ac-x.fr"},
    ],
)
def test_whoever_has_no_account_stays_outside(
    place: Town, identity: Identity, claims: dict[str, Any]
) -> None:
    identity.claims = claims
    browser, answer = signed_in(place, identity)
    assert (answer.status_code, answer.json()["code"]) == (403, "compte-inconnu")
    assert browser.get("/api/v1/session").status_code == 401


def test_a_ddf_begins_at_their_own_periods(place: Town, identity: Identity) -> None:
    place.ddf(login="denis@ac-x.fr")
    identity.claims |= {"sub": "51", "email": "denis@ac-x.fr"}
    _, answer = signed_in(place, identity)
    assert (answer.status_code, answer.headers["location"]) == (303, "/departs")


def test_another_subject_does_not_take_over_an_account(place: Town, identity: Identity) -> None:
    signed_in(place, identity)
    identity.claims = {"sub": "43", "email": "anne@ac-x.fr", "email_verified": True}
    assert signed_in(place, identity)[1].json()["code"] == "compte-inconnu"


@pytest.mark.parametrize(
    "claims",
    [{"aud": "autre"}, {"iss": "http://ailleurs"}, {"exp": 1}, {"nonce": "autre"}],
)
def test_an_answer_that_is_not_for_us_is_refused(
    place: Town, identity: Identity, claims: dict[str, Any]
) -> None:
    identity.claims |= claims
    assert signed_in(place, identity)[1].json()["code"] == "fournisseur-absent"


def test_a_forged_signature_a_wrong_code_and_a_stolen_return_are_refused(
    place: Town, identity: Identity
) -> None:
    assert signed_in(place, identity, code="autre")[1].json()["code"] == "fournisseur-absent"
    identity.signs_with = RSAKey.generate_key(2048, {"kid": "1", "use": "sig"})
    assert signed_in(place, identity)[1].json()["code"] == "fournisseur-absent"
    url = "/api/v1/session/oidc/callback?code=le-code&state=" + identity.asked["state"]
    assert place.stranger().get(url).json()["code"] == "identifiants-refuses"
