"""Signing in through an identity provider (OpenID Connect, code with PKCE).

Who may come in is decided here, not there: an account must exist, known by its subject, or by a
verified address that is its login. Must not know: cookies, routes.
"""

import secrets
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from service.accounts.sign_in import SignedIn, opened
from service.refusals import Refusal
from service.settings import Settings
from service.store import Database, accounts

_ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
_LEEWAY_SECONDS = 60
_TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Departure:
    """Where to send the browser, and what to check when it comes back."""

    url: str
    state: str
    nonce: str
    verifier: str


class Provider:
    """The provider that the settings name; asked over the network when first needed."""

    def __init__(self, settings: Settings, redirect_uri: str) -> None:
        self._settings = settings
        self._redirect_uri = redirect_uri

    def departure(self) -> Departure:
        """Start signing in. Raises `Refusal` where the provider does not answer."""
        nonce, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        with self._client() as client:
            url, state = client.create_authorization_url(
                self._metadata["authorization_endpoint"], nonce=nonce, code_verifier=verifier
            )
        return Departure(url, state, nonce, verifier)

    def claims(self, code: str, nonce: str, verifier: str) -> dict[str, Any]:
        """Who the provider says came back, checked: signature, issuer, audience, time, nonce."""
        try:
            with self._client() as client:
                token = client.fetch_token(
                    self._metadata["token_endpoint"], code=code, code_verifier=verifier
                )
            keys = KeySet.import_key_set(_json(self._metadata["jwks_uri"]))
            signed = jwt.decode(token["id_token"], keys, algorithms=_ALGORITHMS)
            jwt.JWTClaimsRegistry(
                leeway=_LEEWAY_SECONDS,
                iss={"essential": True, "value": self._metadata["issuer"]},
                aud={"essential": True, "value": self._settings.oidc_client},
                exp={"essential": True},
                sub={"essential": True},
                nonce={"essential": True, "value": nonce},
            ).validate(signed.claims)
        except (AuthlibBaseError, JoseError, httpx.HTTPError, KeyError, ValueError) as reason:
            raise _refused() from reason
        return dict(signed.claims)

    @cached_property
    def _metadata(self) -> dict[str, Any]:
        issuer = self._settings.oidc_issuer.rstrip("/")
        try:
            return dict(_json(f"{issuer}/.well-known/openid-configuration"))
        except (httpx.HTTPError, ValueError) as reason:
            raise _refused() from reason

    def _client(self) -> OAuth2Client:
        return OAuth2Client(
            self._settings.oidc_client,
            self._settings.oidc_secret.get_secret_value(),
            scope="openid email",
            redirect_uri=self._redirect_uri,
            code_challenge_method="S256",
            timeout=_TIMEOUT_SECONDS,
        )


def sign_in(database: Database, settings: Settings, claims: dict[str, Any]) -> SignedIn:
    """A session for the account of that identity; raises `Refusal` where there is none."""
    subject = f"{claims['iss']}#{claims['sub']}"
    with database.session() as session:
        row = accounts.by_subject(session, subject)
        if row is None and claims.get("email_verified") is True:
            row = accounts.by_login(session, str(claims.get("email", "")))
            if row is not None and row.oidc_subject is None:
                row.oidc_subject = subject
        if row is None or row.oidc_subject != subject or row.disabled_at is not None:
            raise Refusal(
                "compte-inconnu",
                "Votre identité est reconnue, mais aucun compte ne lui correspond : le demander "
                "à l’administrateur.",
            )
        return opened(session, settings, row)


def _json(url: str) -> Any:
    answer = httpx.get(url, timeout=_TIMEOUT_SECONDS)
    answer.raise_for_status()
    return answer.json()


def _refused() -> Refusal:
    return Refusal("fournisseur-absent", "Le fournisseur d’identité n’a pas confirmé la connexion.")
