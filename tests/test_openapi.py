"""The OpenAPI document is frozen: what clients rely on changes only on purpose."""

import json
from pathlib import Path

from service.api import create_app
from service.api.problems import KINDS, MEDIA_TYPE
from service.settings import Settings

COMMITTED = Path(__file__).parent.parent / "service" / "api" / "openapi.json"


def described() -> dict[str, object]:
    app = create_app(Settings(_env_file=None, database="sqlite://"))
    document: dict[str, object] = json.loads(json.dumps(app.openapi()))
    return document


def test_the_document_is_the_one_committed() -> None:
    """After a change that is meant: `bassin schema --api > service/api/openapi.json`."""
    assert described() == json.loads(COMMITTED.read_text(encoding="utf-8"))


def test_every_error_has_an_example_and_every_code_belongs_to_a_route() -> None:
    told = set()
    document = json.loads(COMMITTED.read_text(encoding="utf-8"))
    for path, methods in document["paths"].items():
        if not path.startswith("/api/v1"):
            continue
        for operation in methods.values():
            assert operation["summary"]
            for status, answer in operation["responses"].items():
                if int(status) < 400:
                    continue
                examples = answer["content"][MEDIA_TYPE]["examples"]
                assert examples
                for code, reference in examples.items():
                    assert reference == {"$ref": f"#/components/examples/{code}"}
                    example = document["components"]["examples"][code]["value"]
                    assert example["code"] == code
                    assert example["status"] == int(status) == KINDS[code].status
                    told.add(code)
    assert set(KINDS) - told <= {"methode-refusee"}
