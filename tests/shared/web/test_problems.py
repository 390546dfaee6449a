"""Wrong input: a clear Chinese sentence, the place, a code; never a 500."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from shared.kernel.roles import Role
from shared.testing.codes import make_uscc
from shared.testing.tokens import TestIssuer
from shared.web.problems import translate_sqlstate

GOOD = {"uscc": make_uscc(1), "name": "示例"}


@pytest.mark.parametrize(
    ("change", "pointer", "says"),
    [
        ({"uscc": "91110000600037341K"}, "/uscc", "第18位校验码"),
        ({"uscc": None}, "/uscc", "应为文本"),
        ({"name": "a\u0000b"}, "/name", "控制字符"),
        ({"name": "\u202eabc"}, "/name", "控制字符"),
        ({"name": "长" * 201}, "/name", "最多200个字符"),
        ({"region_code": "999999"}, "/region_code", "没有这个行政区划代码"),
        ({"region_code": "53"}, "/region_code", "格式不正确"),
        ({"amount_fen": 1.5}, "/amount_fen", "应为整数"),
        ({"amount_fen": True}, "/amount_fen", "应为整数"),
        ({"amount_fen": "1e3"}, "/amount_fen", "应为整数"),
        ({"amount_fen": "800"}, "/amount_fen", "应为整数"),
        ({"amount_fen": 800.0}, "/amount_fen", "应为整数"),
        ({"staff_count": "800"}, "/staff_count", "应为整数"),
        ({"amount_fen": 2**63}, "/amount_fen", "不能大于"),
        ({"amount_fen": -1}, "/amount_fen", "不能小于"),
        ({"since_on": "2026-02-30"}, "/since_on", "应为日期"),
        ({"since_on": 86400}, "/since_on", "应为日期"),
        ({"since_on": "86400"}, "/since_on", "应为日期"),
        ({"since_on": "2026-05-31T00:00:00"}, "/since_on", "应为日期"),
        ({"name": " \u3000\u200b "}, "/name", "空白"),
        ({"name": "\ufb2c" * 100}, "/name", "最多200个字符"),
        ({"a/b~c": 1}, "/a~1b~0c", "不接受此项"),
        ({"since_on": "0001-01-01"}, "/since_on", "1900年"),
        ({"version": 9}, "/version", "不接受此项"),
    ],
)
async def test_a_wrong_field_is_named_with_its_fault(
    client: httpx.AsyncClient, issuer: TestIssuer, change: dict[str, Any], pointer: str, says: str
) -> None:
    answer = await client.post("/v1/things", json={**GOOD, **change}, headers=issuer.headers(Role.CASEWORKER))
    assert answer.status_code == 422
    problem = answer.json()
    assert (problem["code"], problem["status"]) == ("invalid", 422)
    assert problem["errors"][0]["pointer"] == pointer
    assert says in problem["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "no_such_path"),
        ("DELETE", "/v1/things", 405, "method_not_allowed"),
        ("GET", "/v1/things?limit=0", 422, "invalid"),
        ("GET", "/v1/things?limit=x", 422, "invalid"),
        ("GET", "/v1/things?limit=1_0", 422, "invalid"),
        ("GET", "/v1/things?limit=5.0", 422, "invalid"),
        ("GET", "/v1/things?limit=%205", 422, "invalid"),
        ("GET", "/v1/things?limit=5&limit=6", 422, "invalid"),
        ("GET", "/v1/things?cursor=WzFlMzBd", 422, "invalid"),
        ("GET", "/v1/things?cursor=WzEwMDAwMDAwMDAwMDAwMDAwMDAwMF0", 422, "invalid"),
        ("GET", "/v1/things?cursor=WyJcdWQ4MDAiXQ", 422, "invalid"),
        ("GET", "/v1/things/%00", 422, "invalid"),
        ("GET", "/v1/things?cursor=!!", 422, "invalid"),
        ("GET", "/v1/things?cursor=WyIxIl0", 422, "invalid"),
        ("GET", "/v1/things?unknown=1", 422, "invalid"),
        ("GET", "/v1/things/x", 422, "invalid"),
        ("GET", "/v1/things/99999999999999999999", 404, "not_found"),
        ("GET", "/v1/things/99999999", 404, "not_found"),
    ],
)
async def test_a_wrong_request_is_answered_by_a_problem(
    client: httpx.AsyncClient, issuer: TestIssuer, method: str, path: str, status: int, code: str
) -> None:
    answer = await client.request(method, path, headers=issuer.headers(Role.CASEWORKER))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_405_names_the_methods_of_all_routes_of_the_path(client: httpx.AsyncClient) -> None:
    answer = await client.delete("/v1/things")
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS, POST"


async def test_options_names_the_methods_of_a_path(client: httpx.AsyncClient) -> None:
    answer = await client.options("/v1/things/1")
    assert (answer.status_code, answer.headers["allow"]) == (204, "GET, HEAD, OPTIONS, PATCH")


async def test_head_is_answered_as_get_without_the_body(client: httpx.AsyncClient, issuer: TestIssuer) -> None:
    headers = issuer.headers(Role.AUDITOR)
    read, head = [await client.request(method, "/v1/things", headers=headers) for method in ("GET", "HEAD")]
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(read.content))
    assert (await client.head("/v1/things")).status_code == 401


async def test_a_body_that_is_too_large_is_refused(client: httpx.AsyncClient, issuer: TestIssuer) -> None:
    answer = await client.post("/v1/things", content=b"x" * 1_100_000, headers=issuer.headers(Role.CASEWORKER))
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def test_a_duplicate_is_a_conflict_that_tells_nothing_of_hidden_rows(
    client: httpx.AsyncClient, issuer: TestIssuer
) -> None:
    body = {**GOOD, "uscc": make_uscc(2)}
    await client.post("/v1/things", json=body, headers=issuer.headers(Role.CASEWORKER))
    elsewhere = issuer.headers(Role.CASEWORKER, regions=("530400",))
    answer = await client.post("/v1/things", json={**body, "region_code": "530402"}, headers=elsewhere)
    assert (answer.status_code, answer.json()["detail"]) == (409, "已有相同的记录")


async def test_the_request_id_comes_back_and_names_the_problem(client: httpx.AsyncClient) -> None:
    wanted = "0198c0de-0000-7000-8000-000000000001"
    answer = await client.get("/v1/things", headers={"X-Request-ID": wanted})
    assert answer.headers["x-request-id"] == wanted
    assert answer.json()["trace_id"] == wanted


async def test_a_defect_is_answered_with_the_id_it_is_logged_under(
    client: httpx.AsyncClient, issuer: TestIssuer
) -> None:
    answer = await client.post("/v1/things/defect", headers=issuer.headers(Role.CASEWORKER))
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert answer.json()["trace_id"] == answer.headers["x-request-id"]
    assert "foresaw" not in answer.text


async def test_an_answer_does_not_grow_with_a_hostile_request(client: httpx.AsyncClient, issuer: TestIssuer) -> None:
    body = {**GOOD, **{f"{number}{'k' * 5000}": 1 for number in range(100)}}
    answer = await client.post("/v1/things", json=body, headers=issuer.headers(Role.CASEWORKER))
    assert answer.status_code == 422
    assert len(answer.json()["errors"]) == 50
    assert len(answer.content) < 50_000


async def test_operations_pages_need_no_sign_in_and_work_offline(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health/live")).json() == {"status": "live"}
    assert (await client.get("/health/ready")).json()["toy"] == "yes"
    assert "tidu_http_request_seconds" in (await client.get("/metrics")).text
    docs = (await client.get("/docs")).text
    assert "http://" not in docs.replace("http://service.test", "")
    assert "https://" not in docs


@pytest.mark.parametrize(
    ("state", "status"),
    [("40001", 503), ("53100", 503), ("57P03", 503), ("08006", 503), ("23505", 409), ("22003", 422), ("42501", 403)],
)
def test_a_database_error_becomes_what_it_means(state: str, status: int) -> None:
    problem = translate_sqlstate(state)
    assert problem is not None
    assert problem.status == status


def test_a_defect_of_ours_stays_an_internal_error() -> None:
    assert translate_sqlstate("42703") is None
