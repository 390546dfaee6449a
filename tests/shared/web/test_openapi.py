"""The published contract tells what the edge does: problems, sign-in, keys and versions."""

from __future__ import annotations

from typing import Any

import pytest

from shared.db.engine import Database
from shared.testing.tokens import TestIssuer
from tests.shared.web.toy import build_toy


@pytest.fixture
def document(issuer: TestIssuer) -> dict[str, Any]:
    return build_toy(Database("postgresql://nobody@127.0.0.1:1/none"), issuer.verifier()).openapi()


def _headers(operation: dict[str, Any]) -> dict[str, bool]:
    return {known["name"]: known["required"] for known in operation["parameters"] if known["in"] == "header"}


def test_every_problem_is_published_under_its_media_type(document: dict[str, Any]) -> None:
    answers = document["paths"]["/v1/things"]["post"]["responses"]
    assert set(answers) == {"201", "401", "403", "404", "409", "413", "415", "422", "503"}
    assert answers["422"] == {"$ref": "#/components/responses/Problem422"}
    content = document["components"]["responses"]["Problem422"]["content"]
    assert content == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_who_signs_in_where_is_published(document: dict[str, Any]) -> None:
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assert document["paths"]["/v1/things"]["get"]["security"] == [{"bearer": []}]
    public = document["paths"]["/v1/things/meta/today"]["get"]
    assert "security" not in public
    assert set(public["responses"]) == {"200", "422", "503"}


def test_keys_and_versions_are_published(document: dict[str, Any]) -> None:
    paths = document["paths"]
    assert _headers(paths["/v1/things"]["post"]) == {"Idempotency-Key": False}
    assert _headers(paths["/v1/things/{number}"]["patch"]) == {"If-Match": True}
    assert {"412", "428"} <= set(paths["/v1/things/{number}"]["patch"]["responses"])


def test_types_publish_what_they_refuse(document: dict[str, Any]) -> None:
    fields = document["components"]["schemas"]["ThingCreate"]["properties"]
    assert (fields["uscc"]["format"], fields["region_code"]["format"]) == ("uscc", "region_code")
    assert (fields["name"]["minLength"], fields["name"]["maxLength"]) == (1, 200)
    assert fields["amount_fen"]["anyOf"][0] == {"type": "integer", "minimum": 0, "maximum": 9_000_000_000_000_000}
    assert fields["since_on"]["anyOf"][0]["format"] == "date"
    (limit, _) = document["paths"]["/v1/things"]["get"]["parameters"]
    assert (limit["schema"]["minimum"], limit["schema"]["maximum"]) == (1, 200)


def test_an_upload_publishes_that_it_takes_no_other_fields(document: dict[str, Any]) -> None:
    schema = document["paths"]["/v1/things/uploads"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    name = schema["$ref"].rsplit("/", 1)[-1]
    assert document["components"]["schemas"][name]["additionalProperties"] is False
