"""Local pseudonyms: the same pupil, the same key, the same pseudonym; without the key, nothing.

HMAC-SHA256 (RFC 2104) of what identifies the pupil, with a key that stays at the school and never
enters a scenario. Must not know: files of pupils, scenarios.
"""

import hashlib
import hmac
import os
import re
import secrets
from pathlib import Path

from scenarios.cells import fold
from solver.errors import CalendrierBassinError

KEY_BYTES = 32
_LENGTH = 12
"""Characters kept, five bits each: two pupils of 36,000 share one with probability 6e-10."""
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_MADE = re.compile(f"e[{_ALPHABET}]{{{_LENGTH}}}")


class UnusableKey(CalendrierBassinError):
    """The file of the key is not one, or lies where it would leave the school."""


class Pseudonyms:
    """Gives pseudonyms; keeps the key, and nothing of those it was asked about."""

    def __init__(self, key: bytes) -> None:
        if len(key) < KEY_BYTES:
            raise UnusableKey(f"La clé est trop courte : {KEY_BYTES} octets au moins.")
        self._key = key

    def of(self, establishment: str, *identity: str) -> str:
        """The pseudonym of somebody at an establishment: `e` and twelve characters."""
        said = "\x1f".join((establishment, *(fold(part) for part in identity)))
        digest = hmac.new(self._key, said.encode(), hashlib.sha256).digest()
        number = int.from_bytes(digest[:8], "big")
        letters = [_ALPHABET[number >> (5 * i) & 31] for i in range(_LENGTH)]
        return "e" + "".join(letters)


def is_pseudonym(text: str) -> bool:
    """Whether a text has the shape of those that `Pseudonyms` gives; a name has not."""
    return _MADE.fullmatch(text) is not None


def school_key(path: Path, scenario: Path | None = None) -> bytes:
    """The key in that file, made (readable by its owner only) where there is none yet.

    Raises `UnusableKey` where the file holds something else, or lies in the scenario, which is
    handed on; `OSError`.
    """
    path = path.absolute()
    if scenario is not None and path.resolve().is_relative_to(scenario.absolute().resolve()):
        raise UnusableKey(
            f"La clé « {path.name} » ne doit pas être dans le dossier du scénario, qui se "
            "transmet : la garder à l’établissement, ailleurs."
        )
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="ascii") as file:  # noqa: PTH123  (a descriptor)
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (ValueError, UnicodeDecodeError):
        key = b""
    if len(key) < KEY_BYTES:
        raise UnusableKey(
            f"« {path.name} » n’est pas une clé de ce programme : donner le fichier créé la "
            "première fois, ou un nom nouveau (les pseudonymes changeront tous)."
        )
    return key
