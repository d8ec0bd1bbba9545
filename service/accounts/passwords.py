"""Passwords and keys, as they are kept: hashed. Must not know: whose they are."""

import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from service.refusals import Refusal

SHORTEST, LONGEST = 12, 128
_hasher = PasswordHasher()
_decoy = _hasher.hash(secrets.token_hex(16))


def hashed(password: str, login: str) -> str:
    """The hash to keep (argon2id); raises `Refusal` where the password is too weak."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Refusal(
            "mot-de-passe-faible",
            f"Le mot de passe doit avoir de {SHORTEST} à {LONGEST} caractères : "
            "une phrase convient.",
        )
    if len(set(password)) < 5 or login.casefold() in password.casefold():
        raise Refusal(
            "mot-de-passe-faible",
            "Le mot de passe est trop facile à deviner : une phrase de quatre mots convient.",
        )
    return _hasher.hash(password)


def agrees(password: str, kept: str | None) -> bool:
    """Whether this is the password; as slow where there is none, so that nothing is told."""
    try:
        return _hasher.verify(kept or _decoy, password[:LONGEST]) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def new_key(prefix: str = "") -> str:
    """256 bits of chance, for a cookie, a token or a link."""
    return prefix + secrets.token_urlsafe(32)


def key_digest(key: str) -> str:
    """What is kept of a key: enough to know it again, useless to whoever reads the database."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
