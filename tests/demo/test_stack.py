from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx
import stamina

from deploy.demo.stack import Caller, Refused, Stack
from deploy.local.config import StackConfig
from deploy.local.roster import SERVER_PORTS, SERVICES

PORTS = SERVER_PORTS | {service.name: service.port for service in SERVICES}
ENTERPRISE = "http://127.0.0.1:8001"
CLAIMS: dict[str, Any] = {"access_token": "t", "name": "演示", "usccs": [], "park_code": None}


@pytest.fixture(autouse=True)
def no_pauses() -> Iterator[None]:
    stamina.set_testing(True, attempts=5)
    yield
    stamina.set_testing(False)


@pytest.fixture
def caller() -> Caller:
    return Caller(Stack(StackConfig(data_dir=Path("unused"), ports=PORTS)), "caseworker-530900", CLAIMS)


@respx.mock
def test_a_list_is_read_to_its_last_page(caller: Caller) -> None:
    pages = [{"items": [{"n": 1}], "next_cursor": "a"}, {"items": [{"n": 2}], "next_cursor": None}]
    route = respx.get(f"{ENTERPRISE}/v1/x").mock(side_effect=[httpx.Response(200, json=page) for page in pages])
    assert [item["n"] for item in caller.list_all("enterprise", "/v1/x", region_code="530900")] == [1, 2]
    assert dict(route.calls.last.request.url.params) == {"limit": "200", "cursor": "a", "region_code": "530900"}


@respx.mock
def test_a_post_is_repeated_with_the_same_key_while_the_service_restarts(caller: Caller) -> None:
    answers: list[Exception | httpx.Response] = [
        httpx.ConnectError("down"),
        httpx.Response(503),
        httpx.Response(201, json={"id": 1}),
    ]
    route = respx.post(f"{ENTERPRISE}/v1/x").mock(side_effect=answers)
    assert caller.post("enterprise", "/v1/x", {"a": 1}) == {"id": 1}
    assert len({call.request.headers["idempotency-key"] for call in route.calls}) == 1


@respx.mock
def test_a_clear_no_is_not_asked_again_and_says_why(caller: Caller) -> None:
    problem = {"title": "提交的内容有误", "code": "invalid", "errors": [{"pointer": "/name", "detail": "缺少此项"}]}
    route = respx.post(f"{ENTERPRISE}/v1/x").respond(422, json=problem)
    with pytest.raises(Refused, match="422 提交的内容有误；/name: 缺少此项"):
        caller.post("enterprise", "/v1/x")
    assert route.call_count == 1


@respx.mock
def test_a_change_is_based_on_the_version_read_just_before(caller: Caller) -> None:
    respx.get(f"{ENTERPRISE}/v1/x").mock(
        side_effect=[httpx.Response(200, headers={"etag": etag}) for etag in ('"1"', '"2"')]
    )
    answers = [httpx.Response(412, json={"title": "已被修改"}), httpx.Response(200, json={})]
    changed = respx.patch(f"{ENTERPRISE}/v1/x").mock(side_effect=answers)
    caller.change("enterprise", "/v1/x", {"a": 1})
    assert [call.request.headers["if-match"] for call in changed.calls] == ['"1"', '"2"']
