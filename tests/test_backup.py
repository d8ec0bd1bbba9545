"""Backup and restore, by the very commands of the operations guide, while the service is open."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from town import BACKENDS, packed, postgresql_tools, town, village

from service.accounts.secret import secret_of
from service.acts import scenarios
from service.guide import page


def commands(kind: str) -> str:
    """The lines of a block of the guide."""
    found = re.search(rf"^```sh {kind}\n(.*?)^```", page("exploitation"), re.DOTALL | re.MULTILINE)
    assert found is not None, kind
    return found[1]


def run(kind: str, where: Path, base: str) -> None:
    tools = ""
    if kind.endswith("postgresql"):
        tools = f"{postgresql_tools()}{os.pathsep}"
    environment = os.environ | {"BASE": base, "PATH": tools + os.environ["PATH"]}
    done = subprocess.run(
        ["bash", "-e", "-c", commands(kind)], cwd=where, env=environment, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_was_saved_comes_back_whole(backend: str, tmp_path: Path) -> None:
    home = tmp_path / "bassin-service"
    home.mkdir()
    with town(home, backend) as place:
        base = str(place.settings.database).replace("+psycopg", "")
        user = place.coordinator()
        client = place.client(user)
        content = packed(village())
        kept = scenarios.submit(place.house, user, content)
        secret = secret_of(place.settings)
        run(f"sauvegarde-{backend}", tmp_path, base)
        later = scenarios.submit(place.house, user, content)
        secret_file = home / "cle"
        secret_file.write_text("perdue", encoding="ascii")
        place.house.close()
        run(f"restauration-{backend}", tmp_path, base)
        assert client.get("/api/v1/session").json()["login"] == user.login
        assert client.get(f"/api/v1/scenarios/{kept.id}/content").content == content
        assert client.get(f"/api/v1/scenarios/{later.id}").status_code == 404
        events = client.get("/api/v1/journal").json()["lignes"]
        assert ("scenario.depose", kept.id) in {(e["action"], e["subject"]) for e in events}
        assert secret_of(place.settings) == secret
        with pytest.raises(DBAPIError, match="le journal"), place.house.database.session() as s:
            s.execute(text("DELETE FROM event"))
