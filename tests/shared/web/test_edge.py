"""The edge: who may, one transaction, committed before the answer, keys answered once."""

from __future__ import annotations

import asyncio
import itertools

import httpx
import pytest
import sqlalchemy as sa
from fastapi import APIRouter

from shared.db.engine import Database
from shared.kernel.roles import Role
from shared.testing.codes import make_uscc
from shared.testing.tokens import TestIssuer
from shared.web.edge import EdgeRouter

_serials = itertools.count(1000)


def _thing(**fields: object) -> dict[str, object]:
    return {"uscc": make_uscc(next(_serials)), "name": "示例", **fields}


@pytest.fixture
def caseworker(issuer: TestIssuer) -> dict[str, str]:
    return issuer.headers(Role.CASEWORKER)


async def test_a_request_without_a_token_is_asked_to_sign_in(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/things")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "unauthenticated"


async def test_a_role_the_route_does_not_name_is_refused(client: httpx.AsyncClient, issuer: TestIssuer) -> None:
    headers = issuer.headers(Role.PARK_COMMITTEE, park_code="P1")
    answer = await client.post("/v1/things", json=_thing(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_a_route_that_declares_nobody_does_not_start() -> None:
    async def undeclared() -> None: ...

    with pytest.raises(TypeError, match="declares no access"):
        EdgeRouter().add_api_route("/x", undeclared)
    APIRouter().add_api_route("/x", undeclared)


async def test_a_created_row_is_committed_when_the_answer_is_there(
    client: httpx.AsyncClient, caseworker: dict[str, str]
) -> None:
    created = await client.post("/v1/things", json=_thing(), headers=caseworker)
    assert created.status_code == 201
    read = await client.get(f"/v1/things/{created.json()['id']}", headers=caseworker)
    assert read.json() == created.json()
    assert read.headers["etag"] == f'"{created.json()["id"]}"'


async def test_a_commit_that_fails_is_never_answered_as_success(
    client: httpx.AsyncClient, caseworker: dict[str, str]
) -> None:
    answer = await client.post("/v1/things/late-failure", headers=caseworker)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


async def test_an_error_undoes_the_row_and_its_audit(
    client: httpx.AsyncClient, caseworker: dict[str, str], database: Database
) -> None:
    body = _thing(name="冲突")
    assert (await client.post("/v1/things", json=body, headers=caseworker)).status_code == 409
    async with database.transaction() as session:
        count = "SELECT count(*) FROM things WHERE uscc = :uscc"
        await session.execute(sa.text("SELECT set_config('app.all', 'on', true)"))
        assert await session.scalar(sa.text(count), {"uscc": body["uscc"]}) == 0


async def test_rows_outside_the_scope_are_not_found(client: httpx.AsyncClient, issuer: TestIssuer) -> None:
    created = await client.post("/v1/things", json=_thing(), headers=issuer.headers(Role.CASEWORKER))
    path = f"/v1/things/{created.json()['id']}"
    elsewhere = await client.get(path, headers=issuer.headers(Role.CASEWORKER, regions=("530400",)))
    assert elsewhere.status_code == 404
    assert (await client.get(path, headers=issuer.headers(Role.AUDITOR))).status_code == 200


async def test_a_row_cannot_be_written_into_another_region(
    client: httpx.AsyncClient, caseworker: dict[str, str]
) -> None:
    answer = await client.post("/v1/things", json=_thing(region_code="530402"), headers=caseworker)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_the_scope_does_not_outlive_its_transaction(database: Database, issuer: TestIssuer) -> None:
    principal = await issuer.verifier().verify(issuer.token(Role.ADMINISTRATOR))
    for _ in range(20):
        async with database.transaction(principal) as session:
            await session.execute(sa.text("SELECT 1 FROM things LIMIT 1"))
        async with database.transaction() as session:
            assert await session.scalar(sa.text("SELECT count(*) FROM things")) == 0


async def test_a_repeated_key_takes_effect_once_and_gets_the_same_answer(
    client: httpx.AsyncClient, caseworker: dict[str, str]
) -> None:
    body, headers = _thing(), {**caseworker, "Idempotency-Key": "k-1"}
    first = await client.post("/v1/things", json=body, headers=headers)
    again = await client.post("/v1/things", json=body, headers=headers)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    other = await client.post("/v1/things", json=_thing(), headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    other = await client.post("/v1/things", json=body, headers={**headers, "If-Match": '"7"'})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("key", ["", "a b", "k" * 201, "键".encode()])
async def test_a_key_that_is_no_plain_word_is_refused(
    client: httpx.AsyncClient, caseworker: dict[str, str], key: str | bytes
) -> None:
    headers = {**caseworker, "Idempotency-Key": key}
    answer = await client.post("/v1/things", json=_thing(), headers=headers)  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_many_equal_requests_at_once_take_effect_once(
    client: httpx.AsyncClient, caseworker: dict[str, str]
) -> None:
    body, headers = _thing(), {**caseworker, "Idempotency-Key": "k-2"}
    answers = await asyncio.gather(*(client.post("/v1/things", json=body, headers=headers) for _ in range(6)))
    assert {answer.status_code for answer in answers} <= {201, 409, 503}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1


async def test_a_failed_request_may_be_sent_again_with_its_key(
    client: httpx.AsyncClient, caseworker: dict[str, str]
) -> None:
    headers = {**caseworker, "Idempotency-Key": "k-3"}
    assert (await client.post("/v1/things", json=_thing(name="冲突"), headers=headers)).status_code == 409
    assert (await client.post("/v1/things", json=_thing(), headers=headers)).status_code == 201


async def test_two_persons_may_use_the_same_key(client: httpx.AsyncClient, issuer: TestIssuer) -> None:
    for subject in ("甲", "乙"):
        headers = {**issuer.headers(Role.CASEWORKER, subject=subject), "Idempotency-Key": "k-4"}
        assert (await client.post("/v1/things", json=_thing(), headers=headers)).status_code == 201


async def test_a_change_needs_the_version_seen(client: httpx.AsyncClient, caseworker: dict[str, str]) -> None:
    number = (await client.post("/v1/things", json=_thing(), headers=caseworker)).json()["id"]
    path = f"/v1/things/{number}"
    assert (await client.patch(path, headers=caseworker)).status_code == 428
    assert (await client.patch(path, headers={**caseworker, "If-Match": '"0"'})).status_code == 412
    assert (await client.patch(path, headers={**caseworker, "If-Match": f'"{number}"'})).status_code == 200


async def test_pages_follow_each_other_without_gap_or_repeat(
    client: httpx.AsyncClient, caseworker: dict[str, str]
) -> None:
    for _ in range(5):
        await client.post("/v1/things", json=_thing(), headers=caseworker)
    seen: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = (await client.get("/v1/things", params={"limit": 2, "cursor": cursor}, headers=caseworker)).json()
        seen += [item["id"] for item in answer["items"]]
        cursor = answer["next_cursor"]
    assert seen == sorted(set(seen))
    assert len(seen) >= 5
