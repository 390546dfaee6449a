"""Bodies at the door: of the declared kind, and JSON that can be read in one way only."""

from __future__ import annotations

import json

import httpx
import pytest

from shared.kernel.roles import Role
from shared.testing.codes import make_uscc
from shared.testing.tokens import TestIssuer

GOOD = json.dumps({"uscc": make_uscc(7001), "name": "示例"}).encode()


@pytest.fixture
def caseworker(issuer: TestIssuer) -> dict[str, str]:
    return issuer.headers(Role.CASEWORKER)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "json_invalid"),
        (b"\xff\xfe", "json_invalid"),
        (b'{"name": NaN}', "json_invalid"),
        (b'{"name": 1e400}', "json_invalid"),
        (b'{"name": ' + b"9" * 5000 + b"}", "json_invalid"),
        (b'{"name": "\\ud800"}', "json_invalid"),
        (b'{"name": 1, "name": 2}', "duplicate_key"),
        (b'{"name": 1, "\\u006eame": 2}', "duplicate_key"),
        (b'{"name": {"a": 1, "a": 2}}', "duplicate_key"),
        (b"[" * 33 + b"]" * 33, "json_too_deep"),
        (b"[" * 100_000, "json_too_deep"),
        (b'{"name": [' + b",".join([b"0"] * 10_000) + b"]}", "json_too_many"),
        (b"[]", "model_attributes_type"),
        (b'"text"', "model_attributes_type"),
        (b"null", "model_attributes_type"),
    ],
)
async def test_dishonest_json_is_refused_by_name(
    client: httpx.AsyncClient, caseworker: dict[str, str], body: bytes, code: str
) -> None:
    headers = {**caseworker, "content-type": "application/json"}
    answer = await client.post("/v1/things", content=body, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == code


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "json", "multipart/form-data; boundary=x", ""])
async def test_a_body_of_another_kind_is_an_unsupported_media_type(
    client: httpx.AsyncClient, caseworker: dict[str, str], media_type: str
) -> None:
    answer = await client.post("/v1/things", content=GOOD, headers={**caseworker, "content-type": media_type})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


async def test_json_by_another_name_is_read(client: httpx.AsyncClient, caseworker: dict[str, str]) -> None:
    headers = {**caseworker, "content-type": "application/merge-patch+json; charset=utf-8"}
    assert (await client.post("/v1/things", content=GOOD, headers=headers)).status_code == 201


@pytest.mark.parametrize(
    ("fields", "code"),
    [({"dryrun": "true"}, "unknown_parameter"), ({"dry_run": ["true", "false"]}, "repeated_parameter")],
)
async def test_a_form_field_nobody_declared_is_refused(
    client: httpx.AsyncClient, caseworker: dict[str, str], fields: dict[str, str | list[str]], code: str
) -> None:
    files = {"file": ("a.csv", b"a")}
    answer = await client.post("/v1/things/uploads", files=files, data=fields, headers=caseworker)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)


async def test_an_upload_is_read(client: httpx.AsyncClient, caseworker: dict[str, str]) -> None:
    files = {"file": ("a.csv", b"a")}
    answer = await client.post("/v1/things/uploads", files=files, data={"dry_run": "true"}, headers=caseworker)
    assert answer.json() == {"dry_run": True}


async def test_an_unreadable_form_is_refused(client: httpx.AsyncClient, caseworker: dict[str, str]) -> None:
    headers = {**caseworker, "content-type": "multipart/form-data; boundary=x"}
    answer = await client.post("/v1/things/uploads", content=b"--y\r\nnonsense", headers=headers)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"
