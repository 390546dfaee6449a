import re

import httpx
import pytest
import respx
from fastapi import FastAPI

from services.console.main import build_app, make_edge, make_issuer, make_pages
from services.console.settings import Settings
from shared.settings import Profile
from tests.console.conftest import ADDRESS

pytestmark = pytest.mark.asyncio(loop_scope="session")
OWN_SITE = {"Origin": ADDRESS}


async def sign_in(client: httpx.AsyncClient, username: str = "caseworker-530900") -> httpx.Response:
    return await client.post("/sign-in", data={"username": username, "password": "demo"}, headers=OWN_SITE)


async def test_the_first_page_leads_to_the_door_and_after_signing_in_to_the_status(client: httpx.AsyncClient) -> None:
    assert (await client.get("/")).headers["location"] == "/sign-in"
    assert (await client.get("/status")).headers["location"] == "/sign-in"
    assert (await sign_in(client)).headers["location"] == "/status"
    assert (await client.get("/")).headers["location"] == "/status"


async def test_the_cookie_is_hidden_from_scripts_and_from_other_sites(client: httpx.AsyncClient) -> None:
    cookie = (await sign_in(client)).headers["set-cookie"]
    assert cookie.startswith("tidu-session=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Domain" not in cookie


async def test_in_production_the_cookie_is_bound_to_the_host_and_to_tls(settings: Settings) -> None:
    issuer = make_issuer(settings)
    production = make_pages(settings.model_copy(update={"profile": Profile.PRODUCTION}), issuer)
    app = build_app(make_edge(settings, issuer), issuer, production)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS) as client:
        cookie = (await sign_in(client)).headers["set-cookie"]
    assert cookie.startswith("__Host-tidu-session=")
    assert "Secure" in cookie
    assert "Path=/" in cookie


@pytest.mark.parametrize("origin", [None, "https://elsewhere.test", "null", f"{ADDRESS}:81", "file://"])
async def test_a_form_from_another_site_is_refused(client: httpx.AsyncClient, origin: str | None) -> None:
    headers = {"Origin": origin} if origin else {}
    answer = await client.post("/sign-in", data={"username": "admin", "password": "demo"}, headers=headers)
    assert answer.status_code == 403
    assert answer.json()["code"] == "foreign_request"
    assert "set-cookie" not in answer.headers


@respx.mock(assert_all_called=False)
async def test_signing_out_needs_the_pages_own_token_and_ends_the_session(
    respx_mock: respx.MockRouter, client: httpx.AsyncClient
) -> None:
    respx_mock.get(path="/health/ready").respond(json={"status": "ready"})
    await sign_in(client)
    assert (await client.post("/sign-out", data={"form_token": "guess"}, headers=OWN_SITE)).status_code == 403
    page = await client.get("/status")
    found = re.search(r'name="form_token" value="([^"]+)"', page.text)
    assert found is not None
    assert (await client.post("/sign-out", data={"form_token": found[1]}, headers=OWN_SITE)).status_code == 303
    assert (await client.get("/status")).headers["location"] == "/sign-in"


async def test_a_wrong_password_is_said_in_words_and_keeps_the_name(client: httpx.AsyncClient) -> None:
    answer = await client.post("/sign-in", data={"username": '<b>"x', "password": "no"}, headers=OWN_SITE)
    assert answer.status_code == 401
    assert "用户名或密码不正确" in answer.text
    assert "&lt;b&gt;&#34;x" in answer.text
    assert "<b>" not in answer.text


async def test_pages_let_nothing_run_or_load_from_elsewhere(client: httpx.AsyncClient) -> None:
    page = await client.get("/sign-in")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http://" not in re.sub(r'xmlns="[^"]+"', "", page.text)
    assert not re.search(r"<script(?![^>]*src=)|\son\w+=|\sstyle=", page.text)
    for asset in re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text):
        assert (await client.get(asset)).status_code == 200


async def test_the_status_page_shows_each_service_and_names_the_broken_one(client: httpx.AsyncClient) -> None:
    await sign_in(client)
    with respx.mock as services:
        told = {"status": "ready", "schema": "0001_create", "outbox_waiting": "3", "inbox_lag": "0", "parked": "0"}
        services.get("http://enterprise.test/health/ready").respond(json=told)
        services.get("http://pipeline.test/health/ready").mock(side_effect=httpx.ConnectError("refused"))
        problem = {"title": "系统暂时不可用", "detail": "数据库版本不对", "status": 503}
        services.get("http://awards.test/health/ready").respond(503, json=problem)
        services.get("http://notifications.test/health/ready").respond(text="<html>")
        page = await client.get("/status")
    assert page.status_code == 200
    assert "0001_create" in page.text
    assert "数据库版本不对" in page.text
    assert page.text.count("正常</span>") == 1
    assert page.text.count("连不上") == 2
    assert "3 个服务有问题：培育、奖补、通知" in page.text
    assert 'href="http://enterprise.test/docs"' in page.text
    assert "caseworker-530900" in page.text


async def test_a_browser_is_sent_to_the_public_addresses(settings: Settings) -> None:
    public = {"enterprise": "https://tidu.example/enterprise"}
    changed = settings.model_copy(update={"public_urls": public})
    issuer = make_issuer(changed)
    app = build_app(make_edge(changed, issuer), issuer, make_pages(changed, issuer))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS) as client:
        await sign_in(client)
        with respx.mock as services:
            services.get(path="/health/ready").respond(json={"status": "ready"})
            page = await client.get("/status")
    assert 'href="https://tidu.example/enterprise/docs"' in page.text
    assert "4 个服务全部正常" in page.text


async def test_a_part_of_a_page_leads_to_the_door_when_the_session_ended(client: httpx.AsyncClient) -> None:
    answer = await client.get("/status/services", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"] == "/sign-in"


async def test_a_session_that_ended_is_told_so(client: httpx.AsyncClient) -> None:
    client.cookies.set("tidu-session", "k1.old")
    assert (await client.get("/status")).headers["location"] == "/sign-in?ended=true"
    assert "登录已结束" in (await client.get("/sign-in?ended=true")).text


async def test_the_pages_are_no_part_of_the_documented_api(app: FastAPI) -> None:
    assert {path for path in app.openapi()["paths"] if "sign" in path or "status" in path} == set()
