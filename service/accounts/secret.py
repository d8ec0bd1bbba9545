"""The key that signs what the browser carries for us. Must not know: what is signed."""

import os
import secrets

from service.settings import Settings


def secret_of(settings: Settings) -> str:
    """The one set; else one drawn at first start and kept in `home`, readable by its owner only."""
    told = settings.secret.get_secret_value()
    if told:
        return told
    path = settings.home / "cle"
    settings.home.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii")
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(32))
    return path.read_text(encoding="ascii")
